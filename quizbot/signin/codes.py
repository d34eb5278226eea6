"""Signing in by e-mail and six digits; nobody learns from it who has an account."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from quizbot.access import has_address, is_here
from quizbot.clock import Clock, london_day
from quizbot.errors import BadReply, SignInRefused
from quizbot.outbox.mail import Mail
from quizbot.outbox.notices import Notices
from quizbot.signin import given_out
from quizbot.signing import Signer
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import new_id, person, session_ended, sign_in
from quizbot.words import folded_address, is_address

CODE_LASTS = timedelta(minutes=15)
CODES_AN_HOUR = 5
SIGNED_IN_FOR = timedelta(hours=12)
TRIES = 5


@dataclass(frozen=True)
class SignedIn:
    """Whom a new session may speak for, which it is, and until which epoch of the person."""

    person_id: UUID
    epoch: int
    session_id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class SignIn:
    """Asking for a code, making one when it is mailed, and checking it."""

    database: Database
    notices: Notices
    audit: Audit
    signer: Signer
    now: Clock

    def ask(self, address: str) -> UUID:
        """Note that somebody wants to sign in; known or not, the same rows and the same time."""
        email = folded_address(address)
        if not is_address(email):
            raise BadReply("Enter an e-mail address, such as name@example.org")
        key = self.signer.hash("address", email)
        with self.database.writing(queue=f"sign-in:{key}") as connection:
            row = connection.execute(
                select(person.c.id, person.c.sign_in_epoch).where(
                    has_address(email), is_here(london_day(self.now()))
                )
            ).first()
            found, epoch = row if row is not None else (None, None)
            asked = connection.execute(
                select(func.count()).where(
                    sign_in.c.address_key == key,
                    sign_in.c.made_at > self.now() - timedelta(hours=1),
                    sign_in.c.kind == "mail",
                )
            ).scalar_one()
            sign_in_id = new_id()
            connection.execute(
                insert(sign_in).values(
                    id=sign_in_id,
                    person_id=found,
                    address_key=key,
                    kind="mail",
                    made_at=self.now(),
                    tries=0,
                    epoch=epoch,
                )
            )
            payload = {"sign_in": str(sign_in_id), "too_many": asked >= CODES_AN_HOUR}
            self.notices.owe(
                connection, f"sign-in:{sign_in_id}", found, "sign-in", payload, goes_alone=True
            )
        return sign_in_id

    def mail(self, payload: dict[str, object]) -> Mail | None:
        """The message with a fresh code, made only when it is sent; None where none is owed."""
        if payload["too_many"]:
            return None
        sign_in_id = UUID(str(payload["sign_in"]))
        code = f"{secrets.randbelow(1_000_000):06}"
        with self.database.writing() as connection:
            row = connection.execute(
                select(person.c.email)
                .join(sign_in, _is_whose())
                .where(
                    sign_in.c.id == sign_in_id,
                    sign_in.c.used_at.is_(None),
                    sign_in.c.made_at > self.now() - CODE_LASTS,
                )
            ).first()
            if row is None or row.email is None:
                return None
            connection.execute(
                update(sign_in)
                .where(sign_in.c.id == sign_in_id)
                .values(code_hash=self._hash(sign_in_id, code))
            )
        return Mail(
            to=row.email,
            subject=f"{code} is your sign-in code",
            text=(
                f"Your code for The Knowledge is {code}\n\n"
                "It works once, within 15 minutes of asking, in the browser where you asked.\n\n"
                "If you did not ask for it, you need do nothing: without this code nobody can"
                " sign in as you.\n"
            ),
        )

    def enter(self, sign_in_id: UUID | None, code: str) -> SignedIn:
        """Check a code; right, it is used up. SignInRefused says what to do otherwise."""
        digits = "".join(code.split())
        if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
            raise BadReply("Enter the six digits from the e-mail")
        refused = ""
        with self.database.writing(queue=f"sign-in:{sign_in_id}") as connection:
            row = self._waiting(connection, sign_in_id)
            if row is None:
                refused = "This code has run out or was used. Ask for a new one."
            elif row.tries >= TRIES:
                refused = "That was wrong too often. Ask for a new code."
            elif not row.code_hash or not self.signer.matches(
                row.code_hash, "code", str(sign_in_id), digits
            ):
                connection.execute(
                    update(sign_in)
                    .where(sign_in.c.id == sign_in_id)
                    .values(tries=sign_in.c.tries + 1)
                )
                refused = "That is not the code we sent. Check it and try again."
            else:
                return self._enter(connection, row)
        raise SignInRefused(refused)

    def as_shown(self, address: str) -> SignedIn:
        """Sign in without a code; only a demonstration's pages call it."""
        with self.database.writing() as connection:
            row = connection.execute(
                select(person.c.id, person.c.sign_in_epoch).where(has_address(address))
            ).one()
            self.audit.add(connection, row.id, "sign-in", row.id, kind="demo")
        return SignedIn(row.id, row.sign_in_epoch)

    def end(self, session_id: UUID) -> None:
        """Sign one browser out: a copy of its cookie opens nothing from now on."""
        with self.database.writing() as connection:
            ended = {"id": session_id, "ended_at": self.now()}
            self.database.insert_once(connection, session_ended, ended)

    def end_everywhere(self, person_id: UUID) -> None:
        """Sign a person out of every browser, unlink every chat; no code or link works on."""
        with self.database.writing() as connection:
            given_out.end(connection, [person_id])
            self.audit.add(connection, person_id, "sign-in.end-everywhere", person_id)

    def _waiting(self, connection: Connection, sign_in_id: UUID | None) -> Any:
        today = london_day(self.now())
        return connection.execute(
            select(sign_in, person.c.sign_in_epoch)
            .outerjoin(person, and_(_is_whose(), is_here(today)))
            .where(
                sign_in.c.id == sign_in_id,
                sign_in.c.kind == "mail",
                sign_in.c.used_at.is_(None),
                sign_in.c.made_at > self.now() - CODE_LASTS,
                or_(sign_in.c.person_id.is_(None), person.c.id.is_not(None)),
            )
        ).first()

    def _enter(self, connection: Connection, row: Any) -> SignedIn:
        connection.execute(update(sign_in).where(sign_in.c.id == row.id).values(used_at=self.now()))
        self.audit.add(connection, row.person_id, "sign-in", row.person_id, kind=row.kind)
        return SignedIn(row.person_id, row.sign_in_epoch)

    def _hash(self, sign_in_id: UUID, code: str) -> str:
        return self.signer.hash("code", str(sign_in_id), code)


def _is_whose() -> ColumnElement[bool]:
    """Whether a sign-in is a person's, and of their epoch: what was asked for before it is over."""
    return and_(person.c.id == sign_in.c.person_id, person.c.sign_in_epoch == sign_in.c.epoch)
