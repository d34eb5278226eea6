"""Accounts of an organisation that sign people in: bound to a person once, and by what they are.

An account is what its issuer and its subject say, for ever; an address only helps to find whose it
is on first use. Where that does not tell, a lead does, by a number that the person reads out.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, update

from quizbot.access import has_address, has_charge, is_here
from quizbot.clock import Clock, london_day
from quizbot.errors import Mend, NotFound, SignInRefused
from quizbot.outbox.mail import Mail
from quizbot.outbox.notices import ACCOUNT_BOUND, Notices
from quizbot.signin.codes import SignedIn
from quizbot.signing import Signer
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import (
    account,
    account_session,
    account_waiting,
    new_id,
    person,
    session_ended,
)
from quizbot.words import folded_address, is_address

WAITS = timedelta(days=7)
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another
NUMBER = 8


@dataclass(frozen=True, kw_only=True)
class ProvenAccount:
    """Who a provider says that somebody is; `address` only where it vouches for it."""

    provider: str
    issuer: str
    subject: str
    deployment: str = ""  # of a learning system, which may be several to us
    address: str = ""
    calls_itself: str = ""
    sid: str = ""


def vouched_address(
    told: object, *, is_vouched_for: bool, speaks_for: Callable[[str], bool]
) -> str:
    """An address as whoever tells it may speak for it; nothing where it may not."""
    address = folded_address(told) if isinstance(told, str) else ""
    return address if is_vouched_for and is_address(address) and speaks_for(address) else ""


@dataclass(frozen=True)
class NobodysYet:
    """An account that speaks for nobody: the number for a lead, and why it was not bound."""

    number: str
    why: str


@dataclass(frozen=True)
class AccountLine:
    """An account as its person's page lists it."""

    account_id: UUID
    provider: str
    bound_at: datetime
    used_at: datetime | None
    by_lead: bool


@dataclass(frozen=True)
class Accounts:
    """Which account speaks for whom; each method is one transaction."""

    database: Database
    audit: Audit
    signer: Signer
    notices: Notices
    titles: Mapping[str, str]  # of the providers, by name
    now: Clock

    def come_in(self, proven: ProvenAccount) -> SignedIn | NobodysYet:
        """Sign in the person of an account, bound here and now where its address says whose it is.

        SignInRefused where its person has left.
        """
        with self.database.writing(queue="accounts") as connection:
            bound = self._bound(connection, proven)
            if bound is None:
                why = self._bind_by_address(connection, proven)
                if why:
                    return NobodysYet(self._wait(connection, proven), why)
                bound = self._bound(connection, proven)
            assert bound is not None
            account_id, signed_in = bound
            opened = {"id": signed_in.session_id, "account_id": account_id}
            connection.execute(
                insert(account_session).values(**opened, sid=proven.sid, began_at=self.now())
            )
            connection.execute(
                update(account).where(account.c.id == account_id).values(used_at=self.now())
            )
            who = signed_in.person_id
            self.audit.add(connection, who, "sign-in", who, kind=f"account {proven.provider}")
            return signed_in

    def of(self, person_id: UUID) -> list[AccountLine]:
        """A person's accounts."""
        query = select(account).where(account.c.person_id == person_id).order_by(account.c.bound_at)
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            AccountLine(
                row.id,
                self.titles.get(row.provider, row.provider),
                row.bound_at,
                row.used_at,
                row.address_key is None,
            )
            for row in rows
        ]

    def give(self, lead_id: UUID, person_id: UUID, number: str) -> str:
        """Have an account that waits speak for a person from now on; what it calls itself.

        What spoke for them by the same provider before ends. The person is told by mail: whoever
        holds the account sees all that they answered.
        """
        plain = "".join(letter for letter in number.upper() if letter.isalnum())
        with self.database.writing(queue="accounts") as connection:
            self._must_have_charge(connection, lead_id, person_id)
            waiting = connection.execute(
                select(account_waiting).where(
                    account_waiting.c.number_hash == self._number_hash(plain),
                    account_waiting.c.made_at > self.now() - WAITS,
                )
            ).first()
            if waiting is None:
                raise Mend(
                    number="No account waits with this number. It has eight letters and digits and"
                    " stands for seven days; a new try to sign in makes a new one"
                )
            former = connection.execute(
                select(account.c.id).where(
                    account.c.person_id == person_id,
                    account.c.issuer == waiting.issuer,
                    account.c.deployment == waiting.deployment,
                )
            ).scalars()
            for account_id in former.all():
                self._end(connection, account_id)
            which = ProvenAccount(
                provider=waiting.provider,
                issuer=waiting.issuer,
                deployment=waiting.deployment,
                subject=waiting.subject,
            )
            self._bind(connection, which, whose=person_id, address_key=None)
            connection.execute(delete(account_waiting).where(account_waiting.c.id == waiting.id))
            told = {"provider": waiting.provider, "by": "lead"}
            self.audit.add(connection, lead_id, "account.bind", person_id, **told)
            key = f"{ACCOUNT_BOUND}:{new_id()}"
            said = {"person": str(person_id), "provider": waiting.provider}
            self.notices.owe(connection, key, person_id, ACCOUNT_BOUND, said, goes_alone=True)
            calls_itself: str = waiting.calls_itself
        return calls_itself

    def end(self, lead_id: UUID, person_id: UUID, account_id: UUID) -> None:
        """End what an account may do, and the sessions that it opened."""
        with self.database.writing(queue="accounts") as connection:
            self._must_have_charge(connection, lead_id, person_id)
            found = connection.execute(
                select(account.c.provider).where(
                    account.c.id == account_id, account.c.person_id == person_id
                )
            ).first()
            if found is None:
                raise NotFound("This account does not sign anybody in any more.")
            self._end(connection, account_id)
            self.audit.add(connection, lead_id, "account.end", person_id, provider=found.provider)

    def ended_there(self, issuer: str, subject: str, sid: str) -> int:
        """The provider signed an account out: the sessions that it opened end; how many."""
        is_its = account.c.id == account_session.c.account_id
        which = [account.c.issuer == issuer, account.c.deployment == ""]
        if subject:
            which.append(account.c.subject == subject)
        if sid:
            which.append(account_session.c.sid == sid)
        with self.database.writing() as connection:
            query = (
                select(account_session.c.id)
                .select_from(account_session.join(account, is_its))
                .where(*which)
            )
            ids = connection.execute(query).scalars().all() if subject or sid else []
            self._end_sessions(connection, ids)
        return len(ids)

    def mail(self, payload: dict[str, Any]) -> Mail | None:
        """What somebody is told whom a lead gave an account; None where there is no address."""
        query = select(person.c.email).where(person.c.id == UUID(str(payload["person"])))
        with self.database.reading() as connection:
            address: str | None = connection.execute(query).scalar()
        if not address:
            return None
        title = self.titles.get(str(payload["provider"]), "your organisation")
        return Mail(
            to=address,
            subject="Another way to sign in to The Knowledge",
            text=(
                f"Your safeguarding lead has noted that an account of {title} is yours. Whoever"
                " signs in with it sees your record.\n\n"
                "If you asked for this, you need do nothing.\n\n"
                "If you did not, tell your manager today: the account can be taken off again.\n"
            ),
        )

    # What the public methods are made of.

    def _must_have_charge(self, connection: Connection, lead_id: UUID, person_id: UUID) -> None:
        if not has_charge(connection, lead_id, person_id, london_day(self.now())):
            raise NotFound("There is no such person among those whom you have charge of.")

    def _bound(self, connection: Connection, proven: ProvenAccount) -> tuple[UUID, SignedIn] | None:
        """The account as it is bound; one that rested on an address which is another's now ends."""
        row = connection.execute(
            select(
                account.c.id,
                account.c.address_key,
                person.c.id.label("whose"),
                person.c.email,
                person.c.sign_in_epoch,
                is_here(london_day(self.now())).label("is_here"),
            )
            .join(person, person.c.id == account.c.person_id)
            .where(*_is(account, proven))
        ).first()
        if row is None:
            return None
        if row.address_key is not None and row.address_key != self._address_key(row.email or ""):
            self._end(connection, row.id)
            self.audit.add(
                connection, row.whose, "account.end", row.whose, provider=proven.provider
            )
            return None
        if not row.is_here:
            raise SignInRefused(
                "Your time here has ended, so this account opens nothing. If that is wrong, tell"
                " your safeguarding lead."
            )
        return row.id, SignedIn(row.whose, row.sign_in_epoch)

    def _bind_by_address(self, connection: Connection, proven: ProvenAccount) -> str:
        """Bind an account to the person whose address it has; why not, where it cannot be."""
        if not proven.address:
            return "Your organisation did not tell us a work address that it has verified."
        found = connection.execute(
            select(person.c.id).where(has_address(proven.address), is_here(london_day(self.now())))
        ).first()
        if found is None:
            return f"Nobody here has the address {proven.address}."
        other = select(account.c.id).where(
            account.c.person_id == found.id,
            account.c.issuer == proven.issuer,
            account.c.deployment == proven.deployment,
        )
        if connection.execute(other).first() is not None:
            return (
                f"Whoever has the address {proven.address} here signs in with another account of"
                " your organisation."
            )
        key = self._address_key(proven.address)
        self._bind(connection, proven, whose=found.id, address_key=key)
        told = {"provider": proven.provider, "by": "address"}
        self.audit.add(connection, found.id, "account.bind", found.id, **told)
        return ""

    def _bind(
        self,
        connection: Connection,
        which: ProvenAccount,
        *,
        whose: UUID,
        address_key: str | None,
    ) -> None:
        connection.execute(
            insert(account).values(
                id=new_id(),
                person_id=whose,
                provider=which.provider,
                issuer=which.issuer,
                deployment=which.deployment,
                subject=which.subject,
                address_key=address_key,
                bound_at=self.now(),
            )
        )

    def _wait(self, connection: Connection, proven: ProvenAccount) -> str:
        """Keep who asked, under a fresh number."""
        number = "".join(secrets.choice(LETTERS) for _ in range(NUMBER))
        connection.execute(delete(account_waiting).where(*_is(account_waiting, proven)))
        connection.execute(
            insert(account_waiting).values(
                id=new_id(),
                provider=proven.provider,
                issuer=proven.issuer,
                deployment=proven.deployment,
                subject=proven.subject,
                calls_itself=proven.calls_itself,
                number_hash=self._number_hash(number),
                made_at=self.now(),
            )
        )
        return f"{number[:4]}-{number[4:]}"

    def _end(self, connection: Connection, account_id: UUID) -> None:
        opened = select(account_session.c.id).where(account_session.c.account_id == account_id)
        self._end_sessions(connection, connection.execute(opened).scalars().all())
        connection.execute(
            delete(account_session).where(account_session.c.account_id == account_id)
        )
        connection.execute(delete(account).where(account.c.id == account_id))

    def _end_sessions(self, connection: Connection, ids: Sequence[UUID]) -> None:
        for session_id in ids:
            ended = {"id": session_id, "ended_at": self.now()}
            self.database.insert_once(connection, session_ended, ended)

    def _address_key(self, address: str) -> str:
        return self.signer.hash("address", address)

    def _number_hash(self, number: str) -> str:
        return self.signer.hash("account number", number)


def _is(table: Table, proven: ProvenAccount) -> Iterator[ColumnElement[bool]]:
    """Which account a row is of: who vouches for it, where there, and what it is called."""
    yield table.c.issuer == proven.issuer
    yield table.c.deployment == proven.deployment
    yield table.c.subject == proven.subject
