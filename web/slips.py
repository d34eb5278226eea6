"""Sign-in slips: printed for somebody without a work address, and entered by them."""

from uuid import UUID

from flask import Blueprint, g, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.errors import BadReply, SignInRefused
from web.auth import keeps_form, let_in, public, sent_form
from web.current import page, person_id, service

bp = Blueprint("slips", __name__)


@bp.post("/slips/<uuid:of_person>")
def make(of_person: UUID) -> ResponseReturnValue:
    """The slip itself, and not a redirect to it: its code is nowhere but on this page."""
    return page("slips/slip.html", slip=service().slips.print_for(of_person, person_id()))


@bp.get("/sign-in/slip")
@public
def ask() -> ResponseReturnValue:
    """Ask for the code."""
    if g.person_id is not None:
        return redirect("/me", 303)
    return page("slips/enter.html", typed="", errors={})


@bp.post("/sign-in/slip")
@public
@keeps_form("code")
def enter() -> ResponseReturnValue:
    """Check the code; right, it is used up."""
    typed = request.form.get("code", "")[:60]
    form = sent_form()
    if form.errors:
        return page("slips/enter.html", 400, typed=typed, errors=form.errors)
    try:
        signed_in = service().slips.enter(typed, request.remote_addr or "")
    except (BadReply, SignInRefused) as refusal:
        return page("slips/enter.html", 400, typed=typed, errors={"code": str(refusal)})
    return let_in(signed_in)
