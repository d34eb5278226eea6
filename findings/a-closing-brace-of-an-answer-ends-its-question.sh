#!/usr/bin/env bash
# pygiftparser 1.1: an escaped closing brace inside an answer, which GIFT lets it have, ends the answers of
# the question: that answer is cut there and those after it are gone. The question counts as valid.
# One would guess that what is escaped is text, as an escaped colon or tilde is to the same parser.
# What it means for whoever reads questions with it: answers are lost without a word, the right one too.
# Seen: "valid: True", "answers: 2 of 3".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pygiftparser==1.1
cat > "$folder/try.py" <<'PY'
import io

from pygiftparser import parser

TEXT = r"""::form::What is done first? {
=Write it down
~Fill in \{name\} and send it
~Ring back
}
"""
(question,) = parser.parseFile(io.StringIO(TEXT))
print("valid:", question.valid)
print("answers:", len(question.answers.answers), "of 3")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "valid: True
answers: 2 of 3" ]
