#!/usr/bin/env bash
# scim-patch 0.8.3 (npm): where a PATCH adds an address that is primary, the one that was primary stays so: the
# person has two. RFC 7644, 3.5.2, has the server take it off all others by itself.
# One would guess that a library which is for this one operation does what its section says of primary values.
# What it means for who writes to people at their primary address: whoever reads the first that is marked goes on
# writing to the old one, for years perhaps. Take the mark off the others yourself, after the patch.
# Seen: "primary: old@council.example new@council.example".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" scim-patch@0.8.3
cat > "$folder/try.cjs" <<'JS'
const { scimPatch } = require("scim-patch");

const person = {
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  userName: "ada",
  emails: [{ value: "old@council.example", type: "work", primary: true }],
};
const added = [{ value: "new@council.example", type: "other", primary: true }];
const { emails } = scimPatch(person, [{ op: "add", path: "emails", value: added }]);
console.log(`primary: ${emails.filter((email) => email.primary).map((email) => email.value).join(" ")}`);
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "primary: old@council.example new@council.example" ]
