#!/usr/bin/env bash
# @xapi/cmi5 1.4.0 (npm): of a question about a number whose answer is right from three upwards ({ min: 3 }, as the library's own types
# allow it) the statement says that ":" is what is right: the three is lost. So it is with "at most three". Where both ends are
# told it says "3:5". The signs that part the items of its other kinds of questions are those of the standard ("[,]" and "[.]").
# One would guess "3[:]", "[:]3" and "3[:]5": xAPI 1.0.3 (Data, 2.4.4.1, numeric) has this sign, and lets one end be left out.
# What it means for who looks at questions by what the record store holds: whether somebody was right stands beside it and is right,
# and what would have been right is nowhere; a reader of ranges takes "3:5" for one number that nobody answers. Write the definition
# yourself, by interaction(), which takes it as it is.
# Seen: "from 3 to 5 -> 3:5", "from 3 -> :", "up to 3 -> :".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" @xapi/cmi5@1.4.0
cat > "$folder/try.cjs" <<'JS'
const Cmi5 = require("./node_modules/@xapi/cmi5/dist/Cmi5.umd.js");

const sent = [];

class Course extends Cmi5 {
  async getAuthTokenFromLMS() { return "dG9rZW4="; }
  async getLaunchDataFromLMS() { return { launchMode: "Normal", contextTemplate: {} }; }
  async getLearnerPreferencesFromLMS() { return {}; }
  async sendXapiStatement(statement) { sent.push(statement); }
}

async function ask() {
  const course = new Course({
    fetch: "https://learn.example/fetch",
    endpoint: "https://learn.example/store/",
    actor: { objectType: "Agent", account: { homePage: "https://school.example", name: "7" } },
    activityId: "https://quiz.example/unit/3",
    registration: "00000000-0000-4000-8000-000000000000",
  });
  await course.initialize();
  for (const [name, right] of [
    ["from 3 to 5", { min: 3, max: 5 }],
    ["from 3", { min: 3 }],
    ["up to 3", { max: 3 }],
  ]) {
    await course.interactionNumeric("unit", "how-many", 4, right);
    console.log(`${name} -> ${sent.at(-1).object.definition.correctResponsesPattern}`);
  }
}

ask();
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "from 3 to 5 -> 3:5
from 3 -> :
up to 3 -> :" ]
