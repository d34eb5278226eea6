"""Where everybody is counted, and by which attempt, on a day."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, Subquery, bindparam, func, select

from quizbot.access import agency_of, is_here, live_posts
from quizbot.clock import day_begins
from quizbot.store.counted import counts
from quizbot.store.database import read_in
from quizbot.store.tables import attempt, person, post, unit

_DAY = bindparam("day", type_=Date)
_PATHS = select(unit.c.id, unit.c.path)


def agencies_by_unit(connection: Connection) -> dict[UUID, str]:
    """The agency that each unit is or belongs to: the second name of its path, if it has one."""
    return {
        row.id: agency_of(row.path) for row in read_in(connection, _PATHS, {}) if "/" in row.path
    }


def of_day(day: date) -> dict[str, Any]:
    """What is given to a statement in which HOMES or LATEST is."""
    return {"day": day, "until": day_begins(day, 1)}


def _homes() -> Subquery:
    place = func.row_number().over(
        partition_by=post.c.person_id, order_by=(post.c.starts_on, post.c.id)
    )
    return (
        select(post.c.person_id, post.c.unit_id, place.label("place"))
        .join(person, person.c.id == post.c.person_id)
        .where(live_posts(_DAY), is_here(_DAY), ~person.c.is_guest)
        .subquery()
    )


def _latest() -> Subquery:
    place = func.row_number().over(
        partition_by=(attempt.c.person_id, attempt.c.module),
        order_by=(attempt.c.submitted_at.desc(), attempt.c.id.desc()),
    )
    return (
        select(attempt.c.id, attempt.c.person_id, attempt.c.module, place.label("place"))
        .where(
            counts(),
            attempt.c.person_id.is_not(None),
            attempt.c.submitted_at < bindparam("until"),
        )
        .subquery()
    )


# Where everybody here but guests is counted: at place 1, the post they have held longest.
HOMES = _homes()
# Assured attempts submitted up to a day; at place 1 the last of a person and module.
LATEST = _latest()
