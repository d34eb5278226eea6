#!/usr/bin/env bash
# scim2-models 0.12.3: a PATCH that takes a member out of a group by naming the member as a value, as
# Microsoft Entra sends it unless a flag in its address says otherwise, is refused as a whole.
# One would guess that it is taken: the library does read Entra's "Replace" and its "False" in letters.
# What it means: people are put into groups and never taken out. Turn {"op": "Remove", "path": "members",
# "value": [{"value": ID}]} into {"op": "remove", "path": 'members[value eq "ID"]'} before it is read.
# Seen: "by value: refused", "by path: ['2']", "False in letters: False".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install scim2-models==0.12.3
cat > "$folder/try.py" <<'PY'
from pydantic import ValidationError
from scim2_models import Context, Group, PatchOp, User

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def patched(resource, operation):
    message = {"schemas": [PATCH], "Operations": [operation]}
    asked = PatchOp[type(resource)].model_validate(
        message, scim_ctx=Context.RESOURCE_PATCH_REQUEST
    )
    asked.patch(resource)
    return resource


def members(operation):
    group = Group(display_name="North", members=[{"value": "1"}, {"value": "2"}])
    try:
        return [member.value for member in patched(group, operation).members]
    except ValidationError:
        return "refused"


print("by value:", members({"op": "Remove", "path": "members", "value": [{"value": "1"}]}))
print("by path:", members({"op": "remove", "path": 'members[value eq "1"]'}))
replaced = patched(User(user_name="ada"), {"op": "Replace", "path": "active", "value": "False"})
print("False in letters:", replaced.active)
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "by value: refused
by path: ['2']
False in letters: False" ]
