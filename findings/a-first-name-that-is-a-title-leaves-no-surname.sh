#!/usr/bin/env bash
# nameparser 2.6.0: where the first of two names is also a title that goes before a first name (King, Prince,
# Queen, as many families in Ghana and Nigeria name their children), what was the surname becomes the first
# name, and there is no surname. With a title that goes before a surname (Judge, Pastor) the first name is gone.
# One would guess that of two names the one is the first name and the other the surname.
# What it means for a list of staff whose names stand in one column: sorted, matched or greeted by parts of a
# name, these people are lost or called by their surname. Keep a name as one piece, as its owner writes it.
# Seen: "Kofi Mensah: first Kofi, last Mensah", "King Mensah: first Mensah, last ", "Pastor Jones: first , last Jones".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install nameparser==2.6.0
cat > "$folder/try.py" <<'PY'
from nameparser import HumanName

for name in ("Kofi Mensah", "King Mensah", "Prince Osei", "Pastor Jones"):
    parts = HumanName(name)
    print(f"{name}: first {parts.first}, last {parts.last}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "Kofi Mensah: first Kofi, last Mensah
King Mensah: first Mensah, last 
Prince Osei: first Osei, last 
Pastor Jones: first , last Jones" ]
