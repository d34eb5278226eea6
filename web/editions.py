"""Editions for leads: what is published, what changed, how a question looks, and signing."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue

from questions import called
from quizbot.errors import BadReply
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service

bp = Blueprint("editions", __name__, url_prefix="/admin/editions")


@bp.before_request
def leads_only() -> None:
    """Every page here is for leads and auditors, and to be read by authors."""
    service().people.must_read_editions(person_id())


@bp.get("")
def index() -> ResponseReturnValue:
    """Every publication, module by module."""
    return page("editions/index.html", lines=service().editions.history())


@bp.get("/<uuid:edition_id>")
def show(edition_id: UUID) -> ResponseReturnValue:
    """One edition: its questions, who signed it, and the form to sign."""
    return shown(edition_id, {}, {})


def shown(edition_id: UUID, typed: Any, errors: dict[str, str]) -> ResponseReturnValue:
    """The page, with what was typed and what is wrong with it."""
    edition = service().editions.by_id(edition_id)
    return page(
        "editions/show.html",
        400 if errors else 200,
        edition=edition,
        module=edition.module,
        signatures=service().signatures.of(edition),
        figures=service().figures.of(edition),
        may_sign=g.rights.leads,
        typed=typed,
        errors=errors,
    )


@bp.post("/<uuid:edition_id>")
@keeps_form("name")
def sign(edition_id: UUID) -> ResponseReturnValue:
    """Sign it, with name, role and what was checked."""
    given = {name: request.form.get(name, "") for name in ("name", "role", "checked")}
    form = sent_form()
    if form.errors:
        return shown(edition_id, given, form.errors)
    try:
        service().signatures.sign(edition_id, **given, lead_id=person_id())
    except BadReply as error:
        empty = next((name for name, words in given.items() if not words.strip()), "name")
        return shown(edition_id, given, {empty: str(error)})
    flash("Signed. The sources page says so.")
    return redirect(f"/admin/editions/{edition_id}", 303)


@bp.get("/<uuid:after>/since/<uuid:before>")
def compare(after: UUID, before: UUID) -> ResponseReturnValue:
    """What changed between two editions, words marked."""
    return page(
        "editions/compare.html",
        old=service().editions.by_id(before),
        new=service().editions.by_id(after),
        differences=service().editions.compared(before, after),
    )


@bp.get("/<uuid:edition_id>/questions/<question_id>")
def question(edition_id: UUID, question_id: str) -> ResponseReturnValue:
    """A question as learners see it, and then its feedback."""
    preview = service().preview(edition_id, question_id)
    question = preview.turn.question
    may_vote = service().huddles.may_vote(question)
    return page(
        "editions/question.html",
        preview=preview,
        question=question,
        kind=called.KINDS[question.kind],
        level=called.LEVELS[question.level],
        may_vote=may_vote,
        may_regrade=g.rights.leads,
        is_asked=g.rights.writes and is_asked_now(question.id),
        regraded=service().regrades.of_question(edition_id, question_id),
    )


def is_asked_now(question_id: str) -> bool:
    """Whether some questionnaire asks it today, so that it has a page of its own."""
    return any(question_id in one.questions for one in service().editions.all_current())
