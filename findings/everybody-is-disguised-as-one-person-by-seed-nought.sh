#!/usr/bin/env bash
# nhs-number 2.2.0: disguise() makes of a number another that is valid and nobody's, always the same for the same number and
# seed. With seed=0, the first that comes to mind, it makes one number for everybody: the seed is multiplied by the number.
# One would guess that 0 is a seed like any other, as it is to Python's own random.seed; the documentation names no
# seed that is not to be taken, and the call refuses none.
# What it means for who makes test data out of a real list: all children of it are one child, rows that are joined by
# the number are joined with each other, and the file looks right, every number in it being valid. Start at 1.
# Seen: "seed 0: numbers for 3 people: 1, valid: True", "seed 1: numbers for 3 people: 3, valid: True".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install nhs-number==2.2.0
cat > "$folder/try.py" <<'PY'
import nhs_number

FOR_TESTS = ["999 000 0018", "999 000 0026", "999 000 0034"]  # of the range that is given to nobody
for seed in (0, 1):
    made = {nhs_number.disguise(number, seed=seed) for number in FOR_TESTS}
    valid = all(nhs_number.is_valid(number) for number in made)
    print(f"seed {seed}: numbers for 3 people: {len(made)}, valid: {valid}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "seed 0: numbers for 3 people: 1, valid: True
seed 1: numbers for 3 people: 3, valid: True" ]
