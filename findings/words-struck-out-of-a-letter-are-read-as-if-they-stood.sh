#!/usr/bin/env bash
# docx2txt2 1.0.4: in a Word document (.docx) whose changes are tracked, a word that somebody struck out is read like every other: the
# library takes all text of the file, and what was struck out stays in it under an element of its own (w:delText) until somebody accepts
# the change. Office programs show such a letter without the word, or with a line through it.
# One would guess the letter as it now reads, as docx2txt 0.9 gives it, whose place the library is made to take; its README names
# white space and page numbers as what differs.
# What it means for who searches, counts or imports from letters and policies: "ring the parents first" is found where it was taken
# out, and a name that was removed from a record is in the text again. Have changes accepted first, or leave w:del out yourself.
# Seen: "docx2txt2: Do not ring the parents first.", "docx2txt: Do ring the parents first.".
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
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

STRUCK_OUT = (
    f'<w:del {nsdecls("w")} w:id="1" w:author="Ada Lamb" w:date="2026-11-30T09:30:00Z">'
    '<w:r><w:delText xml:space="preserve">not </w:delText></w:r></w:del>'
)
letter = docx.Document()
paragraph = letter.add_paragraph("Do ")
paragraph._p.append(parse_xml(STRUCK_OUT))
paragraph.add_run("ring the parents first.")
letter.save(sys.argv[1])

print("docx2txt2:", docx2txt2.extract_text(sys.argv[1]))
print("docx2txt:", docx2txt.process(sys.argv[1]))
PY
said=$("$folder/venv/bin/python" "$folder/try.py" "$folder/letter.docx")
printf '%s\n' "$said"
[ "$said" = "docx2txt2: Do not ring the parents first.
docx2txt: Do ring the parents first." ]
