"""What a request stands on: the service, the person, the form's token, and how a page is made."""

import secrets
import zlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from flask import Request, Response, current_app, g, request, session

from quizbot.config import neighbourhood
from quizbot.errors import NotAllowed
from quizbot.service import Service
from quizbot.signing import Signer
from web.pieces import WORTH_PACKING, Fresh, put_together

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from quizbot.attempts.updating import UpdateOffer
    from quizbot.standing.duties import ModuleDuty, ModuleState

HTML = "text/html; charset=utf-8"
BROKEN = 500  # from here on a page tells of a fault of ours: nothing more is looked up for it


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
    return cast("str", current_app.extensions["form_token"](nonce))


def form_tokens(signer: Signer) -> Callable[[str], str]:
    """The token of the forms that a browser with a nonce is shown; the last thousands are kept."""

    @lru_cache(4096)
    def form_token(nonce: str) -> str:
        return signer.hash("form", nonce)[:32]

    return form_token


def is_token(given: str) -> bool:
    """Whether a form's token is this session's."""
    nonce = session.get("n")
    return bool(nonce) and is_same(given, token())


def is_same(given: str, right: str) -> bool:
    """Compare two tokens in constant time."""
    return secrets.compare_digest(given.encode(), right.encode())


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A page from its template, with what every page needs."""
    app = current_app
    frame = cast("dict[str, Any]", app.extensions["frame"])
    waiting = count_waiting() if status < BROKEN else 0
    made = app.jinja_env.get_template(template).render(
        csrf_token=token(), nav=menu(waiting), signed_in_name=g.get("name"), **frame, **context
    )
    return packed(made, status)


def packed(made: str, status: int = 200) -> Response:
    """A page on its way, compressed for browsers that can unpack it."""
    body = made.encode()
    is_packed = takes_gzip(request.environ) and len(body) > WORTH_PACKING
    if is_packed:
        packer = zlib.compressobj(1, wbits=31)
        body = packer.compress(body) + packer.flush()
    return Response(body, status, headers_of(is_packed=is_packed))


def in_pieces(pieces: Iterable[Fresh], status: int = 200) -> Response:
    """The same for a page whose pieces are kept."""
    body, is_packed = put_together(pieces, takes_gzip=takes_gzip(request.environ))
    return Response(body, status, headers_of(is_packed=is_packed))


def takes_gzip(environ: "WSGIEnvironment") -> bool:
    """Whether a browser can unpack a page."""
    return "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")


def headers_of(*, is_packed: bool) -> list[tuple[str, str]]:
    """What a page's answer says of its body."""
    plain = [("Content-Type", HTML)]
    if not is_packed:
        return plain
    return [*plain, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding, Cookie")]


def owed() -> list["ModuleState"]:
    """What whoever is signed in owes, the most urgent first; read once for a page."""
    who = signed_in()
    if "owed" not in g:
        g.owed = []
        if who is not None:
            waiting = service().duties.what_waits(who)
            g.owed, g.may_confirm = waiting.owed, waiting.may_confirm
    found: list[ModuleState] = g.owed
    return found


def owed_of(duties: "Iterable[ModuleDuty]") -> list["ModuleDuty"]:
    """The same out of their own list, where a page has that: it is not read again for the menu."""
    found = service().duties.owed(duties)
    g.owed = found
    return found


def to_confirm() -> tuple["UpdateOffer", ...]:
    """What whoever is signed in is to confirm of changes of guidance, which is counted in the menu
    too: it is not read again for that."""
    who = signed_in()
    found = service().updates.offers(who) if who and may_confirm() else ()
    g.to_confirm = len(found)
    return found


def may_confirm() -> bool:
    """Whether whoever is signed in may be to confirm anything, as far as their page tells."""
    owed()
    return bool(g.get("may_confirm", True))


def count_waiting() -> int:
    """How much waits for whoever is signed in, as the cards on their record show it."""
    who = signed_in()
    if who is None:
        return 0
    if "to_confirm" not in g:
        g.to_confirm = service().updates.count(who) if may_confirm() else 0
    counted: int = g.to_confirm
    return len(owed()) + counted


def menu(waiting: int = 0) -> list[tuple[str, str, bool]]:
    """The links on top: what this person can use, closed by default, and how much they owe."""
    here = request.path
    links = [("Questionnaires", "/", here == "/" or here.startswith("/modules"))]
    if signed_in() is None:
        links.append(("Sign in", "/sign-in", here.startswith("/sign-in")))
        return links
    mine = f"My record ({waiting})" if waiting else "My record"
    links.append((mine, "/me", here.startswith("/me")))
    rights = g.get("rights")
    if rights is not None and rights.manages:
        links.append(("My team", "/team", here.startswith("/team")))
    if rights is not None and rights.sees_board:
        links.append(("Board", "/board", here.startswith("/board")))
        links.append(("Admin", "/admin", here.startswith("/admin")))
    elif rights is not None and rights.writes:
        links.append(("Questions", "/admin/questions", here.startswith("/admin")))
    return links


def paragraphs(text: str) -> list[str]:
    """A plain text with blank lines between its paragraphs."""
    return [" ".join(part.split()) for part in text.strip().split("\n\n") if part.strip()]
