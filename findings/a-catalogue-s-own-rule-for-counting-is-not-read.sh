#!/usr/bin/env bash
# node-gettext 3.0.1 (npm): which form of a sentence belongs to a number is looked up in a table of its own, by the language, and
# not in the header of the catalogue (Plural-Forms). The table has four forms for Welsh; a catalogue with the six that CLDR has
# for it, and a header that says so, is read by the wrong form at every number. It says nothing.
# One would guess that the header is read, which gettext has for just this and which stands in every catalogue, as Python's
# own gettext reads it from the same one.
# What it means for a service in Welsh and English: all the words are Welsh, and each sentence with a number is that for
# another number. Compare the header's number of forms with the library's before taking a catalogue.
# Seen: "gettext: 0 for 0, 1 for 1, 2 for 2, 3 for 3, 8 for others", "node-gettext: 0 for 2, 1 for 0, 2 for 1, 3 for 2, 8 for 3".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund node-gettext@3.0.1 gettext-parser@10.0.0
cat > cy.po <<'PO'
msgid ""
msgstr ""
"Language: cy\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=6; plural=(n==0) ? 0 : (n==1) ? 1 : (n==2) ? 2 : (n==3) ? 3 : (n==6) ? 4 : 5;\n"

msgid "a question"
msgid_plural "questions"
msgstr[0] "for 0"
msgstr[1] "for 1"
msgstr[2] "for 2"
msgstr[3] "for 3"
msgstr[4] "for 6"
msgstr[5] "for others"
PO
cat > try.mjs <<'JS'
import { readFileSync, writeFileSync } from "node:fs";
import * as parser from "gettext-parser";
import Gettext from "node-gettext";

const { po, mo } = parser.default ?? parser;
const catalogue = po.parse(readFileSync("cy.po"));
writeFileSync("cy.mo", mo.compile(catalogue));
const words = new Gettext();
words.addTranslations("cy", "messages", catalogue);
words.setLocale("cy");
const told = [0, 1, 2, 3, 8].map((count) => `${count} ${words.ngettext("a question", "questions", count)}`);
console.log("node-gettext:", told.join(", "));
JS
cat > try.py <<'PY'
import gettext

with open("cy.mo", "rb") as file:
    words = gettext.GNUTranslations(file)
print("gettext:", ", ".join(f"{n} {words.ngettext('a question', 'questions', n)}" for n in (0, 1, 2, 3, 8)))
PY
said=$(node try.mjs && python3 try.py)
printf '%s\n' "$said"
[ "$said" = "node-gettext: 0 for 2, 1 for 0, 2 for 1, 3 for 2, 8 for 3
gettext: 0 for 0, 1 for 1, 2 for 2, 3 for 3, 8 for others" ]
