"""What people were told of changes of guidance: nobody has to do anything, so it stands a while."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, Row, bindparam, or_, select, update

from quizbot.access import GUEST, is_below, live
from quizbot.clock import Clock, london_day
from quizbot.standing.holdings import Whose
from quizbot.store.counted import PASSES
from quizbot.store.database import Database
from quizbot.store.tables import attempt, change_action, dispensation, post, unit
from quizbot.words import folded_job

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
_NOT_ANNOUNCED = _TOLD.where(change_action.c.announced_on.is_(None))
_PASSED = (
    PASSES.with_only_columns(attempt.c.module)
    .where(attempt.c.person_id == bindparam("whose"))
    .distinct()
)
_POSTS = (
    select(unit.c.path, post.c.job)
    .select_from(post.join(unit, unit.c.id == post.c.unit_id))
    .where(
        post.c.person_id == bindparam("whose"),
        live(post.c.starts_on, post.c.ends_on, bindparam("day", type_=Date)),
        post.c.job != GUEST,
    )
)
_LEARNED = select(dispensation.c.module).where(
    dispensation.c.kind == "learning", dispensation.c.withdrawn_on.is_(None)
)
_LEARNED_BY = _LEARNED.where(dispensation.c.person_id == bindparam("whose"))


@dataclass(frozen=True)
class ToAnnounce:
    """Something that was told, of which no message is owed yet: what, where, whom it concerns."""

    action_id: UUID
    unit: str
    jobs: tuple[str, ...]
    modules: tuple[str, ...]


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
        look, whose = self.database.look, {"whose": person_id}
        posts = [(row.path, row.job) for row in look(_POSTS, {**whose, "day": today})]
        passed = {row.module for row in look(_PASSED, whose)}
        passed.update(row.module or "" for row in look(_LEARNED_BY, whose))
        mine = (row for row in told if _concerns(row, posts, passed))
        return tuple({row.change: _telling(row) for row in reversed(list(mine))}.values())[::-1]

    def to_announce(self) -> list[ToAnnounce]:
        """What was told lately and not taken back, and has not been announced."""
        rows = self.database.look(_NOT_ANNOUNCED, {"since": london_day(self.now()) - STANDS})
        return [
            ToAnnounce(row.id, row.path, tuple(row.jobs.splitlines()), _split(row.modules))
            for row in rows
        ]

    def reached(self, telling: ToAnnounce) -> Sequence[UUID]:
        """Everybody whom it reaches today: of its unit and jobs, with a credit in its modules."""
        passed = PASSES.with_only_columns(attempt.c.person_id).where(
            attempt.c.module.in_(telling.modules)
        )
        learned = _LEARNED.with_only_columns(dispensation.c.person_id).where(
            or_(dispensation.c.module.is_(None), dispensation.c.module.in_(telling.modules))
        )
        whose = Whose(telling.unit, telling.jobs, london_day(self.now()))
        theirs = whose.of(post.c.person_id).where(
            or_(post.c.person_id.in_(passed), post.c.person_id.in_(learned))
        )
        with self.database.reading() as connection:
            return connection.execute(theirs.distinct()).scalars().all()

    def note_announced(self, telling: ToAnnounce) -> None:
        """From now on a message of it is owed to all of them."""
        with self.database.writing(queue="duties") as connection:
            connection.execute(
                update(change_action)
                .where(change_action.c.id == telling.action_id)
                .values(announced_on=london_day(self.now()))
            )

    def told(self, connection: Connection, actions: Sequence[UUID]) -> dict[UUID, Telling]:
        """What was told by these actions, if it was not taken back."""
        query = _TOLD.where(change_action.c.id.in_(actions))
        rows = connection.execute(query, {"since": date.min})
        return {row.id: _telling(row) for row in rows}


def _split(modules: str) -> tuple[str, ...]:
    return tuple(modules.split())


def _concerns(row: Row[Any], posts: Iterable[tuple[str, str]], passed: set[str]) -> bool:
    jobs = {folded_job(job) for job in row.jobs.splitlines()}
    is_theirs = any(
        is_below(path, (row.path,)) and (not jobs or folded_job(job) in jobs) for path, job in posts
    )
    return is_theirs and not passed.isdisjoint(("", *row.modules.split()))


def _telling(row: Row[Any]) -> Telling:
    return Telling(row.change, row.was, row.now, row.matters, row.made_on, row.starts_on)
