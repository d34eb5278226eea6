#!/usr/bin/env bash
# json2qti 1.3.0: a piece of code between backticks, which its README offers for questions and answers, becomes an element of the
# package's own XML, within an element that holds HTML as text (mattext). The rest of the HTML is written so that it stays text.
# A reader that takes the text of that element gets it up to the code, and an answer that begins with code is empty.
# One would guess one way of writing for one piece of HTML: by QTI 1.2 (ims_qtiasiv1p2.dtd) mattext has text in it and no elements.
# What it means for who moves questions from one system to another: those about a form, a field or a formula ("Which form is `EHA 1`
# for?") arrive as half a question, and others of the same file whole. Write "&lt;code&gt;" into the package, or leave backticks out.
# Seen: "<p>Who rings first?</p>", "<p>Which form is ".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install json2qti==1.3.0
cat > "$folder/quiz.json" <<'JSON'
{"Unit 3": {
  "Who rings first?": ["The lead", "Nobody"],
  "Which form is `EHA 1` for?": ["Early help", "Leave"]
}}
JSON
cat > "$folder/try.py" <<'PY'
import sys
import xml.etree.ElementTree as xml
import zipfile

with zipfile.ZipFile(sys.argv[1]) as package:
    name = next(name for name in package.namelist() if not name.endswith("_meta.xml"))
    quiz = xml.fromstring(package.read(name))
for question in quiz.findall(".//{*}item"):
    print(question.find("{*}presentation/{*}material/{*}mattext").text)
PY
(cd "$folder" && venv/bin/json2qti quiz.json > said)
said=$("$folder/venv/bin/python" "$folder/try.py" "$folder/quiz.zip")
printf '%s\n' "$said"
[ "$said" = "<p>Who rings first?</p>
<p>Which form is " ]
