#!/usr/bin/env bash
# gettext-parser 10.0.0 (npm): a translation that is marked as in doubt ("#, fuzzy"), as tools mark what they took over from a
# similar sentence until somebody has looked at it, is written into the finished catalogue (.mo) like any other.
# One would guess that it is left out, and the sentence of the source shown, as GNU gettext's msgfmt does unless it is
# asked otherwise, and as polib 1.2.0 does of the same file.
# What it means for a service in two languages: after a sentence was changed, the old one's translation is shown for
# it, "must" for "must not" perhaps, just as long as nobody has looked. Leave such entries out before compiling.
# Seen: "gettext-parser: Ffoniwch heddiw for: Do not ring today", "polib: nothing for: Do not ring today".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund gettext-parser@10.0.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install polib==1.2.0
cat > cy.po <<'PO'
msgid ""
msgstr ""
"Language: cy\n"
"Content-Type: text/plain; charset=UTF-8\n"

msgid "Save"
msgstr "Cadw"

#, fuzzy
msgid "Do not ring today"
msgstr "Ffoniwch heddiw"
PO
cat > try.mjs <<'JS'
import { readFileSync, writeFileSync } from "node:fs";
import * as parser from "gettext-parser";

const { po, mo } = parser.default ?? parser;
writeFileSync("node.mo", mo.compile(po.parse(readFileSync("cy.po"))));
JS
cat > try.py <<'PY'
import gettext

import polib

polib.pofile("cy.po").save_as_mofile("python.mo")
ASKED = "Do not ring today"
for name, path in (("gettext-parser", "node.mo"), ("polib", "python.mo")):
    with open(path, "rb") as file:
        shown = gettext.GNUTranslations(file).gettext
    assert shown("Save") == "Cadw"
    print(f"{name}: {shown(ASKED) if shown(ASKED) != ASKED else 'nothing'} for: {ASKED}")
PY
said=$(node try.mjs && venv/bin/python -W ignore try.py)
printf '%s\n' "$said"
[ "$said" = "gettext-parser: Ffoniwch heddiw for: Do not ring today
polib: nothing for: Do not ring today" ]
