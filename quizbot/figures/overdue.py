"""Who is late, where and since when, below the units that somebody leads."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, or_, select

from quizbot.access import is_here, live_posts, must_lead, within
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.rules import due
from quizbot.standing.standings import Standings, state_column
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import person, post, standing_cache, unit
from quizbot.words import is_within

LATE = (due.State.OVERDUE.value, due.State.LAPSED.value)
A_PAGE = 50
NO_MANAGER = "no manager"
HEAD = ("Unit", "Name", "Manager", "Questionnaire", "Standing", "Late since")


@dataclass(frozen=True)
class LateLine:
    """One person who is late with one module, in one of their units."""

    person_id: UUID
    name: str
    unit: str
    manager: str
    module: str
    title: str
    state: due.State
    since: date

    @property
    def cells(self) -> tuple[str | date, ...]:
        """The line of a table, in the order of HEAD."""
        return self.unit, self.name, self.manager, self.title, self.state.words, self.since


@dataclass(frozen=True)
class Overdue:
    """Who is late as an address asks, all pages of it, the longest late first."""

    lines: tuple[LateLine, ...]
    units: tuple[tuple[str, int], ...]  # of all that may be seen, with how many people are late
    modules: tuple[tuple[str, str, int], ...]
    managers: tuple[tuple[str, int], ...]
    people: int
    chosen: Mapping[str, str]

    @property
    def shown_people(self) -> int:
        """How many people the lines speak of."""
        return len({line.person_id for line in self.lines})

    @property
    def pages(self) -> int:
        """How many pages there are; one where nobody is late."""
        return max(1, -(-len(self.lines) // A_PAGE))

    @property
    def items(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """What can be chosen to see less: value and words, by name."""
        every = ("", "All")
        return {
            "unit": (every, *((path, f"{path} ({n})") for path, n in self.units)),
            "module": (every, *((m, f"{title} ({n})") for m, title, n in self.modules)),
            "manager": (every, *((name, f"{name} ({n})") for name, n in self.managers)),
        }

    def page(self, number: int) -> tuple[LateLine, ...]:
        """The lines of a page, counted from 1."""
        return self.lines[(number - 1) * A_PAGE : number * A_PAGE]

    def rows(self) -> Iterator[tuple[str | date, ...]]:
        """The same for a spreadsheet."""
        yield HEAD
        yield from (line.cells for line in self.lines)


@dataclass(frozen=True)
class Lateness:
    """Reads who is late; for leads, who may see each of these people by name."""

    database: Database
    editions: Editions
    standings: Standings
    audit: Audit
    now: Clock

    def of(self, lead_id: UUID, asked: Mapping[str, str]) -> Overdue:
        """Who is late below a lead's units; `unit`, `module` and `manager` narrow it.

        NotAllowed for who leads nothing. What is asked for and is not there shows nobody.
        """
        today = london_day(self.now())
        with self.database.reading() as connection:
            over = must_lead(connection, lead_id, today).lead_of
            every = list(self._lines(connection, over, today))
        chosen = {name: asked.get(name, "") for name in ("unit", "module", "manager")}
        shown = [line for line in every if _fits(line, chosen)]
        titles = {line.module: line.title for line in every}
        return Overdue(
            lines=tuple(sorted(shown, key=lambda line: (line.since, line.name, line.title))),
            units=tuple(sorted(_people_by(every, "unit"))),
            modules=tuple(
                (module, titles[module], count)
                for module, count in sorted(_people_by(every, "module"))
            ),
            managers=tuple(sorted(_people_by(every, "manager"))),
            people=len({line.person_id for line in every}),
            chosen={name: value for name, value in chosen.items() if value},
        )

    def people(self, lead_id: UUID) -> int:
        """How many people are late below a lead's units."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            over = must_lead(connection, lead_id, today).lead_of
            late = _late(over, today).with_only_columns(person.c.id).distinct().subquery()
            found: int = connection.execute(select(func.count()).select_from(late)).scalar_one()
        return found

    def export(self, lead_id: UUID, asked: Mapping[str, str]) -> Overdue:
        """The same to take away, which the trail tells."""
        found = self.of(lead_id, asked)
        with self.database.writing() as connection:
            self.audit.add(connection, lead_id, "overdue.export", people=found.shown_people)
        return found

    def _lines(
        self, connection: Connection, over: Sequence[str], today: date
    ) -> Iterator[LateLine]:
        titles = {one.module.id: one.module.title for one in self.editions.all_current()}
        for row in connection.execute(_late(over, today)):
            if row.module in titles:
                state = due.State(row.state)
                yield LateLine(
                    person_id=row.id,
                    name=row.name,
                    unit=row.path,
                    manager=row.manager or NO_MANAGER,
                    module=row.module,
                    title=titles[row.module],
                    state=state,
                    since=row.lapses_after if state is due.State.LAPSED else row.due_on,
                )


def _late(over: Sequence[str], today: date) -> Select[Any]:
    """A row for each person who is late, module and live post below one of the units."""
    state = state_column(today).label("state")
    manager = person.alias("manager")
    return (
        select(
            person.c.id,
            person.c.name,
            unit.c.path,
            manager.c.name.label("manager"),
            standing_cache.c.module,
            standing_cache.c.due_on,
            standing_cache.c.lapses_after,
            state,
        )
        .join(post, post.c.person_id == person.c.id)
        .join(unit, unit.c.id == post.c.unit_id)
        .join(standing_cache, standing_cache.c.person_id == person.c.id)
        .outerjoin(manager, manager.c.id == post.c.manager_id)
        .where(
            is_here(today),
            live_posts(today),
            or_(*(within(path) for path in over)),
            standing_cache.c.holds_to >= today,
            state.in_(LATE),
        )
    )


def _fits(line: LateLine, chosen: Mapping[str, str]) -> bool:
    at, manager = chosen["unit"], chosen["manager"]
    is_there = not at or is_within(line.unit, at)
    return is_there and chosen["module"] in ("", line.module) and manager in ("", line.manager)


def _people_by(lines: Iterable[LateLine], name: str) -> list[tuple[str, int]]:
    """How many people are late by a unit, module or manager."""
    late = {(getattr(line, name), line.person_id) for line in lines}
    return list(Counter(value for value, _ in late).items())
