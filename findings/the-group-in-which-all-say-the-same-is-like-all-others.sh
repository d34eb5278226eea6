#!/usr/bin/env bash
# anonypy 0.2.1: anonymize_t_closeness(k, p) is to make groups whose answers are spread as everybody's are, to within p. The limit that was
# asked for is lost as soon as a group is looked at: the variable that holds it is used for the share of each answer as well, and what
# is compared at last is the share of the last one. A group in which all say the same has the share 1, and so always passes.
# One would guess that p is the limit, or that at least another p makes another table: 0.01, 0.5 and 0.9 all make the same.
# What it means for who publishes answers by groups: of a staff of whom half said "no" each group says "no" or "yes" as one, so that
# whoever knows somebody's age knows their answer, in a table that is called close to within a hundredth. pycanon 1.3.6 measures it
# rightly: measure what comes out, and do not publish by the name of the method.
# Seen: "asked for 0.01: 20-22 no, 23-25 no, 50-52 yes, 53-55 yes; it is 0.50", and so of 0.5 and 0.9.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install anonypy==0.2.1 pycanon==1.3.6 pandas==2.3.3 numpy==2.0.2
cat > "$folder/try.py" <<'PY'
import anonypy
import pandas
from pycanon import anonymity

STAFF = pandas.DataFrame({
    "age": [20, 21, 22, 23, 24, 25, 50, 51, 52, 53, 54, 55],
    "answer": pandas.Categorical(["no"] * 6 + ["yes"] * 6),
})

for asked in (0.01, 0.5, 0.9):
    rows = anonypy.Preserver(STAFF, ["age"], "answer").anonymize_t_closeness(3, asked)
    table = pandas.DataFrame(
        [(row["age"][0], row["answer"]) for row in rows for _ in range(row["count"])],
        columns=["age", "answer"],
    )
    groups = ", ".join(f"{row['age'][0]} {row['answer']}" for row in rows)
    it_is = anonymity.t_closeness(table, ["age"], ["answer"])
    print(f"asked for {asked}: {groups}; it is {it_is:.2f}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "asked for 0.01: 20-22 no, 23-25 no, 50-52 yes, 53-55 yes; it is 0.50
asked for 0.5: 20-22 no, 23-25 no, 50-52 yes, 53-55 yes; it is 0.50
asked for 0.9: 20-22 no, 23-25 no, 50-52 yes, 53-55 yes; it is 0.50" ]
