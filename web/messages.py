"""Messages in trouble, for leads who can mend it, and of whom leads were told; what I am sent."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.reminders.preferences import Chosen
from web.current import page, person_id, service
from web.paging import paging

bp = Blueprint("messages", __name__)
A_PAGE = 8  # of what is in trouble: each has its buttons


@bp.get("/admin/messages")
def index() -> ResponseReturnValue:
    """What did not arrive, or may not have; who is late still."""
    troubles = service().troubles.of(person_id())
    last = max(1, -(-len(troubles) // A_PAGE))
    wanted = request.args.get("page", "1")
    number = min(max(int(wanted[:6]) if wanted.isdecimal() else 1, 1), last)
    return page(
        "messages/index.html",
        troubles=troubles[(number - 1) * A_PAGE : number * A_PAGE],
        count=len(troubles),
        paging=paging(number, last, lambda n: f"/admin/messages?page={n}"),
        late=service().troubles.long_late(person_id()),
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
