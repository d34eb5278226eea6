#!/usr/bin/env bash
# vcards-js 2.11.1 and vcard-parser 1.0.0 (npm): the writer folds a long line of a vCard wherever 75 characters are full, as
# RFC 6350, 3.2, has it, and where that is before a space the next line begins with two: the one of the fold, which the
# reader is to take away, and the one of the text. The reader takes both, and two words are one.
# One would guess that a line that was folded is what it was, as the reader gives back one that is folded within a word.
# What it means for cards with long titles, which posts in this field have ("Designated Safeguarding Lead for ..."): some
# long ones come back with a word that nobody wrote, and all tests with short ones pass. Unfold the
# text (a line break and one space) before it is handed over.
# Seen: "within a word: folded true, kept", "before a space: folded true, Early Yearsand Schools".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" vcards-js@2.11.1 vcard-parser@1.0.0
cat > "$folder/try.cjs" <<'JS'
const write = require("vcards-js");
const { parse } = require("vcard-parser");

function told(name, title) {
  const card = write();
  card.firstName = "Ada";
  card.lastName = "Lamb";
  card.title = title;
  const file = card.getFormattedString();
  const read = parse(file).title[0].value;
  const folded = file.split("\r\n ").length === 2;
  console.log(`${name}: folded ${folded}, ${read === title ? "kept" : read.slice(-22)}`);
}

const TITLE = "Designated Safeguarding Lead and Head of Teams for Early Years and Schools";
told("within a word", TITLE);
told("before a space", `Deputy ${TITLE}`);
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "within a word: folded true, kept
before a space: folded true, Early Yearsand Schools" ]
