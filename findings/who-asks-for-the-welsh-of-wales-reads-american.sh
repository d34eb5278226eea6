#!/usr/bin/env bash
# tincanjs 0.50.0 (npm, the xAPI project's own library for JavaScript): asked for a word in "cy-GB", which is what a browser
# or a directory may say of somebody who reads Welsh, it passes over the word in "cy" and gives that in "en-US"; so
# it does the other way round, and of "en-gb" where "en-GB" is there. Only the same letters are found.
# One would guess the nearest language, as RFC 4647, 3.4, has it (cy-GB, then cy), and no difference of capitals (RFC 5646, 2.1.1).
# What it means where a course is offered in Welsh and English: the Welsh words are in the statement and nobody sees
# them. Cut the tag yourself, and ask for what the map holds.
# Seen: "cy of cy, en-US: wedi pasio", "cy-GB of cy, en-US: passed", "cy of cy-GB, en-US: passed", "en-gb of en-GB, en-US: enrolled".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" tincanjs@0.50.0
cat > "$folder/try.cjs" <<'JS'
const TinCan = require("tincanjs");

const asked = (language, display) => {
  const verb = new TinCan.Verb({ id: "https://w3id.org/xapi/adl/verbs/passed", display });
  console.log(`${language} of ${Object.keys(display).join(", ")}: ${verb.getLangDictionaryValue("display", language)}`);
};
asked("cy", { cy: "wedi pasio", "en-US": "passed" });
asked("cy-GB", { cy: "wedi pasio", "en-US": "passed" });
asked("cy", { "cy-GB": "wedi pasio", "en-US": "passed" });
asked("en-gb", { "en-GB": "has enrolled", "en-US": "enrolled" });
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "cy of cy, en-US: wedi pasio
cy-GB of cy, en-US: passed
cy of cy-GB, en-US: passed
en-gb of en-GB, en-US: enrolled" ]
