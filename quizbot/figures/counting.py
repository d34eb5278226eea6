"""What is counted for the board: once a night, and at the end of each month."""

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection, bindparam, case, delete, func, insert, select

from quizbot.clock import Clock, london_day
from quizbot.evidence.agencies import HOMES, LATEST, agencies_by_unit, of_day
from quizbot.evidence.beliefs import Beliefs
from quizbot.figures.confirmed import ConfirmedCounting
from quizbot.figures.later import later_figures
from quizbot.rules import due
from quizbot.rules.due import State
from quizbot.rules.outcome import is_shown
from quizbot.standing.standings import STATE, Standings, limits_of
from quizbot.store.counted import OBJECTIVES
from quizbot.store.database import Database, read_in, streamed, write_in
from quizbot.store.tables import board_figure, standing_cache

IN_DATE = (State.VALID, State.RENEW_SOON)
STANDING, OBJECTIVE, BELIEF, CONFIRMED = "standing", "objective", "belief", "confirmed"
LATER = "later"

_SHOWN = case((is_shown(OBJECTIVES.c.asked, OBJECTIVES.c.right_count), 1), else_=0)
# Made ready once: a night is as short as there is little new.
_COUNTED_ON = select(func.max(board_figure.c.counted_on).label("day")).where(
    board_figure.c.month == bindparam("of_month")
)
_FORGET = delete(board_figure).where(board_figure.c.month == bindparam("of_month"))
_KEEP = insert(board_figure)
_STATES = (
    select(HOMES.c.unit_id, standing_cache.c.module, STATE, func.count().label("people"))
    .join(HOMES, HOMES.c.person_id == standing_cache.c.person_id)
    .where(HOMES.c.place == 1, standing_cache.c.holds_to >= bindparam("day"))
    .group_by(HOMES.c.unit_id, standing_cache.c.module, STATE)
)
_SHOWN_NOW = (
    select(
        HOMES.c.unit_id,
        LATEST.c.module,
        OBJECTIVES.c.objective,
        func.sum(_SHOWN).label("shown"),
        func.count().label("asked"),
    )
    .join(LATEST, LATEST.c.id == OBJECTIVES.c.attempt_id)
    .join(HOMES, HOMES.c.person_id == LATEST.c.person_id)
    .where(HOMES.c.place == 1, LATEST.c.place == 1, OBJECTIVES.c.asked > 0)
    .group_by(HOMES.c.unit_id, LATEST.c.module, OBJECTIVES.c.objective)
)

# module, kind, item, agency → people, of how many
Figures = dict[tuple[str, str, str, str], list[int]]
# unit, module and what is counted → people; a pause between pieces
Pieces = Generator[None, None, Counter[tuple[UUID, str, str]]]


@dataclass(frozen=True)
class Counting:
    """Counts what the board shows, so that its page costs the same however many people there are.

    Everybody here is counted once, in the agency of the post they have held longest. Figures of a
    month that has ended stay as they were counted: a report can be printed again.
    """

    database: Database
    standings: Standings
    beliefs: Beliefs
    changes: ConfirmedCounting
    now: Clock

    def night(self, today: date) -> Iterator[None]:
        """The month that runs, up to today; on its first day the one before is closed.

        Piece by piece, so that codes go on being mailed between them.
        """
        if today.day == 1:
            yield from self._month(today - timedelta(days=1), again=True)
        yield from self._month(today)

    def month(self, day: date) -> None:
        """Count a month up to a day of it, unless its end was counted before."""
        for _ in self.pieces(day):
            pass

    def pieces(self, day: date) -> Iterator[None]:
        """The same piece by piece."""
        yield from self._month(day)

    def _month(self, day: date, *, again: bool = False) -> Iterator[None]:
        first = day.replace(day=1)
        today = london_day(self.now())
        counted_on = self.database.glance(_COUNTED_ON, {"of_month": first}).day
        if counted_on == month_end(first) and not again and day < today:
            return
        if day >= today:
            self.standings.renew_cache(day)
        with self.database.reading() as connection:
            figures = yield from self._figures(connection, day, from_cache=day >= today)
        rows = [
            {
                "month": first,
                "module": module,
                "kind": kind,
                "item": item,
                "agency": agency,
                "counted_on": day,
                "people": people,
                "of_people": of,
            }
            for (module, kind, item, agency), (people, of) in figures.items()
        ]
        with self.database.writing(queue="board") as connection:
            write_in(connection, _FORGET, {"of_month": first})
            write_in(connection, _KEEP, rows)
        yield from self.beliefs.count(day)

    def _figures(
        self, connection: Connection, day: date, *, from_cache: bool
    ) -> Generator[None, None, Figures]:
        agencies = agencies_by_unit(connection)
        modules = self.standings.modules()
        figures: Figures = {
            (module, STANDING, "", agency): [0, 0]
            for module in modules
            for agency in set(agencies.values())
        }

        def add(agency_of: UUID, module: str, kind: str, item: str, people: int, of: int) -> None:
            agency = agencies.get(agency_of)
            if agency is not None:
                found = figures.setdefault((module, kind, item, agency), [0, 0])
                found[0] += people
                found[1] += of

        states = self._cached_states if from_cache else self._past_states
        found = yield from states(connection, day, modules)
        for (unit_id, module, state), people in found.items():
            if State(state).rank:
                add(unit_id, module, STANDING, "", people if state in IN_DATE else 0, people)
        yield
        for row in read_in(connection, _SHOWN_NOW, of_day(day)):
            add(row.unit_id, row.module, OBJECTIVE, row.objective, row.shown, row.asked)
        confirmed, asked = yield from self.changes.pieces(connection, day)
        for key, people in asked.items():
            unit_id, module, change = key
            add(unit_id, module, CONFIRMED, change, confirmed[key], people)
        for (module, item, agency), counts in later_figures(connection, day).items():
            figures[module, LATER, item, agency] = list(counts)
        return figures

    def _cached_states(self, connection: Connection, day: date, modules: Sequence[str]) -> Pieces:
        """Standing today from the cache: one query, from the same boundaries as the rules."""
        rows = read_in(connection, _STATES, {**of_day(day), **limits_of(day)})
        yield
        return Counter({(u, module, state): n for u, module, state, n in rows if module in modules})

    def _past_states(self, connection: Connection, day: date, modules: Sequence[str]) -> Pieces:
        """Standing on a day gone by, from the facts."""
        found: Counter[tuple[UUID, str, str]] = Counter()
        query = select(HOMES.c.person_id, HOMES.c.unit_id).where(HOMES.c.place == 1)
        with streamed(connection, query, of_day(day)) as portions:
            for some in portions:
                units: dict[UUID, UUID] = {row.person_id: row.unit_id for row in some}
                for person_id, module, facts in self.standings.facts(connection, [*units], modules):
                    found[units[person_id], module, due.standing(facts, day).state] += 1
                yield
        return found


def month_end(first: date) -> date:
    """The last day of a month."""
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
