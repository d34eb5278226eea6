#!/usr/bin/env bash
# pycanon 1.3.6: how many different answers there are at least among people who look alike (l-diversity) depends on the order of
# the rows. It groups by the labels that pandas gave them, and then takes rows by their places under those numbers: once a
# table was sorted or some rows were taken out, the two differ, and what it counts is other people's answers.
# One would guess that a measure of a table is one of what it holds: k-anonymity, out of the same library, is the same for both.
# What it means for who publishes counts of answers: of a team in which all said the same, which l = 1 is there to find, it
# says l = 2, since somebody sorted the list by team. Call reset_index(drop=True) first.
# Seen: "as read: k 3, l 1", "sorted: k 3, l 2", "sorted, numbered anew: k 3, l 1".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pycanon==1.3.6
cat > "$folder/try.py" <<'PY'
import pandas
from pycanon import anonymity

people = pandas.DataFrame({"team": list("ABABAB"), "passed": ["yes", "no"] * 3})


def tell(how, table):
    k = anonymity.k_anonymity(table, ["team"])
    print(f"{how}: k {k}, l {anonymity.l_diversity(table, ['team'], ['passed'])}")


ordered = people.sort_values("team")
tell("as read", people)
tell("sorted", ordered)
tell("sorted, numbered anew", ordered.reset_index(drop=True))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "as read: k 3, l 1
sorted: k 3, l 2
sorted, numbered anew: k 3, l 1" ]
