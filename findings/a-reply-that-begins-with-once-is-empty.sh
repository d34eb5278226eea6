#!/usr/bin/env bash
# parse-reply 0.0.4 (npm): the reply ends where a line begins with "on" and any line after it has "wrote" and ends in a
# colon: with small letters or large, and "on" as the beginning of any word. "Once I had rung I wrote it down", "Only the last
# one is left" and "On it" are taken for the beginning of "On ... wrote:" below them, and what is left is nothing.
# One would guess that the line that mail programs put above what they quote is found by its own beginning and end, as
# planer 1.2.0 does with the same letters.
# What it means for who reads replies to letters: that of somebody who did it all is empty, and one that says "Done." and
# then "Only one is left." says "Done.". Nothing tells that something was cut.
# Seen: "parse-reply: Thank you, done. | (nothing) | Done.", "planer: Thank you, done. | Once I had rung I wrote it down. | Done.
# Only one is left."
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" parse-reply@0.0.4 planer@1.2.0
cat > "$folder/try.cjs" <<'JS'
const parse = require("parse-reply");
const { extractFromPlain } = require("planer");

const QUOTED = "\n\nOn Mon, 30 Nov 2026 at 09:00, Post <post@council.example> wrote:\n> Your questions are due.\n";
const replies = ["Thank you, done.", "Once I had rung I wrote it down.", "Done.\nOnly one is left."];

function told(name, read) {
  const found = replies.map((reply) => read(reply + QUOTED).trim().replace("\n", " ") || "(nothing)");
  console.log(`${name}: ${found.join(" | ")}`);
}

told("parse-reply", parse);
told("planer", extractFromPlain);
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "parse-reply: Thank you, done. | (nothing) | Done.
planer: Thank you, done. | Once I had rung I wrote it down. | Done. Only one is left." ]
