#!/usr/bin/env bash
# suda 0.2.2: the column "dis-suda", which by its README is each row's part of the risk of the whole table, is nought for
# everybody, whatever is in the table. Who stands out is looked for in the table as it was handed over, whose scores the library
# has just set to nought itself. The scores that it gives back ("suda") are right.
# One would guess the README's sum (the risk of the whole, by the sum of all scores, times the row's), or its example, which has
# 0.02 for a row that stands out.
# What it means for who lets a number decide whether a table may be published: the risk that is shown is always 0. Take suda, and
# work the part out: dis times suda, by the sum of all.
# Seen: "suda: 4 1 1 0 0", "dis-suda: 0 0 0 0 0", "worked out: 0.067 0.017 0.017 0.0 0.0".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install suda==0.2.2 pandas==2.3.3 numpy==2.4.6
cat > "$folder/try.py" <<'PY'
import pandas
from suda import suda

people = pandas.DataFrame({
    "team": ["A", "A", "A", "B", "B"],
    "role": ["lead", "nurse", "nurse", "nurse", "nurse"],
    "band": [1, 1, 2, 2, 2],
})
told = suda(people, max_msu=2, dis=0.1)
scores = [int(score) for score in told["suda"]]
print("suda:", *scores)
print("dis-suda:", *(int(risk) if risk == int(risk) else risk for risk in told["dis-suda"]))
print("worked out:", *(round(0.1 * score / sum(scores), 3) for score in scores))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "suda: 4 1 1 0 0
dis-suda: 0 0 0 0 0
worked out: 0.067 0.017 0.017 0.0 0.0" ]
