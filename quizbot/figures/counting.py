"""What is counted for the board: once a night, and at the end of each month."""

from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Subquery, case, delete, func, insert, select

from quizbot.clock import Clock, london_day
from quizbot.evidence.agencies import agencies_by_unit, homes_on, latest_on
from quizbot.evidence.beliefs import Beliefs
from quizbot.figures.confirmed import ConfirmedCounting
from quizbot.figures.later import later_figures
from quizbot.rules import due
from quizbot.rules.due import State
from quizbot.rules.outcome import is_shown
from quizbot.standing.standings import Standings, state_column
from quizbot.store.counted import objectives_now
from quizbot.store.database import Database, streamed
from quizbot.store.tables import board_figure, standing_cache

IN_DATE = (State.VALID, State.RENEW_SOON)
STANDING, OBJECTIVE, BELIEF, CONFIRMED = "standing", "objective", "belief", "confirmed"
LATER = "later"

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
        with self.database.reading() as connection:
            counted_on = connection.execute(
                select(func.max(board_figure.c.counted_on)).where(board_figure.c.month == first)
            ).scalar()
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
            connection.execute(delete(board_figure).where(board_figure.c.month == first))
            if rows:
                connection.execute(insert(board_figure), rows)
        yield from self.beliefs.count(day)

    def _figures(
        self, connection: Connection, day: date, *, from_cache: bool
    ) -> Generator[None, None, Figures]:
        agencies = agencies_by_unit(connection)
        homes, latest = homes_on(day), latest_on(day)
        figures: Figures = {
            (module, STANDING, "", agency): [0, 0]
            for module in self.standings.modules()
            for agency in set(agencies.values())
        }

        def add(agency_of: UUID, module: str, kind: str, item: str, people: int, of: int) -> None:
            agency = agencies.get(agency_of)
            if agency is not None:
                found = figures.setdefault((module, kind, item, agency), [0, 0])
                found[0] += people
                found[1] += of

        states = self._cached_states if from_cache else self._past_states
        found = yield from states(connection, day, homes)
        for (unit_id, module, state), people in found.items():
            if State(state).rank:
                add(unit_id, module, STANDING, "", people if state in IN_DATE else 0, people)
        yield
        for row in _objectives(connection, homes, latest):
            add(row.unit_id, row.module, OBJECTIVE, row.objective, row.shown, row.asked)
        confirmed, asked = yield from self.changes.pieces(connection, day, homes)
        for key, people in asked.items():
            unit_id, module, change = key
            add(unit_id, module, CONFIRMED, change, confirmed[key], people)
        for (module, item, agency), counts in later_figures(connection, day).items():
            figures[module, LATER, item, agency] = list(counts)
        return figures

    def _cached_states(self, connection: Connection, day: date, homes: Subquery) -> Pieces:
        """Standing today from the cache: one query, from the same boundaries as the rules."""
        state = state_column(day).label("state")
        rows = connection.execute(
            select(homes.c.unit_id, standing_cache.c.module, state, func.count())
            .join(homes, homes.c.person_id == standing_cache.c.person_id)
            .where(homes.c.place == 1, standing_cache.c.holds_to >= day)
            .group_by(homes.c.unit_id, standing_cache.c.module, state)
        )
        yield
        known = set(self.standings.modules())
        return Counter({(u, module, state): n for u, module, state, n in rows if module in known})

    def _past_states(self, connection: Connection, day: date, homes: Subquery) -> Pieces:
        """Standing on a day gone by, from the facts."""
        found: Counter[tuple[UUID, str, str]] = Counter()
        modules = self.standings.modules()
        query = select(homes.c.person_id, homes.c.unit_id).where(homes.c.place == 1)
        with streamed(connection, query) as portions:
            for some in portions:
                units: dict[UUID, UUID] = {row.person_id: row.unit_id for row in some}
                for person_id, module, facts in self.standings.facts(connection, [*units], modules):
                    found[units[person_id], module, due.standing(facts, day).state] += 1
                yield
        return found


def month_end(first: date) -> date:
    """The last day of a month."""
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _objectives(connection: Connection, homes: Subquery, latest: Subquery) -> Any:
    table = objectives_now()
    shown = case((is_shown(table.c.asked, table.c.right_count), 1), else_=0)
    return connection.execute(
        select(
            homes.c.unit_id,
            latest.c.module,
            table.c.objective,
            func.sum(shown).label("shown"),
            func.count().label("asked"),
        )
        .join(latest, latest.c.id == table.c.attempt_id)
        .join(homes, homes.c.person_id == latest.c.person_id)
        .where(homes.c.place == 1, latest.c.place == 1, table.c.asked > 0)
        .group_by(homes.c.unit_id, latest.c.module, table.c.objective)
    )
