"""Reading a people file: columns, days and addresses checked, every fault told by line."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from quizbot.errors import BadFile

COLUMNS = ("staff_ref", "name", "email", "unit", "job", "started_on", "manager")
NEEDED = ("name", "unit", "job", "started_on")
LARGEST = 200_000_000  # bytes
LONGEST = {"staff_ref": 64, "name": 200, "email": 254, "unit": 1000, "job": 200, "manager": 254}
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


@dataclass(frozen=True)
class PersonRow:
    """One line of the file, checked by itself."""

    line: int
    staff_ref: str | None
    name: str
    email: str | None
    unit: str
    job: str
    started_on: date
    manager: str | None

    @property
    def who(self) -> str:
        """What tells who this is: `staff_ref`, or else the address."""
        return self.staff_ref or self.email or ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one line, and in which column."""

    line: int
    column: str
    words: str

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.words}"


def folded_address(address: str) -> str:
    """An e-mail address as it is kept and compared."""
    return address.strip().casefold()


def is_address(address: str) -> bool:
    """Whether this has the shape of an e-mail address."""
    return len(address) <= 254 and address.isprintable() and bool(_ADDRESS.fullmatch(address))


def read_people(path: Path) -> Iterator[PersonRow | Fault]:
    """A file's rows and what is wrong with the others, one by one; BadFile if it is no table."""
    try:
        if path.stat().st_size > LARGEST:
            raise BadFile(f"{path.name} is larger than 200 MB: split it by unit.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(file, path.name)
    except UnicodeDecodeError:
        raise BadFile(
            f"{path.name} is not UTF-8. In Excel choose “CSV UTF-8 (comma delimited)” when saving."
        ) from None
    except OSError as error:
        raise BadFile(f"{path.name} cannot be read: {error.strerror}.") from None
    except csv.Error as error:
        raise BadFile(f"{path.name} is not a CSV file: {error}.") from None


def _rows(text: Iterable[str], name: str) -> Iterator[PersonRow | Fault]:
    lines = iter(text)
    head = next(lines, "")
    if "\0" in head:
        raise BadFile(f"{name} is not a text file.")
    separator = ";" if head.count(";") > head.count(",") else ","
    titles = [
        title.strip().casefold() for title in next(csv.reader([head], delimiter=separator), [])
    ]
    _check_titles(titles, name)
    reader = csv.reader(lines, delimiter=separator)
    for cells in reader:
        line = reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(titles):
            yield Fault(
                line, "", f"has {len(cells)} cells, not {len(titles)}: is a comma unquoted?"
            )
            continue
        yield from _row(line, dict(zip(titles, (cell.strip() for cell in cells), strict=True)))


def _check_titles(titles: list[str], name: str) -> None:
    faults = [f"column {title!r} is not known" for title in titles if title not in COLUMNS]
    faults += [
        f"column {title!r} is there twice" for title in set(titles) if titles.count(title) > 1
    ]
    faults += [f"column {title!r} is missing" for title in NEEDED if title not in titles]
    if "staff_ref" not in titles and "email" not in titles:
        faults.append("column 'staff_ref' or 'email' is missing")
    if faults:
        known = ", ".join(COLUMNS)
        raise BadFile(f"{name}: the first line must name the columns {known}.", tuple(faults))


def _row(line: int, cells: dict[str, str]) -> Iterator[PersonRow | Fault]:
    faults = list(_cell_faults(line, cells))
    started_on = _day(cells.get("started_on", ""))
    if isinstance(started_on, str):
        faults.append(Fault(line, "started_on", started_on))
    if faults:
        yield from faults
        return
    assert isinstance(started_on, date)
    email = folded_address(cells.get("email", ""))
    yield PersonRow(
        line=line,
        staff_ref=cells.get("staff_ref") or None,
        name=cells["name"],
        email=email or None,
        unit="/".join(part.strip() for part in cells["unit"].split("/")),
        job=cells["job"],
        started_on=started_on,
        manager=cells.get("manager") or None,
    )


def _cell_faults(line: int, cells: dict[str, str]) -> Iterator[Fault]:
    for column in NEEDED:
        if not cells.get(column):
            yield Fault(line, column, "is empty: fill it")
    for column, longest in LONGEST.items():
        value = cells.get(column, "")
        if len(value) > longest:
            yield Fault(line, column, f"is longer than {longest} characters")
        if any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in value):
            yield Fault(line, column, "holds characters that cannot be shown")
    email = cells.get("email", "")
    if email and not is_address(email):
        yield Fault(line, "email", f"{email[:60]!r} is not an e-mail address")
    if not email and not cells.get("staff_ref"):
        yield Fault(line, "staff_ref", "is empty, and so is email: one must tell who this is")
    if any(not part.strip() for part in cells.get("unit", "x").split("/")):
        yield Fault(line, "unit", "has an empty part: write Agency/Team")


def _day(value: str) -> date | str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return f"{value[:20]!r} is not a day such as 2026-11-21"
    if len(value) != 10 or not 1940 <= day.year <= 2100:
        return f"{value!r} is not a day such as 2026-11-21"
    return day
