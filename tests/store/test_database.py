"""The database itself: migrations, locks, and what it says when it cannot be used."""

import fcntl
import gc
import os
import sqlite3
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, nullcontext, suppress
from datetime import date

import psycopg
import pytest
from alembic import command as alembic
from sqlalchemy import bindparam, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from quizbot.clock import utc_now
from quizbot.errors import Busy, Misconfigured
from quizbot.rules.pick import Mode
from quizbot.store.database import open_database, read_in
from quizbot.store.migrate import config, current, differences, is_current, newest, upgrade
from quizbot.store.tables import attempt, new_id, notice, person
from tests.databases import only_reads

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
def empty_url(request, database_url, tmp_path):
    """A database without a table, on each kind."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    database = open_database(database_url)
    with database.writer.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    database.dispose()
    yield database_url


@pytest.fixture
def empty(empty_url):
    database = open_database(empty_url)
    yield database
    database.dispose()


def test_migrations_build_exactly_the_tables(empty):
    assert current(empty) is None
    assert upgrade(empty)

    assert current(empty) == newest()
    assert differences(empty) == []
    assert not upgrade(empty)


def test_messages_of_before_are_given_the_kind_of_their_trouble(empty):
    said = {
        "the address is not known (550)": "wrong-address",
        "the mailbox is full (452)": "full",
        "there is no e-mail address": "no-address",
        "trial: the address is not on the list": "trial",
        "the mail server refused (554)": "",
    }
    upgrade(empty)
    with empty.writer.begin() as connection:
        row = {**dict.fromkeys(("channel", "kind", "payload"), ""), "state": "failed"}
        at = {"made_at": utc_now(), "next_try_at": utc_now()}
        rows = [{**row, **at, "id": new_id(), "key": words, "trouble": words} for words in said]
        connection.execute(insert(notice), rows)
        alembic.downgrade(config(connection), "0018")

    upgrade(empty)

    with empty.reading() as connection:
        rows = connection.execute(select(notice.c.trouble, notice.c.reason)).all()
    assert {row.trouble: row.reason for row in rows} == said


def test_a_table_that_is_not_as_expected_is_told(empty):
    upgrade(empty)
    with empty.writing() as connection:
        connection.execute(text("ALTER TABLE notice DROP COLUMN trouble"))

    (found,) = differences(empty)
    assert "trouble" in str(found)


def test_many_migrate_at_once_and_one_does_it(empty_url):
    def migrate(_):
        database = open_database(empty_url)
        try:
            return upgrade(database), is_current(database)
        finally:
            database.dispose()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(migrate, range(4)))

    assert all(is_now for _, is_now in results)


@on_sqlite
def test_every_connection_of_sqlite_is_durable_and_checks_keys(service):
    for engine in (service.database.writer, service.database.reader, service.database.single):
        engine.dispose()
        connection = engine.raw_connection()  # as it is opened: tests wait for no disk otherwise
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        connection.close()


NOBODY = {"name": "X", "started_on": date(2026, 1, 5), "is_guest": False, "sign_in_epoch": 0}


def test_what_only_reads_cannot_write(service):
    with (
        service.database.reader.connect() as connection,
        pytest.raises(DBAPIError, match=r"(?i)read-?only"),
    ):
        connection.execute(insert(person).values(id=new_id(), **NOBODY))


def add_and_fail(service):
    with service.database.writing() as connection:
        connection.execute(insert(person).values(id=new_id(), **NOBODY))
        raise ZeroDivisionError


def test_what_fails_in_the_middle_leaves_nothing(service):
    with pytest.raises(ZeroDivisionError):
        add_and_fail(service)

    with service.database.reading() as connection:
        assert "X" not in connection.execute(select(person.c.name)).scalars().all()


# Busy


@pytest.fixture
def held(service):
    """Somebody else holds what writers of one attempt queue for."""
    if service.database.is_sqlite:
        with closing(os.fdopen(os.open(service.database.lock.path, os.O_RDWR), "rb")) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    with service.database.writer.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(hashtextextended('audit', 0))"))
        yield
        connection.execute(text("SELECT pg_advisory_unlock_all()"))


def test_a_lock_that_is_held_makes_writers_say_busy_after_the_patience(
    service, amina, monkeypatch, request
):
    monkeypatch.setattr("quizbot.store.database.PATIENCE", 0.05)
    attempt = service.attempts.start(amina, "referrals", Mode.ASSURED)
    request.getfixturevalue("held")

    with pytest.raises(Busy, match="Nothing was lost: try again in a moment"):
        service.sign_in.end_everywhere(amina)

    assert service.attempts.turn(amina, attempt, 1).number == 1  # reading goes on


def test_a_thread_that_holds_the_lock_makes_others_say_busy(service, amina, monkeypatch):
    monkeypatch.setattr("quizbot.store.database.PATIENCE", 0.05)
    inside, done = threading.Event(), threading.Event()

    def hold():
        with service.database.writing(queue="audit"):
            inside.set()
            done.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait(60)
    try:
        with pytest.raises(Busy):
            service.sign_in.end_everywhere(amina)
    finally:
        done.set()
        holder.join()

    service.sign_in.end_everywhere(amina)


def test_an_answer_waits_for_who_hands_in_no_longer_than_the_patience(service, amina, monkeypatch):
    attempt_id = service.attempts.start(amina, "referrals", Mode.ASSURED)
    turn = service.attempts.turn(amina, attempt_id, 1)
    right = turn.question.shown(turn.question.key, turn.order)
    monkeypatch.setattr("quizbot.store.database.PATIENCE", 0.05)

    with service.database.writing() as connection:
        connection.execute(select(attempt.c.id).where(attempt.c.id == attempt_id).with_for_update())
        with ThreadPoolExecutor(1) as other:
            given = other.submit(service.attempts.answer, amina, attempt_id, 1, right)
            with pytest.raises(Busy, match="Nothing was lost"):
                given.result(10)

    assert not service.attempts.turn(amina, attempt_id, 1).reply
    service.attempts.answer(amina, attempt_id, 1, right)


@on_postgres
def test_a_server_that_came_back_is_found_by_the_next_answer(service, amina):
    attempt_id = service.attempts.start(amina, "referrals", Mode.ASSURED)
    service.attempts.turn(amina, attempt_id, 1)
    hang_up(service)

    assert service.attempts.turn(amina, attempt_id, 1).number == 1


@on_postgres
def test_a_server_that_only_reads_for_a_while_is_busy_and_is_read_all_the_same(service, amina):
    attempt_id = service.attempts.start(amina, "referrals", Mode.ASSURED)
    only_reads(service, "on")

    with pytest.raises(Busy, match="another database takes over"):
        service.attempts.answer(amina, attempt_id, 1, ("a",))
    with pytest.raises(Busy, match="another database takes over"):
        service.attempts.submit(amina, attempt_id)
    assert service.attempts.turn(amina, attempt_id, 1).number == 1

    only_reads(service, "off")
    service.attempts.answer(amina, attempt_id, 1, ("a",))


@on_postgres
def test_a_connection_that_has_read_does_not_write_where_the_server_only_reads(service):
    only_reads(service, "on")
    with service.database.reading() as connection:
        connection.execute(select(person.c.id))

    with pytest.raises(Busy, match="another database takes over"), service.database.writing() as c:
        c.execute(update(person).values(name="Somebody"))

    only_reads(service, "off")


@on_postgres
@pytest.mark.parametrize(
    ("error", "is_told"),
    [
        (psycopg.InternalError("got no result from the query"), True),
        (psycopg.InternalError("received 2 results from command 'BEGIN'"), True),
        (psycopg.errors.InternalError_("cache lookup failed"), False),
    ],
)
def test_a_server_that_hung_up_amid_a_statement_is_told_and_its_own_fault_is_not(
    service, error, is_told
):
    with pytest.raises(Busy if is_told else DBAPIError), service.database.writing():
        raise error


def test_who_finds_no_connection_free_is_told_so(service, amina):
    engine = service.database.writer
    engine.pool._timeout = 0.05
    with ExitStack() as stack:
        for _ in range(engine.pool.size() + engine.pool._max_overflow):
            stack.enter_context(engine.connect())

        with pytest.raises(Busy, match="Nothing was lost"):
            service.sign_in.end_everywhere(amina)

    service.sign_in.end_everywhere(amina)


@on_postgres
@pytest.mark.parametrize("how", ["writing", "reading"])
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_server_that_hangs_up_on_somebody_is_busy_whatever_they_do_next(service, how, goes_on):
    with pytest.raises(Busy, match="Nothing was lost"):
        is_hung_up_on(service, how, goes_on=goes_on)

    with getattr(service.database, how)() as c:
        assert len(c.execute(select(person.c.id)).all()) == 5


def is_hung_up_on(service, how, *, goes_on):
    """Somebody amid a transaction; whether they overhear it the first time."""
    with getattr(service.database, how)() as c:
        c.execute(select(person.c.id))
        hang_up(service)
        with suppress(DBAPIError) if goes_on else nullcontext():
            c.execute(select(person.c.id))
        c.execute(select(person.c.id))


def hang_up(service):
    """As a server that ends does: on everybody but whoever asks for it."""
    with service.database.single.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


@on_sqlite
def test_a_database_that_another_program_locks_is_busy_and_nothing_is_lost(service, amina):
    attempt = service.attempts.start(amina, "referrals", Mode.ASSURED)
    path = service.database.writer.url.database
    writer = service.database.writer
    event.listen(writer, "connect", lambda c, _: c.execute("PRAGMA busy_timeout = 50"))
    writer.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(Busy, match="Nothing was lost"):
            service.attempts.submit(amina, attempt)
        other.execute("ROLLBACK")

    service.attempts.submit(amina, attempt)


# Databases that cannot be used


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////no/such/folder/quiz.db", "the folder /no/such/folder is missing"),
        ("sqlite://", "name a file"),
        ("sqlite:///", "name a file"),
        ("sqlite:///:memory:", "name a file"),
        ("postgresql://localhost:port/quiz", "this is not an address"),
        ("nonsense", "this is not an address"),
    ],
)
def test_an_address_of_no_database_is_told(url, words):
    with pytest.raises(Misconfigured, match=words):
        open_database(url)


def test_a_file_that_is_no_database_is_told(tmp_path):
    path = tmp_path / "quiz.db"
    path.write_text("This is a letter to my grandmother. " * 100)
    database = open_database(f"sqlite:///{path}")

    with pytest.raises(Misconfigured, match="cannot be read: file is not a database"):
        is_current(database)
    database.dispose()


def test_a_server_that_does_not_answer_is_told(tmp_path):
    database = open_database(f"postgresql:///quiz?host={tmp_path}")

    with pytest.raises(Busy, match="The database is not answering"):
        is_current(database)


def test_a_database_without_tables_says_what_to_do(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'quiz.db'}")

    with pytest.raises(Misconfigured, match="run `quizbot db upgrade`"), database.reading() as c:
        c.execute(select(person.c.id))
    database.dispose()


def test_what_is_wrong_is_told_where_a_statement_goes_straight_to_the_driver_too(empty):
    with pytest.raises(Misconfigured, match="run `quizbot db upgrade`"), empty.reading() as c:
        read_in(c, select(person.c.id), {})


@on_sqlite
def test_a_read_only_database_says_so_and_is_read_all_the_same(service, amina):
    attempt = service.attempts.start(amina, "referrals", Mode.ASSURED)
    make_read_only(service)

    with pytest.raises(Misconfigured, match="cannot be written"):
        service.attempts.submit(amina, attempt)

    assert service.attempts.turn(amina, attempt, 1).number == 1


def make_read_only(service):
    """As SQLite itself finds it; file modes do not stop the superuser, who may run the tests."""
    event.listen(
        service.database.writer, "connect", lambda c, _: c.execute("PRAGMA query_only = ON")
    )
    service.database.writer.dispose()


@on_sqlite
def test_a_lock_that_cannot_be_made_says_so(service, amina, tmp_path):
    service.database.lock.path.mkdir()

    with pytest.raises(Misconfigured, match="cannot be written"):
        service.attempts.start(amina, "referrals", Mode.ASSURED)
    service.database.lock.path.rmdir()


@pytest.mark.parametrize("many", [0, 1, 2, 3, 5, 400])
def test_a_statement_on_the_hot_path_takes_a_list_of_any_length(service, people, many):
    mine = [people.amina, people.bashir, people.carys][:many]
    others = [new_id() for _ in range(many - len(mine))]

    found = service.database.look(_NAMES, {"ids": [*mine, *others], "is_guest": False})

    assert {row.id for row in found} == set(mine)


def test_lists_that_a_statement_brings_along_need_not_be_given(service, people):
    # By what names nobody: modules keep statements made ready, which another test looks through.
    query = select(person.c.id).where(person.c.staff_ref.in_(["N1", "N3", "N9"]))

    with service.database.reading() as connection:
        found = read_in(connection, query, {})

    assert {row.id for row in found} == {people.amina, people.carys}


def test_what_a_page_reads_in_one_go_is_of_one_moment(service, people):
    if not service.database.is_sqlite:
        pytest.skip("PostgreSQL reads each statement anew")
    given = {"ids": [people.amina], "is_guest": False}

    with service.database.reading() as connection:
        before = read_in(connection, _NAMES, given)
        with service.database.writing() as other:
            other.execute(update(person).values(name="Another"))
        after = read_in(connection, _NAMES, given)

    assert after == before


_NAMES = select(person.c.id, person.c.name).where(
    person.c.id.in_(bindparam("ids", expanding=True)), person.c.is_guest == bindparam("is_guest")
)


def test_a_thread_that_ends_takes_no_connection_with_it(service):
    # What ends with a thread of the web server runs while it is cleared away: it ended the process.
    database = service.database
    seen = []

    def look():
        database.glance(select(person.c.id), {})
        seen.append(weakref.ref(database._own[threading.get_ident()]))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    gc.collect()

    assert seen[0]() is not None
