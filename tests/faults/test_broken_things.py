"""Disk, file, clock and connections break: what people read, what is kept, and how it goes on."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from quizbot.clock import utc_now
from quizbot.doctor import Level, look_at
from quizbot.errors import Busy, Misconfigured
from quizbot.rules.pick import Mode
from quizbot.service import open_service
from quizbot.store.lease import Lease
from quizbot.store.tables import answer, person
from tests.conftest import settings_for
from tests.databases import none_ready
from web import create_app

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize(
    "database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def answers(service):
    with service.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(answer)).scalar_one()


# Disk


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few megabytes, where this machine lets us have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here, so nothing was filled")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill_up(ballast):
    """Write until there is no room for a page more."""
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"\0" * 4096) == 4096:
            pass


def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(
    small_disk, filled_sqlite, tmp_path, clock
):
    shutil.copy(filled_sqlite, small_disk / "quiz.db")
    service = open_service(settings_for(f"sqlite:///{small_disk / 'quiz.db'}", tmp_path), clock)
    with service.database.reading() as connection:
        amina = connection.execute(
            select(person.c.id).where(person.c.email == "amina@northmoor.example")
        ).scalar_one()
    attempt = service.attempts.start(amina, "referrals", Mode.ASSURED)
    service.attempts.answer(amina, attempt, 1, ("a",))
    ballast = small_disk / "ballast"
    fill_up(ballast)

    refused = []
    for number in range(2, 15):
        try:
            service.attempts.answer(amina, attempt, number, ("a",))
        except Misconfigured as error:
            refused.append(str(error))
    kept = answers(service)
    assert set(refused) == {"The disk is full: the database cannot be written."}
    page = create_app(service).test_client().get("/modules/referrals")
    assert page.status_code == 200  # what only reads goes on

    ballast.unlink()
    for number in range(2, 15):
        service.attempts.answer(amina, attempt, number, ("a",))

    assert kept >= 14 - len(refused)
    assert answers(service) == 14
    service.audit.verify()
    service.close()


# A damaged file


@on_sqlite
def test_a_damaged_page_is_found_and_told(service, people, clock, tmp_path):
    path = Path(service.database.writer.url.database)
    settings = settings_for(f"sqlite:///{path}", tmp_path)
    service.close()
    size = path.stat().st_size
    with path.open("r+b") as file:  # all but the first pages, on which the schema stands
        file.seek(size // 2 // 4096 * 4096)
        file.write(os.urandom(size // 4 // 4096 * 4096))
    damaged = open_service(settings, clock)

    faults = [look for look in look_at(settings, utc_now) if look.level is Level.FAULT]
    visitor = create_app(damaged).test_client()
    statuses = {visitor.get(path).status_code for path in ("/", "/modules/referrals", "/sign-in")}

    told = " ".join(f"{look.words} {look.advice}" for look in faults)
    assert "file is damaged" in told
    assert "restore the last backup" in " ".join(told.split())
    assert statuses <= {200, 503}
    damaged.close()


# Clock


def test_a_clock_that_goes_back_an_hour_keeps_nobody_from_the_work(service, clock):
    first, second = Lease(service.database, clock), Lease(service.database, clock)
    assert first.take()

    clock.forward(hours=-1)  # and the first is gone

    assert second.take()
    assert not first.take()
    assert service.vitals.read().at_work == {"work"}


def test_a_clock_that_goes_a_day_forward_and_back_costs_nobody_their_attempt(
    service, people, clock
):
    attempt = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    service.attempts.answer(people.amina, attempt, 1, ("a",))

    clock.forward(days=1)
    service.attempts.answer(people.amina, attempt, 2, ("a",))
    clock.forward(days=-1)
    for number in range(3, 15):
        service.attempts.answer(people.amina, attempt, number, ("a",))
    service.attempts.submit(people.amina, attempt)

    assert answers(service) == 14
    assert [line.attempt_id for line in service.attempts.of(people.amina)] == [attempt]
    service.audit.verify()


# Connections


@on_postgresql
def test_a_server_without_a_connection_left_is_told_and_comes_back(service, people):
    attempt = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    service.close()
    none_ready()
    address = service.database.writer.url.render_as_string(hide_password=False)
    taken = []
    try:
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                taken.append(psycopg.connect(address.replace("+psycopg", "")))
        with pytest.raises((Busy, Misconfigured, OperationalError)) as told:
            service.attempts.answer(people.amina, attempt, 1, ("a",))
        assert isinstance(told.value, Busy)
    finally:
        for one in taken:
            one.close()

    service.attempts.answer(people.amina, attempt, 1, ("a",))

    assert answers(service) == 1
