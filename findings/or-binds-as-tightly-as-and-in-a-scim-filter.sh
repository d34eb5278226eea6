#!/usr/bin/env bash
# scim2-filter-parser 0.7.0: "a or b and c" is read from left to right, as "(a or b) and c".
# In SCIM, as nearly everywhere, "and" comes before "or" (RFC 7644, 3.4.2.2).
# One would guess "a or (b and c)", which is what the sender means.
# What it means: whoever is found by the first part alone is lost when the last part does not hold.
# Write a parser that knows the order, or put the parentheses in before.
# Seen: "((person.number = %s) OR (person.number = %s)) AND (person.active = %s);".
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

text = 'externalId eq "1" or externalId eq "2" and active eq true'
print(SQLQuery(text, "person", NAMES).sql.partition("WHERE ")[2].strip())
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "((person.number = %s) OR (person.number = %s)) AND (person.active = %s);" ]
