"""Taking a questionnaire: question, answer, review, outcome."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.attempts.attempts import Answered
from quizbot.errors import (
    AlreadyAnswered,
    AlreadySubmitted,
    BadReply,
    NotFinished,
    NotFound,
    Unanswered,
)
from quizbot.rules.pick import Mode
from web.auth import keeps_form, lean, sent_form
from web.current import owed, page, person_id, service, to_confirm
from web.forms import replied
from web.lean import question_page, review_page
from web.missed import (
    are_letters,
    keep_chosen,
    missed,
    way_on,
    what_was_chosen,
    what_was_missed,
)

bp = Blueprint("attempt", __name__, url_prefix="/attempts")


@bp.get("/<uuid:attempt_id>/questions/<int:number>")
@lean
def question(attempt_id: UUID, number: int) -> ResponseReturnValue:
    """One question; in practice with its feedback once it is answered."""
    return show(attempt_id, number)


def show(
    attempt_id: UUID, number: int, error: str = "", chosen: Sequence[str] | None = None
) -> ResponseReturnValue:
    """The question's page, with what was chosen just now and what is wrong with it."""
    try:
        turn = service().attempts.turn(person_id(), attempt_id, number, session=g.session)
    except AlreadySubmitted:
        return redirect(f"/attempts/{attempt_id}", 303)
    if chosen is None:
        chosen = what_was_chosen()
        error = what_was_missed(turn, chosen)
    return question_page(
        turn,
        f"/attempts/{attempt_id}",
        f"/attempts/{attempt_id}",
        errors={"reply": error} if error else {},
        chosen=turn.shown_reply if chosen is None else chosen,
        is_flagged="flag" in request.values if error else turn.is_flagged,
    )


@bp.post("/<uuid:attempt_id>/questions/<int:number>")
@lean
@keeps_form("reply")
def answer(attempt_id: UUID, number: int) -> ResponseReturnValue:
    """Keep an answer, and go on; Skip, Back and Review keep what is ticked too."""
    reply, go = replied(request.form), request.form.get("go", "")
    form = sent_form()
    if form.errors:
        return show(attempt_id, number, form.errors["reply"], reply)
    try:
        answered = service().attempts.answer(
            person_id(),
            attempt_id,
            number,
            reply,
            flagged="flag" in request.form,
            session=g.session,
        )
    except BadReply as error:
        if not are_letters(reply):
            return show(attempt_id, number, str(error), reply)
        return go_on(attempt_id, number, reply, go) if go else missed(reply)
    except (AlreadyAnswered, AlreadySubmitted) as refusal:
        flash(str(refusal))
        return redirect(f"/attempts/{attempt_id}/questions/{number}", 303)
    there = after_answer(attempt_id, answered, is_from_review="to_review" in request.form, go=go)
    return redirect(there, 303)


def after_answer(attempt_id: UUID, answered: Answered, *, is_from_review: bool, go: str) -> str:
    """Where an answer leads: in practice to its feedback, else on, and at the end to the review."""
    base = f"/attempts/{attempt_id}"
    if answered.mode is Mode.PRACTICE:
        return f"{base}/questions/{answered.number}"
    go = go or ("review" if is_from_review else "on")
    changes = (answered.opens, answered.opens_next)
    return way_on(base, answered.module, answered.number, answered.total, go, *changes)


def go_on(attempt_id: UUID, number: int, reply: Sequence[str], go: str) -> ResponseReturnValue:
    """On without an answer; the flag is kept, and what is ticked of an answer that is not whole."""
    who, base, is_flagged = person_id(), f"/attempts/{attempt_id}", "flag" in request.form
    try:
        turn = service().attempts.turn(who, attempt_id, number, session=g.session)
        if not turn.is_practice and turn.is_flagged != is_flagged:
            service().attempts.flag(who, attempt_id, number, flagged=is_flagged)
    except AlreadySubmitted:
        return redirect(base, 303)
    if any(reply):
        keep_chosen(reply)
    module, changes = turn.edition.module.id, (turn.opens, turn.opens_next)
    return redirect(way_on(base, module, number, turn.total, go, *changes), 303)


@bp.get("/<uuid:attempt_id>/changes/<int:number>")
def change(attempt_id: UUID, number: int) -> ResponseReturnValue:
    """In an update, before the questions about a change: what was and what is now."""
    try:
        changes = service().attempts.changes(person_id(), attempt_id)
    except AlreadySubmitted:
        return redirect(f"/attempts/{attempt_id}", 303)
    if not 1 <= number <= len(changes):
        raise NotFound("There is no such change in this update.")
    found = changes[number - 1]
    before = f"/attempts/{attempt_id}/questions/{found.numbers[0] - 1}" if number > 1 else "/me"
    on = f"/attempts/{attempt_id}/questions/{found.numbers[0]}"
    return page(
        "attempt/change.html", change=found, number=number, of=len(changes), before=before, on=on
    )


@bp.get("/<uuid:attempt_id>/review")
@lean
def review(attempt_id: UUID) -> ResponseReturnValue:
    """What is answered, flagged and unanswered, before handing in."""
    try:
        found = service().attempts.review(person_id(), attempt_id, session=g.session)
    except AlreadySubmitted:
        return redirect(f"/attempts/{attempt_id}", 303)
    is_asked = bool(found.unanswered) and "sure" in request.args
    return review_page(found, is_asked=is_asked)


@bp.post("/<uuid:attempt_id>/review")
def submit(attempt_id: UUID) -> ResponseReturnValue:
    """Hand in; twice is once. Where questions have no answer, that is asked about first."""
    try:
        service().attempts.submit(person_id(), attempt_id, whole_only="anyway" not in request.form)
    except Unanswered:
        return redirect(f"/attempts/{attempt_id}/review?sure=no", 303)
    except AlreadySubmitted:
        pass  # left open for too long: its page says so
    return redirect(f"/attempts/{attempt_id}", 303)


def way_in(attempt_id: UUID) -> str:
    """Where to go on with an attempt: at the first question without an answer.

    In an update at what was and what is now, where that question is the first about its change.
    """
    base, who = f"/attempts/{attempt_id}", person_id()
    number = service().attempts.where(who, attempt_id)
    if number is None:
        return base  # handed in just now, by another tab
    turn = service().attempts.turn(who, attempt_id, number)
    is_new = turn.opens and not turn.reply
    return f"{base}/changes/{turn.opens}" if is_new else f"{base}/questions/{number}"


@bp.get("/<uuid:attempt_id>")
def outcome(attempt_id: UUID) -> ResponseReturnValue:
    """The outcome with every question; an open attempt is gone on with."""
    try:
        result = service().attempts.result(person_id(), attempt_id)
    except NotFinished:
        return redirect(way_in(attempt_id), 303)
    module, who = result.edition.module, person_id()
    if result.is_update:
        left = [offer for offer in to_confirm() if not offer.cannot]
        here = f"/attempts/{attempt_id}"
        return page("attempt/updated.html", here=here, result=result, left=left)
    is_for_record, passed = not (result.is_practice or result.withdrawn), result.outcome.passed
    certificate, must_wait = None, ""
    if is_for_record and passed:
        certificate = service().certificates.of_attempt(who, attempt_id)
    elif is_for_record:
        must_wait = service().attempts.must_wait(who, module)
    return page(
        "attempt/outcome.html",
        here=f"/attempts/{attempt_id}",
        result=result,
        is_try=False,
        must_wait=must_wait,
        certificate=certificate,
        next_owed=next((one for one in owed() if one.module != module.id), None),
        shows_all="all" in request.args,
    )
