#!/usr/bin/env bash
# @xapi/xapi 3.0.3 (npm) and tincan 1.0.0 (PyPI): the duration that the client makes of two times which lie whole
# days apart is "P1DT", with a T and nothing after it, which is no duration by ISO 8601; the other library refuses it
# with the whole result. A second more, and it is read.
# One would guess "P1D", or "P1DT0S", as the same function gives "PT0S" where no time has passed.
# What it means for results that count in days (a start and an end that are both kept as days): each of them is
# lost, and those with an hour are not. Write durations in seconds ("PT86400S"), which all read.
# Seen: "0: PT0S read", "86400: P1DT refused", "86401: P1DT1S read".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install tincan==1.0.0
npm install --silent --no-audit --no-fund --prefix "$folder" @xapi/xapi@3.0.3
cat > "$folder/make.cjs" <<'JS'
const XAPI = require("@xapi/xapi").default || require("@xapi/xapi");

for (const seconds of [0, 86400, 86401]) {
  console.log(`${seconds} ${XAPI.calculateISO8601Duration(new Date(0), new Date(seconds * 1000))}`);
}
JS
cat > "$folder/read.py" <<'PY'
import sys

from tincan import Result

for line in sys.stdin:
    seconds, duration = line.split()
    try:
        Result(duration=duration)
        said = "read"
    except Exception:
        said = "refused"
    print(f"{seconds}: {duration} {said}")
PY
said=$(node "$folder/make.cjs" | "$folder/venv/bin/python" -W ignore "$folder/read.py")
printf '%s\n' "$said"
[ "$said" = "0: PT0S read
86400: P1DT refused
86401: P1DT1S read" ]
