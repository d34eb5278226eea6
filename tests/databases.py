"""PostgreSQL databases for tests: one is filled anew for each, which costs a tenth of a new one."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from sqlalchemy import text
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
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def named(url: str, database: str) -> str:
    """The address of another database on the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


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
        yield named(self.server, name)
        with maintaining(named(self.server, name)) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if connection.execute(_SHAPE).fetchone() == shape:
                self.free.append((name, shape, _filled_anew(connection, lies)))
                return
        with maintaining(self.server) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )

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
    with service.database.writer.connect() as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        name = connection.engine.url.database
        connection.commit()
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = {how}"))
        connection.commit()
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        connection.invalidate()
