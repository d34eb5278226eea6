"""Tables as CSV for any spreadsheet: one writer for all of them, and what takes its marks off."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from quizbot.clock import london_day

Value = str | float | date | None

# What begins a formula, now or once a spreadsheet has put it into its usual form: wide, small,
# raised and lowered letters and the true minus sign; blanks in front of it are no safeguard.
_FORMULA = re.compile(
    r"'*[\s\u00ad\u200b-\u200d\u2060\ufeff]*"
    r"[=+\-@\t\r\n＝﹦⁼₌＋﹢⁺₊\ufb29－﹣⁻₋\u2212＠﹫]"
)


def csv_lines(table: Iterable[Iterable[Value]]) -> Iterator[str]:
    """The lines of a file: marked as UTF-8, and no cell of it begins as a formula."""
    yield "\ufeff"
    for row in table:
        line = io.StringIO()
        csv.writer(line).writerow([harmless(_words(value)) for value in row])
        yield line.getvalue()


def harmless(words: str) -> str:
    """A cell as it is written: one that would begin a formula gets an apostrophe in front."""
    return f"'{words}" if _FORMULA.match(words) else words


def as_meant(cell: str) -> str:
    """A cell as it was before it was made harmless; every other cell as it is."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell[1:]) else cell


def _words(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.0%}"
    if isinstance(value, datetime):
        value = london_day(value)
    return value.isoformat() if isinstance(value, date) else value or ""
