"""Withdrawing what somebody took: attempt, credit and certificate together, and nothing deleted."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, select, update

from quizbot.access import has_other_lead, knows
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import NotAllowed, NotFound
from quizbot.outbox.notices import Notices
from quizbot.outbox.results import Results
from quizbot.rules.pick import Mode
from quizbot.rules.scope import titled
from quizbot.standing.standings import forget
from quizbot.store.audit import Audit
from quizbot.store.counted import is_passed, is_withdrawn
from quizbot.store.database import Database
from quizbot.store.tables import attempt, attempt_withdrawn, certificate, person

NONE = "There is no attempt of theirs that counts and could be withdrawn."


@dataclass(frozen=True)
class Withdrawable:
    """An attempt that counts, as a lead sees it who may withdraw it."""

    attempt_id: UUID
    person_id: UUID
    name: str
    title: str
    on: date
    passed: bool


@dataclass(frozen=True)
class Withdrawals:
    """By a lead over the person, who is told why. The facts stay; what is withdrawn is beside them.

    From then on the attempt is no credit towards anything, no fail after which one has to wait, and
    in no figure that is counted afterwards; its certificate is withdrawn with it.
    """

    database: Database
    editions: Editions
    notices: Notices
    results: Results
    audit: Audit
    now: Clock

    def find(self, lead_id: UUID, person_id: UUID, attempt_id: UUID) -> Withdrawable:
        """What a lead is about to withdraw; NotFound for what counts for nothing already."""
        with self.database.reading() as connection:
            row = connection.execute(
                select(attempt, person.c.name, is_passed().label("is_passed"))
                .join(person, person.c.id == attempt.c.person_id)
                .where(_is(person_id, attempt_id), ~is_withdrawn())
            ).first()
            self._must_be_led(connection, lead_id, person_id)
            if row is None:
                raise NotFound(NONE)
        return Withdrawable(
            row.id,
            row.person_id,
            row.name,
            titled(self.editions.by_id(row.edition_id).module.title, row.scope),
            london_day(row.submitted_at),
            row.is_passed,
        )

    def withdraw(self, lead_id: UUID, person_id: UUID, attempt_id: UUID, reason: str) -> None:
        """Say that an attempt does not count any more, and why; a second time changes nothing."""
        with self.database.writing(queue="certificate") as connection:
            self._must_be_led(connection, lead_id, person_id)
            here = select(attempt.c.id).where(_is(person_id, attempt_id))
            if connection.execute(here).first() is None:
                raise NotFound(NONE)
            self.withdraw_in(connection, lead_id, attempt_id, reason)

    def withdraw_in(
        self, connection: Connection, lead_id: UUID, attempt_id: UUID, reason: str
    ) -> None:
        """The same inside a transaction of the caller's, of an attempt that there is."""
        row = connection.execute(select(attempt).where(attempt.c.id == attempt_id)).one()
        self._must_be_led(connection, lead_id, row.person_id)
        done = connection.execute(
            select(attempt.c.id).where(attempt.c.id == row.id, is_withdrawn())
        )
        if done.first() is not None:
            return
        by = {"withdrawn_at": self.now(), "withdrawn_by": lead_id, "reason": reason}
        self.database.insert_once(connection, attempt_withdrawn, {"attempt_id": row.id, **by})
        own = {"to_themself": True} if lead_id == row.person_id else {}
        self.audit.add(
            connection,
            lead_id,
            "attempt.withdraw",
            row.person_id,
            attempt=str(row.id),
            module=row.module,
            **own,
        )
        issued = connection.execute(
            update(certificate)
            .where(certificate.c.attempt_id == row.id, certificate.c.withdrawn_at.is_(None))
            .values(**by)
            .returning(certificate.c.id)
        ).scalars()
        for certificate_id in issued.all():
            self.audit.add(connection, lead_id, "certificate.withdraw", certificate_id)
        forget(connection, [row.person_id])
        self.results.withdrawn(connection, row.id)
        self.notices.tell_withdrawn(connection, row.id, row.person_id, row.module)

    def _must_be_led(self, connection: Connection, lead_id: UUID, person_id: UUID) -> None:
        today = london_day(self.now())
        knows(connection, lead_id, person_id, today)
        if lead_id == person_id and has_other_lead(connection, person_id, today):
            raise NotAllowed("Nobody withdraws an attempt of their own: ask another lead.")


def _is(person_id: UUID, attempt_id: UUID) -> ColumnElement[bool]:
    """A person's attempt for the record that was handed in."""
    return and_(
        attempt.c.id == attempt_id,
        attempt.c.person_id == person_id,
        attempt.c.mode == Mode.ASSURED.value,
        attempt.c.submitted_at.is_not(None),
    )
