#!/usr/bin/env bash
# @tryfabric/mack 1.2.1 (npm): of a list in Markdown whose points have points beneath them, Slack is sent the upper ones alone; what
# is beneath is not there, and nothing is said. md-to-slack 1.1.7 sends them, and writes the first of them on to the end of the line
# above it. markdown-to-slack-blocks 1.5.0 keeps both and how they stand.
# One would guess that what the one converter cannot show, it shows flat: Slack's text has no lists of its own, and the upper
# points are made of bullets and numbers written out.
# What it means for steps that are sent to staff: "Ring the front door" arrives, and "at night, the other number" does not;
# whoever sent it sees the whole text in their own system. Write lists of one level, or look for indented points first.
# Seen: "mack: 1. Ring the front door / 2. Write it down", "md-to-slack: 1. Ring the front door- by day / - at night, the other number /
# 2. Write it down", "markdown-to-slack-blocks: 4 points".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" \
  @tryfabric/mack@1.2.1 md-to-slack@1.1.7 markdown-to-slack-blocks@1.5.0
cat > "$folder/try.cjs" <<'JS'
const { markdownToBlocks: mack } = require("@tryfabric/mack");
const { markdownToSlack } = require("md-to-slack");
const { markdownToBlocks } = require("markdown-to-slack-blocks");

const steps = `1. Ring the front door
   - by day
   - at night, the other number
2. Write it down
`;
const inOneLine = (text) => text.replaceAll("\n", " / ");

(async () => {
  console.log("mack:", inOneLine((await mack(steps)).map((block) => block.text.text).join("\n")));
  console.log("md-to-slack:", inOneLine(markdownToSlack(steps)));
  const points = JSON.stringify(markdownToBlocks(steps)).match(/"rich_text_section"/g);
  console.log("markdown-to-slack-blocks:", points.length, "points");
})();
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "mack: 1. Ring the front door / 2. Write it down
md-to-slack: 1. Ring the front door- by day / - at night, the other number / 2. Write it down
markdown-to-slack-blocks: 4 points" ]
