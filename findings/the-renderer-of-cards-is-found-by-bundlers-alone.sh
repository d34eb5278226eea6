#!/usr/bin/env bash
# adaptivecards 3.0.6 (npm): import and require of the package end in "module not found" in Node 20: its main
# file imports its neighbours without their endings, which bundlers fill in and Node does not.
# One would guess that a published package can be loaded by its name.
# What it means for whoever checks cards on a server or in tests before they are sent: load the built file,
# adaptivecards/dist/adaptivecards.js.
# Seen: "import: ERR_MODULE_NOT_FOUND", "built file: AdaptiveCard".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" adaptivecards@3.0.6
cat > "$folder/try.cjs" <<'JS'
console.log = () => {};
const tell = (line) => process.stdout.write(line + "\n");
import("adaptivecards")
  .then(() => tell("import: done"), (error) => tell(`import: ${error.code}`))
  .then(() => import("adaptivecards/dist/adaptivecards.js"))
  .then((cards) => tell(`built file: ${cards.default.AdaptiveCard.name}`));
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "import: ERR_MODULE_NOT_FOUND
built file: AdaptiveCard" ]
