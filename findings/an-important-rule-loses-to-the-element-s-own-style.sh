#!/usr/bin/env bash
# premailer 3.10.0: where a style sheet says "red !important" and the element itself says "blue",
# the letter comes out blue. By the rules of style sheets the important one wins, whoever wrote the other.
# One would guess that putting a sheet into the elements keeps what a browser would show.
# What it means for letters: what has to win has to be the only one there; css-inline 0.24 keeps it.
# Seen: 'premailer: color:blue', 'css-inline: color: red !important'.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install premailer==3.10.0 css-inline==0.24.0
cat > "$folder/try.py" <<'PY'
import logging
import re

import css_inline
import premailer

logging.disable()
PAGE = """<html><head><style>.w { color: red !important }</style></head>
<body><p class="w" style="color: blue">Text</p></body></html>"""

for name, done in (
    ("premailer", premailer.transform(PAGE)),
    ("css-inline", css_inline.inline(PAGE)),
):
    print(f"{name}:", re.search('style="(.*?)"', done)[1].rstrip(";"))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "premailer: color:blue
css-inline: color: red !important" ]
