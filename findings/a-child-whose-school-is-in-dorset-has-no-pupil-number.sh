#!/usr/bin/env bash
# python-stdnum 2.2: a unique pupil number (stdnum.gb.upn) holds the number of the local authority in which it was given, and the
# library takes those alone that there were in January 2011. Six authorities are younger: Dorset (838), Bournemouth,
# Christchurch and Poole (839), North and West Northamptonshire (940, 941), Cumberland (942), Westmorland and Furness (943). Of
# a number that one of their schools gave it says InvalidComponent, its check letter being right.
# One would guess that a number which keeps the rules is valid, or that "component" is a slip of the pen: a check letter
# is there to find those, and it is looked at after the authority, so never here.
# What it means for who takes lists of children: all is well in London and in every test with a number from the documentation, and in
# six places each child that started school after the change is refused. Take InvalidComponent for a warning.
# Seen: "835: valid", "838: InvalidComponent" and so for 839, 940, 941, 942 and 943.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install python-stdnum==2.2
cat > "$folder/try.py" <<'PY'
from stdnum.exceptions import ValidationError
from stdnum.gb import upn

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def with_its_letter(rest):
    weighed = sum(place * int(digit) for place, digit in enumerate(rest, 2))
    return LETTERS[weighed % 23] + rest


for authority in (835, 838, 839, 940, 941, 942, 943):
    number = with_its_letter(f"{authority}000024001")
    try:
        upn.validate(number)
        print(f"{authority}: valid")
    except ValidationError as error:
        print(f"{authority}: {type(error).__name__}")
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "835: valid
838: InvalidComponent
839: InvalidComponent
940: InvalidComponent
941: InvalidComponent
942: InvalidComponent
943: InvalidComponent" ]
