"""Tokens by which a directory proves itself: told once, kept as a hash, ended at once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from quizbot.access import is_below, must_lead
from quizbot.clock import Clock, london_day
from quizbot.errors import NotAllowed, NotFound, Refused
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import new_id, scim_token

MOST = 20  # that work at once
PREFIX = "knowledge_scim_"  # by which those who look for lost secrets know it
A_MINUTE = timedelta(minutes=1)
_GOOD = select(scim_token.c.id, scim_token.c.used_at).where(
    scim_token.c.hash == bindparam("hash"), scim_token.c.ended_at.is_(None)
)


@dataclass(frozen=True)
class TokenLine:
    """A token as it may be shown: never itself."""

    token_id: UUID
    name: str
    last_four: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Tokens:
    """Made by a lead on a page, or by whoever runs the service."""

    database: Database
    audit: Audit
    now: Clock
    top: str  # the unit that a directory is for

    def all(self, lead_id: UUID | None = None) -> list[TokenLine]:
        """Those that work, the newest first."""
        self._must_lead(lead_id)
        columns = (scim_token.c.id, scim_token.c.name, scim_token.c.last_four)
        query = (
            select(*columns, scim_token.c.made_at, scim_token.c.used_at)
            .where(scim_token.c.ended_at.is_(None))
            .order_by(scim_token.c.made_at.desc(), scim_token.c.id)
        )
        with self.database.reading() as connection:
            return [TokenLine(*row) for row in connection.execute(query)]

    def make(self, name: str, lead_id: UUID | None = None) -> str:
        """A new token, which is told this once."""
        name = " ".join(name.split())
        if not 0 < len(name) <= 100:
            raise Refused("Say which directory it is for, in at most 100 letters.")
        if len(self.all(lead_id)) >= MOST:
            raise Refused(f"There are {MOST} tokens already: end one that is not used.")
        token = PREFIX + secrets.token_urlsafe(32)
        token_id = new_id()
        with self.database.writing() as connection:
            connection.execute(
                insert(scim_token).values(
                    id=token_id,
                    name=name,
                    hash=hashed(token),
                    last_four=token[-4:],
                    made_at=self.now(),
                    made_by=lead_id,
                )
            )
            self.audit.add(connection, lead_id or OPERATOR, "scim.token", token_id)
        return token

    def end(self, token_id: UUID, lead_id: UUID | None = None) -> None:
        """Let a token work no more."""
        self._must_lead(lead_id)
        with self.database.writing() as connection:
            ended = connection.execute(
                update(scim_token)
                .where(scim_token.c.id == token_id, scim_token.c.ended_at.is_(None))
                .values(ended_at=self.now())
            ).rowcount
            if not ended:
                raise NotFound("There is no such token, or it was ended before.")
            self.audit.add(connection, lead_id or OPERATOR, "scim.end", token_id)

    def by_end(self, last_four: str) -> UUID:
        """The token that works and ends so; NotFound where there is none, or more than one."""
        found = [line.token_id for line in self.all() if line.last_four == last_four]
        if len(found) != 1:
            raise NotFound(f"{len(found) or 'No'} tokens end with {last_four!r}.")
        return found[0]

    def is_good(self, token: str) -> bool:
        """Whether a token works; its use is noted, by the minute."""
        now = self.now()
        row = self.database.glance(_GOOD, {"hash": hashed(token)})
        if row is None:
            return False
        if row.used_at is None or now - row.used_at > A_MINUTE:
            with self.database.writing(queue="scim") as connection:
                connection.execute(
                    update(scim_token).where(scim_token.c.id == row.id).values(used_at=now)
                )
        return True

    def _must_lead(self, lead_id: UUID | None) -> None:
        if lead_id is not None:
            with self.database.reading() as connection:
                must_lead_top(connection, lead_id, london_day(self.now()), self.top)


def must_lead_top(connection: Connection, lead_id: UUID, day: date, top: str) -> None:
    """NotAllowed unless somebody leads all that a directory is for."""
    over = must_lead(connection, lead_id, day).lead_of
    if not top:
        raise NotAllowed("Nothing is kept in step by a directory here: set QUIZBOT_SCIM first.")
    if not is_below(top.casefold(), [path.casefold() for path in over]):
        raise NotAllowed(f"This is for who leads all of {top}.")


def hashed(token: str) -> str:
    """A token as it is kept: it is long and by chance, so one round of hashing hides it."""
    return hashlib.sha256(token.encode()).hexdigest()
