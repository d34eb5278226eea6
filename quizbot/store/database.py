"""The database: engines, transactions, and all that differs between SQLite and PostgreSQL."""

import contextlib
import fcntl
import os
import sqlite3
import threading
import time
from collections import namedtuple
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    PoolProxiedConnection,
    Select,
    Table,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.sql.compiler import SQLCompiler

from quizbot.errors import Busy, Misconfigured

PATIENCE = 10.0  # seconds that a writer queues before it says so
BUSY = "The service is very busy. Nothing was lost: try again in a moment."
READ_ONLY = (
    "The database cannot be written: check that the service may write the file and its folder, and"
    " that the disk is not mounted read-only."
)


# Patience first: the lock that follows in the same statement keeps to it, and so does all after.
_JOIN = text(
    "SELECT set_config('lock_timeout', :patience, true),"
    " pg_advisory_xact_lock(hashtextextended(:queue, 0))"
)


@dataclass
class WriteLock:
    """A queue for SQLite's writers, over threads and processes.

    SQLite's own wait is a sleeping poll that starves the unlucky for seconds, and its WAL-reset bug
    (to 3.51.2) needs commits and checkpoints apart: a lock on a file beside the database does both.
    It is polled: a blocking lock has no time limit, and a stuck holder would hang every worker.
    """

    path: Path
    _thread: threading.Lock = field(default_factory=threading.Lock)
    _holder: int | None = None

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock, at most as long as PATIENCE says; then Busy."""
        until = time.monotonic() + PATIENCE
        if not self._thread.acquire(timeout=PATIENCE):
            raise Busy(BUSY)
        try:
            file = self._opened()
            try:
                self._poll(file, until)
                yield
            finally:
                os.close(file)  # closing lets the lock go
        finally:
            self._thread.release()

    def _opened(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        except OSError:
            raise Misconfigured(READ_ONLY) from None

    def _poll(self, file: int, until: float) -> None:
        pause = 0.0002
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Busy(BUSY) from None
                time.sleep(pause)
                pause = min(pause * 1.5, 0.003)
            else:
                return


@dataclass(frozen=True)
class Database:
    """One partnership's database: one engine that writes, one that only reads."""

    writer: Engine
    reader: Engine
    glancer: Engine
    lock: WriteLock | None
    _own: threading.local = field(default_factory=threading.local)
    _ready: dict[Select[Any], "Ready"] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.writer.dialect.name == "sqlite"

    @contextlib.contextmanager
    def writing(self, queue: str | None = None) -> Iterator[Connection]:
        """One transaction that writes. `queue` names what may be written by one at a time.

        SQLite has one writer anyway; on PostgreSQL a queue is an advisory lock to the end of the
        transaction, so that "look, then write" is as safe there.
        """
        with self.lock.held() if self.lock else contextlib.nullcontext():
            try:
                with self.writer.begin() as connection:
                    if queue is not None:
                        self.join(connection, queue)
                    yield connection
            except OperationalError as error:
                raise _explained(error) from error

    def join(self, connection: Connection, queue: str) -> None:
        """Wait in a queue from here to the end of a transaction that has begun; then Busy."""
        if not self.is_sqlite:
            connection.execute(_JOIN, {"queue": queue, "patience": f"{PATIENCE * 1000:.0f}ms"})

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads."""
        try:
            with self.reader.connect() as connection:
                yield connection
        except OperationalError as error:
            raise _explained(error) from error

    def glance(self, statement: Select[Any], given: Mapping[str, Any]) -> Any:
        """The first row of one statement, on the hot path; None where there is none.

        On SQLite each thread keeps a connection of its own that is never in a transaction, and the
        statement goes straight to the driver: a quarter of what Core costs.
        """
        try:
            if not self.is_sqlite:
                with self.glancer.connect() as connection:
                    return connection.execute(statement, given).first()
            ready = self._ready.get(statement)
            if ready is None:
                ready = self._ready[statement] = Ready(statement, self.glancer)
            return ready.first(self._own_connection(), given)
        except (OperationalError, sqlite3.OperationalError) as error:
            raise _explained(error) from error

    def _own_connection(self) -> sqlite3.Connection:
        kept: PoolProxiedConnection | None = getattr(self._own, "connection", None)
        if kept is None or kept.driver_connection is None:
            kept = self._own.connection = self.glancer.raw_connection()
        driver = kept.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return driver

    def insert_once(self, connection: Connection, table: Table, values: dict[str, Any]) -> bool:
        """Add a row unless a unique key already has it; whether it was added."""
        dialect = sqlite_dialect if self.is_sqlite else postgresql
        statement = dialect.insert(table).values(values).on_conflict_do_nothing()
        # psycopg counts no rows here, so what was added is asked for.
        added = connection.execute(statement.returning(*table.primary_key.columns))
        return added.first() is not None

    def insert_new(self, connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
        """Add those of many rows whose unique keys are not there yet."""
        if rows:
            dialect = sqlite_dialect if self.is_sqlite else postgresql
            connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)

    def dispose(self) -> None:
        """Close every connection; closing SQLite's last one checkpoints, so under the lock."""
        with self.lock.held() if self.lock else contextlib.nullcontext():
            if kept := getattr(self._own, "connection", None):
                kept.close()
            for engine in (self.glancer, self.reader, self.writer):
                engine.dispose()


class Ready:
    """A select as the driver takes it, with the conversions that Core would do."""

    def __init__(self, statement: Select[Any], engine: Engine) -> None:
        compiled = statement.compile(engine)
        assert isinstance(compiled, SQLCompiler)
        dialect = engine.dialect
        self.sql = str(compiled)
        self.given = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]
        columns = list(statement.selected_columns)
        self.row = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
        self.turned = [
            (at, turn)
            for at, column in enumerate(columns)
            if (turn := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]

    def first(self, driver: sqlite3.Connection, given: Mapping[str, Any]) -> Any:
        """The first row, or None."""
        values = [turn(given[name]) if turn else given[name] for name, turn in self.given]
        found = driver.execute(self.sql, values).fetchone()
        if found is None:
            return None
        row = list(found)
        for at, turn in self.turned:
            row[at] = turn(row[at])
        return self.row(*row)


def open_database(url: str) -> Database:
    """The database at an address such as `sqlite:///var/quizbot.db` or `postgresql://…`."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise Misconfigured("QUIZBOT_DATABASE_URL: this is not an address: check it.") from None
    if parsed.get_backend_name() == "postgresql":
        return _open_postgresql(url)
    if not parsed.database or parsed.database == ":memory:":
        raise Misconfigured("QUIZBOT_DATABASE_URL: name a file, as in sqlite:///var/quizbot.db.")
    path = Path(parsed.database)
    if not path.parent.is_dir():
        raise Misconfigured(
            f"QUIZBOT_DATABASE_URL: the folder {path.parent} is missing. Make it, or name another."
        )
    return Database(
        writer=_sqlite_engine(url, "BEGIN IMMEDIATE"),
        reader=_sqlite_engine(url, "BEGIN"),
        glancer=_sqlite_engine(url, None),
        lock=WriteLock(path.with_name(path.name + ".lock")),
    )


def _sqlite_engine(url: str, begin_with: str | None) -> Engine:
    engine = create_engine(
        url, pool_size=8, max_overflow=8, connect_args={"check_same_thread": False, "timeout": 5}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # Python's own transactions begin only at the first write, so that what was read before it
        # may have changed: we begin ourselves.
        connection.isolation_level = None
        # SQLite's own knows no letters but ours: Łukasz is found as łukasz, as on PostgreSQL.
        connection.create_function("lower", 1, _lower, deterministic=True)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # an answer outlives a power cut
        if begin_with != "BEGIN IMMEDIATE":
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Take the write lock before reading: web and bot share the file, and a plain BEGIN lets
        # the two overwrite each other's updates without an error.
        if begin_with is not None:
            connection.exec_driver_sql(begin_with)

    return engine


def _lower(words: str | None) -> str | None:
    return words.lower() if isinstance(words, str) else words


def _open_postgresql(url: str) -> Database:
    psycopg = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(
        psycopg,
        pool_size=4,
        max_overflow=4,
        pool_pre_ping=True,
        connect_args={"prepare_threshold": None},  # PgBouncer in transaction mode breaks them
    )
    reader = engine.execution_options(postgresql_readonly=True)
    glancer = engine.execution_options(isolation_level="AUTOCOMMIT")
    return Database(writer=engine, reader=reader, glancer=glancer, lock=None)


def _explained(error: DatabaseError | sqlite3.Error) -> Busy | Misconfigured:
    words = str(getattr(error, "orig", error)).lower()
    if "readonly" in words or "read-only" in words:
        return Misconfigured(READ_ONLY)
    if "unable to open" in words:
        return Misconfigured("The database cannot be opened: check QUIZBOT_DATABASE_URL.")
    if "no such table" in words or "no such column" in words:
        return Misconfigured("The database is not up to date: run `quizbot db upgrade`.")
    if "full" in words:
        return Misconfigured("The disk is full: the database cannot be written.")
    return Busy("The database is not answering. Nothing was lost: try again in a moment.")
