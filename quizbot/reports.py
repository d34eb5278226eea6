"""What managers see: read only, each figure one query; never a reply."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, case, func, select

from quizbot.access import must_manage, team
from quizbot.clock import Clock, london_day
from quizbot.db import Database
from quizbot.editions import Editions
from quizbot.pick import Mode
from quizbot.standings import Standings
from quizbot.tables import attempt, person


@dataclass(frozen=True)
class Cell:
    """Where one person is with one module."""

    module: str
    title: str
    has_begun: bool
    passed: bool | None
    share: float | None
    on: date | None
    passed_on: date | None
    takes: int

    @property
    def words(self) -> str:
        """The outcome in words."""
        if self.passed_on is not None:
            return "Passed"
        if self.takes:
            return "Not passed"
        return "Begun" if self.has_begun else "Not begun"


@dataclass(frozen=True)
class TeamLine:
    """One person of a team, module by module."""

    person_id: UUID
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Team:
    """A manager's people, and the modules there are."""

    modules: tuple[tuple[str, str], ...]
    lines: tuple[TeamLine, ...]

    @property
    def not_begun(self) -> tuple[TeamLine, ...]:
        """Those who have begun nothing at all."""
        return tuple(
            line
            for line in self.lines
            if not any(cell.has_begun or cell.takes for cell in line.cells)
        )

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The same lines as a table for a spreadsheet, its titles first."""
        yield ("Name", "Module", "Outcome", "Last taken", "Last share", "Passed on", "Times taken")
        for line in self.lines:
            for cell in line.cells:
                yield (
                    line.name,
                    cell.title,
                    cell.words,
                    cell.on.isoformat() if cell.on else "",
                    f"{cell.share:.0%}" if cell.share is not None else "",
                    cell.passed_on.isoformat() if cell.passed_on else "",
                    str(cell.takes),
                )


@dataclass(frozen=True)
class Reports:
    """Every method asks first who is asking."""

    database: Database
    editions: Editions
    standings: Standings
    now: Clock

    def team(self, manager_id: UUID) -> Team:
        """A manager's people × modules; NotAllowed for who manages nobody."""
        today = london_day(self.now())
        modules = [(e.module.id, e.module.title) for e in self.editions.all_current()]
        with self.database.reading() as connection:
            must_manage(connection, manager_id, today)
            ids = team(connection, manager_id, today).scalar_subquery()
            people = connection.execute(
                select(person.c.id, person.c.name)
                .where(person.c.id.in_(ids))
                .order_by(person.c.name, person.c.id)
            ).all()
            latest = func.row_number().over(
                partition_by=(attempt.c.person_id, attempt.c.module),
                order_by=attempt.c.submitted_at.desc(),
            )
            counted = and_(attempt.c.mode == Mode.ASSURED.value, attempt.c.person_id.in_(ids))
            results = (
                select(
                    attempt.c.person_id,
                    attempt.c.module,
                    attempt.c.submitted_at,
                    attempt.c.passed,
                    attempt.c.share,
                    latest.label("place"),
                )
                .where(counted, attempt.c.submitted_at.is_not(None))
                .subquery()
            )
            figures = connection.execute(
                select(
                    results.c.person_id,
                    results.c.module,
                    func.max(results.c.submitted_at).label("last"),
                    func.max(case((results.c.place == 1, results.c.share))).label("share"),
                    func.max(case((results.c.passed, results.c.submitted_at))).label("passed_at"),
                    func.count().label("takes"),
                ).group_by(results.c.person_id, results.c.module)
            ).all()
            begun = {
                (row.person_id, row.module)
                for row in connection.execute(
                    select(attempt.c.person_id, attempt.c.module).where(
                        counted,
                        attempt.c.submitted_at.is_(None),
                        attempt.c.abandoned_at.is_(None),
                    )
                )
            }
        by_key = {(row.person_id, row.module): row for row in figures}

        def cell(person_id: UUID, module: str, title: str) -> Cell:
            row = by_key.get((person_id, module))
            has_begun = (person_id, module) in begun
            if row is None:
                return Cell(module, title, has_begun, None, None, None, None, 0)
            passed_on = _day(row.passed_at)
            return Cell(
                module=module,
                title=title,
                has_begun=has_begun,
                passed=passed_on is not None,
                share=row.share,
                on=_day(row.last),
                passed_on=passed_on,
                takes=row.takes,
            )

        lines = tuple(
            TeamLine(p.id, p.name, tuple(cell(p.id, *module) for module in modules)) for p in people
        )
        return Team(tuple(modules), lines)


def _day(at: datetime | None) -> date | None:
    return london_day(at) if at is not None else None
