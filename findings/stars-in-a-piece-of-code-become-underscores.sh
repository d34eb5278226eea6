#!/usr/bin/env bash
# markdown-to-mrkdwn 0.3.3: two stars in a line become underscores, Slack's mark for slanted text, also where they stand
# in code between backticks and where each has a space on both sides. In a block of code of its own they stay.
# One would guess that code is told as it was written, for which it is marked as code, and that a star between spaces is a
# star: by CommonMark (6.1 and 6.2) neither is emphasis.
# What it means for messages about formats: "*.csv or *.xlsx" tells somebody to look for "_.csv or _.xlsx", and "2 * 3 * 4" is
# 2 _ 3 _ 4. Put such pieces in blocks of their own.
# Seen: "`*.csv or *.xlsx`: `_.csv or _.xlsx`", "2 * 3 * 4: 2 _ 3 _ 4", "a block: kept".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install markdown-to-mrkdwn==0.3.3
cat > "$folder/try.py" <<'PY'
from markdown_to_mrkdwn import SlackMarkdownConverter

convert = SlackMarkdownConverter().convert
for text in ("`*.csv or *.xlsx`", "2 * 3 * 4"):
    print(f"{text}: {convert(text)}")
BLOCK = "```\n*.csv or *.xlsx\n```"
print("a block:", "kept" if convert(BLOCK) == BLOCK else "changed")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = '`*.csv or *.xlsx`: `_.csv or _.xlsx`
2 * 3 * 4: 2 _ 3 _ 4
a block: kept' ]
