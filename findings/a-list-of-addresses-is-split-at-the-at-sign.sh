#!/usr/bin/env bash
# clevercsv 0.8.5: the sniffer takes a file with one column of e-mail addresses for a table whose
# columns are parted by "@". Reading it so gives local parts and domains in two columns.
# One would guess that a character which every address must hold is no delimiter, or that None is said.
# What it means for whoever takes lists of people: offer commas, semicolons and tabs alone, and let a
# file without any of them be one column.
# Seen: "one column: '@'", "two columns: ','".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install clevercsv==0.8.5
cat > "$folder/try.py" <<'PY'
import clevercsv

ONE = "email\nada.lamb@north.example\nbo.reed@south.example\n"
TWO = "name,email\nAda Lamb,ada.lamb@north.example\nBo Reed,bo.reed@south.example\n"

for name, text in (("one column", ONE), ("two columns", TWO)):
    print(f"{name}: {clevercsv.Sniffer().sniff(text).delimiter!r}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "one column: '@'
two columns: ','" ]
