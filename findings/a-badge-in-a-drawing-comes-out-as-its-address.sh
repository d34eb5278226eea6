#!/usr/bin/env bash
# openbadges-bakery 2.0.0: unbake() gives back of a badge in a picture (PNG) what was baked into it, and of the same badge in a
# drawing (SVG) its address alone. The drawing holds the whole too, where the standard has it, beside the address (verify), and the
# library reads it and then prefers the address.
# One would guess that one pair of functions, which takes both kinds and is told neither, gives back what it was given.
# What it means for who takes in badges that people bring: from a drawing one cannot tell whose it is and what it was given for
# without asking the issuer's server, which some years later may be gone. Read the element's text yourself.
# Seen: "picture: for ada@council.example", "drawing: https://council.example/badges/1", "in the drawing: for ada@council.example".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install openbadges-bakery==2.0.0 pypng==0.20220715.0
cat > "$folder/try.py" <<'PY'
import io
import json
from xml.etree import ElementTree

import png
from openbadges_bakery import bake, unbake

BADGE = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "Assertion",
    "id": "https://council.example/badges/1",
    "recipient": {"type": "email", "hashed": False, "identity": "ada@council.example"},
}
picture = io.BytesIO()
png.Writer(1, 1, greyscale=True).write(picture, [[0]])
drawing = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


def told(text):
    return f"for {json.loads(text)['recipient']['identity']}" if text.startswith("{") else text


for name, image in (("picture", picture.getvalue()), ("drawing", drawing)):
    baked = io.BytesIO()
    bake(io.BytesIO(image), json.dumps(BADGE), baked)
    print(f"{name}:", told(unbake(io.BytesIO(baked.getvalue()))))
(element,) = ElementTree.fromstring(baked.getvalue())
print("in the drawing:", told(element.text))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "picture: for ada@council.example
drawing: https://council.example/badges/1
in the drawing: for ada@council.example" ]
