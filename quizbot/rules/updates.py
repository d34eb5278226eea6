"""Whose pass rested on a rule that changed, who has met the change, and what stays open; pure.

What the rules leave open is decided thus:

- A pass counts for a change if questions of the change's own were asked in it and all of them were
  right, on whatever day: who knew a rule before it came knows it.
- A pass since the change came is not asked about again, unless it is of another module than the one
  that rested on the old rule.
- An update counts for the changes that it was about and for nothing else: no credit rests on it.
- In each module the latest pass counts: what rested on the old rule once, and no longer does, is
  not asked about.
- Learning that was recognised rests on no question.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from quizbot.rules import due


@dataclass(frozen=True, slots=True)
class Took:
    """An assured pass: of which module, when, and what of the change was in it.

    `rested` tells whether it had a question whose answer the change touches. `right` is None where
    it had none of the change's own, and else whether all of these were right.
    """

    module: str
    on: date
    rested: bool = False
    right: bool | None = None


@dataclass(frozen=True, slots=True)
class ChangeHistory:
    """What one person passed and learned in the modules that a change touches, in any order.

    `updates` are the days on which an update had every question of the change right.
    """

    passes: tuple[Took, ...] = ()
    learned: tuple[tuple[str, date], ...] = ()
    updates: tuple[date, ...] = ()


class Held(StrEnum):
    """How somebody's credit stands to a change."""

    MET = "met"  # showed the new rule already
    RESTED = "rested"  # passed before it, and was asked what it touches
    SINCE = "since"  # passed since it came
    WITHOUT = "without"  # passed before it, and was not
    NOTHING = "nothing"  # has passed nothing that it touches


class Whom(StrEnum):
    """Whom a lead asks."""

    RESTED = "rested"
    BEFORE = "before"
    EVERYBODY = "everybody"


_ASKED = {
    Whom.RESTED: {Held.RESTED},
    Whom.BEFORE: {Held.RESTED, Held.WITHOUT},
    Whom.EVERYBODY: {Held.RESTED, Held.WITHOUT, Held.SINCE},
}


_BY_STRENGTH = tuple(Held)  # in this order they stand above


def strongest(parts: Iterable[Held]) -> Held:
    """How somebody stands to a change in all, who stands to it so in one module and another."""
    return min(parts, key=_BY_STRENGTH.index, default=Held.NOTHING)


def met_on(history: ChangeHistory) -> date | None:
    """The first day on which the change's own questions were all right."""
    days = (took.on for took in history.passes if took.right)
    return min((*days, *history.updates), default=None)


def held(history: ChangeHistory, starts_on: date) -> Held:
    """How the credits of a person stand to a change that is in force from a day."""
    if met_on(history) is not None:
        return Held.MET
    latest: dict[str, Took] = {}
    for took in _in_order(history.passes):
        latest[took.module] = took
    if any(took.rested and took.on < starts_on for took in latest.values()):
        return Held.RESTED
    days = [*(took.on for took in latest.values()), *(day for _, day in history.learned)]
    if any(day >= starts_on for day in days):
        return Held.SINCE
    return Held.WITHOUT if days else Held.NOTHING


def _in_order(passes: Iterable[Took]) -> list[Took]:
    """The passes by day; of two on one day the one that rested on the old rule comes first."""
    return sorted(passes, key=lambda took: (took.on, not took.rested))


def is_asked(history: ChangeHistory, starts_on: date, whom: Whom) -> bool:
    """Whether a lead who asks these people asks this one."""
    return asks(whom, held(history, starts_on))


def asks(whom: Whom, stands: Held) -> bool:
    """Whether a lead who asks these people asks somebody who stands to the change so."""
    return stands in _ASKED[whom]


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """That somebody is asked for the update of a change by a day."""

    id: UUID
    made_on: date
    due_on: date
    withdrawn_on: date | None = None


def to_confirm(
    asked: ToConfirm, met: date | None, facts: due.Facts, day: date
) -> due.Standing | None:
    """Where it stands on a day, with the states of a request; None where nothing is open.

    Of the facts it takes what holds for all that is asked: posts, dispensations and the last day.
    """
    alone = replace(
        facts,
        requirements=(),
        requests=(due.Request(asked.id, asked.made_on, asked.due_on, asked.withdrawn_on),),
        # Met before it was asked for, as it turns out: then it was never open.
        passes=(max(met, asked.made_on),) if met else (),
    )
    found = due.standing(alone, day)
    return found if found.duties else None
