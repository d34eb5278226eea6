#!/usr/bin/env bash
# node-ical 0.26.1 (npm): a category whose name holds a comma, escaped as RFC 5545, 3.3.11, has it, is cut
# there, and the backslash stays. Commas of a summary in the same file are read as they should be.
# One would guess one category with a comma in its name.
# What it means: names of questionnaires that hold a comma ("Assessments, and what follows") are no
# categories. Write another sign, or leave categories out.
# Seen: "summary: Due, soon", "categories: 2".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" node-ical@0.26.1
cat > "$folder/try.cjs" <<'JS'
const ical = require("node-ical");

const FILE = [
  "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Due//EN",
  "BEGIN:VEVENT", "UID:1", "DTSTAMP:20261129T090000Z", "DTSTART;VALUE=DATE:20261201",
  "SUMMARY:Due\\, soon", "CATEGORIES:Referrals\\,thresholds", "END:VEVENT", "END:VCALENDAR", "",
].join("\r\n");
const event = ical.sync.parseICS(FILE)["1"];

console.log(`summary: ${event.summary}`);
console.log(`categories: ${event.categories.length}`);
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "summary: Due, soon
categories: 2" ]
