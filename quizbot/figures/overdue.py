"""Who is late, where and since when, below the units that somebody leads."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from quizbot.access import is_here, live_posts, must_lead, within
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import Refused
from quizbot.figures.board_words import LateSummary
from quizbot.rules import due
from quizbot.standing.requests import AskOutcome, Requests, still_open
from quizbot.standing.standings import Standings, state_column
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import person, post, standing_cache, unit
from quizbot.words import how_many, is_within

LATE = (due.State.OVERDUE.value, due.State.LAPSED.value)
A_PAGE = 25
MOST_ASKED = 500  # people at once: more is no asking any more
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
    requests: Requests
    audit: Audit
    now: Clock

    def of(self, lead_id: UUID, asked: Mapping[str, str]) -> Overdue:
        """Who is late below a lead's units; `unit`, `module` and `manager` narrow it.

        NotAllowed for who leads nothing. What is asked for and is not there shows nobody.
        """
        over, today = self._led(lead_id), london_day(self.now())
        with self.database.reading() as connection:
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
        return self.summary(lead_id).people

    def summary(self, lead_id: UUID) -> LateSummary:
        """The same with the unit in which most of them are; one look at what is kept of all."""
        over, today = self._led(lead_id), london_day(self.now())
        late = select(standing_cache.c.person_id).where(
            standing_cache.c.holds_to >= today, state_column(today).in_(LATE)
        )
        with self.database.reading() as connection:
            found = connection.execute(
                select(unit.c.path, post.c.person_id)
                .distinct()
                .join(post, post.c.unit_id == unit.c.id)
                .join(person, person.c.id == post.c.person_id)
                .where(*_is_below(over, today), person.c.id.in_(late))
            ).all()
        if not found:
            return LateSummary(0)
        in_units = Counter(path for path, _ in found)
        most = min(in_units, key=lambda path: (-in_units[path], path))
        return LateSummary(len({who for _, who in found}), most, in_units[most])

    def ask(self, lead_id: UUID, asked: Mapping[str, str], due_on: date) -> AskOutcome:
        """Ask everybody who is shown for what they are late with, in the lead's name.

        Who was asked before, by whomever, and has days left, is left in peace.
        """
        lines = self.of(lead_id, asked).lines
        if not lines:
            raise Refused("Nobody is late there any more.")
        with self.database.reading() as connection:
            open_pairs = still_open(
                connection, {line.person_id for line in lines}, london_day(self.now())
            )
        wanted: dict[str, dict[UUID, None]] = {}
        for line in lines:
            if (line.person_id, line.module) not in open_pairs:
                wanted.setdefault(line.module, {})[line.person_id] = None
        people = {one for of_module in wanted.values() for one in of_module}
        if not people:
            raise Refused("Everybody who is shown was asked already and has days left.")
        if len(people) > MOST_ASKED:
            raise Refused(
                f"{how_many(len(people), 'person is', 'people are')} too many to ask at once:"
                " choose a unit, a questionnaire or a manager, so that they are"
                f" {MOST_ASKED} at most."
            )
        made = [
            self.requests.ask(lead_id, list(who), [module], due_on)
            for module, who in wanted.items()
        ]
        return AskOutcome(
            sum(one.asked for one in made),
            sum(one.already for one in made),
            sum(one.replaced for one in made),
        )

    def export(self, lead_id: UUID, asked: Mapping[str, str]) -> Overdue:
        """The same to take away, which the trail tells."""
        found = self.of(lead_id, asked)
        with self.database.writing() as connection:
            self.audit.add(connection, lead_id, "overdue.export", people=found.shown_people)
        return found

    def _led(self, lead_id: UUID) -> tuple[str, ...]:
        """The units that a lead leads, everybody's standing being there to be read."""
        with self.database.reading() as connection:
            over = must_lead(connection, lead_id, london_day(self.now())).lead_of
        self.standings.renew_few()
        return over

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
        .where(*_is_below(over, today), standing_cache.c.holds_to >= today, state.in_(LATE))
    )


def _is_below(over: Sequence[str], today: date) -> tuple[ColumnElement[bool], ...]:
    """Who is here, with a post below one of the units."""
    return is_here(today), live_posts(today), or_(*(within(path) for path in over))


def _fits(line: LateLine, chosen: Mapping[str, str]) -> bool:
    at, manager = chosen["unit"], chosen["manager"]
    is_there = not at or is_within(line.unit, at)
    return is_there and chosen["module"] in ("", line.module) and manager in ("", line.manager)


def _people_by(lines: Iterable[LateLine], name: str) -> list[tuple[str, int]]:
    """How many people are late by a unit, module or manager."""
    late = {(getattr(line, name), line.person_id) for line in lines}
    return list(Counter(value for value, _ in late).items())
