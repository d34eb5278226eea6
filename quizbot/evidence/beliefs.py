"""Which misconceptions were common: told of many together, once, so that nobody can subtract.

The rule, and why it is so, is in `rules/suppress.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, insert, select, update

from quizbot.editions.editions import Editions
from quizbot.evidence.agencies import HOMES, LATEST, agencies_by_unit, of_day
from quizbot.rules.outcome import is_shown
from quizbot.rules.suppress import is_common
from quizbot.standing.standings import chunks
from quizbot.store.counted import OBJECTIVES
from quizbot.store.database import Database, read_in, write_in
from quizbot.store.tables import (
    attempt,
    attempt_misconception,
    attempt_objective,
    belief_figure,
    regraded,
)

# Latest attempts of people here that missed an objective, and were not told of before.
_MISSED = (
    select(OBJECTIVES.c.attempt_id, OBJECTIVES.c.objective, HOMES.c.unit_id)
    .join(LATEST, LATEST.c.id == OBJECTIVES.c.attempt_id)
    .join(HOMES, HOMES.c.person_id == LATEST.c.person_id)
    .where(
        HOMES.c.place == 1,
        LATEST.c.place == 1,
        LATEST.c.module == bindparam("module"),
        OBJECTIVES.c.counted_on.is_(None),
        OBJECTIVES.c.asked > 0,
        ~is_shown(OBJECTIVES.c.asked, OBJECTIVES.c.right_count),
    )
)
_MET = (
    select(attempt_misconception, attempt.c.edition_id)
    .join(LATEST, LATEST.c.id == attempt_misconception.c.attempt_id)
    .join(attempt, attempt.c.id == LATEST.c.id)
    .where(
        LATEST.c.place == 1,
        LATEST.c.module == bindparam("module"),
        ~exists().where(  # a belief met through a fault of ours is none
            regraded.c.attempt_id == attempt_misconception.c.attempt_id,
            regraded.c.question_id == attempt_misconception.c.question_id,
        ),
    )
)
_TOLD = (
    select(belief_figure.c.agency, belief_figure.c.objective)
    .distinct()
    .where(
        belief_figure.c.month == bindparam("month"), belief_figure.c.module == bindparam("module")
    )
)
_TELL = insert(belief_figure)


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
        of_module, month = {"module": module, **of_day(day)}, day.replace(day=1)
        new = read_in(connection, _MISSED, of_module)
        if not new:
            return
        agencies = agencies_by_unit(connection)
        told = read_in(connection, _TOLD, {"month": month, "module": module})
        known = {(row.agency, row.objective) for row in told}
        missed: dict[tuple[str, str], set[UUID]] = defaultdict(set)
        for row in new:
            agency = agencies.get(row.unit_id)
            if agency is not None and (agency, row.objective) not in known:
                missed[agency, row.objective].add(row.attempt_id)
        met = self._met(connection, of_module)
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
        write_in(connection, _TELL, rows)

    def _met(
        self, connection: Connection, of_module: Mapping[str, Any]
    ) -> dict[tuple[str, str], set[UUID]]:
        """Whose latest attempts met a misconception, by the objective of the question."""
        found: dict[tuple[str, str], set[UUID]] = defaultdict(set)
        for row in read_in(connection, _MET, of_module):
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


def _mark(connection: Connection, attempts: Collection[UUID], objective: str, day: date) -> None:
    table = attempt_objective
    for chunk in chunks(attempts):
        connection.execute(
            update(table)
            .where(table.c.attempt_id.in_(chunk), table.c.objective == objective)
            .values(counted_on=day)
        )
