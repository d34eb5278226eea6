#!/usr/bin/env bash
# pygiftparserrgmf 0.0.5: the feedback for everybody at the end of a GIFT question ("####") is read as the feedback of
# the last answer, with three of its four marks left in front. Moodle shows it whatever somebody answers.
# One would guess a place of its own for it, or that a mark which is not known is refused.
# What it means for questions that carry their reason there, as most of those from Moodle do: who answers rightly is
# told nothing, who takes the last answer is told "###Because ...". Look for it before the answers are read.
# Seen: "Ring today: None", "Wait: ###Because it is the law."
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pygiftparserrgmf==0.0.5 ply==3.11
cat > "$folder/try.py" <<'PY'
from pygiftparser import parser

gift = parser.parse("::hungry::Sam is hungry. What first? {=Ring today ~Wait ####Because it is the law.}\n")
for option in gift.questions[0].answer.options:
    print(f"{option.text}: {option.feedback}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py" 2>"$folder/log")
printf '%s\n' "$said"
[ "$said" = "Ring today: None
Wait: ###Because it is the law." ]
