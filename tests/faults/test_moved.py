"""A partnership is moved to another server while people answer: what was acknowledged is there."""

import os
import shlex
import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

import pytest

from tests.databases import maintaining, named
from tests.faults.taking import PATIENCE, Taking, check, keys_of
from tools import postgres
from tools.running import PYTHON, Running
from tools.waiting import until

pytestmark = pytest.mark.postgres
PEOPLE = 3
URL = "QUIZBOT_DATABASE_URL"
SET_UP = "set_up"


@pytest.fixture(scope="module")
def two(tmp_path_factory, set_up_in):
    """Two servers; on the first a database that is set up, with the people in it."""
    with ExitStack() as stack:
        found = [stack.enter_context(postgres.serving()).url for _ in range(2)]
        running = set_up_in(Running(tmp_path_factory.mktemp("there"), loaded=True))
        running.environment[URL] = a_database(found[0], SET_UP)
        running.starts_with = Running.starts_with
        stack.callback(running.kill)
        running.start()
        running.add_people("".join(
            f"M{n},Person {n},p{n}@northmoor.example,Northmoor/Council,Worker,2026-01-05,\n"
            for n in range(PEOPLE)
        ))  # fmt: skip
        assert running.stop() == 0
        yield found


@pytest.fixture
def servers(two):
    """A copy of that database and an empty one on the second, as settings have their addresses."""
    name = f"of_{os.urandom(4).hex()}"
    return [a_database(two[0], name, like=SET_UP), a_database(two[1], name)]


def a_database(server, name, like="template1"):
    """The address of a new one on a server."""
    with maintaining(server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    return named(server, name).replace("+psycopg", "")


@pytest.fixture
def running(tmp_path, set_up_in, servers):
    made = set_up_in(Running(tmp_path, loaded=True))
    made.environment[URL] = servers[0]
    made.start()
    yield made
    made.kill()


def moving(running, *words):
    return subprocess.Popen(
        [PYTHON, "-m", "quizbot.cli", "db", "move", *words],
        cwd=running.folder,
        env=running.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@dataclass
class Patient(Taking):
    """Somebody who takes a question when it is said so."""

    allowed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def think(self):
        self.allowed.acquire()


def answer(everyone, some, total):
    """Let everybody answer some more, and wait until they have, so many in all."""
    for taking in everyone:
        taking.allowed.release(some)
    until(lambda: all(len(taking.kept) == total for taking in everyone), PATIENCE, "the answers")


def test_people_answer_on_while_their_partnership_is_moved(running, servers, tmp_path):
    everyone = [Patient(running, keys_of(running), number) for number in range(PEOPLE)]
    load = [threading.Thread(target=taking.run, daemon=True) for taking in everyone]
    for thread in load:
        thread.start()
    is_there = tmp_path / "all-is-there"
    points_over = shlex.join([sys.executable, "-c", f"open({str(is_there)!r}, 'w').close()"])
    answer(everyone, 3, 3)

    # The first try is cut off with everything in the middle; the old one is used as before.
    with moving(running, servers[1]) as cut_off:
        cut_off.kill()
    assert "may be written again" in running.quizbot("db", "move", servers[1], "--cancel")
    answer(everyone, 3, 6)

    with moving(running, servers[1], "--then", points_over) as moved:
        for taking in everyone:
            taking.allowed.release(8)
        said, _ = moved.communicate(timeout=120)
    assert moved.returncode == 0, said
    assert is_there.exists()
    assert "rows are there" in said
    running.stop()
    running.environment[URL] = servers[1]
    running.start()
    for thread in load:
        until(partial(is_done, thread), PATIENCE, "the end of what was begun")

    assert [len(taking.kept) for taking in everyone] == PEOPLE * [14]
    check(running, everyone)


def test_what_cannot_point_the_service_over_is_told_and_all_is_there(running, servers):
    fails = shlex.join([sys.executable, "-c", "raise SystemExit(3)"])

    with moving(running, servers[1], "--then", fails) as moved:
        said, _ = moved.communicate(timeout=120)

    assert moved.returncode == 1
    assert "The command after --then failed: all is there, and only that is to be done." in said
    assert "Traceback" not in said
    running.stop()
    running.environment[URL] = servers[1]
    running.start()
    assert "p0@northmoor.example" in running.quizbot("people", "export")


def is_done(thread):
    thread.join(0.2)
    return not thread.is_alive()
