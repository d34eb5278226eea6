#!/usr/bin/env bash
# txttoqti 0.5.0: the QTI 2.1 package that is made of a text says of each question that it is in a file of its own (q_1.xml), and
# there is no such file, neither in the list of the package nor in the zip. The questions stand within the test itself, after
# its last part, where the standard has no place for any: a test names its questions by their files. The program says that
# the package was created.
# One would guess that what a package names is in it: both are written by one run.
# What it means for who builds on it: a reader that goes by the names finds no question, or refuses the package, and one that
# looks for questions wherever they are takes them, so it is tried with one and fails with the other. Cut the questions out into files.
# Seen: "named: q_1.xml q_2.xml", "in the package: assessment.xml imsmanifest.xml", "within the test: 2 questions".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install txttoqti==0.5.0
cat > "$folder/quiz.txt" <<'TXT'
Q1: What comes first?
A) Ring the front door
B) Wait until Monday
ANSWER: A

Q2: Who is told?
A) Nobody
B) The lead
ANSWER: B
TXT
cat > "$folder/try.py" <<'PY'
import sys
import zipfile
from xml.etree import ElementTree

QTI = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
with zipfile.ZipFile(sys.argv[1]) as package:
    test = ElementTree.fromstring(package.read("assessment.xml"))
    print("named:", *(named.get("href") for named in test.iter(f"{QTI}assessmentItemRef")))
    print("in the package:", *sorted(package.namelist()))
print("within the test:", len(test.findall(f"{QTI}assessmentItem")), "questions")
PY
"$folder/venv/bin/txttoqti" -i "$folder/quiz.txt" -o "$folder/quiz.zip" > /dev/null
said=$("$folder/venv/bin/python" "$folder/try.py" "$folder/quiz.zip")
printf '%s\n' "$said"
[ "$said" = "named: q_1.xml q_2.xml
in the package: assessment.xml imsmanifest.xml
within the test: 2 questions" ]
