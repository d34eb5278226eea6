#!/usr/bin/env bash
# scim2-filter-parser 0.7.0: an attribute whose name is not written as in the table of names drops out
# of the query, and no condition is left: everybody is selected. SCIM's names of attributes know no case
# (RFC 7643, 2.1), so "username" is "userName".
# One would guess the same condition, or an error for a name that is not known.
# What it means for a service that provisioning asks "is this person there": the first of all people is
# taken for the one who was asked for. Bring names to one case before, and refuse what is not known.
# Seen: "userName: ... WHERE UPPER(person.name) = UPPER(%s);", "username: ... FROM person;".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install scim2-filter-parser==0.7.0
cat > "$folder/try.py" <<'PY'
from scim2_filter_parser.queries import SQLQuery

NAMES = {
    ("userName", None, None): "person.name",
    ("externalId", None, None): "person.number",
    ("active", None, None): "person.active",
}

for name in ("userName", "username"):
    print(f"{name}:", " ".join(SQLQuery(f'{name} eq "ada"', "person", NAMES).sql.split()))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "userName: SELECT DISTINCT person.* FROM person WHERE UPPER(person.name) = UPPER(%s);
username: SELECT DISTINCT person.* FROM person;" ]
