"""What there is to take: the first page, a module's instructions, its sources."""

from contextlib import suppress

from flask import Blueprint, abort, flash, redirect, request, session
from flask.typing import ResponseReturnValue

from quizbot.attempts.attempts import AttemptLine
from quizbot.errors import NotOffered
from quizbot.rules.pick import Mode
from web.attempt import way_in
from web.auth import public
from web.current import owed_of, page, person_id, service, signed_in, to_confirm
from web.owed import Card, cards, most_urgent_first

bp = Blueprint("modules", __name__)


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """The modules, a card each; before them, for who is signed in, what they owe."""
    who = signed_in()
    owed: list[Card] = []
    if who is not None:
        owed = cards(owed_of(service().duties.mine(who)), service().attempts.of(who, 0))
    waiting = most_urgent_first(owed, to_confirm())
    return page("modules/index.html", offers=service().editions.offers(), waiting=waiting)


@bp.get("/modules/<module>")
@public
def show(module: str) -> ResponseReturnValue:
    """Everything to know before the start."""
    offer = service().editions.offer(module)
    who = signed_in()
    before = service().attempts.before(who, offer.edition) if who else None
    lines = service().attempts.of(who, 0) if who and before and before.has_taken else []
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
        must_wait=before.must_wait if before else "",
        begun=begun,
        shorter=before.shorter if before else None,
        to_confirm=[offer for offer in to_confirm() if offer.module == module],
        is_asked=b"asked" in request.query_string and not offer.practice_only,
    )


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
    return redirect(f"/me#confirm-{module}", 303)


def asked_for_change_alone(module: str) -> bool:
    """Whether somebody is to confirm a change of a module that they do not owe as a whole."""
    duties = service().duties
    is_owed = any(duty.module == module for duty in duties.owed(duties.mine(person_id())))
    return not is_owed and any(one.module == module for one in to_confirm())


def started(module: str, mode: Mode) -> ResponseReturnValue:
    """At the first question without an answer."""
    attempt_id, number = service().attempts.start_at(person_id(), module, mode)
    return redirect(f"/attempts/{attempt_id}/questions/{number}", 303)


@bp.get("/modules/<module>/attempts")
def sign_in_first(module: str) -> ResponseReturnValue:
    """Once signed in, back to the module; to its first question for who pressed Sign in and start.

    Who is asked to confirm a change of it and nothing else comes to that change. That they pressed
    stands in the session: no link from elsewhere begins an attempt.
    """
    if session.pop("begin", "") == module:
        with suppress(NotOffered):  # the module's page says why
            if asked_for_change_alone(module):
                return redirect(way_in(service().updates.start(person_id(), module)), 303)
            return started(module, Mode.ASSURED)
    return redirect(f"/modules/{module}", 303)
