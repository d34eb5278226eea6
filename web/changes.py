"""Changes of guidance: what each would mean here, telling people or asking them, taking it back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.rules.updates import Held, Whom
from quizbot.standing.change_drafts import ChangeDraft, ChangePreview, HeldBy
from quizbot.standing.change_lines import HELD, ChangeLine
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service
from web.forms import Form, typed, units_by_path
from web.paging import paging

bp = Blueprint("changes", __name__, url_prefix="/admin/changes")
TELL, ASK = "tell", "ask"
WHOM = {
    Whom.RESTED: "Those whose pass rested on the old rule",
    Whom.BEFORE: "Everybody who passed before it came",
    Whom.EVERYBODY: "Everybody who passed, and has not shown the new rule yet",
}
Fields = list[tuple[str, str]]


@bp.get("")
def index() -> ResponseReturnValue:
    """Every change that the register knows."""
    lines = service().change_lines.all(person_id())
    groups = (
        ("In force, and nobody was told here yet", [o for o in lines if o.waits]),
        ("Told or asked here", [o for o in lines if o.acted]),
        ("Not in force here", [o for o in lines if not (o.waits or o.acted)]),
    )
    return page("changes/index.html", groups=groups)


@bp.get("/<change>")
def show(change: str) -> ResponseReturnValue:
    """One change: what it touches, what was done, and for leads what may be done."""
    line = service().change_lines.one(change, person_id())
    values = {
        "act": ASK if line.may_ask else TELL,
        "due_on": typed(service().usual_due_on()),
        "unit": one_unit(),
        "whom": next(iter(line.whom), ""),
    }
    return shown(line, values, {})


def one_unit() -> str:
    """The unit that a lead leads, where it is clear which."""
    return g.rights.lead_of[0] if len(g.rights.lead_of) == 1 else ""


def shown(
    line: ChangeLine, values: Mapping[str, Any], errors: Mapping[str, str]
) -> ResponseReturnValue:
    """The page, with what was chosen and what is wrong with it."""
    is_lead = g.rights.leads
    return page(
        "changes/show.html",
        400 if errors else 200,
        line=line,
        change=line.weighed.change,
        is_lead=is_lead,
        units=units_by_path(service().people.units_of(person_id()) if is_lead else (), "Choose"),
        acts=acts_of(line),
        whom=[(one, WHOM[Whom(one)]) for one in line.whom],
        values=values,
        errors=errors,
    )


def acts_of(line: ChangeLine) -> list[tuple[str, str, str]]:
    """What a lead may do about a change."""
    found = [(TELL, "Tell people", "On their own page, for sixty days. Nobody has to do anything")]
    if line.may_ask:
        found.append(
            (ASK, "Ask people to confirm it", "By a day. Nobody’s pass is taken away meanwhile")
        )
    return found


@bp.post("/<change>")
@keeps_form("act")
def act(change: str) -> ResponseReturnValue:
    """First the preview; with its fingerprint, the deed."""
    line = service().change_lines.one(change, person_id())
    form = sent_form()
    draft = read(form, line)
    values = {**request.form.to_dict(), "due_on": form.typed_day("due_on")}
    if form.errors or draft is None or "again" in request.form:
        return shown(line, values, form.errors)
    try:
        if not request.form.get("seen"):
            preview = service().changes.preview(draft, person_id())
            return page("changes/preview.html", **preview_fields(preview, line, values))
        service().changes.apply(draft, request.form["seen"], person_id())
    except (NotAllowed, NotFound):
        raise
    except Mend as mend:
        faults = {"act" if name == "change" else name: said for name, said in mend.faults.items()}
        return shown(line, values, faults)
    except Refused as refusal:
        return shown(line, values, {"act": str(refusal)})
    asked = "They are asked to confirm it, on their own page and in their chat."
    flash(asked if draft.asks else "It stands on their own page for sixty days.")
    return redirect(f"/admin/changes/{change}", 303)


def read(form: Form, line: ChangeLine) -> ChangeDraft | None:
    """What a lead means to do, where it can be read."""
    units = [unit.path for unit in service().people.units_of(person_id())]
    chosen = form.choice("act", [key for key, *_ in acts_of(line)], "Choose what to do")
    unit = form.choice("unit", units, "Choose a unit")
    jobs = form.text("jobs", 500)
    has_read = form.text("has_read", 500)
    due_on = whom = None
    if chosen == ASK:
        due_on = form.day("due_on", "Enter the day by which it is to be confirmed")
        named = form.choice("whom", line.whom, "Choose whom to ask")
        whom = Whom(named) if named else None
    if form.errors:
        return None
    return ChangeDraft(
        change=line.id,
        unit=unit,
        due_on=due_on,
        whom=whom,
        jobs=tuple(dict.fromkeys(job.strip() for job in jobs.splitlines() if job.strip())),
        every_job="every_job" in form.fields,
        has_read=has_read,
    )


def preview_fields(
    preview: ChangePreview, line: ChangeLine, values: Mapping[str, Any]
) -> dict[str, Any]:
    """What the page of a preview shows."""
    draft = preview.draft
    fields = as_fields(values)
    ways = [one for one in Held if one in HELD]
    return {
        "preview": preview,
        "line": line,
        "fields": fields,
        "ways": [
            (HELD[how], getattr(preview.total, how), listed(fields, line, how)) for how in ways
        ],
        "agencies": [(one.name, *counts(one)) for one in preview.by_agency],
        "modules": [(title_of(one.name), *counts(one)) for one in preview.by_module],
        "button": button_of(preview),
        "is_ask": draft.asks,
    }


def listed(fields: Fields, line: ChangeLine, how: Held) -> str:
    """Where those are listed who stand to a change in one way."""
    return f"/admin/changes/{line.id}/people?{urlencode([*fields, ('held', how.value)])}"


def counts(one: HeldBy) -> tuple[str, ...]:
    """A row of a preview's table."""
    return tuple(f"{getattr(one, how):,}" for how in HELD)


def title_of(module: str) -> str:
    """A questionnaire's title."""
    return service().editions.current(module).module.title


def button_of(preview: ChangePreview) -> str:
    """What the button of a preview says; nothing where nobody would be reached."""
    if not preview.people:
        return ""
    people = "1 person" if preview.people == 1 else f"{preview.people:,} people"
    return f"{'Ask' if preview.draft.asks else 'Tell'} {people}"


def as_fields(values: Mapping[str, Any]) -> Fields:
    """What was chosen, as hidden fields of the preview's form."""
    names = ("act", "unit", "jobs", "has_read", "whom", "every_job")
    fields = [(name, str(values[name])) for name in names if values.get(name)]
    parts = zip(("day", "month", "year"), values["due_on"], strict=True)
    return [*fields, *((f"due_on-{part}", value) for part, value in parts)]


@bp.get("/<change>/people")
def people(change: str) -> ResponseReturnValue:
    """Who stands to a change in one way, by name, in a lead's units."""
    line = service().change_lines.one(change, person_id())
    form = Form(request.args)
    how = form.choice("held", [one.value for one in HELD], "Choose whom to list")
    draft = read(form, line)
    if draft is None:
        raise NotFound("There is no such list: open the preview again.")
    found = service().change_lines.held(draft, Held(how), person_id(), asked_page())
    given = {name: value for name, value in request.args.items() if name != "page"}
    return page(
        "changes/people.html",
        found=found,
        line=line,
        paging=paging(
            found.number, found.pages, lambda n: f"{request.path}?{urlencode({**given, 'page': n})}"
        ),
    )


def asked_page() -> int:
    """Which page of a list the address asks for."""
    given = request.args.get("page", "1")
    return int(given[:6]) if given.isascii() and given.isdecimal() else 1


@bp.get("/actions/<uuid:action_id>")
def action(action_id: UUID) -> ResponseReturnValue:
    """What was told or asked once, and who has confirmed it."""
    return action_page(action_id, Form(MultiDict()))


def action_page(action_id: UUID, form: Form) -> ResponseReturnValue:
    """The same, with what was typed and what is wrong with it."""
    sheet = service().change_lines.action(action_id, person_id(), asked_page())
    return page(
        "changes/action.html",
        400 if form.errors else 200,
        sheet=sheet,
        acted=sheet.acted,
        agencies=[(one.agency, one.confirmed, one.asked) for one in sheet.agencies],
        paging=paging(
            sheet.number, sheet.pages, lambda n: f"/admin/changes/actions/{action_id}?page={n}"
        ),
        values={**form.fields.to_dict(), "due_on": form.typed_day("due_on")},
        errors=form.errors,
    )


@bp.post("/actions/<uuid:action_id>/correct")
@keeps_form("due_on")
def correct(action_id: UUID) -> ResponseReturnValue:
    """Another day for the same people."""
    form = sent_form()
    due_on = form.day("due_on", "Enter the day by which it is to be confirmed")
    reason = form.text("why", 500, "Say why, in a few words")
    if form.errors or due_on is None:
        return action_page(action_id, form)
    try:
        new_id = service().changes.correct(action_id, due_on, reason, person_id())
    except Mend as mend:
        form.errors |= mend.faults
        return action_page(action_id, form)
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        form.errors["due_on"] = str(refusal)
        return action_page(action_id, form)
    flash("The new day counts. The first one stays on record.")
    return redirect(f"/admin/changes/actions/{new_id}", 303)


@bp.post("/actions/<uuid:action_id>/withdraw")
@keeps_form("reason")
def withdraw(action_id: UUID) -> ResponseReturnValue:
    """Take it back: nobody has to confirm it any more."""
    form = sent_form()
    reason = form.text("reason", 500, "Say why, in a few words")
    if form.errors:
        return action_page(action_id, form)
    service().changes.withdraw(action_id, reason, person_id())
    flash("Taken back. It stays on record.")
    return redirect(f"/admin/changes/actions/{action_id}", 303)
