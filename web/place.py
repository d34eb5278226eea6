"""The place: every setting, who keeps it right, what is not asked because of it; and its forms."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, request
from flask.typing import ResponseReturnValue

from questions.place import Setting
from quizbot.editions.place import SettingLine
from quizbot.errors import Mend, OutOfDate
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service
from web.forms import Form, typed

bp = Blueprint("place", __name__, url_prefix="/admin/place")

KINDS = {
    "text": "What it says, in one line",
    "telephone": "The number, in digits and spaces",
    "email": "The e-mail address",
    "url": "The address, beginning with https://",
    "days": "How many days",
}
SHOWN = 40  # changed questions on a preview


@bp.get("")
def show() -> ResponseReturnValue:
    """The settings, those that need somebody first."""
    return page("place/show.html", place=service().places.view(person_id()))


@bp.get("/place.toml")
def download() -> ResponseReturnValue:
    """The file itself, to edit and hand to whoever runs the service."""
    response = Response(
        service().places.text(person_id()), content_type="text/plain; charset=utf-8"
    )
    response.headers["Content-Disposition"] = "attachment; filename=place.toml"
    return response


@bp.get("/<setting>")
def edit(setting: str) -> ResponseReturnValue:
    """One setting: what it does, who owns it, when it was looked at, and its form."""
    line = service().places.one(person_id(), setting)
    values = {
        "value": line.value if line.type != "switch" else ["on"] * (line.value == "on"),
        "owner": line.owner,
        "review_by": typed(line.review_by),
    }
    return form_page(line, values, {})


@bp.post("/<setting>")
@keeps_form("owner")
def save(setting: str) -> ResponseReturnValue:
    """First what it would change; with the fingerprint of that, a new edition."""
    places = service().places
    places.must_save(person_id())
    line = places.one(person_id(), setting)
    form = sent_form()
    meant = read(form, line)
    values = {
        "value": request.form.getlist("value") if line.type == "switch" else form.text("value"),
        "owner": request.form.get("owner", ""),
        "review_by": form.typed_day("review_by"),
    }
    if form.errors or meant is None or "again" in request.form:
        return form_page(line, values, form.errors)
    try:
        seen = request.form.get("seen", "")
        if not seen:
            return page(
                "place/preview.html",
                line=line,
                change=places.preview(person_id(), setting, meant),
                values=values,
                most=SHOWN,
            )
        titles = places.save(person_id(), setting, meant, seen)
    except Mend as mend:
        return form_page(line, values, mend.faults)
    except OutOfDate as refusal:
        return form_page(line, values, {"value": str(refusal)})
    flash(f"Saved. {published(titles)}")
    return redirect("/admin/place", 303)


@bp.post("/<setting>/file")
def leave(setting: str) -> ResponseReturnValue:
    """Let the file speak again."""
    titles = service().places.leave_to_file(person_id(), setting)
    flash(f"What the file says counts again. {published(titles)}")
    return redirect("/admin/place", 303)


def form_page(
    line: SettingLine, values: dict[str, Any], errors: dict[str, str]
) -> ResponseReturnValue:
    """The form of one setting, with what was typed and what is wrong with it."""
    return page(
        "place/form.html",
        400 if errors else 200,
        line=line,
        values=values,
        errors=errors,
        savers=service().places.savers(person_id()),
        kinds=KINDS,
    )


def read(form: Form, line: SettingLine) -> Setting | None:
    """The setting as typed, where it can be read."""
    value: str | bool | int
    if line.type == "switch":
        value = "on" in form.fields.getlist("value")
    elif line.type == "days":
        value = form.number("value", 1, 999)
        if not value:
            form.errors.setdefault("value", "Enter a whole number from 1 to 999")
    else:
        value = form.text("value", 300)
    owner = form.text("owner", 200, "Say who keeps it right: a name or an address")
    review_by: date | None = form.day("review_by", "Enter the day by which it is looked at again")
    if form.errors or review_by is None:
        return None
    given = {"type": line.type, "value": value, "owner": owner, "review_by": review_by}
    return Setting.model_validate(given)


def published(titles: list[str]) -> str:
    """Which questionnaires have a new edition."""
    if not titles:
        return "No question is different by it."
    return f"A new edition is published of {', '.join(titles)}."
