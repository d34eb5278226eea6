#!/usr/bin/env bash
# cefevent 0.5.6 and pycef 1.11: an event in CEF whose name holds an equals sign, or a bar written with a backslash, is read without
# a name and without a severity, and the first field after them has a key that nobody wrote. The reader looks for a head without
# either sign; by the format's own guide an equals sign needs no backslash there, and a bar has one, so both are well written.
# One would guess that what is well written is read, or that nothing is: the reader gives None for other lines.
# What it means for who collects events of learning: "Passed (score=8)" arrives as an event of no name and no weight, and an
# alarm by either stays silent. Keep both signs out of names, and put the score into a field of its own.
# Seen: "Passed: Passed, severity 5, msg again", "Passed (score=8): no name, severity none, 8)|5|msg again", "Passed | twice: no name,
# severity none, twice|5|msg again".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install cefevent==0.5.6 pycef==1.11
cat > "$folder/try.py" <<'PY'
import pycef
from cefevent import CEFEvent

HEAD = ("Device", "Name", "Severity", "CEFVersion")
for name in ("Passed", "Passed (score=8)", "Passed | twice"):
    event = CEFEvent(strict=True)
    event.set_field("name", name)
    event.set_field("message", "again")
    read = pycef.parse(event.build_cef())
    fields = [f"{key} {value}" for key, value in read.items() if not key.startswith(HEAD)]
    print(f"{name}: {read['Name'] or 'no name'}, severity {read.get('Severity', 'none')},", *fields)
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "Passed: Passed, severity 5, msg again
Passed (score=8): no name, severity none, 8)|5|msg again
Passed | twice: no name, severity none, twice|5|msg again" ]
