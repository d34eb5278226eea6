"""Copies of a whole database: a file kept elsewhere, bringing it back, moving to another kind."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, func, insert, select, update
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel

from quizbot.clock import Clock
from quizbot.errors import Misconfigured, Refused
from quizbot.store.audit import OPERATOR, Audit, TrailHead
from quizbot.store.database import Database, open_database
from quizbot.store.migrate import current, is_current, newest, upgrade

PORTION = 1000  # rows that are copied at a time
OF_POSTGRESQL = (
    "This database is PostgreSQL: use {tool}, and keep what `quizbot audit head` prints elsewhere."
)


@dataclass(frozen=True)
class Copied:
    """What was copied: rows in all, and the end of the trail as it is in the copy."""

    rows: int
    head: TrailHead


def back_up(database: Database, out: Path, now: Clock) -> TrailHead:
    """Write a SQLite database to a new file, for its owner alone, while people go on working.

    That everything was taken goes on record first, so that the copy tells of itself.
    """
    _must_be_sqlite(database, "pg_dump")
    with _new_file(out) as part:
        _note(database, now, "database.backup")
        with _driver(database) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with none beside it
        with _read(part) as made:
            return Audit(made, now).head()


def restore(
    database: Database, file: Path, now: Clock, head: str = "", *, force: bool
) -> TrailHead:
    """Put a backup in the place of a SQLite database, once it is known to be whole.

    Its trail must be whole too, and reach to the `head` of an earlier day if one is given.
    """
    _must_be_sqlite(database, "pg_restore")
    if _is_there(database) and not force:
        raise Refused(
            "There is a database already, and nothing was restored. To have the backup in its"
            " place, stop the service and add --force: what was kept since is lost."
        )
    with _read(file) as backup:
        _must_be_ours(backup, file)
        Audit(backup, now).verify(head)
    try:
        with closing(_open(file)) as source, _driver(database) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as error:
        raise Refused(f"Nothing was restored: {error}.") from None
    upgrade(database)
    _note(database, now, "database.restore")
    return Audit(database, now).head()


def copy(source: Database, target: Database, now: Clock) -> Copied:
    """Copy every row to an empty database of either kind; all of it, or nothing."""
    if not is_current(source):
        raise Misconfigured("The database is not up to date: run `quizbot db upgrade`.")
    if current(target) not in (None, newest()):
        raise Refused("The other database is of another release: name an empty one.")
    upgrade(target)
    tables = SQLModel.metadata.sorted_tables
    with target.reading() as connection:
        if any(_count(connection, table) for table in tables):
            raise Refused("The other database is not empty, so nothing was copied.")
    _note(source, now, "database.copy")
    try:
        with _standing_still(source) as old, target.writing() as new:
            rows = sum(_copy_table(old, new, table) for table in tables)
    except DatabaseError as error:
        raise Refused(f"Nothing was copied: {str(error.orig).splitlines()[0]}.") from None
    return Copied(rows, Audit(target, now).verify())


def _note(database: Database, now: Clock, action: str) -> None:
    with database.writing() as connection:
        Audit(database, now).add(connection, OPERATOR, action)


def _is_there(database: Database) -> bool:
    try:
        return current(database) is not None
    except Misconfigured as error:
        raise Refused(
            f"{error} Move its file away, and those beside it that end in -wal and -shm; then"
            " restore again."
        ) from None


def _must_be_sqlite(database: Database, tool: str) -> None:
    if not database.is_sqlite:
        raise Refused(OF_POSTGRESQL.format(tool=f"`{tool}`"))


@contextmanager
def _driver(database: Database) -> Iterator[sqlite3.Connection]:
    """SQLite's own connection, alone: no other writes or checkpoints meanwhile."""
    assert database.lock is not None
    with database.lock.held(), database.writer.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        yield driver


@contextmanager
def _new_file(out: Path) -> Iterator[Path]:
    """A file beside the one wanted, which becomes it when all went well; never over another."""
    part = out.with_name(out.name + ".part")
    if out.exists():
        raise Refused(f"{out} is there already: name another file.")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        os.link(part, out)
    except FileExistsError:
        raise Refused(f"{out} is there already: name another file.") from None
    except (OSError, sqlite3.Error) as error:
        raise Refused(f"{out} cannot be written: {error}.") from None
    finally:
        part.unlink(missing_ok=True)


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


@contextmanager
def _read(file: Path) -> Iterator[Database]:
    """A file as a database that is only read: no lock is made beside it."""
    database = replace(open_database(f"sqlite:///{file.resolve()}"), lock=None)
    try:
        yield database
    finally:
        database.dispose()


def _must_be_ours(backup: Database, file: Path) -> None:
    """Refused unless a file is a whole database of this release, or of one before it."""
    try:
        with closing(_open(file)) as driver:
            (found,) = driver.execute("PRAGMA quick_check(1)").fetchone()
        at = current(backup)
    except (sqlite3.Error, DatabaseError, Misconfigured):
        found, at = "", None
    if found != "ok" or at is None:
        raise Refused(f"{file} is not a whole backup, so nothing was restored.")
    if at > newest():
        raise Refused(f"{file} was made by a newer release: install that first.")


@contextmanager
def _standing_still(database: Database) -> Iterator[Connection]:
    """A connection to which nothing changes any more; SQLite's are so anyway."""
    engine = database.reader
    if not database.is_sqlite:
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        yield connection.execution_options(yield_per=PORTION)


def _copy_table(old: Connection, new: Connection, table: Table) -> int:
    """Every row, first without what points to rows of the same table: those may come later."""
    own = [c for c in table.columns if any(key.column.table is table for key in c.foreign_keys)]
    copied, pointing = 0, []
    for rows in old.execute(select(table)).mappings().partitions():
        values = [dict(row) for row in rows]
        kept = [c.name for c in (*own, *table.primary_key)]
        pointing += [{name: row[name] for name in kept} for row in values if own]
        new.execute(insert(table), [row | {c.name: None for c in own} for row in values])
        copied += len(values)
    for column in own:
        _point(new, table, column, pointing)
    if _count(new, table) != copied:
        raise Refused(f"Not every row of {table.name} arrived, so nothing was copied.")
    return copied


def _point(new: Connection, table: Table, column: Column[Any], rows: list[dict[str, Any]]) -> None:
    (key,) = table.primary_key
    wanted = [{"of": row[key.name], "to": row[column.name]} for row in rows if row[column.name]]
    if wanted:
        statement = update(table).where(key == bindparam("of"))
        new.execute(statement.values({column.name: bindparam("to")}), wanted)


def _count(connection: Connection, table: Table) -> int:
    found: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return found
