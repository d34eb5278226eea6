"""Questions in and out: a file of another system becomes drafts; a module is taken out as one."""

from collections.abc import Iterable

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from questions.exchange.formats import FORMATS
from questions.exchange.losses import Loss
from questions.exchange.model import LARGEST
from questions.module import Module
from quizbot.errors import BadFile, BadReply, NotFound
from web.auth import keeps_form, sent_form, takes_file
from web.current import page, person_id, service
from web.forms import Form

bp = Blueprint("exchange", __name__, url_prefix="/admin/exchange")
AROUND = 1_000_000  # the form around a file
MOST_NAMED = 12  # questions named beside one thing that is lost
SHOWN = 200  # of a report's lines on the page


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
    )


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
    if file is None or form.errors:
        return shown(form)
    module, _, objective = into.partition("/")
    data = file.stream.read(LARGEST + 1)
    try:
        report = service().bringing.bring_file(
            person_id(), data, file.filename or "", module, objective
        )
    except (BadFile, BadReply) as refusal:
        form.errors["file"] = str(refusal)
        return shown(form)
    return page(
        "exchange/brought.html",
        report=report,
        lines=report.lines[:SHOWN],
        left_out=report.left_out[:SHOWN],
        told=report.told[:SHOWN],
    )


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


def grouped(losses: Iterable[Loss]) -> list[tuple[str, str]]:
    """What is lost, each thing once with the questions that it is lost of."""
    found: dict[str, list[str]] = {}
    for loss in losses:
        found.setdefault(loss.words, []).append(loss.question)
    return [(words, named(questions)) for words, questions in found.items()]


def named(questions: list[str]) -> str:
    """How many, and which of them."""
    more = len(questions) - MOST_NAMED
    listed = ", ".join(questions[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{len(questions)}: {listed}"
