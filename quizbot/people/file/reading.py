"""Reading a people file: columns, days and addresses checked, every fault told by line."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TextIO

from quizbot.cells import as_meant
from quizbot.errors import BadFile
from quizbot.words import MAILTO, folded_address, is_address, is_showable, tidy

COLUMNS = ("staff_ref", "name", "email", "unit", "job", "started_on", "manager")
NEEDED = ("name", "unit", "job", "started_on")
LARGEST = 200_000_000  # bytes
LONGEST = {"staff_ref": 64, "name": 200, "email": 254, "unit": 1000, "job": 200, "manager": 254}
LONGEST_LINE = 100_000
DEEPEST = 10  # levels of units
FIRST_YEAR = 1940
AHEAD = timedelta(days=731)  # a start further ahead is a slip of the hand
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
# How a workbook begins: one of today, which is a zip, and one from before 2007.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line, and in which column."""

    line: int
    column: str
    words: str

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.words}"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What to look at in one line; most must be confirmed before anything is imported."""

    fault: Fault
    must_be_confirmed: bool = True

    def __str__(self) -> str:
        return str(self.fault)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the file, checked by itself: its sound cells, and what is wrong with the others.

    A cell is None where it has a fault; `manager` also where there is no such column.
    """

    line: int
    staff_ref: str | None = None
    name: str | None = None
    email: str | None = None
    unit: str | None = None
    job: str | None = None
    started_on: date | None = None
    manager: str | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Doubt, ...] = ()


def read_people(path: Path, today: date, name: str) -> Iterator[PersonRow]:
    """A file's lines one by one, good and bad; BadFile, with its name, if it is no table."""
    try:
        if path.stat().st_size > LARGEST:
            raise BadFile(f"{name} is larger than 200 MB: split it by unit.")
        _check_is_text(path, name)
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(file, name, today)
    except UnicodeDecodeError:
        raise BadFile(_other_letters(path, name)) from None
    except OSError as error:
        raise BadFile(f"{name} cannot be read: {error.strerror}.") from None


def _check_is_text(path: Path, name: str) -> None:
    with path.open("rb") as file:
        begins = file.read(8)
    if begins.startswith(WORKBOOKS):
        raise BadFile(
            f"{name} is an Excel workbook or another packed file, not CSV. Open it in Excel, choose"
            " File, then Save As, and save it as “CSV UTF-8 (comma delimited)”."
        )


def _rows(file: TextIO, name: str, today: date) -> Iterator[PersonRow]:
    lines = _lines(file, name)
    head = next(lines, "")
    if "\0" in head:
        raise BadFile(f"{name} is not a text file.")
    separator = max(SEPARATORS, key=head.count)
    titles = [title.strip().casefold() for title in next(csv.reader([head], delimiter=separator))]
    _check_titles(titles, name)
    reader = csv.reader(lines, delimiter=separator)
    has_rows = False
    while True:
        line = reader.line_num + 2  # a cell in quotes may go over several lines: tell the first
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            raise BadFile(
                f"{name}, line {line}: a cell is longer than any of ours. Is a quotation mark not"
                " closed?"
            ) from None
        if any(cell.strip() for cell in cells):
            has_rows = True
            yield _row(line, titles, cells, today, SEPARATORS[separator])
    if not has_rows:
        raise BadFile(f"{name} has no people in it: only the first line, with the titles.")


def _lines(file: TextIO, name: str) -> Iterator[str]:
    """The lines, none of them so long that reading it would fill the memory."""
    read: Callable[[], str] = partial(file.readline, LONGEST_LINE)
    for number, line in enumerate(iter(read, ""), 1):
        if len(line) >= LONGEST_LINE:
            raise BadFile(
                f"{name}, line {number}: longer than {LONGEST_LINE} characters, so this is no"
                " people file."
            )
        yield line


def _check_titles(titles: list[str], name: str) -> None:
    faults = [f"line 1: column {title[:40]!r} is not known" for title in titles
              if title not in COLUMNS]  # fmt: skip
    faults += [
        f"line 1: column {title[:40]!r} is there twice"
        for title in sorted(set(titles))
        if titles.count(title) > 1
    ]
    faults += [f"line 1: column {title!r} is missing" for title in NEEDED if title not in titles]
    if "staff_ref" not in titles and "email" not in titles:
        faults.append("line 1: column 'staff_ref' or 'email' is missing")
    if faults:
        known = ", ".join(COLUMNS)
        shown = (*faults[:20], *(["and more"] if len(faults) > 20 else []))
        raise BadFile(f"{name}: the first line must name the columns {known}.", shown)


def _row(line: int, titles: list[str], cells: list[str], today: date, separator: str) -> PersonRow:
    if len(cells) != len(titles):
        slip = "missing" if len(cells) < len(titles) else "unquoted"
        words = f"has {len(cells)} cells, not {len(titles)}: is a {separator} {slip}?"
        return PersonRow(line, faults=(Fault(line, "", words),))
    given = {title: tidy(as_meant(cell)) for title, cell in zip(titles, cells, strict=True)}
    faults = list(_cell_faults(line, given))
    faults += [
        Fault(line, title, "holds characters that cannot be shown")
        for title, cell in zip(titles, cells, strict=True)
        if not is_showable(cell.strip())
    ]
    started_on = day_of(given["started_on"], today) if given["started_on"] else ""
    if isinstance(started_on, str):
        faults += [Fault(line, "started_on", started_on)] if started_on else []
    bad = {fault.column for fault in faults}
    sound = {title: cell for title, cell in given.items() if title not in bad}
    unit = sound.get("unit")
    return PersonRow(
        line=line,
        staff_ref=sound.get("staff_ref") or None,
        name=sound.get("name"),
        email=folded_address(sound.get("email", "")) or None,
        unit="/".join(part.strip() for part in unit.split("/")) if unit else None,
        job=sound.get("job"),
        started_on=started_on if isinstance(started_on, date) else None,
        manager=sound.get("manager"),
        faults=tuple(faults),
        notes=tuple(_notes(line, given)),
    )


def _notes(line: int, cells: dict[str, str]) -> Iterator[Doubt]:
    """What is taken, though otherwise than it was written."""
    if cells.get("email", "").casefold().startswith(MAILTO):
        words = f"taken without the “{MAILTO}” in front of it"
        yield Doubt(Fault(line, "email", words), must_be_confirmed=False)


def _cell_faults(line: int, cells: dict[str, str]) -> Iterable[Fault]:
    for column in NEEDED:
        if not cells[column]:
            yield Fault(line, column, "is empty: fill it")
    for column, longest in LONGEST.items():
        if len(cells.get(column, "")) > longest:
            yield Fault(line, column, f"is longer than {longest} characters")
    email = folded_address(cells.get("email", ""))
    if email and len(email) <= LONGEST["email"] and not is_address(email):
        yield Fault(line, "email", f"{email[:60]!r} is not an e-mail address")
    if not email and not cells.get("staff_ref"):
        column = "staff_ref" if "staff_ref" in cells else "email"
        yield Fault(line, column, "is empty: staff_ref, or else email, must tell who this is")
    if fault := unit_fault(cells["unit"]):
        yield Fault(line, "unit", fault)


def unit_fault(path: str) -> str:
    """What is wrong with the shape of a unit's path, if anything."""
    parts = path.split("/")
    if path and any(not part.strip() for part in parts):
        return "has an empty part: write Agency/Team"
    if len(parts) > DEEPEST:
        return f"has more than {DEEPEST} levels"
    if any(len(part.strip()) > 200 for part in parts):
        return "has a name longer than 200 characters"
    return ""


def day_of(value: str, today: date) -> date | str:
    """A first day, or what is wrong with it."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return f"{value[:20]!r} is not a day such as 2026-11-21"
    if len(value) != 10:
        return f"{value!r} is not a day such as 2026-11-21"
    if day.year < FIRST_YEAR:
        return f"{value} is before {FIRST_YEAR}: check the year"
    if day > today + AHEAD:
        return f"{value} is more than two years ahead: check the year"
    return day


def _other_letters(path: Path, name: str) -> str:
    """Where a file stops being UTF-8, and how to save it so that it is."""
    how = "Save it as “CSV UTF-8 (comma delimited)”."
    titles: list[str] = []
    with path.open("rb") as file:
        for number, raw in enumerate(iter(partial(file.readline, LONGEST_LINE), b""), 1):
            if number == 1 and raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                return f"{name} is UTF-16, not UTF-8. {how}"
            try:
                words = raw.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                column = _column_at(raw[: error.start], titles)
                where = f"line {number}" + (f", {column}" if column else "")
                letter = raw[error.start : error.start + 1].decode("cp1252", errors="replace")
                return (
                    f"{name}, {where}: not UTF-8. It looks like Windows-1252, with {letter!r}"
                    f" here. {how}"
                )
            titles = titles or _split(words)
    return f"{name} is not UTF-8. {how}"


def _column_at(before: bytes, titles: list[str]) -> str:
    """The title of the column in which a line stands after so much of it."""
    cells = _split(before.decode("utf-8", "replace") + ".")
    return titles[len(cells) - 1].strip() if 0 < len(cells) <= len(titles) else ""


def _split(words: str) -> list[str]:
    """The cells of a line, whatever stands between them."""
    return next(csv.reader([words.replace(";", ",").replace("\t", ",")]), [])
