"""Refusals and failures as pages: what is wrong, and what to do."""

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from quizbot.errors import (
    AlreadySubmitted,
    Busy,
    Misconfigured,
    NotAllowed,
    NotFound,
    NotOffered,
    Refused,
)
from web.current import page, service
from web.watch import number_of

STATUS: dict[type[Refused], int] = {
    NotFound: 404,
    NotAllowed: 403,
    NotOffered: 409,
    AlreadySubmitted: 409,
    Busy: 503,
    Misconfigured: 503,
}
TITLES = {
    400: "That did not work",
    403: "You cannot see this page",
    404: "Page not found",
    405: "That did not work",
    409: "Not possible now",
    413: "That was too much at once",
    500: "Something went wrong here",
    503: "Not available for a moment",
}
WORDS = {
    404: "If you typed the address, check it. If you followed a link, it may be old.",
    405: "This address is not meant to be opened in that way. Go back and use the page's buttons.",
    500: "It is noted for those who look after the service. Answers given before are kept:"
    " try again in a moment.",
    503: "Answers given before are kept. Try again in a moment.",
}
MEGABYTE = 1_000_000


def tell(app: Flask) -> None:
    """Every refusal becomes a page of ours."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, failed)


def refused(error: Refused) -> ResponseReturnValue:
    """What the service will not do, in its own words."""
    status = STATUS.get(type(error), 400)
    if isinstance(error, Busy):
        number = number_of(request.environ, service().settings)
        current_app.logger.warning("%s", error, extra={"fields": {"request": number}})
    if isinstance(error, Misconfigured):
        number = number_of(request.environ, service().settings)
        current_app.logger.error("%s", error, extra={"fields": {"request": number}})
        return problem(503, WORDS[503])
    return problem(status, str(error))


def http_error(error: HTTPException) -> ResponseReturnValue:
    """What Flask refuses."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    if status == 413:
        return problem(413, too_large())
    ours = status == 400 and error.description and "browser" not in error.description
    return problem(status, str(error.description) if ours else WORDS.get(status, WORDS[405]))


def too_large() -> str:
    """How much this address takes, so that somebody can send less."""
    most = request.max_content_length or 0
    takes_file = most >= MEGABYTE
    size = f"{most // MEGABYTE} MB" if takes_file else f"{most // 1024} KB"
    fewer = "Split the file, and send its parts" if takes_file else "Shorten it, and send it again"
    return (
        f"What was sent is too large: this page takes at most {size} at once, in at most"
        f" {request.max_form_parts} fields. Nothing was changed. {fewer}."
    )


def failed(error: Exception) -> ResponseReturnValue:
    """What nobody foresaw: logged without any of the form, told without any of the code."""
    number = number_of(request.environ, service().settings)
    fields = {"request": number, "page": request.endpoint or "none"}
    current_app.logger.error(
        "unforeseen %s", type(error).__name__, exc_info=error, extra={"fields": fields}
    )
    return problem(500, f"{WORDS[500]} Its number is {number}.")


def problem(status: int, words: str) -> ResponseReturnValue:
    """The page for it; plain text if even that cannot be made."""
    title = TITLES.get(status, TITLES[400])
    try:
        made = page("problem.html", status, title=title, words=words)
    except Exception:  # noqa: BLE001  (a page that tells of trouble must not make more)
        return f"{title}. {words}", status, {"Content-Type": "text/plain; charset=utf-8"}
    if status == 503:
        made.headers["Retry-After"] = "5"
    return made
