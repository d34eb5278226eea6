#!/usr/bin/env bash
# pylightxl 1.61: a workbook that counts its days from 1904, as Excel for the Mac long did and as the file
# itself says (workbookPr date1904), is read as if it counted from 1900.
# One would guess the day that was written, as python-calamine 0.9.1 gives it.
# What it means for days of birth, of joining and of training: each is four years and a day too early, looks
# like a day, and nothing is said.
# Seen: "pylightxl: 2022/11/30", "calamine: 2026-12-01".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
  pylightxl==1.61 python-calamine==0.9.1 xlsxwriter==3.3.1
cat > "$folder/try.py" <<'PY'
import pathlib
from datetime import date

import pylightxl
import python_calamine
import xlsxwriter

path = str(pathlib.Path(__file__).with_name("people.xlsx"))
with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
    as_day = book.add_format({"num_format": "dd/mm/yyyy"})
    book.add_worksheet("People").write_datetime(0, 0, date(2026, 12, 1), as_day)

print("pylightxl:", pylightxl.readxl(path).ws("People").index(1, 1))
print("calamine:", python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0][0])
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "pylightxl: 2022/11/30
calamine: 2026-12-01" ]
