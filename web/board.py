"""The partnership's figures: completion, what was shown, misconceptions; page and CSV."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.cells import csv_lines
from quizbot.errors import Mend, NotAllowed, Refused
from quizbot.figures.board_view import WHOLE
from quizbot.figures.overdue import Overdue
from quizbot.words import month_name
from web.auth import keeps_form, sent_form
from web.certificates import as_pdf
from web.current import page, person_id, service
from web.exports import sent
from web.paging import paging
from web.requests import in_words

bp = Blueprint("board", __name__, url_prefix="/board")
BY = {"unit": "By unit", "module": "By questionnaire", "manager": "By manager"}


@bp.get("")
def show() -> ResponseReturnValue:
    """A month's figures; which month, questionnaire and agency stands in the address."""
    asked = (request.args.get(name, "") for name in ("month", "module", "agency"))
    board = service().board.view(person_id(), *asked)
    if board is None:
        return page("board/none.html")
    names = [board.names[path] for path in board.agencies]
    agency = board.names[board.agency] if board.agency else ""
    return page(
        "board/show.html",
        board=board,
        month=f"{board.month:%Y-%m}",
        month_words=month_name(board.month),
        agency=agency,
        months=[(f"{month:%Y-%m}", month_name(month)) for month in board.months],
        agencies=[("", "None"), *zip(board.agencies, names, strict=True)],
        columns=[WHOLE, *names],
        trend_columns=[WHOLE, agency] if agency else [WHOLE],
        may_pack=service().packs.may_ask(person_id()),
    )


@bp.get("/export.csv")
def export_csv() -> ResponseReturnValue:
    """The same lines for a spreadsheet, with every questionnaire's details."""
    board = service().board.export(person_id(), request.args.get("month", ""))
    if board is None:
        return page("board/none.html")
    return sent(csv_lines(board.rows()), "text/csv", f"board-{board.month:%Y-%m}.csv")


@bp.get("/board.pdf")
def paper() -> ResponseReturnValue:
    """The month on paper: a page of words and a picture, the tables behind it."""
    made = service().board_papers.of_viewer(person_id(), request.args.get("month", ""))
    if made is None:
        return page("board/none.html")
    board, printed = made
    return as_pdf(printed, f"board-{board.month:%Y-%m}.pdf")


@bp.get("/pack")
def packs() -> ResponseReturnValue:
    """Which months to take, and what became of the packs that were asked for."""
    return show_packs("", "", {})


@bp.post("/pack")
def ask_for_pack() -> ResponseReturnValue:
    """Have one made by the worker."""
    first, last = (request.form.get(name, "") for name in ("first", "last"))
    try:
        service().packs.ask(person_id(), first, last)
    except Mend as error:
        return show_packs(first, last, error.faults)
    return redirect("/board/pack", 303)


def show_packs(first: str, last: str, errors: Mapping[str, str]) -> ResponseReturnValue:
    """The page, with what is to be mended; a year is offered where nothing was chosen."""
    months = [
        (f"{month:%Y-%m}", month_name(month)) for month in service().packs.months(person_id())
    ]
    found = service().packs.of(person_id())
    return page(
        "board/pack.html",
        months=months,
        first=first or months[min(11, len(months) - 1)][0],
        last=last or months[0][0],
        packs=found,
        waits=any(one.is_open for one in found),
        errors=errors,
    )


@bp.get("/pack/<uuid:pack_id>.zip")
def pack(pack_id: UUID) -> ResponseReturnValue:
    """A pack's file, for who asked for it."""
    found, portions = service().packs.fetch(person_id(), pack_id)
    name = f"inspection-pack-{found.period.first:%Y-%m}-{found.period.last:%Y-%m}.zip"
    return sent(portions, "application/zip", name)


@bp.get("/overdue")
def overdue() -> ResponseReturnValue:
    """Who is late where, by unit, questionnaire and manager, and since when."""
    return show_overdue(request.args, {})


def show_overdue(given: Mapping[str, str], errors: Mapping[str, str]) -> ResponseReturnValue:
    """The page, with why nobody could be asked."""
    late = service().lateness.of(person_id(), given)
    wanted = given.get("page", "1")
    number = min(max(int(wanted[:6]) if wanted.isdecimal() else 1, 1), late.pages)
    query = urlencode(late.chosen)
    return page(
        "board/overdue.html",
        400 if errors else 200,
        late=late,
        lines=late.page(number),
        paging=paging(
            number, late.pages, lambda n: f"/board/overdue?{urlencode({**late.chosen, 'page': n})}"
        ),
        query=query,
        ways=[(words, ways(late, name)) for name, words in BY.items()],
        due_on=service().usual_due_on(),
        errors=errors,
    )


def ways(late: Overdue, name: str) -> list[tuple[str, str]]:
    """Each unit, questionnaire or manager with how many are late, and where they are shown."""
    return [
        (words, f"/board/overdue?{urlencode({**late.chosen, name: value})}")
        for value, words in late.items[name]
        if value
    ]


@bp.post("/overdue")
@keeps_form("ask")
def ask_late() -> ResponseReturnValue:
    """Ask everybody who is shown for what they are late with, by the usual day."""
    form = sent_form()
    if form.errors:
        return show_overdue(request.form, form.errors)
    try:
        asked = service().lateness.ask(person_id(), request.form, service().usual_due_on())
    except NotAllowed:
        raise
    except Refused as refusal:
        return show_overdue(request.form, {"ask": str(refusal)})
    flash(in_words(asked))
    chosen = {name: request.form[name] for name in BY if request.form.get(name)}
    return redirect(f"/board/overdue?{urlencode(chosen)}", 303)


@bp.get("/overdue.csv")
def overdue_csv() -> ResponseReturnValue:
    """The same for a spreadsheet."""
    late = service().lateness.export(person_id(), request.args)
    return sent(csv_lines(late.rows()), "text/csv", "overdue.csv")
