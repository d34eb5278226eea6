#!/usr/bin/env bash
# tablib 3.10.0: of cells of an OpenDocument sheet (.ods) that stand beside each other and hold the same, the first is read
# and the others are not there: what follows moves to the left, and empty cells are put at the end. So it is with two
# empty cells in the middle of a row. Such cells are written once, with how often (table:number-columns-repeated), as
# LibreOffice writes them; a file that tablib wrote itself has none, and comes back whole.
# One would guess the sheet as it looks, as python-calamine 0.9.1 gives it: OpenDocument 1.2 has the attribute
# tell of how many columns the cell is.
# What it means for lists with columns of yes and no: whoever has two alike has others' answers under each heading after
# them, every row is as long as it should be, and nothing is said. Read such sheets with something else.
# Seen: "tablib: first aid yes, fire no, driver -", "calamine: first aid yes, fire yes, driver no".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install tablib==3.10.0 odfpy==1.4.1 python-calamine==0.9.1
cat > "$folder/try.py" <<'PY'
import sys

import tablib
from odf import table, text
from odf.opendocument import OpenDocumentSpreadsheet
from python_calamine import CalamineWorkbook

HEADINGS = ("first aid", "fire", "driver")
book = OpenDocumentSpreadsheet()
sheet = table.Table(name="Staff")
for cells in (((name, 1) for name in HEADINGS), (("yes", 2), ("no", 1))):
    row = table.TableRow()
    for words, times in cells:
        repeated = {"numbercolumnsrepeated": times} if times > 1 else {}
        cell = table.TableCell(valuetype="string", **repeated)
        cell.addElement(text.P(text=words))
        row.addElement(cell)
    sheet.addElement(row)
book.spreadsheet.addElement(sheet)
book.save(sys.argv[1])

with open(sys.argv[1], "rb") as file:
    (read,) = tablib.Dataset().load(file.read(), format="ods")
rows = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()
for name, found in (("tablib", read), ("calamine", rows[1])):
    print(f"{name}:", ", ".join(f"{heading} {said or '-'}" for heading, said in zip(HEADINGS, found)))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py" "$folder/staff.ods")
printf '%s\n' "$said"
[ "$said" = "tablib: first aid yes, fire no, driver -
calamine: first aid yes, fire yes, driver no" ]
