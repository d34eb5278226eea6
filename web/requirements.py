"""Rules for whole units: never saved without their preview; who will never be asked again."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.errors import Mend, MustConfirm, NotAllowed, Refused
from quizbot.rules.shrinking import Refresher
from quizbot.standing.requirements import NUMBERS, Draft
from quizbot.words import LONGEST, LONGEST_REASON, how_many
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service
from web.forms import Form, as_uuid, typed, units_by_path
from web.paging import paging

bp = Blueprint("requirements", __name__, url_prefix="/admin/requirements")

MOST_PAGES = 100_000
FIELDS = {"in_force_from": "from", "in_force_to": "to"}  # of a rule, as the form calls them


@bp.get("")
def index() -> ResponseReturnValue:
    """The rules there are."""
    rules = service().rules
    return page("requirements/index.html", lines=rules.all(person_id()), today=rules.today())


@bp.get("/health")
def health() -> ResponseReturnValue:
    """Who will never be asked again or was overdue until an edit, and why."""
    return page("requirements/health.html", groups=service().rules.health(person_id()))


@bp.get("/nobody")
def nobody() -> ResponseReturnValue:
    """People whom no rule reaches, by unit, each with the rule that would."""
    found = service().forgotten.of(person_id())
    number = page_number(found.pages)
    return page(
        "requirements/nobody.html",
        found=found,
        lines=found.page(number),
        paging=paging(number, found.pages, lambda n: f"/admin/requirements/nobody?page={n}"),
    )


@bp.get("/nobody/<uuid:unit_id>")
def nobody_in(unit_id: UUID) -> ResponseReturnValue:
    """Those of one unit by name, and what no rule asks them for."""
    number = page_number(MOST_PAGES)
    line, people = service().forgotten.people(person_id(), unit_id, number)
    last, here = line.pages, f"/admin/requirements/nobody/{unit_id}"
    if number > last:
        return redirect(here, 303)
    return page(
        "requirements/nobody_in.html",
        line=line,
        people=people,
        pages=last,
        paging=paging(number, last, lambda n: f"{here}?page={n}"),
    )


def page_number(last: int) -> int:
    """The page that an address asks for, as far as there are any."""
    given = request.args.get("page", "1")
    return min(max(int(given[:6]) if given.isascii() and given.isdecimal() else 1, 1), last)


@bp.get("/new")
def new() -> ResponseReturnValue:
    """A fresh rule, filled in by a shipped example or another rule, and for whom it is to be."""
    values: dict[str, Any] = dict(EXAMPLES.get(request.args.get("example", ""), {}))
    if like := as_uuid(request.args.get("like", "")):
        values = values_of(service().rules.one(like, person_id())) | {"job": ""}
    values |= {"from": typed(service().rules.today()), "to": ("", "", "")}
    values |= {name: request.args[name][:1000] for name in ("unit", "job") if name in request.args}
    if "modules" in request.args:
        values["modules"] = request.args.getlist("modules")
    return show(values, {})


EXAMPLES: dict[str, dict[str, Any]] = {
    "induction": {
        "within_months": "6",
        "grace_days": "28",
        "reason": "Part of induction: within six months of starting.",
    },
    "refresher": {
        "within_months": "6",
        "every_months": "36",
        "window_days": "90",
        "grace_days": "28",
        "reason": "Kept fresh: at least every three years.",
    },
}


@bp.get("/<uuid:rule_id>")
def edit(rule_id: UUID) -> ResponseReturnValue:
    """A rule's terms, to change or end it."""
    line = service().rules.one(rule_id, person_id())
    return show(values_of(line), {}, line)


def values_of(line: Any) -> dict[str, Any]:
    """A rule as its form shows it."""
    draft = line.draft
    values: dict[str, Any] = {
        name: getattr(draft, name) or ""
        for name in (*NUMBERS, "unit", "job", "reason", "refresher")
    }
    values |= {
        "modules": list(draft.modules),
        "from": typed(draft.in_force_from),
        "to": typed(draft.in_force_to),
    }
    return values


def show(
    values: dict[str, Any],
    errors: dict[str, str],
    line: Any = None,
    asked: MustConfirm | None = None,
) -> ResponseReturnValue:
    """The form, with what was typed, what is wrong with it and what is to be confirmed."""
    return page(
        "requirements/form.html",
        400 if errors else 200,
        values=values,
        errors=errors,
        line=line,
        asked=asked,
        units=units_by_path(service().people.units_of(person_id()), "Choose a unit"),
        modules=[(e.module.id, e.module.title) for e in service().editions.all_current()],
    )


@bp.post("/new")
@keeps_form("unit")
def make() -> ResponseReturnValue:
    """First the preview; with its fingerprint, the rule."""
    return previewed(None)


@bp.post("/<uuid:rule_id>")
@keeps_form("within_months")
def change(rule_id: UUID) -> ResponseReturnValue:
    """First the preview; with its fingerprint, the change."""
    return previewed(rule_id)


def previewed(rule_id: UUID | None) -> ResponseReturnValue:
    """Check, show what it would do, and save what was seen."""
    rules = service().rules
    line = rules.one(rule_id, person_id()) if rule_id else None
    form = sent_form()
    draft = read(form)
    values = {**request.form.to_dict(), "modules": request.form.getlist("modules")}
    values |= {"from": form.typed_day("from"), "to": form.typed_day("to")}
    if form.errors or draft is None or "again" in request.form:
        return show(values, form.errors, line)
    try:
        seen = request.form.get("seen", "")
        if not seen:
            return preview_page(draft, line, values, {})
        if rule_id:
            is_changed = rules.change(rule_id, draft, seen, person_id(), confirm=form.confirm)
            words = "The rule is saved." if is_changed else "Nothing was changed: it is so already."
        else:
            words = in_words(len(rules.save(draft, seen, person_id())), len(draft.modules))
    except NotAllowed:
        raise
    except MustConfirm as asked:
        return preview_page(draft, line, values, {"confirm": str(asked)})
    except Mend as mend:
        faults = {FIELDS.get(name, name): words for name, words in mend.faults.items()}
        return show(values, faults, line)
    except Refused as refusal:
        return show(values, {"within_months" if line else "unit": str(refusal)}, line)
    flash(words)
    return redirect("/admin/requirements", 303)


def preview_page(
    draft: Draft, line: Any, values: dict[str, Any], errors: dict[str, str]
) -> ResponseReturnValue:
    """What the rule would do, and what is to be confirmed."""
    preview = service().rules.preview(draft, person_id(), line.requirement_id if line else None)
    return page(
        "requirements/preview.html",
        400 if errors else 200,
        preview=preview,
        line=line,
        fields=as_fields(values),
        errors=errors,
    )


def in_words(saved: int, meant: int) -> str:
    """What saving did, of as many questionnaires as were meant."""
    if not saved:
        return "Nothing was saved: the same rule is there already."
    if saved < meant:
        all_of_them = how_many(meant, "questionnaire")
        return f"The rule is saved for {saved} of {all_of_them}: the rest was there."
    return "The rule is saved."


@bp.post("/<uuid:rule_id>/end")
def end(rule_id: UUID) -> ResponseReturnValue:
    """Let it end with today."""
    rules = service().rules
    try:
        rules.end(rule_id, rules.today(), person_id(), confirm=sent_form().confirm)
    except MustConfirm as asked:
        line = rules.one(rule_id, person_id())
        return show(values_of(line), {"confirm": str(asked)}, line, asked)
    flash("The rule ends today. What it asked until now stays on record.")
    return redirect("/admin/requirements", 303)


def read(form: Form) -> Draft | None:
    """The rule as typed, where it can be read."""
    units = [unit.path for unit in service().people.units_of(person_id())]
    modules = [edition.module.id for edition in service().editions.all_current()]
    unit = form.choice("unit", units, "Choose a unit")
    chosen = form.choices("modules", modules, "Choose at least one questionnaire")
    numbers = {name: form.number(name, 0, most) for name, most in NUMBERS.items()}
    begins = form.day("from", "Enter the day on which the rule begins")
    ends = form.day("to")
    job = form.text("job", LONGEST["job"])
    reason = form.text("reason", LONGEST_REASON, "Say why, in a few words: people are told it")
    refresher = request.form.get("refresher") or Refresher.FULL
    if form.errors or begins is None:
        return None
    every = numbers.pop("every_months") or None
    return Draft(
        unit=unit,
        modules=tuple(chosen),
        in_force_from=begins,
        job=job,
        every_months=every,
        in_force_to=ends,
        reason=reason,
        refresher=refresher,
        **numbers,
    )


def as_fields(values: dict[str, Any]) -> list[tuple[str, str]]:
    """What was typed, as hidden fields of the preview's form."""
    names = ("unit", "job", "reason", "refresher", *NUMBERS)
    fields = [(name, str(values.get(name, ""))) for name in names]
    fields += [("modules", module) for module in values["modules"]]
    for name in ("from", "to"):
        parts = zip(("day", "month", "year"), values[name], strict=True)
        fields += [(f"{name}-{part}", value) for part, value in parts]
    return fields
