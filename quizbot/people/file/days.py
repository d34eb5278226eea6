"""First days as HR systems and spreadsheets write them; one that could be two days is asked about.

England writes 3 April 2026 as 03/04/2026, and a computer set up elsewhere reads 4 March in it.
Nobody can tell from one cell, so nothing is guessed: the whole file is asked about, once.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from quizbot.errors import BadFile
from quizbot.words import long_date

FIRST_YEAR = 1940
AHEAD = timedelta(days=731)  # a start further ahead is a slip of the hand
_MIDNIGHT = r"(?:[ T]00:00(?::00(?:\.0+)?)?)?"  # what databases put behind a day
_ISO = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}}){_MIDNIGHT}", re.ASCII)
# 26-11-02 is left out: with hyphens the year may come first.
_NUMBERS = re.compile(
    rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}|(?<!-)\d{{2}}){_MIDNIGHT}", re.ASCII
)
_NAMED = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?[ -]([a-z]{{3,9}})\.?[ -](\d{{4}}|\d{{2}}){_MIDNIGHT}",
    re.IGNORECASE | re.ASCII,
)
_COUNTED = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_MONTHS = (
    "january february march april may june july august september october november december".split()
)


class DayOrder(StrEnum):
    """Which number of 03/04/2026 is the day."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class DaysToChoose(BadFile):
    """A file in which a day could be two days: what is written where, and what it could mean."""

    def __init__(self, name: str, line: int, written: str, found: "DayReader") -> None:
        self.line = line
        self.written = written
        self.readings = [
            (order, day)
            for order in DayOrder
            if isinstance(day := _of_numbers(written, order, found.today), date)
        ]
        self.certain = dict(found.certain)
        could = " or ".join(long_date(day) for _, day in self.readings)
        words = f"{name}, line {line}: {written!r} could be {could}."
        super().__init__(f"{words} Say how this file writes days: --days day-first or month-first.")


@dataclass
class DayReader:
    """Reads the days of one file, and remembers the first that could be two."""

    today: date
    order: DayOrder | None = None
    first_unclear: tuple[int, str] | None = None
    certain: Counter[DayOrder] = field(default_factory=Counter)  # days that can be but one

    def day_of(self, value: str, line: int) -> date | str:
        """A first day, or what is wrong with it."""
        day = self._read(value, line)
        if isinstance(day, str):
            return f"{value[:20]!r} is not a day such as 2026-11-21{day}"
        if day.year < FIRST_YEAR:
            return f"{value} is before {FIRST_YEAR}: check the year"
        if day > self.today + AHEAD:
            return f"{value} is more than two years ahead: check the year"
        return day

    def _read(self, value: str, line: int) -> date | str:
        if iso := _ISO.fullmatch(value):
            return _day(*map(int, iso[1].split("-")))
        if named := _NAMED.fullmatch(value):
            name = named[2].casefold()
            month = next((n for n, known in enumerate(_MONTHS, 1) if _is_short(name, known)), 0)
            return _day(_year(named[3], self.today), month, int(named[1])) if month else ""
        if _NUMBERS.fullmatch(value):
            return self._of_numbers(value, line)
        if _COUNTED.fullmatch(value):
            return (
                ". A spreadsheet made this of it, and which day it was cannot be told from it."
                " There, choose the column, Format cells, Custom, yyyy-mm-dd, and save it again"
            )
        return ""

    def _of_numbers(self, value: str, line: int) -> date | str:
        read = {order: _of_numbers(value, order, self.today) for order in DayOrder}
        days = {order: day for order, day in read.items() if isinstance(day, date)}
        if len(days) == 1:
            (only,) = days
            self.certain[only] += 1
        elif len(set(days.values())) == 2 and self.order is None:
            self.first_unclear = self.first_unclear or (line, value)
        order = self.order or (next(iter(days)) if days else DayOrder.DAY_FIRST)
        if order in days or not days:
            return read[order]
        other = "month" if self.order is DayOrder.DAY_FIRST else "day"
        here = "day" if other == "month" else "month"
        return (
            f": here the {other} is first, and this file is said to write the {here} first."
            " Write this one as 2026-11-21"
        )

    def must_be_clear(self, name: str) -> None:
        """DaysToChoose where a day of the file could be two."""
        if self.first_unclear:
            raise DaysToChoose(name, *self.first_unclear, self)
        if len(self.certain) > 1 and self.order is None:
            raise BadFile(
                f"{name} writes some days with the day first and others with the month first, as"
                " 13/05/2026 and 05/13/2026 are. Format the whole column as yyyy-mm-dd, and save it"
                " again."
            )


def _of_numbers(value: str, order: DayOrder, today: date) -> date | str:
    found = _NUMBERS.fullmatch(value)
    assert found
    one, other, year = int(found[1]), int(found[3]), _year(found[4], today)
    return _day(year, other, one) if order is DayOrder.DAY_FIRST else _day(year, one, other)


def _day(year: int, month: int, day: int) -> date | str:
    try:
        return date(year, month, day)
    except ValueError:
        return ": there is no such day"


def _year(written: str, today: date) -> int:
    """A year; of two digits the one that lies nearest before the end of the next two years."""
    if len(written) == 4:
        return int(written)
    year = today.year // 100 * 100 + int(written)
    return year - 100 if year > today.year + 2 else year


def _is_short(name: str, month: str) -> bool:
    return month.startswith(name) or (month == "september" and name == "sept")
