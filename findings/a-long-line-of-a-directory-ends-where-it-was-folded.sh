#!/usr/bin/env bash
# ldif 4.3.0 and ldif2json 1.0.8 (PyPI): what a directory exports (LDIF) has its long lines folded, after 76 characters by this writer,
# and by RFC 2849 (Notes on LDIF Syntax) a line that begins with a space belongs to the one before. The reader takes each line by
# itself: of a name in the directory, a title or a manager the first line is what there is, and the rest is gone. It says nothing.
# One would guess that a reader of that format reads what its writers write: its README reads from ldapsearch, which folds.
# What it means for who takes people from a directory: short names are right, and whoever is in a unit with a long one has a manager
# who is nobody, a title that ends within a word and a place that no other entry has. Have the lines unfolded first (ldapsearch -o
# ldif-wrap=no), or join them before they are read.
# Seen: "the title: 79 letters, 79 by ldif, 69 by ldif2json", "the manager is Ben: True by ldif, False by ldif2json".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install ldif==4.3.0 ldif2json==1.0.8
cat > "$folder/try.py" <<'PY'
import io

from ldif import LDIFParser, LDIFWriter
from ldif2json import parse_ldif

UNIT = "ou=Designated Safeguarding Leads,ou=Children and Families,dc=school,dc=example"
TITLE = "Designated Safeguarding Lead and Deputy Head for Children with Additional Needs"

file = io.BytesIO()
writer = LDIFWriter(file)
writer.unparse(f"uid=ben,{UNIT}", {"cn": ["Ben Ash"]})
writer.unparse(f"uid=ada,{UNIT}", {"cn": ["Ada Lamb"], "title": [TITLE], "manager": [f"uid=ben,{UNIT}"]})
people = parse_ldif(file.getvalue().decode().splitlines())
file.seek(0)
whole = [{"dn": dn, **{name: values[0] for name, values in entry.items()}} for dn, entry in LDIFParser(file).parse()]


def has_manager(entries):
    return entries[1]["manager"] == f"uid=ben,{UNIT}"


print(f"the title: {len(TITLE)} letters, {len(whole[1]['title'])} by ldif, {len(people[1]['title'])} by ldif2json")
print(f"the manager is Ben: {has_manager(whole)} by ldif, {has_manager(people)} by ldif2json")
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "the title: 79 letters, 79 by ldif, 69 by ldif2json
the manager is Ben: True by ldif, False by ldif2json" ]
