"""What came of people's latest assured attempts: looked up by index, whatever the history holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    String,
    Subquery,
    Table,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    union_all,
)

from quizbot.clock import london_day
from quizbot.rules.outcome import is_shown
from quizbot.standing.standings import chunks
from quizbot.store.counted import counts, is_passed, made_of, share_of
from quizbot.store.database import read_in
from quizbot.store.tables import attempt, attempt_objective, attestation, person

CONFIRM_WITHIN = timedelta(days=90)  # a pass longer ago is no news to talk about


@dataclass(frozen=True)
class Latest:
    """One person and one module: the latest attempt that counts, and what is known besides."""

    has_begun: bool = False
    attempt_id: UUID | None = None
    edition_id: UUID | None = None
    on: date | None = None
    passed: bool = False
    share: float | None = None
    failed_twice: bool = False
    passed_on: date | None = None
    confirmed_on: date | None = None
    is_confirmed: bool = False  # a manager confirmed it after the latest pass

    def waits(self, today: date) -> bool:
        """Whether the latest attempt passed, lately, and nobody has confirmed it since."""
        is_news = self.passed_on is not None and self.passed_on + CONFIRM_WITHIN >= today
        return self.passed and is_news and not self.is_confirmed


NOTHING = Latest()


def shown_in(
    connection: Connection, attempts: Iterable[UUID | None]
) -> dict[UUID, dict[str, bool]]:
    """By attempt: each objective that was asked in it, and whether it was shown."""
    shown: dict[UUID, dict[str, bool]] = {one: {} for one in attempts if one is not None}
    for some in chunks(shown):
        made = made_of(connection, some)
        for row in read_in(connection, _SHOWN, {"attempts": some}):
            right, out = made.get((row.attempt_id, row.objective), (0, 0))
            if asked := row.asked - out:
                shown[row.attempt_id][row.objective] = is_shown(asked, row.right_count + right)
    return shown


def latest(
    connection: Connection, people: Iterable[UUID], modules: Sequence[str]
) -> dict[tuple[UUID, str], Latest]:
    """By person and module, for these people; who has nothing is left out.

    Each pair costs a few steps into an index, so ten times the history costs the same.
    """
    if not modules:
        return {}
    query = _looking_up(tuple(modules))
    return {
        (row.person_id, row.module): known
        for some in chunks(people)
        for row in read_in(connection, query, {"people": some})
        if (known := _known(row)) != NOTHING
    }


_SHOWN = select(attempt_objective).where(
    attempt_objective.c.attempt_id.in_(bindparam("attempts", expanding=True))
)


@lru_cache(256)
def _looking_up(modules: tuple[str, ...]) -> Select[Any]:
    """What is asked of the tables for these modules."""
    found = _found(modules)
    last, before = attempt.alias("last"), attempt.alias("before")
    return (
        select(
            found,
            last.c.edition_id,
            last.c.submitted_at,
            is_passed(last),
            share_of(last),
            is_passed(before).label("passed_before"),
        )
        .select_from(found)
        .outerjoin(last, last.c.id == found.c.last_id)
        .outerjoin(before, before.c.id == found.c.before_id)
    )


def _found(modules: Sequence[str]) -> Subquery:
    """Every pair of a person and a module of which there may be something, with ids and times."""
    named = union_all(*(select(literal(one, String).label("module")) for one in modules)).subquery()
    pairs = (
        select(person.c.id.label("person_id"), named.c.module)
        .select_from(person.join(named, literal(value=True)))
        .where(
            person.c.id.in_(bindparam("people", expanding=True)),
            or_(
                _is_there(attempt, person.c.id, named.c.module, attempt.c.mode == "assured"),
                _is_there(attestation, person.c.id, named.c.module),
            ),
        )
        .subquery()
    )
    mine = and_(
        attempt.c.person_id == pairs.c.person_id,
        attempt.c.module == pairs.c.module,
        counts(),
    )
    done = and_(mine, attempt.c.submitted_at.is_not(None))
    confirmed = (
        select(attestation.c.made_at)
        .where(
            attestation.c.person_id == pairs.c.person_id,
            attestation.c.module == pairs.c.module,
            attestation.c.withdrawn_at.is_(None),
        )
        .order_by(attestation.c.made_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(
        pairs,
        _newest(attempt.c.id, done).label("last_id"),
        _newest(attempt.c.id, done, skip=1).label("before_id"),
        _newest(attempt.c.submitted_at, and_(done, is_passed())).label("passed_at"),
        exists()
        .where(mine, attempt.c.submitted_at.is_(None), attempt.c.abandoned_at.is_(None))
        .label("has_begun"),
        confirmed.label("confirmed_at"),
    ).subquery()


def _newest(
    column: ColumnElement[Any], which: ColumnElement[bool], skip: int = 0
) -> ScalarSelect[Any]:
    newest = select(column).where(which).order_by(attempt.c.submitted_at.desc())
    return newest.limit(1).offset(skip).scalar_subquery()


def _is_there(
    table: Table, whose: ColumnElement[UUID], module: ColumnElement[str], *more: ColumnElement[bool]
) -> ColumnElement[bool]:
    return exists().where(table.c.person_id == whose, table.c.module == module, *more)


def _known(row: Row[Any]) -> Latest:
    passed_at: datetime | None = row.passed_at
    return Latest(
        has_begun=bool(row.has_begun),
        attempt_id=row.last_id,
        edition_id=row.edition_id,
        on=_day(row.submitted_at),
        passed=bool(row.passed),
        share=row.share,
        failed_twice=row.passed is False and row.passed_before is False,
        passed_on=_day(passed_at),
        confirmed_on=_day(row.confirmed_at),
        is_confirmed=bool(passed_at and row.confirmed_at and row.confirmed_at >= passed_at),
    )


def _day(at: datetime | None) -> date | None:
    return london_day(at) if at is not None else None
