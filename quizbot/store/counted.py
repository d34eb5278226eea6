"""What counts: whole attempts for the record that nobody withdrew, as they are judged today."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)

from quizbot.store.database import read_in
from quizbot.store.tables import answer, attempt, attempt_objective, attempt_withdrawn, regraded


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


def is_passed(one: Any = attempt) -> ColumnElement[bool]:
    """Whether an attempt was passed, when it was handed in or by a regrade since."""
    return or_(
        one.c.passed, exists().where(regraded.c.attempt_id == one.c.id, regraded.c.passed)
    ).label("passed")


def share_of(one: Any = attempt) -> ColumnElement[float]:
    """An attempt's share right, with all that regrades have made of it: they only add to it."""
    since = select(func.max(regraded.c.share)).where(regraded.c.attempt_id == one.c.id)
    return func.coalesce(since.scalar_subquery(), one.c.share).label("share")


def is_held_right() -> ColumnElement[bool]:
    """Whether an answer was right, or is held against nobody since a regrade."""
    since = exists().where(
        regraded.c.attempt_id == answer.c.attempt_id,
        regraded.c.question_id == answer.c.question_id,
    )
    return or_(answer.c.is_right, since).label("is_right")


def _objectives() -> Subquery:
    made = _made().subquery()
    table = attempt_objective
    both = and_(made.c.attempt_id == table.c.attempt_id, made.c.objective == table.c.objective)
    return (
        select(
            table.c.attempt_id,
            table.c.objective,
            (table.c.asked - func.coalesce(made.c.out, 0)).label("asked"),
            (table.c.right_count + func.coalesce(made.c.right, 0)).label("right_count"),
            table.c.counted_on,
        )
        .outerjoin(made, both)
        .subquery()
    )


def made_of(
    connection: Connection, attempts: Sequence[UUID]
) -> dict[tuple[UUID, str], tuple[int, int]]:
    """By attempt and objective: answers that count as right by regrades, and those left out.

    Few attempts have any, so these are read apart from what the attempts showed.
    """
    rows = read_in(connection, _MADE_OF, {"attempts": attempts})
    return {(row.attempt_id, row.objective): (row.right, row.out) for row in rows}


def _made() -> Select[Any]:
    """How many answers of an objective count as right by regrades, and how many are left out."""
    each = (
        select(
            regraded.c.attempt_id,
            regraded.c.objective,
            func.max(case((regraded.c.effect == "right", 1), else_=0)).label("right"),
        )
        .group_by(regraded.c.attempt_id, regraded.c.objective, regraded.c.question_id)
        .subquery()
    )
    return select(
        each.c.attempt_id,
        each.c.objective,
        func.sum(each.c.right).label("right"),
        func.sum(1 - each.c.right).label("out"),
    ).group_by(each.c.attempt_id, each.c.objective)


# What attempts showed of each objective: the facts, with what regrades made of them.
OBJECTIVES = _objectives()
_EACH = _made().subquery()
_MADE_OF = select(_EACH).where(_EACH.c.attempt_id.in_(bindparam("attempts", expanding=True)))
PASSES = select(attempt.c.person_id, attempt.c.module, attempt.c.submitted_at).where(
    counts(), is_passed()
)
