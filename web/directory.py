"""`/admin/directory`: a directory that keeps people in step, its keys, and what waits."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.errors import NotAllowed, OutOfDate, Refused
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service

bp = Blueprint("directory", __name__, url_prefix="/admin/directory")


@bp.get("")
def show() -> ResponseReturnValue:
    """How it is, and for who leads all of it, its keys and what waits for them."""
    return shown({})


def shown(errors: dict[str, str], token: str = "", name: str = "") -> ResponseReturnValue:
    """The page; a new key is on it this once."""
    if not g.rights.leads:
        raise NotAllowed("This page is for safeguarding leads.")
    whole = service().directory.may_confirm(person_id())
    return page(
        "directory/show.html",
        400 if errors else 200,
        state=service().directory.state(),
        whole=whole,
        tokens=service().scim_tokens.all(person_id()) if whole else (),
        held=service().directory.held(person_id()) if whole else None,
        address=f"{service().settings.public_url}/scim/v2",
        token=token,
        name=name,
        errors=errors,
    )


@bp.post("/tokens")
@keeps_form("name")
def make_token() -> ResponseReturnValue:
    """A new key, told this once."""
    form = sent_form()
    name = form.text("name", 100, "Say which directory it is for")
    if form.errors:
        return shown(form.errors, name=name)
    try:
        token = service().scim_tokens.make(name, person_id())
    except NotAllowed:
        raise
    except Refused as refusal:
        return shown({"name": str(refusal)}, name=name)
    return shown({}, token=token)


@bp.post("/tokens/<uuid:token_id>/end")
def end_token(token_id: UUID) -> ResponseReturnValue:
    """Let a key work no more."""
    service().scim_tokens.end(token_id, person_id())
    flash("The key is ended: whoever has it is refused from now on.")
    return redirect("/admin/directory", 303)


@bp.post("/confirm")
@keeps_form("seen")
def confirm() -> ResponseReturnValue:
    """Take in what was held, as it was shown."""
    form = sent_form()
    if form.errors:
        return shown(form.errors)
    try:
        done = service().directory.confirm(person_id(), request.form.get("seen", ""))
    except OutOfDate as refusal:
        return shown({"seen": str(refusal)})
    flash(f"Taken in: {done}.")
    return redirect("/admin/directory", 303)
