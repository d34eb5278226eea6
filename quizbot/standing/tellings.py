"""What people were told of changes of guidance: nobody has to do anything, so it stands a while."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from quizbot.access import GUEST, is_below, live_posts
from quizbot.clock import Clock, london_day
from quizbot.store.counted import PASSES
from quizbot.store.database import Database
from quizbot.store.tables import attempt, change_action, post, unit

STANDS = timedelta(days=60)

_TOLD = (
    select(change_action, unit.c.path)
    .join(unit, unit.c.id == change_action.c.unit_id)
    .where(
        change_action.c.action == "tell",
        change_action.c.withdrawn_on.is_(None),
        change_action.c.made_on >= bindparam("since"),
    )
    .order_by(change_action.c.id.desc())
)
_PASSED = (
    PASSES.with_only_columns(attempt.c.module)
    .where(attempt.c.person_id == bindparam("whose"))
    .distinct()
)


@dataclass(frozen=True)
class Telling:
    """A change that somebody was told of: what was right, what is right now, what to do."""

    change: str
    was: str
    now: str
    matters: str
    told_on: date
    starts_on: date


@dataclass(frozen=True)
class Tellings:
    """What leads tell people, shown on their own page."""

    database: Database
    now: Clock

    def of(self, person_id: UUID) -> tuple[Telling, ...]:
        """What somebody was told in the last sixty days, of what they have passed; newest first."""
        today = london_day(self.now())
        told = self.database.look(_TOLD, {"since": today - STANDS})
        if not told:
            return ()
        with self.database.reading() as connection:
            posts = [
                (row.path, row.job)
                for row in connection.execute(
                    select(unit.c.path, post.c.job)
                    .select_from(post.join(unit, unit.c.id == post.c.unit_id))
                    .where(post.c.person_id == person_id, live_posts(today), post.c.job != GUEST)
                )
            ]
            passed = set(connection.execute(_PASSED, {"whose": person_id}).scalars())
        mine = (row for row in told if _concerns(row, posts, passed))
        return tuple({row.change: _telling(row) for row in reversed(list(mine))}.values())[::-1]


def _concerns(row: Row[Any], posts: Iterable[tuple[str, str]], passed: set[str]) -> bool:
    jobs = {job.casefold() for job in row.jobs.splitlines()}
    is_theirs = any(
        is_below(path, (row.path,)) and (not jobs or job.casefold() in jobs) for path, job in posts
    )
    return is_theirs and not passed.isdisjoint(row.modules.split())


def _telling(row: Row[Any]) -> Telling:
    return Telling(row.change, row.was, row.now, row.matters, row.made_on, row.starts_on)
