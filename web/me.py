"""A person's own record."""

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, Response, flash, g, redirect, request, session
from flask.typing import ResponseReturnValue

from quizbot.cells import csv_lines
from quizbot.clock import london_day
from quizbot.signin.chats import LinkLine
from quizbot.standing.duties import ModuleDuty
from web.auth import public
from web.certificates import as_pdf
from web.chats import Ways
from web.current import owed_of, page, person_id, service, to_confirm
from web.exports import own_calendar, sent
from web.owed import cards, most_urgent_first

bp = Blueprint("me", __name__, url_prefix="/me")
SHOWN = 20  # of what was taken, and of certificates: a page is as long after ten years as after two
FEW = 5  # of a kind: they stand open, more are folded under their heading
WHEN = (
    "Halfway, two weeks before, and when a pass can be renewed. What is asked of you, when it is"
    " due and when it is overdue is always told, in one message a day at most."
)
NUDGES = (("yes", "Remind me before the day", WHEN),)


@bp.get("")
def show() -> ResponseReturnValue:
    """What is open, and the newest of what was taken; all of it for who asks."""
    shown = None if request.args.get("all") else SHOWN
    lines = service().attempts.of(person_id(), shown and shown + 1)
    done = [line for line in lines if line.submitted_at]
    certificates = service().certificates.of(person_id(), shown and shown + 1)
    links = service().links.of(person_id())
    code = service().due_calendars.code(person_id(), g.session)
    duties = [duty for duty in service().duties.mine(person_id()) if duty.is_shown]
    return page(
        "me/show.html",
        few=FEW,
        certificates=certificates[:shown],
        done_lines=done[:shown],
        is_more=len(done[:shown]) < len(done) or len(certificates[:shown]) < len(certificates),
        brought=service().brought.of(person_id()),
        problems=service().problems.mine(person_id()),
        waiting=most_urgent_first(cards(owed_of(duties), lines), to_confirm()),
        told=service().tellings.of(person_id()),
        later=service().afterwards.of(person_id()),
        held=[duty for duty in duties if not duty.is_owed],
        open_lines=[line for line in lines if line.is_open],
        confirmed=service().attestations.mine(person_id()),
        chosen=service().preferences.of(person_id()),
        nudges=NUDGES,
        sent=sent_by(links),
        links=links,
        ways=Ways.of(links),
        today=london_day(service().now()),
        calendar=f"{service().settings.public_url}/me/due/{code}.ics",
        telegram_bot=service().settings.telegram_bot,
        teams_app=service().settings.teams_app,
    )


def sent_by(links: Iterable[LinkLine]) -> str:
    """How messages come."""
    is_told_there = any(line.gets_notices and not line.is_blocked for line in links)
    way = "In your chat" if is_told_there else "By e-mail"
    return f"{way}, {service().quiet.open_days}. Sign-in codes come at once, by e-mail."


@bp.get("/due.ics")
def due_calendar() -> ResponseReturnValue:
    """What is due of this person, for their calendar."""
    due = service().due_calendars.of(person_id())
    return as_due(person_id(), due)


@bp.get("/due/<code>.ics")
@public
def due_by_address(code: str) -> ResponseReturnValue:
    """The same at a private address, which a calendar asks again and again."""
    return as_due(*service().due_calendars.of_code(code))


def as_due(whose: UUID, due: tuple[ModuleDuty, ...]) -> Response:
    """Due days as a calendar."""
    made = own_calendar(due, service().today(), service().settings.public_url, whose)
    return sent(made, "text/calendar", "due.ics")


@bp.get("/data.zip")
def data() -> ResponseReturnValue:
    """All that is kept of this person, to read and as JSON."""
    return Response(
        service().own_data.copy(person_id(), person_id()),
        mimetype="application/zip",
        headers={"Content-Disposition": 'attachment; filename="my-data.zip"'},
    )


@bp.get("/transcript.pdf")
def transcript_pdf() -> ResponseReturnValue:
    """Everything that was taken, on paper."""
    return as_pdf(service().transcripts.paper(person_id()), "transcript.pdf")


@bp.get("/transcript.csv")
def transcript_csv() -> ResponseReturnValue:
    """The same for a spreadsheet."""
    rows = service().transcripts.of(person_id(), "csv").rows()
    return sent(csv_lines(rows), "text/csv", "transcript.csv")


@bp.post("/sign-out-everywhere")
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session of this person, this one too."""
    service().sign_in.end_everywhere(person_id())
    session.clear()
    flash("You are signed out on every device, and every chat is unlinked.")
    return redirect("/", 303)
