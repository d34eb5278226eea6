"""Tables as CSV for any spreadsheet: one writer for all of them, and what takes its marks off."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from questions.cells import as_meant, harmless
from quizbot.clock import london_day

__all__ = ["Value", "as_meant", "csv_line", "csv_lines", "harmless"]

Value = str | float | date | None


def csv_lines(table: Iterable[Iterable[Value]]) -> Iterator[str]:
    """The lines of a file: marked as UTF-8, and no cell of it begins as a formula."""
    yield "\ufeff"
    for row in table:
        yield csv_line([harmless(_words(value)) for value in row])


def csv_line(cells: Iterable[str], separator: str = ",") -> str:
    """One line, its cells as they are: to be read again by us, or made harmless before."""
    line = io.StringIO()
    csv.writer(line, delimiter=separator).writerow(cells)
    return line.getvalue()


def _words(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.0%}"
    if isinstance(value, datetime):
        value = london_day(value)
    return value.isoformat() if isinstance(value, date) else value or ""
