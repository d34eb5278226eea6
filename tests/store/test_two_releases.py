"""A release serves on the database of the next one, so that machines are upgraded in turn."""

import pytest
from alembic import command
from sqlalchemy import inspect, text

from quizbot.store import migrate
from quizbot.store.database import open_database

# From this migration on one only adds. CONTRIBUTING has the rule.
EXPANDING_FROM = "0041"
# What takes something away all the same: which release was the last to read it, by number.
CONTRACTING: dict[str, str] = {}


@pytest.fixture
def database(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    migrate.upgrade(opened)
    yield opened
    opened.dispose()


def changed(database, *statements):
    """What a newer release has done to it."""
    with database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.execute(text("UPDATE alembic_version SET version_num = '9000'"))


def test_a_release_serves_on_a_newer_database_that_only_added(database):
    changed(
        database,
        "ALTER TABLE attempt ADD COLUMN of_the_next VARCHAR(20)",
        "ALTER TABLE attempt ADD COLUMN counted INTEGER NOT NULL DEFAULT 0",
        "CREATE TABLE of_the_next (id INTEGER PRIMARY KEY)",
    )

    assert migrate.serves(database)
    assert not migrate.upgrade(database)
    assert migrate.is_newer(database)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        pytest.param("ALTER TABLE attempt RENAME COLUMN mode TO kind", "attempt.mode is gone",
                     id="renamed"),
        pytest.param("DROP TABLE lease", "lease.name is gone", id="dropped"),
        pytest.param("CREATE TABLE lease2 (n INTEGER NOT NULL)", "", id="added"),
    ],
)  # fmt: skip
def test_a_release_refuses_a_newer_database_that_lacks_what_it_reads(database, statement, told):
    changed(database, statement)

    assert migrate.serves(database) == (not told)
    assert told in "\n".join(migrate.lacking(database))


def test_a_release_refuses_a_newer_database_that_wants_what_it_does_not_know(database):
    changed(
        database,
        "ALTER TABLE lease RENAME TO before",
        "CREATE TABLE lease (name TEXT, holder TEXT, until TEXT, done_on TEXT, why TEXT NOT NULL)",
    )

    assert not migrate.serves(database)
    assert migrate.lacking(database) == [
        "lease.why must be given, and this release does not know it"
    ]


def shape(database):
    """Of each column whether something must be given for it; and each rule that rows must keep."""
    with database.reading() as connection:
        found = inspect(connection)
        columns, rules = {}, set()
        for table in found.get_table_names():
            for column in found.get_columns(table):
                is_needed = not column["nullable"] and column["default"] is None
                columns[table, column["name"]] = (str(column["type"]), is_needed)
            rules |= {(table, str(rule["sqltext"])) for rule in found.get_check_constraints(table)}
            unique = (index for index in found.get_indexes(table) if index["unique"])
            rules |= {(table, str(rule["column_names"])) for rule in unique}
            rules |= {
                (table, str(rule["column_names"])) for rule in found.get_unique_constraints(table)
            }
    return columns, rules


def narrowed(before, after):
    """How a release from before would fail on what came after."""
    (columns, rules), (later, later_rules) = before, after
    tables = {table for table, _ in columns}
    faults = [f"{'.'.join(name)} is not as before" for name in columns
              if later.get(name) != columns[name]]  # fmt: skip
    faults += [f"{'.'.join(name)} must be given" for name, (_, is_needed) in later.items()
               if name not in columns and name[0] in tables and is_needed]  # fmt: skip
    faults += [f"{table} must keep to {rule}" for table, rule in later_rules - rules
               if table in tables]  # fmt: skip
    return faults


def test_each_migration_from_the_stated_one_on_only_adds(tmp_path):
    versions = sorted(path.name[:4] for path in (migrate.FOLDER / "versions").glob("[0-9]*.py"))
    database = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    before = shape(database)
    faults: dict[str, list[str]] = {}

    for number in versions:
        with database.writer.begin() as connection:
            command.upgrade(migrate.config(connection), number)
        after = shape(database)
        if number >= EXPANDING_FROM and number not in CONTRACTING:
            faults |= {number: found} if (found := narrowed(before, after)) else {}
        before = after

    database.dispose()
    assert faults == {}, "split it: add now, take away in a later release (CONTRIBUTING)"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        pytest.param("ALTER TABLE lease RENAME COLUMN holder TO by", "lease.holder is not as",
                     id="renamed"),
        pytest.param("ALTER TABLE lease DROP COLUMN done_on", "lease.done_on is not as",
                     id="dropped"),
        pytest.param("CREATE UNIQUE INDEX one ON lease (holder)", "lease must keep to ['holder']",
                     id="unique"),
    ],
)  # fmt: skip
def test_a_migration_that_narrows_is_told(database, statement, told):
    before = shape(database)

    changed(database, statement)

    assert told in narrowed(before, shape(database))[0]
