"""PostgreSQL databases for tests: one is filled anew for each, which costs a tenth of a new one."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from quizbot.service import Service

_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1
"""
# Of one that was never written to nothing lies on the disk.
_WRITTEN = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0 ORDER BY 1
"""
# How many rows there are, and which transaction wrote the newest: whatever is kept changes one.
_LIES = "SELECT {name}, count(*), max(xmin::text::bigint) FROM public.{table}"
# What any change of a table, column, index or constraint leaves behind.
_SHAPE = """
SELECT (SELECT count(*) FROM pg_attribute WHERE attrelid >= 16384),
       (SELECT max(xmin::text::bigint) FROM pg_attribute WHERE attrelid >= 16384),
       (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_trigger),
       (SELECT count(*) FROM pg_namespace)
"""


def maintaining(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection for statements that no transaction may hold."""
    return psycopg.connect(_for_psycopg(url), autocommit=True)


def _for_psycopg(url: str) -> str:
    """An address of SQLAlchemy's as the driver takes it."""
    return url.replace("+psycopg", "")


def named(url: str, database: str) -> str:
    """The address of another database on the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


MOST = 8  # that lie ready for one database: a server has a hundred


class Lasting(psycopg.Connection[Any]):
    """One that lies ready where it would be closed: a server begins a process for each new one."""

    ready: "list[Lasting]"

    @classmethod
    def from_among(cls, ready: "list[Lasting]", **given: Any) -> "Lasting":
        """One that lay ready and still answers, as if it were new; else a new one."""
        while taken := _one_of(ready):
            try:
                taken.execute("SELECT 1")
            except psycopg.Error:
                taken.end()
            else:
                taken.autocommit, taken.isolation_level, taken.read_only = False, None, None
                taken._notice_handlers.clear()
                return taken
        made = cls.connect(**given)
        made.ready = ready
        return made

    def close(self) -> None:
        """Let go of all that it holds, and lie ready."""
        if self.closed or self in self.ready:
            return
        try:
            self.rollback()
            self.autocommit = True
            self.execute("DISCARD ALL")  # settings, locks, what is listened to, temporary tables
            (only_reads,) = self.execute("SHOW default_transaction_read_only").fetchone() or ("on",)
        except psycopg.Error:  # the server, or somebody who asked it, has ended it
            only_reads = "on"
        # One that only reads was begun on a server that was of another mind then.
        if only_reads == "on" or len(self.ready) >= MOST:
            self.end()
        else:
            self.ready.append(self)

    def end(self) -> None:
        """Close it."""
        super().close()


# What lies ready, for each database that is lent to tests: by server, user and name.
READY: dict[tuple[object, ...], list[Lasting]] = {}


@event.listens_for(Engine, "do_connect")
def lend(_dialect: object, _record: object, _given: object, to: dict[str, Any]) -> Any:
    """What one test has connected to such a database, the next test need not; None elsewhere."""
    ready = READY.get(tuple(map(to.get, ("host", "port", "user", "dbname"))))
    # A driver that prepares statements would look for them on a connection that has them no more.
    prepares = to.get("prepare_threshold", 5) is not None
    return None if ready is None or prepares else Lasting.from_among(ready, **to)


def none_ready() -> None:
    """As if nobody had connected before: for what counts a server's connections."""
    for ready in READY.values():
        _end_all(ready)


def _end_all(ready: list[Lasting]) -> None:
    while one := _one_of(ready):
        one.end()


def _one_of(ready: list[Lasting]) -> Lasting | None:
    """One of them, which nobody else is given: several threads of a service may connect at once."""
    try:
        return ready.pop()
    except IndexError:
        return None


Lies = dict[str, tuple[object, ...]]
EMPTY = (0, None)


@dataclass
class Refilled:
    """Copies of one filled database, each given to one test at a time and then filled anew."""

    server: str
    template: str
    free: list[tuple[str, tuple[object, ...], Lies]] = field(default_factory=list)

    @contextmanager
    def lent(self) -> Iterator[str]:
        """A filled database's address; afterwards it is as it was, or is not used again."""
        name, shape, lies = self.free.pop() if self.free else self._made()
        url = named(self.server, name)
        ready = READY.setdefault(self._whose(name), [])
        yield url
        kept = [one.info.backend_pid for one in ready]
        # As a service makes its own, for one may be lent it next.
        made_so = {"conninfo": _for_psycopg(url), "prepare_threshold": None}
        with Lasting.from_among(ready, **made_so) as connection:
            connection.autocommit = True
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND pid <> ALL(%s)",
                [kept],
            )
            if connection.execute(_SHAPE).fetchone() == shape:
                self.free.append((name, shape, _filled_anew(connection, lies)))
                return
        _end_all(READY.pop(self._whose(name)))
        with maintaining(self.server) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def end(self) -> None:
        """Close what lies ready for them."""
        for name, *_ in self.free:
            _end_all(READY.pop(self._whose(name)))

    def _whose(self, name: str) -> tuple[object, ...]:
        """What a connection to one of them is told by in `READY`."""
        server = make_url(self.server)
        return server.query["host"], None, server.username, name

    def _made(self) -> tuple[str, tuple[object, ...], Lies]:
        name = f"test_{os.urandom(6).hex()}"
        with maintaining(self.server) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(self.template)
                )
            )
        with maintaining(named(self.server, name)) as connection:
            connection.execute("CREATE SCHEMA kept")
            for (table,) in connection.execute(_TABLES).fetchall():
                connection.execute(
                    sql.SQL("CREATE TABLE kept.{0} AS TABLE public.{0}").format(
                        sql.Identifier(str(table))
                    )
                )
            lies = _as_it_lies(connection)
            shape = connection.execute(_SHAPE).fetchone()
        assert shape is not None
        return name, shape, lies


def _as_it_lies(connection: psycopg.Connection[tuple[object, ...]]) -> Lies:
    """Of each table that was ever written to: what tells whether somebody wrote to it since."""
    written = [str(table) for (table,) in connection.execute(_WRITTEN).fetchall()]
    return _lies_of(connection, written)


def _lies_of(connection: psycopg.Connection[tuple[object, ...]], tables: Collection[str]) -> Lies:
    asked = [
        sql.SQL(_LIES).format(name=sql.Literal(table), table=sql.Identifier(table))
        for table in tables
    ]
    found = connection.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall()
    return {str(table): tuple(lies) for table, *lies in found}


def _filled_anew(connection: psycopg.Connection[tuple[object, ...]], kept: Lies) -> Lies:
    """Every row out and every kept row in where somebody wrote; no key is checked meanwhile."""
    now = _as_it_lies(connection)
    either = sorted(kept.keys() | now.keys())
    changed = [table for table in either if now.get(table, EMPTY) != kept.get(table, EMPTY)]
    if not changed:
        return kept
    statements: list[sql.Composable] = [sql.SQL("BEGIN")]
    statements += [sql.SQL("SET LOCAL session_replication_role = replica")]
    for table in map(sql.Identifier, changed):
        statements += [sql.SQL("DELETE FROM public.{0}").format(table)]
        statements += [sql.SQL("INSERT INTO public.{0} SELECT * FROM kept.{0}").format(table)]
    connection.execute(sql.SQL("; ").join([*statements, sql.SQL("COMMIT")]))
    return kept | _lies_of(connection, changed)


def only_reads(service: Service, how: str) -> None:
    """As a server does that leads no more: it ends all connections, and then only reads."""
    url = service.database.writer.url
    with maintaining(url.render_as_string(hide_password=False)) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(
                sql.Identifier(str(url.database)), sql.SQL(how)
            )
        )
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
