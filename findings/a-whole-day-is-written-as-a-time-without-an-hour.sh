#!/usr/bin/env bash
# calendar-link 2.11.5 and ical.js 2.2.1 (npm): the file of a whole-day event says DTSTART:20261201 and does not say that this
# is a day. By RFC 5545, 3.8.2.4, a start is a moment unless VALUE=DATE is beside it, so the reader, which keeps to that,
# throws an error as soon as the start is asked for. node-ical 0.26.1 guesses, and takes it for a day.
# One would guess that a library which writes two marks of Microsoft's for a whole day writes the one of the standard.
# What it means for links to "add this day to your calendar": they work in the programs that guess, and in the others the
# file is refused or holds an event without a day. Write VALUE=DATE after DTSTART and DTEND yourself.
# Seen: "written: DTSTART:20261201", "ical.js: Error", "node-ical: a date", "with VALUE=DATE, ical.js: 2026-12-01".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund calendar-link@2.11.5 ical.js@2.2.1 node-ical@0.26.1
cat > try.mjs <<'JS'
import { ics } from "calendar-link";
import ICAL from "ical.js";
import ical from "node-ical";

function start(text) {
  try {
    const event = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent");
    return event.getFirstPropertyValue("dtstart").toString();
  } catch (error) {
    return error.name;
  }
}

const link = ics({ title: "Course", start: "2026-12-01", duration: [1, "day"], allDay: true });
const text = decodeURIComponent(link.slice(link.indexOf(",") + 1));
console.log("written:", text.match(/DTSTART.*/)[0].trim());
console.log("ical.js:", start(text));
const guessed = Object.values(ical.parseICS(text)).find((part) => part.type === "VEVENT");
console.log("node-ical: a", guessed.datetype);
console.log("with VALUE=DATE, ical.js:", start(text.replace(/^(DTSTART|DTEND):/gm, "$1;VALUE=DATE:")));
JS
said=$(node try.mjs)
printf '%s\n' "$said"
[ "$said" = "written: DTSTART:20261201
ical.js: Error
node-ical: a date
with VALUE=DATE, ical.js: 2026-12-01" ]
