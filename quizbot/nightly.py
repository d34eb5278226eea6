"""Once a day: what the ladder owes to whom, written down as notices."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from quizbot import due
from quizbot.access import is_here
from quizbot.clock import Clock
from quizbot.db import Database
from quizbot.heads import Grants, read_grants, read_heads
from quizbot.ladder import Reached, Step, When, Who, reached
from quizbot.notices import TRIAL, Notices
from quizbot.quiet import Quiet
from quizbot.standings import Standings, chunks
from quizbot.tables import notice, person, request

AT_REST = (due.State.PAUSED, due.State.EXEMPT)
AT_LEAST_AHEAD = 7  # days: what is due in a row of holidays is told before them


@dataclass(frozen=True)
class Nightly:
    """Finds every step of the ladder that is reached by a day, and owes what is not owed yet.

    It looks at what has been reached by now, not at what is reached today, so a day without a run
    loses nothing; and each step has one key, so two runs owe no more than one.
    """

    database: Database
    standings: Standings
    notices: Notices
    ladder: tuple[Step, ...]
    quiet: Quiet
    is_trial: bool
    now: Clock

    def run(self, day: date) -> Iterator[int]:
        """Chunk by chunk of people, so that codes go on being mailed between them."""
        if not self.is_trial:
            self._end_trial()
        modules = self.standings.modules()
        before = [step.days for step in self.ladder if step.when is When.BEFORE]
        ahead = max([AT_LEAST_AHEAD, *before])
        with self.database.reading() as connection:
            people = self.standings.asked(connection, modules, day, ahead)
            grants = read_grants(connection, day)
        for chunk in chunks(people):
            with self.database.reading() as connection:
                rows = self._owed(connection, chunk, modules, day, grants)
                known = _known_keys(connection, list(rows))
            new = [row for key, row in rows.items() if key not in known]
            if new:
                with self.database.writing() as connection:
                    self.database.insert_new(connection, notice, new)
            yield len(new)

    def _owed(
        self,
        connection: Connection,
        people: list[UUID],
        modules: Sequence[str],
        day: date,
        grants: Grants,
    ) -> dict[str, dict[str, Any]]:
        """Every step that these people's duties have reached, by its key."""
        found = list(self._reached(connection, people, modules, day))
        told = [one for one in found if one.step.who is not Who.PERSON]
        heads = read_heads(connection, {one.about for one in told}, day, grants)
        asked_by = _asked_by(connection, {one.duty_id for one in told if one.is_request}, day)
        rows = {}
        for one in found:
            step, receivers = one.step, set[UUID | None]({None})
            if step.who is Who.MANAGER:
                receivers = {*heads.managers(one.about), *asked_by.get(one.duty_id, ())}
                if not receivers:  # nobody manages them: somebody is to know all the same
                    step = replace(step, who=Who.LEAD)
            if step.who is Who.LEAD:
                receivers = {*heads.leads(one.about)}
            for to in receivers:
                row = self.notices.step(step, one.duty_id, one.about, one.module, to)
                rows[row["key"]] = row
        return rows

    def _reached(
        self, connection: Connection, people: list[UUID], modules: Sequence[str], day: date
    ) -> Iterator["_Found"]:
        for person_id, module, facts in self.standings.facts(connection, people, modules):
            if not facts.requirements and not facts.requests:
                continue
            standing = due.standing(facts, day)
            if standing.state in AT_REST:
                continue
            for duty in standing.duties:
                duty_id = duty.requirement_id or duty.request_id
                assert duty_id is not None
                for step in reached(duty, day, self.ladder, self.quiet.last_open_day):
                    is_request = duty.request_id is not None
                    yield _Found(step, duty_id, is_request, person_id, module)

    def _end_trial(self) -> None:
        """What the trial kept back and still stands goes now; the digest leaves out the rest."""
        with self.database.writing() as connection:
            connection.execute(
                update(notice)
                .where(
                    notice.c.state == "cancelled",
                    ~notice.c.goes_alone,
                    notice.c.trouble == TRIAL,
                )
                .values(state="queued", trouble="", done_at=None, next_try_at=self.now())
            )


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
    rows = connection.execute(
        select(request.c.id, request.c.made_by)
        .join(person, person.c.id == request.c.made_by)
        .where(request.c.id.in_(requests), is_here(day))
    )
    return {request_id: {made_by} for request_id, made_by in rows}


def _known_keys(connection: Connection, keys: list[str]) -> set[str]:
    """Which of these are owed already, or were."""
    found: set[str] = set()
    for portion in chunks(keys):
        found.update(
            connection.execute(select(notice.c.key).where(notice.c.key.in_(portion))).scalars()
        )
    return found
