#!/usr/bin/env bash
# scim2-tester 0.5.2: for an attribute that a server's schema declares as dateTime it makes a random word,
# a UUID, and counts the server's refusal of it as the server's fault. Numbers and yes-or-no get their kind.
# One would guess that a checker which reads the schema sends what the schema asks for.
# What it means for whoever serves people with a day of starting: seven checks fail that are none; declare
# it as a string, or give the attribute an example, which the checker takes.
# Seen: "hours is a number: True", "startedOn is a date: False".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install scim2-tester==0.5.2 scim2-models==0.12.3
cat > "$folder/try.py" <<'PY'
from datetime import datetime

from scim2_models import URN, Path, Resource
from scim2_tester.filling import generate_random_value


class Post(Resource):
    __schema__ = URN("urn:example:schemas:Post")
    hours: int | None = None
    started_on: datetime | None = None


def is_date(value):
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


print("hours is a number:", isinstance(generate_random_value(None, Path[Post]("hours")), int))
print("startedOn is a date:", is_date(generate_random_value(None, Path[Post]("startedOn"))))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "hours is a number: True
startedOn is a date: False" ]
