#!/usr/bin/env bash
# ical-generator 10.2.0 (npm): a calendar of the zone Europe/London, given a plain Date, takes the hour of the machine that
# it runs on, and names London as the zone of the whole file. A meeting at 08:00 UTC on a day of June, which is at 9 in London,
# is written as 8 by a server in UTC and as 9 by a laptop in London.
# One would guess that a Date, which is one moment whatever the zone, is turned into the hour of the zone that was named.
# What it means for reminders: right where it is written and tried, right in winter everywhere, an hour wrong from
# March to October once it is served. Write times in UTC, or hand over a time that knows its zone (luxon's).
# Seen: "in London: 090000, zone Europe/London", "in UTC: 080000, zone Europe/London".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" ical-generator@10.2.0
cat > "$folder/try.mjs" <<'JS'
import ical from "ical-generator";

const calendar = ical({ timezone: "Europe/London" });
calendar.createEvent({ id: "1", start: new Date("2027-06-01T08:00:00Z"), summary: "Conference" });
const [, hour] = calendar.toString().match(/DTSTART:\d+T(.*)\r/);
const [, zone] = calendar.toString().match(/X-WR-TIMEZONE:(.*)\r/);
console.log(`in ${process.env.TZ.replace("Europe/", "")}: ${hour}, zone ${zone}`);
JS
said=$(TZ=Europe/London node "$folder/try.mjs" && TZ=UTC node "$folder/try.mjs")
printf '%s\n' "$said"
[ "$said" = "in London: 090000, zone Europe/London
in UTC: 080000, zone Europe/London" ]
