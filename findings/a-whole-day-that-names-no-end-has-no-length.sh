#!/usr/bin/env bash
# icalevents 0.3.1: a whole-day event with no end in the file ends at the midnight at which it begins. The same day with
# the end or the length that RFC 5545, 3.6.1, takes for granted where none is named, one day, ends a day later.
# One would guess that the three ways to write one day are one day.
# What it means for who counts from such a file how long people are away or in training: whole days count for nothing, by
# which program wrote them. Look at `all_day`, and make a day of what has no length.
# Seen: "no end: 0:00:00", "end: 1 day, 0:00:00", "length: 1 day, 0:00:00".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install icalevents==0.3.1 icalendar==6.3.2
cat > "$folder/try.py" <<'PY'
from datetime import datetime

from icalevents.icalevents import events

LINES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Training//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20261101T090000Z
SUMMARY:Training
DTSTART;VALUE=DATE:20261201
{}END:VEVENT
END:VCALENDAR
"""
for name, more in (
    ("no end", ""),
    ("end", "DTEND;VALUE=DATE:20261202\n"),
    ("length", "DURATION:P1D\n"),
):
    text = LINES.format(more).replace("\n", "\r\n").encode()
    (event,) = events(string_content=text, start=datetime(2026, 12, 1), end=datetime(2026, 12, 31))
    print(f"{name}: {event.end - event.start}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "no end: 0:00:00
end: 1 day, 0:00:00
length: 1 day, 0:00:00" ]
