#!/usr/bin/env bash
# tincan 1.0.0 (the xAPI project's own library for Python): a statement whose id is a UUID of version 7
# (RFC 9562) is refused as "Invalid UUID string". Versions 1 to 5 are taken.
# One would guess that any UUID is taken, as Python's own uuid.UUID takes it.
# What it means for who sends statements: ids that sort by time, as new databases give them, cannot be read
# back by systems built on it. Derive a statement's id by uuid5 from what it tells.
# Seen: "version 4: taken", "version 5: taken", "version 7: Invalid UUID string".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install tincan==1.0.0
cat > "$folder/try.py" <<'PY'
from uuid import UUID

from tincan import Statement

for text in (
    "5d9c8a3e-3d7b-4c2d-8f1e-0a1b2c3d4e5f",
    "5d9c8a3e-3d7b-5c2d-8f1e-0a1b2c3d4e5f",
    "01a2284d-851a-744a-91cd-70351f2fb5c5",
):
    try:
        Statement(id=text)
        said = "taken"
    except ValueError as refused:
        said = str(refused)
    print(f"version {UUID(text).version}: {said}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "version 4: taken
version 5: taken
version 7: Invalid UUID string" ]
