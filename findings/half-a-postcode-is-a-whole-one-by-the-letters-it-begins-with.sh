#!/usr/bin/env bash
# ideal-ukpostcode 1.0.3 (PyPI): the first half of a postcode alone (SW19, LS11, BT99) is valid wherever it is two letters and two
# digits; of the others (E17, M16, SW1) it is not. Among the codes of territories that the library knows is Bermuda's, which is of
# just that shape, and it is not asked whether the two letters are ones of Bermuda.
# One would guess that what is only half of a code is none, or is one wherever it comes from.
# What it means for forms and lists in which somebody gave the first half, as people do when they are asked where they live:
# it is held back in Walthamstow and Manchester and let through in Wimbledon and Leeds, and whoever looks for a child by a whole
# postcode finds nobody there. Ask for three characters after the space as well.
# Seen: "halves: SW19 True, LS11 True, BT99 True, E17 False, M16 False, SW1 False", "whole: SW19 5AE True, E17 4QH True".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install ideal-ukpostcode==1.0.3
cat > "$folder/try.py" <<'PY'
from ideal_ukpostcode import validate

HALVES = ("SW19", "LS11", "BT99", "E17", "M16", "SW1")
WHOLE = ("SW19 5AE", "E17 4QH")
for name, codes in (("halves", HALVES), ("whole", WHOLE)):
    print(f"{name}:", ", ".join(f"{code} {validate(code)}" for code in codes))
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "halves: SW19 True, LS11 True, BT99 True, E17 False, M16 False, SW1 False
whole: SW19 5AE True, E17 4QH True" ]
