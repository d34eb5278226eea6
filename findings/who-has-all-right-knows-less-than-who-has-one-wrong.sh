#!/usr/bin/env bash
# catsim 0.21.0: NumericalSearchEstimator, as it comes (dodd=True), gives somebody who had every question right a
# small step up from where they were, half the way to the hardest question; somebody with one wrong is estimated by
# their answers, and comes out above.
# One would guess that more right answers never mean less, or that no estimate is given where there is none.
# What it means for an analysis of answers: who knows everything is put below who nearly does, and a list by
# knowledge is upside down at its top (and its foot). Ask with dodd=False, and treat inf as what it is.
# Seen: "8 of 8: 1.0", "7 of 8: 2.6", "8 of 8 without dodd: inf".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install catsim==0.21.0 numpy==2.4.6 scipy==1.17.1
cat > "$folder/try.py" <<'PY'
import numpy as np
from catsim.estimation import NumericalSearchEstimator
from catsim.item_bank import ItemBank

HARD = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2]
bank = ItemBank(np.array([[1, hard, 0, 1] for hard in HARD], float))


def knows(right, **how):
    return NumericalSearchEstimator(**how).estimate(
        item_bank=bank,
        administered_items=list(range(8)),
        response_vector=[True] * right + [False] * (8 - right),
        est_theta=0,
    )


for right in (8, 7):
    print(f"{right} of 8: {knows(right):.1f}")
print(f"8 of 8 without dodd: {knows(8, dodd=False):.1f}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py" | sed "/^$/d")  # the library prints an empty line
printf '%s\n' "$said"
[ "$said" = "8 of 8: 1.0
7 of 8: 2.6
8 of 8 without dodd: inf" ]
