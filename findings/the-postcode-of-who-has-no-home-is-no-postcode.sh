#!/usr/bin/env bash
# uk-postcode 0.1.1 and postcode 5.1.0 (npm): ZZ99 3VZ, by which the health service writes down that somebody has no
# fixed abode, is no postcode to the first and one to the second. Neither knows it; the one looks at the letters that
# Royal Mail uses after the space, the other at their shape alone.
# One would guess that a made-up code of national records is known to be one, or is treated alike.
# What it means for lists that come from health: a check by the first refuses the child without a home, who must
# not be lost; one by the second puts them on a map in a place called ZZ99. Ask for this code before any check.
# Seen: "uk-postcode: false, true", "postcode: true, true" for it and for an ordinary code.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" uk-postcode@0.1.1 postcode@5.1.0
cat > "$folder/try.cjs" <<'JS'
const { isValid } = require("postcode");
const { fromString } = require("uk-postcode");

const CODES = ["ZZ99 3VZ", "EC1A 1BB"];
console.log(`uk-postcode: ${CODES.map((code) => fromString(code).isValid()).join(", ")}`);
console.log(`postcode: ${CODES.map(isValid).join(", ")}`);
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "uk-postcode: false, true
postcode: true, true" ]
