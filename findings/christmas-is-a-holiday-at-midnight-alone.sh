#!/usr/bin/env bash
# business-calendar 0.2.1: with 25 December among its holidays, that day is no business day at midnight and is one at nine
# in the morning. Its documentation says that each function takes a text, a date or a datetime.
# One would guess that a holiday is a day, as a working day is one to the same library, whatever the hour: a Saturday
# is no business day at nine either.
# What it means for a limit that is to be put off where it falls on no working day, and has an hour: it stays on a bank
# holiday and leaves a weekend, and who tries it with days alone sees nothing. Take the hour away first.
# Seen: "Christmas: False", "Christmas at nine: True", "Saturday at nine: False", "put off from Christmas: 2026-12-28", "from
# Christmas at nine: 2026-12-25".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install business-calendar==0.2.1
cat > "$folder/try.py" <<'PY'
from datetime import datetime

from business_calendar import FOLLOWING, Calendar

calendar = Calendar(holidays=["2026-12-25"])
print("Christmas:", calendar.isbusday(datetime(2026, 12, 25)))
print("Christmas at nine:", calendar.isbusday(datetime(2026, 12, 25, 9)))
print("Saturday at nine:", calendar.isbusday(datetime(2026, 12, 26, 9)))
print("put off from Christmas:", calendar.adjust(datetime(2026, 12, 25), FOLLOWING).date())
print("from Christmas at nine:", calendar.adjust(datetime(2026, 12, 25, 9), FOLLOWING).date())
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "Christmas: False
Christmas at nine: True
Saturday at nine: False
put off from Christmas: 2026-12-28
from Christmas at nine: 2026-12-25" ]
