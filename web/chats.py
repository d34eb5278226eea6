"""Chats that speak for a person: linking from either side, unlinking, where messages go."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from uuid import UUID

from flask import Blueprint, flash, redirect, request, session
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from quizbot.errors import NotFound
from quizbot.signin.chats import LinkLine
from web.current import page, person_id, service
from web.filters import channel as called
from web.filters import day

bp = Blueprint("chats", __name__, url_prefix="/me/chats")

AFTER = "/me#chats"
MAIL = ("email", "By e-mail")


@dataclass(frozen=True)
class Ways:
    """Where messages can go, and where they do: to one of the chats, or by e-mail."""

    chats: list[tuple[str, str]]
    chosen: str

    @property
    def all(self) -> list[tuple[str, str]]:
        """Every way, as a form offers it."""
        return [MAIL, *self.chats]

    @classmethod
    def of(cls, links: Iterable[LinkLine]) -> "Ways":
        """A terminal is open only while somebody sits at it, so nothing can be sent there."""
        lines = [line for line in links if line.channel != "terminal"]
        taken = [str(line.link_id) for line in lines if line.gets_notices]
        chats = [
            (str(line.link_id), f"In {called(line.channel)} (linked {day(line.linked_at)})")
            for line in lines
        ]
        return cls(chats, taken[0] if taken else MAIL[0])


@bp.post("/telegram")
def begin() -> ResponseReturnValue:
    """A link into Telegram that is good once, for ten minutes; it is shown on no other page."""
    bot = service().settings.telegram_bot
    if not bot:
        raise NotFound("There is no chat on Telegram here.")
    payload = service().links.payload(person_id(), session["e"])
    url = f"https://t.me/{bot}?start={payload}"
    import segno  # for whoever links a chat, not for every process

    drawn = segno.make(url).svg_inline(scale=4, light="white", title="The same link as a QR code")
    return page("chats/begin.html", url=url, code=Markup(drawn))  # noqa: S704  (drawn by us)


@bp.post("/teams")
def begin_in_teams() -> ResponseReturnValue:
    """A link into Teams that is good once, for ten minutes, and the same as words to send there."""
    app = service().settings.teams_app
    if not app:
        raise NotFound("There is no chat in Teams here.")
    words = f"/start {service().links.payload(person_id(), session['e'])}"
    given = urlencode({"users": f"28:{app}", "message": words}, quote_via=quote)
    return page(
        "chats/begin_in_teams.html",
        url=f"https://teams.microsoft.com/l/chat/0/0?{given}",
        words=words,
    )


@bp.get("/confirm")
def ask() -> ResponseReturnValue:
    """A chat asks to be linked: is it this person's?"""
    asked = service().links.asked(request.args.get("asked", ""))
    return page("chats/confirm.html", asked=asked, channel=called(asked.channel))


@bp.post("/confirm")
def confirm() -> ResponseReturnValue:
    """It is."""
    channel = service().links.confirm(person_id(), request.form.get("asked", ""), session["e"])
    flash(f"The chat in {called(channel)} is linked. You can go on there.")
    return redirect(AFTER, 303)


@bp.post("/<uuid:link_id>/unlink")
def unlink(link_id: UUID) -> ResponseReturnValue:
    """It does not speak for this person any more."""
    service().links.unlink(person_id(), link_id)
    flash("The chat is unlinked: nothing more is sent there.")
    return redirect(AFTER, 303)


@bp.post("/messages")
def choose() -> ResponseReturnValue:
    """Where messages go: to one of the chats, or by e-mail."""
    chosen = request.form.get("to", "")
    links = {str(line.link_id): line.link_id for line in service().links.of(person_id())}
    if chosen != "email" and chosen not in links:
        raise NotFound("This chat is not linked any more.")
    service().links.send_to(person_id(), links.get(chosen))
    flash("Messages go to that chat." if chosen in links else "Messages go by e-mail.")
    return redirect(AFTER, 303)
