#!/usr/bin/env bash
# phonenumbers 9.0.43: of the British numbers that are set aside for films and stories, the mobile ones
# and those without a place are told to be invalid, and London's and Cardiff's to be valid.
# One would guess one answer for all: they are of the same shape, and none is ever given to anybody.
# What it means for examples, demonstrations and tests of a form that checks numbers: take 020 7946 0xxx.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install phonenumbers==9.0.43
cat > "$folder/try.py" <<'PY'
import phonenumbers

for number in ("020 7946 0123", "029 2018 0123", "07700 900123", "01632 960123"):
    print(f"{number}:", phonenumbers.is_valid_number(phonenumbers.parse(number, "GB")))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "020 7946 0123: True
029 2018 0123: True
07700 900123: False
01632 960123: False" ]
