#!/usr/bin/env bash
# email-bounce-parser 1.0.22 (npm): a letter that came back for good (550 5.1.1, no such user) is told as come back for now wherever the
# word "temporary" is in what the mail server wrote, and what it wrote has the address in it. The same letter to temporary.staff@ is
# temporary and not permanent; its code and its kind (no_such_recipient) are told right beside it.
# One would guess that 5 is for good and 4 is for now, as RFC 5321, 4.2.1, has it, and that an address is no remark about itself.
# What it means for who goes on writing to addresses that came back for now: that of agency staff, which many councils name so, is
# written to for ever, and its training counts as offered. Go by the first digit of the code.
# (Node runs its regular expressions here, and not re2, which is built anew wherever it is installed; with re2 1.20.7 it is the same.)
# Seen: "ada.lamb@: 550 5.1.1, no_such_recipient, permanent", "temporary.staff@: 550 5.1.1, no_such_recipient, temporary".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" email-bounce-parser@1.0.22
cat > "$folder/try.cjs" <<'JS'
class Expression extends RegExp {
  match(text) { return text.match(this); }
  split(text) { return text.split(this); }
  replace(text, by) { return text.replace(this, by); }
}
const re2 = require.resolve("re2");
require.cache[re2] = { id: re2, filename: re2, loaded: true, exports: Expression };
const Parser = require("email-bounce-parser");

for (const user of ["ada.lamb", "temporary.staff"]) {
  const { error, recipient } = new Parser().read(`This is the mail system at host mx.school.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

                   The mail system

<${user}@council.example>: host mx.council.example[192.0.2.7] said: 550 5.1.1
    <${user}@council.example>: Recipient address rejected: User unknown in
    virtual mailbox table (in reply to RCPT TO command)
`).data;
  const code = `${error.code.basic} ${error.code.enhanced}`;
  const how = ["temporary", "permanent"].filter((word) => error[word]).join(" and ");
  console.log(`${recipient.split("@")[0]}@: ${code}, ${error.data.type}, ${how}`);
}
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "ada.lamb@: 550 5.1.1, no_such_recipient, permanent
temporary.staff@: 550 5.1.1, no_such_recipient, temporary" ]
