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
from quizbot.editions.editions import Editions
from quizbot.rules import due, updates
from quizbot.standing.histories import Points, histories
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

    def points(self, change: RuleChange) -> Points:
        """What each edition asks of a change: kept as long as the same editions are current."""
        key = (change.id, *(edition.id for edition in self.editions.all_current()))
        found = self._points.get(key)
        if found is None:
            for old in [known for known in self._points if known[0] == change.id]:
                self._points.pop(old, None)
            found = self._points[key] = Points.of(change, self.editions)
        return found

    def mine(self, person_id: UUID) -> tuple[Confirming, ...]:
        """What one person is or was asked to confirm; most are asked nothing."""
        if self.database.glance(_ASKED, {"people": [person_id]}) is None:
            return ()
        with self.database.reading() as connection:
            return self.of(connection, [person_id]).get(person_id, ())

    def of(
        self, connection: Connection, people: Sequence[UUID], day: date | None = None
    ) -> dict[UUID, tuple[Confirming, ...]]:
        """What each of these people is or was asked to confirm, the newest first."""
        day = day or london_day(self.now())
        found: defaultdict[UUID, list[Confirming]] = defaultdict(list)
        rows = [
            row for some in chunks(people) for row in read_in(connection, _ASKED, {"people": some})
        ]
        if not rows:
            return {}
        met = self.met(connection, [(row.change, row.person_id) for row in rows])
        for module in {row.asked_in for row in rows}:
            asked = [row for row in rows if row.asked_in == module]
            who = list(dict.fromkeys(row.person_id for row in asked))
            facts = {
                person_id: known
                for person_id, _, known in self.standings.facts(connection, who, [module])
            }
            for row in asked:
                when = met.get((row.change, row.person_id))
                found[row.person_id].append(_confirming(row, when, facts[row.person_id], day))
        return {person_id: tuple(lines) for person_id, lines in found.items()}

    def met(
        self, connection: Connection, asked: Iterable[tuple[str, UUID]]
    ) -> dict[tuple[str, UUID], date]:
        """The first day on which people showed the new rule of the changes they are asked for."""
        people: defaultdict[str, dict[UUID, None]] = defaultdict(dict)
        for change_id, person_id in asked:
            people[change_id][person_id] = None
        found: dict[tuple[str, UUID], date] = {}
        for change_id, mine in people.items():
            change = self.register().changes.get(change_id)
            if change is None:
                continue  # gone from the register: nothing can meet it, so a lead withdraws it
            points = self.points(change)
            modules = self.standings.modules()
            for person_id, history in histories(connection, points, modules, mine):
                if (day := updates.met_on(history)) is not None:
                    found[change_id, person_id] = day
        return found


def _confirming(row: Row[Any], met: date | None, facts: due.Facts, day: date) -> Confirming:
    asked = updates.ToConfirm(row.id, row.made_on, row.due_on, row.withdrawn_on)
    found = updates.to_confirm(asked, met, facts, day)
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
