#!/usr/bin/env bash
# moodle-tools 1.1.0: what somebody is told of an answer is Markdown, like the question, and becomes HTML in the file for Moodle. Where the
# answers say what points they give, as they must for half a mark, it is written as it was typed: stars, links in brackets and all.
# One would guess that the one has nothing to do with the other; the option that turns Markdown off is for all texts of a question.
# What it means for who gives some answers half a mark: those questions, and they alone, show "[the guide](https://...)" and "**now**" to
# whoever was wrong, and a picture that stands in feedback is not taken into the file. Write HTML there, which both keep.
# Seen: "without points: <p>Ring <strong>now</strong>.</p>", "with points: Ring **now**.".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install moodle-tools==1.1.0
cat > "$folder/try.py" <<'PY'
import json
import re
import sys
from pathlib import Path

from moodle_tools.make_questions import generate_moodle_questions

RIGHT = {"answer": "The lead", "feedback": "Ring **now**."}
WRONG = {"answer": "Nobody", "feedback": "Ring **now**."}


def feedback(*answers):
    bank = Path(sys.argv[1], "bank.yml")
    question = {
        "type": "multiple_choice", "title": "First", "question": "Who is rung first?",
        "general_feedback": "Unit 3.", "answers": answers,
    }
    bank.write_text(json.dumps(question))
    moodle = generate_moodle_questions(paths=iter([bank]))
    return re.search(r"<answer.*?<feedback.*?CDATA\[(.*?)\]\]", moodle, re.DOTALL)[1]


print("without points:", feedback(RIGHT, WRONG))
print("with points:", feedback({**RIGHT, "points": 100}, {**WRONG, "points": 50}))
PY
said=$("$folder/venv/bin/python" "$folder/try.py" "$folder" 2> "$folder/words")
printf '%s\n' "$said"
[ "$said" = "without points: <p>Ring <strong>now</strong>.</p>
with points: Ring **now**." ]
