"""Where a person stands with a module on a day, from dated facts; pure.

`standing` answers for one day and says why; `segments` for all days; `cached_dates` gives the
dates from which `state_from_dates`, or the same comparisons in SQL, tell the state of any day up to
their `holds_to`. All rest on one list of boundaries, `RANGES`.

What the rules leave open is decided thus:

- Facts count on the days they are about, whenever they were recorded; an extension counts from the
  day it was made, a post's recording only puts its first due day off.
- A pause or exemption moves a term if it begins no later than the term's end; one that has no end
  moves nothing yet. Each term counts its own days: a pause of years ago does not move a new rule's
  grace. What somebody chose, the day of a request or extension, is moved only by what was granted
  after the choice. Where both cover a day, it is paused.
- An extension never brings a due day nearer. A requirement's duty is made when it first covers a
  post that is known of, and is one duty through all renewals and moves.
- A change of a rule counts as a new saving, for those who never passed as well: due no sooner than
  the change and its grace.
- Recognised learning that its own end cuts short is carried on from the day it was learned, as
  all is, or from that end where this gives the later day. It meets no request and is no pass:
  without a duty it leaves *not required*.
- Of several posts in a run the earliest due day counts, so that one more post never gives time.
- A person who left, or a guest past the end, has no duties at all until a later post begins.
"""

from quizbot.rules.due.days import FOREVER
from quizbot.rules.due.facts import (
    TERMS,
    Dispensation,
    DispensationKind,
    Facts,
    Post,
    Request,
    Requirement,
    Terms,
    terms_of,
)
from quizbot.rules.due.gaps import LATE, Gap, gap, overdue_since
from quizbot.rules.due.ranges import (
    DUE_SOON_DAYS,
    RANGES,
    Bound,
    Dates,
    State,
    due_from_dates,
    end_from_dates,
    state_from_dates,
)
from quizbot.rules.due.standing import (
    Duty,
    Segment,
    Standing,
    cached_dates,
    next_change,
    segments,
    standing,
    standing_and_dates,
)

__all__ = [
    "DUE_SOON_DAYS",
    "FOREVER",
    "LATE",
    "RANGES",
    "TERMS",
    "Bound",
    "Dates",
    "Dispensation",
    "DispensationKind",
    "Duty",
    "Facts",
    "Gap",
    "Post",
    "Request",
    "Requirement",
    "Segment",
    "Standing",
    "State",
    "Terms",
    "cached_dates",
    "due_from_dates",
    "end_from_dates",
    "gap",
    "next_change",
    "overdue_since",
    "segments",
    "standing",
    "standing_and_dates",
    "state_from_dates",
    "terms_of",
]
