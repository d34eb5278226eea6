#!/usr/bin/env bash
# scim2-models 0.12.3: a PATCH that gives somebody a manager by their id alone, as a text, as Microsoft Entra sends
# it, is refused with invalidValue; as {"value": id}, or with the path "manager.value", it is taken.
# One would guess that it is read as the rest of what Entra sends in other forms is: "True" for true, "Add" for add.
# What it means: nobody has a manager, so nobody's team is seen, though every name and address arrives. Make an
# object of the text where the schema has an object with a value.
# Seen: "text: refused", "object: 26", "path: 26", "True in letters: True".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install scim2-models==0.12.3
cat > "$folder/try.py" <<'PY'
from scim2_models import Context, EnterpriseUser, PatchOp, User
from scim2_models.exceptions import SCIMException

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
Person = User[EnterpriseUser]


def patched(path, value):
    person = Person(user_name="ada")
    message = {"schemas": [PATCH], "Operations": [{"op": "Add", "path": path, "value": value}]}
    asked = PatchOp[Person].model_validate(message, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    try:
        asked.patch(person)
    except SCIMException:
        return None
    return person


for told, path, value in (
    ("text", "manager", "26"),
    ("object", "manager", {"value": "26"}),
    ("path", "manager.value", "26"),
):
    person = patched(f"{ENTERPRISE}:{path}", value)
    print(f"{told}: {person[EnterpriseUser].manager.value if person else 'refused'}")
print("True in letters:", patched("active", "True").active)
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "text: refused
object: 26
path: 26
True in letters: True" ]
