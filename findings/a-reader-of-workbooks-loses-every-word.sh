#!/usr/bin/env bash
# pylightxl 1.61 and openpyxl 3.1.5: every text of a workbook that openpyxl wrote is read as an empty cell,
# numbers are there. The file is valid: it names its list of texts by a path from the package's root
# ("/xl/sharedStrings.xml"), as the packaging standard allows; the same reader finds it by the other form.
# One would guess that the most used writer is read, or that a list that is not found is told.
# What it means for a list of people: names, addresses and units are gone, and nobody is told.
# Seen: "openpyxl: ['', 7]", "xlsxwriter: ['Amina', 7]".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
  pylightxl==1.61 openpyxl==3.1.5 xlsxwriter==3.3.1
cat > "$folder/try.py" <<'PY'
import pathlib

import openpyxl
import pylightxl
import xlsxwriter

folder = pathlib.Path(__file__).parent
book = openpyxl.Workbook()
book.active.append(["Amina", 7])
book.save(folder / "openpyxl.xlsx")
with xlsxwriter.Workbook(str(folder / "xlsxwriter.xlsx")) as other:
    other.add_worksheet("Sheet").write_row(0, 0, ["Amina", 7])

for writer in ("openpyxl", "xlsxwriter"):
    sheet = pylightxl.readxl(folder / f"{writer}.xlsx").ws("Sheet")
    print(f"{writer}: {sheet.row(1)}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "openpyxl: ['', 7]
xlsxwriter: ['Amina', 7]" ]
