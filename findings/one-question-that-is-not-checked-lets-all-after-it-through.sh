#!/usr/bin/env bash
# moodle-tools 1.1.0: a question that says "skip_validation: true" is not checked, and neither is any that comes after it in the file:
# what it says of itself stays said until another says otherwise. A question without feedback, which is left out with a
# word about it where it stands before, is in the bank where it stands after.
# One would guess that what a question says of itself is about itself, as its type, its title and every other line of it are.
# What it means for a bank that several people write, with one draft that is let through on purpose: from that draft on nothing is
# looked at, and what is missing is found by whoever takes the quiz. Put such questions last, or in a file of their own.
# Seen: "after the draft: draft, without feedback", "before the draft: draft".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install moodle-tools==1.1.0
cat > "$folder/draft.yml" <<'YAML'
type: shortanswer
title: draft
skip_validation: true
question: Who is rung first?
answers: [The lead]
YAML
cat > "$folder/without.yml" <<'YAML'
type: shortanswer
title: without feedback
question: Who is rung next?
answers: [The council]
YAML
cat > "$folder/try.py" <<'PY'
import re
import sys
from pathlib import Path

from moodle_tools.make_questions import generate_moodle_questions


def titles(*names):
    bank = Path(sys.argv[1], "bank.yml")
    bank.write_text("---\n".join(Path(sys.argv[1], f"{name}.yml").read_text() for name in names))
    return ", ".join(re.findall(r"<name>\s*<text>(.*?)</text>", generate_moodle_questions(paths=iter([bank]))))


print("after the draft:", titles("draft", "without"))
print("before the draft:", titles("without", "draft"))
PY
said=$("$folder/venv/bin/python" "$folder/try.py" "$folder" 2> "$folder/words")
printf '%s\n' "$said"
[ "$said" = "after the draft: draft, without feedback
before the draft: draft" ]
