#!/usr/bin/env bash
# nhs 2.0.0: validate() works out which digit an NHS number must end in and then does not compare it with the one it ends in. It says
# False only where no digit would do (the sum gives 10), so that of ten numbers which differ in their last digit all are valid, or none.
# One would guess that the one in ten is, as nhs-number 2.2.0 has it of the same numbers: the last digit is there for nothing else.
# What it means for who checks such numbers as they are typed or taken from a list: a slip of a key passes ten times in eleven, and
# always in the last place, and the record that it then leads to is another child's or nobody's. Compare the digit yourself.
# Seen: "nhs: 10 of 10", "nhs-number: 1 of 10".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install nhs==2.0.0 nhs-number==2.2.0
cat > "$folder/try.py" <<'PY'
import nhs
import nhs_number

NUMBERS = [f"943476591{last}" for last in range(10)]

print(f"nhs: {sum(nhs.validate(number) for number in NUMBERS)} of 10")
print(f"nhs-number: {sum(nhs_number.is_valid(number) for number in NUMBERS)} of 10")
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "nhs: 10 of 10
nhs-number: 1 of 10" ]
