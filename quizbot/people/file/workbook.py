"""An Excel workbook as the lines of a people file: bounded, and nothing in it is worked out.

openpyxl reads a sheet row by row. Before that, how many parts the packed file has, how large each
is when unpacked, and that no part declares entities. Formulas count as what Excel saved for them.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from quizbot.cells import csv_line
from quizbot.errors import BadFile

if TYPE_CHECKING:
    from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

MOST_PARTS = 2000
LARGEST_PART = 120_000_000  # bytes, unpacked: a sheet
LARGEST_SMALL_PART = 40_000_000  # what is read whole: words, styles, the list of sheets
LARGEST_IN_ALL = 200_000_000
MOST_ROWS = 300_000
MOST_COLUMNS = 100
SEPARATOR = "\x1f"  # between cells of a line made here: no cell has it
PROLOGUE = 1 << 16  # bytes in which a part's first element stands
_VALUE = attrgetter("value")
_ZEROS = re.compile("0+")  # how a number is formatted that is shown with zeros in front
# What the library says of a workbook that is spoilt or made to harm.
_SPOILT = (
    zipfile.BadZipFile, zlib.error, EOFError, SyntaxError, KeyError, ValueError, TypeError,
    IndexError, AttributeError, RuntimeError,
)  # fmt: skip


def workbook_lines(path: Path, name: str) -> Iterator[str]:
    """The lines of the first sheet that can be seen and has any; BadFile where there is none."""
    try:
        with zipfile.ZipFile(path) as packed:
            _check_parts(packed, name)
        yield from _lines(path, name)
    except _SPOILT:
        raise BadFile(
            f"{name} cannot be read as a workbook: open it in Excel, save it again as .xlsx, and"
            " choose that one."
        ) from None


def _check_parts(packed: zipfile.ZipFile, name: str) -> None:
    """BadFile where unpacking would fill the memory, or the file is no workbook."""
    parts = packed.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise BadFile(
            f"{name} is a packed file, not an Excel workbook (.xlsx) and not CSV. Open it where it"
            " was made, and save it as one of these."
        )
    is_large = len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > LARGEST_IN_ALL
    for part in parts:
        is_sheet = part.filename.startswith("xl/worksheets/")
        is_large |= part.file_size > (LARGEST_PART if is_sheet else LARGEST_SMALL_PART)
    if is_large:
        raise BadFile(f"{name} is too large when it is unpacked: save it as CSV, or split it.")
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with packed.open(part) as opened:
                _check_declares_nothing(opened.read(PROLOGUE), name)


class _Begun(Exception):
    """The first element: nothing can be declared behind it."""


def _check_declares_nothing(begins: bytes, name: str) -> None:
    def declared(*_: object) -> None:
        raise BadFile(f"{name} declares things that no workbook of Excel declares: save it again.")

    def begun(*_: object) -> None:
        raise _Begun

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = begun
    try:
        parser.Parse(begins, False)
    except _Begun:
        return
    except expat.ExpatError as error:
        raise ValueError(error) from None
    raise ValueError("no element")


def _lines(path: Path, name: str) -> Iterator[str]:
    import openpyxl  # a fifth of a second, for those alone who bring a workbook

    with (
        path.open("rb") as file,  # by its name alone the library would judge it
        closing(openpyxl.load_workbook(file, True, data_only=True, keep_links=False)) as book,
        closing(openpyxl.load_workbook(file, True, keep_links=False)) as formulas,
    ):
        for sheet, written in zip(book.worksheets, formulas.worksheets, strict=True):
            has_any = False
            for line in _rows(sheet, written, name) if sheet.sheet_state == "visible" else ():
                has_any = has_any or bool(line.strip())
                yield line
            if has_any:
                return


def _rows(sheet: Any, written: Any, name: str) -> Iterator[str]:
    unsaved = _unsaved(sheet, written) if _has_formulas(sheet) else iter(())
    first_unsaved = next(unsaved, None)
    for number, row in enumerate(_all_of(sheet), 1):
        if number > MOST_ROWS:
            raise BadFile(f"{name} has more than {MOST_ROWS} rows: save it as CSV, or split it.")
        if number == first_unsaved:
            raise BadFile(
                f"{name}, line {number}: has a formula, and what it comes to was not saved. Open"
                " the file in Excel, save it, and choose it again."
            )
        values = list(map(_VALUE, row))
        while values and values[-1] is None:  # by far the most, where a sheet is far too long
            values.pop()
        cells = [_words(cell) for cell in row[: len(values)]]
        while cells and not cells[-1]:
            cells.pop()
        yield csv_line(cells, SEPARATOR)


def _all_of(sheet: Any) -> "Iterator[tuple[ReadOnlyCell | EmptyCell, ...]]":
    sheet.reset_dimensions()  # what a sheet says of its own size may be wrong
    yield from sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)


def _has_formulas(sheet: Any) -> bool:
    with sheet._get_source() as part:  # noqa: SLF001  (the library has no other way to it)
        before = b""
        while chunk := part.read(PROLOGUE):
            if re.search(rb"<(?:\w+:)?f[ >/]", before + chunk):
                return True
            before = chunk[-16:]
    return False


def _unsaved(sheet: Any, written: Any) -> Iterator[int]:
    """Rows with a formula without what it came to, which else looks like an empty cell."""
    both = zip(_all_of(sheet), _all_of(written), strict=True)
    for number, (results, formulas) in enumerate(both, 1):
        if any(
            f.data_type == "f" and r.value is None for r, f in zip(results, formulas, strict=True)
        ):
            yield number


def _words(cell: "ReadOnlyCell | EmptyCell") -> str:
    """A cell as it would stand in a file of text."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace(SEPARATOR, "\ufffd")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and _ZEROS.fullmatch(cell.number_format or ""):
        return str(value).zfill(len(cell.number_format))  # 123 shown as 00123 is that number
    return str(value)
