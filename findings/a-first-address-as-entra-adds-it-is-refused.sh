#!/usr/bin/env bash
# scim2-models 0.12.3: a PATCH that adds 'emails[type eq "work"].value', as Microsoft Entra adds an address to
# somebody who has none yet, is refused with noTarget; so is "Replace" of it. With an address of that type it is taken.
# One would guess that an add makes what it names, as it does for every attribute with one value (name.givenName),
# and as scim-patch 0.8.3 does for the same operation.
# What it means: new people stay without an address, and Entra asks the same again and again, and at last stops the
# whole connection. Make the value from the filter's own words where nothing matches.
# Seen: "given name: Ada", "first address: refused", "second: new@council.example", "scim-patch: work new@council.example".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install scim2-models==0.12.3
npm install --silent --no-audit --no-fund --prefix "$folder" scim-patch@0.8.3
cat > "$folder/try.py" <<'PY'
from scim2_models import Context, PatchOp, User
from scim2_models.exceptions import SCIMException

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
WORK = 'emails[type eq "work"].value'


def patched(path, value, **had):
    person = User(user_name="ada", **had)
    message = {"schemas": [PATCH], "Operations": [{"op": "Add", "path": path, "value": value}]}
    asked = PatchOp[User].model_validate(message, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    asked.patch(person)
    return person


print("given name:", patched("name.givenName", "Ada").name.given_name)
try:
    print("first address:", patched(WORK, "new@council.example").emails[0].value)
except SCIMException:
    print("first address: refused")
had = [{"value": "old@council.example", "type": "work"}]
print("second:", patched(WORK, "new@council.example", emails=had).emails[0].value)
PY
cat > "$folder/try.cjs" <<'JS'
const { scimPatch } = require("scim-patch");

const add = { op: "Add", path: 'emails[type eq "work"].value', value: "new@council.example" };
const [{ type, value }] = scimPatch({ schemas: [], userName: "ada" }, [add]).emails;
console.log(`scim-patch: ${type} ${value}`);
JS
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py" && node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "given name: Ada
first address: refused
second: new@council.example
scim-patch: work new@council.example" ]
