#!/usr/bin/env bash
# @x-govuk/govuk-prototype-filters 1.5.0 (npm): age() divides what lies between two days by 365.25 of them. Who was born on
# 2 March 2008 is "17 years" on 2 March 2026, their eighteenth birthday, and "18 years" on the day after; who was born a year
# earlier is 18 in time. So it is with every birthday before which there were fewer leap days than a quarter of the years.
# One would guess that somebody is a year older on their birthday, which the same function knows of months: up to two years
# of age it compares days of the calendar.
# What it means where eighteen decides (who is a child, whose consent is asked, which law holds): a page built with these filters
# says the wrong thing for one day, of some people and not of others. Compare year, month and day.
# Seen: "born 2007-03-02, at 18: 18 years", "born 2008-03-02, at 18: 17 years, a day later 18 years", "at 12: 12 years, at 13: 12 years".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @x-govuk/govuk-prototype-filters@1.5.0
cat > "$folder/try.cjs" <<'JS'
const { age } = require("@x-govuk/govuk-prototype-filters");

console.log(`born 2007-03-02, at 18: ${age("2007-03-02", { at: "2025-03-02" })}`);
const birthday = age("2008-03-02", { at: "2026-03-02" });
const after = age("2008-03-02", { at: "2026-03-03" });
console.log(`born 2008-03-02, at 18: ${birthday}, a day later ${after}`);
const twelve = age("2008-03-02", { at: "2020-03-02" });
const thirteen = age("2008-03-02", { at: "2021-03-02" });
console.log(`at 12: ${twelve}, at 13: ${thirteen}`);
JS
said=$(TZ=UTC node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "born 2007-03-02, at 18: 18 years
born 2008-03-02, at 18: 17 years, a day later 18 years
at 12: 12 years, at 13: 12 years" ]
