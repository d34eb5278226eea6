"""A work that one process alone may do: a row says who, until when, and the last day done with."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from quizbot.clock import Clock
from quizbot.errors import Refused
from quizbot.store.database import Database
from quizbot.store.tables import lease

LASTS = timedelta(seconds=8)  # how long a killed worker keeps another waiting
# Nobody holds it for longer: what says so was written before the clock was set back.
LONGEST = timedelta(seconds=60)
RENEWED_EVERY = 2.5  # seconds

_ROW = select(lease).where(lease.c.name == bindparam("name"))


def is_held(until: datetime, now: datetime) -> bool:
    """Whether a lease stands, also where the clock went back after its holder had died."""
    return now < until <= now + LONGEST


class NotOurs(Refused):
    """Another has taken the work over meanwhile."""


@dataclass(frozen=True)
class Lease:
    """Held by one at a time; renewed while it works, let go at its end, taken over after a crash.

    Whoever changes something on the strength of it asks `must_hold` in the same transaction, so
    that one who was stopped for a while cannot go on beside its successor.
    """

    database: Database
    now: Clock
    name: str = "work"
    holder: str = field(default_factory=lambda: secrets.token_hex(8))

    def take(self) -> bool:
        """Take or renew it; whether it is ours now."""
        with self.database.writing(queue=f"lease:{self.name}") as connection:
            row = self._row(connection)
            until = self.now() + LASTS
            if row is None:
                values = {"name": self.name, "holder": self.holder, "until": until}
                connection.execute(insert(lease).values(**values))
                return True
            if row.holder != self.holder and is_held(row.until, self.now()):
                return False
            self._set(connection, holder=self.holder, until=until)
            return True

    def renew(self) -> None:
        """Make it last, if it is long since it was taken; NotOurs where somebody else has it."""
        with self.database.reading() as connection:
            row = self._row(connection)
        if row is None or row.until - self.now() > LASTS / 2:
            return
        if not self.take():
            raise NotOurs("Another worker has taken over.")

    def must_hold(self, connection: Connection) -> None:
        """NotOurs where somebody else has taken it."""
        row = self._row(connection)
        if row is None or row.holder != self.holder:
            raise NotOurs("Another worker has taken over.")

    def let_go(self) -> None:
        """Leave it to the next at once."""
        with self.database.writing(queue=f"lease:{self.name}") as connection:
            row = self._row(connection)
            if row is not None and row.holder == self.holder:
                self._set(connection, until=self.now())

    def done_on(self) -> date | None:
        """The last day whose work was done."""
        with self.database.reading() as connection:
            row = self._row(connection)
        found: date | None = row.done_on if row else None
        return found

    def note_done(self, day: date) -> None:
        """This day's work is done."""
        with self.database.writing(queue=f"lease:{self.name}") as connection:
            self.must_hold(connection)
            self._set(connection, done_on=day)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renew it beside the work, which may wait for a mail server for longer than it lasts."""
        ending = threading.Event()

        def renew() -> None:
            while not ending.wait(RENEWED_EVERY):
                try:
                    if not self.take():
                        return
                except Refused:  # the database is busy: the next time
                    continue

        keeper = threading.Thread(target=renew, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            ending.set()
            keeper.join()

    def _row(self, connection: Connection) -> Row[Any] | None:
        return connection.execute(_ROW, {"name": self.name}).first()

    def _set(self, connection: Connection, **values: Any) -> None:
        connection.execute(update(lease).where(lease.c.name == self.name).values(**values))
