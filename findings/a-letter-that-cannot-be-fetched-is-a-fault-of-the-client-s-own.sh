#!/usr/bin/env bash
# notifications-node-client 8.4.0 (npm, GOV.UK Notify's own): where a letter's PDF is asked for and what answers is a gateway with
# a page of its own (503), the fault is a SyntaxError without a status; where nothing answers at all, it is a TypeError
# without a code. The client takes every fault for JSON of Notify's, and makes a new fault of the one that it was to hand on. What is
# asked about the same letter otherwise is refused with the 503 or with ECONNREFUSED.
# One would guess one kind of fault from one client: what it does for this call alone is there to give the same fault as JSON.
# What it means for who fetches copies of letters at night: a minute in which Notify is not there, which is to be tried again, is
# a fault of the program in its log, and whoever looks for a status to decide by finds undefined. Catch these two as "try again".
# Seen: "status of a letter: 503, ECONNREFUSED", "its PDF: SyntaxError, TypeError".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" notifications-node-client@8.4.0
cat > "$folder/try.cjs" <<'JS'
const http = require("http");
const { NotifyClient } = require("notifications-node-client");

const ID = "00000000-0000-4000-8000-000000000000";
const told = (error) => error.response?.status ?? error.code ?? error.name;
const gateway = http.createServer((_, answer) => {
  answer.writeHead(503, { "Content-Type": "text/html", Connection: "close" });
  answer.end("<h1>Service unavailable</h1>");
});
gateway.listen(0, "127.0.0.1", async () => {
  const notify = new NotifyClient(`http://127.0.0.1:${gateway.address().port}`, `test-${ID}-${ID}`);
  const status = () => notify.getNotificationById(ID).catch(told);
  const pdf = () => notify.getPdfForLetterNotification(ID).catch(told);
  const answered = [await status(), await pdf()];
  await new Promise((closed) => gateway.close(closed));
  const silent = [await status(), await pdf()];
  console.log(`status of a letter: ${answered[0]}, ${silent[0]}`);
  console.log(`its PDF: ${answered[1]}, ${silent[1]}`);
});
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "status of a letter: 503, ECONNREFUSED
its PDF: SyntaxError, TypeError" ]
