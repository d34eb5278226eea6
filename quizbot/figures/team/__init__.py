"""What managers see: read only, and never a reply."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select

from quizbot import access
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import NotFound
from quizbot.evidence.attestations import Attestations
from quizbot.evidence.latest_attempts import NOTHING, latest
from quizbot.figures.team.attention import attention_for
from quizbot.figures.team.cells import Cell, TeamLine
from quizbot.figures.team.choosing import Choosing, Pickable
from quizbot.figures.team.open_requests import open_requests
from quizbot.figures.team.person import (
    PersonReport,
    granted_to,
    name_of,
    objectives_of,
    posts_of,
    requests_to,
    taken_by,
)
from quizbot.figures.team.steps import Act, NextStep, Steps, steps_for
from quizbot.figures.team.team import LOOKS, SORTS, Seen, Team, View
from quizbot.figures.team.to_confirm import TeamChange, change_cells, changes_of
from quizbot.rules.due import due_from_dates, end_from_dates, state_from_dates
from quizbot.standing.confirming import Confirmations
from quizbot.standing.duties import Duties
from quizbot.standing.standings import Standings, chunks
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import person, post, unit

__all__ = [
    "LOOKS",
    "SORTS",
    "Act",
    "Cell",
    "ChangeCell",
    "Choosing",
    "NextStep",
    "PersonReport",
    "Pickable",
    "Reports",
    "Seen",
    "Steps",
    "Team",
    "TeamChange",
    "TeamLine",
    "View",
]

AT_ONCE = 400  # people: a statement can name them, and memory stays flat however many there are


class TeamMember(NamedTuple):
    """One of a manager's people."""

    person_id: UUID
    name: str


@dataclass(frozen=True)
class Reports:
    """Every method asks first who is asking."""

    database: Database
    editions: Editions
    standings: Standings
    confirmations: Confirmations
    duties: Duties
    attestations: Attestations
    audit: Audit
    now: Clock

    def team(self, manager_id: UUID) -> Team:
        """A manager's people × modules; NotAllowed for who manages nobody."""
        modules = self._titles()
        with self.database.reading() as connection:
            return self._team(connection, manager_id, modules)

    def pickable(self, manager_id: UUID) -> tuple[Pickable, ...]:
        """A manager's people by name, for a form; NotAllowed for who manages nobody."""
        with self.database.reading() as connection:
            people = self._people(connection, manager_id)
            mine = access.team(connection, manager_id, self._today())
            posts: dict[UUID, list[str]] = {}
            for row in connection.execute(
                select(post.c.person_id, post.c.job, unit.c.path)
                .join(unit, unit.c.id == post.c.unit_id)
                .where(post.c.person_id.in_(mine), access.live_posts(self._today()))
                .order_by(post.c.starts_on)
            ):
                posts.setdefault(row.person_id, []).append(f"{row.job}, {row.path}")
        return tuple(
            Pickable(who.person_id, who.name, tuple(posts.get(who.person_id, ()))) for who in people
        )

    def export(self, manager_id: UUID, given: Mapping[str, str], kind: str) -> Iterator[TeamLine]:
        """What an address shows of a manager's team, to be taken away: that goes on record.

        The lines are read in portions while they are taken: a partnership needs no more memory
        than a team does.
        """
        modules, view = self._titles(), self.view(given)
        asked = dict(view.of(modules.items()))
        with self.database.reading() as connection:
            people = self._people(connection, manager_id)
        people = [one for one in people if view.names(one.name)]
        if view.state or view.sort == "due":
            found = [
                (line.due_on, TeamMember(line.person_id, line.name))
                for line in view.narrow(self._read(people, asked))
            ]
            if view.sort == "due":
                found.sort(key=lambda one: one[0])
            people = [who for _, who in found]
        with self.database.writing() as connection:
            self.audit.add(
                connection,
                manager_id,
                "team.export",
                manager_id,
                kind=kind,
                people=len(people),
                modules=len(asked),
            )
        return self._read(people, asked)

    def view(self, given: Mapping[str, str]) -> View:
        """What an address asks to see of a team."""
        return View.read(given, self._titles())

    def person(self, viewer_id: UUID, person_id: UUID) -> PersonReport:
        """One person in full; NotFound for who may not see them."""
        today, titles = self._today(), self._titles()
        with self.database.reading() as connection:
            if not access.may_see(connection, viewer_id, person_id, today):
                raise NotFound("There is nobody of that kind in your team today.")
            mine = access.team(connection, viewer_id, today).where(post.c.person_id == person_id)
            manages = connection.execute(mine).first() is not None
            return PersonReport(
                person_id=person_id,
                name=name_of(connection, person_id),
                posts=posts_of(connection, person_id, today),
                modules=self.duties.mine(person_id),
                objectives=objectives_of(connection, self.editions, person_id, list(titles)),
                taken=taken_by(connection, person_id, titles),
                requests=requests_to(
                    connection, person_id, titles, viewer_id, viewer_manages=manages
                ),
                changes=change_cells(
                    self.confirmations.of(connection, [person_id]).get(person_id, ()), titles
                ),
                confirmed=self.attestations.of(connection, viewer_id, person_id),
                granted=granted_to(connection, person_id, titles, today),
                viewer_leads=access.leads(connection, viewer_id, person_id, today),
                viewer_manages=manages,
                needs_slip=not access.can_be_mailed(connection, person_id),
            )

    def _today(self) -> date:
        return london_day(self.now())

    def _titles(self) -> dict[str, str]:
        return {e.module.id: e.module.title for e in self.editions.all_current()}

    def _team(self, connection: Connection, manager_id: UUID, modules: dict[str, str]) -> Team:
        people = self._people(connection, manager_id)
        lines = tuple(
            line
            for some in chunks(people, AT_ONCE)
            for line in self._lines(connection, some, modules)
        )
        today = self._today()
        requests = open_requests(connection, manager_id, lines)
        return Team(
            tuple(modules.items()),
            lines,
            attention_for(lines, modules, today),
            steps_for(lines, requests, today),
            changes_of(lines),
        )

    def _people(self, connection: Connection, manager_id: UUID) -> list[TeamMember]:
        """A manager's people of today, by name; NotAllowed for who manages nobody."""
        today = self._today()
        access.must_manage(connection, manager_id, today)
        rows = connection.execute(
            select(person.c.id, person.c.name)
            .where(person.c.id.in_(access.team(connection, manager_id, today)))
            .order_by(person.c.id)
        )
        return sorted(
            (TeamMember(row.id, row.name) for row in rows), key=lambda who: who.name.casefold()
        )

    def _read(self, people: Sequence[TeamMember], modules: dict[str, str]) -> Iterator[TeamLine]:
        """Lines in portions, each in a transaction of its own: whoever reads them may be slow."""
        for some in chunks(people, AT_ONCE):
            with self.database.reading() as connection:
                lines = self._lines(connection, some, modules)
            yield from lines

    def _lines(
        self, connection: Connection, people: Sequence[TeamMember], modules: dict[str, str]
    ) -> list[TeamLine]:
        today, ids = self._today(), [who.person_id for who in people]
        dates = self.standings.cached(connection, ids, list(modules), today)
        taken = latest(connection, ids, list(modules))
        asked = self.confirmations.of(connection, ids)
        return [
            TeamLine(
                who.person_id,
                who.name,
                tuple(
                    Cell(
                        module,
                        title,
                        state,
                        due_from_dates(known, today, state),
                        end_from_dates(known, state),
                        taken.get((who.person_id, module), NOTHING),
                    )
                    for module, title in modules.items()
                    for known in (dates[who.person_id, module],)
                    for state in (state_from_dates(known, today),)
                ),
                change_cells(asked.get(who.person_id, ()), modules),
            )
            for who in people
        ]
