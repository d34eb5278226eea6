"""What the service owes people in messages: a row first, then a message (the outbox)."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Update, bindparam, delete, or_, select, update

from quizbot.clock import Clock, london_day
from quizbot.errors import Refused
from quizbot.outbox.mail import Fate, Mail, Mailer, Reason, Sent
from quizbot.rules.ladder import INVITED, Reached, Recipient
from quizbot.rules.outcome import met_on
from quizbot.store.counted import PASSES
from quizbot.store.database import Database, read_in, write_in
from quizbot.store.lease import Lease
from quizbot.store.tables import attempt, new_id, notice, request
from quizbot.words import folded_address

# Seconds before each further try: a code in time, a full mailbox over two days.
_PAUSES = (5, 20, 60, 300, 900, 3600, 4 * 3600, 24 * 3600, 24 * 3600)
TRIES = len(_PAUSES) + 1
ADDRESS_CHANGED = "address-changed"  # the kind whose payload holds a former address
ACCOUNT_BOUND = "account-bound"  # a lead gave somebody an account to sign in with
NO_ADDRESS = "there is no e-mail address"
TRIAL = "trial: the address is not on the list"
STOPPED = "the worker was stopped while it was sending"
NO_TROUBLE = {"trouble": "", "reason": Reason.OTHER.value}  # what a row says that may go again


@dataclass(frozen=True)
class Note:
    """A message to a chat before it is one; its channel makes buttons of what it offers."""

    address: str
    text: str
    modules: tuple[tuple[str, str], ...] = ()  # id and title of what it asks for
    may_snooze: bool = False
    way: str = ""  # the machine that takes it there, where the channel has several
    later: tuple[tuple[UUID, str], ...] = ()  # id and title of what may be answered about it


ChatWire = Callable[[Note, str], Sent]
Writer = Callable[[dict[str, Any]], Mail | None]

_DUE = (
    select(notice.c.id, notice.c.kind, notice.c.payload, notice.c.tries)
    .where(
        notice.c.state == "queued",
        notice.c.goes_alone,
        notice.c.kind.in_(bindparam("kinds", expanding=True)),
        notice.c.next_try_at <= bindparam("now"),
    )
    .order_by(notice.c.next_try_at, notice.c.id)
    .limit(20)
)

_ASKED_OF = select(request.c.id, request.c.made_by).where(
    request.c.person_id == bindparam("whose"),
    request.c.module == bindparam("module"),
    request.c.withdrawn_on.is_(None),
)
_THE_ONE = bindparam("of_notice", type_=notice.c.id.type)
_CLAIM = (
    update(notice)
    .where(notice.c.id == _THE_ONE, notice.c.state == "queued")
    .values(state="sending", tries=notice.c.tries + 1)
)
_HALF_SENT = select(notice.c.id).where(notice.c.state == "sending").limit(1)


@cache
def _noting(*names: str) -> Update:
    """What writes some of these down of a message, and of all that was in it."""
    return (
        update(notice)
        .where(
            or_(notice.c.id == _THE_ONE, notice.c.digest_id == _THE_ONE),
            notice.c.state.in_(bindparam("known", expanding=True)),
        )
        .values({name: bindparam(f"new_{name}") for name in names})
    )


class CannotSend(Refused):
    """No message can leave now, whomever it is for; nothing was lost."""


@dataclass(frozen=True)
class Outlet:
    """How messages leave: the wires, the addresses that alone may be used, whoever may send."""

    mailer: Mailer
    allowed: frozenset[str] | None
    lease: Lease
    chats: Mapping[str, ChatWire] = field(default_factory=dict)  # by channel

    def may_reach(self, address: str) -> bool:
        """Whether a message may leave to an address; while tried out, to those listed alone."""
        return self.allowed is None or folded_address(address) in self.allowed


@dataclass(frozen=True)
class Notices:
    """The outbox: owed inside the transaction of what is told, sent afterwards by the worker.

    A notice is claimed, committed, before its message leaves. From then on it is not sent a second
    time unless its first sending certainly failed.
    """

    database: Database
    now: Clock

    def owe(
        self,
        connection: Connection,
        key: str,
        person_id: UUID | None,
        kind: str,
        payload: Mapping[str, Any],
        *,
        goes_alone: bool = False,
    ) -> None:
        """Owe a message once; the same key again owes nothing more."""
        row = self.row(key, person_id, kind, payload, goes_alone=goes_alone)
        self.database.insert_once(connection, notice, row)

    def row(
        self,
        key: str,
        person_id: UUID | None,
        kind: str,
        payload: Mapping[str, Any],
        *,
        goes_alone: bool = False,
    ) -> dict[str, Any]:
        """The row of a message that is owed."""
        return {
            "id": new_id(),
            "key": key,
            "person_id": person_id,
            "channel": "email",
            "kind": kind,
            "goes_alone": goes_alone,
            "payload": json.dumps(payload),
            "state": "queued",
            "tries": 0,
            "made_at": self.now(),
            "next_try_at": self.now(),
            **NO_TROUBLE,
        }

    def step(
        self, reached: Reached, duty_id: UUID, about: UUID, module: str, to: UUID | None = None
    ) -> dict[str, Any]:
        """The row of a step of the ladder: to the person, or about the person to another."""
        kind = str(reached.step.when) if to is None else f"to-{reached.who}"
        payload = {
            "duty": duty_id.hex,
            "module": module,
            "due": reached.due_on.isoformat(),
            "about": about.hex,
        }
        key = reached.key(duty_id, about, module, to)
        return self.row(key, to or about, kind, payload)

    def tell_requested(self, connection: Connection, request_ids: Sequence[UUID]) -> None:
        """Owe what requests ask to those who are asked, in the transaction that makes them."""
        rows = connection.execute(select(request).where(request.c.id.in_(request_ids)))
        made = [
            self.step(
                Reached(INVITED, Recipient.PERSON, row.due_on), row.id, row.person_id, row.module
            )
            for row in rows
        ]
        self.database.insert_new(connection, notice, made)

    def tell_met(self, connection: Connection, person_id: UUID, module: str) -> None:
        """Owe those who asked that it is done, in the transaction of the pass."""
        given = {"whose": person_id, "module": module}
        rows = read_in(connection, _ASKED_OF, given)
        for row in rows:
            payload = {"request": row.id.hex, "about": person_id.hex, "module": module}
            self.owe(connection, f"met:{row.id.hex}", row.made_by, "met", payload)

    def tell_confirmed(
        self, connection: Connection, attestation_id: UUID, person_id: UUID, module: str
    ) -> None:
        """Owe somebody that a manager confirmed what they understand, where that is written."""
        payload = {"attestation": attestation_id.hex, "about": person_id.hex, "module": module}
        key = f"confirmed:{attestation_id.hex}"
        self.owe(connection, key, person_id, "confirmed", payload)

    def tell_withdrawn(
        self, connection: Connection, attempt_id: UUID, person_id: UUID, module: str
    ) -> None:
        """Owe somebody that what they took counts no more; who asked is not told any more it does.

        Whoever was told already sees it in the standing, and by the next step of the ladder.
        """
        payload = {"attempt": attempt_id.hex, "about": person_id.hex, "module": module}
        self.owe(connection, f"withdrawn:{attempt_id.hex}", person_id, "withdrawn", payload)
        passed = PASSES.where(attempt.c.person_id == person_id, attempt.c.module == module)
        days = [london_day(row.submitted_at) for row in connection.execute(passed)]
        asked = select(request).where(request.c.person_id == person_id, request.c.module == module)
        keys = [
            f"met:{row.id.hex}"
            for row in connection.execute(asked)
            if met_on(row.made_on, days) is None
        ]
        connection.execute(delete(notice).where(notice.c.key.in_(keys), notice.c.state == "queued"))

    def tell_regraded(
        self, connection: Connection, attempt_id: UUID, person_id: UUID, module: str
    ) -> None:
        """Owe somebody that what they took is passed now, for a question was found faulty."""
        payload = {"attempt": attempt_id.hex, "about": person_id.hex, "module": module}
        self.owe(connection, f"regraded:{attempt_id.hex}", person_id, "regraded", payload)

    def send_due(self, writers: Mapping[str, Writer], outlet: Outlet) -> int:
        """Send what goes alone and is due now; how many notices were dealt with."""
        given = {"now": self.now(), "kinds": list(writers)}
        due = self.database.look(_DUE, given)
        for row in due:
            if self._claim(row.id, outlet.lease):
                self._send(row, writers[row.kind], outlet)
        return len(due)

    def _claim(self, notice_id: UUID, lease: Lease) -> bool:
        """Committed before anything leaves: whoever finds it in this state may not repeat it."""
        with self.database.writing() as connection:
            lease.must_hold(connection)
            return write_in(connection, _CLAIM, {"of_notice": notice_id}) == 1

    def _send(self, row: Row[*tuple[Any, ...]], writer: Writer, outlet: Outlet) -> None:
        try:
            mail = writer(json.loads(row.payload))
        except Refused:  # nothing has left, so it is as if it had not been claimed
            self._note(row.id, state="queued", tries=row.tries)
            raise
        if mail is None or not outlet.may_reach(mail.to):
            why = NO_TROUBLE if mail is None else {"trouble": TRIAL, "reason": Reason.TRIAL.value}
            self._note(row.id, state="cancelled", done_at=self.now(), **why)
            return
        self.settle(row.id, outlet.mailer(mail, str(row.id)), row.tries + 1)
        if row.kind == ADDRESS_CHANGED:
            self._forget_address(row.id)

    def _forget_address(self, notice_id: UUID) -> None:
        """A former address is kept no longer than until its message has left, or never will."""
        with self.database.writing() as connection:
            connection.execute(
                update(notice)
                .where(notice.c.id == notice_id, notice.c.state != "queued")
                .values(payload="{}")
            )

    def settle(self, notice_id: UUID, sent: Sent, tries: int) -> None:
        """Write down what became of a message, and of all that was in it."""
        now = self.now()
        why = {"trouble": sent.trouble, "reason": sent.reason.value}
        if sent.fate is Fate.DOWN:
            self._note(notice_id, state="queued", tries=tries - 1, **why)
            raise CannotSend(f"No message can leave: {sent.trouble}.")
        if sent.fate is Fate.RETRY and tries < TRIES:
            again = now + timedelta(seconds=_PAUSES[tries - 1])
            self._note(notice_id, state="queued", next_try_at=again, **why)
            return
        state = "failed" if sent.fate is Fate.RETRY else sent.fate.value
        self._note(notice_id, state=state, done_at=now, **why)

    def bounced(self, notice_id: UUID, trouble: str, reason: Reason) -> bool:
        """What was sent came back, with all that was in it; whether that is news."""
        with self.database.writing() as connection:
            changed = connection.execute(
                update(notice)
                .where(
                    or_(notice.c.id == notice_id, notice.c.digest_id == notice_id),
                    notice.c.state.in_(("sent", "uncertain")),
                )
                .values(state="failed", trouble=trouble, reason=reason.value)
            ).rowcount
        return changed > 0

    def _note(self, notice_id: UUID, **values: Any) -> None:
        # What was taken for lost may be known after all; what was sent is never queued again.
        known = ("sending",) if values["state"] == "queued" else ("sending", "uncertain")
        given = {f"new_{name}": value for name, value in values.items()}
        with self.database.writing() as connection:
            noting = _noting(*values)
            write_in(connection, noting, {"of_notice": notice_id, "known": known, **given})

    def doubt_lost(self, lease: Lease) -> int:
        """What another worker left half sent may have arrived: uncertain, and not repeated."""
        if self.database.glance(_HALF_SENT, {}) is None:
            return 0
        with self.database.writing() as connection:
            lease.must_hold(connection)
            return connection.execute(
                update(notice)
                .where(notice.c.state == "sending")
                .values(state="uncertain", done_at=self.now(), trouble=STOPPED)
            ).rowcount
