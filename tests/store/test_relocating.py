"""A partnership is moved while it is in use: it only reads for seconds, and nothing goes astray."""

import os

import pytest
from sqlalchemy import delete, select
from sqlmodel import SQLModel

from quizbot.errors import Busy, Refused
from quizbot.rules.pick import Mode
from quizbot.store import relocating
from quizbot.store.database import open_database
from quizbot.store.migrate import differences, is_current
from quizbot.store.tables import answer, attempt
from tests.databases import maintaining, named

on_postgres = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def target(request):
    """An empty database on another server, as it were."""
    server = request.getfixturevalue("postgres_server")
    name = f"target_{os.urandom(6).hex()}"
    with maintaining(server) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        database = open_database(named(server, name))
        yield database
        database.dispose()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def in_use(service, amina, bashir):
    """Two are at their questions; afterwards the database may be written again by others."""
    service.attempts.start(bashir, "referrals", Mode.PRACTICE)
    begun = service.attempts.start(amina, "referrals", Mode.ASSURED)
    service.attempts.answer(amina, begun, 1, ("a",))
    yield begun
    relocating.write_again(service.database)


def everything(database):
    with database.reading() as connection:
        return {
            table.name: sorted(connection.execute(select(table)).all(), key=str)
            for table in SQLModel.metadata.sorted_tables
        }


@on_postgres
def test_what_is_answered_and_deleted_while_it_is_copied_follows(
    service, amina, bashir, in_use, target, clock
):
    goes_on = iter([True])

    def told(table, _rows):
        if table == answer.name and next(goes_on, False):  # once, when all was copied
            service.attempts.answer(amina, in_use, 1, ("b",))
            service.attempts.answer(amina, in_use, 2, ("a",))
            with service.database.writing() as connection:
                connection.execute(delete(attempt).where(attempt.c.person_id == bashir))

    moved = relocating.move(service.database, target, clock, told)

    assert everything(target) == everything(service.database)
    assert is_current(target)
    assert differences(target) == []
    assert 0 < moved.late < moved.rows
    assert moved.head == service.audit.head()


@on_postgres
def test_nothing_is_kept_in_the_old_one_afterwards(service, amina, in_use, target, clock):
    relocating.move(service.database, target, clock)

    with pytest.raises(Busy, match="another database takes over"):
        service.attempts.answer(amina, in_use, 2, ("a",))
    assert service.attempts.turn(amina, in_use, 1).number == 1


@on_postgres
def test_a_move_that_was_cut_off_is_gone_on_with(service, amina, in_use, target, clock):
    def cut_off(table, _rows):
        if table == answer.name:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        relocating.move(service.database, target, clock, cut_off)
    assert not is_current(target)  # no service starts on it
    service.attempts.answer(amina, in_use, 1, ("b",))

    relocating.move(service.database, target, clock)

    assert everything(target) == everything(service.database)


@on_postgres
def test_a_row_too_many_is_found_and_the_old_one_is_written_again(
    service, amina, in_use, target, clock
):
    def told(table, rows):
        if table == answer.name and rows == 0:  # what came late: nothing
            with target.writing() as connection:
                connection.execute(delete(answer))

    with pytest.raises(Refused, match="answer has rows that are not in both"):
        relocating.move(service.database, target, clock, told)

    assert not is_current(target)
    service.attempts.answer(amina, in_use, 2, ("a",))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_is_copied_and_not_moved(service, tmp_path, clock):
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")

    with pytest.raises(Refused, match="stop the service"):
        relocating.move(service.database, other, clock)
