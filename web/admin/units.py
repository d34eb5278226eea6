"""The tree of units: add, rename, move, end."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.errors import Mend, MustConfirm
from quizbot.words import LONGEST
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service
from web.forms import as_uuid, units_by_id

bp = Blueprint("units", __name__, url_prefix="/admin/units")


@bp.get("")
def index() -> ResponseReturnValue:
    """The lead's units with their people, and a form for a new one."""
    return tree({}, {})


@bp.post("")
@keeps_form("name")
def add() -> ResponseReturnValue:
    """A new unit below another."""
    form = sent_form()
    name = form.text("name", LONGEST["name"], "Enter the name of the unit")
    parent_id = as_uuid(request.form.get("parent", ""))
    if parent_id is None:
        form.errors.setdefault("parent", "Choose the unit above")
    if parent_id is not None and not form.errors:
        try:
            service().units.add(person_id(), parent_id, name)
        except Mend as mend:
            form.errors |= mend.faults
        else:
            flash(f"{name} is added.")
            return redirect("/admin/units", 303)
    return tree(request.form.to_dict(), form.errors)


def tree(values: dict[str, Any], errors: dict[str, str]) -> ResponseReturnValue:
    """The tree and the form."""
    units = service().people.units_of(person_id())
    status = 400 if errors else 200
    return page(
        "admin/units.html",
        status,
        units=units,
        above=units_by_id(units),
        values=values,
        errors=errors,
    )


@bp.get("/<uuid:unit_id>")
def show(unit_id: UUID) -> ResponseReturnValue:
    """One unit: rename it, move it, end it."""
    return unit_page(unit_id, {}, {})


def unit_page(
    unit_id: UUID,
    values: dict[str, Any],
    errors: dict[str, str],
    asked: MustConfirm | None = None,
) -> ResponseReturnValue:
    """The unit's page, with what was typed, what is wrong with it and what is to be confirmed."""
    card = service().units.card(person_id(), unit_id)
    below = f"{card.path}/"
    above = units_by_id(
        unit
        for unit in service().people.units_of(person_id())
        if not f"{unit.path}/".startswith(below)
    )
    values = {"name": card.name, "parent": str(card.parent_id), **values}
    status = 400 if errors else 200
    return page(
        "admin/unit.html", status, card=card, above=above, values=values, errors=errors,
        asked=asked,
    )  # fmt: skip


@bp.post("/<uuid:unit_id>/name")
@keeps_form("name")
def rename(unit_id: UUID) -> ResponseReturnValue:
    """Another name."""
    form = sent_form()
    name = form.text("name", LONGEST["name"], "Enter the name of the unit")
    if not form.errors:
        try:
            service().units.rename(person_id(), unit_id, name)
        except Mend as mend:
            form.errors |= mend.faults
        else:
            flash("The new name is saved.")
            return redirect(f"/admin/units/{unit_id}", 303)
    return unit_page(unit_id, {"name": name}, form.errors)


@bp.post("/<uuid:unit_id>/parent")
@keeps_form("parent")
def move(unit_id: UUID) -> ResponseReturnValue:
    """Below another unit."""
    parent_id = as_uuid(request.form.get("parent", ""))
    form = sent_form()
    asked = None
    if parent_id is None:
        form.errors.setdefault("parent", "Choose the unit above")
    if parent_id is not None and not form.errors:
        try:
            service().units.move(person_id(), unit_id, parent_id, confirm=form.confirm)
        except Mend as mend:
            form.errors["parent"] = str(mend)
        except MustConfirm as must:
            asked, form.errors["confirm"] = must, str(must)
        else:
            flash("The unit is moved.")
            return redirect(f"/admin/units/{unit_id}", 303)
    return unit_page(unit_id, {"parent": request.form.get("parent", "")}, form.errors, asked)


@bp.post("/<uuid:unit_id>/end")
def end(unit_id: UUID) -> ResponseReturnValue:
    """No more of it."""
    service().units.end(person_id(), unit_id)
    flash("The unit has ended.")
    return redirect("/admin/units", 303)
