#!/usr/bin/env bash
# dayjs-business-days2 1.4.0 (npm): nextBusinessDay() looks at six days and then takes the sixth, whatever it is. Of an office
# that is closed from Christmas Eve to New Year's Day, as its own list of holidays says, it gives 29 December, of which
# isBusinessDay() says no; businessDaysAdd(1) gives 4 January. Neither the README nor an option tells of six.
# One would guess that the two ask the same, and that what is called the next business day is one.
# What it means for limits: a task that falls due "on the next working day" is due while nobody is there, in the one week of
# the year in which that is sure to happen, and at no other time. Take businessDaysAdd(1) and businessDaysSubtract(1).
# Seen: "next: 2026-12-29, a business day: false", "one added: 2027-01-04, a business day: true".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" dayjs-business-days2@1.4.0 dayjs@1.11.23
cat > "$folder/try.cjs" <<'JS'
const dayjs = require("dayjs");
const plugin = require("dayjs-business-days2");

const holidays = [
  "2026-12-24", "2026-12-25", "2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01",
];
dayjs.extend(plugin.default || plugin, { holidays, holidayFormat: "YYYY-MM-DD" });

function told(name, day) {
  console.log(`${name}: ${day.format("YYYY-MM-DD")}, a business day: ${day.isBusinessDay()}`);
}

told("next", dayjs("2026-12-23").nextBusinessDay());
told("one added", dayjs("2026-12-23").businessDaysAdd(1));
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "next: 2026-12-29, a business day: false
one added: 2027-01-04, a business day: true" ]
