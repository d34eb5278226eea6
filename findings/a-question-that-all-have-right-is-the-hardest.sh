#!/usr/bin/env bash
# girth 0.8.0: `twopl_mml` gives the difficulty 6.0, the greatest it knows, to a question that everybody had right, and
# leaves no word that it could not be estimated; `rasch_mml`, of the same answers, gives it about -6.
# One would guess that both put it at the easy end, or that neither says anything of it.
# What it means for an analysis of answers: leave questions that all had right, or all wrong, out before, and say so.
# Seen: "two parameters: 6.0, the hardest: True", "one parameter: -6.0, the easiest: True".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install girth==0.8.0 numpy==2.4.6 scipy==1.17.1
cat > "$folder/try.py" <<'PY'
import warnings

import girth
import numpy as np

warnings.simplefilter("ignore")
chance = np.random.default_rng(1)
knowing = chance.normal(size=500)
bounds = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])[:, None]
answers = chance.random((5, 500)) < 1 / (1 + np.exp(-(knowing - bounds)))
answers = np.vstack([answers, np.ones((1, 500), bool)]).astype(int)
two = girth.twopl_mml(answers)["Difficulty"]
one = girth.rasch_mml(answers)["Difficulty"]
print(f"two parameters: {two[-1]:.1f}, the hardest: {two.argmax() == 5}")
print(f"one parameter: {one[-1]:.1f}, the easiest: {one.argmin() == 5}")
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "two parameters: 6.0, the hardest: True
one parameter: -6.0, the easiest: True" ]
