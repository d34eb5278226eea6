#!/usr/bin/env bash
# scimmy 1.3.5 (npm): a filter that looks into an attribute with parts (emails.value) throws a TypeError as soon as
# one of the people it is held against has no such attribute; so does "emails pr", which asks for just that.
# One would guess that somebody without an address is not found, as somebody without a title is.
# What it means for a directory of a children's service, where agency workers have no mailbox: one such row ends
# every search by address, and a peer that looks for somebody before it adds them adds nobody.
# Seen: "title: Cy", "address: TypeError", "address, all have one: Bo".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" scimmy@1.3.5
cat > "$folder/try.mjs" <<'JS'
import SCIMMY from "scimmy";

const BO = { userName: "Bo", emails: [{ value: "bo@council.example", type: "work" }] };
const CY = { userName: "Cy", title: "Agency" };

function found(text, people) {
  try {
    return new SCIMMY.Types.Filter(text).match(people).map((one) => one.userName).join(" ");
  } catch (error) {
    return error.name;
  }
}

console.log(`title: ${found('title eq "Agency"', [BO, CY])}`);
console.log(`address: ${found('emails.value eq "bo@council.example"', [BO, CY])}`);
console.log(`address present: ${found("emails pr", [BO, CY])}`);
console.log(`address, all have one: ${found('emails.value eq "bo@council.example"', [BO])}`);
JS
said=$(node "$folder/try.mjs")
printf '%s\n' "$said"
[ "$said" = "title: Cy
address: TypeError
address present: TypeError
address, all have one: Bo" ]
