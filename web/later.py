"""Did it change practice? Two questions some weeks after a pass, for whoever likes to answer."""

from uuid import UUID

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from quizbot.errors import Mend
from quizbot.rules.later import ASK_HINDERED, ASK_USED, HINDERED, USED, VOLUNTARY
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service
from web.forms import Form

bp = Blueprint("later", __name__, url_prefix="/later")


@bp.get("/<uuid:ask_id>")
def show(ask_id: UUID) -> ResponseReturnValue:
    """The two questions."""
    return questions(ask_id, None)


def questions(ask_id: UUID, form: Form | None) -> ResponseReturnValue:
    """The page, with what was chosen and what is wrong with it."""
    errors = form.errors if form else {}
    return page(
        "later/show.html",
        400 if errors else 200,
        ask=service().afterwards.find(person_id(), ask_id),
        asks=((ASK_USED, "used", USED.items()), (ASK_HINDERED, "hindered", HINDERED.items())),
        voluntary=VOLUNTARY,
        values=form.fields if form else {},
        errors=errors,
    )


@bp.post("/<uuid:ask_id>")
@keeps_form("used")
def answer(ask_id: UUID) -> ResponseReturnValue:
    """Count it, or leave it."""
    form = sent_form()
    if form.errors:
        return questions(ask_id, form)
    if "no" in form.fields:
        service().afterwards.decline(person_id(), ask_id)
        flash("That is fine: you are not asked again about this.")
        return redirect("/me", 303)
    used, hindered = (str(form.fields.get(name, "")) for name in ("used", "hindered"))
    try:
        service().afterwards.answer(person_id(), ask_id, used, hindered)
    except Mend as mend:
        form.errors |= mend.faults
        return questions(ask_id, form)
    flash("Thank you. It is counted without your name.")
    return redirect("/me", 303)
