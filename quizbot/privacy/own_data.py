"""All that is kept of one person, made from the register: to look up, and as a zip to take away."""

import contextlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Table, Uuid, or_, select
from sqlmodel import SQLModel

from quizbot.access import has_address
from quizbot.clock import LONDON, Clock
from quizbot.editions.editions import Editions
from quizbot.errors import NotFound
from quizbot.people.finding import has_number, unlike
from quizbot.privacy.own_page import ShownHolding, Words, as_page
from quizbot.privacy.register import REGISTER, Holding, RegisterPart
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import attempt, edition, person, unit


@dataclass(frozen=True)
class HeldRows:
    """The rows of one holding, for a program and as they are read."""

    holding: Holding
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shown: ShownHolding


@dataclass(frozen=True)
class OwnData:
    """Finding somebody, here or gone, and giving out what is theirs."""

    database: Database
    editions: Editions
    audit: Audit
    now: Clock

    def register(self) -> dict[str, list[Holding]]:
        """What is kept of people at all, under the headings of the privacy page."""
        return {part.value: [one for one in REGISTER if one.part is part] for part in RegisterPart}

    def whose(self, words: str) -> UUID:
        """Somebody by staff number, address or id, also when they have left; NotFound otherwise."""
        given = words.strip()
        known = [has_number(given), has_address(given)]
        with contextlib.suppress(ValueError):
            known.append(person.c.id == UUID(given))
        with self.database.reading() as connection:
            rows = connection.execute(
                select(person.c.id, person.c.staff_ref).where(or_(*known))
            ).all()
        if not rows:
            raise NotFound(f"Nobody has the number or address {given!r}.")
        found: UUID = min(rows, key=lambda row: unlike(row.staff_ref, given)).id
        return found

    def held(self, person_id: UUID) -> list[HeldRows]:
        """All that is kept of a person, holding by holding."""
        with self.database.reading() as connection:
            query = select(attempt.c.id, attempt.c.edition_id, attempt.c.started_at)
            mine = connection.execute(query.where(attempt.c.person_id == person_id))
            names = _names(connection)
            words = Words(self.editions, names, {row.id: row for row in mine})
            return [self._held(connection, holding, person_id, words) for holding in REGISTER]

    def copy(self, person_id: UUID, by: UUID | str = OPERATOR) -> bytes:
        """A zip with all of it, as a page to read and as JSON; that it was given out is noted."""
        with self.database.writing() as connection:
            self.audit.add(connection, by, "export.person", person_id)
        held, at = self.held(person_id), self.now().astimezone(LONDON)
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
            for name, content in (
                ("data.json", _as_json(held, at)),
                ("read-me.html", as_page((one.shown for one in held), at)),
            ):
                out.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), content)
        return made.getvalue()

    def _held(
        self, connection: Connection, holding: Holding, person_id: UUID, words: Words
    ) -> HeldRows:
        table = table_of(holding)
        told = {name: field for name, field in holding.fields.items() if field.told}
        columns = [table.c[name] for name in told]
        found = connection.execute(
            select(table).where(is_theirs(holding, person_id)).order_by(*table.primary_key)
        ).all()
        rows = [tuple(_words(getattr(row, c.name), words.names) for c in columns) for row in found]
        titles = tuple(field.what for field in told.values())
        if holding.table == "answer":
            titles = (*titles, "the question in words", "what you chose in words")
            rows = [
                (*row, *self._in_words(words.attempts[one.attempt_id].edition_id, one))
                for row, one in zip(rows, found, strict=True)
            ]
        return HeldRows(holding, titles, tuple(rows), words.shown(holding, told, found))

    def _in_words(self, edition_id: UUID, row: Row[Any]) -> tuple[str, str]:
        """A question and its reply as they were read on screen."""
        question = self.editions.by_id(edition_id).questions.get(row.question_id)
        if question is None:
            return "", ""
        return question.ask, "; ".join(question.text_of(letter) for letter in row.reply)


def table_of(holding: Holding) -> Table:
    """The table of a holding."""
    return SQLModel.metadata.tables[holding.table]


def is_theirs(holding: Holding, person_id: UUID) -> ColumnElement[bool]:
    """Whether a row of a holding is a person's."""
    table = table_of(holding)
    if holding.through:
        return table.c.attempt_id.in_(select(attempt.c.id).where(attempt.c.person_id == person_id))
    columns = [table.c[name] for name in holding.whose]
    return or_(*(column == _as_kept(column, person_id) for column in columns))


def blanks(holding: Holding) -> dict[str, Any]:
    """What erasing puts into the fields of a holding whose rows stay."""
    return {name: field.blank for name, field in holding.fields.items() if field.blanks}


def _as_kept(column: ColumnElement[Any], person_id: UUID) -> UUID | str:
    return person_id if isinstance(column.type, Uuid) else str(person_id)


def _names(connection: Connection) -> dict[UUID, str]:
    """Units and editions, which rows name by id."""
    queries = (select(unit.c.id, unit.c.path), select(edition.c.id, edition.c.label))
    return {row[0]: row[1] for query in queries for row in connection.execute(query)}


def _words(value: Any, names: Mapping[UUID, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(LONDON).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return names.get(value, str(value))
    return str(value)


def _as_json(held: list[HeldRows], at: datetime) -> str:
    content = {
        "made_at": at.isoformat(timespec="seconds"),
        "kept": [
            {
                "what": one.holding.title,
                "why": one.holding.why,
                "how_long": one.holding.term.value,
                "seen_by": one.holding.seen_by,
                "rows": [dict(zip(one.titles, row, strict=True)) for row in one.rows],
            }
            for one in held
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)
