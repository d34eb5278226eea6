"""Erasing what is personal of one person, as the register says; counts and the trail stay whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from quizbot.access import ERASED
from quizbot.clock import Clock, has_ended, london_day
from quizbot.errors import NotFound, Refused
from quizbot.people.leaving import close
from quizbot.privacy.own_data import blanks, is_theirs, table_of
from quizbot.privacy.register import REGISTER, Holding
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.clearing import delete_attempts, release_notices
from quizbot.store.database import Database
from quizbot.store.tables import attempt, notice, person, post

SENTENCE = "they still work here"


@dataclass(frozen=True)
class ToErase:
    """Whom and what erasing would meet: rows by table."""

    person_id: UUID
    is_here: bool
    is_done: bool
    rows: Mapping[str, int]


@dataclass(frozen=True)
class Erasure:
    """One person's data at a time; a second time changes nothing."""

    database: Database
    audit: Audit
    now: Clock

    def look(self, person_id: UUID) -> ToErase:
        """What there is to erase."""
        with self.database.reading() as connection:
            return self._look(connection, person_id)

    def erase(self, person_id: UUID, sentence: str = "", by: UUID | str = OPERATOR) -> ToErase:
        """Erase; somebody who is here only with the SENTENCE, for they lose their account too."""
        with self.database.writing(queue="people") as connection:
            return self.erase_in(connection, person_id, sentence, by)

    def erase_in(
        self, connection: Connection, person_id: UUID, sentence: str, by: UUID | str
    ) -> ToErase:
        """The same inside a transaction of the caller's."""
        found = self._look(connection, person_id)
        if found.is_done:
            return found
        if found.is_here and sentence.strip().casefold() != SENTENCE:
            raise Refused(
                "Nothing was erased: this person has not left. Note their leaving first, or confirm"
                f' with --confirm "{SENTENCE}".'
            )
        today = london_day(self.now())
        if found.is_here:
            _leave(connection, person_id, today - timedelta(days=1))
        close(connection, [person_id], today)
        delete_attempts(connection, and_(attempt.c.person_id == person_id, does_not_count()))
        release_notices(connection, select(notice.c.id).where(notice.c.person_id == person_id))
        for holding in REGISTER:
            _erase(connection, holding, person_id)
        self.audit.add(connection, by, "person.erase", person_id, rows=found.rows)
        return found

    def _look(self, connection: Connection, person_id: UUID) -> ToErase:
        row = connection.execute(select(person).where(person.c.id == person_id)).first()
        if row is None:
            raise NotFound("There is no such person.")
        rows: dict[str, int] = {}
        for holding in REGISTER:
            if holding.erased.go or blanks(holding):
                table = table_of(holding)
                count = select(func.count()).select_from(table)
                found = connection.execute(count.where(is_theirs(holding, person_id))).scalar_one()
                rows[holding.table] = rows.get(holding.table, 0) + found
        return ToErase(
            person_id,
            is_here=not has_ended(row.left_on, london_day(self.now())),
            is_done=is_erased(row.name, row.email, row.staff_ref),
            rows={table: count for table, count in rows.items() if count},
        )


def is_erased(name: str, email: str | None, staff_ref: str | None) -> bool:
    """Whether nothing is left of who this was."""
    return (name, email, staff_ref) == (ERASED, None, None)


def _erase(connection: Connection, holding: Holding, person_id: UUID) -> None:
    table, theirs = table_of(holding), is_theirs(holding, person_id)
    if holding.erased.go:
        connection.execute(delete(table).where(theirs))
    elif blank := blanks(holding):
        connection.execute(update(table).where(theirs).values(**blank))


def _leave(connection: Connection, person_id: UUID, last_day: date) -> None:
    """Their posts and their time here end with a day."""
    connection.execute(update(person).where(person.c.id == person_id).values(left_on=last_day))
    connection.execute(
        update(post)
        .where(
            post.c.person_id == person_id,
            or_(post.c.ends_on.is_(None), post.c.ends_on > last_day),
        )
        .values(ends_on=last_day)
    )


def does_not_count() -> ColumnElement[bool]:
    """Practice, and what was never handed in: no figure is made from it."""
    return or_(attempt.c.mode == "practice", attempt.c.submitted_at.is_(None))
