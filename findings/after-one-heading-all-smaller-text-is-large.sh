#!/usr/bin/env bash
# color-contrast-checker 2.1.0 (npm): a size of text that is told for one pair of colours is kept for all after it that
# tell none. Grey on white does not pass; a heading of 24 is asked about; the same grey on white passes. So it is in one
# call of checkPairs(), whose pairs may each tell a size or not: what a pair is told hangs on those before it.
# One would guess that a pair without a size has the 14 that the library begins with, as the first one has.
# What it means for a check over a page's colours: body text is held to 3 to 1 where 4.5 to 1 is asked for (WCAG 2.2,
# 1.4.3) from the first heading on, and another order of the same list tells something else. Tell every size.
# Seen: "grey: false", "heading: true", "grey: true", "in one call: false true true".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" color-contrast-checker@2.1.0
cat > "$folder/try.cjs" <<'JS'
const Checker = require("color-contrast-checker");

const grey = { colorA: "#888888", colorB: "#ffffff" };
const heading = { colorA: "#000000", colorB: "#ffffff", fontSize: 24 };

const checker = new Checker();
console.log("grey:", checker.isLevelAA(grey.colorA, grey.colorB));
console.log("heading:", checker.isLevelAA(heading.colorA, heading.colorB, heading.fontSize));
console.log("grey:", checker.isLevelAA(grey.colorA, grey.colorB));
const passed = new Checker().checkPairs([grey, heading, grey]).map((pair) => pair.WCAG_AA);
console.log("in one call:", ...passed);
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "grey: false
heading: true
grey: true
in one call: false true true" ]
