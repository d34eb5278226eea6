"""How long the next attempt waits after several that were not passed: trying is not knowing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from questions.module import Module
from quizbot.clock import LONDON, in_words
from quizbot.pick import Mode
from quizbot.tables import attempt

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
        f"{after} {wait} that the next one that counts waits {hours} hours."
        " Practice is always open."
    )


def waits_until(
    connection: Connection, person_id: UUID, module: Module, now: datetime
) -> datetime | None:
    """From when somebody may take a module again so that it counts; None where they may now."""
    if not module.retake_after_hours:
        return None
    newest = connection.execute(
        select(attempt.c.submitted_at, attempt.c.passed)
        .where(
            attempt.c.person_id == person_id,
            attempt.c.module == module.id,
            attempt.c.mode == Mode.ASSURED.value,
            attempt.c.submitted_at.is_not(None),
        )
        .order_by(attempt.c.submitted_at.desc())
        .limit(module.retake_after_fails)
    ).all()
    return _until(newest, module, now)


def _until(newest: Sequence[Any], module: Module, now: datetime) -> datetime | None:
    if len(newest) < module.retake_after_fails or any(row.passed for row in newest):
        return None
    last, first = newest[0].submitted_at, newest[-1].submitted_at
    again: datetime = last + timedelta(hours=module.retake_after_hours)
    return again if last - first <= WITHIN and now < again else None


def told(until: datetime, module: Module) -> str:
    """What somebody who has to wait is told, on every channel."""
    at = until.astimezone(LONDON)
    why = (
        f"You have not passed {_NUMBERS[module.retake_after_fails]} times within a day"
        if module.retake_after_fails > 1
        else "You did not pass"
    )
    return (
        f"{why}, so the next attempt that counts waits until {at:%H:%M} on {in_words(at.date())}."
        " Practice is open meanwhile."
    )
