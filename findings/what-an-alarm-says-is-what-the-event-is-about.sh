#!/usr/bin/env bash
# cal-parser 1.0.2 (npm): an event with an alarm has the alarm's description for its own: what a part within an event says is
# read as if the event said it, and the last one counts. Of the two "Reminder", which calendar programs write into
# every alarm that shows something, is what is left.
# One would guess that a part within a part keeps to itself, as RFC 5545, 3.6.6, has an alarm's properties belong to the
# alarm, where a description must be; without an alarm the same event is read right.
# What it means for a list of what is on, made from people's calendars: where to go and what to bring is gone from just the
# events that somebody thought of being reminded of. Cut alarms out of the text before it is read.
# Seen: "no alarm: Room 2, bring a pen", "an alarm: Reminder".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" cal-parser@1.0.2
cat > "$folder/try.cjs" <<'JS'
const { parseString } = require("cal-parser");

function about(...alarm) {
  const { events } = parseString([
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Courses//EN",
    "BEGIN:VEVENT", "UID:1", "DTSTAMP:20261101T090000Z", "SUMMARY:Course",
    "DESCRIPTION:Room 2\\, bring a pen", "DTSTART:20261201T090000Z", "DTEND:20261201T100000Z",
    ...alarm, "END:VEVENT", "END:VCALENDAR", "",
  ].join("\r\n"));
  return events[0].description.value;
}

console.log("no alarm:", about());
console.log("an alarm:", about(
  "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M", "DESCRIPTION:Reminder", "END:VALARM",
));
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "no alarm: Room 2, bring a pen
an alarm: Reminder" ]
