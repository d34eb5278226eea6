#!/usr/bin/env bash
# ts-ics 2.4.6 (npm) and icalendar 6.3.2 (PyPI): the writer puts an organiser's or a guest's name into the file without
# quotation marks, which RFC 5545, 3.2, asks for where a comma, a semicolon or a colon is in it. "Lamb, Ada" is then
# two names to a reader that keeps to the standard; the writer's own reader gives it back whole.
# One would guess that names are escaped as the summary in the same file is, whose comma comes back as it was.
# What it means where names come from a directory that sorts by surname: tried with one library all is well, and in
# somebody else's calendar the meeting is Lamb's and Ada's. Put the quotation marks into the name, or turn it round.
# Seen: 'ORGANIZER;CN=Lamb, Ada:MAILTO:ada@council.example', "ts-ics: Lamb, Ada", "icalendar: ['Lamb', ' Ada']",
# "summary: Supervision, monthly".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund ts-ics@2.4.6
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install icalendar==6.3.2
cat > try.mjs <<'JS'
import { writeFileSync } from "node:fs";
import { convertIcsCalendar, generateIcsCalendar } from "ts-ics";

const at = (hour) => ({ date: new Date(`2026-12-01T${hour}:00:00Z`) });
const file = generateIcsCalendar({
  version: "2.0",
  prodId: "-//Example//Supervision//EN",
  events: [{
    uid: "1", stamp: at("08"), start: at("09"), end: at("10"), summary: "Supervision, monthly",
    organizer: { name: "Lamb, Ada", email: "ada@council.example" },
  }],
});
console.log(file.split(/\r?\n/).find((line) => line.startsWith("ORGANIZER")));
console.log("ts-ics:", convertIcsCalendar(undefined, file).events[0].organizer.name);
writeFileSync("file.ics", file);
JS
cat > try.py <<'PY'
from pathlib import Path

import icalendar

(event,) = icalendar.Calendar.from_ical(Path("file.ics").read_bytes()).walk("VEVENT")
print("icalendar:", event["ORGANIZER"].params["CN"])
print("summary:", event["SUMMARY"])
PY
said=$(node try.mjs && venv/bin/python -W ignore try.py)
printf '%s\n' "$said"
[ "$said" = "ORGANIZER;CN=Lamb, Ada:MAILTO:ada@council.example
ts-ics: Lamb, Ada
icalendar: ['Lamb', ' Ada']
summary: Supervision, monthly" ]
