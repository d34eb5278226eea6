#!/usr/bin/env bash
# scorm-again 3.4.3 (npm): an answer in words (long-fill-in) that holds the end of a line is refused with error 406, "type
# mismatch"; so is a learner's comment and the text of a question. suspend_data and location take the same text.
# One would guess that what somebody types into a large field may have paragraphs: SCORM 2004 gives such an answer 4,000
# characters of ISO 10646 (RTE 4.2.9), and keeps none of them out.
# What it means for a course whose questions ask for reasons: each answer of one line is kept, each of two is lost, and
# most courses look at no error of SetValue. A course may write spaces for the ends of lines before it sends.
# Seen: "one line: true", "two lines: false, 406", "comment of two lines: false, 406", "suspend_data of two lines: true".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund scorm-again@3.4.3
cat > try.mjs <<'JS'
globalThis.window = globalThis;
const { Scorm2004API } = await import("scorm-again");

const QUIET = 5;
const api = new Scorm2004API({ logLevel: QUIET, autocommit: false });
api.Initialize("");

function told(name, element, value) {
  const taken = String(api.SetValue(element, value));
  console.log(`${name}: ${taken}${taken === "true" ? "" : `, ${api.GetLastError()}`}`);
}

api.SetValue("cmi.interactions.0.id", "why");
api.SetValue("cmi.interactions.0.type", "long-fill-in");
told("one line", "cmi.interactions.0.learner_response", "I rang. Then I wrote it down.");
told("two lines", "cmi.interactions.0.learner_response", "I rang.\nThen I wrote it down.");
told("comment of two lines", "cmi.comments_from_learner.0.comment", "Clear.\nThank you.");
told("suspend_data of two lines", "cmi.suspend_data", "I rang.\nThen I wrote it down.");
JS
said=$(node try.mjs)
printf '%s\n' "$said"
[ "$said" = "one line: true
two lines: false, 406
comment of two lines: false, 406
suspend_data of two lines: true" ]
