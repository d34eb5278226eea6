#!/usr/bin/env bash
# krippendorff 0.9.0: with words for answers an empty cell is an answer like any other, on which readers agree or
# do not; left out is alone what holds the word "nan".
# One would guess that an empty cell, as every sheet has where a reader skipped a question, is not counted, which is
# what this measure is chosen for, or that the library takes None for it (it refuses None).
# What it means for how far readers agree on questions: two who agree wherever both answered are told to agree
# badly. Write "nan" into the cells that are empty, and no answer may be called so.
# Seen: "empty: 0.43", "nan: 1.00".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install krippendorff==0.9.0 numpy==2.4.6
cat > "$folder/try.py" <<'PY'
import krippendorff

ONE = ["keep", "mend", "", "mend", "keep", "mend", "", ""]
OTHER = ["keep", "mend", "mend", "mend", "keep", "mend", "keep", "mend"]

for name, gap in (("empty", ""), ("nan", "nan")):
    told = [[answer or gap for answer in reader] for reader in (ONE, OTHER)]
    print(f"{name}: {krippendorff.alpha(told, level_of_measurement='nominal'):.2f}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "empty: 0.43
nan: 1.00" ]
