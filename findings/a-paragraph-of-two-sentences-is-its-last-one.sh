#!/usr/bin/env bash
# xliff 6.4.0 (npm): of a unit of XLIFF 2.0 that was cut into segments, as translators' programs cut a paragraph at each full stop,
# only the last segment is read. The others are not there, in the source as in the target, and written again the file has lost
# them; what stands between two segments (<ignorable>) is gone too.
# One would guess the sentences one after the other, or a list of them: by the standard what a unit says is all its
# segments in their order.
# What it means for words that come back from a translator: sent out, tried and read in again unchanged all is well, and once the
# translator's program has cut a paragraph, "Do not ask. Ring today." is "Ring today.". Count the segments of each unit.
# Seen: "one segment: Peidiwch â gofyn. Ffoniwch heddiw.", "two: Ffoniwch heddiw.", "written again: 1 segment".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" xliff@6.4.0
cat > "$folder/try.cjs" <<'JS'
const { xliff2js, js2xliff } = require("xliff");

const segment = (source, target) => `<segment><source>${source}</source><target>${target}</target></segment>`;
const file = (segments) => `<?xml version="1.0"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="cy">
  <file id="f"><unit id="u">${segments}</unit></file>
</xliff>`;
const whole = file(segment("Do not ask. Ring today.", "Peidiwch â gofyn. Ffoniwch heddiw."));
const cut = file(
  segment("Do not ask.", "Peidiwch â gofyn.") +
    "<ignorable><source> </source></ignorable>" +
    segment("Ring today.", "Ffoniwch heddiw."),
);

(async () => {
  console.log("one segment:", (await xliff2js(whole)).resources.f.u.target);
  const read = await xliff2js(cut);
  console.log("two:", read.resources.f.u.target);
  console.log("written again:", (await js2xliff(read)).match(/<segment/g).length, "segment");
})();
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "one segment: Peidiwch â gofyn. Ffoniwch heddiw.
two: Ffoniwch heddiw.
written again: 1 segment" ]
