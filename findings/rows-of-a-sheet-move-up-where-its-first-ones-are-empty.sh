#!/usr/bin/env bash
# python-calamine 0.9.1: to_python() of a sheet leaves out the empty rows before the first value, and
# iter_rows() of the same sheet keeps them (empty columns before it are left out by both).
# One would guess that both give the same rows, in the same places.
# What it means for a list of people that begins some rows down, as exports with a heading picture do: a
# fault told by its row names another one. Take skip_empty_area=False, which keeps rows and columns.
# Seen: "to_python: row 1, column 1", "iter_rows: row 3, column 1", "all of it: row 3, column 2".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install python-calamine==0.9.1 xlsxwriter==3.3.1
cat > "$folder/try.py" <<'PY'
import pathlib

import python_calamine
import xlsxwriter

path = str(pathlib.Path(__file__).with_name("people.xlsx"))
with xlsxwriter.Workbook(path) as book:
    book.add_worksheet().write(2, 1, "name")
sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)

for name, rows in (
    ("to_python", sheet.to_python()),
    ("iter_rows", sheet.iter_rows()),
    ("all of it", sheet.to_python(skip_empty_area=False)),
):
    for number, row in enumerate(rows, 1):
        if "name" in row:
            print(f"{name}: row {number}, column {row.index('name') + 1}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "to_python: row 1, column 1
iter_rows: row 3, column 1
all of it: row 3, column 2" ]
