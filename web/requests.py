"""Asking people for a questionnaire, and taking a request back."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TypedDict
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from quizbot.errors import NotAllowed, Refused
from quizbot.figures.team import Choosing
from quizbot.standing.requests import AskOutcome
from quizbot.words import how_many, long_date
from web.auth import keeps_form, sent_form
from web.choosing import IN_SIGHT, choosing, offered, pressed
from web.current import page, person_id, service
from web.forms import Form, as_uuid, typed
from web.paging import paging

bp = Blueprint("requests", __name__, url_prefix="/team/requests")
NOBODY: Mapping[str, tuple[str, ...]] = {}


class Chosen(TypedDict):
    """What a form holds besides people."""

    modules: Sequence[str]
    due: tuple[str, str, str]
    reason: str


@bp.get("")
def index() -> ResponseReturnValue:
    """What this manager has asked for, and what became of it, page by page."""
    words, number = request.args.get("q", "")[:200], request.args.get("page", "1")
    found = service().requests.page(
        person_id(), words, int(number[:6]) if number.isdecimal() else 1
    )
    pages = paging(found.number, found.pages, lambda n: f"/team/requests?q={quote(words)}&page={n}")
    return page("requests/index.html", found=found, words=words, paging=pages)


@bp.get("/new")
def new() -> ResponseReturnValue:
    """Whom to ask, for what, by when and why; links from elsewhere may choose beforehand.

    Those whom `/team` shows are chosen by what it was asked for: an address cannot name hundreds.
    """
    people, modules = request.args.getlist("person"), request.args.getlist("module")
    if request.args.get("shown"):
        team = service().reports.team(person_id())
        people += [str(line.person_id) for line in team.seen(team.view(request.args)).lines]
    pressing = owed(set(people)) if people and not modules else {}
    modules += [module for module, who in pressing.items() if len(who) == len(set(people))]
    due = typed(service().usual_due_on())
    not_all = {module: who for module, who in pressing.items() if module not in modules}
    return show(choosing(people), {"modules": modules, "due": due, "reason": ""}, {}, not_all)


def owed(people: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Each questionnaire that any of these is late with, or soon will be: with the names of who."""
    team = service().reports.team(person_id())
    lines = [line for line in team.lines if str(line.person_id) in people]
    found = {
        module: tuple(
            line.name
            for line in lines
            if any(cell.module == module and cell.is_pressing for cell in line.cells)
        )
        for module, _ in team.modules
    }
    return {module: who for module, who in found.items() if who}


def show(
    choice: Choosing,
    chosen: Chosen,
    errors: dict[str, str],
    not_all: Mapping[str, tuple[str, ...]] = NOBODY,
) -> ResponseReturnValue:
    """The form, with what was chosen, what only some of them owe, and what is wrong with it.

    A few who are chosen, and for what, stand in sight; whom and what else there is, is folded.
    """
    people, ticked = offered(choice, {}), chosen["modules"]
    few = 0 < len(choice.chosen) <= IN_SIGHT
    return page(
        "requests/new.html",
        400 if errors else 200,
        choosing=choice,
        title=f"Ask {whom(choice)}" if choice.chosen else "Ask for a questionnaire",
        asked=in_sight(choice) if few else [],
        others=[one for one in people if not (few and one[0] in choice.chosen)],
        modules=[one for one in titles() if not ticked or one[0] in ticked],
        other_modules=[one for one in titles() if ticked and one[0] not in ticked],
        only_some=[(title, not_all[one]) for one, title in titles() if one in not_all],
        chosen=chosen,
        by=on_day(chosen["due"]),
        is_open=bool(errors) or bool(pressed()),
        errors=errors,
    )


def in_sight(choice: Choosing) -> list[tuple[UUID, str] | tuple[UUID, str, str]]:
    """Those who are chosen; posts are told where two of a manager's people have one name."""
    names = Counter(one.name for one in choice.people)
    return [
        (one.person_id, one.name, "; ".join(one.posts))
        if names[one.name] > 1
        else (one.person_id, one.name)
        for one in choice.people
        if one.person_id in choice.chosen
    ]


def whom(choice: Choosing) -> str:
    """Those who are chosen, in few words."""
    (first, *rest) = (one.name for one in choice.people if one.person_id in choice.chosen)
    return first if not rest else how_many(len(rest) + 1, "person")


def on_day(fields: tuple[str, str, str]) -> str:
    """The day that three fields hold, with its day of the week; nothing where they hold none."""
    names = ("due-day", "due-month", "due-year")
    found = Form(MultiDict(zip(names, fields, strict=True))).day("due")
    return f"{found:%A} {long_date(found)}" if found else ""


def titles() -> list[tuple[str, str]]:
    """The questionnaires there are."""
    return [(one.module.id, one.module.title) for one in service().editions.all_current()]


@bp.post("/new")
@keeps_form("people")
def make() -> ResponseReturnValue:
    """Ask them, or find whom to ask."""
    form = sent_form()
    choice = choosing(request.form.getlist("people"))
    known = [str(one.person_id) for one in choice.people]
    people = form.choices("people", known, "Choose at least one person")
    modules = form.choices(
        "modules", [module for module, _ in titles()], "Choose at least one questionnaire"
    )
    due_on = form.day("due", "Enter the day by which it is to be done")
    reason = form.text("reason")
    chosen: Chosen = {
        "modules": modules,
        "due": form.typed_day("due"),
        "reason": request.form.get("reason", ""),
    }
    if pressed() and not form.is_expired:
        return show(choice, chosen, {})
    if form.errors or due_on is None:
        return show(choice, chosen, form.errors)
    try:
        asked = service().requests.ask(
            person_id(), [UUID(one) for one in people], modules, due_on, reason
        )
    except NotAllowed:
        raise
    except Refused as refusal:
        return show(choice, chosen, {"due": str(refusal)})
    flash(in_words(asked))
    return redirect("/team" if request.form.get("back") == "team" else "/team/requests", 303)


def in_words(asked: AskOutcome) -> str:
    """What asking did."""
    words = f"Asked: {asked.asked}."
    if asked.replaced:
        words += f" Of these, {asked.replaced} had been open for another day: the new day counts."
    if asked.already:
        words += f" {asked.already} had been asked for that day before."
    days = service().quiet.open_days
    return f"{words} Each is told once, with the next message: these leave {days}."


@bp.post("/<uuid:request_id>/withdraw")
def withdraw(request_id: UUID) -> ResponseReturnValue:
    """Take it back; from the page of the person who was asked, that page is shown again."""
    service().requests.withdraw(person_id(), request_id)
    flash("The request is withdrawn. It stays on record.")
    whom = as_uuid(request.form.get("person", ""))
    return redirect(f"/team/people/{whom}" if whom else "/team/requests", 303)
