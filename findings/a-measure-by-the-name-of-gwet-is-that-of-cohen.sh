#!/usr/bin/env bash
# iaa-kit 0.1.2: ac2(), which its README names as Gwet's, works out Cohen's weighted kappa and nothing else. Of two readers who each say
# "yes" of nine answers in ten, and agree on eight, it says that they agree less than by chance; ac1() of the same library, which is
# Gwet's for answers without an order, says 0.76. With two kinds of answers nothing is left to weigh, and the two are one number.
# One would guess that number, as irrCAC 0.4.4 has it: Gwet made the measure because Cohen's falls to nothing where nearly all
# answers are of one kind.
# What it means for who takes that measure for just this reason (most answers to a safeguarding quiz are right): the number that
# goes into a report under the one name is the other's, and says of readers who agree that they do not. Take irrCAC.
# Seen: "ac2: -0.11", "weighted_kappa: -0.11", "ac1: 0.76", "irrCAC, with weights: 0.76".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install iaa-kit==0.1.2 irrCAC==0.4.4 numpy==1.26.4 pandas==2.3.3 scipy==1.12.0
cat > "$folder/try.py" <<'PY'
import pandas
from iaa_kit import ac1, ac2, weighted_kappa
from irrCAC.raw import CAC

ONE = [2] * 9 + [1]
OTHER = [2] * 8 + [1, 2]
gwet = CAC(pandas.DataFrame({"one": ONE, "other": OTHER}), weights="linear").gwet()

print(f"ac2: {ac2(ONE, OTHER):.2f}")
print(f"weighted_kappa: {weighted_kappa(ONE, OTHER):.2f}")
print(f"ac1: {ac1(ONE, OTHER):.2f}")
print(f"irrCAC, with weights: {gwet['est']['coefficient_value']:.2f}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "ac2: -0.11
weighted_kappa: -0.11
ac1: 0.76
irrCAC, with weights: 0.76" ]
