#!/usr/bin/env bash
# get-contrast 3.0.0 (npm): how much of a colour one sees through is cut off before its contrast is worked out. Black of
# which nine tenths let the white behind through, a grey that hardly anybody can read, has 21 to 1, "AAA". Only a colour that
# is wholly clear is refused, with the word that transparent colours cannot be contrasted.
# One would guess that the rest of them is refused too, or laid over the other colour, as a browser paints it: contrast is
# that of the colours as they are seen (WCAG 2.2, 1.4.3), and the call has both of them.
# What it means for a check of pages before they are published: hints and disabled buttons, which are where such
# colours are used, pass every time. Work out the colour that is seen first.
# Seen: "black: 21.0 AAA", "a tenth of black: 21.0 AAA", "as it is seen, #e6e6e6: 1.2 Fail", "none of it: refused".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --prefix "$folder" get-contrast@3.0.0
cat > "$folder/try.cjs" <<'JS'
const { ratio, score } = require("get-contrast");

function told(name, colour) {
  try {
    console.log(`${name}: ${ratio(colour, "#ffffff").toFixed(1)} ${score(colour, "#ffffff")}`);
  } catch (error) {
    console.log(`${name}: refused`);
  }
}

told("black", "rgb(0, 0, 0)");
told("a tenth of black", "rgba(0, 0, 0, 0.1)");
told("as it is seen, #e6e6e6", "#e6e6e6");
told("none of it", "rgba(0, 0, 0, 0)");
JS
said=$(node "$folder/try.cjs")
printf '%s\n' "$said"
[ "$said" = "black: 21.0 AAA
a tenth of black: 21.0 AAA
as it is seen, #e6e6e6: 1.2 Fail
none of it: refused" ]
