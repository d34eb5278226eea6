"""A guide for a conversation, with a team or one person, about what was least shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from questions.module import Module
from quizbot.access import must_manage, team
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import NotFound
from quizbot.evidence.agencies import HOMES, agencies_by_unit, of_day
from quizbot.evidence.beliefs import Beliefs
from quizbot.evidence.latest_attempts import Latest, latest, shown_in
from quizbot.evidence.talking_points import Talk, talk_about
from quizbot.rules.due import State, state_from_dates
from quizbot.standing.standings import Standings
from quizbot.store.database import Database
from quizbot.store.tables import person, post

TALKED_ABOUT = 3  # objectives: more do not fit into a meeting, nor on a page


@dataclass(frozen=True)
class Belief:
    """A misconception that was common in an agency, of which the team is a part."""

    agency: str
    says: str


@dataclass(frozen=True)
class Guide:
    """One printed page: what to talk about, and what the questionnaire cannot tell."""

    module: str
    title: str
    on: date
    person_id: UUID | None
    name: str
    talks: tuple[Talk, ...]
    people: int
    took: int
    not_taken: tuple[str, ...]
    not_required: int
    beliefs: tuple[Belief, ...]

    @property
    def tells_beliefs(self) -> bool:
        """Whether misconceptions may be told at all: of one person, never."""
        return self.person_id is None

    @property
    def all_shown(self) -> bool:
        """Whether everything that was asked was shown: the least shown come first."""
        return all(talk.shown == talk.took for talk in self.talks)

    @property
    def some_shown(self) -> bool:
        """Whether an area was shown by all who were asked, though not every one."""
        shown = any(talk.took and talk.shown == talk.took for talk in self.talks)
        return shown and not self.all_shown


@dataclass(frozen=True)
class _Result:
    """What one person's latest attempt showed."""

    person_id: UUID
    edition_id: UUID
    shown: Mapping[str, bool]


@dataclass(frozen=True)
class Guides:
    """Made anew each time it is looked at; but misconceptions are told as they were counted."""

    database: Database
    editions: Editions
    standings: Standings
    beliefs: Beliefs
    now: Clock

    def of(self, manager_id: UUID, module: str, person_id: UUID | None = None) -> Guide:
        """The guide for a manager's team, or for one of them."""
        edition = self.editions.current(module)
        today = london_day(self.now())
        with self.database.reading() as connection:
            must_manage(connection, manager_id, today)
            mine = team(connection, manager_id, today)
            if person_id is not None:
                mine = mine.where(post.c.person_id == person_id)
            rows = connection.execute(
                select(person.c.id, person.c.name).where(person.c.id.in_(mine))
            ).all()
            if person_id is not None and not rows:
                raise NotFound("There is nobody of that kind in your team today.")
            names = {row.id: row.name for row in rows}
            found = latest(connection, names, [module])
            dates = self.standings.cached(connection, list(names), [module], today)
            results = _results(connection, found)
            beliefs: tuple[Belief, ...] = ()
            if person_id is None:
                agencies = self._agencies(connection, mine, today)
                beliefs = self._beliefs(connection, agencies, edition.module, today)
        taken = {result.person_id for result in results}
        missing = {one for one in names if one not in taken}
        required = {
            one
            for one in missing
            if state_from_dates(dates[one, module], today) is not State.NOT_REQUIRED
        }
        return Guide(
            module=module,
            title=edition.module.title,
            on=today,
            person_id=person_id,
            name=names[person_id] if person_id else "",
            talks=_talks(edition.module, results, today),
            people=len(names),
            took=len(taken),
            not_taken=tuple(sorted((names[one] for one in missing), key=str.casefold)),
            not_required=len(missing - required),
            beliefs=beliefs,
        )

    def _agencies(self, connection: Connection, people: Select[Any], today: date) -> set[str]:
        """Where a manager's people are counted; guests are counted nowhere."""
        agencies = agencies_by_unit(connection)
        units = connection.execute(
            select(HOMES.c.unit_id).where(HOMES.c.place == 1, HOMES.c.person_id.in_(people)),
            of_day(today),
        )
        return {agencies[unit_id] for unit_id in units.scalars() if unit_id in agencies}

    def _beliefs(
        self, connection: Connection, agencies: set[str], module: Module, today: date
    ) -> tuple[Belief, ...]:
        """What was common in these agencies when it was counted, not what their people met."""
        told = self.beliefs.told(connection, today, [module.id])
        found = [
            Belief(one.agency.rpartition("/")[2], module.misconceptions[one.misconception])
            for one in told
            if one.is_common
            and one.agency in agencies
            and one.misconception in module.misconceptions
        ]
        return tuple(sorted(found, key=lambda belief: (belief.agency, belief.says)))


def _results(
    connection: Connection, found: Mapping[tuple[UUID, str], Latest]
) -> tuple[_Result, ...]:
    shown = shown_in(connection, (known.attempt_id for known in found.values()))
    return tuple(
        _Result(person_id, known.edition_id, shown[known.attempt_id])
        for (person_id, _), known in found.items()
        if known.attempt_id and known.edition_id
    )


def _talks(module: Module, results: Sequence[_Result], today: date) -> tuple[Talk, ...]:
    """The objectives least shown, the least first; what nobody was asked comes last."""
    counts = {
        objective: (
            sum(result.shown.get(objective, False) for result in results),
            sum(objective in result.shown for result in results),
        )
        for objective in module.objectives
    }

    def least(objective: str) -> tuple[float, int]:
        shown, took = counts[objective]
        return (shown / took if took else 2.0, shown - took)

    chosen = sorted(module.objectives, key=least)[:TALKED_ABOUT]  # keeps order where equal
    return tuple(talk_about(module, objective, *counts[objective], today) for objective in chosen)
