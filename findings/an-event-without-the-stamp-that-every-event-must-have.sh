#!/usr/bin/env bash
# ics 0.7.3: an event that is made and written has no DTSTAMP. RFC 5545, 3.6.1, has it in every event,
# and where a calendar is published (3.8.7.2) it tells which of two copies is the newer.
# One would guess that a library for calendar files writes what every event must have.
# What it means for a calendar of due days: readers that check refuse the file, and others cannot tell
# that a day was moved. Set it (Event.created writes it), or take icalendar's own check.
# Seen: "as made: False", "with created: True".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install ics==0.7.3
cat > "$folder/try.py" <<'PY'
from datetime import datetime, timezone

import ics


def stamped(**more):
    event = ics.Event(name="Due: Referrals", begin="2026-12-01", **more)
    return "DTSTAMP:" in ics.Calendar(events=[event]).serialize()


print("as made:", stamped())
print("with created:", stamped(created=datetime(2026, 11, 29, tzinfo=timezone.utc)))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "as made: False
with created: True" ]
