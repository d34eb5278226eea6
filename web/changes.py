"""Changes of guidance: what each would mean here, telling people or asking them, taking it back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from questions.register import ChangeKind
from quizbot.editions.changes_here import LONGEST, MISSING, ChangeToEnter, CitedDocument
from quizbot.errors import Mend, NotAllowed, NotFound, OutOfDate, Refused
from quizbot.rules.updates import Held, Whom
from quizbot.standing.change_drafts import ChangeDraft, ChangePreview, HeldBy
from quizbot.standing.change_lines import HELD, ChangeLine
from quizbot.words import LONGEST_REASON, how_many
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
ENTER_KINDS = {
    ChangeKind.REVERSED: (
        "What was right is wrong now",
        "Whoever learned the old rule would do the wrong thing today",
    ),
    ChangeKind.NEW_DUTY: (
        "There is something new to know or to do",
        "Nobody who passed before can have shown it",
    ),
    ChangeKind.WORDING: (
        "Only words or numbers of paragraphs changed",
        "People can be told of it, and not asked",
    ),
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
    may_enter = service().changes_here.may_enter(person_id())
    return page("changes/index.html", groups=groups, may_enter=may_enter)


@bp.get("/new")
def new() -> ResponseReturnValue:
    """Entering a change that no release has: first of which text, then the form."""
    source = request.args.get("source", "")
    if not source:
        return page("changes/sources.html", documents=service().changes_here.documents(person_id()))
    document = service().changes_here.document(person_id(), source)
    return entering(document, {"in_force": ("", "", "")}, {})


@bp.post("/new")
@keeps_form("matters")
def enter() -> ResponseReturnValue:
    """First what it would do; with the fingerprint of that, it is in the register."""
    here = service().changes_here
    document = here.document(person_id(), request.form.get("source", ""))
    form = sent_form()
    draft = read_entered(form, document)
    values = {
        **request.form.to_dict(),
        "in_force": form.typed_day("in_force"),
        "at": request.form.getlist("at"),
        "questions": request.form.getlist("questions"),
    }
    if form.errors or draft is None or "again" in request.form:
        return entering(document, values, form.errors)
    try:
        seen = request.form.get("seen", "")
        if not seen:
            return page(
                "changes/entering.html",
                document=document,
                draft=draft,
                preview=here.preview(person_id(), draft),
                fields=entered_fields(values),
                kinds=ENTER_KINDS,
            )
        change = here.enter(person_id(), draft, seen)
    except Mend as mend:
        return entering(document, values, mend.faults)
    except OutOfDate as refusal:
        return entering(document, values, {"matters": str(refusal)})
    flash("Entered. Decide now of each question below whether it stands; then tell or ask.")
    return redirect(f"/admin/changes/{change}", 303)


def entering(
    document: CitedDocument, values: Mapping[str, Any], errors: Mapping[str, str]
) -> ResponseReturnValue:
    """The form of a change of one text, with what was typed and what is wrong with it."""
    return page(
        "changes/enter.html",
        400 if errors else 200,
        document=document,
        values=values,
        errors=errors,
        kinds=[(key.value, words, hint) for key, (words, hint) in ENTER_KINDS.items()],
    )


def read_entered(form: Form, document: CitedDocument) -> ChangeToEnter | None:
    """What a lead means to enter, where it can be read."""
    whole = {place for place in form.fields.getlist("at") if place in document.by_place}
    ticked = {one.question_id for place in whole for one in document.by_place[place]}
    ticked |= document.questions & {*form.fields.getlist("questions")}
    after = form.text("after", LONGEST["after"], MISSING["after"])
    in_force = form.day("in_force", "Enter the first day of the new rule, such as 30 6 2027")
    was, now, matters = (
        form.text(name, LONGEST[name], MISSING[name]) for name in ("was", "now", "matters")
    )
    kind = form.choice("kind", [one.value for one in ENTER_KINDS], "Choose what the change does")
    roles = form.text("roles", 500)
    has_read = form.text("has_read", LONGEST["has_read"], MISSING["has_read"])
    if not ticked:
        missing = "Tick the questions that rest on it: otherwise it would concern nobody"
        form.errors.setdefault("questions", missing)
    if form.errors or in_force is None:
        return None
    return ChangeToEnter(
        source=document.id,
        after=after,
        in_force=in_force,
        questions=tuple(sorted(ticked)),
        was=was,
        now=now,
        matters=matters,
        kind=ChangeKind(kind),
        roles=tuple(dict.fromkeys(role.strip() for role in roles.splitlines() if role.strip())),
        has_read=has_read,
    )


def entered_fields(values: Mapping[str, Any]) -> Fields:
    """What was typed of a change, as hidden fields of its preview's form."""
    names = ("source", "after", "was", "now", "matters", "kind", "roles", "has_read")
    fields = [(name, str(values.get(name, ""))) for name in names]
    fields += [(name, one) for name in ("at", "questions") for one in values[name]]
    parts = zip(("day", "month", "year"), values["in_force"], strict=True)
    return [*fields, *((f"in_force-{part}", value) for part, value in parts)]


@bp.post("/<change>/remove")
@keeps_form("reason")
def remove(change: str) -> ResponseReturnValue:
    """Take back what was entered here; it stays on record."""
    form = sent_form()
    line = service().change_lines.one(change, person_id())
    reason = form.text("reason", LONGEST_REASON, "Say why, in a few words")
    try:
        if not form.errors:
            service().changes_here.take_back(person_id(), change, reason)
            flash("Taken out of the register. It stays on record.")
            return redirect("/admin/changes", 303)
    except Mend as mend:
        form.errors |= mend.faults
    return shown(line, {**first_values(line), "reason": reason}, form.errors)


@bp.get("/<change>")
def show(change: str) -> ResponseReturnValue:
    """One change: what it touches, what was done, and for leads what may be done."""
    line = service().change_lines.one(change, person_id())
    return shown(line, first_values(line), {})


def first_values(line: ChangeLine) -> dict[str, Any]:
    """What is chosen beforehand."""
    return {
        "act": ASK if line.may_ask else TELL,
        "due_on": typed(service().usual_due_on()),
        "unit": one_unit(),
        "whom": next(iter(line.whom), ""),
    }


def one_unit() -> str:
    """The unit that a lead leads, where it is clear which."""
    return g.rights.lead_of[0] if len(g.rights.lead_of) == 1 else ""


def shown(
    line: ChangeLine, values: Mapping[str, Any], errors: Mapping[str, str]
) -> ResponseReturnValue:
    """The page, with what was chosen and what is wrong with it."""
    is_lead = g.rights.leads
    entered = service().changes_here.entered(line.id)
    return page(
        "changes/show.html",
        400 if errors else 200,
        line=line,
        change=line.weighed.change,
        is_lead=is_lead,
        entered=entered,
        may_remove=entered is not None and service().changes_here.may_enter(person_id()),
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
    has_read = form.text("has_read", LONGEST_REASON)
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
    return f"{'Ask' if preview.draft.asks else 'Tell'} {how_many(preview.people, 'person')}"


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
    reason = form.text("why", LONGEST_REASON, "Say why, in a few words")
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
    reason = form.text("reason", LONGEST_REASON, "Say why, in a few words")
    if form.errors:
        return action_page(action_id, form)
    service().changes.withdraw(action_id, reason, person_id())
    flash("Taken back. It stays on record.")
    return redirect(f"/admin/changes/actions/{action_id}", 303)
