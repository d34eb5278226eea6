#!/usr/bin/env bash
# odfdo 3.27.3: a cell of an OpenDocument sheet (.ods) whose text can be clicked is read as Markdown: the name of the link in
# square brackets and where it leads in round ones. Office programs make such a link of an e-mail address by themselves.
# One would guess the text of the cell, as python-calamine 0.9.1 gives it; a value of OpenDocument is no Markdown, and
# stars or brackets that stand in another cell are not marked.
# What it means for a list of people: "[ada@school.example](mailto:ada@school.example)" is what is written to, of those rows
# alone in which somebody typed the address; what was pasted is right. Ask for the text of the link.
# Seen: "odfdo: bo@school.example, [ada@school.example](mailto:ada@school.example)", "calamine: bo@school.example, ada@school.example".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install odfdo==3.27.3 odfpy==1.4.1 python-calamine==0.9.1
cat > "$folder/try.py" <<'PY'
import sys

import odfdo
from odf import table, text
from odf.opendocument import OpenDocumentSpreadsheet
from python_calamine import CalamineWorkbook

typed = text.P()
typed.addElement(text.A(href="mailto:ada@school.example", type="simple", text="ada@school.example"))
book = OpenDocumentSpreadsheet()
sheet = table.Table(name="Staff")
for words in (text.P(text="bo@school.example"), typed):
    row, cell = table.TableRow(), table.TableCell(valuetype="string")
    cell.addElement(words)
    row.addElement(cell)
    sheet.addElement(row)
book.spreadsheet.addElement(sheet)
book.save(sys.argv[1])

print("odfdo:", ", ".join(value for (value,) in odfdo.Document(sys.argv[1]).body.tables[0].get_values()))
rows = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()
print("calamine:", ", ".join(value for (value,) in rows))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py" "$folder/staff.ods")
printf '%s\n' "$said"
[ "$said" = "odfdo: bo@school.example, [ada@school.example](mailto:ada@school.example)
calamine: bo@school.example, ada@school.example" ]
