"""What there is to take: the first page, a module's instructions, its sources."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.pick import Mode
from web.auth import public
from web.current import page, person_id, service, signed_in

bp = Blueprint("modules", __name__)


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """The modules, a card each."""
    return page("modules/index.html", offers=service().editions.offers())


@bp.get("/modules/<module>")
@public
def show(module: str) -> ResponseReturnValue:
    """Everything to know before the start."""
    offer = service().editions.offer(module)
    who = signed_in()
    return page(
        "modules/show.html",
        offer=offer,
        module=offer.module,
        is_signed_in=who is not None,
        must_wait=service().attempts.must_wait(who, offer.module) if who else "",
        open_modes=service().attempts.open_modes(who, module) if who else frozenset(),
    )


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
    mode = Mode.ASSURED if request.form.get("mode") == "assured" else Mode.PRACTICE
    attempt_id = service().attempts.start(person_id(), module, mode)
    number = service().attempts.where(person_id(), attempt_id) or 1
    return redirect(f"/attempts/{attempt_id}/questions/{number}", 303)


@bp.get("/modules/<module>/attempts")
def sign_in_first(module: str) -> ResponseReturnValue:
    """Where "Sign in to have it count" leads: once signed in, back to the module."""
    return redirect(f"/modules/{module}", 303)
