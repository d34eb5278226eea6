"""What counts: whole attempts for the record that nobody withdrew."""

from typing import Any

from sqlalchemy import ColumnElement, and_, select

from quizbot.store.tables import attempt, attempt_withdrawn


def is_withdrawn(one: Any = attempt) -> ColumnElement[bool]:
    """Whether an attempt was withdrawn; they are few, so their ids are read once."""
    found: ColumnElement[bool] = one.c.id.in_(select(attempt_withdrawn.c.attempt_id))
    return found


def counts(one: Any = attempt) -> ColumnElement[bool]:
    """Whether an attempt counts, once it is handed in: whole, not practice, not withdrawn."""
    return and_(one.c.mode == "assured", one.c.scope == "", ~is_withdrawn(one))


def is_update(one: Any = attempt) -> ColumnElement[bool]:
    """Whether an attempt asks of changes alone, and counts for these: nobody withdrew it."""
    return and_(one.c.mode == "assured", one.c.scope != "", ~is_withdrawn(one))


PASSES = select(attempt.c.person_id, attempt.c.module, attempt.c.submitted_at).where(
    counts(), attempt.c.passed
)
