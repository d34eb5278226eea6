#!/usr/bin/env bash
# qti_package_maker 26.7.14: the QTI 2.1 package says shuffle="true" of the answers to a question and
# fixed="true" of every single one of them, which by the standard keeps each where it is: they are never
# shuffled, and the right one stands where its author wrote it.
# One would guess that shuffle is meant, and that at most "none of these" at the end is fixed.
# What it means for a bank whose authors write the right answer first: the first answer is right for everybody.
# Seen: "shuffle: true", "fixed: 3 of 3".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install qti_package_maker==26.7.14
cat > "$folder/try.py" <<'PY'
import contextlib
import io
import os
import pathlib
import zipfile
from xml.etree import ElementTree

from qti_package_maker.package_interface import QTIPackageInterface

os.chdir(pathlib.Path(__file__).parent)
maker = QTIPackageInterface("questions")
maker.add_item("MC", ("What first?", ["Ring today", "Wait", "Ask"], "Ring today"))
with contextlib.redirect_stdout(io.StringIO()):
    package = maker.save_package("blackboard_qti_v2_1")

with zipfile.ZipFile(package) as files:
    item = ElementTree.fromstring(files.read("qti21_items/item_00001.xml"))
asked = item.find(".//{*}choiceInteraction")
fixed = [choice.get("fixed") == "true" for choice in asked.findall("{*}simpleChoice")]
print(f"shuffle: {asked.get('shuffle')}")
print(f"fixed: {sum(fixed)} of {len(fixed)}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "shuffle: true
fixed: 3 of 3" ]
