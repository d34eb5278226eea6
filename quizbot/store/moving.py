"""Moving everything to another database, of either kind: in portions, each looked at as it arrives.

A copy that was cut off is gone on with by the same command. Until its last row was looked at, the
other database says of no release that it is at it, so no service starts on half of one.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, func, insert, select, text, tuple_, update
from sqlalchemy import inspect as look_into
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel

from quizbot.clock import Clock
from quizbot.errors import Misconfigured, Refused
from quizbot.store.audit import OPERATOR, Audit, TrailHead
from quizbot.store.database import Database
from quizbot.store.migrate import current, is_current, newest, upgrade
from quizbot.store.pooler import OTHER, must_be_the_server

PORTION = 1000  # rows that are copied at a time, and kept before the next are read
Values = dict[str, Any]
Told = Callable[[str, int], None]


@dataclass(frozen=True)
class Copied:
    """What is the same in both now: rows in all, how many were there already, the trail's end."""

    rows: int
    were_there: int
    head: TrailHead


def copy(source: Database, target: Database, now: Clock, told: Told = lambda *_: None) -> Copied:
    """Copy every row that is not there yet, and look at each that is; `told` of each table."""
    if not is_current(source):
        raise Misconfigured("The database is not up to date: run `quizbot db upgrade`.")
    must_be_direct(source, target)
    must_be_empty_or_half(target)
    with source.writing() as connection:
        Audit(source, now).add(connection, OPERATOR, "database.copy")
    rows = were_there = 0
    try:
        with standing_still(source) as old:
            for table in SQLModel.metadata.sorted_tables:
                copied, known = _copy_table(old, target, table)
                rows, were_there = rows + copied, were_there + known
                told(table.name, copied)
    except DatabaseError as error:
        why = str(error.orig).splitlines()[0]
        raise Refused(f"The copy is not whole: {why}. The same command goes on with it.") from None
    head = Audit(target, now).verify()
    with target.writing() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES (:at)"), {"at": newest()})
    return Copied(rows, were_there, head)


def must_be_direct(source: Database, target: Database) -> None:
    """Refused where one of them is reached through a pooler, before anything is done."""
    with source.reading() as connection:
        must_be_the_server(connection)
    with target.reading() as connection:
        must_be_the_server(connection, OTHER)


def must_be_empty_or_half(target: Database) -> None:
    """Make the tables of an empty database; leave those of a copy that was cut off."""
    at = current(target)
    with target.reading() as connection:
        is_half = at is None and look_into(connection).has_table("alembic_version")
    if is_half:
        return
    if at not in (None, newest()):
        raise Refused("The other database is of another release: name an empty one.")
    upgrade(target)
    with target.reading() as connection:
        if any(count_of(connection, table) for table in SQLModel.metadata.sorted_tables):
            raise Refused(
                "The other database is not empty, so nothing was copied. Name an empty one, or move"
                " the file away."
            )
    with target.writing() as connection:
        connection.execute(text("DELETE FROM alembic_version"))


@contextmanager
def standing_still(database: Database) -> Iterator[Connection]:
    """A connection to which nothing changes any more; SQLite's are so anyway."""
    engine = database.reader
    if not database.is_sqlite:
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        yield connection.execution_options(yield_per=PORTION)


def _copy_table(old: Connection, target: Database, table: Table) -> tuple[int, int]:
    """Its rows in all, and how many of them were there already."""
    own = [c for c in table.columns if any(key.column.table is table for key in c.foreign_keys)]
    rows = known = 0
    with closing(portions_of(old, table)) as portions:
        for portion in portions:
            rows += len(portion)
            known += _copy_portion(target, table, portion, own)
    if own:  # what points to rows of the same table, once all of them are there
        with closing(portions_of(old, table)) as portions:
            for portion in portions:
                _point(target, table, portion, own)
    with target.reading() as new:
        if count_of(new, table) != rows:
            raise Refused(
                f"The other database has rows of {table.name} that this one has not: copy to an"
                " empty one."
            )
    return rows, known


def portions_of(old: Connection, table: Table) -> Generator[list[Values], None, None]:
    """All rows, so many at a time; the cursor is closed also where something goes wrong."""
    with old.execute(select(table)) as found:
        for rows in found.mappings().partitions():
            yield [dict(row) for row in rows]


def _copy_portion(
    target: Database, table: Table, portion: list[Values], own: list[Column[Any]]
) -> int:
    """Add what is missing, read it all back, and hold each value to what was read."""
    bare = [row | {c.name: None for c in own} for row in portion]
    with target.writing() as new:
        there = found_in(new, table, portion)
        missing = [row for row in bare if key_of(table, row) not in there]
        if missing:
            new.execute(insert(table), missing)
        arrived = found_in(new, table, portion)
        pointing = {c.name for c in own}
        for row in portion:
            other = arrived.get(key_of(table, row), {})
            if any(other.get(n) != v for n, v in row.items() if n not in pointing):
                raise Refused(
                    f"A row of {table.name} is another in the other database, so the copy is not"
                    " whole: copy to an empty one."
                )
    return len(portion) - len(missing)


def _point(target: Database, table: Table, rows: list[Values], own: list[Column[Any]]) -> None:
    names = [c.name for c in own]
    with target.writing() as new:
        for row in rows:
            pointing = {name: row[name] for name in names if row[name] is not None}
            if pointing:
                new.execute(update(table).where(is_row(table, row)).values(**pointing))
        for row, other in zip(rows, _in_order(new, table, rows), strict=True):
            if any(other[name] != row[name] for name in names):
                raise Refused(f"A row of {table.name} points elsewhere in the other database.")


def found_in(new: Connection, table: Table, rows: list[Values]) -> dict[tuple[Any, ...], Values]:
    """Those of the rows that the other database has, by their keys."""
    columns = list(table.primary_key)
    keys = [key_of(table, row) for row in rows]
    asked = (
        columns[0].in_([key[0] for key in keys])
        if len(columns) == 1
        else tuple_(*columns).in_(keys)
    )
    found = new.execute(select(table).where(asked)).mappings()
    return {key_of(table, dict(row)): dict(row) for row in found}


def _in_order(new: Connection, table: Table, rows: list[Values]) -> list[Values]:
    there = found_in(new, table, rows)
    return [there[key_of(table, row)] for row in rows]


def key_of(table: Table, row: Values) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def is_row(table: Table, row: Values) -> Any:
    conditions = [column == row[column.name] for column in table.primary_key]
    return (
        conditions[0] if len(conditions) == 1 else tuple_(*table.primary_key) == key_of(table, row)
    )


def count_of(connection: Connection, table: Table) -> int:
    found: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return found
