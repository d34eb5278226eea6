"""Every question that is asked: found among thousands, and one with all that is known of it."""

from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.drafting.question_lines import FLAGS, QuestionSought
from quizbot.errors import BadReply, Mend, NotAllowed, NotFound, Refused
from quizbot.words import how_many
from web.auth import keeps_form, sent_form
from web.current import page, person_id, service
from web.filters import percent
from web.forms import Form, as_uuid
from web.paging import paging

bp = Blueprint("bank_questions", __name__, url_prefix="/admin/questions")


@bp.get("")
def index() -> ResponseReturnValue:
    """The list, and the form to search it."""
    form = Form(request.args)
    modules = [one.module for one in service().editions.all_current()]
    until = form.day("review_until")
    margin = form.text("margin", 3)
    module, _, objective = form.text("within", 140).partition("/")
    sought = QuestionSought(
        words=form.text("words", 200),
        module=module,
        objective=objective,
        source=form.text("source", 64),
        at=form.text("at", 100),
        flag=form.text("flag", 20),
        review_until=until,
        margin=form.number("margin", 0, 100, 100) if margin else None,
        reported="yes" in form.fields.getlist("reported"),
    )
    asked = form.number("page", 1, 10**6, 1)
    found = service().question_lines.find(person_id(), sought, asked)
    kept = {n: v for n, v in request.args.items() if n != "page" and v}
    within = [("", "Every questionnaire")]
    for one in modules:
        within.append((one.id, one.title))
        within += [(f"{one.id}/{name}", f"– {says}") for name, says in one.objectives.items()]
    return page(
        "bank_questions/index.html",
        found=found,
        values=request.args,
        review_until=form.typed_day("review_until"),
        within=within,
        sources=[("", "Every source"), *service().question_lines.sources(person_id())],
        flags=[("", "Everything"), *FLAGS.items()],
        is_narrowed=any(value for name, value in kept.items() if name != "words"),
        paging=paging(
            found.number,
            found.pages,
            lambda n: f"/admin/questions?{urlencode({**kept, 'page': n})}",
        ),
        errors=form.errors,
    )


@bp.get("/<question_id>")
def show(question_id: str) -> ResponseReturnValue:
    """One question."""
    return show_page(question_id, {})


def show_page(question_id: str, errors: dict[str, str]) -> ResponseReturnValue:
    """The same, with why something was not done."""
    card = service().question_lines.card(person_id(), question_id)
    question = card.line.question
    may_write = service().drafts.may(person_id()).may(module_of(card.line.edition_id))
    return page(
        "bank_questions/show.html",
        400 if errors else 200,
        card=card,
        line=card.line,
        question=question,
        drafts=service().drafts.of_question(person_id(), question_id),
        is_lead=service().drafts.may(person_id()).is_lead,
        may_write=may_write,
        answered=answered(card.line.edition_id, question_id) if may_write else [],
        errors=errors,
        values=request.form if errors else {},
    )


def module_of(edition_id: UUID) -> str:
    """The module of an edition."""
    return service().editions.by_id(edition_id).module.id


def answered(edition_id: UUID, question_id: str) -> list[tuple[str, str]]:
    """What first attempts say of a question, in two lines at most."""
    items = service().items.of(person_id(), edition_id)
    line = next((one for one in items.lines if one.question.id == question_id), None)
    if line is None or line.found is None:
        return [("Answered", "By too few people so far for anything to be said")]
    share, low, high = map(percent, (line.found.share, *line.found.interval))
    words = f"{share} right of {how_many(line.asked, 'person')} ({low} to {high})"
    return [("Answered", words), *([("To look at", line.flagged)] if line.flagged else [])]


@bp.post("/<question_id>")
@keeps_form("why")
def begin(question_id: str) -> ResponseReturnValue:
    """Begin a draft: a change, a copy, or a withdrawal."""
    form = sent_form()
    why = form.text("why", 1000)
    if form.errors:
        return show_page(question_id, form.errors)
    drafts, act = service().drafts, request.form.get("act", "")
    step = ""
    try:
        if act == "withdraw":
            draft_id = drafts.withdraw(person_id(), question_id, why)
        elif act == "copy":
            draft_id, step = drafts.copy(person_id(), question_id), "/asked"
        else:
            problem = as_uuid(request.form.get("problem", ""))
            draft_id, step = drafts.edit(person_id(), question_id, problem), "/asked"
    except (NotAllowed, NotFound, Mend):
        raise
    except (BadReply, Refused) as refusal:
        return show_page(question_id, {"why": str(refusal)})
    return redirect(f"/admin/drafts/{draft_id}{step}", 303)
