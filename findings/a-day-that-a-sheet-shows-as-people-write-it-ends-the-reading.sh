#!/usr/bin/env bash
# fast-ods 0.3.2: of a cell of an OpenDocument sheet (.ods) that holds a day the library takes what the sheet shows, "01/12/2026", and
# not the day itself, which stands beside it as 2026-12-01 (office:date-value). Asked to make values of the cells
# (convert_values=True), it makes a datetime of that text by fromisoformat, and the first such day ends the sheet in a ValueError.
# One would guess the day, as python-calamine 0.9.1 gives it, or that the option takes no days: its comment names them first but one.
# What it means for a list of people with a day of birth or of starting: read without the option it holds days as whoever made the sheet
# likes to see them, in as many orders as there are columns; read with it there is no list. Read days with another reader.
# Seen: "as it comes: Ada, 01/12/2026", "with values: ValueError", "python-calamine: 2026-12-01", "shown as 2026-12-01: ..." with it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install fast-ods==0.3.2 odfpy==1.4.1 python-calamine==0.9.1
cat > "$folder/try.py" <<'PY'
import sys

from fast_ods import ODSParser
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from python_calamine import CalamineWorkbook


def sheet(shown):
    book = OpenDocumentSpreadsheet()
    table = Table(name="People")
    row = TableRow()
    name = TableCell(valuetype="string")
    name.addElement(P(text="Ada"))
    started = TableCell(valuetype="date", datevalue="2026-12-01")
    started.addElement(P(text=shown))
    row.addElement(name)
    row.addElement(started)
    table.addElement(row)
    book.spreadsheet.addElement(table)
    book.save(sys.argv[1])
    return sys.argv[1]


def values(path):
    try:
        return list(ODSParser().parse(path, convert_values=True))[0][1]
    except ValueError as error:
        return type(error).__name__


british = sheet("01/12/2026")
print("as it comes:", ", ".join(list(ODSParser().parse(british))[0]))
print("with values:", values(british))
print("python-calamine:", CalamineWorkbook.from_path(british).get_sheet_by_index(0).to_python()[0][1])
print("shown as 2026-12-01:", values(sheet("2026-12-01")))
PY
said=$("$folder/venv/bin/python" "$folder/try.py" "$folder/people.ods")
printf '%s\n' "$said"
[ "$said" = "as it comes: Ada, 01/12/2026
with values: ValueError
python-calamine: 2026-12-01
shown as 2026-12-01: 2026-12-01 00:00:00" ]
