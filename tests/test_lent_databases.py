"""What a test is lent of PostgreSQL is as new, though another had it before."""

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.databases import MOST, named

pytestmark = pytest.mark.postgres
LEFT = (
    "SET lock_timeout = '7s'",
    "LISTEN somebody",
    "SELECT pg_advisory_lock(7)",
    "CREATE TEMPORARY TABLE left_over (id integer)",
)
THERE = text(
    "SELECT current_setting('lock_timeout'), (SELECT count(*) FROM pg_listening_channels()),"
    " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'), to_regclass('left_over')"
)
UNPREPARED = {"prepare_threshold": None}  # as the service connects
WHO = text("SELECT pg_backend_pid()")


@pytest.fixture
def lent(refilled):
    with refilled.lent() as url:
        yield url


def test_a_connection_that_was_left_comes_back_as_new(lent):
    first, next_one = (create_engine(lent, connect_args=UNPREPARED) for _ in range(2))
    with first.connect() as connection:
        for statement in LEFT:
            connection.execute(text(statement))
        connection.commit()
        before = connection.execute(WHO).scalar_one()
    first.dispose()

    with next_one.connect() as connection:
        assert connection.execute(WHO).scalar_one() == before
        assert tuple(connection.execute(THERE).one()) == ("0", 0, 0, None)
    next_one.dispose()


def test_one_that_the_server_has_ended_is_not_lent(lent):
    first, next_one = (create_engine(lent, connect_args=UNPREPARED) for _ in range(2))
    with first.connect() as connection:
        before = connection.execute(WHO).scalar_one()
    first.dispose()
    with psycopg.connect(lent.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [before])

    with next_one.connect() as connection:
        assert connection.execute(WHO).scalar_one() != before
    next_one.dispose()


def test_nor_is_one_whose_driver_prepares_statements(lent):
    first, next_one = create_engine(lent), create_engine(lent)
    with first.connect() as connection:
        before = connection.execute(WHO).scalar_one()
    first.dispose()

    with next_one.connect() as connection:
        assert connection.execute(WHO).scalar_one() != before
    next_one.dispose()


def test_so_many_lie_ready_and_no_more(lent):
    engine = create_engine(lent, pool_size=2 * MOST, connect_args=UNPREPARED)
    opened = [engine.connect() for _ in range(2 * MOST)]
    for connection in opened:
        connection.close()
    engine.dispose()

    with psycopg.connect(lent.replace("+psycopg", ""), autocommit=True) as other:
        there = other.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    assert len(there) <= MOST


def test_elsewhere_a_connection_is_closed(postgres_server):
    url = named(postgres_server, "postgres")
    first, next_one = (create_engine(url, connect_args=UNPREPARED) for _ in range(2))
    with first.connect() as connection:
        before = connection.execute(WHO).scalar_one()
    first.dispose()

    with next_one.connect() as connection:
        assert connection.execute(WHO).scalar_one() != before
    next_one.dispose()
