"""What people are asked to confirm, where that stands, and when they showed the new rule."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select

from questions.register import Register, RuleChange
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Edition, Editions
from quizbot.rules import due, updates
from quizbot.standing.histories import Points, shown_on
from quizbot.standing.standings import Standings, chunks
from quizbot.store.database import Database, read_in
from quizbot.store.tables import change_action, to_confirm

_ASKED = (
    select(change_action, to_confirm.c.person_id)
    .distinct()  # two records that were made one may both have been asked
    .join(to_confirm, to_confirm.c.action_id == change_action.c.id)
    .where(to_confirm.c.person_id.in_(bindparam("people", expanding=True)))
    .order_by(change_action.c.id.desc())
)


@dataclass(frozen=True)
class Confirming:
    """What one person is asked to confirm: was, now, by when, and where that stands.

    Without a state nothing is open: it was met, withdrawn, or they are not here.
    """

    action_id: UUID
    person_id: UUID
    change: str
    was: str
    now: str
    matters: str
    asked_in: str
    made_on: date
    due_on: date
    withdrawn_on: date | None
    standing: due.Standing | None
    met_on: date | None

    @property
    def state(self) -> due.State | None:
        """Where it stands, with the states of a request."""
        return self.standing.state if self.standing else None

    @property
    def duties(self) -> tuple[due.Duty, ...]:
        """The duty while it is open, as the ladder takes it: one, or none."""
        return self.standing.duties if self.standing else ()

    @property
    def is_open(self) -> bool:
        """Whether it is for them to do; what is exempt is not."""
        return self.state is not None and self.state is not due.State.EXEMPT


@dataclass(frozen=True)
class Confirmations:
    """Who is asked to confirm what, from the facts."""

    database: Database
    editions: Editions
    standings: Standings
    register: Callable[[], Register]  # read when it is first needed
    now: Clock
    _points: dict[tuple[object, ...], Points] = field(init=False, default_factory=dict)

    def points(self, change: RuleChange, current: Sequence[Edition] = ()) -> Points:
        """What each edition asks of a change: kept as long as the same editions are current."""
        current = current or self.editions.all_current()
        key = (change.id, *(edition.id for edition in current))
        found = self._points.get(key)
        if found is None:
            for old in [known for known in self._points if known[0] == change.id]:
                self._points.pop(old, None)
            found = self._points[key] = Points.of(change, self.editions)
        return found

    def mine(self, person_id: UUID) -> tuple[Confirming, ...]:
        """What one person is or was asked to confirm; most are asked nothing."""
        rows = self.database.look(_ASKED, {"people": [person_id]})
        if not rows:
            return ()
        with self.database.reading() as connection:
            found = self._of(connection, rows, london_day(self.now()))
        return found.get(person_id, ())

    def of(
        self, connection: Connection, people: Sequence[UUID], day: date | None = None
    ) -> dict[UUID, tuple[Confirming, ...]]:
        """What each of these people is or was asked to confirm, the newest first."""
        rows = [
            row for some in chunks(people) for row in read_in(connection, _ASKED, {"people": some})
        ]
        return self._of(connection, rows, day or london_day(self.now()))

    def _of(
        self, connection: Connection, rows: Sequence[Row[Any]], day: date
    ) -> dict[UUID, tuple[Confirming, ...]]:
        met = self.met(connection, [(row.change, row.person_id) for row in rows])
        # Posts, pauses and dispensations matter only where something can still be open.
        still = dict.fromkeys(
            (row.person_id, row.asked_in)
            for row in rows
            if not _is_over(row, met.get((row.change, row.person_id)), day)
        )
        facts = self.standings.presence(connection, still)
        found: defaultdict[UUID, list[Confirming]] = defaultdict(list)
        for row in rows:
            when = met.get((row.change, row.person_id))
            over = _is_over(row, when, day)
            known = None if over else facts[row.person_id, row.asked_in]
            found[row.person_id].append(_confirming(row, when, known, day))
        return {person_id: tuple(lines) for person_id, lines in found.items()}

    def met(
        self, connection: Connection, asked: Iterable[tuple[str, UUID]]
    ) -> dict[tuple[str, UUID], date]:
        """The first day on which people showed the new rule of the changes they are asked for."""
        who = dict.fromkeys(asked)
        if not who:
            return {}
        known, current = self.register().changes, self.editions.all_current()
        # What is gone from the register nothing can meet, so a lead withdraws it.
        points = [
            self.points(known[one], current)
            for one in dict.fromkeys(change for change, _ in who)
            if one in known
        ]
        modules = tuple(edition.module.id for edition in current)
        people = dict.fromkeys(person_id for _, person_id in who)
        found = shown_on(connection, points, modules, people)
        return {key: day for key, day in found.items() if key in who}


def _is_over(row: Row[Any], met: date | None, day: date) -> bool:
    """Whether nothing of it is open on a day, whatever posts and pauses somebody has."""
    is_taken_back = row.withdrawn_on is not None and row.withdrawn_on <= day
    return is_taken_back or (met is not None and max(met, row.made_on) <= day)


def _confirming(row: Row[Any], met: date | None, facts: due.Facts | None, day: date) -> Confirming:
    """What is asked of somebody, where that stands; without facts nothing of it is open."""
    asked = updates.ToConfirm(row.id, row.made_on, row.due_on, row.withdrawn_on)
    found = updates.to_confirm(asked, met, facts, day) if facts else None
    return Confirming(
        action_id=row.id,
        person_id=row.person_id,
        change=row.change,
        was=row.was,
        now=row.now,
        matters=row.matters,
        asked_in=row.asked_in,
        made_on=row.made_on,
        due_on=(found.due_on if found else None) or row.due_on,
        withdrawn_on=row.withdrawn_on,
        standing=found,
        met_on=met,
    )
