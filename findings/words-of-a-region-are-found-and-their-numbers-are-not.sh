#!/usr/bin/env bash
# gettext.js 2.0.3 (npm): asked in "cy-GB", which is what a browser says, it finds the words that were set for "cy".
# As soon as something is counted, ngettext() throws a TypeError: the rule by
# which Welsh counts is looked for under "cy-GB" alone.
# One would guess that the rule comes from where the words came from: both were given in one call.
# What it means for pages in Welsh: everything reads well until the first "%1 questions are due", and that page fails; in
# tests with "cy", and in English, whose rule is built in, nothing is seen. Set the language without its region.
# Seen: "cy: Cadw, 2 gwestiwn", "cy-GB: Cadw, TypeError".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" gettext.js@2.0.3
cat > "$folder/try.cjs" <<'JS'
const make = require("gettext.js");

const WELSH = "nplurals=4; plural=(n==1) ? 0 : (n==2) ? 1 : (n != 8 && n != 11) ? 2 : 3;";
const words = (make.default || make)();
words.setMessages(
  "messages", "cy",
  { Save: "Cadw", "%1 question": ["%1 cwestiwn", "%1 gwestiwn", "%1 chwestiwn", "%1 cwestiwn"] }, WELSH,
);

function counted() {
  try {
    return words.ngettext("%1 question", "%1 questions", 2, 2);
  } catch (error) {
    return error.name;
  }
}

for (const language of ["cy", "cy-GB"]) {
  words.setLocale(language);
  console.log(`${language}: ${words.gettext("Save")}, ${counted()}`);
}
JS
said=$(node "$folder/try.cjs" | grep -v "Plural form")
printf '%s\n' "$said"
[ "$said" = "cy: Cadw, 2 gwestiwn
cy-GB: Cadw, TypeError" ]
