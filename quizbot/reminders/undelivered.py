"""Messages that did not arrive, or may not have, for the lead who can mend it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, or_, select, update

from quizbot.access import Rights, is_here, live_posts, must_lead, within
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import NotFound
from quizbot.outbox.mail import Reason
from quizbot.outbox.notices import ACCOUNT_BOUND, ADDRESS_CHANGED, NO_TROUBLE
from quizbot.rules import due
from quizbot.rules.ladder import due_day
from quizbot.standing.standings import Standings
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import notice, person, post, unit

SHOWN = 200
TOLD_WITHIN = timedelta(days=730)  # what is later still is for the manager's own list

_MAY_HAVE_ARRIVED = "It may have arrived. Ask them; if it did not, send it again."
_TELL_THEM = "Tell them yourself, and give them a printed slip to sign in with."
_SEND_AGAIN = "Send it again; if that fails too, show this to whoever runs the mail server."
_ADVICE = {
    Reason.WRONG_ADDRESS: "Correct the address, then send it again.",
    Reason.NO_ADDRESS: _TELL_THEM,
    Reason.CHAT_GONE: _TELL_THEM,
    Reason.TRIAL: "Ask whoever runs the service to end the trial of it, then send it again.",
    Reason.FULL: "Ask them to empty their mailbox, then send it again.",
}

# What goes by itself, once: nothing of it can be put into a later message.
ALONE = {
    "sign-in": "Sign-in code",
    ADDRESS_CHANGED: "Word of a changed address",
    ACCOUNT_BOUND: "Word of another way to sign in",
}


@dataclass(frozen=True)
class Trouble:
    """What did not reach somebody, and what to do about it."""

    person_id: UUID
    name: str
    what: str
    state: str
    trouble: str
    reason: Reason
    at: datetime
    can_go_again: bool

    @property
    def advice(self) -> str:
        """What a lead can do."""
        if self.state == "uncertain":
            return _MAY_HAVE_ARRIVED
        return _ADVICE.get(self.reason, _SEND_AGAIN)


@dataclass(frozen=True)
class LongLate:
    """Somebody of whom a lead was told, and who is still late."""

    person_id: UUID
    name: str
    title: str
    due_on: date


@dataclass(frozen=True)
class Troubles:
    """Failed and uncertain messages to people below a lead's units, and what was told of them."""

    database: Database
    editions: Editions
    standings: Standings
    audit: Audit
    now: Clock

    def of(self, lead_id: UUID) -> list[Trouble]:
        """One line a person and trouble, the latest first; the first two hundred."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            found = must_lead(connection, lead_id, today)
            rows = connection.execute(
                select(
                    person.c.id.label("person_id"),
                    person.c.name,
                    notice.c.kind,
                    notice.c.state,
                    notice.c.trouble,
                    notice.c.reason,
                    notice.c.done_at,
                )
                .join(person, person.c.id == notice.c.person_id)
                .where(*_open(), _is_below(found, today), is_here(today))
                .order_by(notice.c.done_at.desc(), notice.c.id.desc())
                .limit(20 * SHOWN)
            ).all()
        lines: dict[tuple[UUID, str, str], Trouble] = {}
        for row in rows:
            what = ALONE.get(row.kind, "Message of the day")
            line = Trouble(
                person_id=row.person_id,
                name=row.name,
                what=what,
                state=row.state,
                trouble=row.trouble,
                reason=Reason(row.reason),
                at=row.done_at,
                can_go_again=row.kind not in ALONE,
            )
            lines.setdefault((row.person_id, what, row.state), line)
        return list(lines.values())[:SHOWN]

    def send_again(self, lead_id: UUID, person_id: UUID) -> None:
        """Put what did not reach somebody into their next message."""
        self._settle(lead_id, person_id, "notice.again")

    def settle(self, lead_id: UUID, person_id: UUID) -> None:
        """Take somebody's troubles off the list: they are dealt with."""
        self._settle(lead_id, person_id, "notice.settle")

    def long_late(self, lead_id: UUID) -> list[LongLate]:
        """Of whom this lead was told and who are late still, the longest first."""
        today = london_day(self.now())
        titles = {e.module.id: e.module.title for e in self.editions.all_current()}
        with self.database.reading() as connection:
            must_lead(connection, lead_id, today)
            rows = connection.execute(
                select(notice.c.payload).where(
                    notice.c.person_id == lead_id,
                    notice.c.kind == "to-lead",
                    notice.c.made_at > self.now() - TOLD_WITHIN,
                )
            ).scalars()
            told = {_about(payload) for payload in rows}
            standings = self._still_late(connection, told, today)
            names = _names(connection, [about for about, _ in standings], today)
        lines = [
            LongLate(about, names[about], titles[module], due_on)
            for (about, module), due_on in standings.items()
            if about in names
        ]
        return sorted(lines, key=lambda line: (line.due_on, line.name))

    def _still_late(
        self, connection: Connection, told: set[tuple[UUID, str, UUID]], today: date
    ) -> dict[tuple[UUID, str], date]:
        people = sorted({about for about, _, _ in told})
        modules = [
            module for module in self.standings.modules() if module in {m for _, m, _ in told}
        ]
        late: dict[tuple[UUID, str], date] = {}
        for about, module, facts in self.standings.facts(connection, people, modules):
            standing = due.standing(facts, today)
            if standing.state not in (due.State.OVERDUE, due.State.LAPSED):
                continue
            dues = [
                day
                for duty in standing.duties
                if (about, module, duty.requirement_id or duty.request_id) in told
                and (day := due_day(duty)) is not None
                and day < today
            ]
            if dues:
                late[about, module] = min(dues)
        return late

    def _settle(self, lead_id: UUID, person_id: UUID, action: str) -> None:
        today, now = london_day(self.now()), self.now()
        again = {"state": "queued", "tries": 0, "next_try_at": now, "done_at": None}
        with self.database.writing(queue=f"digest:{person_id}") as connection:
            found = must_lead(connection, lead_id, today)
            mine = select(person.c.id).where(person.c.id == person_id, _is_below(found, today))
            if connection.execute(mine).first() is None:
                raise NotFound("There is nobody of yours with this message.")
            theirs = (notice.c.person_id == person_id, *_open())
            if action == "notice.again":
                connection.execute(
                    update(notice)
                    .where(*theirs, ~notice.c.goes_alone)
                    .values(**again, digest_id=None, **NO_TROUBLE)
                )
            done = update(notice).where(*theirs).values(settled_at=now)
            self.audit.add(
                connection, lead_id, action, person_id, notices=connection.execute(done).rowcount
            )


def _open() -> tuple[ColumnElement[bool], ...]:
    """What failed or may have failed, unless a lead has dealt with it. A code has run out by now,
    so it matters only when its address is wrong."""
    is_code = notice.c.kind == "sign-in"
    return (
        or_(notice.c.state == "failed", (notice.c.state == "uncertain") & ~is_code),
        notice.c.settled_at.is_(None),
    )


def _is_below(found: Rights, today: date) -> ColumnElement[bool]:
    """Whether a person has a live post below one of a lead's units."""
    return exists().where(
        post.c.person_id == person.c.id,
        unit.c.id == post.c.unit_id,
        live_posts(today),
        or_(*(within(path) for path in found.lead_of)),
    )


def _about(payload: str) -> tuple[UUID, str, UUID]:
    told: dict[str, Any] = json.loads(payload)
    return UUID(told["about"]), told["module"], UUID(told["duty"])


def _names(connection: Connection, people: Sequence[UUID], today: date) -> dict[UUID, str]:
    rows = connection.execute(
        select(person.c.id, person.c.name).where(person.c.id.in_(people), is_here(today))
    )
    return {row.id: row.name for row in rows}
