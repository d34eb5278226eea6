"""Where everybody is counted, and by which attempt, on a day."""

from datetime import date
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Connection, Subquery, func, select

from quizbot.access import agency_of, is_here, live_posts
from quizbot.clock import day_begins
from quizbot.store.counted import counts
from quizbot.store.tables import attempt, person, post, unit

DAYS_KEPT = 8  # a night asks for the same day dozens of times; a table is made of a few


def agencies_by_unit(connection: Connection) -> dict[UUID, str]:
    """The agency that each unit is or belongs to: the second name of its path, if it has one."""
    return {
        row.id: agency_of(row.path)
        for row in connection.execute(select(unit.c.id, unit.c.path))
        if "/" in row.path
    }


@lru_cache(DAYS_KEPT)
def homes_on(day: date) -> Subquery:
    """Where everybody here but guests is counted: at place 1, the post they have held longest."""
    place = func.row_number().over(
        partition_by=post.c.person_id, order_by=(post.c.starts_on, post.c.id)
    )
    return (
        select(post.c.person_id, post.c.unit_id, place.label("place"))
        .join(person, person.c.id == post.c.person_id)
        .where(live_posts(day), is_here(day), ~person.c.is_guest)
        .subquery()
    )


@lru_cache(DAYS_KEPT)
def latest_on(day: date) -> Subquery:
    """Assured attempts submitted up to a day; at place 1 the last of a person and module."""
    midnight = day_begins(day, 1)
    place = func.row_number().over(
        partition_by=(attempt.c.person_id, attempt.c.module),
        order_by=(attempt.c.submitted_at.desc(), attempt.c.id.desc()),
    )
    return (
        select(attempt.c.id, attempt.c.person_id, attempt.c.module, place.label("place"))
        .where(
            counts(),
            attempt.c.person_id.is_not(None),
            attempt.c.submitted_at < midnight,
        )
        .subquery()
    )
