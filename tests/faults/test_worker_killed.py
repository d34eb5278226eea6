"""The worker is killed while it sends: nothing is sent twice, and what is in doubt says so."""

import contextlib
import os
import random
import time
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from quizbot.clock import london_day, utc_now
from quizbot.service import open_service
from quizbot.store.tables import lease, notice, person
from tests.conftest import SECRET, settings_for
from tests.faults.kills import kill
from tests.outbox import smtp
from tools.loaded import Loaded
from tools.waiting import until

PEOPLE = 120
LIVELY = {"quiet_hours": "none", "quiet_days": "none"}


@pytest.fixture
def server():
    with smtp.running() as running:
        yield running


@pytest.fixture
def busy(database_url, tmp_path, server):
    """A service of the real clock in which a hundred and twenty people are asked for a module."""
    settings = settings_for(database_url, tmp_path, mail_url=server.url, **LIVELY)
    service = open_service(settings, utc_now)
    file = tmp_path / "more.csv"
    head = "staff_ref,name,email,unit,job,started_on,manager\n"
    file.write_text(
        head
        + "".join(
            f"M{n},Person {n},p{n}@northmoor.example,Northmoor/Council/Assessment,Worker,"
            "2026-01-05,N3\n"
            for n in range(PEOPLE)
        )
    )
    service.people.import_file(file)
    with service.database.reading() as connection:
        carys = connection.execute(
            select(person.c.id).where(person.c.staff_ref == "N3")
        ).scalar_one()
    team = service.reports.team(carys)
    people = [line.person_id for line in team.lines]
    due_on = london_day(utc_now()) + timedelta(days=30)
    service.requests.ask(carys, people, ["referrals"], due_on, "Before the audit.")
    yield service
    service.close()


@contextlib.contextmanager
def worker(service, folder):
    """The worker as an operator starts it, surely gone afterwards."""
    settings = service.settings
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("QUIZBOT_")},
        "QUIZBOT_DATABASE_URL": settings.database_url,
        "QUIZBOT_SECRET_KEY": SECRET,
        "QUIZBOT_MAIL_URL": settings.mail_url,
        "QUIZBOT_QUIET_HOURS": "none",
        "QUIZBOT_QUIET_DAYS": "none",
    }
    process = Loaded(["work"], cwd=folder, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


def states(service):
    """The state of each digest, by the id that its message carries."""
    query = select(notice.c.id, notice.c.state).where(notice.c.kind == "digest")
    with service.database.reading() as connection:
        return {str(id_): state for id_, state in connection.execute(query)}


def waiting(service):
    query = select(notice.c.id).where(notice.c.state.in_(["queued", "sending"])).limit(1)
    with service.database.reading() as connection:
        return connection.execute(query).first() is not None


def has_taken(server, count):
    return len(server.taken) >= count


def is_later(than):
    return time.monotonic() >= than


def let_lease_run_out(service):
    with service.database.writing() as connection:
        connection.execute(update(lease).values(until=utc_now() - timedelta(seconds=1)))


@pytest.mark.parametrize(
    "kills", [2, pytest.param(40, marks=pytest.mark.faults)], ids=["some", "many"]
)
def test_a_worker_killed_while_it_sends_sends_nothing_twice(busy, server, tmp_path, kills):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)

    for _ in range(kills):
        enough = len(server.taken) + chance.randint(1, PEOPLE // kills // 2 + 1)
        with worker(busy, tmp_path) as process:
            until(partial(has_taken, server, enough), 120, "some messages")
            until(partial(is_later, time.monotonic() + chance.random() / 50), 60, "a moment more")
            kill(process.pid, "quizbot work")
            process.wait(60)
        let_lease_run_out(busy)
    with worker(busy, tmp_path) as process:
        until(lambda: not waiting(busy), 120, "the rest", every=0.2)
        process.terminate()
        assert process.wait(60) == 0

    found = states(busy)
    delivered = Counter(str(message["X-Notice"]) for message in server.taken)
    receivers = Counter(str(message["To"]) for message in server.taken)
    assert max(delivered.values()) == 1
    assert max(receivers.values()) == 1
    assert set(found.values()) <= {"sent", "uncertain"}
    assert len(found) == PEOPLE + 1
    assert {key for key, state in found.items() if state == "sent"} <= set(delivered)
    assert sum(state == "uncertain" for state in found.values()) <= kills


def test_a_second_worker_waits_and_takes_over(busy, server, tmp_path):
    with worker(busy, tmp_path) as first:
        until(lambda: server.taken, 120, "the first message")
        holder = held_by(busy)
        with worker(busy, tmp_path):
            until(lambda: not waiting(busy), 120, "all messages", every=0.2)
            assert held_by(busy) == holder

            first.kill()
            first.wait(60)
            busy.sign_in.ask("amina@northmoor.example")

            until(lambda: len(server.taken) == PEOPLE + 2, 120, "the code")
            assert held_by(busy) != holder


def held_by(service):
    with service.database.reading() as connection:
        return connection.execute(select(lease.c.holder).where(lease.c.name == "work")).scalar()
