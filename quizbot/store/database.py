"""The database: engines, transactions, and all that differs between SQLite and PostgreSQL."""

import contextlib
import fcntl
import os
import re
import sqlite3
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import (
    ClauseElement,
    Connection,
    Dialect,
    Engine,
    Float,
    Insert,
    NullPool,
    Row,
    Select,
    Table,
    Uuid,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    InternalError,
    OperationalError,
    PendingRollbackError,
)
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from quizbot.errors import Busy, Misconfigured, Refused
from quizbot.words import is_showable

PATIENCE = 10.0  # seconds that a writer queues before it says so
BEGINS_WITHIN = 60.0  # seconds that a start waits for a server that is beginning too
BUSY = "The service is very busy. Nothing was lost: try again in a moment."
READ_ONLY = (
    "The database cannot be written: check that the service may write the file and its folder, and"
    " that the disk is not mounted read-only."
)
AWAY = "The database is not answering. Nothing was lost: try again in a moment."
STANDS_STILL = (
    "Nothing can be kept for a moment: another database takes over. Nothing was lost: try again in"
    " a moment."
)
DAMAGED = (
    "The database file is damaged: stop the service, keep a copy of the file, and restore the last"
    " backup (`quizbot db restore`)."
)
AT_A_TIME = 400  # people that are read in one portion
FEW = 16  # rows that are added by one statement: no more, for it is another for each number
EVERY = 2**31 - 1  # rows, where a statement that is limited is to give all
NOT_UP_TO_DATE = "The database is not up to date: run `quizbot db upgrade`."

# Patience first: the lock that follows in the same statement keeps to it, and so does all after.
_JOIN = text(
    "SELECT set_config('lock_timeout', :patience, true),"
    " pg_advisory_xact_lock(hashtextextended(:queue, 0))"
)
_STAY_OUT_OF = text(str(_JOIN).replace("xact_lock", "xact_lock_shared"))


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
        pause = 0.0001
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Busy(BUSY) from None
                time.sleep(pause)
                pause = min(pause * 1.2, 0.0008)
            else:
                return


@dataclass(frozen=True)
class Database:
    """One partnership's database: engines that write, that only read, and for single statements."""

    writer: Engine
    reader: Engine
    single: Engine  # a connection a thread, never in a transaction
    lock: WriteLock | None
    # By thread. Not in what ends with a thread: the web server lets threads go that had nothing to
    # do, and Python code that runs while one of its threads is cleared away ends the process.
    _own: dict[int, Connection] = field(default_factory=dict)

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
            except self._troubles as error:
                told = self._told(error)
                if told is error:
                    raise
                raise told from error

    def join(self, connection: Connection, queue: str) -> None:
        """Wait in a queue from here to the end of a transaction that has begun; then Busy."""
        if not self.is_sqlite:
            connection.execute(_JOIN, _waiting_for(queue))

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads."""
        try:
            with self.reader.connect() as connection, connection.begin():
                yield connection
        except self._troubles as error:
            told = self._told(error)
            if told is error:
                raise
            raise told from error

    def reach(self, patience: float = 0.0) -> None:
        """Misconfigured, with the reason, where no server lets us in; a file is reached by use.

        One that says that it is beginning is asked again, for so many seconds: where a machine
        starts, it starts both.
        """
        end = time.monotonic() + patience
        while not self.is_sqlite:
            try:
                with self.reader.connect() as connection:
                    connection.execute(text("SELECT 1"))
            except DatabaseError as error:
                if not _BEGINS.search(str(error.orig).lower()) or time.monotonic() > end:
                    raise _away(error) from None
                time.sleep(0.2)
            else:
                return

    def glance(self, statement: Select[Any], given: Mapping[str, Any]) -> Any:
        """The first row of one statement, on the hot path; None where there is none."""
        return self._alone(statement, given, Ready.first)

    def look(self, statement: Select[Any], given: Mapping[str, Any]) -> list[Any]:
        """All rows of one statement, on the hot path."""
        rows: list[Any] = self._alone(statement, given, Ready.rows)
        return rows

    def put(self, statement: ClauseElement, given: Mapping[str, Any]) -> int:
        """Write with one statement, a durable transaction of its own; how many rows it changed.

        It is sent once more where a server went away meanwhile, so the second time must change
        nothing. Whatever it depends on is a condition inside it.
        """
        run = Ready.changed if self.is_sqlite else Ready.changed_in_time
        with self.lock.held() if self.lock else contextlib.nullcontext():
            changed: int = self._alone(statement, given, run)
        return changed

    def _alone(
        self,
        statement: ClauseElement,
        given: Mapping[str, Any],
        run: "Callable[[Ready, Any, Mapping[str, Any]], Any]",
    ) -> Any:
        """Run one statement straight on the driver: a quarter of what Core costs.

        Each thread keeps a connection of its own for it that is never in a transaction.
        """
        ready = _made_ready(statement, self.single.dialect)
        try:
            return run(ready, self._own_connection(), given)
        except self._troubles as error:
            if self._is_gone():
                return self._once_more(ready, given, run)
            raise self._told(error) from error

    def _once_more(
        self,
        ready: "Ready",
        given: Mapping[str, Any],
        run: "Callable[[Ready, Any, Mapping[str, Any]], Any]",
    ) -> Any:
        """On a new connection, for the server may have come back since the last was opened."""
        self._own.pop(threading.get_ident()).invalidate()
        try:
            return run(ready, self._own_connection(), given)
        except self._troubles as error:
            raise self._told(error) from error

    def _is_gone(self) -> bool:
        """Whether the server has closed this thread's own connection."""
        kept = self._own.get(threading.get_ident())
        if kept is None or self.is_sqlite:
            return False
        driver: Any = kept.connection.driver_connection
        return bool(driver.closed)

    @property
    def _driver(self) -> Any:
        """The driver's module, whose errors these are."""
        return self.writer.dialect.dbapi

    @property
    def _troubles(self) -> tuple[type[Exception], ...]:
        """What may go wrong between us and the database."""
        return (DBAPIError, NoneFree, PendingRollbackError, self._driver.Error)

    def _told(self, error: Exception) -> Exception:
        """A trouble as Core would tell it, in our words; a fault of ours as it is."""
        if isinstance(error, NoneFree):
            return Busy(BUSY)
        if isinstance(error, PendingRollbackError):  # the connection was lost a statement before
            return Busy(AWAY)
        if not isinstance(error, DBAPIError):
            dialect = self.writer.dialect
            error = DBAPIError.instance(None, None, error, self._driver.Error, dialect=dialect)
        assert isinstance(error, DBAPIError)
        return _explained(error) if _is_ours(error) else error

    def _own_connection(self) -> Any:
        thread = threading.get_ident()
        kept = self._own.get(thread)
        if kept is None or kept.closed or kept.connection.driver_connection is None:
            kept = self._own[thread] = self.single.connect()
        return kept.connection.driver_connection

    @property
    def insert(self) -> Callable[[Table], Any]:
        """The insert of this database, which can say what to do where the row is there already."""
        if self.is_sqlite:
            return sqlite_dialect.insert
        from sqlalchemy.dialects import postgresql  # for PostgreSQL alone: 3 % of a start

        return postgresql.insert

    def insert_once(self, connection: Connection, table: Table, values: dict[str, Any]) -> bool:
        """Add a row unless a unique key already has it; whether it was added."""
        return write_in(connection, _once(self.insert, table), values) > 0

    def insert_new(self, connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
        """Add those of many rows whose unique keys are not there yet."""
        write_in(connection, _once(self.insert, table), rows)

    def dispose(self) -> None:
        """Close every connection; closing SQLite's last one checkpoints, so under the lock.

        Where that cannot be had, the file may not be written, or whoever holds it has it open too.
        """
        try:
            with self.lock.held() if self.lock else contextlib.nullcontext():
                self._close()
        except Refused:
            self._close()

    def _close(self) -> None:
        if kept := self._own.pop(threading.get_ident(), None):
            kept.close()
        self._own.clear()
        for engine in (self.single, self.reader, self.writer):
            engine.dispose()


def stay_out_of(connection: Connection, queue: str) -> None:
    """Wait for whoever is at it in a queue, and keep the next from beginning, to the end of this
    transaction; others who stay out wait for nobody. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_STAY_OUT_OF, _waiting_for(queue))


def _waiting_for(queue: str) -> dict[str, str]:
    return {"queue": queue, "patience": f"{PATIENCE * 1000:.0f}ms"}


@contextlib.contextmanager
def streamed(
    connection: Connection,
    statement: Select[Any],
    given: Mapping[str, Any] | None = None,
    size: int = AT_A_TIME,
) -> Iterator[Iterator[Sequence[Row[Any]]]]:
    """Rows in portions, of which one is in memory at a time; others may be read meanwhile."""
    with connection.execute(statement, given, execution_options={"yield_per": size}) as rows:
        yield rows.partitions()


def read_in(
    connection: Connection, statement: ClauseElement, given: Mapping[str, Any]
) -> list[Any]:
    """All rows of one statement inside a transaction, on the hot path.

    It is made ready once and kept, so it is a constant of its module; what differs is given.
    """
    ready = _made_ready(statement, connection.dialect)
    return ready.rows(connection.connection.driver_connection, given)


def write_in(
    connection: Connection,
    statement: ClauseElement,
    given: Mapping[str, Any] | Sequence[Mapping[str, Any]],
) -> int:
    """Write inside a transaction, on the hot path; how many rows it changed."""
    ready = _made_ready(statement, connection.dialect)
    driver = connection.connection.driver_connection
    if isinstance(given, Mapping):
        return ready.changed(driver, given)
    return ready.changed_by_many(driver, given) if given else 0


@cache
def _once(insert: Callable[[Table], Any], table: Table) -> ClauseElement:
    """The insert that leaves alone what is there."""
    statement: ClauseElement = insert(table).on_conflict_do_nothing()
    return statement


_ready: dict[tuple[str, ClauseElement], "Ready"] = {}


def _made_ready(statement: ClauseElement, dialect: Dialect) -> "Ready":
    ready = _ready.get((dialect.name, statement))
    if ready is None:
        ready = _ready[dialect.name, statement] = Ready(statement, dialect)
    return ready


class Ready:
    """A statement as the driver takes it, with the conversions that Core would do."""

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        self.lists = frozenset(compiled.bind_names[bind] for bind in compiled.post_compile_params)
        # PostgreSQL's driver takes values by name, SQLite's by place.
        self.is_named = compiled.positiontup is None
        names = list(compiled.binds) if self.is_named else compiled.positiontup
        self.given = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in names or ()
        ]
        self.fixed = {
            name: bind.value for name, bind in compiled.binds.items() if not bind.required
        }
        if isinstance(statement, Insert):  # what is not given of a row is empty
            self.fixed |= {c.name: None for c in statement.table.columns if c.nullable}
        # The place of a row where rows are added and nothing else, so that more may stand there.
        is_plain = isinstance(statement, Insert) and "ON CONFLICT" not in self.sql
        self.added = self.sql.partition(" VALUES ")[2] if is_plain else ""
        columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        self.row = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
        self.turned = [
            (at, turn)
            for at, column in enumerate(columns)
            if (turn := _turning(column.type.dialect_impl(dialect), dialect))
        ]

    def run(self, driver: Any, given: Mapping[str, Any]) -> Any:
        """Run it; the driver's cursor."""
        if self.lists:
            return driver.execute(*self._with_lists(given))
        return driver.execute(self.sql, self.values(given))

    def _with_lists(self, given: Mapping[str, Any]) -> tuple[str, Any]:
        """The statement with as many places in each list as are given, and what goes there.

        A list is filled up to a power of two, so that few statements differ. An empty one names
        nothing: `IN` finds nobody then.
        """
        given, sql = {**self.fixed, **given}, self.sql
        named: dict[str, Any] = {}
        placed: list[Any] = []
        for name, turn in self.given:
            if name not in self.lists:
                values = [given[name]]
            else:
                values = list(given[name]) or [None]
                values += values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))
                places = (f"%({name}_{n})s" if self.is_named else "?" for n in range(len(values)))
                sql = sql.replace(f"__[POSTCOMPILE_{name}]", ", ".join(places))
            turned = [turn(value) if turn else value for value in values]
            if not self.is_named:
                placed += turned
            elif name in self.lists:
                named |= {f"{name}_{n}": value for n, value in enumerate(turned)}
            else:
                named[name] = turned[0]
        return sql, named if self.is_named else placed

    def values(self, given: Mapping[str, Any]) -> Any:
        """What is given, as the driver takes it."""
        if self.fixed:
            given = {**self.fixed, **given}
        if self.is_named:
            return {name: turn(given[name]) if turn else given[name] for name, turn in self.given}
        return [turn(given[name]) if turn else given[name] for name, turn in self.given]

    def changed(self, driver: Any, given: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        return int(self.run(driver, given).rowcount)

    def changed_in_time(self, driver: Any, given: Mapping[str, Any]) -> int:
        """The same on PostgreSQL, where a lock is waited for as long as PATIENCE says."""
        with driver.transaction():
            driver.execute(f"SET LOCAL lock_timeout = '{PATIENCE * 1000:.0f}ms'")
            return self.changed(driver, given)

    def changed_by_many(self, driver: Any, rows: Sequence[Mapping[str, Any]]) -> int:
        """How many rows it changed: run once for each that is given, but few are added at once."""
        assert not self.lists, "a list differs from row to row"
        if self.added and len(rows) <= FEW:
            return int(driver.execute(*self._at_once(rows)).rowcount)
        cursor = driver.cursor()
        cursor.executemany(self.sql, [self.values(given) for given in rows])
        return int(cursor.rowcount)

    def _at_once(self, rows: Sequence[Mapping[str, Any]]) -> tuple[str, Any]:
        """The statement with a place for every row, and what goes there."""
        first, *others = (self.values(given) for given in rows)
        if not self.is_named:
            sql = self.sql + f", {self.added}" * len(others)
            return sql, [*first, *(value for row in others for value in row)]
        sql = self.sql
        for n, row in enumerate(others):
            sql += ", " + self.added.replace(")s", f"_{n})s")
            first |= {f"{name}_{n}": value for name, value in row.items()}
        return sql, first

    def first(self, driver: Any, given: Mapping[str, Any]) -> Any:
        """The first row, or None."""
        found = self.run(driver, given).fetchone()
        return None if found is None else self._as_row(found)

    def rows(self, driver: Any, given: Mapping[str, Any]) -> list[Any]:
        """All rows."""
        return [self._as_row(found) for found in self.run(driver, given).fetchall()]

    def _as_row(self, found: Sequence[Any]) -> Any:
        row = list(found)
        for at, turn in self.turned:
            if row[at] is not None:
                row[at] = turn(row[at])
        return self.row(*row)


def _turning(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes our value of the driver's, if anything has to; the same id comes in many rows."""
    if isinstance(kind, Float):
        return None  # both drivers give one; what Core makes of it goes by the driver's own types
    turn = kind.result_processor(dialect, None)
    return lru_cache(4096)(turn) if turn and isinstance(kind, Uuid) else turn


def read_database_url(url: str) -> URL:
    """The address of a database, whole; ValueError says what to mend, and tells no password."""
    scheme, _, rest = url.partition(":")
    if scheme == "sqlite":
        return _read_sqlite(rest)
    if scheme not in ("postgresql", "postgresql+psycopg"):
        raise ValueError(
            "must begin with sqlite:/// or postgresql://: this is not an address of a database"
        )
    if not rest.startswith("//"):
        raise ValueError("must be written as postgresql://…, with // after the colon")
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError(
            "this is not an address: write postgresql://name:password@host:5432/database, and in"
            " the password @ as %40, : as %3A, / as %2F"
        ) from None
    if parsed.host and "@" in parsed.host:
        raise ValueError("in the name and the password write @ as %40")
    if parsed.port is not None and not 1 <= parsed.port <= 65535:
        raise ValueError("the port is a number from 1 to 65535")
    mode = parsed.query.get("sslmode", _SSL_MODES[0])
    if mode not in _SSL_MODES:
        raise ValueError(f"sslmode must be one of {', '.join(_SSL_MODES)}")
    host = unquote(parsed.host or "")  # a folder with the server's socket is written %2Frun%2F…
    return parsed.set(drivername="postgresql+psycopg", host=host or None)


_SSL_MODES = ("prefer", "disable", "allow", "require", "verify-ca", "verify-full")


def _read_sqlite(rest: str) -> URL:
    if not rest.startswith("///"):
        raise ValueError(
            "name a file after three slashes, as in sqlite:///var/quizbot.db, or after four for one"
            " from the top, as in sqlite:////srv/quizbot.db"
        )
    name = rest[3:]
    if not name or name == ":memory:" or name.endswith("/"):
        raise ValueError("name a file, as in sqlite:///var/quizbot.db")
    if "?" in name or not is_showable(name):
        raise ValueError("after the file's name comes nothing: take ? and what follows away")
    return URL.create("sqlite", database=name)


def open_database(url: str) -> Database:
    """The database at an address such as `sqlite:///var/quizbot.db` or `postgresql://…`."""
    try:
        parsed = read_database_url(url)
    except ValueError as error:
        raise Misconfigured(f"QUIZBOT_DATABASE_URL: {error}.") from None
    if parsed.get_backend_name() == "postgresql":
        return _open_postgresql(parsed)
    path = Path(parsed.database or "")
    if not path.parent.is_dir():
        raise Misconfigured(
            f"QUIZBOT_DATABASE_URL: the folder {path.parent} is missing. `make serve` makes what is"
            " needed; or make it, or name another."
        )
    return Database(
        writer=_sqlite_engine(url, "BEGIN IMMEDIATE"),
        reader=_sqlite_engine(url, "BEGIN"),
        single=_sqlite_engine(url, None),
        lock=WriteLock(path.with_name(path.name + ".lock")),
    )


def _sqlite_engine(url: str, begin_with: str | None) -> Engine:
    pool = (
        {"poolclass": NullPool}
        if begin_with is None
        else {"pool_size": 8, "max_overflow": 8, "pool_timeout": PATIENCE}
    )
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 5}, **pool)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # Python's own transactions begin only at the first write, so that what was read before it
        # may have changed: we begin ourselves.
        connection.isolation_level = None
        # SQLite's own knows no letters but ours: Łukasz is found as łukasz, as on PostgreSQL.
        connection.create_function("lower", 1, _lower, deterministic=True)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # an answer outlives a power cut
        if begin_with == "BEGIN":
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


def _open_postgresql(url: URL) -> Database:
    # PgBouncer in transaction mode breaks prepared statements.
    given: dict[str, Any] = {"connect_args": {"prepare_threshold": None}}
    size: dict[str, Any] = {"pool_size": 4, "max_overflow": 4, "pool_timeout": PATIENCE}
    engine = create_engine(url, pool_pre_ping=True, **size, **given)
    reader = engine.execution_options(postgresql_readonly=True)
    single = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", **given)

    @event.listens_for(engine, "checkout")
    def as_the_server_has_it(driver: Any, *_: Any) -> None:
        # A connection that has read comes back with READ WRITE, which would have us write where
        # the server says that it only reads, as a database does that was moved away.
        if driver.read_only is not None:
            driver.read_only = None

    return Database(writer=engine, reader=reader, single=single, lock=None)


# What a server says of a refusal, by its SQLSTATE; a role or a password is never told again.
_REFUSALS = {
    "3D000": "the server has no database of this name: make it (createdb), or correct the name",
    "28000": "the server does not let this role in: make the role, or look into pg_hba.conf",
    "28P01": "the server refuses the password of this role: correct it",
    "42501": "the role may not do this: make it the owner of the database and its tables",
}
_ONLY_READS = "25006"
_LATER = {
    "42P01": NOT_UP_TO_DATE,
    "42703": NOT_UP_TO_DATE,
    "53100": "The disk is full: the database cannot be written.",
}

# A refused connection has no SQLSTATE that libpq would hand on: it is told by its words.
_REFUSED_WORDS = (
    (r'database ".*" does not exist', "3D000"),
    (r"password authentication failed|no password supplied|fe_sendauth", "28P01"),
    (r'role ".*" does not exist|not permitted to log in|no pg_hba\.conf entry', "28000"),
    (r"(?:peer|ident|certificate|gssapi|ldap|pam) authentication failed", "28000"),
    (r"permission denied for (?:database|schema|table|relation)", "42501"),
)
_BEGINS = re.compile(r"starting up|not yet accepting|in recovery mode|shutting down")
_AWAY_WORDS = (
    (_BEGINS.pattern, "the server is only beginning, or ending: try again in a moment"),
    (r"server does not support ssl", "the server speaks no TLS: leave sslmode out, or set TLS up"),
    (r"root certificate|certificate verify|sslrootcert", "its certificate is not trusted"),
    (r"invalid (?:connection option|.* value)|invalid uri query", "a part after ? is unknown"),
    (r"resolve host|translate host name|name or service not known", "no machine has this name"),
    (r"no such file or directory", "there is no server's socket in this folder"),
    (r"permission denied", "the service may not open the server's socket"),
    (r"connection refused", "nothing answers there: start the server, or correct host and port"),
    (r"timeout expired|timed out", "nothing answers there in time: correct host and port"),
)  # fmt: skip


def _state(error: DBAPIError | sqlite3.Error) -> str:
    """The SQLSTATE of a trouble with PostgreSQL; nothing for any other."""
    trouble = getattr(error, "orig", error)
    state = getattr(trouble, "sqlstate", None)
    if isinstance(trouble, sqlite3.Error) or state:
        return str(state or "")
    words = str(trouble).lower()
    return next((code for found, code in _REFUSED_WORDS if re.search(found, words)), "")


def _is_ours(error: DBAPIError) -> bool:
    """Whether a trouble is the database's state, and no fault of what was asked of it."""
    state = _state(error)
    is_known = state in {*_REFUSALS, *_LATER, _ONLY_READS} or "malformed" in str(error.orig)
    # A server's own faults have a number. Without one the driver lost the thread with a server that
    # hung up amid a statement: it got no result, or one too many.
    is_cut_off = isinstance(error, InternalError) and not state
    return (
        isinstance(error, OperationalError)
        or is_known
        or is_cut_off
        or error.connection_invalidated
    )


def _explained(error: DBAPIError | sqlite3.Error) -> Busy | Misconfigured:
    state = _state(error)
    if state in _REFUSALS:
        return Misconfigured(f"The database: {_REFUSALS[state]}. See QUIZBOT_DATABASE_URL.")
    if state in _LATER:
        return Misconfigured(_LATER[state])
    if state == _ONLY_READS:  # another server takes its place, and is found in seconds
        return Busy(STANDS_STILL)
    words = str(getattr(error, "orig", error)).lower()
    if "readonly" in words or "read-only" in words:
        return Misconfigured(READ_ONLY)
    if "malformed" in words or "is not a database" in words:
        return Misconfigured(DAMAGED)
    if "unable to open" in words:
        return Misconfigured("The database cannot be opened: check QUIZBOT_DATABASE_URL.")
    if "no such table" in words or "no such column" in words:
        return Misconfigured(NOT_UP_TO_DATE)
    if "full" in words:
        return Misconfigured("The disk is full: the database cannot be written.")
    return Busy(AWAY)


def _away(error: DatabaseError) -> Busy | Misconfigured:
    """Why no connection could be made at all, for whoever starts the service."""
    told = _explained(error)
    if not isinstance(told, Busy):
        return told
    words = " ".join(str(error.orig).split())
    why = next((why for found, why in _AWAY_WORDS if re.search(found, words.lower())), words)
    why = why[:1].upper() + why[1:]
    return Misconfigured(f"The database is not answering. {why}. See QUIZBOT_DATABASE_URL.")
