"""A person's due days at an address of their own, for a calendar that signs in nowhere."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select

from quizbot.access import Session, is_here
from quizbot.clock import Clock, london_day
from quizbot.errors import NotFound
from quizbot.signing import Signer
from quizbot.standing.duties import Duties, ModuleDuty
from quizbot.store.database import Database
from quizbot.store.tables import person

SHAPE = re.compile(r"([0-9a-f]{32})-([0-9a-f]{64})")
PURPOSE = "due calendar"
_EPOCH = select(person.c.sign_in_epoch).where(person.c.id == bindparam("person_id"))


@dataclass(frozen=True)
class DueCalendars:
    """The address holds while its person is here and has not signed out on every device."""

    database: Database
    duties: Duties
    signer: Signer
    now: Clock

    def code(self, person_id: UUID, session: Session | None = None) -> str:
        """What names a person's calendar, for them alone: by the epoch of a session that stands."""
        if session is not None:
            epoch = session.epoch
        else:
            epoch = self.database.glance(_EPOCH, {"person_id": person_id}).sign_in_epoch
        return f"{person_id.hex}-{self.signer.hash(PURPOSE, person_id.hex, str(epoch))}"

    def of_code(self, code: str) -> tuple[UUID, tuple[ModuleDuty, ...]]:
        """Whose calendar it is, and what is due of them; NotFound where it holds no more."""
        known = SHAPE.fullmatch(code)
        person_id = UUID(known[1]) if known else UUID(int=0)
        with self.database.reading() as connection:
            epoch = connection.execute(
                select(person.c.sign_in_epoch).where(
                    person.c.id == person_id, is_here(self._today())
                )
            ).scalar()
        if (
            known is None
            or epoch is None
            or not self.signer.matches(known[2], PURPOSE, person_id.hex, str(epoch))
        ):
            raise NotFound("This calendar has ended. Take its address anew from your record.")
        return person_id, self.of(person_id)

    def of(self, person_id: UUID) -> tuple[ModuleDuty, ...]:
        """What is due of a person on a day."""
        return tuple(duty for duty in self.duties.mine(person_id) if duty.due_on)

    def _today(self) -> date:
        return london_day(self.now())
