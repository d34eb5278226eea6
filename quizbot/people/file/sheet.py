"""The sheet on which an import is worked out: a private SQLite file beside nobody's database.

What is in it lies on disk and goes with it, so that memory stays flat however long the file is, and
SQLite and PostgreSQL get the same import.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from quizbot.clock import has_ended
from quizbot.people.file.reading import Doubt, Fault, PersonRow
from quizbot.store.tables import new_id, person, post, role_grant, unit
from quizbot.words import folded_address, is_within

PORTION = 2000
Given = Sequence[Any] | Mapping[str, Any]
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -4000;
CREATE TABLE line (line INTEGER PRIMARY KEY, ref, email, name, unit, unit_key, job, starts_on,
    manager, manager_email, person, manager_person, is_bad DEFAULT 0);
CREATE TABLE known (id PRIMARY KEY, name, email, ref, left_on, is_guest) WITHOUT ROWID;
CREATE TABLE held (id, person, unit_key, path, job, manager, starts_on, ends_on, is_within);
CREATE TABLE unit (key PRIMARY KEY, id, path, ended_on, is_new DEFAULT 0) WITHOUT ROWID;
CREATE TABLE granted (person, unit_key);
CREATE TABLE fault (line, title, words, UNIQUE (line, title, words));
CREATE TABLE doubt (line, title, words, must_be_confirmed, UNIQUE (line, title, words));
"""
_INDEXES = """
CREATE INDEX line_ref ON line (folded(ref));
CREATE INDEX line_email ON line (email);
CREATE INDEX known_ref ON known (folded(ref));
CREATE INDEX known_email ON known (email);
CREATE INDEX held_person ON held (person);
CREATE INDEX held_manager ON held (manager);
"""


@dataclass
class Sheet:
    """The file's lines and the database's people, units and posts, side by side."""

    today: date
    within: str | None  # the unit for which the file is complete, folded
    tells_manager: bool = True
    sql: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        # Without a name it is a file that is gone when it is closed, whatever happens.
        self.sql = sqlite3.connect("", isolation_level=None)
        self.sql.create_function("new_id", 0, lambda: new_id().bytes)
        self.sql.create_function("within", 1, self.is_within, deterministic=True)
        self.sql.create_function("folded", 1, _folded, deterministic=True)
        self.sql.executescript(_TABLES)
        self.sql.execute("BEGIN")

    def close(self) -> None:
        """Let the sheet go, and what is on it."""
        self.sql.close()

    def is_within(self, key: str) -> int:
        """Whether a unit is the one for which the file is complete, or below it."""
        return int(self.within is not None and is_within(key, self.within))

    def take_lines(self, items: Iterable[PersonRow]) -> None:
        """The file, line by line."""
        self.sql.executemany(
            f"INSERT INTO line VALUES ({', '.join('?' * 13)})",  # noqa: S608  (no outside words)
            (self._line(item) for item in items),
        )

    def _line(self, item: PersonRow) -> tuple[Any, ...]:
        manager = item.manager
        self.add_doubts(item.notes)
        if item.faults:
            self.add_faults(item.faults)
        else:
            self.tells_manager = manager is not None
        return (
            item.line, item.staff_ref, item.email, item.name, item.unit, _folded(item.unit),
            item.job, _iso(item.started_on), manager or None,
            folded_address(manager) if manager else None, None, None, 0,
        )  # fmt: skip

    def take_database(self, connection: Connection) -> None:
        """Everybody known, their posts, and the units."""
        streamed = connection.execution_options(yield_per=PORTION)
        self._fill(
            "unit",
            5,
            (
                (row.path.casefold(), row.id.bytes, row.path, _iso(row.ended_on), 0)
                for row in streamed.execute(select(unit))
            ),
        )
        who = (person.c.id, person.c.name, person.c.email, person.c.staff_ref)
        self._fill(
            "known",
            6,
            (
                (row.id.bytes, row.name, row.email, row.staff_ref, _iso(row.left_on), row.is_guest)
                for row in streamed.execute(select(*who, person.c.left_on, person.c.is_guest))
            ),
        )
        paths = {id_: (path, key) for id_, path, key in self.all("SELECT id, path, key FROM unit")}
        self._fill("held", 9, (self._held(row, paths) for row in streamed.execute(select(post))))
        grants = select(role_grant.c.person_id, role_grant.c.unit_id, role_grant.c.ends_on)
        self._fill(
            "granted",
            2,
            (
                (row.person_id.bytes, paths[row.unit_id.bytes][1])
                for row in streamed.execute(grants)
                if not has_ended(row.ends_on, self.today)
            ),
        )
        for statement in _INDEXES.strip().splitlines():
            self.sql.execute(statement)

    def _held(self, row: Any, paths: dict[bytes, tuple[str, str]]) -> tuple[Any, ...]:
        path, key = paths[row.unit_id.bytes]
        manager = row.manager_id.bytes if row.manager_id else None
        days = row.starts_on.isoformat(), _iso(row.ends_on)
        return (
            row.id.bytes, row.person_id.bytes, key, path, row.job, manager, *days,
            self.is_within(key),
        )  # fmt: skip

    def _fill(self, table: str, columns: int, rows: Iterable[tuple[Any, ...]]) -> None:
        places = ", ".join("?" * columns)
        self.sql.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608

    def add_faults(self, faults: Iterable[Fault], *, of_bad: bool = False) -> None:
        """Note what is wrong: with any line, or only with those that have a fault already."""
        which = " WHERE ?1 IN (SELECT line FROM fault)" if of_bad else ""
        self.sql.executemany(
            f"INSERT OR IGNORE INTO fault SELECT ?1, ?2, ?3{which}",
            ((fault.line, fault.column, fault.words) for fault in faults),
        )

    def add_doubts(self, doubts: Iterable[Doubt]) -> None:
        """Note what may be a slip, once."""
        self.sql.executemany(
            "INSERT OR IGNORE INTO doubt VALUES (?, ?, ?, ?)",
            (
                (one.fault.line, one.fault.column, one.fault.words, one.must_be_confirmed)
                for one in doubts
            ),
        )

    def doubts(self, most: int) -> list[Doubt]:
        """What may be a slip, in the order of the file."""
        query = "SELECT * FROM doubt ORDER BY line, title, words LIMIT ?"
        return [Doubt(Fault(*row[:3]), bool(row[3])) for row in self.sql.execute(query, (most,))]

    def mark_bad(self) -> int:
        """Leave out the lines that have a fault; how many more these are."""
        return self.sql.execute(
            "UPDATE line SET is_bad = 1 WHERE is_bad = 0 AND line IN (SELECT line FROM fault)"
        ).rowcount

    def faults(self, most: int) -> list[Fault]:
        """What is wrong, in the order of the file."""
        query = "SELECT line, title, words FROM fault ORDER BY line, title, words LIMIT ?"
        return [Fault(*row) for row in self.sql.execute(query, (most,))]

    def count(self, query: str, given: Given = ()) -> int:
        """The number that a query gives."""
        return int(self.sql.execute(query, given).fetchone()[0])

    def all(self, query: str, given: Given = ()) -> sqlite3.Cursor:
        """The rows of a query, one by one."""
        return self.sql.execute(query, given)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def as_id(given: bytes | None) -> UUID | None:
    """An id as the sheet keeps it."""
    return UUID(bytes=given) if given else None


def _folded(words: str | None) -> str | None:
    """Words as they are compared; a line that cannot be taken may lack them."""
    return None if words is None else words.casefold()
