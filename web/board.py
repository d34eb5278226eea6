"""The partnership's figures: completion, what was shown, misconceptions; page and CSV."""

from urllib.parse import urlencode

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from quizbot.cells import csv_lines
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
    )


@bp.get("/export.csv")
def export_csv() -> ResponseReturnValue:
    """The same lines for a spreadsheet, with every questionnaire's details."""
    board = service().board.export(person_id(), request.args.get("month", ""))
    if board is None:
        return page("board/none.html")
    return sent(csv_lines(board.rows()), "text/csv", f"board-{board.month:%Y-%m}.csv")


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
