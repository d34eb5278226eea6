#!/usr/bin/env bash
# citolab-qti-convert 0.2.0: `qti-convert upgrade` turns QTI 2.x into QTI 3.0. A package of QTI 1.2, as Canvas and others
# write it, comes out with the label 3.0.0 in its manifest and with its questions as they were, in
# <questestinterop>; the exit status is 0 and nothing is said.
# One would guess that what it cannot convert is refused, or at least named.
# What it means for who builds on it: look at the root element first; `questestinterop` is QTI 1.2, whatever a manifest says.
# Seen: "status 0, schema version 3.0.0, question root questestinterop".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install citolab-qti-convert==0.2.0
cat > "$folder/try.py" <<'PY'
import re
import subprocess
import sys
import zipfile
from pathlib import Path

folder = Path(sys.argv[1])
MANIFEST = """\
<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1">
  <metadata><schema>IMS Content</schema><schemaversion>1.1.3</schemaversion></metadata>
  <organizations/>
  <resources>
    <resource identifier="q" type="imsqti_xmlv1p2" href="quiz.xml"><file href="quiz.xml"/></resource>
  </resources>
</manifest>
"""
QUIZ = """\
<?xml version="1.0" encoding="UTF-8"?>
<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">
  <assessment ident="a" title="Tea"><section ident="root"><item ident="i" title="Water">
    <presentation><material><mattext texttype="text/plain">What does water do?</mattext></material>
      <response_lid ident="r" rcardinality="Single"><render_choice>
        <response_label ident="x"><material><mattext>Boils</mattext></material></response_label>
        <response_label ident="y"><material><mattext>Waits</mattext></material></response_label>
      </render_choice></response_lid></presentation>
  </item></section></assessment>
</questestinterop>
"""
with zipfile.ZipFile(folder / "old.zip", "w") as package:
    package.writestr("imsmanifest.xml", MANIFEST)
    package.writestr("quiz.xml", QUIZ)
done = subprocess.run(
    [folder / "venv/bin/qti-convert", "upgrade", folder / "old.zip", folder / "new.zip"],
    capture_output=True,
    text=True,
)
with zipfile.ZipFile(folder / "new.zip") as package:
    manifest = package.read("imsmanifest.xml").decode()
    quiz = package.read("quiz.xml").decode()
version = re.search(r"<schemaversion>([^<]*)", manifest)[1]
root = re.search(r"<([a-zA-Z-]+)[\s>]", quiz.partition("?>")[2] or quiz)[1]
print(f"status {done.returncode}, schema version {version}, question root {root}")
print(done.stdout + done.stderr, end="")
PY
said=$("$folder/venv/bin/python" "$folder/try.py" "$folder")
printf '%s\n' "$said"
[ "$said" = "status 0, schema version 3.0.0, question root questestinterop" ]
