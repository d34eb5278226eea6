#!/usr/bin/env bash
# docx2txt2 1.0.4: Word keeps a paragraph in pieces (w:r), one for each stretch of one look, and begins new ones where a word was
# corrected, too. The library puts a space between any two of them: "safeguarding@school.example" of which the name of the school is
# in bold is read as "safeguarding@ school.example", and a number of which two digits were corrected as two numbers.
# One would guess that a word is one however it looks, as docx2txt 0.9 reads it, which the library means to replace: its README
# has an assertion that each word of the one is among the words of the other.
# What it means for who takes addresses, numbers and reference codes out of letters: they are found in the letter that was typed once
# and not in the one that somebody went over, and nothing in the text tells them apart. Join a paragraph's pieces without a space.
# Seen: "docx2txt2: Write to safeguarding@ school.example or ring 020 79 46 0000", "docx2txt: ..." with both whole.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install docx2txt2==1.0.4 docx2txt==0.9 python-docx==1.2.0
cat > "$folder/try.py" <<'PY'
import sys

import docx
import docx2txt
import docx2txt2

letter = docx.Document()
paragraph = letter.add_paragraph("Write to safeguarding@")
paragraph.add_run("school").bold = True
paragraph.add_run(".example or ring 020 79")
paragraph.add_run("46 0000")
letter.save(sys.argv[1])

print("docx2txt2:", docx2txt2.extract_text(sys.argv[1]))
print("docx2txt:", docx2txt.process(sys.argv[1]))
PY
said=$("$folder/venv/bin/python" "$folder/try.py" "$folder/letter.docx")
printf '%s\n' "$said"
[ "$said" = "docx2txt2: Write to safeguarding@ school.example or ring 020 79 46 0000
docx2txt: Write to safeguarding@school.example or ring 020 7946 0000" ]
