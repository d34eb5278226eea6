#!/usr/bin/env bash
# nhs-number-validator 1.1.2 (npm): an NHS number in three groups, as the health service prints it on letters and
# shows it on screens (943 476 5919), is told to be invalid; the same ten digits without spaces are valid.
# One would guess that the form which people copy is read, or that the library says that it wants digits alone.
# What it means for who looks for such numbers where none may be typed: nearly none of them is found, since
# people copy them from letters. Take spaces and hyphens away first.
# Seen: "943 476 5919: false", "9434765919: true".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" nhs-number-validator@1.1.2
cat > "$folder/try.cjs" <<'JS'
const { validate } = require("nhs-number-validator");

for (const number of ["943 476 5919", "9434765919"]) {
  console.log(`${number}: ${validate(number)}`);
}
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "943 476 5919: false
9434765919: true" ]
