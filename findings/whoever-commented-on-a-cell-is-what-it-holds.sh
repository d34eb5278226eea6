#!/usr/bin/env bash
# tablib 3.10.0: a cell of an OpenDocument sheet (.ods) to which somebody wrote a comment is read as the name of whoever
# wrote it: of a cell only the first thing within is read, and a comment stands before the text. For the same
# reason a name of which one word is in bold ends before that word.
# One would guess the text of the cell, as python-calamine 0.9.1 gives it: a comment is no part of a cell's value,
# which OpenDocument 1.2 tells by its text or by attributes.
# What it means for a list of people: who has a note on their name is called what the note's author is called, twice
# over if that author is on the list too. Read such sheets with something else, or save them as .xlsx.
# Seen: "tablib: Ada Lamb, Bo Reed, Di ", "calamine: Ada Lamb, Cy Hill, Di Fox".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install tablib==3.10.0 odfpy==1.4.1 python-calamine==0.9.1
cat > "$folder/try.py" <<'PY'
import sys

import tablib
from odf import dc, office, table, text
from odf.opendocument import OpenDocumentSpreadsheet
from python_calamine import CalamineWorkbook


def commented(by, name):
    note = office.Annotation()
    note.addElement(dc.Creator(text=by))
    note.addElement(text.P(text="left in May"))
    return note, text.P(text=name)


def half_bold(first, last):
    name = text.P(text=first)
    name.addElement(text.Span(text=last))
    return (name,)


book = OpenDocumentSpreadsheet()
sheet = table.Table(name="Staff")
for parts in ((text.P(text="Ada Lamb"),), commented("Bo Reed", "Cy Hill"), half_bold("Di ", "Fox")):
    row, cell = table.TableRow(), table.TableCell(valuetype="string")
    for part in parts:
        cell.addElement(part)
    row.addElement(cell)
    sheet.addElement(row)
book.spreadsheet.addElement(sheet)
book.save(sys.argv[1])

with open(sys.argv[1], "rb") as file:
    read = tablib.Dataset().load(file.read(), format="ods", headers=False)
print("tablib:", ", ".join(name for (name,) in read))
rows = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()
print("calamine:", ", ".join(name for (name,) in rows))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py" "$folder/staff.ods")
printf '%s\n' "$said"
[ "$said" = "tablib: Ada Lamb, Bo Reed, Di 
calamine: Ada Lamb, Cy Hill, Di Fox" ]
