"""Authors of questions: named by leads, for a questionnaire or for all."""

from uuid import UUID

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from quizbot.errors import Mend
from quizbot.words import LONGEST
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service
from web.forms import Form

bp = Blueprint("authors", __name__, url_prefix="/admin/authors")


@bp.get("")
def index() -> ResponseReturnValue:
    """Who may draft and read, and the form to name somebody."""
    return listed(Form(MultiDict()))


def listed(form: Form) -> ResponseReturnValue:
    """The same, with what was typed and what is wrong with it."""
    return page(
        "authors/index.html",
        400 if form.errors else 200,
        lines=service().authors.all(person_id()),
        modules=modules(),
        values=form.fields,
        ends_on=form.typed_day("ends_on"),
        errors=form.errors,
    )


def modules() -> list[tuple[str, str]]:
    """What somebody can be an author of."""
    found = [(one.module.id, one.module.title) for one in service().editions.all_current()]
    return [("", "Choose"), *found, ("all", "Every questionnaire")]


@bp.post("")
@keeps_form("email")
def give() -> ResponseReturnValue:
    """Name somebody."""
    form = sent_form()
    address = form.text("email", LONGEST["email"], "Enter the work e-mail address")
    known = [key for key, _ in modules() if key]
    module = form.choice("module", known, "Choose a questionnaire, or all of them")
    ends_on = form.day("ends_on")
    if form.errors:
        return listed(form)
    try:
        chosen = "" if module == "all" else module
        name = service().authors.give(person_id(), address, chosen, ends_on)
    except Mend as mend:
        form.errors |= mend.faults
        return listed(form)
    title = dict(modules())[module]
    flash(f"{name} may draft and read from now on: {title}.")
    return redirect("/admin/authors", 303)


@bp.post("/<uuid:grant_id>/end")
def end(grant_id: UUID) -> ResponseReturnValue:
    """Take it back; what they drafted stays."""
    ended = service().authors.end(person_id(), grant_id)
    flash(f"{ended.name} is no author any more: {ended.title}. What they drafted stays.")
    return redirect("/admin/authors", 303)
