#!/usr/bin/env bash
# xlsx2csv 0.8.6: a day in the format that Excel offers first (number 14, which each reader's Excel shows in
# the order of their own country) is written month first and with two digits of the year.
# One would guess four digits and the order of the machine's locale, or ISO 8601, as the same program writes
# a day that has a time.
# What it means for a list of people from a British HR system: 1 December becomes "12-01-26", which every
# British reader takes for 12 January. Give --dateformat, or read the workbook itself.
# Seen: "12-01-26,01/12/2026,12-01-26" and with --dateformat "2026-12-01,2026-12-01,2026-12-01".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install xlsx2csv==0.8.6 xlsxwriter==3.3.1
cat > "$folder/try.py" <<'PY'
import pathlib
import subprocess
import sys
from datetime import date

import xlsxwriter

path = pathlib.Path(__file__).with_name("people.xlsx")
with xlsxwriter.Workbook(str(path)) as book:
    sheet = book.add_worksheet()
    for column, shown in enumerate((14, "dd/mm/yyyy", 14)):
        sheet.write_datetime(0, column, date(2026, 12, 1), book.add_format({"num_format": shown}))

program = str(pathlib.Path(sys.executable).with_name("xlsx2csv"))
for options in ([], ["--dateformat", "%Y-%m-%d"]):
    subprocess.run([program, *options, str(path)], check=True)
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "12-01-26,01/12/2026,12-01-26
2026-12-01,2026-12-01,2026-12-01" ]
