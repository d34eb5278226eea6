#!/usr/bin/env bash
# chatgpt-md-converter 0.3.12: split_html_for_telegram() cuts a long paragraph wherever the length is full: within words, and
# within what HTML writes for a sign. "Q&amp;A" becomes a message that ends in "Q&am" and one that begins with "p;A". Its
# code has a step that looks for spaces first; what it looks for is a backslash and the letter s.
# One would guess pieces that are each whole, as its tags are, which the library does close
# and open again; Telegram reads & as the beginning of such a sign, and wants each written whole.
# What it means for a bot that sends what others wrote: one message in many is refused by Telegram or ends in letters that
# nobody wrote, depending on how long a text is by chance. Cut at spaces and ends of lines yourself, before converting.
# Seen: "first ends: 'Q&am'", "second begins: 'p;A a'", "a word is cut: True".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install chatgpt-md-converter==0.3.12
cat > "$folder/try.py" <<'PY'
from chatgpt_md_converter import split_html_for_telegram, telegram_format

LONGEST = 500
words = "word " * 98 + "words " + "Q&A and more. " + "word " * 20
first, second = split_html_for_telegram(telegram_format(words), max_length=LONGEST)
print(f"first ends: {first[-4:]!r}")
print(f"second begins: {second[:5]!r}")
plain = telegram_format("safeguarding " * 50)
first, second = split_html_for_telegram(plain, max_length=LONGEST)
print("a word is cut:", not first.endswith(("safeguarding", " ")))
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "first ends: 'Q&am'
second begins: 'p;A a'
a word is cut: True" ]
