"""What a person chooses about messages: reminders can be turned off, duties cannot."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from quizbot.clock import Clock, london_day
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import preference

SNOOZE = timedelta(days=14)
_CHOSEN = select(preference.c.nudges, preference.c.snoozed_until).where(
    preference.c.person_id == bindparam("whose")
)


@dataclass(frozen=True)
class Chosen:
    """A person's choices; everything is sent to somebody who never chose."""

    nudges: bool = True
    snoozed_until: date | None = None


@dataclass(frozen=True)
class Preferences:
    """Looked up and changed by the person alone."""

    database: Database
    audit: Audit
    now: Clock

    def of(self, person_id: UUID) -> Chosen:
        """What a person has chosen."""
        row = self.database.glance(_CHOSEN, {"whose": person_id})
        return Chosen() if row is None else Chosen(row.nudges, row.snoozed_until)

    def choose(self, person_id: UUID, chosen: Chosen) -> None:
        """Keep a choice; the same twice changes nothing."""
        if self.of(person_id) == chosen:
            return
        values = {"nudges": chosen.nudges, "snoozed_until": chosen.snoozed_until}
        with self.database.writing() as connection:
            self._keep(connection, person_id, values)
            self.audit.add(
                connection, person_id, "preference.choose", person_id, nudges=chosen.nudges
            )

    def snooze(self, person_id: UUID) -> date:
        """Put reminders off for two weeks; the day from which they come again."""
        until = london_day(self.now()) + SNOOZE
        with self.database.writing() as connection:
            self._keep(connection, person_id, {"snoozed_until": until})
            self.audit.add(
                connection, person_id, "preference.snooze", person_id, until=until.isoformat()
            )
        return until

    def _keep(self, connection: Connection, person_id: UUID, values: dict[str, Any]) -> None:
        now = {"changed_at": self.now()}
        row = {"person_id": person_id, "nudges": True, **values, **now}
        self.database.insert_once(connection, preference, row)
        connection.execute(
            update(preference).where(preference.c.person_id == person_id).values(**values, **now)
        )
