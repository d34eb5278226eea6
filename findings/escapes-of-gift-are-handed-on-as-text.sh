#!/usr/bin/env bash
# pygiftparser 1.1: in GIFT the marks ~ = # { } : are written with a backslash before them where they are meant as text. The parser
# knows them as text, but hands the backslash on with them: a question, an option and its feedback each read "\:" where
# the author meant ":".
# One would guess that a parser gives the text that was meant.
# What it means for a reader that builds on it: take the backslashes away, once, and only those before such a mark.
# Seen: "question: At 9\:30, what then?", "option: A \= B", "feedback: No\: wait".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pygiftparser==1.1
cat > "$folder/try.py" <<'PY'
import io

from pygiftparser import parser

(question,) = parser.parseFile(io.StringIO("::q1::At 9\\:30, what then?{\n=A \\= B\n~C#No\\: wait\n}\n"))
right, wrong = question.answers.answers
print("question:", question.text)
print("option:", right.answer)
print("feedback:", wrong.feedback)
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "question: At 9\\:30, what then?
option: A \\= B
feedback: No\\: wait" ]
