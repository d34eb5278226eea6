#!/usr/bin/env bash
# text2qti 0.8.0: a quiz in which two questions ask with the same words ("What should you do first?") is refused
# whole, though their options differ, and though each has a title of its own: Text2qtiError, "Duplicate question".
# One would guess that two questions are the same only where all of them is, or that a warning is enough.
# What it means for who writes such files: make the wording of each question its own, and say which were changed.
# Seen: "the same wording: Duplicate question", "another wording: 2 questions".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install text2qti==0.8.0
cat > "$folder/try.py" <<'PY'
from text2qti.config import Config
from text2qti.err import Text2qtiError
from text2qti.quiz import Quiz

TEXT = """\
Title: At the door
1. What should you do first?
*a) Ring the front door
b) Wait for Monday

Title: At night
2. {ask}
*a) Ring 999
b) Write it down
"""


def told(ask):
    try:
        quiz = Quiz(TEXT.format(ask=ask), config=Config())
    except Text2qtiError as error:
        return str(error).splitlines()[-1]
    return f"{len(quiz.questions_and_delims)} questions"


print("the same wording:", told("What should you do first?"))
print("another wording:", told("What should you do first at night?"))
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "the same wording: Duplicate question
another wording: 2 questions" ]
