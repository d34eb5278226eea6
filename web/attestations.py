"""Confirming what people understand: a manager's form, and the person's own word."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.errors import NotAllowed, NotFound, Refused
from quizbot.evidence.attestations import (
    EVIDENCE,
    LONGEST_COMMENT,
    LONGEST_NOTE,
    AttestationDraft,
    Blank,
    Candidate,
)
from web.auth import keeps_form, sent_form
from web.choosing import choosing, offered, pressed
from web.current import page, person_id, service
from web.filters import day

bp = Blueprint("attestations", __name__)


@bp.get("/team/attest")
def new() -> ResponseReturnValue:
    """Choose the questionnaire, then whom, which areas and on what evidence."""
    module = request.args.get("module", "")
    if not module:
        return page("attestations/choose.html", team=service().reports.team(person_id()))
    blank = service().attestations.blank(person_id(), module)
    people = request.args.getlist("person")
    if request.args.get("waiting"):
        people += [str(one) for one in waiting(module)]
    return show(blank, people, {}, {})


def waiting(module: str) -> list[UUID]:
    """Those of a team who passed a module lately, unconfirmed since."""
    found = service().reports.team(person_id()).attention.waiting
    return [who for one in found if one.module == module for who, _ in one.people]


def show(
    blank: Blank, people: Sequence[str], chosen: Mapping[str, object], errors: Mapping[str, str]
) -> ResponseReturnValue:
    """The form, with what was chosen and what is wrong with it."""
    choice = choosing(people)
    hints = {one.person_id: shown_by(one) for one in blank.candidates}
    return page(
        "attestations/new.html",
        400 if errors else 200,
        blank=blank,
        choosing=choice,
        people=offered(choice, hints),
        evidence=EVIDENCE,
        longest=LONGEST_NOTE,
        chosen=chosen,
        errors=errors,
    )


def shown_by(one: Candidate) -> str:
    """What the questionnaire showed of somebody, in a line."""
    if one.latest.on is None:
        return "Not taken"
    words = "Passed" if one.latest.passed else "Not passed"
    return f"{words} {day(one.latest.on)}; {one.shown} of {one.asked} areas shown"


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
    before = f" The same stood there for {made.already} already." if made.already else ""
    flash(f"Confirmed: {made.made}.{before} Each of them is told, and can comment on it once.")
    return redirect("/team", 303)


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
