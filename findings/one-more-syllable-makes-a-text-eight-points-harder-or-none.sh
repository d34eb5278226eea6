#!/usr/bin/env bash
# text-readability 1.1.1 (npm): Flesch's reading ease is worked out of averages that are rounded to one place before. Of
# twenty words one more syllable makes the text 8.46 points harder, which is most of a school year, and the next one
# makes it no harder at all; by the formula each makes it 4.23. So it is with Flesch and Kincaid's grade.
# One would guess the formula, whose weights (84.6 for each syllable of a word) make nothing of such rounding.
# What it means for who holds texts to a limit: of two that nobody could tell apart one passes and one does not, and
# mending a word changes nothing or everything. Count syllables and words with it, and do the sum yourself.
# Seen: "20: 101.94, 101.94" (the library, the formula), "21: 93.48, 97.71", "22: 93.48, 93.48", "23: 85.02, 89.25".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund text-readability@1.1.1 syllable@5.0.1 pluralize@8.0.0
cat > try.mjs <<'JS'
import readability from "text-readability";

for (const longer of [0, 1, 2, 3]) {
  const words = Array.from({ length: 20 }, (_, place) => (place < longer ? "baby" : "cat"));
  const text = `${words.join(" ")}.`;
  const syllables = readability.syllableCount(text);
  const formula = 206.835 - 1.015 * 20 - (84.6 * syllables) / 20;
  console.log(`${syllables}: ${readability.fleschReadingEase(text)}, ${formula.toFixed(2)}`);
}
JS
said=$(node try.mjs)
printf '%s\n' "$said"
[ "$said" = "20: 101.94, 101.94
21: 93.48, 97.71
22: 93.48, 93.48
23: 85.02, 89.25" ]
