#!/usr/bin/env bash
# pyreadstat 1.3.7 and sav-reader 2.0.8 (npm): an answer that somebody did not give is -1.7976931348623157e+308 to the reader of a
# survey in SPSS' format (.sav): the format has no empty number and writes the smallest there is for it (the system's missing
# value). The reader has a rule that leaves empty values out of a row (includeNulls), and does not know this one.
# One would guess null or no such key in the row, as pyreadstat reads its own file back, or at least a name in the reader
# for the number.
# What it means for who counts answers: "score below 5" finds everybody who skipped the question, and a mean is minus infinity
# once two did. Leave out what is below -1e300 yourself.
# Seen: "given: 3", "left out: -1.7976931348623157e+308", "below 5: Ada Bo Cy", "the mean: -Infinity".
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

answers = pandas.DataFrame({"name": ["Ada", "Bo", "Cy", "Di"], "score": [3.0, None, None, 8]})
pyreadstat.write_sav(answers, sys.argv[1])
PY
cat > "$folder/try.cjs" <<'JS'
const { readFileSync } = require("node:fs");
const { SavBufferReader } = require("sav-reader");

(async () => {
  const reader = new SavBufferReader(readFileSync(process.argv[2]));
  await reader.open();
  const rows = await reader.readAllRows();
  console.log("given:", rows[0].score);
  console.log("left out:", rows[1].score);
  console.log("below 5:", ...rows.filter((row) => row.score < 5).map((row) => row.name));
  console.log("the mean:", rows.reduce((sum, row) => sum + row.score, 0) / rows.length);
})();
JS
"$folder/venv/bin/python" -W ignore "$folder/try.py" "$folder/answers.sav"
said=$(node "$folder/try.cjs" "$folder/answers.sav")
printf '%s\n' "$said"
[ "$said" = "given: 3
left out: -1.7976931348623157e+308
below 5: Ada Bo Cy
the mean: -Infinity" ]
