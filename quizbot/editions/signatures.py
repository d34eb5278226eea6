"""Signing: a lead says who they are and what of a content they checked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from quizbot.access import must_lead
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Edition, Editions
from quizbot.errors import BadReply
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import edition, new_id, signature
from quizbot.words import to_mend

LONGEST = {"name": 200, "role": 200, "checked": 500}


@dataclass(frozen=True)
class SignatureLine:
    """A signature as the sources page shows it."""

    name: str
    role: str
    checked: str
    signed_at: datetime


@dataclass(frozen=True)
class Signatures:
    """Signatures belong to the content before slots: a new telephone number needs no new one."""

    database: Database
    editions: Editions
    audit: Audit
    now: Clock

    def of(self, current: Edition) -> tuple[SignatureLine, ...]:
        """Who signed what an edition says, the newest first."""
        query = (
            select(signature)
            .join(edition, edition.c.content_fingerprint == signature.c.content_fingerprint)
            .where(edition.c.id == current.id, signature.c.module == current.module.id)
            .order_by(signature.c.id.desc())
        )
        with self.database.reading() as connection:
            return tuple(
                SignatureLine(row.name, row.role, row.checked, row.signed_at)
                for row in connection.execute(query)
            )

    def sign(
        self, edition_id: UUID, name: str, role: str, checked: str, lead_id: UUID | None = None
    ) -> None:
        """Sign an edition; from the command line without a lead's account."""
        given = {"name": name.strip(), "role": role.strip(), "checked": checked.strip()}
        for field, words in given.items():
            if not words:
                raise BadReply(_MISSING[field])
            if trouble := to_mend(words, LONGEST[field], in_lines=True):
                raise BadReply(trouble)
        signed = self.editions.by_id(edition_id)
        with self.database.writing(queue="signatures") as connection:
            if lead_id is not None:
                must_lead(connection, lead_id, london_day(self.now()))
            content = connection.execute(
                select(edition.c.content_fingerprint).where(edition.c.id == edition_id)
            ).scalar_one()
            connection.execute(
                insert(signature).values(
                    id=new_id(),
                    content_fingerprint=content,
                    module=signed.module.id,
                    signed_by=lead_id,
                    signed_at=self.now(),
                    **given,
                )
            )
            self.audit.add(connection, lead_id or OPERATOR, "edition.sign", edition_id)


_MISSING = {
    "name": "Give your name, as it is to be shown",
    "role": "Give your role, such as designated nurse",
    "checked": "Say what you checked, such as every key against its source",
}
