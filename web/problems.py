"""Reporting a problem with a question, and answering reports."""

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.errors import BadReply, NotFound
from quizbot.words import is_showable
from web.auth import keeps_form, public, sent_form
from web.current import page, person_id, service, signed_in

bp = Blueprint("problems", __name__)


@bp.get("/problems/<uuid:edition_id>/<question_id>")
@public
def new(edition_id: UUID, question_id: str) -> ResponseReturnValue:
    """The form: one short field."""
    return show(edition_id, question_id, "")


def show(edition_id: UUID, question_id: str, error: str) -> ResponseReturnValue:
    """The form, with what was typed and what is wrong with it."""
    return page(
        "problems/new.html",
        400 if error else 200,
        about=service().problems.about(edition_id, question_id),
        back=way_back(),
        words=request.form.get("words", ""),
        errors={"words": error} if error else {},
    )


@bp.post("/problems/<uuid:edition_id>/<question_id>")
@public
@keeps_form("words")
def report(edition_id: UUID, question_id: str) -> ResponseReturnValue:
    """Take the report, and go back to where it was made."""
    form = sent_form()
    if form.errors:
        return show(edition_id, question_id, form.errors["words"])
    words = request.form.get("words", "")
    try:
        service().problems.report(edition_id, question_id, words, signed_in())
    except BadReply as error:
        return show(edition_id, question_id, str(error))
    told = " The answer will be in your record." if signed_in() else ""
    flash(f"Thank you: your report is with the safeguarding lead.{told}")
    return redirect(way_back(), 303)


def way_back() -> str:
    """The page somebody came from, if it is one of ours where questions are told."""
    wanted = request.values.get("back", "")
    parts = urlsplit(wanted)
    is_ours = not parts.scheme and not parts.netloc and is_showable(parts.path)
    return wanted if is_ours and parts.path.startswith(("/attempts/", "/try/")) else "/"


@bp.get("/admin/reports")
def index() -> ResponseReturnValue:
    """Every report, what is new first."""
    return listed({}, "")


def listed(errors: dict[str, str], at: str) -> ResponseReturnValue:
    """The list, with what is wrong with one of its forms."""
    problems = service().problems.all(person_id())
    if at and at not in {str(problem.problem_id) for problem in problems}:
        raise NotFound("There is no such report.")
    status = 400 if errors else 200
    typed = request.form if errors else {}
    return page("problems/index.html", status, problems=problems, errors=errors, at=at, typed=typed)


@bp.post("/admin/reports/<uuid:problem_id>")
@keeps_form("answer")
def answer(problem_id: UUID) -> ResponseReturnValue:
    """Answer it, and say in which edition it is mended."""
    form = sent_form()
    if form.errors:
        return listed(form.errors, str(problem_id))
    words, mended_in = request.form.get("answer", ""), request.form.get("mended_in", "").strip()
    try:
        service().problems.answer(person_id(), problem_id, words, mended_in)
    except BadReply as error:
        return listed({"answer": str(error)}, str(problem_id))
    flash("Answered.")
    return redirect("/admin/reports", 303)
