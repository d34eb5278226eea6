#!/usr/bin/env bash
# adaptive-cards-templating-py 0.1.5: a part of a card with "$when": "${passed && signed}" is always in the card; so
# is one with "!passed". What the library cannot work out becomes its own text, and a text counts as yes. It says so
# on standard output, where nobody looks. Of one comparison ("${score == 3}") it is as the language has it.
# One would guess what adaptivecards-templating 2.3.1 (npm), whose language it is, does: the part is left out.
# What it means for who fills cards on a server in Python: "you have passed" is shown to who has not. Decide before
# the template, and give it one value to ask for.
# Seen: "Python: and, not", "the reference: 0 parts".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install adaptive-cards-templating-py==0.1.5
npm install --silent --no-audit --no-fund --prefix "$folder" \
  adaptivecards-templating@2.3.1 adaptive-expressions@4.23.3
cat > "$folder/card.json" <<'JSON'
{"type": "AdaptiveCard", "body": [
  {"type": "TextBlock", "text": "and", "$when": "${passed && signed}"},
  {"type": "TextBlock", "text": "not", "$when": "${!seen}"},
  {"type": "TextBlock", "text": "is three", "$when": "${score == 3}"}
]}
JSON
cat > "$folder/try.py" <<'PY'
import contextlib
import io
import json
import pathlib

from adaptive_cards_templating_py import Template

template = Template(json.loads(pathlib.Path(__file__).with_name("card.json").read_text()))
with contextlib.redirect_stdout(io.StringIO()):
    card = template.expand({"$root": {"passed": False, "signed": False, "seen": True, "score": 2}})
print("Python:", ", ".join(part["text"] for part in card["body"]))
PY
cat > "$folder/try.cjs" <<'JS'
const { Template } = require("adaptivecards-templating");

const card = new Template(require("./card.json")).expand({
  $root: { passed: false, signed: false, seen: true, score: 2 },
});
console.log(`the reference: ${card.body.length} parts`);
JS
said=$("$folder/venv/bin/python" "$folder/try.py" && node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "Python: and, not
the reference: 0 parts" ]
