"""Messages in trouble, for leads who can mend it, and of whom leads were told; what I am sent."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.reminders.preferences import Chosen
from web.current import page, person_id, service

bp = Blueprint("messages", __name__)


@bp.get("/admin/messages")
def index() -> ResponseReturnValue:
    """What did not arrive, or may not have; who is late still."""
    troubles = service().troubles
    return page(
        "messages/index.html",
        troubles=troubles.of(person_id()),
        late=troubles.long_late(person_id()),
    )


@bp.post("/admin/messages/<uuid:about>/again")
def again(about: UUID) -> ResponseReturnValue:
    """Put it into the next message."""
    service().troubles.send_again(person_id(), about)
    flash(f"It goes with their next message: one a day, {service().quiet.open_days}.")
    return redirect("/admin/messages", 303)


@bp.post("/admin/messages/<uuid:about>/settle")
def settle(about: UUID) -> ResponseReturnValue:
    """Take it off the list."""
    service().troubles.settle(person_id(), about)
    flash("It is off the list.")
    return redirect("/admin/messages", 303)


@bp.post("/me/messages")
def choose() -> ResponseReturnValue:
    """Keep whether reminders are wanted."""
    chosen = Chosen(nudges="nudges" in request.form)
    service().preferences.choose(person_id(), chosen)
    flash("Reminders are on." if chosen.nudges else "Reminders are off. Duties are told as before.")
    return redirect("/me", 303)
