#!/usr/bin/env bash
# scim2-parse-filter 0.2.10 (npm): "meta.lastModified gt ..." compares the two times as texts. What was changed at
# 09:30 of Greenwich is after 10:00 of British summer time, and is not found; asked in Greenwich's time it is.
# One would guess that times are compared as times, as RFC 7644 (3.4.2.2) has it for such an attribute.
# What it means for whoever asks "who changed since?" in their own time: from March to October the last hour's
# joiners and leavers are left out, without an error. Ask in UTC, ending in Z, with as many digits as are stored.
# Seen: "since 10:00:00+01:00: 0 found", "since 09:00:00Z: 1 found".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" scim2-parse-filter@0.2.10
cat > "$folder/try.cjs" <<'JS'
const { filter, parse } = require("scim2-parse-filter");

const people = [{ userName: "ada", meta: { lastModified: "2027-06-01T09:30:00Z" } }];
for (const since of ["10:00:00+01:00", "09:00:00Z"]) {
  const found = people.filter(filter(parse(`meta.lastModified gt "2027-06-01T${since}"`)));
  console.log(`since ${since}: ${found.length} found`);
}
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "since 10:00:00+01:00: 0 found
since 09:00:00Z: 1 found" ]
