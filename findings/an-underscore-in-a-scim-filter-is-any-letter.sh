#!/usr/bin/env bash
# scim2-filter-parser 0.7.0: the value of "sw", "co" and "ew" goes into LIKE as it is, so that an
# underscore, which many user names hold, stands for any one character, and a percent sign for any number.
# One would guess that a value means itself, since the filter's language has no wildcards.
# What it means: "starts with a_b" finds "axb" too. Escape the value, or compare by other means.
# Seen: "['a_b', 'axb']".
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

import sqlite3

query = SQLQuery('externalId sw "a_b"', "person", NAMES)
(value,) = query.params_dict.values()
people = sqlite3.connect(":memory:")
people.execute("CREATE TABLE person (number TEXT)")
people.executemany("INSERT INTO person VALUES (?)", [("a_b",), ("axb",), ("other",)])
found = people.execute(query.sql.replace("%s", "?"), (value,)).fetchall()
print(sorted(number for (number,) in found))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "['a_b', 'axb']" ]
