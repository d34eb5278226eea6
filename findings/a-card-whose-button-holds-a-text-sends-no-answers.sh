#!/usr/bin/env bash
# adaptivecards 3.0.6 (npm, the reference renderer): the data of Action.Submit may be a text or an object by
# the published schema. With a text the tap ends in a TypeError inside the renderer and nothing is sent;
# with an object the answers arrive beside it.
# One would guess that the answers are sent in both cases, or that the card is refused when it is read.
# What it means for a question on a card: the data is always an object.
# Seen: "object: {"step":1,"answer":"b"}", "text: nothing sent".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" adaptivecards@3.0.6 jsdom@29.1.1
cat > "$folder/try.cjs" <<'JS'
const { JSDOM, VirtualConsole } = require("jsdom");
const { window } = new JSDOM("<body></body>", { virtualConsole: new VirtualConsole() });
for (const name of Object.getOwnPropertyNames(window)) {
  if (/^(HTML|SVG|Node|Mouse|Keyboard)/.test(name)) global[name] = window[name];
}
global.window = window;
global.document = window.document;
console.log = () => {};
const { AdaptiveCard } = require("adaptivecards/dist/adaptivecards.js");

function sent(data) {
  const card = new AdaptiveCard();
  let out = "nothing sent";
  card.onExecuteAction = (action) => { out = JSON.stringify(action.data); };
  card.parse({
    type: "AdaptiveCard",
    version: "1.5",
    body: [{
      type: "Input.ChoiceSet", id: "answer", style: "expanded", value: "b",
      choices: [{ title: "Ring now", value: "a" }, { title: "Write it down", value: "b" }],
    }],
    actions: [{ type: "Action.Submit", title: "Send", data }],
  });
  const shown = card.render();
  document.body.replaceChildren(shown);
  shown.querySelector("button").click();
  return out;
}

process.stdout.write(`object: ${sent({ step: 1 })}\ntext: ${sent("step 1")}\n`);
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "object: {\"step\":1,\"answer\":\"b\"}
text: nothing sent" ]
