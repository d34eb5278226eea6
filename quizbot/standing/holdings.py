"""How all people of a unit stand to a change, read side by side in one pass; memory stays flat.

It says what `rules.updates.held` says of each history, and makes none: a hundred thousand people
with eight modules are read in seconds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from quizbot.access import GUEST, agency_of, is_here, live_posts, within
from quizbot.clock import day_begins, london_day
from quizbot.rules.scope import met, read_scope
from quizbot.rules.updates import Held, strongest
from quizbot.standing.histories import Points
from quizbot.store.counted import PASSES, is_held_right, is_update
from quizbot.store.tables import (
    answer,
    attempt,
    change_action,
    dispensation,
    edition,
    person,
    post,
    to_confirm,
    unit,
)
from quizbot.words import folded_job

PORTION = 2000  # rows that are fetched at a time

Line = Any  # a row; its first column is the person


@dataclass(frozen=True, slots=True)
class Stands:
    """How one person stands to a change, in each module of which they hold anything."""

    person_id: UUID
    agency: str
    by_module: Mapping[str, Held]
    is_asked: bool  # for this change already

    @property
    def held(self) -> Held:
        """How they stand to it in all."""
        return strongest(self.by_module.values())


@dataclass(frozen=True)
class Whose:
    """Who works in a unit and one of some jobs on a day; without jobs, in any."""

    unit: str
    jobs: tuple[str, ...]
    day: date

    def of(self, *columns: ColumnElement[Any]) -> Select[Any]:
        """These columns of their posts."""
        query = (
            select(*columns)
            .select_from(post)
            .join(unit, unit.c.id == post.c.unit_id)
            .join(person, person.c.id == post.c.person_id)
            .where(within(self.unit), live_posts(self.day), is_here(self.day), post.c.job != GUEST)
        )
        if self.jobs:
            jobs = [folded_job(job) for job in self.jobs]
            query = query.where(func.lower(post.c.job).in_(jobs))
        return query


def holdings(
    connection: Connection, points: Points, modules: tuple[str, ...], whose: Whose, starts_on: date
) -> Iterator[Stands]:
    """How each of them stands to a change that is in force from a day, by the order of ids."""
    people = select(whose.of(post.c.person_id).subquery().c.person_id)
    queries = (
        whose.of(_raw(post.c.person_id), unit.c.path).order_by(
            post.c.person_id, post.c.starts_on, post.c.id
        ),
        _passes(connection, points, modules, people, starts_on),
        _learned(modules, people),
        _updates(points.change.id, modules, people),
        _asked(points.change.id),
    )
    with ExitStack() as reading:
        streams = [
            reading.enter_context(
                closing(connection.execute(query, execution_options={"yield_per": PORTION}))
            )
            for query in queries
        ]
        posts = streams[0]
        passed, learned, updated, asked = (_Beside(stream) for stream in streams[1:])
        editions, in_time = _Editions(points), _in_time(connection)
        for key, held_posts in groupby(posts, itemgetter(0)):
            by_module = dict(_held_by_passes(passed.of(key), editions, in_time))
            for _, module, day in learned.of(key):
                found = Held.SINCE if day >= starts_on else Held.WITHOUT
                for one in (module,) if module else modules:
                    by_module[one] = strongest((by_module.get(one, Held.NOTHING), found))
            if _is_met(updated.of(key), points.change.id):
                by_module = dict.fromkeys(modules, Held.MET)
            yield Stands(
                person_id=key if isinstance(key, UUID) else UUID(key),
                agency=agency_of(next(held_posts)[1]),
                by_module=by_module,
                is_asked=any(asked.of(key)),
            )


class _Beside:
    """Rows in the order of people, handed out for one person after another."""

    def __init__(self, rows: Iterable[Line]) -> None:
        self._people = groupby(rows, itemgetter(0))
        self._next: tuple[Any, Iterable[Line]] | None = next(self._people, None)

    def of(self, key: Any) -> Iterable[Line]:
        """The rows of a person, who comes after all that were asked for before."""
        while self._next is not None and self._next[0] < key:
            self._next = next(self._people, None)
        if self._next is None or self._next[0] != key:
            return ()
        _, rows = self._next
        return rows


class _Editions:
    """What editions ask of a change, by their ids as the driver gives them."""

    def __init__(self, points: Points) -> None:
        self._points = points
        self._known: dict[Any, tuple[frozenset[str], frozenset[str]]] = {}

    def __getitem__(self, key: Any) -> tuple[frozenset[str], frozenset[str]]:
        known = self._known.get(key)
        if known is None:
            found = self._points.in_edition(key if isinstance(key, UUID) else UUID(key))
            known = self._known[key] = (found.touched, found.own)
        return known


def _held_by_passes(
    rows: Iterable[Line], editions: _Editions, in_time: Callable[[Any], datetime]
) -> Iterator[tuple[str, Held]]:
    """How one person's passes stand to the change, module by module."""
    for module, mine in groupby(rows, itemgetter(1)):
        held = Held.NOTHING
        at: Any = None
        for _, answered in groupby(mine, itemgetter(2)):
            first = next(answered)
            touched, own = editions[first[3]]
            rested, is_wrong, has_own = False, False, False
            for row in chain((first,), answered):
                question = row[6]
                rested = rested or question in touched
                if question in own:
                    has_own, is_wrong = True, is_wrong or not row[7]
            if has_own and not is_wrong:
                held = Held.MET
                break
            since = first[4]
            if rested and not since and at is not None and held is not Held.RESTED:
                # Of two on one day it is the other that counts.
                rested = london_day(in_time(at)) != london_day(in_time(first[5]))
            at = first[5]
            held = Held.SINCE if since else Held.RESTED if rested else Held.WITHOUT
        yield module, held


def _is_met(rows: Iterable[Line], change_id: str) -> bool:
    """Whether one of a person's updates had all questions of the change right."""
    for _, answered in groupby(rows, itemgetter(1)):
        given = list(answered)
        if change_id in met(read_scope(given[0][2]), [row[3] for row in given]):
            return True
    return False


def _in_time(connection: Connection) -> Callable[[Any], datetime]:
    """What makes a time of what the driver gives."""
    dialect = connection.dialect
    turn: Any = attempt.c.submitted_at.type.dialect_impl(dialect).result_processor(dialect, None)
    return turn or (lambda at: at)


def _raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column as the driver gives it: an id is made of it where somebody needs one."""
    return type_coerce(column, NullType())


def _passes(
    connection: Connection,
    points: Points,
    modules: tuple[str, ...],
    people: Select[Any],
    starts_on: date,
) -> Select[Any]:
    """Their passes in order, a row for each answer that matters, or one without any.

    What a pass since the change rested on is of no consequence, so that only its own questions are
    looked for.
    """
    used = select(attempt.c.edition_id).where(attempt.c.module.in_(modules)).distinct()
    editions = connection.execute(select(edition.c.id).where(edition.c.id.in_(used))).scalars()
    asked = {id_: points.in_edition(id_) for id_ in editions}
    owning = [id_ for id_, found in asked.items() if found.own]
    resting = [id_ for id_, found in asked.items() if found.touched]
    since: ColumnElement[bool] = literal(True)
    if starts_on > date.min:
        since = attempt.c.submitted_at >= day_begins(starts_on)
    matters = or_(attempt.c.edition_id.in_(owning), and_(attempt.c.edition_id.in_(resting), ~since))
    return (
        PASSES.with_only_columns(
            _raw(attempt.c.person_id),
            attempt.c.module,
            _raw(attempt.c.id),
            _raw(attempt.c.edition_id),
            since,
            _raw(attempt.c.submitted_at),
            answer.c.question_id,
            is_held_right(),
        )
        .outerjoin(
            answer,
            and_(
                matters,
                answer.c.attempt_id == attempt.c.id,
                answer.c.question_id.in_(
                    sorted(frozenset[str]().union(*(found.all for found in asked.values())))
                ),
            ),
        )
        .where(attempt.c.person_id.in_(people), attempt.c.module.in_(modules))
        .order_by(attempt.c.person_id, attempt.c.module, attempt.c.submitted_at, attempt.c.id)
    )


def _learned(modules: tuple[str, ...], people: Select[Any]) -> Select[Any]:
    return (
        select(_raw(dispensation.c.person_id), dispensation.c.module, dispensation.c.starts_on)
        .where(
            dispensation.c.person_id.in_(people),
            dispensation.c.kind == "learning",
            dispensation.c.withdrawn_on.is_(None),
            or_(dispensation.c.module.is_(None), dispensation.c.module.in_(modules)),
        )
        .order_by(dispensation.c.person_id)
    )


def _updates(change_id: str, modules: tuple[str, ...], people: Select[Any]) -> Select[Any]:
    """The answers of their updates for the change, in the order in which they were asked."""
    return (
        select(_raw(attempt.c.person_id), _raw(attempt.c.id), attempt.c.scope, is_held_right())
        .join(answer, answer.c.attempt_id == attempt.c.id)
        .where(
            attempt.c.person_id.in_(people),
            attempt.c.module.in_(modules),
            is_update(),
            attempt.c.submitted_at.is_not(None),
            attempt.c.scope.contains(f"{change_id}:", autoescape=True),
        )
        .order_by(attempt.c.person_id, attempt.c.id, answer.c.number)
    )


def _asked(change_id: str) -> Select[Any]:
    """Who was asked for the change, and that was not taken back."""
    return (
        select(_raw(to_confirm.c.person_id))
        .join(change_action, change_action.c.id == to_confirm.c.action_id)
        .where(change_action.c.change == change_id, change_action.c.withdrawn_on.is_(None))
        .order_by(to_confirm.c.person_id)
    )
