#!/usr/bin/env bash
# moocloze 1.0.2 and moodle-xml-parser 0.3.1 (PyPI): an answer to choose that holds a hash sign is written into a gap of Moodle's
# (cloze) as it is, where the sign begins what is said to who chooses it. "Room #1" and "Room #2" are read as two answers "Room", of
# which one is right and one is wrong, and "1" and "2" are what one is told afterwards. With the backslash that Moodle has for such a sign
# (question/type/multianswer/questiontype.php) the reader ends the answer there all the same. Neither library says anything.
# One would guess that a writer which takes answers as texts puts the backslash there itself, and that a reader knows it.
# What it means for who makes questions out of a list: whoever knows the answer sees it twice and is right by chance. Most
# answers hold no such sign, so the first trial is fine. Look for # ~ and } in answers before they are written, and refuse them.
# Seen: "letters: Room A 100, Room B 0", "numbers: Room 100, Room 0", "with a backslash: Room \ 100, Room \ 0".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install moocloze==1.0.2 moodle-xml-parser==0.3.1
cat > "$folder/try.py" <<'PY'
from moocloze import Multichoice, Question, Quiz
from moodle_xml_parser.parser import parse_string


def read_back(right, wrong):
    gap = Multichoice(right, [wrong])
    (question,) = parse_string(str(Quiz([Question("Rooms", f"<p>I go to {gap}.</p>")])))["cloze"]
    (found,) = question.gaps
    return ", ".join(f"{option.answer} {option.score:g}" for option in found.options)


print("letters:", read_back("Room A", "Room B"))
print("numbers:", read_back("Room #1", "Room #2"))
print("with a backslash:", read_back(r"Room \#1", r"Room \#2"))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "letters: Room A 100, Room B 0
numbers: Room 100, Room 0
with a backslash: Room \ 100, Room \ 0" ]
