"""Backups: everything in one file that is kept elsewhere, and bringing it back."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from quizbot.clock import Clock
from quizbot.errors import Broken, Misconfigured, Refused
from quizbot.store import dumps
from quizbot.store.audit import OPERATOR, Audit, TrailHead
from quizbot.store.database import DAMAGED, Database, open_database
from quizbot.store.migrate import current, newest, upgrade


@dataclass(frozen=True)
class Restored:
    """The end of the trail as it is now, and what is wrong with it where it was taken so.

    `was_at` is the migration that the backup was at, where an older release made it.
    """

    head: TrailHead
    trouble: str = ""
    was_at: str = ""


def back_up(database: Database, out: Path, now: Clock) -> TrailHead:
    """Write a database to a new file, for its owner alone, while people go on working.

    That everything was taken goes on record first, so that the copy tells of itself.
    """
    with _new_file(out) as part:
        _note(database, now, "database.backup")
        if not database.is_sqlite:
            return dumps.dump(database, part)
        with _driver(database) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, with none beside it
        with closing(_open(part)) as made:  # a good one is deleted some day, trusting in this
            if made.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise Misconfigured(f"Nothing was backed up. {DAMAGED}")
        with _read(part) as made:
            return Audit(made, now).head()


def restore(database: Database, file: Path, now: Clock, head: str = "", *, force: bool) -> Restored:
    """Put a backup in the place of a database, once it is known to be whole.

    Its trail must be whole too, and reach to the `head` of an earlier day if one is given. With
    `force`, and no head to hold it to, a broken trail is taken as it is, and what is wrong told.
    """
    if _is_there(database) and not force:
        raise Refused(
            "There is a database already, and nothing was restored. To have the backup in its"
            " place, stop the service and add --force: what was kept since is lost."
        )
    put_back = _sqlite_back if database.is_sqlite else _postgresql_back
    trouble = put_back(database, file, now, head, is_broken_taken=force and not head)
    was_at = current(database) or ""
    is_older = upgrade(database)
    _note(database, now, "database.restore", **{"broken": trouble[:200]} if trouble else {})
    return Restored(Audit(database, now).head(), trouble, was_at if is_older else "")


def _sqlite_back(
    database: Database, file: Path, now: Clock, head: str, *, is_broken_taken: bool
) -> str:
    with _read(file) as backup:
        _must_be_ours(backup, file)
        trouble = _trouble(backup, now, head, is_broken_taken=is_broken_taken)
    try:
        with closing(_open(file)) as source, _driver(database) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as error:
        raise Refused(f"Nothing was restored: {error}.") from None
    return trouble


def _postgresql_back(
    database: Database, file: Path, now: Clock, head: str, *, is_broken_taken: bool
) -> str:
    """The file can be looked into only once it is in a database: what was there comes back then."""
    dumps.must_be_a_dump(database, file)
    before = file.with_name(f"{file.name}.before-restore")
    before.unlink(missing_ok=True)
    with _new_file(before) as part:
        dumps.dump(database, part)
    try:
        dumps.put_back(database, file)
        if (current(database) or "") > newest():
            raise Refused(f"{file} was made by a newer release: install that first.")
        trouble = _trouble(database, now, head, is_broken_taken=is_broken_taken)
    except Refused:
        dumps.put_back(database, before)
        before.unlink()
        raise
    before.unlink()
    return trouble


def _trouble(database: Database, now: Clock, head: str, *, is_broken_taken: bool) -> str:
    """What is wrong with a trail, where that is taken; nothing where it is whole."""
    try:
        Audit(database, now).verify(head)
    except Broken as error:
        if not is_broken_taken:
            raise
        return str(error)
    return ""


def _note(database: Database, now: Clock, action: str, **details: str) -> None:
    with database.writing() as connection:
        Audit(database, now).add(connection, OPERATOR, action, **details)


def _is_there(database: Database) -> bool:
    try:
        return current(database) is not None
    except Misconfigured as error:
        raise Refused(
            f"{error} Move its file away, and those beside it that end in -wal and -shm; then"
            " restore again."
        ) from None


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
    except FileNotFoundError:
        raise Refused(f"The folder {out.parent} is missing: make it, or name another.") from None
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
