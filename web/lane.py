"""The lane: a question's page and an answer, for who is on the way through a questionnaire.

Two requests in three are one of these, and most of what they cost was Flask's dispatch. What is
plain is done here, by the same service and the same kept pieces. Whatever is not (no known cookie,
a message to show, a reply that is refused) goes the usual way: the lane knows no page of its own.
"""

import io
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Flask
from werkzeug.datastructures import MultiDict

from quizbot.access import NO_SESSION, Session
from quizbot.errors import BadReply, Busy, Refused
from quizbot.logs import of_error
from quizbot.service import Service
from web.attempt import after_answer
from web.auth import REFUSED, is_foreign
from web.current import headers_of, is_same, takes_gzip
from web.forms import replied
from web.lean import Lean
from web.pieces import put_together
from web.session import KeptSessions
from web.watch import PAGE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PATH = re.compile(r"/attempts/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/questions/(\d{1,3})")
_FORM = "application/x-www-form-urlencoded"
LONGEST_FORM = 2000  # bytes


class Lane:
    """In front of the application."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.usual: WSGIApplication = app.wsgi_app
        self.sessions = cast("KeptSessions", app.session_interface)
        self.lean = cast("Lean", app.extensions["lean"])
        self.form_token = app.extensions["form_token"]

    @property
    def service(self) -> Service:
        """The service on which all pages stand."""
        return cast("Service", self.app.extensions["quizbot"])

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer what is plain; hand on what is not, with what was read of it."""
        found = _PATH.fullmatch(environ["PATH_INFO"])
        if found and not environ.get("QUERY_STRING"):
            content = self.sessions.known(environ.get("HTTP_COOKIE", ""))
            if content and self._is_plain(content, environ):
                attempt_id, number = UUID(found[1]), int(found[2])
                is_seen = environ["REQUEST_METHOD"] == "GET"
                environ[PAGE] = "attempt.question" if is_seen else "attempt.answer"
                way = self._question if is_seen else self._answer
                try:
                    answer = way(attempt_id, number, content, environ, start)
                except Exception as error:  # noqa: BLE001  (the usual way tells what stays wrong)
                    logged = {"page": environ[PAGE], **of_error(error)}
                    self.app.logger.error("unforeseen in the lane", extra={"fields": logged})
                    answer = None
                if answer is not None:
                    return answer
        return self.usual(environ, start)

    def _is_plain(self, content: dict[str, Any], environ: "WSGIEnvironment") -> bool:
        """Whether a person is signed in, with nothing to be told, at an address of ours."""
        is_ours = self.service.settings.is_our_host(environ.get("HTTP_HOST", ""))
        is_quiet = "_flashes" not in content and "ticked" not in content
        return is_ours and is_quiet and "p" in content and "n" in content

    def _question(
        self,
        attempt_id: UUID,
        number: int,
        content: dict[str, Any],
        environ: "WSGIEnvironment",
        start: "StartResponse",
    ) -> Iterable[bytes] | None:
        frame = self.lean.frames.get((False, True))
        if frame is None:  # made by the first who comes the usual way
            return None
        who, session = _person(content)
        try:
            turn = self.service.attempts.turn(who, attempt_id, number, session=session)
        except Refused:
            return None
        if not self.lean.is_plain(turn):
            return None
        base, form_token = f"/attempts/{attempt_id}", self.form_token(content["n"])
        inside = self.lean.plain_content(
            turn,
            base,
            form_token,
            turn.shown_reply,
            is_flagged=turn.is_flagged,
            is_from_review=False,
        )
        pieces = self.lean.page(turn, base, form_token, frame, inside)
        body, is_packed = put_together(pieces, takes_gzip=takes_gzip(environ))
        start("200 OK", [*headers_of(is_packed=is_packed), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(
        self,
        attempt_id: UUID,
        number: int,
        content: dict[str, Any],
        environ: "WSGIEnvironment",
        start: "StartResponse",
    ) -> Iterable[bytes] | None:
        length = environ.get("CONTENT_LENGTH") or ""
        is_small = length.isdigit() and int(length) <= LONGEST_FORM
        if environ["REQUEST_METHOD"] != "POST" or not is_small:
            return None
        if environ.get("CONTENT_TYPE") != _FORM or is_foreign(
            environ.get("HTTP_ORIGIN"), environ.get("HTTP_HOST", ""), self.service.settings
        ):
            return None
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)
        form = MultiDict(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True))
        if not is_same(form.get("csrf_token", ""), self.form_token(content["n"])):
            return None
        who, session = _person(content)
        try:
            answered = self.service.attempts.answer(
                who, attempt_id, number, replied(form), flagged="flag" in form, session=session
            )
        except Busy as error:
            environ[REFUSED] = error  # told by a page of ours, without waiting once more
            return None
        except (BadReply, Refused):
            return None
        there = after_answer(
            attempt_id, answered, is_from_review="to_review" in form, go=form.get("go", "")
        )
        start("303 SEE OTHER", [("Location", there), ("Content-Length", "0")])
        return []


def _person(content: dict[str, Any]) -> tuple[UUID, Session]:
    """Who a cookie says is signed in; the service checks that the session stands."""
    return UUID(content["p"]), Session(UUID(content.get("s", NO_SESSION.hex)), content["e"])
