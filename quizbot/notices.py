"""What the service owes people in messages: a row first, then a message (the outbox)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from quizbot.clock import Clock
from quizbot.db import Database
from quizbot.mail import Fate, Mail, Mailer
from quizbot.tables import new_id, notice

TRIES = 8
_PAUSES = (5, 20, 60, 300, 900, 3600, 4 * 3600)  # seconds before each further try
LOST_AFTER = timedelta(minutes=5)  # a message still "sending" then was cut off in the middle

Writer = Callable[[dict[str, Any]], Mail | None]

_DUE = (
    select(notice.c.id, notice.c.kind, notice.c.payload, notice.c.tries)
    .where(notice.c.state == "queued", notice.c.next_try_at <= bindparam("now"))
    .order_by(notice.c.next_try_at, notice.c.id)
    .limit(20)
)


@dataclass(frozen=True)
class Notices:
    """The outbox: owed inside the transaction of what is told, sent afterwards by the worker."""

    database: Database
    now: Clock

    def owe(
        self,
        connection: Connection,
        key: str,
        person_id: UUID | None,
        channel: str,
        kind: str,
        payload: Mapping[str, Any],
    ) -> bool:
        """Owe a message once; the same key again owes nothing more."""
        return self.database.insert_once(
            connection,
            notice,
            {
                "id": new_id(),
                "key": key,
                "person_id": person_id,
                "channel": channel,
                "kind": kind,
                "payload": json.dumps(payload),
                "state": "queued",
                "tries": 0,
                "made_at": self.now(),
                "next_try_at": self.now(),
                "trouble": "",
            },
        )

    def send_due(self, writers: Mapping[str, Writer], mailer: Mailer) -> int:
        """Send what is due now; how many notices were dealt with."""
        with self.database.reading() as connection:
            due = connection.execute(_DUE, {"now": self.now()}).all()
        for row in due:
            if self._claim(row.id):
                self._send(row, writers[row.kind], mailer)
        return len(due)

    def _claim(self, notice_id: UUID) -> bool:
        """Committed before anything leaves: whoever finds it in this state may not repeat it."""
        with self.database.writing() as connection:
            return (
                connection.execute(
                    update(notice)
                    .where(notice.c.id == notice_id, notice.c.state == "queued")
                    .values(state="sending", tries=notice.c.tries + 1, next_try_at=self.now())
                ).rowcount
                == 1
            )

    def _send(self, row: Any, writer: Writer, mailer: Mailer) -> None:
        mail = writer(json.loads(row.payload))
        if mail is None:
            self._note(row.id, state="cancelled", done_at=self.now())
            return
        sent = mailer(mail, str(row.id))
        tries = row.tries + 1
        if sent.fate is Fate.RETRY and tries < TRIES:
            pause = timedelta(seconds=_PAUSES[min(tries, len(_PAUSES)) - 1])
            again = self.now() + pause
            self._note(row.id, state="queued", next_try_at=again, trouble=sent.trouble)
            return
        state = "failed" if sent.fate is Fate.RETRY else sent.fate.value
        self._note(row.id, state=state, done_at=self.now(), trouble=sent.trouble)

    def _note(self, notice_id: UUID, **values: Any) -> None:
        with self.database.writing() as connection:
            connection.execute(update(notice).where(notice.c.id == notice_id).values(**values))

    def doubt_lost(self) -> int:
        """What a worker left half sent may have arrived: uncertain, and not repeated."""
        with self.database.writing() as connection:
            return connection.execute(
                update(notice)
                .where(notice.c.state == "sending", notice.c.next_try_at < self.now() - LOST_AFTER)
                .values(state="uncertain", done_at=self.now(), trouble="the worker was stopped")
            ).rowcount
