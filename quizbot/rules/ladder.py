"""The ladder of notices: which of its steps a duty has reached on a day; pure."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from operator import itemgetter
from uuid import UUID

from quizbot.rules.due import FOREVER, Duty

APART = timedelta(days=7)  # a nudge sooner than this after what was said before is left out
ONE_DAY = timedelta(days=1)
MOST_DAYS = 365

SHIPPED = (
    "invitation, renewal, halfway, 14 days before, due,"
    " 1 day after to person and manager, 28 days after to lead"
)

_day_of_step = itemgetter(0)


class When(StrEnum):
    """The moment in a duty's life at which a step lies."""

    INVITATION = "invitation"  # the duty was made, or its day has moved
    RENEWAL = "renewal"  # it can be renewed early from today
    HALFWAY = "halfway"
    BEFORE = "before"
    DUE = "due"
    AFTER = "after"


class Recipient(StrEnum):
    """Who is told."""

    PERSON = "person"
    MANAGER = "manager"
    LEAD = "lead"


NUDGES = frozenset({When.RENEWAL, When.HALFWAY, When.BEFORE})


@dataclass(frozen=True)
class Step:
    """One step of the ladder, and whom it is for."""

    when: When
    days: int = 0
    to: frozenset[Recipient] = frozenset({Recipient.PERSON})

    @property
    def name(self) -> str:
        """What keys call it, such as `14-before`."""
        return f"{self.days}-{self.when}" if self.days else str(self.when)


@dataclass(frozen=True)
class Reached:
    """A step that a duty has reached, for one kind of receiver."""

    step: Step
    who: Recipient
    due_on: date

    def key(self, duty_id: UUID, person_id: UUID, module: str, to: UUID | None = None) -> str:
        """What makes its notice the only one, however often it is found to be owed."""
        parts = [self.step.name, duty_id.hex, person_id.hex, module, self.due_on.isoformat()]
        return ":".join([*parts, to.hex] if to else parts)


INVITED = Step(When.INVITATION)


def read_ladder(text: str) -> tuple[Step, ...]:
    """The steps from a setting such as the shipped one; ValueError tells every fault."""
    steps, faults = [], []
    for words in text.split(","):
        try:
            steps.append(_read_step(" ".join(words.casefold().split())))
        except ValueError as fault:
            faults.append(str(fault))
    names = Counter(step.name for step in steps)
    faults += [f"{name!r} is there twice" for name, times in names.items() if times > 1]
    if not faults:
        faults += _missing(steps)
    if faults:
        raise ValueError("; ".join(faults))
    return tuple(steps)


def reached(
    duty: Duty, day: date, ladder: Sequence[Step], last_open_day: Callable[[date], date]
) -> list[Reached]:
    """The invitation, and for each receiver the last of the other steps that the day has reached.

    The day it is due counts as reached on the last day before it on which messages leave.
    """
    return reached_and_next(duty, day, ladder, last_open_day)[0]


def reached_and_next(
    duty: Duty, day: date, ladder: Sequence[Step], last_open_day: Callable[[date], date]
) -> tuple[list[Reached], date]:
    """The same, and the first day after this one on which the duty as it is reaches another."""
    term = _term(duty)
    if term is None:
        return [], FOREVER
    begun_on, due_on, _ = term
    days = sorted(_days(ladder, *term, last_open_day), key=_day_of_step)
    now = bisect_right(days, day, key=_day_of_step)
    found = []
    if begun_on and INVITED.when in {step.when for step in ladder}:
        found.append(Reached(INVITED, Recipient.PERSON, due_on))
    for who in Recipient:
        mine = [step for _, step in days[:now] if who in step.to]
        if mine:
            found.append(Reached(mine[-1], who, due_on))
    return found, days[now][0] if now < len(days) else FOREVER


def due_day(duty: Duty) -> date | None:
    """The day by which it is to be done, now or at the end of its validity."""
    term = _term(duty)
    return term[1] if term else None


def _term(duty: Duty) -> tuple[date | None, date, date | None] | None:
    """When it was made (None where it only goes on), its due day, and when it can be renewed."""
    if duty.due_on is not None and duty.due_on != duty.valid_until:
        begun_on = duty.made_on
        if duty.valid_until is not None:
            begun_on = max(begun_on, duty.valid_until + ONE_DAY)
        return begun_on, duty.due_on, None
    if duty.lapses_after is not None:
        return None, duty.lapses_after, duty.renew_from
    return None


def _days(
    ladder: Sequence[Step],
    begun_on: date | None,
    due_on: date,
    renew_from: date | None,
    last_open_day: Callable[[date], date],
) -> Iterator[tuple[date, Step]]:
    """The day of each step but the invitation; nudges too close to what was said are left out."""
    nudges: list[tuple[date, Step]] = []
    for step in ladder:
        if step.when is When.DUE:
            yield last_open_day(due_on), step
        elif step.when is When.AFTER:
            yield due_on + timedelta(days=step.days), step
        elif step.when is When.BEFORE:
            nudges.append((due_on - timedelta(days=step.days), step))
        elif step.when is When.HALFWAY and begun_on:
            nudges.append((begun_on + (due_on - begun_on) // 2, step))
        elif step.when is When.RENEWAL and renew_from and renew_from < due_on:
            nudges.append((renew_from, step))
    nudges.sort(key=_day_of_step)
    said_on = begun_on
    for at, (on, step) in enumerate(nudges):
        if said_on is not None and on < said_on + APART:
            continue
        if step.when is When.HALFWAY and any(
            other.when is When.BEFORE and later < on + APART for later, other in nudges[at + 1 :]
        ):
            continue
        said_on = on
        yield on, step


def _read_step(words: str) -> Step:
    found = re.fullmatch(
        r"(?:(invitation|renewal|halfway|due)|(\d+) days? (before|after))(?: to (.+))?", words
    )
    if found is None:
        raise ValueError(
            f"{words!r} is not a step: write invitation, renewal, halfway, due, or"
            " a number of days before or after, such as `14 days before` or"
            " `28 days after to lead`"
        )
    word, days, side, to = found.groups()
    if days is not None and not 1 <= int(days) <= MOST_DAYS:
        raise ValueError(f"{words!r}: the days must be from 1 to {MOST_DAYS}")
    receivers = set(_read_receivers(words, to)) if to else {Recipient.PERSON}
    if word in (When.INVITATION, When.RENEWAL, When.HALFWAY) and receivers != {Recipient.PERSON}:
        raise ValueError(f"{words!r}: {word} is for the person alone")
    return Step(When(word or side), int(days or 0), frozenset(receivers))


def _read_receivers(words: str, to: str) -> Iterator[Recipient]:
    for name in re.split(r" and ", to):
        if name not in list(Recipient):
            raise ValueError(f"{words!r}: {name!r} is not one of person, manager, lead")
        yield Recipient(name)


def _missing(steps: Iterable[Step]) -> Iterator[str]:
    """Without these a rule would fail in silence."""
    told = [step for step in steps if Recipient.PERSON in step.to]
    if all(step.when is not When.INVITATION for step in told):
        yield "`invitation` is missing: nobody would know what is asked of them"
    if all(step.when not in (When.DUE, When.AFTER) for step in told):
        yield "`due` or a number of days after is missing: nobody would know that they are late"
