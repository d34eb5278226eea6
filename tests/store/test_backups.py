"""Copies of the whole database: a backup, bringing it back, moving to the other kind."""

import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlmodel import SQLModel

from quizbot.access import Role
from quizbot.errors import Broken, Misconfigured, Refused
from quizbot.rules.pick import Mode
from quizbot.service import open_service
from quizbot.store import backups, moving
from quizbot.store.database import open_database
from quizbot.store.migrate import differences, is_current
from quizbot.store.tables import audit, new_id, notice, person, unit
from tests.conftest import settings_for
from tests.databases import maintaining, named

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def everything(database):
    """Every row of every table, in one order whatever database keeps them."""
    with database.reading() as connection:
        return {
            table.name: sorted(
                connection.execute(select(table)).all(), key=lambda row: str(row[:2])
            )
            for table in SQLModel.metadata.sorted_tables
        }


def acts(service):
    with service.database.reading() as connection:
        return connection.execute(select(audit.c.action).order_by(audit.c.number)).scalars().all()


def change(service, statement):
    with service.database.writing() as connection:
        connection.execute(statement)


# A backup


@on_sqlite
def test_a_backup_is_one_whole_file_for_its_owner_and_tells_its_head(service, tmp_path, clock):
    out = tmp_path / "backup.db"

    head = backups.back_up(service.database, out, clock)

    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert head == service.audit.head()
    assert acts(service)[-1] == "database.backup"
    found = open_database(f"sqlite:///{out}")
    assert everything(found) == everything(service.database)
    found.dispose()
    names = sorted(path.name for path in tmp_path.glob("backup.db*"))
    assert names == ["backup.db", "backup.db.lock"]


@on_sqlite
def test_no_backup_is_made_of_a_damaged_file(service, tmp_path, clock):
    file = Path(service.database.writer.url.database)
    service.database.dispose()
    with closing(sqlite3.connect(file)) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((page,),) = plain.execute("SELECT rootpage FROM sqlite_master WHERE name = 'answer'")
        ((size,),) = plain.execute("PRAGMA page_size")
    with file.open("r+b") as written:
        written.seek((page - 1) * size)
        written.write(b"\xff" * size)

    with pytest.raises(Misconfigured, match="Nothing was backed up"):
        backups.back_up(service.database, tmp_path / "backup.db", clock)

    assert not list(tmp_path.glob("backup.db*"))


@on_sqlite
def test_a_backup_is_whole_while_people_go_on_answering(service, people, tmp_path, clock):
    attempts = [
        service.attempts.start(who, "referrals", Mode.PRACTICE)
        for who in (people.amina, people.bashir)
    ]
    turns = [(people.amina, attempts[0]), (people.bashir, attempts[1])]

    def answer(number):
        for who, taken in turns:
            service.attempts.answer(who, taken, number, _any(service, who, taken, number))

    with ThreadPoolExecutor(1) as pool:
        answering = pool.map(answer, range(1, 15))
        for number in range(3):
            backups.back_up(service.database, tmp_path / f"{number}.db", clock)
        list(answering)

    for number in range(3):
        with closing(sqlite3.connect(tmp_path / f"{number}.db")) as found:
            assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert found.execute("PRAGMA foreign_key_check").fetchall() == []


def _any(service, who, taken, number):
    turn = service.attempts.turn(who, taken, number)
    return turn.question.shown(turn.question.key, turn.order)


@on_sqlite
@pytest.mark.parametrize("name", ["there.db", "no/such/folder/backup.db", "folder"])
def test_a_backup_is_never_written_over_another_file_or_into_nowhere(
    service, tmp_path, clock, name
):
    (tmp_path / "there.db").write_text("kept")
    (tmp_path / "folder").mkdir()
    before = acts(service)

    with pytest.raises(
        Refused, match=r"is there already|The folder .*no/such/folder is missing: make it"
    ):
        backups.back_up(service.database, tmp_path / name, clock)

    assert (tmp_path / "there.db").read_text() == "kept"
    assert not list(tmp_path.glob("*.part"))
    assert acts(service) == before


@on_postgres
def test_a_backup_of_postgresql_is_whole_while_people_go_on_answering(
    service, people, tmp_path, clock
):
    attempt = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    out = tmp_path / "backup"
    with ThreadPoolExecutor(2) as others:
        answering = [
            others.submit(service.attempts.answer, people.amina, attempt, n, ("a",))
            for n in range(1, 15)
        ]
        head = backups.back_up(service.database, out, clock)
        for one in answering:
            one.result(60)
    service.people.grant("amina@northmoor.example", Role.MANAGER, "Northmoor")

    restored = backups.restore(service.database, out, clock, head.hash, force=True)

    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert acts(service)[-2:] == ["database.backup", "database.restore"]
    assert restored.head.number == head.number + 1
    assert differences(service.database) == []
    assert not out.with_name("backup.before-restore").exists()


@on_postgres
def test_what_is_no_backup_of_postgresql_changes_nothing(service, tmp_path, clock):
    good, torn = tmp_path / "good", tmp_path / "torn"
    backups.back_up(service.database, good, clock)
    torn.write_bytes(good.read_bytes()[:-2000])
    before = everything(service.database)

    with pytest.raises(Refused, match="is not a whole backup of PostgreSQL"):
        backups.restore(service.database, torn, clock, force=True)
    with pytest.raises(Refused, match="There is a database already"):
        backups.restore(service.database, good, clock, force=False)

    assert everything(service.database) == before


@on_postgres
def test_a_backup_with_another_head_leaves_postgresql_as_it_was(service, people, tmp_path, clock):
    out = tmp_path / "backup"
    backups.back_up(service.database, out, clock)
    service.people.grant("amina@northmoor.example", Role.MANAGER, "Northmoor")
    before = everything(service.database)

    with pytest.raises(Broken, match="the head you gave is not in it"):
        backups.restore(service.database, out, clock, "1" * 64, force=True)

    assert everything(service.database) == before


# Bringing it back


@pytest.fixture
def kept(service, tmp_path, clock):
    """A backup of the filled database."""
    out = tmp_path / "backup.db"
    backups.back_up(service.database, out, clock)
    return out


@on_sqlite
def test_what_was_lost_comes_back_under_the_open_service(service, people, kept, clock):
    before = everything(service.database)
    change(service, delete(audit))
    change(service, update(person).values(name="Overwritten"))

    restored = backups.restore(service.database, kept, clock, force=True)

    after = everything(service.database)
    assert after.pop("audit")[:-1] == before.pop("audit")
    assert after == before
    assert acts(service)[-1] == "database.restore"
    assert service.audit.verify() == restored.head
    assert service.attempts.start(people.amina, "referrals", Mode.PRACTICE)
    with service.database.reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


@on_sqlite
def test_it_is_brought_back_to_where_nothing_is(service, kept, tmp_path, clock):
    empty = open_database(f"sqlite:///{tmp_path / 'new.db'}")

    backups.restore(empty, kept, clock, service.audit.head().hash, force=False)

    assert is_current(empty)
    assert differences(empty) == []
    empty.dispose()


@on_sqlite
def test_a_database_that_is_there_is_kept_unless_told_otherwise(service, kept, clock):
    before = everything(service.database)

    with pytest.raises(Refused, match="add --force"):
        backups.restore(service.database, kept, clock, force=False)

    assert everything(service.database) == before


def _cut(file):
    file.write_bytes(file.read_bytes()[: 40 * 4096])


def _letter(file):
    file.write_text("A letter. " * 200)


def _no_tables(file):
    file.unlink()
    sqlite3.connect(file).close()


def _sql(*statements):
    def run(file):
        with closing(sqlite3.connect(file)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return run


@on_sqlite
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_cut, "is not a whole backup"),
        (_letter, "is not a whole backup"),
        (_no_tables, "is not a whole backup"),
        (_sql("UPDATE alembic_version SET version_num = '9999'"), "made by a newer release"),
    ],
)
def test_what_is_not_whole_is_not_restored(service, kept, clock, spoil, words):
    before = everything(service.database)
    spoil(kept)

    with pytest.raises(Refused, match=words):
        backups.restore(service.database, kept, clock, force=True)

    assert everything(service.database) == before


BROKEN = [
    (_sql("UPDATE audit SET actor = 'nobody' WHERE number = 2"), "Row 2 was changed"),
    (_sql("DELETE FROM audit WHERE number = 2"), "Row 2 is missing"),
    (_sql("DELETE FROM audit"), "the trail is empty"),
]


@on_sqlite
@pytest.mark.parametrize(("spoil", "words"), BROKEN)
def test_a_broken_trail_is_not_restored_where_nothing_is(kept, tmp_path, clock, spoil, words):
    spoil(kept)
    empty = open_database(f"sqlite:///{tmp_path / 'new.db'}")

    with pytest.raises(Broken, match=words):
        backups.restore(empty, kept, clock, force=False)

    assert not is_current(empty)
    empty.dispose()


@on_sqlite
@pytest.mark.parametrize(("spoil", "words"), BROKEN)
def test_a_broken_trail_held_to_a_head_is_never_taken(service, kept, clock, spoil, words):
    before, head = everything(service.database), service.audit.head().hash
    spoil(kept)

    with pytest.raises(Broken, match=words):
        backups.restore(service.database, kept, clock, head, force=True)

    assert everything(service.database) == before


@on_sqlite
@pytest.mark.parametrize(("spoil", "words"), BROKEN)
def test_a_broken_trail_is_taken_by_force_and_told(service, kept, clock, spoil, words):
    spoil(kept)

    restored = backups.restore(service.database, kept, clock, force=True)

    assert words in restored.trouble
    with service.database.reading() as connection:
        last = connection.execute(select(audit).order_by(audit.c.number.desc())).first()
    assert last.action == "database.restore"
    assert words in last.details


@on_sqlite
def test_a_trail_that_was_taken_broken_stays_broken(service, kept, clock):
    _sql("UPDATE audit SET actor = 'nobody' WHERE number = 2")(kept)

    backups.restore(service.database, kept, clock, force=True)

    with pytest.raises(Broken, match="Row 2 was changed"):
        service.audit.verify()


@on_sqlite
def test_a_backup_whose_last_rows_were_cut_off_is_found_by_its_head(service, kept, clock):
    head = service.audit.head().hash
    _sql("DELETE FROM audit WHERE number = (SELECT MAX(number) FROM audit)")(kept)

    with pytest.raises(Broken, match="were cut off"):
        backups.restore(service.database, kept, clock, head, force=True)


@on_sqlite
def test_a_database_that_cannot_be_read_is_told_how_to_move_away(kept, tmp_path, clock):
    _letter(tmp_path / "broken.db")
    broken = open_database(f"sqlite:///{tmp_path / 'broken.db'}")

    with pytest.raises(Refused, match="Move its file away"):
        backups.restore(broken, kept, clock, force=True)

    broken.dispose()


# Moving


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def target(request, tmp_path):
    """An empty database, of each kind."""
    if request.param == "sqlite":
        database = open_database(f"sqlite:///{tmp_path / 'target.db'}")
        yield database
        database.dispose()
        return
    server = request.getfixturevalue("postgres_server")
    name = f"target_{os.urandom(6).hex()}"
    with maintaining(server) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        database = open_database(named(server, name))
        yield database
        database.dispose()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def lived_in(service, people):
    """Somebody took something, and rows point to others of their kind that come after them."""
    service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    service.sign_in.ask("amina@northmoor.example")
    with service.database.writing() as connection:
        code = {**connection.execute(select(notice)).mappings().one()}
        pair = new_id(), new_id()
        told = {**code, "id": pair[0], "key": "told", "digest_id": pair[1]}
        connection.execute(
            insert(notice).values([told, {**told, "id": pair[1], "key": "all", "digest_id": None}])
        )
        top = connection.execute(select(unit).where(unit.c.parent_id.is_(None))).mappings().one()
        team = {**top, "id": pair[0], "parent_id": pair[1], "path": "Northmoor/Fire/Crew"}
        over = {**top, "id": pair[1], "parent_id": top["id"], "path": "Northmoor/Fire"}
        connection.execute(insert(unit).values([team, over]))
    return service


def test_every_row_is_copied_to_either_kind(lived_in, target, clock):
    copied = moving.copy(lived_in.database, target, clock)

    assert everything(target) == everything(lived_in.database)
    assert copied.head == lived_in.audit.head()
    assert copied.rows == sum(map(len, everything(target).values()))
    assert acts(lived_in)[-1] == "database.copy"
    assert differences(target) == []


def test_the_service_goes_on_from_the_copy(lived_in, target, people, clock, tmp_path):
    moving.copy(lived_in.database, target, clock)
    url = target.writer.url.render_as_string(hide_password=False)

    moved = open_service(settings_for(url, tmp_path), clock)

    assert [line.mode for line in moved.attempts.of(people.amina, 0)] == [Mode.ASSURED]
    moved.sign_in.end_everywhere(people.amina)
    assert moved.audit.verify().number == lived_in.audit.head().number + 1
    moved.close()


def test_nothing_is_copied_into_a_database_with_people_in_it(lived_in, target, clock):
    moving.copy(lived_in.database, target, clock)
    before = everything(target)

    with pytest.raises(Refused, match="is not empty, so nothing was copied"):
        moving.copy(lived_in.database, target, clock)

    assert everything(target) == before


class PowerGone(Exception):
    """The copy is cut off here."""


def cut_off_at(name):
    def told(table, _rows):
        if table == name:
            raise PowerGone

    return told


def test_a_copy_that_was_cut_off_is_gone_on_with(lived_in, target, clock):
    with pytest.raises(PowerGone):
        moving.copy(lived_in.database, target, clock, cut_off_at("edition"))
    assert not is_current(target)  # no service starts on it
    half = sum(map(len, everything(target).values()))

    copied = moving.copy(lived_in.database, target, clock)

    assert 0 < half <= copied.were_there < copied.rows
    assert everything(target) == everything(lived_in.database)
    assert is_current(target)
    assert differences(target) == []


def test_a_row_that_came_out_otherwise_is_found(lived_in, target, clock):
    with pytest.raises(PowerGone):
        moving.copy(lived_in.database, target, clock, cut_off_at("unit"))
    with target.writing() as connection:
        connection.execute(update(unit).where(unit.c.path == "Northmoor").values(name="Southmoor"))

    with pytest.raises(Refused, match="A row of unit is another in the other database"):
        moving.copy(lived_in.database, target, clock)

    assert not is_current(target)


def test_a_row_too_many_is_found(lived_in, target, clock):
    with pytest.raises(PowerGone):
        moving.copy(lived_in.database, target, clock, cut_off_at("unit"))
    with target.writing() as connection:
        top = connection.execute(select(unit).where(unit.c.path == "Northmoor")).mappings().one()
        connection.execute(insert(unit).values({**top, "id": new_id(), "path": "Elsewhere"}))

    with pytest.raises(Refused, match="has rows of unit that this one has not"):
        moving.copy(lived_in.database, target, clock)
