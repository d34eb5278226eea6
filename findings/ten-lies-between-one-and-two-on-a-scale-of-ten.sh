#!/usr/bin/env bash
# iaa-kit 0.1.2: weighted kappa counts how far two readers are apart by where their answers lie in the list of all answers, and the
# list is sorted as texts are: 1, 10, 2, 3. On a scale that has a ten, who gave ten and who gave nine are the furthest apart there can be,
# and ten is next to one. The same answers on a scale from nought to nine, each one less, agree nearly wholly.
# One would guess that numbers are sorted as numbers: by the formula nothing depends on where a scale begins.
# What it means for two people who mark the same answers out of ten: readers who differ by one point at the top are told that they
# hardly agree, and a scale of five that is made one of ten loses its agreement overnight. Hand it two digits each, as texts ("09", "10").
# Seen: "1 to 10: 0.35", "0 to 9: 0.86", "01 to 10: 0.86".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install iaa-kit==0.1.2 numpy==2.4.6
cat > "$folder/try.py" <<'PY'
from iaa_kit import weighted_kappa

ONE = [10, 10, 9, 9, 8, 10, 9, 2]
OTHER = [10, 9, 9, 10, 8, 10, 9, 3]


def agreement(written):
    return weighted_kappa(list(map(written, ONE)), list(map(written, OTHER)), "quadratic")


print(f"1 to 10: {agreement(int):.2f}")
print(f"0 to 9: {agreement(lambda mark: mark - 1):.2f}")
print(f"01 to 10: {agreement('{:02}'.format):.2f}")
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "1 to 10: 0.35
0 to 9: 0.86
01 to 10: 0.86" ]
