#!/usr/bin/env bash
# text-to-qti 0.1.1: what a quiz says at its head of what its questions are worth (points_per_question: 5) is read and then not used:
# each question that does not say so itself is worth one point in the package for Canvas (QTI 1.2). One that says so is worth what it says.
# One would guess five, as the README has it of a question's own points: "default: from metadata".
# What it means for whoever writes quizzes as text: a unit whose questions count five each counts as many points as it has questions,
# and where only some say their own, those weigh more or less than was meant. Write the points at each question.
# Seen: "points: 1.0, 2.0, in all 3.0".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install text-to-qti==0.1.1
cat > "$folder/quiz.txt" <<'QUIZ'
---
title: Unit 3
points_per_question: 5
---

## Question 1
[Type: multiple_choice]

Who is rung first?

*a) The lead
b) Nobody

## Question 2
[Type: multiple_choice]
[Points: 2]

Who is rung next?

*a) The council
b) Nobody
QUIZ
cat > "$folder/try.py" <<'PY'
import re
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as package:
    parts = {name.rpartition("/")[2]: package.read(name).decode() for name in package.namelist()}
questions = next(part for part in parts.values() if "<item " in part)
each = re.findall(r"points_possible</fieldlabel>\s*<fieldentry>(.*?)<", questions)
in_all = re.search("<points_possible>(.*?)<", parts["assessment_meta.xml"])[1]
print(f"points: {', '.join(each)}, in all {in_all}")
PY
"$folder/venv/bin/text-to-qti" convert "$folder/quiz.txt" -o "$folder/quiz.zip" > "$folder/said"
said=$("$folder/venv/bin/python" "$folder/try.py" "$folder/quiz.zip")
printf '%s\n' "$said"
[ "$said" = "points: 1.0, 2.0, in all 3.0" ]
