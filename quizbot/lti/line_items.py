"""Where learning systems want results of whom: a line item of a course, noted when they come."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, update

from quizbot.clock import Clock
from quizbot.lti.claims import LtiMessage
from quizbot.store.database import Database
from quizbot.store.tables import lti_link, new_id


@dataclass(frozen=True)
class LineItems:
    """Each once; the same activity again is the same."""

    database: Database
    now: Clock

    def keep(self, person_id: UUID, platform_id: UUID, message: LtiMessage) -> None:
        """From now on what somebody hands in of this module is told to this line item."""
        if not message.module:
            return
        link_id = new_id()
        named = {
            "platform_id": platform_id,
            "subject": message.subject,
            "line_item": message.line_item,
        }
        row = {
            "id": link_id,
            "target": f"lti:{link_id.hex}",
            "person_id": person_id,
            "module": message.module,
            "made_at": self.now(),
            **named,
        }
        with self.database.writing() as connection:
            self._is_there_now(connection, platform_id, message)
            if self.database.insert_once(connection, lti_link, row):
                return
            # The account may be another person's by now, and the activity about something else.
            connection.execute(
                update(lti_link)
                .where(*(lti_link.c[name] == value for name, value in named.items()))
                .values(person_id=person_id, module=message.module)
            )

    def _is_there_now(self, connection: Connection, platform_id: UUID, message: LtiMessage) -> None:
        """What was noted when the course had no line item yet is of the one that it names now."""
        if not message.wanted or message.wanted == message.line_item:
            return
        own = (lti_link.c.platform_id == platform_id, lti_link.c.subject == message.subject)
        named = select(lti_link.c.id).where(*own, lti_link.c.line_item == message.line_item)
        if connection.execute(named).first() is None:
            connection.execute(
                update(lti_link)
                .where(*own, lti_link.c.line_item == message.wanted)
                .values(line_item=message.line_item)
            )
