#!/usr/bin/env bash
# textstat 0.7.13: sentence_count() leaves out every sentence of one or two words, and the words of it are
# counted all the same. "Ring the front door. Do it now. Tell her. Write it down. Stay calm." has 3 sentences.
# One would guess five, of 2.8 words each.
# What it means for who measures plain English: every reading age that is built on the length of sentences
# gets worse with a sentence that is made as short as it can be. Count sentences yourself.
# Seen: "sentences: 3", "words of each: 4.7", "without the two short ones: 3 of 3.3".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install textstat==0.7.13
cat > "$folder/try.py" <<'PY'
import textstat

WHOLE = "Ring the front door. Do it now. Tell her. Write it down. Stay calm."
PART = "Ring the front door. Do it now. Write it down."

print(f"sentences: {textstat.sentence_count(WHOLE)}")
print(f"words of each: {textstat.words_per_sentence(WHOLE):.1f}")
count, words = textstat.sentence_count(PART), textstat.words_per_sentence(PART)
print(f"without the two short ones: {count} of {words:.1f}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "sentences: 3
words of each: 4.7
without the two short ones: 3 of 3.3" ]
