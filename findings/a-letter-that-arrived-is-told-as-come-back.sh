#!/usr/bin/env bash
# baunsu 0.2.3 (npm): a report which says that a letter was delivered (Action: delivered, Status: 2.0.0, RFC 3464) is
# a bounce; so is one that says it is late and will be tried again. The status beside it reads "Success".
# One would guess that a letter which arrived is none, as the library reads what the status says.
# What it means for who stops writing to addresses that bounce: asking for receipts stops the letters to everybody
# who gets them. Look at Action yourself: "failed" alone is one.
# Seen: "failed: true, Permanent Failure", "delivered: true, Success".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" baunsu@0.2.3
cat > "$folder/try.cjs" <<'JS'
const Baunsu = require("baunsu");

function report(action, status) {
  return [
    "From: MAILER-DAEMON@mx.example", "To: quiz@knowledge.example", "Subject: Your letter", "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type=delivery-status; boundary="B"', "",
    "--B", "Content-Type: text/plain", "", "This is a report.", "",
    "--B", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", "",
    "Final-Recipient: rfc822; cora@council.example", `Action: ${action}`, `Status: ${status}`, "", "--B--", "",
  ].join("\r\n");
}

for (const [action, status] of [["failed", "5.1.1"], ["delayed", "4.4.1"], ["delivered", "2.0.0"]]) {
  const found = new Baunsu().detectSync(report(action, status));
  console.log(`${action}: ${found.bounced}, ${found.status.class.message}`);
}
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "failed: true, Permanent Failure
delayed: true, Persistent Transient Failure
delivered: true, Success" ]
