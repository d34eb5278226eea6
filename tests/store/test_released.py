"""A database of every released schema is brought up to date, with what people had done in it.

Each was left by the release itself (`tools/old_databases.py`); where none is kept, the one before
it is brought there first. On PostgreSQL the old tables are made and the same rows put into them.
"""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import MetaData, select, text

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


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request, tmp_path):
    """A database with nothing in it, of each kind."""
    if request.param == "sqlite":
        database = open_database(f"sqlite:///{tmp_path / 'released.db'}")
        yield database
        database.dispose()
        return
    server = request.getfixturevalue("postgres_server")
    name = f"released_{os.urandom(6).hex()}"
    with maintaining(server) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        database = open_database(named(server, name))
        yield database
        database.dispose()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def bring(database, revision):
    """Its tables as they were at a migration."""
    with database.writer.begin() as connection:
        command.upgrade(config(connection), revision)


def as_left(database, released, revision):
    """A database as the release at this migration left it."""
    kept = max(one for one in released if one <= revision)
    if database.is_sqlite:
        with closing(sqlite3.connect(database.writer.url.database)) as connection:
            connection.executescript(released[kept])
    else:
        bring(database, kept)
        put_rows(database, released[kept])
    bring(database, revision)


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
            for row in rows:
                given = [v if v is None or isinstance(v, bytes) else str(v) for v in row]
                marks = ", ".join(f"%s::{kind}" for kind in kinds.values())
                connection.execute(
                    f'INSERT INTO "{table}" ({", ".join(kinds)}) VALUES ({marks})', given
                )


def tables_of(database):
    """The tables that are there, as this database tells them."""
    there = MetaData()
    with database.reader.connect() as connection:
        there.reflect(connection)
    return there.sorted_tables


def rows_of(database, tables):
    """Every row of those tables, by its key."""
    with database.reader.connect() as connection:
        return {
            table.name: {
                tuple(str(row[column.name]) for column in table.primary_key): dict(row)
                for row in connection.execute(text(f'SELECT * FROM "{table.name}"')).mappings()
            }
            for table in tables
            if table.name not in MADE_ANEW
        }


def orphans(database, tables):
    """What points to nothing, looked for key by key on either kind."""
    found = []
    with database.reader.connect() as connection:
        for table in tables:
            for key in table.foreign_keys:
                over = key.column.table.alias("over")
                points = table.outerjoin(over, key.parent == over.c[key.column.name])
                lost = (
                    select(key.parent)
                    .select_from(points)
                    .where(key.parent.is_not(None), over.c[key.column.name].is_(None))
                )
                found += [(table.name, key.parent.name) for _ in connection.execute(lost)]
    return found


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
    empty, released, revision, clock, tmp_path, applications
):
    as_left(empty, released, revision)
    before = rows_of(empty, tables_of(empty))

    upgrade(empty)

    must_have(empty, before)
    must_be_served(empty, clock, tmp_path, applications)


def must_have(database, before):
    """Every row that was there is, with what it said, and nothing points to nothing."""
    tables = tables_of(database)
    after = rows_of(database, tables)
    assert len(before["person"]) == 10
    assert len(before["answer"]) > 20
    for table, rows in before.items():
        for key, row in rows.items():
            kept = after[table][key]
            changed = {name for name in row.keys() & kept.keys() if row[name] != kept[name]}
            assert (table, key, changed) == (table, key, set())
    assert orphans(database, tables) == []
    assert differences(database) == []


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


def test_a_backup_of_an_older_release_is_restored_and_told_what_it_is(
    empty, released, tmp_path, clock
):
    as_left(empty, released, "0012")
    backups.back_up(empty, tmp_path / "older", clock)
    before = len(rows_of(empty, tables_of(empty))["answer"])

    restored = backups.restore(empty, tmp_path / "older", clock, force=True)

    assert restored.was_at == "0012"
    assert current(empty) == newest()
    assert len(rows_of(empty, tables_of(empty))["answer"]) == before
