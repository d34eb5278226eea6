#!/usr/bin/env bash
# pyreadstat 1.3.7 and sav-reader 2.0.8 (npm): a survey's answers in SPSS' format (.sav), written with row_compress=True, are read as
# those of the first person, and then the file is said to end. Its head, which the reader has read, says six. Such a file packs
# values in eights, and this writer fills the last eight of each person up with noughts; the reader takes that for the end of all.
# Not packed, the same answers are read whole.
# One would guess that they are read, or that a file which ends before the number of people that its head tells is a fault.
# What it means for surveys that come from R or Python (one library, ReadStat, writes for both): a table of one person is no
# error to anybody, and a mean of it is a mean. Hold the number of rows against meta.header.n_cases.
# Seen: "plain: 6 of 6", "packed: 1 of 6".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install pyreadstat==1.3.7 pandas==2.3.3 numpy==2.4.6
npm install --silent --no-audit --no-fund --prefix "$folder" sav-reader@2.0.8
cat > "$folder/try.py" <<'PY'
import sys

import pandas
import pyreadstat

folder = sys.argv[1]
answers = pandas.DataFrame({"told": [1.0, 2, 1, 2, 1, 2], "when": [3.0, 1, 2, 3, 1, 2]})
pyreadstat.write_sav(answers, f"{folder}/plain.sav")
pyreadstat.write_sav(answers, f"{folder}/packed.sav", row_compress=True)
PY
cat > "$folder/try.cjs" <<'JS'
const { readFileSync } = require("node:fs");
const { SavBufferReader } = require("sav-reader");

(async () => {
  for (const how of ["plain", "packed"]) {
    const reader = new SavBufferReader(readFileSync(`${process.argv[2]}/${how}.sav`));
    await reader.open();
    const rows = await reader.readAllRows();
    console.log(`${how}: ${rows.length} of ${reader.meta.header.n_cases}`);
  }
})();
JS
"$folder/venv/bin/python" -W ignore "$folder/try.py" "$folder"
said=$(node "$folder/try.cjs" "$folder")
printf '%s\n' "$said"
[ "$said" = "plain: 6 of 6
packed: 1 of 6" ]
