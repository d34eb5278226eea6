#!/usr/bin/env bash
# node-ical 0.26.1 (npm): a task (VTODO) that has a day it is due and no start, as RFC 5545, 3.6.2, lets it
# be, is given an "end" that is an invalid date, although the file says nothing of an end.
# One would guess no end, or the day it is due.
# What it means for whoever publishes due days as tasks: readers built on it sort or drop them as not a
# date. An event of one day is read by all.
# Seen: "due: 2026-12-01", "end: Invalid Date".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" node-ical@0.26.1
cat > "$folder/try.cjs" <<'JS'
const ical = require("node-ical");

const FILE = [
  "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Due//EN",
  "BEGIN:VTODO", "UID:1", "DTSTAMP:20261129T090000Z", "DUE;VALUE=DATE:20261201",
  "SUMMARY:Referrals", "END:VTODO", "END:VCALENDAR", "",
].join("\r\n");
const task = ical.sync.parseICS(FILE)["1"];

const { due } = task;
const day = [due.getFullYear(), due.getMonth() + 1, due.getDate()];
console.log(`due: ${day.map((part) => String(part).padStart(2, "0")).join("-")}`);
console.log(`end: ${task.end}`);
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "due: 2026-12-01
end: Invalid Date" ]
