"""Once a day: what the ladder owes to whom, written down as notices."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, bindparam, select, update

from quizbot.access import is_here
from quizbot.clock import Clock
from quizbot.outbox.mail import Reason
from quizbot.outbox.notices import NO_TROUBLE, Notices
from quizbot.reminders.overseers import Grants, read_grants, read_heads
from quizbot.reminders.quiet import Quiet
from quizbot.rules import due
from quizbot.rules.ladder import Reached, Recipient, Step, reached_and_next
from quizbot.standing.confirming import Confirmations, Confirming
from quizbot.standing.standings import RENEWING, Standings, chunks
from quizbot.store.database import Database, read_in
from quizbot.store.tables import lease, notice, person, request

AT_REST = (due.State.PAUSED, due.State.EXEMPT)
LADDER = "ladder"  # the lease that nobody holds: it keeps which ladder was looked by
CHUNK = 100  # people at a time: on SQLite others wait for it before they can write
ONE_DAY = timedelta(days=1)
_LOOKED_BY = select(lease.c.holder).where(lease.c.name == LADDER)
_KEPT_BACK = (
    notice.c.state == "cancelled",
    ~notice.c.goes_alone,
    notice.c.reason == Reason.TRIAL.value,
)
_ANY_KEPT_BACK = select(notice.c.id).where(*_KEPT_BACK).limit(1)
_KNOWN = select(notice.c.key).where(notice.c.key.in_(bindparam("keys", expanding=True)))
_ASKED_BY = (
    select(request.c.id, request.c.made_by)
    .join(person, person.c.id == request.c.made_by)
    .where(
        request.c.id.in_(bindparam("requests", expanding=True)),
        is_here(bindparam("day", type_=Date)),
    )
)


@dataclass(frozen=True)
class Nightly:
    """Finds every step of the ladder that is reached by a day, and owes what is not owed yet.

    It looks at what has been reached by now, not at what is reached today, so a day without a run
    loses nothing; and each step has one key, so two runs owe no more than one. The cache of
    standing keeps when to look again: on the day of the next step, or when a fact has changed.
    """

    database: Database
    standings: Standings
    confirmations: Confirmations
    notices: Notices
    ladder: tuple[Step, ...]
    quiet: Quiet
    is_trial: bool
    now: Clock

    def run(self, day: date) -> Iterator[int]:
        """Chunk by chunk of people, so that codes go on being mailed between them."""
        if not self.is_trial:
            self._end_trial()
        self._note_ladder()
        modules = self.standings.modules()
        with self.database.reading() as connection:
            people = self.standings.to_look_at(connection, modules, day)
            grants = read_grants(connection, day)
        for chunk in chunks(people, CHUNK):
            with self.database.writing(queue=RENEWING) as connection:
                owed = self._look(connection, chunk, modules, day, grants)
            yield owed

    def _look(
        self,
        connection: Connection,
        people: list[UUID],
        modules: Sequence[str],
        day: date,
        grants: Grants,
    ) -> int:
        """Owe every step that these people's duties have reached; how many are new."""
        changes: dict[tuple[UUID, str], list[Confirming]] = defaultdict(list)
        for lines in self.confirmations.of(connection, people, day).values():
            for one in lines:
                changes[one.person_id, one.asked_in].append(one)
        looks = [
            self._look_at(person_id, module, facts, changes.get((person_id, module), ()), day)
            for person_id, module, facts in self.standings.facts(connection, people, modules)
        ]
        found = [step for look in looks for step in look.steps]
        rows, untold = self._rows(connection, found, day, grants)
        known = _known_keys(connection, list(rows))
        new = [row for key, row in rows.items() if key not in known]
        self.database.insert_new(connection, notice, new)
        self.standings.keep(
            connection,
            people,
            [
                (look.about, look.module, look.dates, day + ONE_DAY)
                if (look.about, look.module) in untold
                else (look.about, look.module, look.dates, look.again_on)
                for look in looks
            ],
        )
        return len(new)

    def _look_at(
        self,
        person_id: UUID,
        module: str,
        facts: due.Facts,
        changes: Sequence[Confirming],
        day: date,
    ) -> "_Look":
        standing, dates = due.standing_and_dates(facts, day)
        again_on, steps = due.FOREVER, []
        duties: list[due.Duty] = []
        for one in (standing, *(change.standing for change in changes if change.standing)):
            if one.state not in AT_REST:
                duties += one.duties
            elif one.until:
                again_on = min(again_on, one.until + ONE_DAY)
        for duty in duties:
            duty_id = duty.requirement_id or duty.request_id
            assert duty_id is not None
            is_request = duty.request_id is not None
            found, then = reached_and_next(duty, day, self.ladder, self.quiet.last_open_day)
            steps += [_Found(step, duty_id, is_request, person_id, module) for step in found]
            again_on = min(again_on, then)
        return _Look(person_id, module, dates, again_on, tuple(steps))

    def _rows(
        self, connection: Connection, found: Sequence["_Found"], day: date, grants: Grants
    ) -> tuple[dict[str, dict[str, Any]], set[tuple[UUID, str]]]:
        """The notices by their keys; and of whom somebody should be told, but there is nobody."""
        told = [one for one in found if one.step.who is not Recipient.PERSON]
        heads = read_heads(connection, {one.about for one in told}, day, grants)
        asked_by = _asked_by(connection, {one.duty_id for one in told if one.is_request}, day)
        rows, untold = {}, set()
        for one in found:
            step, receivers = one.step, set[UUID | None]({None})
            if step.who is Recipient.MANAGER:
                receivers = {*heads.managers(one.about), *asked_by.get(one.duty_id, ())}
                if not receivers:  # nobody manages them: somebody is to know all the same
                    step = replace(step, who=Recipient.LEAD)
            if step.who is Recipient.LEAD:
                receivers = {*heads.leads(one.about)}
            if not receivers:
                untold.add((one.about, one.module))
            for to in receivers:
                row = self.notices.step(step, one.duty_id, one.about, one.module, to)
                rows[row["key"]] = row
        return rows, untold

    def _note_ladder(self) -> None:
        """Where the ladder or the quiet days are not those of the last run, look at everybody."""
        print_of = hashlib.sha256(repr((self.ladder_words(), self.quiet)).encode()).hexdigest()
        row = self.database.glance(_LOOKED_BY, {})
        if row is not None and row.holder == print_of:
            return
        with self.database.writing(queue=RENEWING) as connection:
            values = {"holder": print_of, "until": self.now()}
            self.database.insert_once(connection, lease, {"name": LADDER, **values})
            connection.execute(update(lease).where(lease.c.name == LADDER).values(**values))
            self.standings.forget_looks(connection)

    def ladder_words(self) -> list[str]:
        """Every step and its receivers, in words that are the same in every process."""
        return [f"{step.name} to {' and '.join(sorted(step.to))}" for step in self.ladder]

    def _end_trial(self) -> None:
        """What the trial kept back and still stands goes now; the digest leaves out the rest."""
        if self.database.glance(_ANY_KEPT_BACK, {}) is None:
            return
        again = {"state": "queued", "done_at": None, "next_try_at": self.now()}
        with self.database.writing() as connection:
            connection.execute(update(notice).where(*_KEPT_BACK).values(**again, **NO_TROUBLE))


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found of somebody and a module, and when to look again."""

    about: UUID
    module: str
    dates: due.Dates
    again_on: date
    steps: tuple["_Found", ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A step reached by a duty of somebody."""

    step: Reached
    duty_id: UUID
    is_request: bool
    about: UUID
    module: str


def _asked_by(
    connection: Connection, requests: Collection[UUID], day: date
) -> dict[UUID, set[UUID]]:
    """Who made each of these requests, if they are still here."""
    if not requests:
        return {}
    rows = read_in(connection, _ASKED_BY, {"requests": requests, "day": day})
    return {request_id: {made_by} for request_id, made_by in rows}


def _known_keys(connection: Connection, keys: list[str]) -> set[str]:
    """Which of these are owed already, or were."""
    found: set[str] = set()
    for portion in chunks(keys):
        found.update(row.key for row in read_in(connection, _KNOWN, {"keys": portion}))
    return found
