"""Certificates: issued with the pass, checked by anyone who has the code, withdrawn by a lead."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from quizbot.access import knows
from quizbot.clock import LONDON, Clock, has_ended, london_day
from quizbot.editions.editions import Edition
from quizbot.errors import NotAllowed, NotFound, NotOffered
from quizbot.evidence import pdf
from quizbot.evidence.withdrawals import Withdrawals
from quizbot.standing.confirming import Confirmations
from quizbot.standing.standings import Standings
from quizbot.store.database import EVERY, Database, write_in
from quizbot.store.tables import attempt, certificate, new_id, person
from quizbot.words import long_date

# No vowels, so that no word comes about, and of 0 O, 1 I L, 2 Z, 5 S, 8 B, U V not the pair.
LETTERS = "34679CDFGHJKMNPQRTVWXY"
LENGTH, GROUP = 16, 4  # 22 to the 16th: 71 bits
NO_END = "No end date"
UNKNOWN = "No certificate has this code. Compare it with the paper, letter by letter."


class CertificateState(StrEnum):
    """What a certificate is worth today."""

    VALID = "valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """The state as people read it."""
        return self.value.capitalize()


@dataclass(frozen=True)
class Certificate:
    """A certificate as issued, and what has become of it since."""

    code: str
    name: str
    issuer: str
    module: str
    title: str
    edition: str
    fingerprint: str
    objectives: tuple[str, ...]
    issued_on: date
    expires_on: date | None
    withdrawn_on: date | None
    reason: str
    newer_on: date | None  # when the same person was given the next for the same module
    state: CertificateState

    @property
    def edition_in_words(self) -> str:
        """The edition, with enough of its fingerprint to tell it from any other."""
        return f"{self.edition}, fingerprint {self.fingerprint[:12]}"

    @property
    def grouped(self) -> str:
        """The code as it is printed."""
        return grouped(self.code)


@dataclass(frozen=True)
class UpdatedFor:
    """A change of guidance since a certificate, and when its person confirmed it; None: not yet."""

    now: str
    on: date | None


_LATER, _LATER_ATTEMPT = certificate.alias("later"), attempt.alias("later_attempt")
NEWER_ON = (
    select(func.max(_LATER.c.issued_on))
    .join(_LATER_ATTEMPT, _LATER_ATTEMPT.c.id == _LATER.c.attempt_id)
    .where(
        _LATER_ATTEMPT.c.person_id == attempt.c.person_id,
        _LATER_ATTEMPT.c.module == attempt.c.module,
        _LATER_ATTEMPT.c.submitted_at > attempt.c.submitted_at,
        _LATER.c.withdrawn_at.is_(None),
    )
    .correlate(attempt)
    .scalar_subquery()
)
_OF_ISSUE = ("id", "code", "attempt_id", "issuer", "title", "edition", "fingerprint", "objectives")
_ISSUE = insert(certificate).values(
    {name: bindparam(name) for name in (*_OF_ISSUE, "issued_on", "expires_on")}
    | {"name": select(person.c.name).where(person.c.id == bindparam("whose")).scalar_subquery()}
)
_FOUND = select(
    certificate, attempt.c.person_id, attempt.c.module, NEWER_ON.label("newer_on")
).join(attempt, attempt.c.id == certificate.c.attempt_id)
_OF = (
    _FOUND.where(attempt.c.person_id == bindparam("whose"))
    .order_by(attempt.c.submitted_at.desc(), certificate.c.id.desc())
    .limit(bindparam("newest"))
)
_OF_ATTEMPT = _FOUND.where(
    attempt.c.person_id == bindparam("whose"), attempt.c.id == bindparam("attempt_id")
)


@dataclass(frozen=True)
class Certificates:
    """Issues, finds and withdraws; whoever has a code may see what it stands for."""

    database: Database
    standings: Standings
    confirmations: Confirmations
    withdrawals: Withdrawals
    issuer: str
    public_url: str
    now: Clock

    def issue(
        self, connection: Connection, attempt_id: UUID, person_id: UUID, passed: Edition, day: date
    ) -> None:
        """One for an attempt that was passed on a day, in the transaction of the pass."""
        module = passed.module
        standing = self.standings.renewed(connection, person_id, module.id, day)
        issued = {
            "id": new_id(),
            "code": "".join(secrets.choice(LETTERS) for _ in range(LENGTH)),
            "attempt_id": attempt_id,
            "whose": person_id,
            "issuer": self.issuer,
            "title": module.title,
            "edition": passed.label,
            "fingerprint": passed.fingerprint,
            "objectives": "\n".join(module.objectives.values()),
            "issued_on": day,
            "expires_on": standing.valid_until,
            "reason": "",
        }
        write_in(connection, _ISSUE, issued)

    def of(self, person_id: UUID, newest: int | None = None) -> list[Certificate]:
        """All that a person was given, or so many of it, the newest first."""
        rows = self.database.look(
            _OF, {"whose": person_id, "newest": EVERY if newest is None else newest}
        )
        return [self._read(row) for row in rows]

    def of_attempt(self, person_id: UUID, attempt_id: UUID) -> Certificate | None:
        """What a person was given for one attempt, if anything."""
        row = self.database.glance(_OF_ATTEMPT, {"whose": person_id, "attempt_id": attempt_id})
        return self._read(row) if row else None

    def find(self, typed: str) -> Certificate:
        """The one with a code, however that was typed; NotFound."""
        with self.database.reading() as connection:
            return self._read(_row(connection, typed))

    def updates(self, typed: str) -> tuple[UpdatedFor, ...]:
        """For which changes of guidance its person has confirmed the new rule, and which not yet.

        Of a certificate that holds, and of changes that they were asked to confirm.
        """
        with self.database.reading() as connection:
            row = _row(connection, typed)
            if self._read(row).state is not CertificateState.VALID:
                return ()
            asked = self.confirmations.of(connection, [row.person_id]).get(row.person_id, ())
        found = {
            one.change: UpdatedFor(one.now, one.met_on)
            for one in asked
            if one.asked_in == row.module and (one.met_on or one.state)
        }
        return tuple(found.values())

    def must_be_led(self, by: UUID, typed: str) -> None:
        """NotAllowed or NotFound for whoever does not lead a unit of the certificate's person."""
        with self.database.reading() as connection:
            knows(connection, by, _row(connection, typed).person_id, london_day(self.now()))

    def may_withdraw(self, by: UUID, typed: str) -> bool:
        """The same as an answer."""
        try:
            self.must_be_led(by, typed)
        except (NotAllowed, NotFound):
            return False
        return True

    def withdraw(self, lead_id: UUID, typed: str, reason: str) -> None:
        """Say that it does not count any more, and why, nor the attempt for which it was given."""
        with self.database.writing(queue="certificate") as connection:
            found = _row(connection, typed)
            self.withdrawals.withdraw_in(connection, lead_id, found.attempt_id, reason)

    def is_theirs(self, person_id: UUID, typed: str) -> bool:
        """Whether a certificate was given to this person."""
        with self.database.reading() as connection:
            return bool(_row(connection, typed).person_id == person_id)

    def paper(self, person_id: UUID, typed: str) -> bytes:
        """A person's own certificate as PDF: from the record alone, so always the same."""
        with self.database.reading() as connection:
            row = _row(connection, typed)
        if row.person_id != person_id:
            raise NotFound(UNKNOWN)
        if row.withdrawn_at is not None:
            raise NotOffered("This certificate was withdrawn, so it is not printed any more.")
        found = self._read(row)
        address = f"{self.public_url}/certificates/"
        printed = {
            "code": found.grouped,
            "name": found.name,
            "issuer": found.issuer,
            "title": found.title,
            "edition": found.edition_in_words,
            "objectives": found.objectives,
            "issued_on": long_date(found.issued_on),
            "expires_on": long_date(found.expires_on) if found.expires_on else NO_END,
            "address": address,
            "qr": qr(address + found.grouped),
        }
        return pdf.make("certificate", printed, datetime.combine(row.issued_on, time(12), LONDON))

    def _read(self, row: Row[Any]) -> Certificate:
        return Certificate(
            code=row.code,
            name=row.name,
            issuer=row.issuer,
            module=row.module,
            title=row.title,
            edition=row.edition,
            fingerprint=row.fingerprint,
            objectives=tuple(row.objectives.split("\n")),
            issued_on=row.issued_on,
            expires_on=row.expires_on,
            withdrawn_on=london_day(row.withdrawn_at) if row.withdrawn_at else None,
            reason=row.reason,
            newer_on=row.newer_on,
            state=state_of(row.expires_on, row.withdrawn_at, row.newer_on, london_day(self.now())),
        )


def cleaned(typed: str) -> str:
    """A code without the spaces, dashes and small letters that people put into it."""
    return "".join(letter for letter in typed[:100] if letter.isalnum()).upper()


def grouped(code: str) -> str:
    """A code in groups that can be read aloud."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def qr(address: str) -> str:
    """An address as a picture (SVG) for a telephone's camera."""
    import segno  # for whoever prints a certificate, not for every process

    drawn: str = segno.make_qr(address, error="m").svg_inline(border=0, dark="#0b3d44")
    return drawn


def _row(connection: Connection, typed: str) -> Row[Any]:
    found = connection.execute(_FOUND.where(certificate.c.code == cleaned(typed))).first()
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def state_of(
    expires_on: date | None, withdrawn_at: datetime | None, newer_on: date | None, today: date
) -> CertificateState:
    """What a certificate is worth on a day, by its end, its withdrawal and the next one."""
    if withdrawn_at is not None:
        return CertificateState.WITHDRAWN
    if newer_on is not None:
        return CertificateState.SUPERSEDED
    if has_ended(expires_on, today):
        return CertificateState.EXPIRED
    return CertificateState.VALID
