"""Drafts of questions: edited step by step, talked about, read by somebody else, published."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from questions.findings import Finding
from questions.page_words import page_words
from quizbot.drafting.drafts import DraftLine, DraftSheet, Overtaken
from quizbot.drafting.publishing import Proposal
from quizbot.errors import BadReply, NotAllowed, NotFound, OutOfDate, Refused
from web import draft_form
from web.auth import carries_form, keeps_form, sent_form
from web.current import page, person_id, service
from web.draft_form import KINDS, STEPS
from web.forms import Form, as_uuid
from web.paging import paging

bp = Blueprint("drafts", __name__, url_prefix="/admin/drafts")
CHOOSE = "choose-"  # before the name of a field that two changed
STATES = (
    ("open", "Drafts on their way"),
    ("published", "Drafts that were published"),
    ("dropped", "Drafts given up"),
)
PAGE = 10  # drafts in a list
MOST_SOUGHT = 20  # drafts looked into for one that can be read
MOST_CHANGED = 200  # questions shown before a button, word by word


@bp.get("")
def index() -> ResponseReturnValue:
    """Every draft, module by module; and what stands here otherwise than nationally."""
    state = request.args.get("state", "open")
    state = state if state in dict(STATES) else "open"
    lines = sorted(service().drafts.all(person_id(), state), key=lambda line: line.module)
    pages = max(1, -(-len(lines) // PAGE))
    number = min(Form(request.args).number("page", 1, 10**6, 1), pages)
    counts, ready = Counter(line.module for line in lines), Counter[str]()
    ready.update(line.module for line in lines if line.is_read)
    shown = groupby(lines[(number - 1) * PAGE : number * PAGE], key=lambda line: line.module)
    some = [(module, list(of_module)) for module, of_module in shown]
    may = service().drafts.may(person_id())
    return page(
        "drafts/index.html",
        groups=[(m, of_m[0].title, of_m, counts[m], ready[m]) for m, of_m in some],
        paging=paging(
            number, pages, lambda n: f"/admin/drafts?{urlencode({'state': state, 'page': n})}"
        ),
        state=state,
        states=STATES,
        is_lead=may.is_lead,
        here=service().question_lines.here(person_id()),
        titles={one.module.id: one.module.title for one in service().editions.all_current()},
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    """Which questionnaire, which objective and what kind."""
    return new_page(Form(request.args))


def new_page(form: Form) -> ResponseReturnValue:
    """The same, with what was chosen and what is wrong with it."""
    objectives = [
        (f"{offer.id}/{name}", f"{offer.title}: {says}")
        for offer in writable()
        for name, says in offer.objectives.items()
    ]
    return page(
        "drafts/new.html",
        400 if form.errors else 200,
        objectives=[("", "Choose"), *objectives],
        kinds=KINDS,
        values=form.fields,
        errors=form.errors,
    )


def writable() -> Sequence[Any]:
    """The modules that this person writes for."""
    may = service().drafts.may(person_id())
    return [one.module for one in service().editions.all_current() if may.may(one.module.id)]


@bp.post("/new")
@keeps_form("objective")
def make() -> ResponseReturnValue:
    """Begin an empty question."""
    form = sent_form()
    known = [f"{module.id}/{name}" for module in writable() for name in module.objectives]
    wanted = form.choice("objective", known, "Choose what the question is to show")
    kind = form.choice("kind", [one for one, _ in KINDS], "Choose the kind of question")
    if form.errors:
        return new_page(form)
    module, _, objective = wanted.partition("/")
    draft_id = service().drafts.new(person_id(), module, objective, kind)
    return redirect(f"/admin/drafts/{draft_id}/asked", 303)


@bp.get("/<uuid:draft_id>")
def show(draft_id: UUID) -> ResponseReturnValue:
    """One draft: what it changes, what is found in it, what was said of it."""
    return show_page(draft_id, {})


def show_page(draft_id: UUID, errors: Mapping[str, str]) -> ResponseReturnValue:
    """The same, with what is wrong with what was said."""
    draft = service().drafts.one(person_id(), draft_id)
    steps = [
        (f"/admin/drafts/{draft_id}/{step}", title, faults_in(draft, step))
        for step, title in STEPS.items()
    ]
    begun = {step for step in STEPS if draft_form.is_begun(draft.sheet, step)}
    is_question = draft.line.act in ("new", "edit")
    return page(
        "drafts/show.html",
        400 if errors else 200,
        draft=draft,
        line=draft.line,
        steps=steps if is_question else [],
        links=[(address_of(draft_id, o.field), o)
               for o in draft.found if draft_form.step_of(o.field) in begun],
        unwritten=[title for step, title in STEPS.items() if step not in begun],
        is_question=is_question,
        head=head_lines(draft),
        onward=next_unfinished(draft.line),
        values=request.form if errors else {},
        errors=errors,
    )  # fmt: skip


def next_unfinished(line: DraftLine) -> DraftLine | None:
    """The next of the same file that lacks something, after a draft that was brought in."""
    if not (line.brought_from and line.is_open):
        return None
    lines = [
        one
        for one in service().drafts.all(person_id())
        if (one.module, one.brought_from) == (line.module, line.brought_from)
        and one.is_unfinished
        and one.draft_id != line.draft_id
    ]
    after = (line.made_at, line.position)
    return min(
        lines,
        key=lambda one: ((one.made_at, one.position) < after, one.made_at, one.position),
        default=None,
    )


def head_lines(draft: DraftSheet) -> list[tuple[str, str]]:
    """A module's own file, line by line, where the draft is one."""
    if draft.line.act != "head":
        return []
    return [
        (name.replace("_", " ").capitalize(), _in_words(value))
        for name, value in draft.sheet.question.items()
    ]


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_in_words(one)}" for name, one in value.items())
    if isinstance(value, list):
        return "; ".join(_in_words(one) for one in value)
    return str(value)


def faults_in(draft: DraftSheet, step: str) -> str:
    """How much there is to mend in one step, in words."""
    if not draft_form.is_begun(draft.sheet, step):
        return "Not begun"
    of_step = [one for one in draft.found if draft_form.step_of(one.field) == step]
    faults = sum(one.level == "fault" for one in of_step)
    if faults:
        return f"{faults} to mend"
    return f"{len(of_step)} to look at" if of_step else "Nothing found"


@bp.post("/<uuid:draft_id>")
@keeps_form("words")
def say(draft_id: UUID) -> ResponseReturnValue:
    """Comment on it, agree with it, or give it up."""
    form = sent_form()
    words = form.text("words", 1000)
    if form.errors:
        return show_page(draft_id, form.errors)
    act = request.form.get("act", "")
    try:
        if act == "agree":
            service().drafts.agree(person_id(), draft_id, form.number("version", 1, 10**6), words)
            onward = next_unread(draft_id)
            is_next = onward != f"/admin/drafts/{draft_id}"
            flash(f"You have read it and agree.{' Here is the next to read.' if is_next else ''}")
            return redirect(onward, 303)
        if act == "twins":
            changed = service().drafts.twins_too(person_id(), draft_id)
            flash(f"The same words are changed in drafts of its twins: {', '.join(changed)}.")
            return redirect(f"/admin/drafts/{draft_id}", 303)
        if act == "drop":
            service().drafts.drop(person_id(), draft_id)
            flash("The draft is given up. It stays on record.")
            return redirect("/admin/drafts", 303)
        service().drafts.comment(person_id(), draft_id, words)
    except (NotAllowed, NotFound):
        raise
    except (BadReply, Refused) as refusal:
        return show_page(draft_id, {"words": str(refusal)})
    flash("Your comment is with the draft.")
    return redirect(f"/admin/drafts/{draft_id}", 303)


def next_unread(draft_id: UUID) -> str:
    """The next whole draft of the same module that this person may read; else this one again."""
    lines = service().drafts.all(person_id())
    module = next((one.module for one in lines if one.draft_id == draft_id), "")
    waiting = [one for one in lines if one.module == module and not (one.is_read or one.is_mine)]
    for line in waiting[: -MOST_SOUGHT - 1 : -1]:
        if not service().drafts.one(person_id(), line.draft_id).faults:
            return f"/admin/drafts/{line.draft_id}"
    return f"/admin/drafts/{draft_id}"


@bp.get("/<uuid:draft_id>/preview")
def preview(draft_id: UUID) -> ResponseReturnValue:
    """As learners would see it, on the web and in a chat."""
    draft = service().drafts.one(person_id(), draft_id)
    try:
        found = service().draft_preview(person_id(), draft_id)
    except NotFound:
        return unfinished_page(draft)
    question = found.turn.question
    return page(
        "drafts/preview.html",
        draft_id=draft_id,
        preview=found,
        question=question,
        may_vote=service().huddles.may_vote(question),
    )


def unfinished_page(draft: DraftSheet) -> ResponseReturnValue:
    """What there is of a draft that is no whole question, and what is missing."""
    if draft.module is None or draft.line.act not in ("new", "edit"):
        raise NotFound("This draft has no question to show.")
    return page(
        "drafts/unfinished.html",
        draft=draft,
        line=draft.line,
        answers=service().question_lines.answers(
            draft.sheet, service().drafts.offered(draft.module).beliefs
        ),
        missing=[
            (address_of(draft.line.draft_id, one.field), one.words)
            for step in STEPS
            for one in draft.faults
            if draft_form.step_of(one.field) == step
        ],
    )


def address_of(draft_id: UUID, field: str) -> str:
    """Where a field of a draft is mended."""
    return f"/admin/drafts/{draft_id}/{draft_form.step_of(field)}?check=yes#{field}"


@bp.get("/<uuid:draft_id>/<step>")
def edit(draft_id: UUID, step: str) -> ResponseReturnValue:
    """One step of the form."""
    return edit_page(draft_id, known_step(step), None, {})


def known_step(step: str) -> str:
    """A step there is; 404 for any other."""
    if step not in STEPS:
        abort(404)
    return step


def edit_page(
    draft_id: UUID, step: str, typed: Form | None, errors: Mapping[str, str]
) -> ResponseReturnValue:
    """The step as it was saved last, or as it was typed with what is wrong with it."""
    draft = service().drafts.one(person_id(), draft_id)
    if draft.module is None or draft.line.act not in ("new", "edit"):
        raise NotFound("This draft has no question to edit.")
    if typed is None and not draft.line.is_open:
        raise NotFound("This draft is published or given up: nothing of it can be changed.")
    sheet, version = draft.sheet, draft.line.version
    if typed is not None:
        sheet = draft_form.change_of(Form(typed.fields), step, names_for(draft, step))(sheet)
        version = typed.number("version", 1, 10**6) or version
    is_checked = "check" in request.args or draft_form.is_begun(sheet, step)
    of_step = [one for one in draft.found if draft_form.step_of(one.field) == step]
    told: dict[str, list[str]] = {}
    for one in of_step if typed is None and is_checked else ():
        told.setdefault(one.field, []).append(one.words)
    said = {field: "; ".join(words) for field, words in told.items()}
    steps = list(STEPS)
    return page(
        f"drafts/{step}.html",
        400 if errors else 200,
        draft=draft,
        line=draft.line,
        version=version,
        step=step,
        step_title=STEPS[step],
        step_number=steps.index(step) + 1,
        texts=draft_form.texts_of(sheet),
        rows=draft_form.rows_of(sheet),
        part=draft_form.part_of(sheet),
        mixups=draft_form.mixups_of(sheet),
        cited=draft_form.sources_of(sheet),
        waivable=draft.waivable,
        errors=dict(errors),
        said={**said, **errors},
        choices=choices_of(draft, sheet),
        sheet=sheet,
        review_by=typed.typed_day("review_by") if typed else draft_form.day_of(sheet),
        new_source=typed.fields if typed else {},
    )


def choices_of(draft: DraftSheet, sheet: Any) -> dict[str, Any]:
    """What can be chosen in the form's lists."""
    module = draft.module
    assert module is not None
    offered = service().drafts.offered(module)
    numbers = [("0", "Choose"), *((str(n), str(n)) for n in range(1, 7))]
    return {
        "objectives": list(module.objectives.items()),
        "kinds": KINDS,
        "levels": draft_form.LEVELS,
        "levels_told": draft_form.LEVELS_TOLD,
        "authorities": draft_form.AUTHORITIES,
        "sensitive": draft_form.SENSITIVE,
        "errs": draft_form.ERRS,
        "beliefs": draft_form.beliefs_of(sheet, offered.beliefs),
        "facts": draft_form.facts_of(sheet, offered.facts),
        "names": offered.names,
        "sources": draft_form.source_choices(sheet, module, offered.sources),
        "places": offered.places,
        "must_knows": [("", "None"), *((n, one.says) for n, one in module.must_knows.items())],
        "slots": offered.slots,
        "switches": draft_form.switches_of(sheet, offered.switches),
        "numbers": numbers,
        "verdicts": draft_form.VERDICTS,
        "changes": service().drafts.changes_for(sheet, module),
        "source_kinds": draft_form.SOURCE_KINDS,
    }


def names_for(draft: DraftSheet, step: str) -> Mapping[str, str]:
    """What a step needs to know: what may change of the question, the beliefs and sources that
    there are, or the changes that touch it."""
    if step == "asked" or draft.module is None:
        return draft_form.NEW_ONLY if draft.line.act == "new" else {}
    drafts = service().drafts
    if step == "answers":
        return {**drafts.offered(draft.module).beliefs, **draft.sheet.beliefs}
    if step == "reasons":
        return dict(draft_form.source_choices(draft.sheet, draft.module, {}))
    return {one.change: one.now for one in drafts.changes_for(draft.sheet, draft.module)}


@bp.post("/<uuid:draft_id>/<step>")
@keeps_form("version")
@carries_form
def save(draft_id: UUID, step: str) -> ResponseReturnValue:
    """Keep what was typed as the next version; whatever it lacks is told beside it."""
    step = known_step(step)
    form = sent_form()
    draft = service().drafts.one(person_id(), draft_id)
    seen = form.number("version", 1, 10**6) or draft.line.version
    change = draft_form.change_of(form, step, names_for(draft, step))
    if form.errors:
        return edit_page(draft_id, step, form, form.errors)
    chosen = {
        name.removeprefix(CHOOSE): value
        for name, value in request.form.items()
        if name.startswith(CHOOSE)
    }
    try:
        saved = service().drafts.save(
            person_id(), draft_id, seen, change, chosen, form.number("shown", 0, 10**6)
        )
    except Overtaken as both:
        return both_page(draft, step, both, bool(chosen))
    except BadReply as refusal:
        field = "id" if step == "asked" and "id" in str(refusal) else "version"
        return edit_page(draft_id, step, form, {field: str(refusal)})
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:  # what was typed stays on the page, to be copied
        return edit_page(draft_id, step, form, {"version": str(refusal)})
    if saved.version > seen + 1:
        who = draft.line.changed_by
        mine = who == g.rights.name
        flash(
            "You saved something else in another window. Both are kept."
            if mine
            else f"{who} saved something else meanwhile. Both are kept: yours and theirs."
        )
    return redirect(after(draft_id, step), 303)


def both_page(draft: DraftSheet, step: str, both: Overtaken, is_again: bool) -> ResponseReturnValue:
    """The fields that somebody else changed meanwhile, to choose for each whose words stand."""
    choices = choices_of(draft, draft.sheet)
    saved, typed = (f"Of {both.who}", "Yours") if both.who else ("Saved", "Typed now")
    asked = [
        (
            f"{CHOOSE}{one.field}",
            draft_form.name_of(one.field),
            [
                ("theirs", saved, draft_form.value_of(one.field, one.theirs, choices)),
                ("mine", typed, draft_form.value_of(one.field, one.mine, choices)),
            ],
        )
        for one in both.conflicts
    ]
    errors = {name: "Choose one of the two" for name, _, _ in asked if is_again}
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", "shown") and name not in [one[0] for one in asked]
    ]
    return page(
        "drafts/both.html",
        409,
        both=both,
        line=draft.line,
        step=step,
        asked=asked,
        errors=errors,
        fields=fields,
    )


def after(draft_id: UUID, step: str) -> str:
    """Where a button of the form leads."""
    steps = list(STEPS)
    at = steps.index(step) + 1
    if request.form.get("go") == "stay":
        return f"/admin/drafts/{draft_id}/{step}?check=yes"
    if request.form.get("go") == "done" or at == len(steps):
        return f"/admin/drafts/{draft_id}"
    return f"/admin/drafts/{draft_id}/{steps[at]}"


@bp.get("/publish/<module>")
def proposal(module: str) -> ResponseReturnValue:
    """What publishing would do, before the button."""
    chosen = [found for one in request.args.getlist("draft") if (found := as_uuid(one))]
    return proposal_page(service().publishing.propose(person_id(), module, chosen or None), {})


def proposal_page(found: Proposal, errors: Mapping[str, str]) -> ResponseReturnValue:
    """The same, with why it was not done."""
    return page(
        "drafts/publish.html",
        409 if errors else 200,
        proposal=found,
        changed=[one for one in found.differences if one.texts][:MOST_CHANGED],
        others=[
            (words, [one for one in found.differences if one.state == state and not one.texts])
            for state, words in (("new", "New"), ("gone", "Not asked any more"))
        ],
        wrong=by_words(found.wrong),
        warnings=by_words(found.warnings),
        errors=errors,
    )


def by_words(found: Iterable[Finding]) -> list[tuple[str, list[str]]]:
    """What is to be looked at, once for all the questions of which it is said."""
    said: dict[str, list[str]] = {}
    for one in found:
        said.setdefault(page_words(one.words), []).extend([one.question] if one.question else [])
    return list(said.items())


@bp.post("/publish/<module>")
def publish(module: str) -> ResponseReturnValue:
    """Publish what was shown."""
    chosen = [found for one in request.form.getlist("draft") if (found := as_uuid(one))]
    try:
        label = service().publishing.publish(
            person_id(), module, chosen, request.form.get("seen", "")
        )
    except OutOfDate as refusal:
        anew = service().publishing.propose(person_id(), module, chosen)
        return proposal_page(anew, {"publish": str(refusal)})
    flash(f"Edition {label} is published. Attempts that are open keep the edition they began with.")
    return redirect("/admin/drafts", 303)
