"""A work that one process alone may do: a row says who, until when, and the last day done with."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from quizbot.clock import Clock
from quizbot.errors import Refused
from quizbot.store.database import Database, read_in, write_in
from quizbot.store.tables import lease

LASTS = timedelta(seconds=8)  # how long a killed worker keeps another waiting
# Nobody holds it for longer: what says so was written before the clock was set back.
LONGEST = timedelta(seconds=60)
RENEWED_EVERY = 2.5  # seconds

# Asked for between any two pieces of the worker's day: made ready once.
_HERE = lease.c.name == bindparam("of_name")
_ROW = select(lease).where(_HERE)
_ADD = insert(lease)
_UNTIL: BindParameter[Any] = bindparam("new_until")
_TAKE = update(lease).where(_HERE).values(holder=bindparam("new_holder"), until=_UNTIL)
_OURS = (_HERE, lease.c.holder == bindparam("of_holder"))
_LET_GO = update(lease).where(*_OURS).values(until=_UNTIL)
_NOTE_DONE = update(lease).where(*_OURS).values(done_on=bindparam("new_day"))


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
                write_in(connection, _ADD, values)
                return True
            if row.holder != self.holder and is_held(row.until, self.now()):
                return False
            given = {"of_name": self.name, "new_holder": self.holder, "new_until": until}
            write_in(connection, _TAKE, given)
            return True

    def renew(self) -> None:
        """Make it last, if it is long since it was taken; NotOurs where somebody else has it."""
        row = self._look()
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
        self.database.put(_LET_GO, {**self._ours(), "new_until": self.now()})

    def done_on(self) -> date | None:
        """The last day whose work was done."""
        row = self._look()
        found: date | None = row.done_on if row else None
        return found

    def note_done(self, day: date) -> None:
        """This day's work is done."""
        if not self.database.put(_NOTE_DONE, {**self._ours(), "new_day": day}):
            raise NotOurs("Another worker has taken over.")

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

    def _look(self) -> Any:
        """Its row as it stands now, or None."""
        return self.database.glance(_ROW, {"of_name": self.name})

    def _row(self, connection: Connection) -> Any:
        """The same in a transaction."""
        return next(iter(read_in(connection, _ROW, {"of_name": self.name})), None)

    def _ours(self) -> dict[str, str]:
        return {"of_name": self.name, "of_holder": self.holder}
