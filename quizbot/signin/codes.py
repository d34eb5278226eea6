"""Signing in by e-mail and six digits; nobody learns from it who has an account."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, or_, select, update

from quizbot.access import has_address, is_here
from quizbot.clock import Clock, london_day
from quizbot.errors import BadReply, SignInRefused
from quizbot.outbox.mail import Mail
from quizbot.outbox.notices import Notices
from quizbot.signin import given_out
from quizbot.signing import Signer
from quizbot.store.audit import Audit
from quizbot.store.database import Database, read_in, write_in
from quizbot.store.tables import new_id, person, session_ended, sign_in
from quizbot.words import folded_address, is_address

CODE_LASTS = timedelta(minutes=15)
CODES_AN_HOUR = 5  # to one address, asked for from one place, or by a browser that is known
FROM_ANYWHERE = 20  # to one address in an hour: a mailbox is not to be filled
WAITING_AT_ONCE = (
    60  # from one place within WHILE and not used: a whole office may come on a Monday
)
WHILE = timedelta(minutes=10)
HOUR = timedelta(hours=1)
MARKS = 5  # people whom one browser is known for
SIGNED_IN_FOR = timedelta(hours=12)
TRIES = 5


def _is_whose() -> ColumnElement[bool]:
    """Whether a sign-in is a person's, and of their epoch: what was asked for before it is over."""
    return and_(person.c.id == sign_in.c.person_id, person.c.sign_in_epoch == sign_in.c.epoch)


_WHO = select(person.c.id, person.c.sign_in_epoch).where(
    has_address(bindparam("address", type_=person.c.email.type)),
    is_here(bindparam("day", type_=person.c.left_on.type)),
)
_ADD = insert(sign_in)
_IS_TO = sign_in.c.address_key == bindparam("address")
_IS_FROM = sign_in.c.place_key == bindparam("place")  # nothing is from a place that is not known
_SENT = select(
    func.count().filter(_IS_TO).label("to_address"),
    func.count().filter(and_(_IS_TO, _IS_FROM)).label("from_here"),
    func.count()
    .filter(and_(_IS_FROM, sign_in.c.used_at.is_(None), sign_in.c.made_at > bindparam("while")))
    .label("waiting"),
).where(or_(_IS_TO, _IS_FROM), sign_in.c.made_at > bindparam("hour"), sign_in.c.kind == "mail")
_WAITING = (
    select(
        sign_in.c.id,
        sign_in.c.person_id,
        sign_in.c.kind,
        sign_in.c.tries,
        sign_in.c.code_hash,
        person.c.sign_in_epoch,
    )
    .outerjoin(person, and_(_is_whose(), is_here(bindparam("day", type_=person.c.left_on.type))))
    .where(
        sign_in.c.id == bindparam("id"),
        sign_in.c.kind == "mail",
        sign_in.c.used_at.is_(None),
        sign_in.c.made_at > bindparam("since"),
        or_(sign_in.c.person_id.is_(None), person.c.id.is_not(None)),
    )
)
_USE_UP = update(sign_in).where(sign_in.c.id == bindparam("used")).values(used_at=bindparam("at"))


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

    def ask(self, address: str, place: str = "", marks: str = "") -> UUID:
        """Note that somebody wants to sign in; known or not, the same rows and the same time.

        `place` is the network address it comes from, `marks` what the browser was given by `mark`.
        SignInRefused where too many were sent: to this address from this place, to this address
        from anywhere, or from this place at once. What strangers ask for elsewhere, or what was
        refused, takes nothing away from a place or a browser of the person's own.
        """
        email = folded_address(address)
        if not is_address(email):
            raise BadReply("Enter an e-mail address, such as name@example.org")
        key = self.signer.hash("address", email)
        with self.database.writing(queue=f"sign-in:{key}") as connection:
            given = {"address": email, "day": london_day(self.now())}
            rows = read_in(connection, _WHO, given)
            found, epoch = rows[0] if rows else (None, None)
            place_key = self.signer.hash("place", place) if place else None
            is_known = self._is_known(found, epoch, marks)
            refused = self._too_many(connection, key, place_key, is_known=is_known)
            sign_in_id = new_id()
            asked = {
                "id": sign_in_id,
                "person_id": found,
                "address_key": key,
                "kind": "refused" if refused else "mail",
                "made_at": self.now(),
                "tries": 0,
                "epoch": epoch,
                "place_key": place_key,
            }
            write_in(connection, _ADD, asked)
            payload = {"sign_in": str(sign_in_id), "too_many": bool(refused)}
            self.notices.owe(
                connection, f"sign-in:{sign_in_id}", found, "sign-in", payload, goes_alone=True
            )
        if refused:
            raise SignInRefused(refused)
        return sign_in_id

    def mark(self, signed_in: SignedIn, marks: str) -> str:
        """What a browser keeps to be known by when the same person asks for a code again."""
        mine = self._mark(signed_in.person_id, signed_in.epoch)
        others = [mark for mark in marks.split(".") if mark and mark != mine]
        return ".".join([mine, *others][:MARKS])

    def _mark(self, person_id: UUID, epoch: int) -> str:
        return self.signer.hash("browser", person_id.hex, str(epoch))

    def _is_known(self, person_id: UUID | None, epoch: int | None, marks: str) -> bool:
        if person_id is None or epoch is None:
            return False
        mine = self._mark(person_id, epoch)
        given = marks.split(".")[:MARKS]
        return any(secrets.compare_digest(mine, mark) for mark in given if mark.isascii())

    def _too_many(
        self, connection: Connection, key: str, place_key: str | None, *, is_known: bool
    ) -> str:
        """What to say where no code is sent; counted are codes that were sent."""
        now = self.now()
        given = {"address": key, "place": place_key, "hour": now - HOUR, "while": now - WHILE}
        ((to_address, from_here, waiting),) = read_in(connection, _SENT, given)
        if from_here >= CODES_AN_HOUR or (not place_key and to_address >= CODES_AN_HOUR):
            return (
                f"{CODES_AN_HOUR} codes were sent to this address within the hour. Use the newest"
                " one, look among unwanted mail, or try again in an hour."
            )
        if is_known:
            return ""
        if to_address >= FROM_ANYWHERE:
            return (
                "Many codes were asked for with this address within the hour, so no more are sent"
                " for now. Try again in an hour, or from a browser where you signed in before."
            )
        if waiting >= WAITING_AT_ONCE:
            return (
                "Very many codes were asked for from your network in the last minutes. Wait ten"
                " minutes and try again."
            )
        return ""

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
                who = SignedIn(row.person_id, row.sign_in_epoch)
                return self._enter(connection, row.id, who)
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
        now = self.now()
        given = {"id": sign_in_id, "day": london_day(now), "since": now - CODE_LASTS}
        rows = read_in(connection, _WAITING, given)
        return rows[0] if rows else None

    def _enter(self, connection: Connection, sign_in_id: UUID, who: SignedIn) -> SignedIn:
        write_in(connection, _USE_UP, {"used": sign_in_id, "at": self.now()})
        self.audit.add(connection, who.person_id, "sign-in", who.person_id, kind="mail")
        return who

    def _hash(self, sign_in_id: UUID, code: str) -> str:
        return self.signer.hash("code", str(sign_in_id), code)
