"""Whose refresher is shorter, from the rules that ask them and what they showed lately."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, select

from questions.module import Module
from quizbot.clock import Clock, london_day
from quizbot.evidence.latest_attempts import shown_in
from quizbot.rules.shrinking import LATEST, Shorter, Showed, fewer, months_of
from quizbot.standing.standings import Standings
from quizbot.store.counted import counts
from quizbot.store.database import Database
from quizbot.store.tables import attempt, requirement

# Whether any rule lets a module's refresher shrink: most have none, and then nothing else is read.
lets_shrink = exists().where(
    requirement.c.module == bindparam("module"), requirement.c.refresher != "full"
)


@dataclass(frozen=True)
class Refreshers:
    """Which areas of a module have fewer questions for somebody."""

    database: Database
    standings: Standings
    now: Clock

    def of(
        self, person_id: UUID, module: Module, owed: Callable[[], Collection[str]]
    ) -> Shorter | None:
        """A person's shorter refresher; None where the whole is asked.

        `owed` names the areas with a change to confirm: looked up only where it matters.
        """
        today = london_day(self.now())
        with self.database.reading() as connection:
            facts = next(self.standings.facts(connection, [person_id], [module.id]))[2]
            months = months_of(facts, today)
            latest = _latest(connection, person_id, module.id) if months else []
        areas = fewer(module, latest, today, months, owed() if latest else ())
        return Shorter(module, areas) if areas else None


def _latest(connection: Connection, person_id: UUID, module: str) -> list[Showed]:
    rows = connection.execute(
        select(attempt.c.id, attempt.c.submitted_at)
        .where(
            attempt.c.person_id == person_id,
            attempt.c.module == module,
            counts(),
            attempt.c.submitted_at.is_not(None),
        )
        .order_by(attempt.c.submitted_at.desc())
        .limit(LATEST)
    ).all()
    shown = shown_in(connection, [row.id for row in rows])
    return [
        Showed(
            london_day(row.submitted_at),
            frozenset(objective for objective, is_shown in shown[row.id].items() if is_shown),
        )
        for row in rows
    ]
