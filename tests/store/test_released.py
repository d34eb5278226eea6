"""A database of every released schema is brought up to date, with what people had done in it.

Each was left by the release itself (`tools/old_databases.py`); where none is kept, the one before
it is brought there first. On PostgreSQL the old tables are made and the same rows put into them.
"""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from quizbot.service import open_service
from quizbot.store import backups
from quizbot.store.database import open_database
from quizbot.store.migrate import FOLDER, config, current, differences, newest, upgrade
from quizbot.work import Work
from tests.conftest import settings_for
from tests.databases import maintaining, named
from tests.pages.conftest import standing_on
from tools.old_databases import PACKED, unpacked

REVISIONS = sorted(path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py"))
LATER = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)  # than all that is kept
# What a later release took away or wrote anew on purpose, each in the migration named.
MADE_ANEW = {"alembic_version", "standing_cache", "board_figure"}


@pytest.fixture(scope="session")
def released():
    return {
        name.removesuffix(".sql"): content.decode() for name, content in unpacked(PACKED).items()
    }


@dataclass
class Growing:
    """Tables on PostgreSQL with nothing in them, of one schema after the other; each is copied."""

    server: str
    name: str = ""
    at: str = ""

    def copied(self, revision):
        """The name of a new database with the tables of a migration."""
        with maintaining(self.server) as connection:
            if not self.name or revision < self.at:
                self.name = f"growing_{os.urandom(6).hex()}"
                connection.execute(f"CREATE DATABASE {self.name}")
            if revision != self.at:
                database = open_database(named(self.server, self.name))
                bring(database, revision)
                database.dispose()
                self.at = revision
            copy = f"released_{os.urandom(6).hex()}"
            connection.execute(f"CREATE DATABASE {copy} TEMPLATE {self.name}")
        return copy


@pytest.fixture(scope="session")
def growing(postgres_server):
    return Growing(postgres_server)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def left_at(request, tmp_path, released):
    """A database of each kind, as the release at a migration left it."""
    if request.param == "sqlite":
        database = open_database(f"sqlite:///{tmp_path / 'released.db'}")
        yield lambda revision: as_left(database, released, revision)
        database.dispose()
        return
    server, opened = request.getfixturevalue("postgres_server"), []

    def left_at(revision):
        name = request.getfixturevalue("growing").copied(newest_kept(released, revision))
        database = open_database(named(server, name))
        opened.append((name, database))
        return as_left(database, released, revision)

    yield left_at
    for name, database in opened:
        database.dispose()
        with maintaining(server) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def bring(database, revision):
    """Its tables as they were at a migration."""
    with database.writer.begin() as connection:
        command.upgrade(config(connection), revision)


def newest_kept(released, revision):
    return max(one for one in released if one <= revision)


def as_left(database, released, revision):
    """What the release at this migration left; on PostgreSQL the tables of the kept are there."""
    kept = newest_kept(released, revision)
    if database.is_sqlite:
        with closing(sqlite3.connect(database.writer.url.database)) as connection:
            connection.executescript(released[kept])
    else:
        put_rows(database, released[kept])
    if revision != kept:
        bring(database, revision)
    assert current(database) == revision
    return database


def put_rows(database, dump):
    """The rows of SQLite's own words in PostgreSQL's tables; no key is checked meanwhile."""
    url = database.writer.url.render_as_string(hide_password=False)
    with closing(sqlite3.connect(":memory:")) as left, maintaining(url) as connection:
        left.executescript(dump)
        connection.execute("SET session_replication_role = replica")
        tables = connection.execute(
            "SELECT c.table_name, c.column_name, c.udt_name FROM information_schema.columns c"
            " WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
        ).fetchall()
        for table in sorted({str(name) for name, *_ in tables}):
            kinds = {str(column): kind for name, column, kind in tables if name == table}
            rows = left.execute(f'SELECT {", ".join(kinds)} FROM "{table}"').fetchall()
            marks = ", ".join(f"%s::{kind}" for kind in kinds.values())
            connection.cursor().executemany(
                f'INSERT INTO "{table}" ({", ".join(kinds)}) VALUES ({marks})',
                [[v if v is None or isinstance(v, bytes) else str(v) for v in row] for row in rows],
            )


def rows_of(database):
    """Every row of the tables that are there, by its key as this database tells it."""
    with database.reader.connect() as connection:
        keys = inspect(connection).get_multi_pk_constraint()
        return {
            table: {
                tuple(str(row[column]) for column in key["constrained_columns"]): dict(row)
                for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings()
            }
            for (_, table), key in keys.items()
            if table not in MADE_ANEW
        }


def orphans(database):
    """What points to nothing in tables as they are now, looked for key by key on either kind."""
    lost = [
        f"SELECT '{table.name}', '{key.parent.name}' FROM \"{table.name}\" AS here"
        f' LEFT JOIN "{key.column.table.name}" AS over'
        f' ON here."{key.parent.name}" = over."{key.column.name}"'
        f' WHERE here."{key.parent.name}" IS NOT NULL AND over."{key.column.name}" IS NULL'
        for table in SQLModel.metadata.sorted_tables
        for key in table.foreign_keys
    ]
    with database.reader.connect() as connection:
        return [tuple(row) for row in connection.execute(text(" UNION ALL ".join(lost)))]


def person_of(connection, ref):
    return connection.execute(
        text("SELECT id FROM person WHERE staff_ref = :ref"), {"ref": ref}
    ).scalar_one()


def seen_by(app, who, path):
    pages = app.test_client()
    with pages.session_transaction() as session:
        session.update(p=str(who), e=0)
    return pages.get(path)


@pytest.mark.parametrize("revision", REVISIONS)
def test_no_row_of_a_released_schema_is_lost_and_the_service_goes_on(
    left_at, revision, clock, tmp_path, applications
):
    database = left_at(revision)
    before = rows_of(database)

    upgrade(database)

    must_have(database, before)
    must_be_served(database, clock, tmp_path, applications)


def must_have(database, before):
    """Every row that was there is, with what it said, and nothing points to nothing."""
    assert differences(database) == []  # so the tables that are there are ours
    after = rows_of(database)
    assert len(before["person"]) == 10
    assert len(before["answer"]) > 20
    for table, rows in before.items():
        for key, row in rows.items():
            kept = after[table][key]
            changed = {name for name in row.keys() & kept.keys() if row[name] != kept[name]}
            assert (table, key, changed) == (table, key, set())
    assert orphans(database) == []


def must_be_served(database, clock, folder, applications):
    """Who took something and who manages them find it, and the worker goes on."""
    url = database.writer.url.render_as_string(hide_password=False)
    clock.at = LATER
    service = open_service(settings_for(url, folder), clock)
    took, manager = (service.people.whose(f"{ref}@bench.example") for ref in ("t2-0", "m2"))
    (line,) = service.attempts.of(took)
    app = standing_on(service, applications)
    for who, path in (
        (took, "/me"),
        (took, "/modules/referrals"),
        (took, f"/attempts/{line.attempt_id}"),
        (manager, "/team"),
        (manager, "/team/export.csv"),
    ):
        assert (path, seen_by(app, who, path).status_code) == (path, 200)
    assert service.audit.verify() == service.audit.head()
    Work(service).once()
    service.close()


def test_a_backup_of_an_older_release_is_restored_and_told_what_it_is(left_at, tmp_path, clock):
    database = left_at("0012")
    backups.back_up(database, tmp_path / "older", clock)
    before = len(rows_of(database)["answer"])

    restored = backups.restore(database, tmp_path / "older", clock, force=True)

    assert restored.was_at == "0012"
    assert current(database) == newest()
    assert len(rows_of(database)["answer"]) == before
