#!/usr/bin/env bash
# ical.js 2.2.1 (npm): an event with a day of its own and a further one (RDATE), and without a rule by which it comes
# again, is handed out on the further day alone. With a rule beside it the first day is there.
# One would guess both days: by RFC 5545, 3.8.5.2, the days of an event are its start and what is added to it, and so
# recurring-ical-events 3.8.2 (PyPI) reads the same file.
# What it means for a meeting or a course that is held twice: its first day is in the file, is what `startDate` says,
# and is in no list of what is on. Write two events, or name the first day among the further ones too.
# Seen: "rdate: 2026-12-10", "rule and rdate: 2026-12-01 2026-12-02 2026-12-10", "first among them: 2026-12-01 2026-12-10",
# "recurring-ical-events: 2026-12-01 2026-12-10".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund ical.js@2.2.1
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install recurring-ical-events==3.8.2 icalendar==6.3.2
cat > try.mjs <<'JS'
import { writeFileSync } from "node:fs";
import ICAL from "ical.js";

const file = (...days) => [
  "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Courses//EN",
  "BEGIN:VEVENT", "UID:1", "DTSTAMP:20261101T090000Z", "SUMMARY:Course",
  "DTSTART;VALUE=DATE:20261201", ...days, "END:VEVENT", "END:VCALENDAR", "",
].join("\r\n");
const days = (text) => {
  const [event] = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents("vevent");
  const walk = new ICAL.Event(event).iterator();
  const found = [];
  for (let day = walk.next(); day; day = walk.next()) found.push(day.toString());
  return found.join(" ");
};

const added = file("RDATE;VALUE=DATE:20261210");
console.log("rdate:", days(added));
console.log("rule and rdate:", days(file("RRULE:FREQ=DAILY;COUNT=2", "RDATE;VALUE=DATE:20261210")));
console.log("first among them:", days(file("RDATE;VALUE=DATE:20261201,20261210")));
writeFileSync("added.ics", added);
JS
cat > try.py <<'PY'
from datetime import date
from pathlib import Path

import icalendar
import recurring_ical_events

calendar = icalendar.Calendar.from_ical(Path("added.ics").read_bytes())
events = recurring_ical_events.of(calendar).between(date(2026, 11, 1), date(2026, 12, 31))
print("recurring-ical-events:", *sorted(str(event["DTSTART"].dt) for event in events))
PY
said=$(node try.mjs && venv/bin/python -W ignore try.py)
printf '%s\n' "$said"
[ "$said" = "rdate: 2026-12-10
rule and rdate: 2026-12-01 2026-12-02 2026-12-10
first among them: 2026-12-01 2026-12-10
recurring-ical-events: 2026-12-01 2026-12-10" ]
