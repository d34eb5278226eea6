"""Reading a people file: columns, days and addresses checked, every fault told by line."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from html import unescape
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from quizbot.cells import as_meant
from quizbot.errors import BadFile
from quizbot.people.file.days import DayOrder, DayReader
from quizbot.people.file.likely import likely_columns
from quizbot.people.file.workbook import SEPARATOR, workbook_lines
from quizbot.words import LONGEST, MAILTO, folded_address, how_many, is_address, is_showable, tidy

COLUMNS = ("staff_ref", "name", "email", "unit", "job", "started_on", "manager")
NEEDED = ("name", "unit", "job", "started_on")
HALVES = ("forename", "surname")  # a name in two columns of theirs
MEANINGS = (*COLUMNS, *HALVES)
LARGEST = 200_000_000  # bytes
LONGEST_LINE = 100_000
DEEPEST = 10  # levels of units
SHOWN_OF_A_LINE = 100
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
BEGINNING = 20  # lines in which the titles are looked for: a report may have its own above them
ENOUGH = 3  # titles that are known make a line the one with the titles
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # what Excel takes from a first line
# What stands for nothing in exports of databases and spreadsheets, and what failed in the latter.
_NOTHING = re.compile(
    r"\(?null\)?|nan|n/a|undefined|.*#(?:ref!|n/a|name\?|value!|div/0!|null!|num!|spill!|calc!).*"
    r"|#{3,}",
    re.IGNORECASE,
)
_OF_A_PAGE = re.compile(r"&(?:[a-z]+|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
# How a workbook begins: one of today, which is a zip, and one from before 2007 or with a password.
WORKBOOK = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


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


@dataclass(frozen=True, slots=True)
class TitleLine:
    """The line with the titles: its number, each title as ours or None, what stands between."""

    line: int
    titles: tuple[str | None, ...]
    separator: str
    notes: tuple[Doubt, ...] = ()

    @property
    def separator_in_words(self) -> str:
        """What a reader calls it."""
        return SEPARATORS.get(self.separator, f"“{self.separator}”")


class OtherTitles(BadFile):
    """A file with titles that are not ours: `titles` are these, on the line `line`.

    `first` are the lines at its beginning that hold something, of which another may be meant.
    """

    def __init__(
        self,
        words: str,
        faults: tuple[str, ...],
        titles: tuple[str, ...],
        line: int,
        first: tuple[tuple[int, str], ...],
    ) -> None:
        super().__init__(words, faults)
        self.titles = titles
        self.line = line
        self.first = first

    @property
    def likely(self) -> dict[str, str]:
        """What some of them are likely to mean."""
        return likely_columns(self.titles)


def read_people(
    path: Path,
    today: date,
    name: str,
    columns: Mapping[str, str] | None = None,
    days: DayOrder | None = None,
    titles_on: int | None = None,
) -> Iterator[PersonRow]:
    """A file's lines one by one, good and bad; BadFile, with its name, if it is no table.

    `columns` tells which of ours a title of theirs means; "" for one that is not needed. `days`
    tells what 03/04/2026 is; DaysToChoose at the end where that has to be said. `titles_on` is the
    line with the titles, where somebody said it.
    """
    reader = DayReader(today, days)
    ours = {folded_title(title): mine for title, mine in (columns or {}).items()}
    try:
        if path.stat().st_size > LARGEST:
            raise BadFile(f"{name} is larger than 200 MB: split it by unit.")
        if _is_workbook(path, name):
            yield from _rows(workbook_lines(path, name), name, reader, ours, titles_on, SEPARATOR)
        else:
            with path.open(encoding="utf-8-sig", newline="") as file:
                yield from _rows(_lines(file, name), name, reader, ours, titles_on)
    except UnicodeDecodeError:
        raise BadFile(_other_letters(path, name)) from None
    except OSError as error:
        raise BadFile(f"{name} cannot be read: {error.strerror}.") from None
    reader.must_be_clear(name)


def _is_workbook(path: Path, name: str) -> bool:
    with path.open("rb") as file:
        begins = file.read(8)
    if begins == OLD_WORKBOOK:
        raise BadFile(
            f"{name} is an Excel workbook from before 2007, or one with a password. Open it in"
            " Excel, choose File, then Save As, and save it as “Excel Workbook (.xlsx)”, without a"
            " password."
        )
    return begins.startswith(WORKBOOK)


def _rows(
    lines: Iterator[str],
    name: str,
    days: DayReader,
    columns: Mapping[str, str],
    titles_on: int | None,
    separator: str | None = None,
) -> Iterator[PersonRow]:
    first = list(islice(lines, BEGINNING))
    head = _head(first, name, columns, separator, titles_on)
    reader = csv.reader(chain(first[head.line :], lines), delimiter=head.separator)
    notes = head.notes
    has_rows = False
    while True:
        # A cell in quotes may go over several lines: tell the first.
        line = reader.line_num + head.line + 1
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
            row = _row(line, head, cells, days)
            yield replace(row, notes=(*notes, *row.notes)) if notes else row
            notes = ()
    if not has_rows:
        raise BadFile(f"{name} has no people in it: only the first line, with the titles.")


def folded_title(title: str) -> str:
    """A title as it is compared and kept: small letters, single spaces."""
    return tidy(title).casefold()


def _head(
    first: list[str],
    name: str,
    columns: Mapping[str, str],
    separator: str | None,
    titles_on: int | None,
) -> TitleLine:
    """The line with the titles among the first ones; BadFile where it has none of ours."""
    if not any(line.strip() for line in first):
        raise BadFile(f"{name} is empty: save it again from where it comes, and choose that one.")
    said = _SEP.fullmatch(first[0])
    begin = 1 if said else 0
    read = [_titles(line, separator or (said and said[1])) for line in first]
    ours = [[columns.get(title, title) for title in titles] for _, titles in read]
    if titles_on is not None and not (0 < titles_on <= len(read) and any(read[titles_on - 1][1])):
        raise BadFile(
            f"{name} has no titles on line {titles_on}: that line is empty, or not there."
        )
    which = _which(ours, begin) if titles_on is None else titles_on - 1
    if any("\0" in line for line in first[: which + 1]):
        raise BadFile(f"{name} is not a text file.")
    between, titles = read[which]
    shown = [
        (n, ", ".join(filter(None, cells))[:SHOWN_OF_A_LINE])
        for n, (_, cells) in enumerate(read, 1)
        if n > begin and any(cells)
    ]
    _check_titles(which + 1, titles, columns, name, tuple(shown))
    kept = tuple(title or None for title in ours[which])
    above_it = next(line for line in first[begin:] if line.strip(SEPARATOR + " ,;|\t\r\n"))
    above_it = above_it.replace(SEPARATOR, " ").strip()[:60]
    words = f"the titles are here; what stands above them is left out: {above_it!r}"
    above = [Doubt(Fault(which + 1, "", words), must_be_confirmed=False)]
    is_above = any(titles for _, titles in read[begin:which])
    return TitleLine(which + 1, kept, between, tuple(above if is_above else []))


def _which(ours: list[list[str]], begin: int) -> int:
    """The line with the titles, counted from 0: with some that we know, or that are likely.

    Else the first that is as wide as the others, for what stands above a table is narrow.
    """
    known = [len(set(titles) & set(MEANINGS)) for titles in ours]
    likely = [len(set(titles) & set(MEANINGS) | set(likely_columns(titles))) for titles in ours]
    for counts in (known, likely):
        for at in range(begin, len(ours)):
            if counts[at] >= ENOUGH:
                return at
    widest = max((sum(map(bool, titles)) for titles in ours[begin:]), default=0)
    return next((n for n in range(begin, len(ours)) if sum(map(bool, ours[n])) == widest), 0)


def _titles(line: str, separator: str | None) -> tuple[str, list[str]]:
    """What stands between the titles of a line, and these; empty ones at its end are none."""
    if separator is None:
        separator = max(SEPARATORS, key=line.count)
    titles = [folded_title(cell) for cell in _cells(line, separator)]
    while titles and not titles[-1]:
        titles.pop()
    return separator, titles


def _check_titles(
    line: int,
    titles: list[str],
    columns: Mapping[str, str],
    name: str,
    first: tuple[tuple[int, str], ...],
) -> None:
    """BadFile where a title is not known, there twice or missing."""
    ours = [columns.get(title, title) for title in titles]
    unknown = [title for title in titles if columns.get(title, title) not in ("", *MEANINGS)]
    faults = [f"column {title[:40]!r} is not known" for title in dict.fromkeys(unknown)]
    faults += [f"column {n} has no title" for n, title in enumerate(titles, 1) if not title]
    faults += [
        f"column {title[:40]!r} is there twice"
        for title in sorted(set(ours) - {""})
        if ours.count(title) > 1
    ]
    halves = [title for title in HALVES if title in ours]
    if halves and "name" in ours:
        faults.append(f"column 'name' is there, and so is {halves[0]!r}: one of both is enough")
    needed = [*(HALVES if halves else ("name",)), *NEEDED[1:]]
    faults += [f"column {title!r} is missing" for title in needed if title not in ours]
    if "staff_ref" not in ours and "email" not in ours:
        faults.append("column 'staff_ref' or 'email' is missing")
    if not faults:
        return
    words = f"{name}: the first line must name the columns {', '.join(COLUMNS)}."
    shown = tuple(f"line {line}: {fault}" for fault in faults[:20])
    shown += ("and more",) if len(faults) > 20 else ()
    # Beside a surname, what is called a name may be a forename alone.
    is_half = bool(halves) or "surname" in likely_columns(unknown).values()
    asked = {*unknown, *columns, *(("name",) if is_half else ())}
    theirs = tuple(dict.fromkeys(title for title in titles if title and title in asked))
    if not theirs:
        raise BadFile(words, shown)
    words += f' If yours are called otherwise: --columns "{theirs[0][:40]}=staff_ref,…".'
    raise OtherTitles(words, shown, theirs, line, first)


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


def _row(line: int, head: TitleLine, cells: list[str], days: DayReader) -> PersonRow:
    while len(cells) > len(head.titles) and not cells[-1].strip():
        cells.pop()  # a spreadsheet's empty columns behind the last
    if head.separator == SEPARATOR:
        cells += [""] * (len(head.titles) - len(cells))
        if len(cells) > len(head.titles):
            words = "has something behind the last title: give that column a title, or clear it"
            return PersonRow(line, faults=(Fault(line, "", words),))
    if len(cells) != len(head.titles):
        slip = "missing" if len(cells) < len(head.titles) else "unquoted"
        between = head.separator_in_words
        words = (
            f"has {how_many(len(cells), 'cell')}, not {len(head.titles)}: is a {between} {slip}?"
        )
        return PersonRow(line, faults=(Fault(line, "", words),))
    written = {t: cell for t, cell in zip(head.titles, cells, strict=True) if t is not None}
    return row_of(line, written, days)


def row_of(line: int, written: Mapping[str, str], days: DayReader) -> PersonRow:
    """One line by its cells, as they are written under our titles."""
    half_faults: list[Fault] = []
    halves = [(title, tidy(as_meant(written[title]))) for title in HALVES if title in written]
    if halves:
        whole = " ".join(half for _, half in halves)
        others = {title: cell for title, cell in written.items() if title not in HALVES}
        written = {**others, "name": whole}
        spoilt = () if _spoilt(whole) else (_spoilt(half) for _, half in halves)
        half_faults = [Fault(line, "name", words) for words in spoilt if words][:1]
    given = {title: tidy(as_meant(cell)) for title, cell in written.items()}
    faults = [*half_faults, *_cell_faults(line, given)]
    faults += [
        Fault(line, title, "holds characters that cannot be shown")
        for title, cell in written.items()
        if not is_showable(cell.strip())
    ]
    started_on = days.day_of(given["started_on"], line) if given["started_on"] else ""
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
    for column, cell in cells.items():
        if words := _spoilt(cell):
            yield Fault(line, column, words)
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


def _spoilt(cell: str) -> str:
    """What a spreadsheet or a database made of a cell before it came here, and how to mend it."""
    if "\ufffd" in cell:
        return (
            "holds �, which stands for a letter that was lost before: take the file again from"
            " where it comes, as “CSV UTF-8”, and do not open it in between"
        )
    if _NOTHING.fullmatch(cell):
        return (
            f"{cell[:30]!r} is what is written where nothing was found: fill it, or leave it empty"
        )
    for written in _OF_A_PAGE.findall(cell):
        if unescape(written) != written:
            stands = "which stands for a letter on web pages: write the letter itself"
            return f"holds {written!r}, {stands}"
    return ""


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
    return _cells(re.sub(r"[;\t|]", ",", words), ",")


def _cells(line: str, separator: str) -> list[str]:
    """The cells of a line; none where it cannot be taken apart (a lone carriage return)."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []
