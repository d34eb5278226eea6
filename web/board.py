"""The partnership's figures: completion, what was shown, misconceptions; page and CSV."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from quizbot.cells import csv_lines
from quizbot.errors import Mend
from quizbot.figures.board_view import WHOLE, BoardView, Line
from quizbot.words import month_name
from web.chart import Chart, chart
from web.current import page, person_id, service
from web.exports import sent
from web.paging import paging

bp = Blueprint("board", __name__, url_prefix="/board")


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
        trend=trend(board),
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
    late = service().lateness.of(person_id(), request.args)
    given = request.args.get("page", "1")
    number = min(max(int(given[:6]) if given.isdecimal() else 1, 1), late.pages)
    query = urlencode(late.chosen)
    return page(
        "board/overdue.html",
        late=late,
        lines=late.page(number),
        paging=paging(
            number, late.pages, lambda n: f"/board/overdue?{urlencode({**late.chosen, 'page': n})}"
        ),
        query=query,
    )


@bp.get("/overdue.csv")
def overdue_csv() -> ResponseReturnValue:
    """The same for a spreadsheet."""
    late = service().lateness.export(person_id(), request.args)
    return sent(csv_lines(late.rows()), "text/csv", "overdue.csv")


def trend(board: BoardView) -> Chart:
    """The months as a chart: the whole, and the chosen agency if there is one."""
    lines = [[drawn(month.whole) for month in board.trend]]
    if board.agency:
        lines.append([drawn(month.own) for month in board.trend])
    return chart([f"{month.month:%b %y}" for month in board.trend], lines)


def drawn(line: Line | None) -> tuple[float, tuple[float, float]] | None:
    """A share and its interval, where there is one to be seen."""
    if line is None or line.share is None or line.interval is None:
        return None
    return line.share, line.interval
