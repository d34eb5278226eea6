"""Moving a partnership to another PostgreSQL while it is in use: it only reads for seconds.

All is copied as it was at one moment, while people go on. Then the old database only reads, for
good, and what changed since that moment follows. Nothing that somebody kept can go astray: from
then on the old one refuses it, whoever still points there.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, insert, select, text, update
from sqlmodel import SQLModel

from quizbot.clock import Clock
from quizbot.errors import Misconfigured, Refused
from quizbot.store.audit import OPERATOR, Audit, TrailHead
from quizbot.store.database import NOT_UP_TO_DATE, Database
from quizbot.store.migrate import is_current, newest
from quizbot.store.moving import (
    PORTION,
    Told,
    Values,
    count_of,
    found_in,
    is_row,
    key_of,
    must_be_direct,
    must_be_empty_or_half,
    portions_of,
    standing_still,
)
from quizbot.store.pooler import must_be_the_server

PATIENCE = 30.0  # seconds in which whoever writes has to be done
# Rows that were written since a moment, told by the number of the transaction that wrote them.
_MOMENT = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")
_AGE = text("SELECT age(CAST(CAST(:moment AS text) AS xid))")
_OTHERS = (
    " FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
    " AND pid <> pg_backend_pid() AND backend_start < :since"
)


@dataclass(frozen=True)
class Relocated:
    """What is the same in both now, how much of it came late, and for how long it only read."""

    rows: int
    late: int
    seconds: float
    head: TrailHead


def move(source: Database, target: Database, now: Clock, told: Told = lambda *_: None) -> Relocated:
    """Copy it while it serves, have it only read, bring what came since, and look at it all.

    Where something goes wrong it may be written again as before; the same command goes on.
    """
    if source.is_sqlite or target.is_sqlite:
        raise Refused("Only PostgreSQL is moved while it is in use: stop the service, `db copy`.")
    if not is_current(source):
        raise Misconfigured(NOT_UP_TO_DATE)
    must_be_direct(source, target)
    must_be_empty_or_half(target)
    with source.writing() as connection:
        Audit(source, now).add(connection, OPERATOR, "database.copy")
    with standing_still(source) as old:
        moment = old.execute(_MOMENT).scalar_one() % 2**32
        _bring(old, target, None, told)
    began = time.monotonic()
    only_read(source)
    try:
        with standing_still(source) as old:
            age = old.execute(_AGE, {"moment": moment}).scalar_one()
            late = _bring(old, target, age, told)
            rows = _same_counts(old, target)
        head = Audit(target, now).verify()
        if head != Audit(source, now).verify():
            raise Refused("The trails differ, so the copy is not whole: run the command again.")
        with target.writing() as connection:
            connection.execute(text("INSERT INTO alembic_version VALUES (:at)"), {"at": newest()})
    except BaseException:
        write_again(source)
        raise
    return Relocated(rows, late, time.monotonic() - began, head)


def only_read(database: Database) -> None:
    """From now on it refuses whatever would be kept; whoever is connected comes anew."""
    _set(database, "SET default_transaction_read_only = on")


def write_again(database: Database) -> None:
    """It takes what is to be kept, as before."""
    _set(database, "RESET default_transaction_read_only")


def _set(database: Database, change: str) -> None:
    with _alone(database) as connection:
        must_be_the_server(connection)
        connection.execute(text("SET default_transaction_read_only = off"))
        name = connection.dialect.identifier_preparer.quote(str(database.writer.url.database))
        connection.execute(text(f"ALTER DATABASE {name} {change}"))
        since = {"since": connection.execute(text("SELECT clock_timestamp()")).scalar_one()}
        until = time.monotonic() + PATIENCE
        while connection.execute(text(f"SELECT count(*){_OTHERS}"), since).scalar_one():
            connection.execute(text(f"SELECT pg_terminate_backend(pid){_OTHERS}"), since)
            if time.monotonic() > until:
                raise Refused("Somebody's connection does not end: look at pg_stat_activity.")


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """A connection of its own, of which nothing is left to others."""
    with database.single.connect() as connection:
        yield connection
        connection.invalidate()


def _bring(old: Connection, target: Database, age: int | None, told: Told) -> int:
    """Make each table as in the old one, or what of it is not older than `age`; how many rows."""
    total = 0
    tables = SQLModel.metadata.sorted_tables
    for table in reversed(tables):
        _take_away(old, target, table)
    for table in tables:
        rows = 0
        for portion in _written(old, table, age):
            _bring_portion(target, table, portion)
            rows += len(portion)
        for portion in _written(old, table, age):
            _must_be_as(target, table, portion)
        told(table.name, rows)
        total += rows
    return total


def _written(old: Connection, table: Table, age: int | None) -> Iterator[list[Values]]:
    if age is None:
        yield from portions_of(old, table)
        return
    asked = select(table).where(text(f'age("{table.name}".xmin) <= :age')).params(age=age)
    with old.execute(asked) as found:
        for rows in found.mappings().partitions(PORTION):
            yield [dict(row) for row in rows]


def _take_away(old: Connection, target: Database, table: Table) -> None:
    """What is gone from the old one since it was copied."""
    with target.reading() as new:
        if not count_of(new, table):
            return
        keys = {tuple(row) for row in new.execute(select(*table.primary_key))}
    keys -= {tuple(row) for row in old.execute(select(*table.primary_key))}
    with target.writing() as new:
        for key in keys:
            given = dict(zip((c.name for c in table.primary_key), key, strict=True))
            new.execute(delete(table).where(is_row(table, given)))


def _bring_portion(target: Database, table: Table, portion: list[Values]) -> None:
    """Add what is missing, without what points to rows of its own table; change what differs."""
    own = dict.fromkeys(_pointing(table))
    with target.writing() as new:
        there = found_in(new, table, portion)
        missing = [row | own for row in portion if key_of(table, row) not in there]
        if missing:
            new.execute(insert(table), missing)
        for row in portion:
            other = there.get(key_of(table, row))
            if other is not None and other != (as_is := row | {name: other[name] for name in own}):
                new.execute(update(table).where(is_row(table, row)).values(**as_is))


def _must_be_as(target: Database, table: Table, portion: list[Values]) -> None:
    """Point where rows of its own table are pointed to, read all back, and compare each value."""
    own = _pointing(table)
    with target.writing() as new:
        there = found_in(new, table, portion) if own else {}
        for row in portion:
            pointing = {name: row[name] for name in own}
            if own and any(there[key_of(table, row)][n] != v for n, v in pointing.items()):
                new.execute(update(table).where(is_row(table, row)).values(**pointing))
        arrived = found_in(new, table, portion)
    if any(arrived.get(key_of(table, row)) != row for row in portion):
        raise Refused(f"A row of {table.name} arrived as another: run the command again.")


def _pointing(table: Table) -> list[str]:
    """Its columns that point to rows of the same table."""
    return [c.name for c in table.columns if any(k.column.table is table for k in c.foreign_keys)]


def _same_counts(old: Connection, target: Database) -> int:
    """How many rows there are in both."""
    total = 0
    with target.reading() as new:
        for table in SQLModel.metadata.sorted_tables:
            count = count_of(old, table)
            if count_of(new, table) != count:
                raise Refused(f"{table.name} has rows that are not in both: run the command again.")
            total += count
    return total
