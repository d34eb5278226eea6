#!/usr/bin/env bash
# gift-pegjs 1.0.2 (npm): a line that begins with // between two answers of a question becomes part of the
# answer above it; between two questions it is passed over. Moodle passes such lines over wherever they stand
# (question/format/gift/format.php looks at each line of a question before it reads it).
# One would guess that a comment is one everywhere, or that it is refused.
# What it means for who shares questions: a note to a colleague is shown to everybody who takes the question,
# as words of an answer. Keep notes above the question's title.
# Seen: "answers: Ring today // ask Sam whether this is still so | Wait".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" gift-pegjs@1.0.2
cat > "$folder/try.cjs" <<'JS'
const gift = require("gift-pegjs");

const FILE = `// for the spring
::Hungry::Sam is hungry each day. What first? {
=Ring today
// ask Sam whether this is still so
~Wait
}
`;
const [question] = gift.parse(FILE);
console.log(`answers: ${question.choices.map((choice) => choice.text.text).join(" | ")}`);
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "answers: Ring today // ask Sam whether this is still so | Wait" ]
