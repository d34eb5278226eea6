"""Bringing a database up to date, and telling whether it is; Alembic does the work."""

import contextlib
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel

from quizbot.errors import Misconfigured
from quizbot.store.database import Database

FOLDER = Path(__file__).with_name("migrations")


def newest() -> str:
    """The newest migration there is, from its file's name: Alembic is slow to import."""
    return max(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def current(database: Database) -> str | None:
    """The migration the database is at; None for an empty one."""
    try:
        with database.reading() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DatabaseError as error:
        raise Misconfigured(f"The database cannot be read: {error.orig}.") from None
    return str(found) if found else None


def is_current(database: Database) -> bool:
    """Whether nothing needs doing."""
    return current(database) == newest()


def serves(database: Database) -> bool:
    """Whether this release can serve on it: as it knows it, or of a newer one that only added.

    So machines are upgraded one after the other, and one of before is started again meanwhile.
    """
    at = current(database)
    return at is not None and (at == newest() or (at > newest() and not lacking(database)))


def lacking(database: Database) -> list[str]:
    """What this release reads or writes and a newer database would not let it, a line each."""
    from quizbot.store import tables  # noqa: F401  (the metadata is filled by importing it)

    with database.reading() as connection:
        found = inspect(connection)
        there = {
            name: {column["name"]: column for column in found.get_columns(name)}
            for name in found.get_table_names()
        }
    lines = []
    for table in SQLModel.metadata.sorted_tables:
        columns = there.get(table.name, {})
        lines += [
            f"{table.name}.{column.name} is gone"
            for column in table.columns
            if column.name not in columns
        ]
        lines += [
            f"{table.name}.{name} must be given, and this release does not know it"
            for name, column in columns.items()
            if name not in table.columns and not column["nullable"] and column["default"] is None
        ]
    return lines


def is_newer(database: Database) -> bool:
    """Whether a newer release has brought it up to date."""
    return (current(database) or "") > newest()


def upgrade(database: Database) -> bool:
    """Bring the tables up to date; whether anything was done. One at a time does it."""
    if serves(database):
        return False
    with database.lock.held() if database.lock else contextlib.nullcontext():
        if database.is_sqlite:
            with database.writer.connect() as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.execute(
                    "PRAGMA journal_mode = WAL"
                )  # not in a transaction; the file keeps it
        _run(database, "upgrade")
    return True


def differences(database: Database) -> list[Any]:
    """How the tables differ from what the code expects; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from quizbot.store import tables  # noqa: F401  (the metadata is filled by importing it)

    with database.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))


def _run(database: Database, command: str) -> None:
    from alembic import command as alembic

    with database.writer.begin() as connection:
        database.join(connection, "migrate")
        getattr(alembic, command)(config(connection), "head")


def config(connection: Connection | None = None) -> Any:
    """Alembic's configuration, made here so that no file of its own is needed."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["connection"] = connection
    return made
