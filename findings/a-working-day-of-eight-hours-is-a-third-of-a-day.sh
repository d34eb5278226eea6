#!/usr/bin/env bash
# business-duration 0.68: unit="day" with an hour of opening and one of closing counts the open hours and divides
# them by 24. Monday 9:00 to Friday 17:00 is 1.7 days, and without the two hours it is 4.3.
# One would guess 5, as the same call's holidays and weekends are whole days.
# What it means for a limit in working days (a conference within 15 of them): whoever passes the office's hours
# is told that three weeks are five days, and nobody is ever late. Count dates, and no hours.
# Seen: "office hours: 1.7 days, 40 hours", "without: 4.3 days".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install business-duration==0.68 pandas==3.1.1
cat > "$folder/try.py" <<'PY'
from datetime import datetime, time

from business_duration import businessDuration

WEEK = {"startdate": datetime(2026, 11, 30, 9), "enddate": datetime(2026, 12, 4, 17)}
OFFICE = {"starttime": time(9), "endtime": time(17)}

days, hours = (businessDuration(**WEEK, **OFFICE, unit=unit) for unit in ("day", "hour"))
print(f"office hours: {days:.1f} days, {hours:.0f} hours")
print(f"without: {businessDuration(**WEEK, unit='day'):.1f} days")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "office hours: 1.7 days, 40 hours
without: 4.3 days" ]
