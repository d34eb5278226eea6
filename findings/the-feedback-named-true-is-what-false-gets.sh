#!/usr/bin/env bash
# gift-pegjs 1.0.2: a question of GIFT that is true or false may have two texts of feedback; Moodle shows the first
# to who answers wrongly and the second to who answers rightly, whichever of the two is right. The parser
# calls the first `trueFeedback` and the second `falseFeedback`, so of a statement that is true `trueFeedback`
# is what those read who said False.
# One would guess that `trueFeedback` belongs to the answer True.
# What it means for a reader of GIFT: take them as "when wrong" and "when right", by their place.
# Seen: "true: You were wrong." and "false: You were wrong." for `trueFeedback` of either statement.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > npm.log
npm install --no-audit --no-fund --silent gift-pegjs@1.0.2
cat > try.js <<'JS'
const gift = require('gift-pegjs')
for (const [key, name] of [['T', 'true'], ['F', 'false']]) {
  const [question] = gift.parse(`Water for tea boils.{${key}#You were wrong.#You were right.}`)
  console.log(`${name}: ${question.trueFeedback.text}`)
}
JS
said=$(node try.js)
printf '%s\n' "$said"
[ "$said" = "true: You were wrong.
false: You were wrong." ]
