"""What a manager sees."""

import csv
import io
from collections.abc import Iterator

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from web.current import page, person_id, service

bp = Blueprint("team", __name__, url_prefix="/team")


@bp.get("")
def show() -> ResponseReturnValue:
    """A manager's people, module by module."""
    return page("team/show.html", team=service().reports.team(person_id()))


@bp.get("/export.csv")
def export_csv() -> ResponseReturnValue:
    """The same lines for a spreadsheet."""
    team = service().reports.team(person_id())
    return Response(
        csv_lines(team.rows()),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="team.csv"'},
    )


def csv_lines(rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    """Lines of a CSV file that a spreadsheet reads as text: no cell begins as a formula."""
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(
            "'" + cell if cell[:1] in "=+-@\t\r" and cell else cell for cell in row
        )
        yield line.getvalue()
