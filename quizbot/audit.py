"""The audit trail: what was done, by whom, to what, each row bound to the one before."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from quizbot.clock import Clock
from quizbot.db import Database
from quizbot.tables import audit

FIRST = "0" * 64
OPERATOR = "operator"  # somebody at the command line of the machine
SERVICE = "service"  # the service by itself

_LAST = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)


def chain_hash(previous: str, at: str, actor: str, action: str, subject: str, details: str) -> str:
    """SHA-256 over a row and the hash before it."""
    content = json.dumps([previous, at, actor, action, subject, details], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


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
        """One row; details hold ids, counts and days, never names, addresses or replies."""
        self.database.join(connection, "audit")
        last = connection.execute(_LAST).first()
        number, previous = (last.number + 1, last.hash) if last else (1, FIRST)
        at = self.now().astimezone(UTC)
        packed = json.dumps(details, sort_keys=True, default=str, separators=(",", ":"))
        content = (_stamp(at), str(actor), action, str(subject), packed)
        connection.execute(
            insert(audit).values(
                number=number,
                at=at,
                actor=content[1],
                action=action,
                subject=content[3],
                details=packed,
                previous=previous,
                hash=chain_hash(previous, *content),
            )
        )


def _stamp(at: datetime) -> str:
    """The same words for a time whichever database kept it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
