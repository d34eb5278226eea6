#!/usr/bin/env bash
# ts-fsrs 5.4.2 (npm) and fsrs 6.3.2 (PyPI), one scheduler by the same authors for two languages: how long somebody kept an answer
# in mind is counted by the one in dates of UTC (from 22:10 on the 1st to 01:00 on the 4th are 3 days) and by the other in whole
# days of 24 hours (2). Learnt in the evening and repeated after midnight, the same card with the same parameters is next asked
# after 14 days by the one and after 11 by the other. Repeated by day, after 11 by both.
# One would guess that two of one name and one set of parameters give one day for one history.
# What it means for a service whose pages schedule and whose server does too, or that moves from one to the other: for night
# shifts the two drift apart with every answer. Let one of them say the days, and work nothing out again by the other.
# Seen: "morning: ts-fsrs 11, fsrs 11", "after midnight: ts-fsrs 14, fsrs 11".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install fsrs==6.3.2
npm install --silent --no-audit --no-fund --prefix "$folder" ts-fsrs@5.4.2
cat > "$folder/try.cjs" <<'JS'
const { createEmptyCard, fsrs, Rating } = require("ts-fsrs");

const scheduler = fsrs({ enable_fuzz: false });
const times = process.argv.slice(2).map((time) => new Date(time));
let card = createEmptyCard(times[0]);
for (const time of times) card = scheduler.next(card, time, Rating.Good).card;
console.log((card.due - times.at(-1)) / 86400000);
JS
cat > "$folder/try.py" <<'PY'
import sys
from datetime import datetime

import fsrs

times = [datetime.fromisoformat(time) for time in sys.argv[1:]]
scheduler, card = fsrs.Scheduler(enable_fuzzing=False), fsrs.Card(card_id=1, due=times[0])
for time in times:
    card, _ = scheduler.review_card(card, fsrs.Rating.Good, time)
print((card.due - times[-1]).days)
PY
tell() {
  local when=$1
  shift
  printf '%s: ts-fsrs %s, fsrs %s\n' "$when" \
    "$(node "$folder/try.cjs" "$@")" "$("$folder/venv/bin/python" -W ignore "$folder/try.py" "$@")"
}
said=$(
  tell morning 2026-11-01T09:00+00:00 2026-11-01T09:10+00:00 2026-11-03T12:00+00:00
  tell "after midnight" 2026-11-01T22:00+00:00 2026-11-01T22:10+00:00 2026-11-04T01:00+00:00
)
printf '%s\n' "$said"
[ "$said" = "morning: ts-fsrs 11, fsrs 11
after midnight: ts-fsrs 14, fsrs 11" ]
