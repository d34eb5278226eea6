#!/usr/bin/env bash
# @tryfabric/mack 1.2.1, md-to-slack 1.1.7 and markdown-to-slack-blocks 1.5.0 (npm): three converters from Markdown to Slack's text
# agree that a line which is marked to end where it does, by two spaces or a backslash, is joined to the next one without even a
# space. A line that is not marked, which by CommonMark (6.7 and 6.8) may run on in its paragraph, ends where it was written.
# One would guess the other way round, or that both end: of the two it is the marked one that must.
# What it means for what is written by hand and by editors that mark the ends of lines: "Ring 020 7946 0000" and "42 High Street" in
# two lines become the telephone number 020 7946 000042, and whoever tries it with plain lines sees nothing. Take the marks off first.
# Seen of each of the three: "plain: 020 7946 0000 / 42 High Street", "two spaces: 020 7946 000042 High Street", and so a backslash.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" \
  @tryfabric/mack@1.2.1 md-to-slack@1.1.7 markdown-to-slack-blocks@1.5.0
cat > "$folder/try.cjs" <<'JS'
const { markdownToBlocks: mack } = require("@tryfabric/mack");
const { markdownToSlack } = require("md-to-slack");
const { markdownToBlocks } = require("markdown-to-slack-blocks");

const ends = { plain: "\n", "two spaces": "  \n", backslash: "\\\n" };

(async () => {
  for (const [how, end] of Object.entries(ends)) {
    const letter = `020 7946 0000${end}42 High Street`;
    const texts = new Set([
      (await mack(letter))[0].text.text,
      markdownToSlack(letter),
      markdownToBlocks(letter)[0].text.text,
    ]);
    console.log(`${how}:`, [...texts].join(" or ").replaceAll("\n", " / "));
  }
})();
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "plain: 020 7946 0000 / 42 High Street
two spaces: 020 7946 000042 High Street
backslash: 020 7946 000042 High Street" ]
