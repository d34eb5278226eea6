"""The states, and the one list of boundaries from which both Python and SQL tell them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import ge, le, lt
from typing import Any

from quizbot.rules.due.days import FOREVER, ONE_DAY

DUE_SOON_DAYS = 14


class State(StrEnum):
    """Where a person stands with a module."""

    PAUSED = "paused"
    EXEMPT = "exempt"
    LAPSED = "lapsed"
    OVERDUE = "overdue"
    DUE_SOON = "due-soon"
    ASSIGNED = "assigned"
    RENEW_SOON = "renew-soon"
    VALID = "valid"
    PASSED = "passed"
    NOT_REQUIRED = "not-required"

    @property
    def words(self) -> str:
        """The state as people read it."""
        return self.value.replace("-", " ").capitalize()

    @property
    def rank(self) -> int:
        """How much it asks of somebody: 5 for lapsed and overdue alike, 0 for nothing."""
        return _RANKS.get(self, 0)


_RANKS = {
    State.LAPSED: 5,
    State.OVERDUE: 5,
    State.DUE_SOON: 4,
    State.ASSIGNED: 3,
    State.RENEW_SOON: 2,
    State.VALID: 1,
}


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates from which the state of any day up to `holds_to` follows by comparison alone.

    They are the columns of the cache; after `holds_to` it must be made again from the facts.
    `valid_until` and `holds_to` are the last day of the calendar where there is no end.
    """

    holds_to: date = FOREVER
    paused_from: date | None = None  # the pause or exemption of the day, or else the next
    paused_to: date | None = None
    exempt_from: date | None = None
    exempt_to: date | None = None
    due_on: date | None = None  # the earliest due day of what is not met
    lapses_after: date | None = None  # the earliest due day of what was valid once, or still is
    renew_from: date | None = None  # the earliest of what is valid
    valid_until: date | None = None  # the earliest end of a validity, past or to come
    passed_on: date | None = None  # the first pass


@dataclass(frozen=True, slots=True)
class Bound:
    """One comparison of a date with the day asked about, moved by a number of days.

    `compare` is an operator, so a column may stand in the place of a date:
    `bound.compare(cache.c[bound.name], bound.limit(day))`.
    """

    name: str
    compare: Callable[[Any, Any], Any]
    shift: int = 0

    def limit(self, day: date) -> date:
        """What the date is compared with."""
        return day + timedelta(days=self.shift)

    def turns_on(self, value: date) -> date:
        """The first day whose comparison with this value comes out otherwise than before."""
        if value == FOREVER:
            return FOREVER
        turn = value - timedelta(days=self.shift)
        return turn if self.compare is le else turn + ONE_DAY


# The first state all of whose comparisons hold is the state; a missing date holds none.
RANGES: tuple[tuple[State, tuple[Bound, ...]], ...] = (
    (State.PAUSED, (Bound("paused_from", le), Bound("paused_to", ge))),
    (State.EXEMPT, (Bound("exempt_from", le), Bound("exempt_to", ge))),
    (State.LAPSED, (Bound("lapses_after", lt),)),
    (State.OVERDUE, (Bound("due_on", lt),)),
    (State.DUE_SOON, (Bound("due_on", le, DUE_SOON_DAYS),)),
    (State.ASSIGNED, (Bound("due_on", ge),)),
    (State.RENEW_SOON, (Bound("renew_from", le),)),
    (State.VALID, (Bound("valid_until", ge),)),
    (State.PASSED, (Bound("passed_on", le),)),
    (State.NOT_REQUIRED, ()),
)


def state_from_dates(dates: Dates, day: date) -> State:
    """The state on a day up to `holds_to`."""
    for state, bounds in _limits(day):
        for name, compare, limit in bounds:
            value = getattr(dates, name)
            if value is None or not compare(value, limit):
                break
        else:
            return state
    raise AssertionError("the last state has no bounds, so it holds")


def due_from_dates(dates: Dates, day: date, state: State) -> date | None:
    """The due day on a day whose state is known: what has lapsed by then is due as well."""
    if state in (State.PAUSED, State.EXEMPT):
        return None
    dues = [dates.due_on] if dates.due_on else []
    if dates.lapses_after and dates.lapses_after < day:
        dues.append(dates.lapses_after)
    return min(dues, default=None)


def end_from_dates(dates: Dates, state: State) -> date | None:
    """The last valid day on a day whose state is known to be valid; None without an end."""
    if state not in (State.RENEW_SOON, State.VALID):
        return None
    return None if dates.valid_until == FOREVER else dates.valid_until


def turns(dates: Dates, after: date) -> Iterator[date]:
    """The days after this one on which some comparison comes out otherwise."""
    for _, bounds in RANGES:
        for bound in bounds:
            value = getattr(dates, bound.name)
            if value is not None and after < (turn := bound.turns_on(value)) < FOREVER:
                yield turn


@lru_cache(64)
def _limits(
    day: date,
) -> tuple[tuple[State, tuple[tuple[str, Callable[[Any, Any], Any], date], ...]], ...]:
    """The boundaries with what each is compared with on a day: the same for everybody."""
    return tuple(
        (state, tuple((bound.name, bound.compare, bound.limit(day)) for bound in bounds))
        for state, bounds in RANGES
    )
