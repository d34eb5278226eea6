#!/usr/bin/env bash
# moodle-xml-parser 0.3.1: a gap of a question with gaps (cloze) whose weight is left out, "{:MULTICHOICE:=Ring~Wait}", is of
# no known kind and has no right answer: its kind and the equals sign become part of the first answer. With "1" before
# the colon it is read. The library says nothing of it, and its own weight for the gap is then 1 all the same.
# One would guess that nothing before the colon is 1: so it is in Moodle, whose reader takes any number of digits
# there, none too (question/type/multianswer/questiontype.php), and much that is written by hand leaves it out.
# What it means for who brings questions over: every answer to such a gap is wrong, and ":MULTICHOICE:=Ring" is
# offered to be chosen. Put a 1 there first, and refuse gaps without a right answer.
# Seen: "with 1: MULTICHOICE, right: Ring", "without: UNKNOWN, right: none, offered: :MULTICHOICE:=Ring, Wait".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install moodle-xml-parser==0.3.1
cat > "$folder/try.py" <<'PY'
from moodle_xml_parser.parser import parse_string

QUIZ = """<quiz><question type="cloze">
  <name><text>What first</text></name>
  <questiontext format="html"><text>First I {%s}.</text></questiontext>
</question></quiz>"""

for name, gap in (("with 1", "1:MULTICHOICE:=Ring~Wait"), ("without", ":MULTICHOICE:=Ring~Wait")):
    (read,) = parse_string(QUIZ % gap)["cloze"]
    (found,) = read.gaps
    right = [option.answer for option in found.options if option.score > 0]
    offered = ", ".join(option.answer for option in found.options)
    print(f"{name}: {found.sub_type}, right: {', '.join(right) or 'none'}, offered: {offered}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "with 1: MULTICHOICE, right: Ring, offered: Ring, Wait
without: UNKNOWN, right: none, offered: :MULTICHOICE:=Ring, Wait" ]
