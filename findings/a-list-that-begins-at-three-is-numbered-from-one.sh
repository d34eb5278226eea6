#!/usr/bin/env bash
# inscriptis 2.7.6: a numbered list that says where it begins (start="3") comes out as plain text
# numbered from one.
# One would guess that a converter which writes numbers keeps them; a browser and html2text do.
# What it means for questions taken from a learning system's HTML ("which of steps 3 to 5 ..."): the
# numbers in the text speak of other steps. Number the items before converting.
# Seen: "inscriptis: 1. 2.", "html2text: 3. 4.".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install inscriptis==2.7.6 html2text==2025.4.15
cat > "$folder/try.py" <<'PY'
import re

import html2text
import inscriptis

LIST = '<ol start="3"><li>Ring the child</li><li>Write it down</li></ol>'

for name, text in (("inscriptis", inscriptis.get_text(LIST)), ("html2text", html2text.html2text(LIST))):
    print(f"{name}:", *re.findall(r"\d+\.", text))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "inscriptis: 1. 2.
html2text: 3. 4." ]
