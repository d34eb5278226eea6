"""What there is to take: the first page, a module's instructions, its sources."""

from contextlib import suppress
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, session
from flask.typing import ResponseReturnValue

from quizbot.attempts.attempts import AttemptLine
from quizbot.attempts.updating import UpdateOffer
from quizbot.errors import NotOffered
from quizbot.rules.pick import Mode
from web.attempt import way_in
from web.auth import public
from web.current import page, person_id, service, signed_in
from web.owed import Card, cards

bp = Blueprint("modules", __name__)


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """The modules, a card each; before them, for who is signed in, what they owe."""
    who = signed_in()
    owed: list[Card] = []
    if who is not None:
        duties = service().duties
        owed = cards(duties.owed(duties.mine(who)), service().attempts.of(who, 0))
    offers = service().editions.offers()
    return page("modules/index.html", offers=offers, owed=owed, to_confirm=to_confirm(who))


@bp.get("/modules/<module>")
@public
def show(module: str) -> ResponseReturnValue:
    """Everything to know before the start."""
    offer = service().editions.offer(module)
    who = signed_in()
    lines = service().attempts.of(who, 0) if who else []
    begun = {
        line.mode.value: continue_words(line)
        for line in lines
        if line.module == module and line.is_open and not line.is_update
    }
    return page(
        "modules/show.html",
        offer=offer,
        module=offer.module,
        is_signed_in=who is not None,
        must_wait=service().attempts.must_wait(who, offer.module) if who else "",
        begun=begun,
        shorter=service().attempts.shorter(who, offer.edition) if who else None,
        to_confirm=[offer for offer in to_confirm(who) if offer.module == module],
        is_asked=b"asked" in request.query_string and not offer.practice_only,
    )


def to_confirm(who: UUID | None) -> tuple[UpdateOffer, ...]:
    """The changes of guidance that somebody is to confirm."""
    return service().updates.offers(who) if who else ()


def continue_words(line: AttemptLine) -> str:
    """What the button says that goes on with an attempt."""
    way = "Continue" if line.mode is Mode.ASSURED else "Continue practice"
    return f"{way} ({line.answered} of {line.total})" if line.answered else way


@bp.get("/modules/<module>/sources")
@public
def sources(module: str) -> ResponseReturnValue:
    """What the questions rest on, when they are looked at again, and what is still in doubt."""
    found = service().rests_on(module)
    figures = service().figures.of(found.edition)
    return page("modules/sources.html", rests_on=found, figures=figures)


@bp.post("/modules/<module>/attempts")
def start(module: str) -> ResponseReturnValue:
    """Start an attempt, or go on with the one that is open."""
    wanted = request.form.get("mode", "")
    if wanted not in set(Mode):
        abort(400, "Choose on the questionnaire's page: start, which counts, or practice.")
    return started(module, Mode(wanted))


@bp.post("/modules/<module>/update")
def update(module: str) -> ResponseReturnValue:
    """Begin to confirm what changed, or go on with it."""
    try:
        attempt_id = service().updates.start(person_id(), module)
    except NotOffered as refusal:
        flash(str(refusal))
        return redirect("/me", 303)
    return redirect(way_in(attempt_id), 303)


@bp.get("/modules/<module>/update")
def update_asked(module: str) -> ResponseReturnValue:
    """Where a letter's link leads, once signed in: to what is to be confirmed."""
    service().editions.offer(module)
    return redirect("/me#confirm", 303)


def started(module: str, mode: Mode) -> ResponseReturnValue:
    """At the first question without an answer."""
    attempt_id = service().attempts.start(person_id(), module, mode)
    number = service().attempts.where(person_id(), attempt_id) or 1
    return redirect(f"/attempts/{attempt_id}/questions/{number}", 303)


@bp.get("/modules/<module>/attempts")
def sign_in_first(module: str) -> ResponseReturnValue:
    """Once signed in, back to the module; to its first question for who pressed Sign in and start.

    That they did stands in the session: no link from elsewhere begins an attempt.
    """
    if session.pop("begin", "") == module:
        with suppress(NotOffered):  # the module's page says why
            return started(module, Mode.ASSURED)
    return redirect(f"/modules/{module}", 303)
