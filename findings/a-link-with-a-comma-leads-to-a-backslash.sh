#!/usr/bin/env bash
# ical-generator 10.2.0 and ical.js 2.2.1 (npm): the writer puts a backslash before a comma or a semicolon of an
# event's URL as it must in texts; RFC 5545, 3.3.13, has none in an address, and the reader, which keeps to that,
# hands on an address with the backslash in it. Commas of the summary come back as they were.
# One would guess that the link comes back as it was given.
# What it means for links in calendars: one that holds a comma (a list of units, a filter of dates) leads nowhere in
# the programs that read by the rules. Write commas of an address as %2C.
# Seen: "summary: Due, soon", "link: /due?units=1\,2", "with %2C: /due?units=1%2C2".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" ical-generator@10.2.0 ical.js@2.2.1
cat > "$folder/try.mjs" <<'JS'
import ICAL from "ical.js";
import ical from "ical-generator";

function read(url) {
  const calendar = ical();
  calendar.createEvent({ id: "1", start: new Date(2026, 11, 1), allDay: true, summary: "Due, soon", url });
  return new ICAL.Component(ICAL.parse(calendar.toString())).getFirstSubcomponent("vevent");
}

const ADDRESS = "https://quiz.example";
const plain = read(`${ADDRESS}/due?units=1,2`);
console.log(`summary: ${plain.getFirstPropertyValue("summary")}`);
console.log(`link: ${plain.getFirstPropertyValue("url").replace(ADDRESS, "")}`);
const other = read(`${ADDRESS}/due?units=1%2C2`);
console.log(`with %2C: ${other.getFirstPropertyValue("url").replace(ADDRESS, "")}`);
JS
said=$(node "$folder/try.mjs")
printf '%s\n' "$said"
[ "$said" = 'summary: Due, soon
link: /due?units=1\,2
with %2C: /due?units=1%2C2' ]
