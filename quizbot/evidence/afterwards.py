"""Did it change practice? Asks some weeks after a pass, once, and counts what is answered.

Who was asked is kept, and whether they are done, so that nobody is asked twice. What they answered
is added to a count of their agency and questionnaire, and is nowhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select, update

from quizbot.clock import Clock, day_begins, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import Mend, NotFound, Refused
from quizbot.evidence.agencies import HOMES, agencies_by_unit, of_day
from quizbot.outbox.notices import Notices
from quizbot.reminders.announcing import LATER
from quizbot.rules.later import HINDERED, USED
from quizbot.standing.standings import RENEWING, chunks
from quizbot.store.counted import PASSES
from quizbot.store.database import Database
from quizbot.store.tables import attempt, later_ask, later_count, new_id, notice

WINDOW = timedelta(days=30)  # what was passed before that is too long ago to be asked about
APART = timedelta(days=90)  # between two such questions to one person
STANDS = timedelta(days=60)
OPEN, ANSWERED, DECLINED = "open", "answered", "declined"


@dataclass(frozen=True)
class LaterAsk:
    """Two questions that somebody may answer about a questionnaire which they passed."""

    id: UUID
    title: str


@dataclass(frozen=True)
class Afterwards:
    """Asking and counting, so many days `after` a pass; without a number nobody is asked."""

    database: Database
    editions: Editions
    notices: Notices
    after: int | None
    now: Clock

    def run(self) -> Iterator[int]:
        """Ask those whose time has come, some at a time; one questionnaire a person."""
        if self.after is None:
            return
        today = london_day(self.now())
        with self.database.reading() as connection:
            agencies = agencies_by_unit(connection)
            first, last = (today - timedelta(days=self.after) - WINDOW, today)
            last -= timedelta(days=self.after)
            passed = connection.execute(
                PASSES.with_only_columns(
                    attempt.c.person_id, attempt.c.module, HOMES.c.unit_id, attempt.c.submitted_at
                )
                .join(HOMES, HOMES.c.person_id == attempt.c.person_id)
                .where(
                    HOMES.c.place == 1,
                    attempt.c.submitted_at >= day_begins(first),
                    attempt.c.submitted_at < day_begins(last, 1),
                    attempt.c.person_id.not_in(
                        select(later_ask.c.person_id).where(later_ask.c.asked_on > today - APART)
                    ),
                )
                .order_by(attempt.c.submitted_at),
                of_day(today),
            )
            newest = {
                row.person_id: (row.module, agencies[row.unit_id])
                for row in passed
                if row.unit_id in agencies
            }
        for some in chunks(newest.items()):
            asks = [
                {
                    "id": new_id(),
                    "person_id": who,
                    "module": module,
                    "agency": agency,
                    "asked_on": today,
                    "state": OPEN,
                }
                for who, (module, agency) in some
            ]
            owed = [self._notice(one["id"], one["person_id"], str(one["module"])) for one in asks]
            with self.database.writing(queue=RENEWING) as connection:
                connection.execute(insert(later_ask), asks)
                self.database.insert_new(connection, notice, owed)
            yield len(asks)

    def of(self, person_id: UUID) -> tuple[LaterAsk, ...]:
        """What somebody may still answer; without a query where nobody is asked."""
        return self._open(person_id) if self.after is not None else ()

    def _open(self, person_id: UUID) -> tuple[LaterAsk, ...]:
        with self.database.reading() as connection:
            rows = connection.execute(
                select(later_ask.c.id, later_ask.c.module)
                .where(
                    later_ask.c.person_id == person_id,
                    later_ask.c.state == OPEN,
                    later_ask.c.asked_on > london_day(self.now()) - STANDS,
                )
                .order_by(later_ask.c.id)
            ).all()
        titles = {one.module.id: one.module.title for one in self.editions.all_current()}
        return tuple(LaterAsk(row.id, titles[row.module]) for row in rows if row.module in titles)

    def find(self, person_id: UUID, ask_id: UUID) -> LaterAsk:
        """One of these; NotFound for everybody else, and once it is done."""
        for one in self._open(person_id):  # asked once, it may be answered whatever is set since
            if one.id == ask_id:
                return one
        raise NotFound("There is nothing to answer here: it was answered, or its time is over.")

    def answer(self, person_id: UUID, ask_id: UUID, used: str, hindered: str) -> None:
        """Count an answer, once; from then on nothing says whose it was."""
        faults = {}
        if used not in USED:
            faults["used"] = "Choose whether you have used it"
        if hindered not in HINDERED:
            faults["hindered"] = "Choose what got in the way, or Nothing"
        if faults:
            raise Mend(**faults)
        self.find(person_id, ask_id)
        month = london_day(self.now()).replace(day=1)
        with self.database.writing() as connection:
            row = connection.execute(
                update(later_ask)
                .where(later_ask.c.id == ask_id, later_ask.c.state == OPEN)
                .values(state=ANSWERED)
                .returning(later_ask.c.module, later_ask.c.agency)
            ).first()
            if row is None:
                raise Refused("You have answered this already. Thank you.")
            for item in (f"used:{used}", f"hindered:{hindered}"):
                key = {"month": month, "module": row.module, "agency": row.agency, "item": item}
                self.database.insert_once(connection, later_count, {**key, "people": 0})
                connection.execute(
                    update(later_count)
                    .where(*(later_count.c[name] == value for name, value in key.items()))
                    .values(people=later_count.c.people + 1)
                )

    def decline(self, person_id: UUID, ask_id: UUID) -> None:
        """Nothing is answered, and it is not asked again."""
        self.find(person_id, ask_id)
        with self.database.writing() as connection:
            connection.execute(
                update(later_ask)
                .where(later_ask.c.id == ask_id, later_ask.c.state == OPEN)
                .values(state=DECLINED)
            )

    def _notice(self, ask_id: UUID, person_id: UUID, module: str) -> dict[str, object]:
        payload = {"module": module, "about": person_id.hex, "duty": ask_id.hex}
        return self.notices.row(f"{LATER}:{ask_id.hex}", person_id, LATER, payload)
