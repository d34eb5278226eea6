#!/usr/bin/env bash
# ldif 0.5.1 (npm): a directory's export (LDIF) in which one field of one entry has no value ("telephoneNumber:" and the end of the
# line) is not read at all: a TypeError about null, which names neither the line nor the entry. By RFC 2849 what is after the
# colon may be nothing, and the library's own grammar takes it; what falls over is what makes a value of it.
# One would guess an empty text; what is no LDIF gets a SyntaxError of the library's that tells its line.
# What it means for who takes people from a directory at night: it works for months, and from the day on which somebody's
# telephone was emptied nobody joins and nobody leaves. Take out lines that end in their colon first.
# Seen: "all have a number: 2 people", "one has none: TypeError, line undefined", "no LDIF: SyntaxError, line 3".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" ldif@0.5.1
cat > "$folder/try.cjs" <<'JS'
const { parse } = require("ldif");

const directory = (line) => `dn: cn=Ada Lamb,ou=People,dc=council,dc=example
cn: Ada Lamb
${line}

dn: cn=Bo Reed,ou=People,dc=council,dc=example
cn: Bo Reed
`;

for (const [how, line] of [
  ["all have a number", "telephoneNumber: 020 7946 0000"],
  ["one has none", "telephoneNumber:"],
  ["no LDIF", "telephoneNumber"],
]) {
  try {
    console.log(`${how}: ${parse(directory(line)).entries.length} people`);
  } catch (error) {
    console.log(`${how}: ${error.name}, line ${error.location?.start.line ?? error.line}`);
  }
}
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "all have a number: 2 people
one has none: TypeError, line undefined
no LDIF: SyntaxError, line 3" ]
