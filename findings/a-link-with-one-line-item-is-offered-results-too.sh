#!/usr/bin/env bash
# lti1p3platform 0.1.8: where a link has a line item of its own and no list of them, a tool may post scores and no
# more; the launch says so by its scopes. The library takes the others off while it walks over the same list, so
# every second one stays: results are offered as well.
# One would guess that the claim holds the scope of scores alone, as the line above that loop says.
# What it means for a tool that is tried against it: whoever takes the scopes of a launch for what the platform
# grants asks for too much. Ask for what you use, whatever is offered.
# Seen: "one line item: result.readonly score".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install lti1p3platform==0.1.8
cat > "$folder/try.py" <<'PY'
from lti1p3platform.ags import LtiAgs

claim = LtiAgs(lineitem_url="https://course.example/items/1").get_lti_ags_launch_claim()
(service,) = claim.values()
print("one line item:", *(scope.rpartition("/")[2] for scope in service["scope"]))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "one line item: result.readonly score" ]
