#!/usr/bin/env bash
# business-duration 0.68: between two dates the last day counts whole; between the same two days told as datetimes
# at midnight it does not, so that the answers to one question lie a working day apart.
# One would guess that a date and its midnight are the same, as pandas, by which it counts, takes them.
# What it means where days come from a file or a database and it depends on the driver which of the two they are:
# the same limit of working days is a day longer on one machine than on another. Make them one kind first.
# Seen: "dates: 5", "datetimes: 4".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install business-duration==0.68 pandas==3.1.1
cat > "$folder/try.py" <<'PY'
from datetime import date, datetime

from business_duration import businessDuration

for told, first, last in (
    ("dates", date(2026, 11, 30), date(2026, 12, 4)),
    ("datetimes", datetime(2026, 11, 30), datetime(2026, 12, 4)),
):
    print(f"{told}: {businessDuration(first, last, unit='day'):.0f}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "dates: 5
datetimes: 4" ]
