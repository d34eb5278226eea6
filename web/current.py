"""What a request stands on: the service, the person, the form's token, and how a page is made."""

import secrets
import zlib
from typing import Any, cast
from uuid import UUID

from flask import Request, Response, current_app, g, request, session

from quizbot.config import neighbourhood
from quizbot.errors import NotAllowed
from quizbot.service import Service

WORTH_PACKING = 700  # bytes


class Asking(Request):
    """A request, with the address it came from as limits count it."""

    @property
    def remote_addr(self) -> str | None:
        """Whose address it is, without the port that some proxies write; None where unknown."""
        return neighbourhood(self._came_from or "") or None

    @remote_addr.setter
    def remote_addr(self, came_from: str | None) -> None:
        self._came_from = came_from


def service() -> Service:
    """The service behind this application."""
    return cast("Service", current_app.extensions["quizbot"])


def person_id() -> UUID:
    """Who is signed in; a page that is not public has somebody."""
    found = signed_in()
    if found is None:
        raise NotAllowed("Sign in first.")
    return found


def signed_in() -> UUID | None:
    """Who is signed in, if anybody; checked before the page was asked."""
    return cast("UUID | None", g.get("person_id"))


def token() -> str:
    """What a form of this session carries; made with the first form a browser is shown."""
    nonce = session.get("n")
    if nonce is None:
        nonce = session["n"] = secrets.token_urlsafe(12)
    return service().signer.hash("form", nonce)[:32]


def is_token(given: str) -> bool:
    """Whether a form's token is this session's."""
    nonce = session.get("n")
    return bool(nonce) and secrets.compare_digest(given.encode(), token().encode())


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A page from its template, with what every page needs."""
    app = current_app
    frame = cast("dict[str, Any]", app.extensions["frame"])
    made = app.jinja_env.get_template(template).render(
        csrf_token=token(), nav=menu(), signed_in_name=g.get("name"), **frame, **context
    )
    return packed(made, status)


def packed(made: str, status: int = 200) -> Response:
    """A page on its way, compressed for browsers that can unpack it."""
    body = made.encode()
    response = Response(body, status, content_type="text/html; charset=utf-8")
    if "gzip" in request.environ.get("HTTP_ACCEPT_ENCODING", "") and len(body) > WORTH_PACKING:
        packer = zlib.compressobj(1, wbits=31)
        response.data = packer.compress(body) + packer.flush()
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding, Cookie"
    return response


def menu() -> list[tuple[str, str, bool]]:
    """The links on top: what this person can use, closed by default."""
    here = request.path
    links = [("Questionnaires", "/", here == "/" or here.startswith("/modules"))]
    if signed_in() is None:
        links.append(("Sign in", "/sign-in", here.startswith("/sign-in")))
        return links
    links.append(("My record", "/me", here.startswith("/me")))
    rights = g.get("rights")
    if rights is not None and rights.manages:
        links.append(("My team", "/team", here.startswith("/team")))
    if rights is not None and rights.sees_board:
        links.append(("Board", "/board", here.startswith("/board")))
        links.append(("Admin", "/admin", here.startswith("/admin")))
    return links


def paragraphs(text: str) -> list[str]:
    """A plain text with blank lines between its paragraphs."""
    return [" ".join(part.split()) for part in text.strip().split("\n\n") if part.strip()]
