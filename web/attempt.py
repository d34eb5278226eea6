"""Taking a questionnaire: question, answer, review, outcome."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.attempts.attempts import Answered
from quizbot.errors import AlreadyAnswered, AlreadySubmitted, BadReply, NotFinished
from quizbot.rules.pick import Mode
from web.auth import keeps_form, lean, sent_form
from web.current import page, person_id, service
from web.forms import replied
from web.lean import question_page
from web.missed import are_letters, missed, what_was_chosen, what_was_missed

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
    """Keep an answer, and go on."""
    reply = replied(request.form)
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
        return missed(reply) if are_letters(reply) else show(attempt_id, number, str(error), reply)
    except (AlreadyAnswered, AlreadySubmitted) as refusal:
        flash(str(refusal))
        return redirect(f"/attempts/{attempt_id}/questions/{number}", 303)
    there = after_answer(attempt_id, answered, is_from_review="to_review" in request.form)
    return redirect(there, 303)


def after_answer(attempt_id: UUID, answered: Answered, *, is_from_review: bool) -> str:
    """Where an answer leads: in practice to its feedback, else on, and at the end to the review."""
    base = f"/attempts/{attempt_id}"
    if answered.mode is Mode.PRACTICE:
        return f"{base}/questions/{answered.number}"
    if answered.number < answered.total and not is_from_review:
        return f"{base}/questions/{answered.number + 1}"
    return f"{base}/review"


@bp.get("/<uuid:attempt_id>/review")
def review(attempt_id: UUID) -> ResponseReturnValue:
    """What is answered, flagged and unanswered, before handing in."""
    try:
        found = service().attempts.review(person_id(), attempt_id)
    except AlreadySubmitted:
        return redirect(f"/attempts/{attempt_id}", 303)
    return page("attempt/review.html", review=found)


@bp.post("/<uuid:attempt_id>/review")
def submit(attempt_id: UUID) -> ResponseReturnValue:
    """Hand in; twice is once."""
    service().attempts.submit(person_id(), attempt_id)
    return redirect(f"/attempts/{attempt_id}", 303)


@bp.get("/<uuid:attempt_id>")
def outcome(attempt_id: UUID) -> ResponseReturnValue:
    """The outcome with every question; an open attempt is gone on with."""
    try:
        result = service().attempts.result(person_id(), attempt_id)
    except NotFinished:
        number = service().attempts.where(person_id(), attempt_id)
        on = f"/questions/{number}" if number else ""  # handed in just now, by another tab
        return redirect(f"/attempts/{attempt_id}{on}", 303)
    module = result.edition.module
    return page(
        "attempt/outcome.html",
        here=f"/attempts/{attempt_id}",
        result=result,
        is_try=False,
        must_wait=service().attempts.must_wait(person_id(), module),
    )
