"""Authors: who may draft and read questions of a module, for how long, and by whose leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from quizbot.access import LATEST, has_address, is_here, is_open, live, must_lead
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import Mend, NotFound
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import author_grant, new_id, person


@dataclass(frozen=True)
class AuthorLine:
    """Somebody who may draft and read, and of what."""

    grant_id: UUID
    person_id: UUID
    name: str
    module: str
    title: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Authors:
    """Leads give this right and take it back; it shows nobody's record."""

    database: Database
    editions: Editions
    audit: Audit
    now: Clock

    def all(self, by: UUID) -> list[AuthorLine]:
        """Everybody who is an author today or will be."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            must_lead(connection, by, today)
            rows = connection.execute(
                select(author_grant, person.c.name)
                .join(person, person.c.id == author_grant.c.person_id)
                .where(is_open(author_grant, today), is_here(today))
                .order_by(person.c.name, author_grant.c.id)
            ).all()
        titles = {one.module.id: one.module.title for one in self.editions.all_current()}
        return [_line(row, titles) for row in rows]

    def of_modules(self) -> dict[str, tuple[str, ...]]:
        """Who looks after the questions of each module today, by name."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            rows = connection.execute(
                select(author_grant.c.module, person.c.name)
                .join(person, person.c.id == author_grant.c.person_id)
                .where(
                    live(author_grant.c.starts_on, author_grant.c.ends_on, today), is_here(today)
                )
                .order_by(person.c.name)
            ).all()
        found = {
            one.module.id: tuple(
                dict.fromkeys(row.name for row in rows if row.module in ("", one.module.id))
            )
            for one in self.editions.all_current()
        }
        return {module: names for module, names in found.items() if names}

    def give(self, by: UUID, address: str, module: str, ends_on: date | None) -> str:
        """Let somebody draft and read from today, and their name; twice changes nothing."""
        today = london_day(self.now())
        if module and module not in {one.module.id for one in self.editions.all_current()}:
            raise Mend(module="Choose a questionnaire, or all of them")
        if ends_on is not None and not today <= ends_on <= today + LATEST:
            raise Mend(ends_on="Give a last day from today on, at most ten years ahead")
        with self.database.writing(queue="people") as connection:
            must_lead(connection, by, today)
            who = connection.execute(
                select(person.c.id, person.c.name).where(has_address(address), is_here(today))
            ).first()
            if who is None:
                raise Mend(email="Nobody here has this address: check it, or add the person first")
            same = connection.execute(
                select(author_grant.c.id).where(
                    author_grant.c.person_id == who.id,
                    author_grant.c.module == module,
                    is_open(author_grant, today),
                    author_grant.c.ends_on.is_not_distinct_from(ends_on),
                )
            ).first()
            name: str = who.name
            if same is not None:
                return name
            connection.execute(
                insert(author_grant).values(
                    id=new_id(),
                    person_id=who.id,
                    module=module,
                    starts_on=today,
                    ends_on=ends_on,
                    made_by=by,
                )
            )
            self.audit.add(connection, by, "author.grant", who.id, module=module, ends_on=ends_on)
            return name

    def end(self, by: UUID, grant_id: UUID) -> AuthorLine:
        """Take it back from today, and whose it was; what was drafted stays."""
        today = london_day(self.now())
        with self.database.writing(queue="people") as connection:
            must_lead(connection, by, today)
            row = connection.execute(
                select(author_grant, person.c.name)
                .join(person, person.c.id == author_grant.c.person_id)
                .where(author_grant.c.id == grant_id, is_open(author_grant, today))
            ).first()
            if row is None:
                raise NotFound("This person is no author of that any more.")
            connection.execute(
                update(author_grant)
                .where(author_grant.c.id == grant_id)
                .values(ends_on=today - timedelta(days=1))
            )
            self.audit.add(connection, by, "author.revoke", row.person_id)
        titles = {one.module.id: one.module.title for one in self.editions.all_current()}
        return _line(row, titles)


def _line(row: Row[Any], titles: Mapping[str, str]) -> AuthorLine:
    return AuthorLine(
        row.id,
        row.person_id,
        row.name,
        row.module,
        titles.get(row.module, row.module) or "Every questionnaire",
        row.starts_on,
        row.ends_on,
    )
