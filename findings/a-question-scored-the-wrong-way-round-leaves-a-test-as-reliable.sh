#!/usr/bin/env bash
# reliabilipy 0.0.36: of answers, and not of a matrix, Cronbach's alpha is worked out from correlations without their
# signs. Three questions of six whose points run the other way leave alpha as it was, 0.89; by its
# formula it is far below nought. The README says nothing of signs.
# One would guess what the formula says, and that answers and the matrix of their correlations give one number: handed
# the matrix, the same library keeps the signs and is below nought too.
# What it means for who looks for questions with a wrong key by whether the test as a whole holds together: this number
# cannot fall because of one. Hand it the matrix (is_corr_matrix=True), or take another.
# Seen: "as keyed: 0.89, by the formula 0.89", "three keys turned: 0.89, by the formula -1.34", "of the matrix below nought: True".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install reliabilipy==0.0.36 \
  factor-analyzer==0.5.1 scikit-learn==1.5.2 pandas==2.3.3 numpy==1.26.4 scipy==1.12.0
cat > "$folder/try.py" <<'PY'
import numpy as np
import pandas as pd
from reliabilipy import reliability_analysis

chance = np.random.RandomState(1)
knows = chance.normal(size=(200, 1))
KEYED = pd.DataFrame(knows + 0.8 * chance.normal(size=(200, 6)))
TURNED = KEYED * [-1, -1, -1, 1, 1, 1]


def formula(points):
    k = points.shape[1]
    return k / (k - 1) * (1 - points.var(ddof=1).sum() / points.sum(axis=1).var(ddof=1))


def said(**given):
    analysis = reliability_analysis(**given)
    analysis.fit()
    return analysis.alpha_cronbach


for name, points in (("as keyed", KEYED), ("three keys turned", TURNED)):
    alpha = said(raw_dataset=points, is_corr_matrix=False)
    print(f"{name}: {alpha:.2f}, by the formula {formula(points):.2f}")
print("of the matrix below nought:", bool(said(correlations_matrix=TURNED.corr().to_numpy()) < 0))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "as keyed: 0.89, by the formula 0.89
three keys turned: 0.89, by the formula -1.34
of the matrix below nought: True" ]
