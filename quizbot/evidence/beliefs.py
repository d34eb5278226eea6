"""Which misconceptions were common: told of many together, once, so that nobody can subtract.

The rule, and why it is so, is in `rules/suppress.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Subquery, exists, insert, select, update

from quizbot.editions.editions import Editions
from quizbot.evidence.agencies import agencies_by_unit, homes_on, latest_on
from quizbot.rules.outcome import is_shown
from quizbot.rules.suppress import is_common
from quizbot.standing.standings import chunks
from quizbot.store.counted import objectives_now
from quizbot.store.database import Database
from quizbot.store.tables import (
    attempt,
    attempt_misconception,
    attempt_objective,
    belief_figure,
    regraded,
)


@dataclass(frozen=True)
class Told:
    """A misconception of a module, and whether it was common in an agency."""

    agency: str
    module: str
    misconception: str
    is_common: bool


@dataclass(frozen=True)
class Beliefs:
    """Counts in the night; what is read was counted then, whoever has come or gone since."""

    database: Database
    editions: Editions

    def count(self, day: date) -> Iterator[None]:
        """Tell of every agency and objective that has enough people not told of before."""
        for edition in self.editions.all_current():
            with self.database.writing(queue="board") as connection:
                self._count(connection, edition.module.id, day)
            yield

    def _count(self, connection: Connection, module: str, day: date) -> None:
        agencies, latest = agencies_by_unit(connection), latest_on(day)
        month = day.replace(day=1)
        table = belief_figure
        known = {
            (row.agency, row.objective)
            for row in connection.execute(
                select(table.c.agency, table.c.objective)
                .distinct()
                .where(table.c.month == month, table.c.module == module)
            )
        }
        missed: dict[tuple[str, str], set[UUID]] = defaultdict(set)
        for row in _missed(connection, latest, module, day):
            agency = agencies.get(row.unit_id)
            if agency is not None and (agency, row.objective) not in known:
                missed[agency, row.objective].add(row.attempt_id)
        met = self._met(connection, latest, module)
        possible = self._possible(module)
        rows: list[dict[str, Any]] = []
        for (agency, objective), attempts in missed.items():
            found = {
                belief: is_common(len(met[objective, belief] & attempts), len(attempts))
                for belief in possible[objective]
            }
            if None in found.values():
                continue
            key = {"month": month, "agency": agency, "module": module, "objective": objective}
            rows += [
                {**key, "misconception": belief, "counted_on": day, "is_common": common}
                for belief, common in found.items()
            ]
            _mark(connection, attempts, objective, day)
        if rows:
            connection.execute(insert(table), rows)

    def _met(
        self, connection: Connection, latest: Subquery, module: str
    ) -> dict[tuple[str, str], set[UUID]]:
        """Whose latest attempts met a misconception, by the objective of the question."""
        table = attempt_misconception
        found: dict[tuple[str, str], set[UUID]] = defaultdict(set)
        for row in connection.execute(
            select(table, attempt.c.edition_id)
            .join(latest, latest.c.id == table.c.attempt_id)
            .join(attempt, attempt.c.id == latest.c.id)
            .where(
                latest.c.place == 1,
                latest.c.module == module,
                ~exists().where(  # a belief met through a fault of ours is none
                    regraded.c.attempt_id == table.c.attempt_id,
                    regraded.c.question_id == table.c.question_id,
                ),
            )
        ):
            question = self.editions.by_id(row.edition_id).questions[row.question_id]
            found[question.objective, row.misconception].add(row.attempt_id)
        return found

    def _possible(self, module: str) -> dict[str, set[str]]:
        """What can be met in each objective of the current edition."""
        found: dict[str, set[str]] = defaultdict(set)
        for question in self.editions.current(module).module.asked:
            found[question.objective].update(question.beliefs())
        return found

    def told(
        self, connection: Connection, day: date, modules: Collection[str] | None = None
    ) -> list[Told]:
        """What was told last by a day, agency by agency; common where it is in any objective."""
        table = belief_figure
        query = select(table).where(table.c.month <= day).order_by(table.c.month)
        if modules is not None:
            query = query.where(table.c.module.in_(modules))
        groups: dict[tuple[str, str, str], tuple[date, dict[str, bool]]] = {}
        for row in connection.execute(query):
            key = (row.agency, row.module, row.objective)
            if key not in groups or groups[key][0] != row.month:
                groups[key] = (row.month, {})
            groups[key][1][row.misconception] = row.is_common
        found: dict[tuple[str, str, str], bool] = {}
        for (agency, module, _), (_, beliefs) in groups.items():
            for belief, common in beliefs.items():
                one = (agency, module, belief)
                found[one] = found.get(one, False) or common
        return [Told(*key, common) for key, common in found.items()]


def _missed(connection: Connection, latest: Subquery, module: str, day: date) -> Any:
    """Latest attempts of people here that missed an objective, and were not told of before."""
    table, homes = objectives_now(), homes_on(day)
    return connection.execute(
        select(table.c.attempt_id, table.c.objective, homes.c.unit_id)
        .join(latest, latest.c.id == table.c.attempt_id)
        .join(homes, homes.c.person_id == latest.c.person_id)
        .where(
            homes.c.place == 1,
            latest.c.place == 1,
            latest.c.module == module,
            table.c.counted_on.is_(None),
            table.c.asked > 0,
            ~is_shown(table.c.asked, table.c.right_count),
        )
    ).all()


def _mark(connection: Connection, attempts: Collection[UUID], objective: str, day: date) -> None:
    table = attempt_objective
    for chunk in chunks(attempts):
        connection.execute(
            update(table)
            .where(table.c.attempt_id.in_(chunk), table.c.objective == objective)
            .values(counted_on=day)
        )
