"""All that is kept of one person, made from the register: to look up, and as a zip to take away."""

import contextlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, Uuid, or_, select
from sqlmodel import SQLModel

from quizbot.audit import OPERATOR, Audit
from quizbot.clock import LONDON, Clock
from quizbot.db import Database
from quizbot.editions import Editions
from quizbot.errors import NotFound
from quizbot.people_file import folded_address
from quizbot.people_find import has_number, unlike
from quizbot.privacy import REGISTER, Holding
from quizbot.tables import attempt, edition, person, unit

STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #888;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top}.why{color:#444}"
)


@dataclass(frozen=True)
class Held:
    """The rows of one holding, in words."""

    holding: Holding
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class OwnData:
    """Finding somebody, here or gone, and giving out what is theirs."""

    database: Database
    editions: Editions
    audit: Audit
    now: Clock

    def register(self) -> tuple[Holding, ...]:
        """What is kept of people at all."""
        return REGISTER

    def whose(self, words: str) -> UUID:
        """Somebody by staff number, address or id, also when they have left; NotFound otherwise."""
        given = words.strip()
        known = [has_number(given), person.c.email == folded_address(given)]
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

    def held(self, person_id: UUID) -> list[Held]:
        """All that is kept of a person, holding by holding."""
        with self.database.reading() as connection:
            names = _names(connection)
            return [self._held(connection, holding, person_id, names) for holding in REGISTER]

    def copy(self, person_id: UUID, by: UUID | str = OPERATOR) -> bytes:
        """A zip with all of it, as a page to read and as JSON; that it was given out is noted."""
        with self.database.writing() as connection:
            self.audit.add(connection, by, "export.person", person_id)
        held, at = self.held(person_id), self.now().astimezone(LONDON)
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
            for name, content in (
                ("data.json", _as_json(held, at)),
                ("read-me.html", _as_page(held, at)),
            ):
                out.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), content)
        return made.getvalue()

    def _held(
        self, connection: Connection, holding: Holding, person_id: UUID, names: dict[UUID, str]
    ) -> Held:
        table = table_of(holding)
        told = {name: field for name, field in holding.fields.items() if field.told}
        columns = [table.c[name] for name in told]
        found = connection.execute(
            select(table).where(is_theirs(holding, person_id)).order_by(*table.primary_key)
        ).all()
        rows = [tuple(_words(getattr(row, c.name), names) for c in columns) for row in found]
        titles = tuple(field.what for field in told.values())
        if holding.table == "answer":
            titles = (*titles, "the question in words", "what you chose in words")
            query = select(attempt.c.id, attempt.c.edition_id)
            asked = {
                row.id: row.edition_id
                for row in connection.execute(query.where(attempt.c.person_id == person_id))
            }
            rows = [
                (*row, *self._in_words(asked[one.attempt_id], one))
                for row, one in zip(rows, found, strict=True)
            ]
        return Held(holding, titles, tuple(rows))

    def _in_words(self, edition_id: UUID, row: Any) -> tuple[str, str]:
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


def _words(value: Any, names: dict[UUID, str]) -> str:
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


def _as_json(held: list[Held], at: datetime) -> str:
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


def _as_page(held: list[Held], at: datetime) -> str:
    return "\n".join(_page_lines(held, at))


def _page_lines(held: list[Held], at: datetime) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Your data – The Knowledge</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield "<h1>Your data in The Knowledge</h1>"
    yield f"<p>All that is kept of you, as of {at.day} {at:%B %Y, %H:%M}.</p>"
    for one in held:
        yield f"<h2>{escape(one.holding.title)}</h2>"
        yield (
            f'<p class="why">Kept {escape(one.holding.why)}. How long:'
            f" {escape(one.holding.term.value)}. Seen by: {escape(one.holding.seen_by)}.</p>"
        )
        yield from _table_lines(one)
    yield "</body>\n</html>\n"


def _table_lines(one: Held) -> Iterator[str]:
    if not one.rows:
        yield "<p>Nothing.</p>"
        return
    yield "<table>\n<tr>" + "".join(f"<th>{escape(title)}</th>" for title in one.titles) + "</tr>"
    for row in one.rows:
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
    yield "</table>"
