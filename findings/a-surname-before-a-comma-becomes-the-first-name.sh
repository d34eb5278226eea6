#!/usr/bin/env bash
# humanname 0.2.2 (npm): "Smith, Ada", as staff lists and directories write a name to sort it, is read as the first
# name Smith and the surname Ada. The comma is dropped and nothing is asked of it.
# One would guess what another-name-parser 0.1.0 (npm) does of the same text: Ada, and Smith.
# What it means for a list of people whose names are in one column: every letter says "Dear Smith", and nobody is
# found by their surname. Turn such names round before they are parted.
# Seen: "humanname: first Smith, last Ada", "another-name-parser: first Ada, last Smith".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" humanname@0.2.2 another-name-parser@0.1.0
cat > "$folder/try.cjs" <<'JS'
const parser = require("another-name-parser");
const humanname = require("humanname");

const one = humanname.parse("Smith, Ada");
const other = (parser.parse || parser.default || parser)("Smith, Ada");
console.log(`humanname: first ${one.firstName}, last ${one.lastName}`);
console.log(`another-name-parser: first ${other.first}, last ${other.last}`);
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "humanname: first Smith, last Ada
another-name-parser: first Ada, last Smith" ]
