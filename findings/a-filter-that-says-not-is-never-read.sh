#!/usr/bin/env bash
# scim-query-filter-parser 2.0.4 (npm): a filter with "not" is refused, with a space before the bracket as the
# examples of RFC 7644 (3.4.2.2) have it and without: the one as "Failed to parse!", the other by a message about
# the library's own insides ("INVARIANT"). Its grammar knows the word.
# One would guess that what the grammar knows can be asked for.
# What it means for who asks a directory for all but the leavers: turn the question round ("active ne false") before
# it is sent, and answer a filter that is not read with invalidFilter, or the peer takes it for a fault and goes on.
# Seen: "ne: found", "not with a space: refused", "not without: refused".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" scim-query-filter-parser@2.0.4
cat > "$folder/try.cjs" <<'JS'
const { compileFilter } = require("scim-query-filter-parser");

function told(name, text) {
  try {
    console.log(`${name}: ${compileFilter(text)({ userName: "ada", active: true }) ? "found" : "not found"}`);
  } catch (error) {
    console.log(`${name}: refused`);
  }
}

told("ne", "active ne false");
told("not with a space", "not (active eq false)");
told("not without", "not(active eq false)");
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "ne: found
not with a space: refused
not without: refused" ]
