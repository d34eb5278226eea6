"""Questions in and out: a file of another system becomes drafts; a module is taken out as one."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from questions.exchange.formats import FORMATS
from questions.exchange.losses import Loss
from questions.exchange.model import LARGEST
from questions.module import Module
from questions.page_words import TO_ADD
from quizbot.drafting.bringing import BroughtIn
from quizbot.errors import BadFile, BadReply, NotFound
from web import draft_form
from web.auth import keeps_form, sent_form, takes_file
from web.current import page, person_id, service
from web.forms import Form

bp = Blueprint("exchange", __name__, url_prefix="/admin/exchange")
FOR_ALL = ("level", "authority", "sensitive", "source", "at", "review_by-day")
AROUND = 1_000_000  # the form around a file
MOST_NAMED = 12  # questions named beside one thing that is lost
SHOWN = 200  # of a report's lines on the page
DRAFTS_SHOWN = 30
FEW = 10  # drafts at once on a phone; the others are folded


@bp.teardown_request
def let_go(_error: BaseException | None) -> None:
    """A large file lies on disk until it is closed, whatever becomes of the request."""
    request.close()


@bp.get("")
def show() -> ResponseReturnValue:
    """The form to bring in, and what can be taken out; once that is chosen, its own page."""
    if "format" not in request.args:
        return shown(Form(MultiDict()))
    form = Form(request.args)
    module = form.choice("module", [one.id for one in writable()], "Choose a questionnaire")
    kind = form.choice("format", list(FORMATS), "Choose a kind of file")
    return shown(form) if form.errors else redirect(f"/admin/exchange/{module}/{kind}", 303)


def shown(form: Form) -> ResponseReturnValue:
    """The same, with what is wrong with it; a chosen file cannot be shown again."""
    modules = writable()
    return page(
        "exchange/show.html",
        400 if form.errors else 200,
        objectives=[("", "Choose"), *objectives()],
        modules=[(module.id, module.title) for module in modules],
        formats=[(name, one.title) for name, one in FORMATS.items()],
        values=form.fields,
        errors=form.errors,
        levels_told=draft_form.LEVELS_TOLD,
        authorities=draft_form.AUTHORITIES,
        sensitive=draft_form.SENSITIVE,
        review_by=form.typed_day("review_by"),
        sources=[("", "Choose"), *sources()],
        is_for_all=any(form.fields.get(name) for name in FOR_ALL),
    )


def sources() -> list[tuple[str, str]]:
    """What the questions of a file can rest on: a source of the questionnaire where they go."""
    return [
        (f"{module.id}/{name}", f"{module.title}: {source.title}")
        for module in writable()
        for name, source in module.sources.items()
    ]


def for_all(form: Form, module: str) -> dict[str, Any]:
    """What every new question gets that the file says nothing of."""
    found: dict[str, Any] = {}
    for name, known in (
        ("level", [one for one, _ in draft_form.LEVELS]),
        ("authority", [one for one, _ in draft_form.AUTHORITIES]),
        ("sensitive", [one for one, _ in draft_form.SENSITIVE]),
    ):
        if form.fields.get(name):
            found[name] = form.choice(name, known, "Choose one of these")
    if day := form.day("review_by"):
        found["review_by"] = day.isoformat()
    if form.fields.get("source"):
        chosen = form.choice("source", [one for one, _ in sources()], "Choose a source")
        owner, _, source = chosen.partition("/")
        if chosen and owner != module:
            form.errors.setdefault("source", "Choose a source of the questionnaire they belong to")
        found["sources"] = [{"id": source, "at": form.text("at", 300) or "not numbered"}]
    return found


def writable() -> list[Module]:
    """The modules that this person writes for."""
    may = service().drafts.may(person_id())
    return [one.module for one in service().editions.all_current() if may.may(one.module.id)]


def objectives() -> list[tuple[str, str]]:
    """Where questions can be brought in to."""
    return [
        (f"{module.id}/{name}", f"{module.title}: {says}")
        for module in writable()
        for name, says in module.objectives.items()
    ]


@bp.post("")
@keeps_form("file")
@takes_file(LARGEST + AROUND, by_authors=True)
def bring() -> ResponseReturnValue:
    """Make drafts of a file's questions, and tell what came of it."""
    form = sent_form()
    into = form.choice(
        "into", [one for one, _ in objectives()], "Choose where its questions belong"
    )
    file = request.files.get("file")
    if file is None or not file.filename:
        form.errors.setdefault("file", "Choose a file")
    module, _, objective = into.partition("/")
    given = for_all(form, module)
    if file is None or form.errors:
        return shown(form)
    data = file.stream.read(LARGEST + 1)
    try:
        report = service().bringing.bring_file(
            person_id(), data, file.filename or "", module, objective, given
        )
    except (BadFile, BadReply) as refusal:
        form.errors["file"] = str(refusal)
        return shown(form)
    return page(
        "exchange/brought.html",
        report=report,
        lines=report.lines[:DRAFTS_SHOWN],
        few=FEW,
        to_add=TO_ADD,
        own=added_to(report),
        left_out=report.left_out[:SHOWN],
        told=report.told[:SHOWN],
    )


def added_to(report: BroughtIn) -> dict[UUID, str]:
    """What has to be added to each question, but for what is said of all of them above."""
    of_all = {name for name, count in report.needed if count == len(report.lines) > 1}
    return {
        line.draft_id: "; ".join(TO_ADD[name] for name in line.to_add if name not in of_all)
        for line in report.lines
    }


@bp.get("/<module>/<system>")
def take(module: str, system: str) -> ResponseReturnValue:
    """A module as a file; what it cannot hold stands on the page before it."""
    if system not in FORMATS:
        raise NotFound("There is no such format.")
    title, written = service().bringing.as_file(person_id(), module, system)
    if request.args.get("file") != "yes":
        return page(
            "exchange/take.html",
            module=service().editions.current(module).module,
            format=FORMATS[system],
            losses=grouped(written.losses),
        )
    answer = Response(written.data, mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{title}"'
    return answer


def grouped(losses: Iterable[Loss]) -> list[tuple[str, int, str]]:
    """What is lost, each thing once with the questions that it is lost of."""
    found: dict[str, list[str]] = {}
    for loss in losses:
        found.setdefault(loss.words, []).append(loss.question)
    return [(words, len(questions), named(questions)) for words, questions in found.items()]


def named(questions: list[str]) -> str:
    """Which of them, as far as there is room."""
    more = len(questions) - MOST_NAMED
    return ", ".join(questions[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
