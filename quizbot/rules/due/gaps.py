"""Duties that were overdue and are so no more, though nothing was learned: a gap ended them.

A post that ends and begins anew, or a rule that ends and is made again, starts a duty afresh. That
is right for whoever was away; made by an edit it hides how long something has been overdue.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from quizbot.clock import has_ended
from quizbot.rules.due.days import ONE_DAY
from quizbot.rules.due.facts import DispensationKind, Facts
from quizbot.rules.due.ranges import State
from quizbot.rules.due.standing import Duty, standing

LATE = (State.OVERDUE, State.LAPSED)
A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Gap:
    """A duty of a rule that was due, was not done, and ended with a day."""

    overdue_since: date
    ended_on: date
    due_on: date | None  # when the questionnaire is due now; None where nothing asks for it


def overdue_since(facts: Facts, day: date) -> date | None:
    """The due day of the oldest duty of a rule that is overdue or lapsed; None without one.

    What waits behind a pause or an exemption is not overdue.
    """
    return min((duty.due_on for duty in _late(facts, day) if duty.due_on), default=None)


def gap(facts: Facts, day: date) -> Gap | None:
    """What was overdue until something ended, and has not been learned or become overdue since.

    As long as the duty that began anew is unmet; where nothing asks any more, for a year.
    """
    ends = sorted({end for end in _ends(facts) if end < day}, reverse=True)
    if not ends or has_ended(facts.left_on, day):
        return None
    to_come = [held.starts_on for held in facts.posts if held.starts_on > day]
    if any(_late(facts, one) for one in (day, *to_come)):
        return None  # it goes on, or does so in a few days
    duties = standing(facts, day).duties
    unmet = [duty.due_on for duty in duties if duty.due_on]
    if duties and not unmet:
        return None
    for ended_on in ends:
        if not duties and ended_on < day - A_YEAR:
            break
        since = _was_late(facts, ended_on)
        if since and not any(ended_on < learned <= day for learned in _learned(facts)):
            return Gap(since, ended_on, min(unmet, default=None))
    return None


def _was_late(facts: Facts, ended_on: date) -> date | None:
    """Since when a duty was overdue that ended with a day, as far as was known on that day.

    A post that was recorded afterwards moves due days into its grace, those before it too.
    """
    posts = tuple(held for held in facts.posts if held.recorded_on <= ended_on)
    known = replace(facts, posts=posts)
    goes_on = {duty.requirement_id for duty in standing(known, ended_on + ONE_DAY).duties}
    late = [duty for duty in _late(known, ended_on) if duty.requirement_id not in goes_on]
    return min((duty.due_on for duty in late if duty.due_on), default=None)


def _late(facts: Facts, day: date) -> list[Duty]:
    """The duties of rules that are overdue or lapsed on a day."""
    found = standing(facts, day)
    if found.state in (State.PAUSED, State.EXEMPT):
        return []
    return [d for d in found.duties if d.requirement_id is not None and d.state in LATE]


def _learned(facts: Facts) -> Iterator[date]:
    yield from facts.passes
    for granted in facts.dispensations:
        if granted.kind is DispensationKind.LEARNING:
            yield granted.starts_on


def _ends(facts: Facts) -> Iterator[date]:
    """The last days of posts and of rules."""
    for held in facts.posts:
        if held.ends_on is not None:
            yield held.ends_on
    for rule in facts.requirements:
        if rule.in_force_to is not None:
            yield rule.in_force_to
