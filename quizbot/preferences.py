"""What a person chooses about messages: reminders can be turned off, duties cannot."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from quizbot.audit import Audit
from quizbot.clock import Clock
from quizbot.db import Database
from quizbot.tables import preference


@dataclass(frozen=True)
class Chosen:
    """A person's choices; everything is sent to somebody who never chose."""

    nudges: bool = True


@dataclass(frozen=True)
class Preferences:
    """Looked up and changed by the person alone."""

    database: Database
    audit: Audit
    now: Clock

    def of(self, person_id: UUID) -> Chosen:
        """What a person has chosen."""
        query = select(preference.c.nudges).where(preference.c.person_id == person_id)
        with self.database.reading() as connection:
            nudges = connection.execute(query).scalar()
        return Chosen() if nudges is None else Chosen(nudges)

    def choose(self, person_id: UUID, chosen: Chosen) -> None:
        """Keep a choice; the same twice changes nothing."""
        if self.of(person_id) == chosen:
            return
        values = {"nudges": chosen.nudges, "changed_at": self.now()}
        with self.database.writing() as connection:
            self.database.insert_once(connection, preference, {"person_id": person_id, **values})
            connection.execute(
                update(preference).where(preference.c.person_id == person_id).values(**values)
            )
            self.audit.add(
                connection, person_id, "preference.choose", person_id, nudges=chosen.nudges
            )
