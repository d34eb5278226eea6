"""What a manager sees of their team, to be taken away: table, workbook and calendar."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, UUID, uuid5

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from quizbot.cells import Value, csv_lines
from quizbot.figures.team import Cell, TeamLine
from quizbot.standing.duties import ModuleDuty
from quizbot.words import how_many
from web.current import person_id, service

if TYPE_CHECKING:
    from icalendar import Event

bp = Blueprint("exports", __name__, url_prefix="/team")

HEAD = (
    "Name",
    "Module",
    "Standing",
    "Due",
    "Last taken",
    "Last share",
    "Passed on",
    "Valid until",
    "Confirmed on",
)
WIDTHS = (28, 32, 14, 12, 12, 11, 12, 12, 13)
PORTION = 64 * 1024


@bp.get("/export.csv")
def as_csv() -> ResponseReturnValue:
    """The lines of the page for any spreadsheet."""
    lines = service().reports.export(person_id(), request.args, "csv")
    return sent(csv_lines(chain([HEAD], rows(lines))), "text/csv", "team.csv")


@bp.get("/export.xlsx")
def as_workbook() -> ResponseReturnValue:
    """The same with days as days and shares as numbers."""
    lines = service().reports.export(person_id(), request.args, "xlsx")
    file = workbook(rows(lines))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return sent(portions(file), kind, "team.xlsx")


@bp.get("/export.ics")
def as_calendar() -> ResponseReturnValue:
    """The days on which something is due, for a calendar."""
    lines = service().reports.export(person_id(), request.args, "ics")
    today, url = service().today(), service().settings.public_url
    covers = str(person_id()), *service().reports.view(request.args).covers
    return sent(calendar(lines, today, url, covers), "text/calendar", "team.ics")


def sent(content: Iterable[str] | Iterable[bytes], kind: str, name: str) -> Response:
    """A file on its way, in portions."""
    attached = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=f"{kind}; charset=utf-8", headers=attached)


def rows(lines: Iterable[TeamLine]) -> Iterator[tuple[Value, ...]]:
    """A line for each person and module that the page shows, on all its pages, and each change."""
    for line in lines:
        for cell in line.cells:
            yield (
                line.name,
                cell.title,
                cell.words,
                cell.due_on,
                cell.latest.on,
                cell.latest.share,
                cell.latest.passed_on,
                cell.valid_until,
                cell.latest.confirmed_on,
            )
        for change in line.changes:
            title, due_on = f"Change: {change.matters}", change.due_on if change.is_left else None
            yield (
                *(line.name, title, change.words, due_on),
                *(None, None, change.met_on, None, None),
            )


def cells(lines: Iterable[TeamLine]) -> Iterator[tuple[TeamLine, Cell]]:
    """Every person with every module."""
    return ((line, cell) for line in lines for cell in line.cells)


def workbook(table: Iterable[Iterable[Value]]) -> IO[bytes]:
    """A workbook in a file of its own that is gone when it is closed; a row at a time in memory."""
    import xlsxwriter  # a tenth of a second, for those alone who want it

    file = TemporaryFile()  # noqa: SIM115 - handed on open; whoever sends it closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("Team")
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        share = book.add_format({"num_format": "0%"})
        sheet.freeze_panes(1, 1)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, HEAD[column], head)
        for number, row in enumerate(table, 1):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif isinstance(value, float):
                    sheet.write_number(number, column, value, share)
                elif value is not None:
                    sheet.write_datetime(number, column, value, day)
    file.seek(0)
    return file


def portions(file: IO[bytes]) -> Iterator[bytes]:
    """A file bit by bit; closed, and so deleted, at its end."""
    with file:
        while portion := file.read(PORTION):
            yield portion


def calendar(
    lines: Iterable[TeamLine], today: date, url: str, covers: Sequence[str]
) -> Iterator[bytes]:
    """All-day events, one for each module and day, with numbers of people and never a name.

    Calendars are shared with colleagues and shown on telephones that others see; the link leads to
    the names for those who may see them. `covers` tells whose people, and which of them: files
    of one installation that cover the same bring the same events, and no others overwrite them.
    """
    import icalendar

    dues = Counter(
        (cell.due_on, cell.module, cell.title) for _, cell in cells(lines) if cell.due_on
    )
    head = icalendar.Calendar()
    head.add("prodid", "-//The Knowledge//Due days of a team//EN")
    head.add("version", "2.0")
    head.add("method", "PUBLISH")
    opening, closing = head.to_ical().split(b"END:VCALENDAR")
    whose = uuid5(NAMESPACE_URL, json.dumps([url, *covers]))
    yield opening
    for (day, module, title), people in sorted(dues.items()):
        event = _event(day, module, title, people, today, url)
        event.add("uid", str(uuid5(whose, f"{day.isoformat()} {module}")))
        yield event.to_ical()
    yield b"END:VCALENDAR" + closing


def own_calendar(
    duties: Iterable[ModuleDuty], today: date, url: str, whose: UUID
) -> Iterator[bytes]:
    """All-day events of one person, one for each questionnaire; a new day moves its event."""
    import icalendar

    head = icalendar.Calendar()
    head.add("prodid", "-//The Knowledge//What is due of me//EN")
    head.add("version", "2.0")
    head.add("method", "PUBLISH")
    for duty in duties:
        if duty.due_on is None:
            continue
        event = _all_day(duty.due_on, today)
        event.add("summary", f"{duty.title}: to be done by today")
        event.add("url", f"{url}/modules/{duty.module}?asked")
        event.add("uid", str(uuid5(NAMESPACE_URL, f"{url} {whose} {duty.module}")))
        head.add_component(event)
    yield head.to_ical()


def _all_day(day: date, today: date) -> "Event":
    """An event that blocks nobody's time and is nobody else's."""
    from icalendar import Event

    event = Event()
    event.add("dtstamp", datetime.combine(today, time(), UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _event(day: date, module: str, title: str, people: int, today: date, url: str) -> "Event":
    event = _all_day(day, today)
    event.add("summary", f"{title}: due for {how_many(people, 'person')}")
    event.add("url", f"{url}/team?{urlencode({'module': module, 'sort': 'due'})}")
    return event
