"""How long the next attempt waits after several fails, for trying is not knowing; pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from questions.module import Module
from quizbot.clock import LONDON, london_day
from quizbot.words import how_many, long_date

FOR_MANAGERS = "after two within a day the next that counts waits until tomorrow"
WITHIN = timedelta(days=1)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def rule(module: Module) -> str:
    """The rule in words, for everybody before they start; nothing where there is none."""
    if not module.retake_after_hours:
        return ""
    fails, hours = module.retake_after_fails, module.retake_after_hours
    after = (
        f"{_NUMBERS[fails].capitalize()} attempts within a day that are not passed"
        if fails > 1
        else "An attempt that is not passed"
    )
    wait = "means" if fails == 1 else "mean"
    return (
        f"{after} {wait} that the next one that counts waits {how_many(hours, 'hour')}."
        " Practice is always open."
    )


def waits_until(newest: Sequence[Any], module: Module, now: datetime) -> datetime | None:
    """From when a module may be taken again so that it counts; None where it may now.

    `newest`: the latest assured attempts that were handed in, newest first, as many as fail.
    """
    if len(newest) < module.retake_after_fails or any(row.passed for row in newest):
        return None
    last, first = newest[0].submitted_at, newest[-1].submitted_at
    again: datetime = last + timedelta(hours=module.retake_after_hours)
    return again if last - first <= WITHIN and now < again else None


def told(until: datetime, module: Module) -> str:
    """What somebody who has to wait is told, on every channel."""
    at, day = until.astimezone(LONDON), long_date(london_day(until))
    why = (
        f"You have not passed {_times(module.retake_after_fails)} within a day"
        if module.retake_after_fails > 1
        else "You did not pass"
    )
    return (
        f"{why}, so the next attempt that counts waits until {at:%H:%M} on {day}."
        " Practice is open meanwhile."
    )


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{_NUMBERS[count]} times"
