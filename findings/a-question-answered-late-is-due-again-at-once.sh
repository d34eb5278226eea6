#!/usr/bin/env bash
# sm-2 0.3.0: the next day of a question is counted from the day on which it was due, and not from the one on which it was
# answered. One that lay for a month comes four times in one sitting, each time rightly answered, and is then gone for a
# month; of one that is answered on its days the fourth time comes three weeks after the first.
# One would guess that the gap is counted from the answer: SM-2 is made of gaps between one repetition and the next, and
# fsrs 6.3.2, of the same authors, counts from the answer.
# What it means for who repeats questions with people that come when they can: after leave the same question is asked
# again and again, and what was learnt in one morning counts as known for weeks. Set `due` to the day of the
# answer before handing a question over.
# Seen: "on its day: 1 in one sitting, next in 1 days", "29 days late: 4 in one sitting, next in 31 days", "fsrs, as late: due
# after the answer: True".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install sm-2==0.3.0 fsrs==6.3.2
cat > "$folder/try.py" <<'PY'
from datetime import datetime, timezone

import fsrs
import sm_2

DUE = datetime(2026, 11, 1, 9, tzinfo=timezone.utc)
LATE = datetime(2026, 11, 30, 9, tzinfo=timezone.utc)


def sitting(day):
    card, times = sm_2.Card(card_id=1, due=DUE), 0
    while card.due <= day:
        card, _ = sm_2.Scheduler.review_card(card, 4, day)
        times += 1
    return f"{times} in one sitting, next in {(card.due - day).days} days"


print("on its day:", sitting(DUE))
print("29 days late:", sitting(LATE))
card, _ = fsrs.Scheduler().review_card(fsrs.Card(card_id=1, due=DUE), fsrs.Rating.Good, LATE)
print("fsrs, as late: due after the answer:", card.due > LATE)
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "on its day: 1 in one sitting, next in 1 days
29 days late: 4 in one sitting, next in 31 days
fsrs, as late: due after the answer: True" ]
