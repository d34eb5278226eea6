"""Connections to other machines: when each last worked, and what last went wrong."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from quizbot.clock import Clock
from quizbot.store.database import Database
from quizbot.store.tables import connection_state

LONGEST = 300  # characters of a fault
A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConnectionState:
    """When a connection was last used with success, and its last fault."""

    used_at: datetime | None = None
    fault_at: datetime | None = None
    fault: str = ""

    @property
    def is_faulty(self) -> bool:
        """Whether nothing went well since the last fault."""
        if self.fault_at is None:
            return False
        return self.used_at is None or self.fault_at > self.used_at


NEVER = ConnectionState()


@dataclass(frozen=True)
class Tried:
    """What came of trying a connection, in words: well, at fault, or not asked."""

    words: str
    is_fault: bool = False
    is_asked: bool = True

    @classmethod
    def well(cls, words: str) -> "Tried":
        """It was asked, and answered as it should."""
        return cls(words)

    @classmethod
    def fault(cls, words: str) -> "Tried":
        """It was asked, and did not answer as it should."""
        return cls(words, is_fault=True)

    @classmethod
    def not_asked(cls, words: str) -> "Tried":
        """Nothing could be asked, so nothing is known."""
        return cls(words, is_asked=False)


@dataclass(frozen=True)
class Connections:
    """Notes beside the work itself; a name is the connection's, such as `sign-in:council`."""

    database: Database
    now: Clock
    _told: dict[str, tuple[str, datetime]] = field(default_factory=dict, repr=False)
    _logged: dict[str, datetime] = field(default_factory=dict, repr=False)

    def note_use(self, name: str) -> None:
        """It worked."""
        self._told.pop(name, None)
        self._logged.pop(name, None)
        self._note(name, {"used_at": self.now()})

    def note_fault(self, name: str, fault: str) -> None:
        """It did not, in words that hold no secret and nobody's name.

        The log is told which once an hour, without the words: others may have chosen some of them.
        """
        now, before = self.now(), self._logged.get(name)
        if before is None or now - before >= AN_HOUR:
            self._logged[name] = now
            LOG.warning("connection %s does not work: `quizbot connections list` says why", name)
        self._keep_fault(name, fault)

    def note(self, name: str, tried: Tried) -> Tried:
        """What came of trying it; nothing is noted of what was not asked."""
        if tried.is_fault:
            self._keep_fault(name, tried.words)
        elif tried.is_asked:
            self.note_use(name)
        return tried

    def of(self, name: str) -> ConnectionState:
        """What was noted of one."""
        return self.all().get(name, NEVER)

    def all(self) -> dict[str, ConnectionState]:
        """What was noted of each that was ever used or tried."""
        table = connection_state
        query = select(table.c.name, table.c.used_at, table.c.fault_at, table.c.fault)
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        return {row.name: ConnectionState(row.used_at, row.fault_at, row.fault) for row in rows}

    def _keep_fault(self, name: str, fault: str) -> None:
        """The same again within a minute is not written again: anybody may press a button."""
        before, at = self._told.get(name, ("", self.now()))
        if before == fault and self.now() - at < A_MINUTE:
            return
        self._told[name] = (fault, self.now())
        self._note(name, {"fault_at": self.now(), "fault": fault[:LONGEST]})

    def _note(self, name: str, values: dict[str, object]) -> None:
        row = {"name": name, "used_at": None, "fault_at": None, "fault": "", **values}
        statement = self.database.insert(connection_state).on_conflict_do_update(
            index_elements=["name"], set_=values
        )
        with self.database.writing() as connection:
            connection.execute(statement, row)
