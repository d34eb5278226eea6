"""Something holds the database for half a minute: people are told to try again, nothing is lost."""

import fcntl
import sqlite3
import time
from contextlib import closing, contextmanager
from itertools import count

import pytest

from tests.faults.taking import PATIENCE, Takers, check, keys_of
from tools.running import Running
from tools.waiting import until

pytestmark = pytest.mark.faults
AT_ONCE, PEOPLE = 3, 400
HELD = 30.0  # seconds


@pytest.fixture
def running(tmp_path):
    made = Running(tmp_path)
    made.start()
    made.add_people("".join(
        f"M{n},Person {n},p{n}@northmoor.example,Northmoor/Council,Worker,2026-01-05,\n"
        for n in range(PEOPLE)
    ))  # fmt: skip
    yield made
    made.kill()


@contextmanager
def queue_held(file):
    """As by a process of ours that hangs while it writes."""
    with file.with_name(f"{file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def file_held(file):
    """As by another program that copies it or looks into it."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=60)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.mark.parametrize("held", [queue_held, file_held], ids=["by-us", "by-another"])
def test_a_database_that_is_held_for_half_a_minute_loses_nothing(running, held):
    takers = Takers(running, keys_of(running), count(), AT_ONCE)
    kept, troubles = takers.kept, takers.troubles
    takers.start()
    until(lambda: troubles or kept() > 2 * AT_ONCE, PATIENCE, "some answers")
    with held(running.folder / "var" / "quizbot.db"):
        before, end = kept(), time.monotonic() + HELD
        until(lambda: troubles or time.monotonic() > end, 2 * HELD, "the end of the half minute")
        meanwhile = kept()
    until(lambda: troubles or kept() > meanwhile + AT_ONCE, PATIENCE, "answers as before")
    takers.stop.set()
    for person in takers.threads:
        person.join(PATIENCE)

    assert troubles == []
    assert meanwhile <= before + AT_ONCE  # what was on its way when it began
    assert sum(taking.failed["503"] for taking in takers.begun) >= AT_ONCE
    assert "The service is very busy." in running.log.read_text()
    check(running, takers.begun)
