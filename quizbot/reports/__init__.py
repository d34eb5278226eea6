"""What managers see: read only, and never a reply."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from quizbot import access
from quizbot.attestations import Attestations
from quizbot.audit import Audit
from quizbot.clock import Clock, london_day
from quizbot.db import Database
from quizbot.due import due_from_dates, state_from_dates
from quizbot.duties import Duties
from quizbot.editions import Editions
from quizbot.errors import NotFound
from quizbot.latest import NOTHING, latest
from quizbot.reports.attention import attention_for
from quizbot.reports.cells import Cell, TeamLine
from quizbot.reports.person import (
    PersonReport,
    granted_to,
    name_of,
    objectives_of,
    posts_of,
    requests_to,
    taken_by,
)
from quizbot.reports.team import LOOKS, SORTS, Seen, Team, View
from quizbot.standings import Standings
from quizbot.tables import person, post

__all__ = ["LOOKS", "SORTS", "Cell", "PersonReport", "Reports", "Seen", "Team", "TeamLine", "View"]


@dataclass(frozen=True)
class Reports:
    """Every method asks first who is asking."""

    database: Database
    editions: Editions
    standings: Standings
    duties: Duties
    attestations: Attestations
    audit: Audit
    now: Clock

    def team(self, manager_id: UUID) -> Team:
        """A manager's people × modules; NotAllowed for who manages nobody."""
        modules = self._titles()
        with self.database.reading() as connection:
            return self._team(connection, manager_id, modules)

    def export(self, manager_id: UUID, given: Mapping[str, str], kind: str) -> Seen:
        """What an address shows of a manager's team, to be taken away: that goes on record."""
        whole = self.team(manager_id)
        seen = whole.seen(whole.view(given))
        with self.database.writing() as connection:
            self.audit.add(
                connection,
                manager_id,
                "team.export",
                manager_id,
                kind=kind,
                people=len(seen.lines),
                modules=len(seen.modules),
            )
        return seen

    def person(self, viewer_id: UUID, person_id: UUID) -> PersonReport:
        """One person in full; NotFound for who may not see them."""
        today, titles = self._today(), self._titles()
        with self.database.reading() as connection:
            if not access.may_see(connection, viewer_id, person_id, today):
                raise NotFound("There is nobody of that kind in your team today.")
            mine = access.team(connection, viewer_id, today).where(post.c.person_id == person_id)
            return PersonReport(
                person_id=person_id,
                name=name_of(connection, person_id),
                posts=posts_of(connection, person_id, today),
                modules=self.duties.mine(person_id),
                objectives=objectives_of(connection, self.editions, person_id, list(titles)),
                taken=taken_by(connection, person_id, titles),
                requests=requests_to(connection, person_id, titles),
                confirmed=self.attestations.of(connection, viewer_id, person_id),
                granted=granted_to(connection, person_id, titles, today),
                viewer_leads=access.leads(connection, viewer_id, person_id, today),
                viewer_manages=connection.execute(mine).first() is not None,
            )

    def _today(self) -> date:
        return london_day(self.now())

    def _titles(self) -> dict[str, str]:
        return {e.module.id: e.module.title for e in self.editions.all_current()}

    def _team(self, connection: Connection, manager_id: UUID, modules: dict[str, str]) -> Team:
        today = self._today()
        access.must_manage(connection, manager_id, today)
        mine = access.team(connection, manager_id, today)
        people = connection.execute(
            select(person.c.id, person.c.name).where(person.c.id.in_(mine)).order_by(person.c.id)
        ).all()
        people = sorted(people, key=lambda row: row.name.casefold())
        dates = self.standings.cached(connection, [row.id for row in people], list(modules), today)
        taken = latest(connection, mine, list(modules))
        lines = tuple(
            TeamLine(
                row.id,
                row.name,
                tuple(
                    Cell(
                        module,
                        title,
                        state_from_dates(known, today),
                        due_from_dates(known, today),
                        taken.get((row.id, module), NOTHING),
                    )
                    for module, title in modules.items()
                    for known in (dates[row.id, module],)
                ),
            )
            for row in people
        )
        return Team(tuple(modules.items()), lines, attention_for(lines, modules, today))
