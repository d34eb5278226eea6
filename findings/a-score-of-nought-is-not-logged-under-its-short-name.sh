#!/usr/bin/env bash
# cefevent 0.5.6: a field of an event in CEF has a long name (deviceCustomNumber1) and a short one, which is what is written (cn1).
# Nought under the long name is written; under the short one it is refused, and left out without a word. With strict=True it
# is a ValueError, which names the rules of the field; nought keeps them. Every other number is taken by both.
# One would guess that two names of one field take one set of values.
# What it means for a log of results that is sent to a collector: all attempts have their score but those that were all
# wrong, which a search for low scores then never finds. Use the long names, or look at what set_field() gives back.
# Seen: "long: cn1=0 cn1=1", "short: nothing cn1=1", "strict, short: ValueError".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install cefevent==0.5.6
cat > "$folder/try.py" <<'PY'
from cefevent import CEFEvent


def written(name, value, strict=False):
    event = CEFEvent(strict=strict)
    try:
        event.set_field(name, value)
    except ValueError as error:
        return type(error).__name__
    return event.build_cef().rpartition("|")[2] or "nothing"


print("long:", written("deviceCustomNumber1", 0), written("deviceCustomNumber1", 1))
print("short:", written("cn1", 0), written("cn1", 1))
print("strict, short:", written("cn1", 0, strict=True))
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "long: cn1=0 cn1=1
short: nothing cn1=1
strict, short: ValueError" ]
