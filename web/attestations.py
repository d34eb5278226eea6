"""Confirming what people understand: a manager's form, and the person's own word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.errors import NotAllowed, NotFound, Refused
from quizbot.evidence.attestations import (
    EVIDENCE,
    LONGEST_COMMENT,
    LONGEST_NOTE,
    STATEMENT,
    STATEMENTS,
    AttestationDraft,
    Blank,
    Candidate,
    Made,
    UnconfirmedPass,
)
from quizbot.words import how_many, short_date
from web.auth import keeps_form, sent_form
from web.choosing import choosing, few_chosen, offered, pressed
from web.current import page, person_id, service
from web.filters import day

bp = Blueprint("attestations", __name__)
FEW = 5  # passes that stand open; more are folded by questionnaire


@dataclass(frozen=True)
class PassGroup:
    """What was passed of one questionnaire: whose, the boxes, and how many stand before them."""

    module: str
    title: str
    names: str
    passes: list[tuple[str, str, str]]
    after: int


@bp.get("/team/attest")
def new() -> ResponseReturnValue:
    """Everything passed lately, on one page; or one questionnaire, for any area and anybody."""
    module, people = request.args.get("module", ""), request.args.getlist("person")
    if not module:
        return show_passes(frozenset(people), None, {})
    blank = service().attestations.blank(person_id(), module)
    if request.args.get("waiting"):
        people += [str(one) for one in waiting(module)]
    ticked = [one.shown for one in blank.candidates if str(one.person_id) in people]
    shown_of_all = frozenset.intersection(*ticked) if ticked else frozenset()
    return show(blank, people, {"objectives": shown_of_all}, {})


def unconfirmed(people: frozenset[str]) -> tuple[UnconfirmedPass, ...]:
    """What is to be confirmed of a team, or of some of them.

    A pause changes nothing in it: who is away is asked for nothing, and what they showed stands.
    """
    return tuple(
        one
        for one in service().attestations.unconfirmed(person_id())
        if not people or str(one.person_id) in people
    )


def show_passes(
    people: frozenset[str], chosen: Mapping[str, object] | None, errors: Mapping[str, str]
) -> ResponseReturnValue:
    """The passes, all of them ticked at first: what each showed is what would be confirmed."""
    passes = unconfirmed(people)
    groups = by_questionnaire(passes)
    ticked = {"passes": [str(one.attempt_id) for one in passes]}
    return page(
        "attestations/passes.html",
        400 if errors else 200,
        passes=passes,
        groups=groups,
        few=FEW,
        people=sorted(people),
        modules=service().reports.team(person_id()).modules,
        evidence=EVIDENCE,
        statement=(STATEMENT, STATEMENTS[STATEMENT]),
        longest=LONGEST_NOTE,
        chosen=ticked if chosen is None else chosen,
        errors=errors,
    )


def by_questionnaire(passes: Sequence[UnconfirmedPass]) -> list[PassGroup]:
    """The passes of each questionnaire together, with whose they are in a line."""
    found: dict[str, list[UnconfirmedPass]] = {}
    for one in passes:
        found.setdefault(one.module, []).append(one)
    groups: list[PassGroup] = []
    after = 0
    for module, some in found.items():
        boxes = [(str(one.attempt_id), f"{one.name}: {one.title}", in_areas(one)) for one in some]
        names = ", ".join(one.name for one in some)
        groups.append(PassGroup(module, some[0].title, names, boxes, after))
        after += len(some)
    return groups


def in_areas(one: UnconfirmedPass) -> str:
    """What a pass showed, and what it did not, by name."""
    asked = len(one.shown) + len(one.not_shown)
    words = f"{len(one.shown)} of {how_many(asked, 'area')} shown, {short_date(one.on)}"
    if one.not_shown:
        words += f". Not shown: {'; '.join(one.not_shown)}"
    return words


@bp.post("/team/attest/passes")
@keeps_form("passes")
def make_of_passes() -> ResponseReturnValue:
    """Write down for each pass that was ticked what it showed."""
    form = sent_form()
    people = frozenset(request.form.getlist("person"))
    known = [str(one.attempt_id) for one in unconfirmed(people)]
    passes = form.choices("passes", known, "Tick at least one pass")
    evidence = form.choices("evidence", list(EVIDENCE), "Tick what you have looked at")
    note = form.text("note", LONGEST_NOTE)
    version = form.choice("statement", [STATEMENT], "Tick the statement to confirm it")
    typed = request.form.get("note", "")
    chosen = {"passes": passes, "evidence": evidence, "note": typed, "statement": [version]}
    if form.errors:
        return show_passes(people, chosen, form.errors)
    try:
        made = service().attestations.confirm_shown(
            person_id(), [UUID(one) for one in passes], evidence, note
        )
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return show_passes(people, chosen, {"evidence": str(refusal)})
    flash(told(made))
    return redirect("/team", 303)


def waiting(module: str) -> list[UUID]:
    """Those of a team who passed a module lately, unconfirmed since."""
    found = service().reports.team(person_id()).attention.waiting
    return [who for one in found if one.module == module for who, _ in one.people]


def show(
    blank: Blank, people: Sequence[str], chosen: Mapping[str, object], errors: Mapping[str, str]
) -> ResponseReturnValue:
    """The form, with what was chosen and what is wrong with it."""
    choice = choosing(people)
    hints = {one.person_id: shown_by(one, blank.objectives) for one in blank.candidates}
    all_people = offered(choice, hints)
    named = few_chosen(choice, all_people)
    return page(
        "attestations/new.html",
        400 if errors else 200,
        blank=blank,
        choosing=choice,
        named=named,
        people=[one for one in all_people if one not in named],
        is_open=bool(pressed()),
        evidence=EVIDENCE,
        longest=LONGEST_NOTE,
        chosen=chosen,
        errors=errors,
    )


def shown_by(one: Candidate, titles: Mapping[str, str]) -> str:
    """What the questionnaire showed of somebody and what it did not, in a line."""
    if one.latest.on is None:
        return "Not taken"
    words = "Passed" if one.latest.passed else "Not passed"
    areas = how_many(len(one.results), "area")
    said = f"{words} {day(one.latest.on)}; {len(one.shown)} of {areas} shown"
    missing = [titles[area] for area in titles if one.results.get(area) is False]
    return f"{said}. Not shown: {'; '.join(missing)}" if missing else said


@bp.post("/team/attest")
@keeps_form("people")
def make() -> ResponseReturnValue:
    """Write it down for each of them, or find whom it is about."""
    blank = service().attestations.blank(person_id(), request.form.get("module", ""))
    form = sent_form()
    ids = [str(one.person_id) for one in blank.candidates]
    people = form.choices("people", ids, "Choose at least one person")
    objectives = form.choices("objectives", list(blank.objectives), "Choose at least one area")
    evidence = form.choices("evidence", list(EVIDENCE), "Tick what you have looked at")
    note = form.text("note", LONGEST_NOTE)
    version = form.choice("statement", [blank.version], "Tick the statement to confirm it")
    typed = request.form.get("note", "")
    chosen = {"objectives": objectives, "evidence": evidence, "note": typed, "statement": [version]}
    if pressed() and not form.is_expired:
        return show(blank, people, chosen, {})
    if form.errors:
        return show(blank, people, chosen, form.errors)
    whom = tuple(UUID(one) for one in people)
    draft = AttestationDraft(blank.module, whom, tuple(objectives), tuple(evidence), version, note)
    try:
        made = service().attestations.make(person_id(), draft)
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return show(blank, people, chosen, {"evidence": str(refusal)})
    flash(told(made))
    return redirect("/team", 303)


def told(made: Made) -> str:
    """What confirming did."""
    before = f" The same stood there for {made.already} already." if made.already else ""
    return f"Confirmed: {made.made}.{before} Each of them is told, and can comment on it once."


@bp.get("/team/attest/<uuid:attestation_id>")
def one(attestation_id: UUID) -> ResponseReturnValue:
    """One statement in full, and a way to take it back."""
    return show_one(attestation_id, {})


@bp.post("/team/attest/<uuid:attestation_id>/withdraw")
@keeps_form("reason")
def withdraw(attestation_id: UUID) -> ResponseReturnValue:
    """Take it back; it stays on record with the reason."""
    form = sent_form()
    missing = "Say why, in a few words: it is kept with the record"
    reason = form.text("reason", LONGEST_NOTE, missing)
    if form.errors:
        return show_one(attestation_id, form.errors)
    service().attestations.withdraw(person_id(), attestation_id, reason)
    flash("It is withdrawn. It stays on record, with your reason.")
    return redirect(f"/team/attest/{attestation_id}", 303)


@bp.get("/me/confirmations/<uuid:attestation_id>")
def mine(attestation_id: UUID) -> ResponseReturnValue:
    """What was confirmed of oneself, in full, and a word on it."""
    return show_one(attestation_id, {})


@bp.post("/me/confirmations/<uuid:attestation_id>")
@keeps_form("comment")
def comment(attestation_id: UUID) -> ResponseReturnValue:
    """Keep the comment; it cannot be changed afterwards."""
    form = sent_form()
    words = form.text("comment", LONGEST_COMMENT, "Write a few words, or leave it as it is")
    if form.errors:
        return show_one(attestation_id, form.errors)
    service().attestations.comment(person_id(), attestation_id, words)
    flash("Your comment is kept with it. Your manager sees it too.")
    return redirect(f"/me/confirmations/{attestation_id}", 303)


def show_one(attestation_id: UUID, errors: Mapping[str, str]) -> ResponseReturnValue:
    """The statement as its person or a manager sees it, with what is wrong with the form."""
    said = service().attestations.one(person_id(), attestation_id)
    return page(
        "attestations/one.html",
        400 if errors else 200,
        said=said,
        is_mine=said.person_id == person_id(),
        errors=errors,
        form=request.form,
        longest={"reason": LONGEST_NOTE, "comment": LONGEST_COMMENT},
    )
