#!/usr/bin/env bash
# irrCAC 0.4.4: of the same answers by two readers three of its measures of agreement come out alike, 0.6, with one
# interval about them, and the p-value of Brennan and Prediger's is half that of Gwet's and Fleiss': it is taken from one
# tail of the distribution, and theirs from both. What the library says of the measures tells of no difference.
# One would guess that one number with one interval, out of one library, has one p-value.
# What it means for who lets two people look through the questions and reports whichever measure suits: "significant"
# at five in a hundred by one and not by the others, and here with an interval that holds nought. Report the interval.
# Seen: "gwet: 0.6 from -0.003, p 0.051", "fleiss: 0.6 from -0.003, p 0.051", "bp: 0.6 from -0.003, p 0.0255".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install irrCAC==0.4.4 pandas==2.3.3 numpy==1.26.4 scipy==1.12.0
cat > "$folder/try.py" <<'PY'
import pandas as pd
from irrCAC.raw import CAC

READ = [("keep", "keep"), ("drop", "drop")] * 4 + [("keep", "drop"), ("drop", "keep")]
for measure in ("gwet", "fleiss", "bp"):
    said = getattr(CAC(pd.DataFrame(READ)), measure)()["est"]
    lowest = said["confidence_interval"][0]
    print(f"{measure}: {said['coefficient_value']:.1f} from {lowest:.3f}, p {said['p_value']:.3g}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "gwet: 0.6 from -0.003, p 0.051
fleiss: 0.6 from -0.003, p 0.051
bp: 0.6 from -0.003, p 0.0255" ]
