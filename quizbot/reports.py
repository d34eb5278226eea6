"""What managers see: read only, each figure one query; never a reply."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, select

from quizbot.access import leads, live_posts, may_see, must_manage, team
from quizbot.clock import Clock, london_day
from quizbot.db import Database
from quizbot.due import State, due_from_dates, state_from_dates
from quizbot.duties import Duties, ModuleDuty
from quizbot.editions import Edition, Editions
from quizbot.errors import NotFound
from quizbot.pick import Mode
from quizbot.standings import Standings
from quizbot.tables import attempt, attempt_objective, dispensation, person, post, unit


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
    state: State
    due_on: date | None

    @property
    def words(self) -> str:
        """The standing in words; where nothing is asked, what came of it all the same."""
        if self.state is not State.NOT_REQUIRED:
            return self.state.words
        if self.takes:
            return "Not passed"
        return "Begun" if self.has_begun else "Not asked"

    @property
    def kind(self) -> str:
        """Which shape and colour goes with the words."""
        if self.state is not State.NOT_REQUIRED:
            return self.state.value
        return "not-passed" if self.takes else "open" if self.has_begun else "not-required"


@dataclass(frozen=True)
class ObjectiveLine:
    """What somebody's latest assured attempt showed of one objective."""

    title: str
    is_shown: bool


@dataclass(frozen=True)
class Taken:
    """An assured attempt as others than its person see it."""

    module: str
    title: str
    on: date
    passed: bool
    share: float


@dataclass(frozen=True)
class Granted:
    """A dispensation as those who may grant see it."""

    granted_id: UUID
    kind: str
    title: str
    starts_on: date
    ends_on: date | None
    reason: str
    made_on: date
    can_be_ended: bool


@dataclass(frozen=True)
class PersonReport:
    """One person for their manager, lead or auditor: never a reply, never a misconception."""

    person_id: UUID
    name: str
    posts: tuple[str, ...]
    modules: tuple[ModuleDuty, ...]
    objectives: Mapping[str, tuple[ObjectiveLine, ...]]
    taken: tuple[Taken, ...]
    granted: tuple[Granted, ...]
    viewer_leads: bool
    viewer_manages: bool


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
        yield (
            "Name",
            "Module",
            "Standing",
            "Due",
            "Last taken",
            "Last share",
            "Passed on",
            "Times taken",
        )
        for line in self.lines:
            for cell in line.cells:
                yield (
                    line.name,
                    cell.title,
                    cell.words,
                    cell.due_on.isoformat() if cell.due_on else "",
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
    duties: Duties
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
            dates = self.standings.cached(
                connection, [p.id for p in people], [module for module, _ in modules], today
            )
        by_key = {(row.person_id, row.module): row for row in figures}

        def cell(person_id: UUID, module: str, title: str) -> Cell:
            row = by_key.get((person_id, module))
            has_begun = (person_id, module) in begun
            known = dates[person_id, module]
            state, due_on = state_from_dates(known, today), due_from_dates(known, today)
            if row is None:
                return Cell(module, title, has_begun, None, None, None, None, 0, state, due_on)
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
                state=state,
                due_on=due_on,
            )

        lines = tuple(
            TeamLine(p.id, p.name, tuple(cell(p.id, *module) for module in modules)) for p in people
        )
        return Team(tuple(modules), lines)

    def person(self, viewer_id: UUID, person_id: UUID) -> PersonReport:
        """One person in full; NotFound for who may not see them."""
        today = london_day(self.now())
        editions = {edition.module.id: edition for edition in self.editions.all_current()}
        titles = {name: edition.module.title for name, edition in editions.items()}
        with self.database.reading() as connection:
            if not may_see(connection, viewer_id, person_id, today):
                raise NotFound("There is nobody of that kind in your team today.")
            name = connection.execute(
                select(person.c.name).where(person.c.id == person_id)
            ).scalar_one()
            posts = connection.execute(
                select(post.c.job, unit.c.path)
                .join(unit, unit.c.id == post.c.unit_id)
                .where(post.c.person_id == person_id, live_posts(today))
                .order_by(post.c.starts_on)
            ).all()
            taken = connection.execute(
                select(attempt)
                .where(
                    attempt.c.person_id == person_id,
                    attempt.c.mode == Mode.ASSURED.value,
                    attempt.c.submitted_at.is_not(None),
                )
                .order_by(attempt.c.submitted_at.desc())
            ).all()
            latest = {row.module: row for row in reversed(taken)}
            shown = connection.execute(
                select(attempt_objective).where(
                    attempt_objective.c.attempt_id.in_([row.id for row in latest.values()])
                )
            ).all()
            granted = connection.execute(
                select(dispensation)
                .where(dispensation.c.person_id == person_id)
                .order_by(dispensation.c.id.desc())
            ).all()
            is_lead = leads(connection, viewer_id, person_id, today)
            mine = team(connection, viewer_id, today).where(post.c.person_id == person_id)
            is_manager = connection.execute(mine).first() is not None
        by_attempt: dict[UUID, list[Any]] = {}
        for row in shown:
            by_attempt.setdefault(row.attempt_id, []).append(row)
        return PersonReport(
            person_id=person_id,
            name=name,
            posts=tuple(f"{row.job}, {row.path}" for row in posts),
            modules=self.duties.mine(person_id),
            objectives={
                module: _objectives(self.editions.by_id(row.edition_id), by_attempt.get(row.id, []))
                for module, row in latest.items()
            },
            taken=tuple(
                Taken(
                    row.module,
                    titles.get(row.module, row.module),
                    london_day(row.submitted_at),
                    row.passed,
                    row.share,
                )
                for row in taken
            ),
            granted=tuple(_granted(row, titles, today) for row in granted),
            viewer_leads=is_lead,
            viewer_manages=is_manager,
        )


def _objectives(edition: Edition, rows: Sequence[Any]) -> tuple[ObjectiveLine, ...]:
    """In the module's order; an objective that was not asked is left out, never "not shown"."""
    shown = {row.objective: row.right_count == row.asked for row in rows}
    return tuple(
        ObjectiveLine(title, shown[objective])
        for objective, title in edition.module.objectives.items()
        if objective in shown
    )


def _granted(row: Any, titles: Mapping[str, str], today: date) -> Granted:
    ends = row.kind in ("pause", "exemption") and (row.ends_on is None or row.ends_on >= today)
    return Granted(
        granted_id=row.id,
        kind="recognised learning" if row.kind == "learning" else row.kind,
        title=titles.get(row.module, row.module) if row.module else "all questionnaires",
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        reason=row.reason,
        made_on=row.made_on,
        can_be_ended=ends,
    )


def _day(at: datetime | None) -> date | None:
    return london_day(at) if at is not None else None
