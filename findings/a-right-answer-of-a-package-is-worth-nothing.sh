#!/usr/bin/env bash
# qti_package_maker 26.7.14: in the QTI 2.1 package (its engine for Blackboard) a question with one or several
# right answers has a rule that asks whether the answer is right and then sets no outcome: SCORE stays
# without a value whatever is answered. A question of order has the standard's own template, which scores.
# One would guess that a rule that finds the right answer gives its mark.
# What it means for who brings questions from one system to another: a player that does what the file says
# gives nobody a mark, and no file is refused, since the schema allows an empty rule. Read the correct
# response, not the rule.
# Seen: "one of: asks match, then 0 outcomes", "several of: asks match, then 0 outcomes",
# "order: template match_correct".
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
maker = QTIPackageInterface("questions", allow_mixed=True)
maker.add_item("MC", ("What first?", ["Ring today", "Wait", "Ask"], "Ring today"))
maker.add_item("MA", ("Who is told?", ["Police", "Health", "Nobody"], ["Police", "Health"]))
maker.add_item("ORDER", ("In which order?", ["Ask", "Ring", "Write"]))
with contextlib.redirect_stdout(io.StringIO()):
    package = maker.save_package("blackboard_qti_v2_1")

with zipfile.ZipFile(package) as files:
    for number, kind in enumerate(("one of", "several of", "order"), 1):
        item = ElementTree.fromstring(files.read(f"qti21_items/item_{number:05}.xml"))
        rule = item.find("{*}responseProcessing")
        if template := rule.get("template"):
            print(f"{kind}: template {template.rpartition('/')[2]}")
            continue
        asked = rule.find(".//{*}responseIf")[0].tag.rpartition("}")[2]
        print(f"{kind}: asks {asked}, then {len(rule.findall('.//{*}setOutcomeValue'))} outcomes")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "one of: asks match, then 0 outcomes
several of: asks match, then 0 outcomes
order: template match_correct" ]
