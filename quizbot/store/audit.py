"""The audit trail: what was done, by whom, to what, each row bound to the one before."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select

from quizbot.clock import Clock
from quizbot.errors import Broken, Refused
from quizbot.store.database import Database, read_in, write_in
from quizbot.store.tables import audit, person

FIRST = "0" * 64
OPERATOR = "operator"  # somebody at the command line of the machine
SERVICE = "service"  # the service by itself

_ADD = insert(audit)
_LAST = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)


def chain_hash(previous: str, at: str, actor: str, action: str, subject: str, details: str) -> str:
    """SHA-256 over a row and the hash before it."""
    content = json.dumps([previous, at, actor, action, subject, details], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class TrailHead:
    """The last row of the trail: kept elsewhere, it shows later whether the end was cut off."""

    number: int
    hash: str


@dataclass(frozen=True)
class Audit:
    """Adds rows inside the transaction of the act itself: both happen, or neither."""

    database: Database
    now: Clock

    def add(
        self,
        connection: Connection,
        actor: UUID | str,
        action: str,
        subject: UUID | str = "",
        **details: Any,
    ) -> None:
        """One row; details hold ids, counts, days and jobs, never names, addresses or replies."""
        self.database.join(connection, "audit")
        last = read_in(connection, _LAST, {})
        number, previous = (last[0].number + 1, last[0].hash) if last else (1, FIRST)
        at = self.now().astimezone(UTC)
        packed = json.dumps(details, sort_keys=True, default=str, separators=(",", ":"))
        content = (_stamp(at), str(actor), action, str(subject), packed)
        row = {
            "number": number,
            "at": at,
            "actor": content[1],
            "action": action,
            "subject": content[3],
            "details": packed,
            "previous": previous,
            "hash": chain_hash(previous, *content),
        }
        write_in(connection, _ADD, row)

    def head(self) -> TrailHead:
        """The number and hash of the last row; of an empty trail 0 and the hash it begins with."""
        with self.database.reading() as connection:
            return head_in(connection)

    def verify(self, head: str = "") -> TrailHead:
        """Go through the whole trail; Broken names the first row that is not as it was written.

        With the `head` of an earlier day it is seen too when rows at the end were cut off: a chain
        that is merely shorter is whole in itself.
        """
        wanted = _as_hash(head)
        last, is_met = TrailHead(0, FIRST), wanted in ("", FIRST)
        with self.database.reading() as connection:
            # Row by row, and the cursor closed also when one is not as it was written.
            streaming = connection.execution_options(yield_per=1000)
            with streaming.execute(select(audit).order_by(audit.c.number)) as rows:
                for row in rows:
                    _check(row, last)
                    last = TrailHead(row.number, row.hash)
                    is_met = is_met or last.hash == wanted
            has_people = connection.execute(select(person.c.id).limit(1)).first() is not None
        if last.number == 0 and has_people:
            raise Broken("Row 1 is missing: there are people, but the trail is empty.")
        if not is_met:
            raise Broken(
                f"The trail ends with row {last.number} and the head you gave is not in it: the"
                f" rows after {last.number} were cut off, or the head is of another database."
            )
        return last


def head_in(connection: Connection) -> TrailHead:
    """The same inside of a transaction."""
    last = connection.execute(_LAST).first()
    return TrailHead(last.number, last.hash) if last else TrailHead(0, FIRST)


def _as_hash(words: str) -> str:
    given = words.strip().lower()
    if given and not re.fullmatch(r"[0-9a-f]{64}", given):
        raise Refused("A head is 64 letters and digits, as `quizbot audit head` prints it.")
    return given


def _check(row: Row[Any], before: TrailHead) -> None:
    """Broken unless a row follows from the one before, and its hash from its content."""
    if row.number < 1:
        raise Broken(f"Row {row.number} was put in: a trail begins with row 1.")
    if row.number != before.number + 1:
        raise Broken(f"Row {before.number + 1} is missing: row {row.number} comes next.")
    if row.previous != before.hash:
        raise Broken(
            f"Row {row.number} does not follow from row {before.number}: one of them was changed,"
            " moved or put in."
        )
    content = (_stamp(row.at), row.actor, row.action, row.subject, row.details)
    if row.hash != chain_hash(row.previous, *content):
        raise Broken(f"Row {row.number} was changed: its content does not give its hash.")


def _stamp(at: datetime) -> str:
    """The same words for a time whichever database kept it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
