"""A question found faulty: whom a decision would touch, and deciding, for safeguarding leads."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from questions.kinds import Question
from quizbot.errors import BadReply
from quizbot.evidence.regrades import RegradeDraft, RegradePreview
from quizbot.rules.regrading import Ruling
from quizbot.words import LONGEST_REASON
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service

bp = Blueprint(
    "regrades",
    __name__,
    url_prefix="/admin/editions/<uuid:edition_id>/questions/<question_id>/regrade",
)
HINTS = {
    Ruling.CREDIT: "Where nobody can tell which answer is right",
    Ruling.DROP: "Where it should not have been asked. Who had it right keeps that",
    Ruling.KEY: "Where a second answer can be defended, or the one marked as right is wrong. What"
    " was marked as right stays so too",
}
SAY_WHICH = "Choose what is to be decided"


@bp.get("")
def show(edition_id: UUID, question_id: str) -> ResponseReturnValue:
    """What was decided before, and the form; with a decision chosen, what it would do."""
    return shown(edition_id, question_id, request.args, "", {})


def shown(
    edition_id: UUID,
    question_id: str,
    given: Mapping[str, str],
    reason: str,
    errors: Mapping[str, str],
) -> ResponseReturnValue:
    """The page, with what was chosen, what it would do, and what is wrong."""
    made = service().regrades.look(person_id(), edition_id, question_id)
    edition = service().editions.by_id(edition_id)
    question = edition.questions[question_id]
    ruling, reply = given.get("ruling", ""), chosen(question)
    found: RegradePreview | None = None
    if "ruling" in given or errors:
        try:
            draft = drafted(edition_id, question, ruling, reply)
            found = service().regrades.preview(person_id(), draft)
        except BadReply as error:
            field = "reply" if ruling == Ruling.KEY else "ruling"
            errors = {field: str(error), **errors}
    return page(
        "regrades/show.html",
        400 if errors else 200,
        edition=edition,
        question=question,
        made=made,
        found=found,
        rulings=[(one.value, one.words, HINTS[one]) for one in Ruling],
        ruling=ruling,
        options=[(letter, question.text_of(letter)) for letter in question.letters],
        reply=reply,
        answer_words=in_words(question, reply),
        reason=reason,
        errors=errors,
    )


@bp.post("")
@keeps_form("reason")
def decide(edition_id: UUID, question_id: str) -> ResponseReturnValue:
    """Decide it, and carry it out."""
    form = sent_form()
    reason = form.text("reason", LONGEST_REASON, "Say why: everybody who met the question reads it")
    if form.errors:
        return shown(edition_id, question_id, request.form, reason, form.errors)
    service().regrades.look(person_id(), edition_id, question_id)
    question = service().editions.by_id(edition_id).questions[question_id]
    try:
        draft = drafted(edition_id, question, request.form.get("ruling", ""), chosen(question))
        service().regrades.decide(person_id(), draft, reason)
    except BadReply as error:
        return shown(edition_id, question_id, request.form, reason, {"reason": str(error)})
    flash("Decided. Whoever has passed after all is told, and finds it in their record.")
    return redirect(f"/admin/editions/{edition_id}/questions/{question_id}/regrade", 303)


def drafted(edition_id: UUID, question: Question, ruling: str, reply: str) -> RegradeDraft:
    """What was chosen, as a decision; BadReply where nothing was."""
    if ruling not in [*Ruling]:
        raise BadReply(SAY_WHICH)
    is_key = ruling == Ruling.KEY
    return RegradeDraft(edition_id, question.id, Ruling(ruling), reply if is_key else "")


def chosen(question: Question) -> str:
    """The answer that is to be right as well, in the bank's letters, as far as it was given."""
    if question.menus:
        numbers = range(1, len(question.menus) + 1)
        given = [request.values.get(f"reply-{number}", "")[:1] for number in numbers]
        return "".join(given)
    return "".join(sorted(set(request.values.getlist("reply")[:8])))[:8]


def in_words(question: Question, reply: str) -> str:
    """An answer as people read it."""
    if any(letter not in question.letters for letter in reply):
        return ""
    return "; ".join(question.text_of(letter) for letter in reply)
