#!/usr/bin/env bash
# segno 1.6.6 and jsQR 1.4.0: segno.make() of a short text draws a Micro QR code, which readers of QR codes in
# web pages do not find; the same text by segno.make_qr() is read.
# One would guess that a library of QR codes draws what readers of QR codes read, however short the text is.
# What it means for a certificate's or a sign-in slip's code: the picture is crisp, and no telephone finds it. An
# address is long enough to be safe by luck; a code by itself is not.
# Seen: "make: M3-M, read as null", "make_qr: 1-H, read as ABCD-EFGH".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install segno==1.6.6
cd "$folder"
npm install --silent --no-audit --no-fund jsqr@1.4.0 pngjs@7.0.0 > /dev/null
cat > draw.py <<'PY'
import segno

for name, draw in (("make", segno.make), ("make_qr", segno.make_qr)):
    code = draw("ABCD-EFGH")
    code.save(f"{name}.png", scale=8, border=4)
    print(name, code.designator)
PY
cat > read.js <<'JS'
const fs = require("fs");
const { PNG } = require("pngjs");
const jsQR = require("jsqr").default || require("jsqr");

for (const line of fs.readFileSync("drawn.txt", "utf8").trim().split("\n")) {
  const [name, kind] = line.split(" ");
  const picture = PNG.sync.read(fs.readFileSync(`${name}.png`));
  const found = jsQR(new Uint8ClampedArray(picture.data), picture.width, picture.height);
  console.log(`${name}: ${kind}, read as ${found && found.data}`);
}
JS
"$folder/venv/bin/python" draw.py > drawn.txt
said=$(node read.js)
printf '%s\n' "$said"
[ "$said" = "make: M3-M, read as null
make_qr: 1-H, read as ABCD-EFGH" ]
