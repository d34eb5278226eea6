"""The power goes, processes die: what was acknowledged is there afterwards."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from urllib.error import HTTPError

import pytest

from tests.faults.kills import kill, note
from tools.running import Running, wrong_of
from tools.visitor import Visitor
from tools.waiting import until

MODULE = "referrals"
AMINA = "amina@northmoor.example"
PEOPLE = f"N1,Amina Rahman,{AMINA},Northmoor/Council/Assessment,Social worker,2026-01-05,\n"


@contextmanager
def served(running):
    """It runs, with Amina in it."""
    running.add_people(PEOPLE)
    running.start()
    try:
        yield running
    finally:
        running.kill()


@pytest.fixture
def running(tmp_path, set_up_in):
    """The service in a folder of this test's own."""
    with served(set_up_in(Running(tmp_path, loaded=True))) as running:
        yield running


@pytest.fixture
def amina(running):
    """Amina, signed in."""
    visitor = Visitor(running)
    visitor.sign_in(AMINA)
    return visitor


def begin(visitor):
    """Start an assured attempt; its address, and how many questions it has."""
    visitor.get(f"/modules/{MODULE}")
    page = visitor.post(f"/modules/{MODULE}/attempts", ("mode", "assured"))
    total = int(re.search(r"uestion 1 of (\d+)", page.title).group(1))
    return page.path.removesuffix("/questions/1"), total


def kill_and_start(running):
    note("quizbot serve")
    running.kill()
    running.start()


def take(running, visitor, chance, kill_after):
    """Answer all by chance, with a kill before, after and amid chosen answers; how many right."""
    keys = running.keys(MODULE)
    base, total = begin(visitor)
    given, right = {}, 0
    for number in range(1, total + 1):
        where = f"{base}/questions/{number}"
        page = visitor.get(where)
        key = keys.right(page.offered, page.words)
        chosen = key if chance.random() < 0.7 else wrong_of(key, page.offered)
        fields = page.fields(chosen)
        if number in kill_after and chance.random() < 0.5:
            visitor.post_and_hang_up(where, *fields)
            kill_and_start(running)
        visitor.post(where, *fields)
        if number in kill_after:
            kill_and_start(running)
        given[number] = set(fields)
        right += chosen == key
        assert visitor.get(where).chosen == given[number]
    assert {n: visitor.get(f"{base}/questions/{n}").chosen for n in given} == given
    return base, right, total


@pytest.mark.parametrize(
    "every",
    [pytest.param(True, marks=pytest.mark.faults, id="every"), pytest.param(False, id="some")],
)
def test_no_answer_is_lost_when_the_power_goes_between_any_two(running, amina, every):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    kill_after = range(1, 100) if every else set(chance.sample(range(1, 15), 4))

    base, right, total = take(running, amina, chance, kill_after)
    amina.get(f"{base}/review")
    outcome = amina.post(f"{base}/review")
    running.starts_with = Running.starts_with  # sets up what is missing: nothing is
    kill_and_start(running)

    assert f"You had {right} of {total} right" in outcome.words
    assert amina.get(base).words == outcome.words
    assert amina.get("/me").html.count(f'href="{base}"') == 1


def test_the_others_serve_when_a_web_worker_dies(running, amina):
    before = running.processes()
    workers = [n for n, name in before.items() if name == "quizbot web"]
    kill(workers[0], "quizbot web")

    until(lambda: workers[0] not in running.processes(), 60, "its end")
    for _ in range(20):
        assert as_a_browser_does(amina.get, "/me").title.startswith("My record")
    until(lambda: len(running.processes()) == len(before), 60, "another web worker")
    assert amina.get("/me").title.startswith("My record")


def as_a_browser_does(get, path):
    """Ask once more where the connection was one that waited for the worker that died."""
    try:
        return get(path)
    except HTTPError:
        raise
    except OSError:
        return get(path)


def test_a_code_comes_although_the_worker_that_mails_it_died(running):
    worker = next(n for n, name in running.processes().items() if name == "quizbot work")
    kill(worker, "quizbot work")
    visitor = Visitor(running)
    visitor.get("/sign-in")
    visitor.post("/sign-in", ("email", AMINA))

    until(lambda: running.codes(AMINA), 60, "the code")


def test_a_stop_leaves_nothing_behind(running, amina):
    base, _ = begin(amina)
    main = running.main

    main.terminate()
    code = main.wait(60)
    until(lambda: not running.processes(), 60, "the end of every process")

    assert code == 0
    assert "refused to gracefully stop" not in running.log.read_text()  # nobody had to be killed
    assert is_free(running.port)
    running.start()
    assert amina.get(base).path == f"{base}/questions/1"


@pytest.mark.faults
def test_a_worker_that_hangs_does_not_outlive_the_service(running):
    worker = next(n for n, name in running.processes().items() if name == "quizbot work")
    os.kill(worker, signal.SIGSTOP)

    running.main.terminate()
    code = running.main.wait(60)

    assert code == 0
    assert running.processes() == {}


ENDS_AMID_ITS_WAIT = """
import os, signal, threading
from quizbot.work import stop_by_signal

stop = threading.Event()
stop_by_signal(stop)
with stop._cond:  # as amid stop.wait()
    os.kill(os.getpid(), signal.SIGTERM)
print("told" if stop.wait(30) else "not told")
"""


def test_a_worker_is_ended_whatever_it_does_when_the_signal_comes():
    done = subprocess.run(
        [sys.executable, "-c", ENDS_AMID_ITS_WAIT],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == "told\n"


def test_a_service_that_does_not_come_to_serve_in_time_is_not_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tools.running.PATIENCE", -1.0)
    running = Running(tmp_path)

    with pytest.raises(TimeoutError):
        running.start()

    assert running.processes() == {}


def test_nothing_holds_the_port_when_the_first_process_is_killed(running):
    running.main.kill()
    running.main.wait(60)

    until(lambda: not running.processes(), 60, "the end of every process")
    assert is_free(running.port)


def is_free(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_the_whole_service_is_small(tmp_path, set_up_in):
    with served(set_up_in(Running(tmp_path))) as running:
        amina = Visitor(running)
        amina.sign_in(AMINA)
        base, total = begin(amina)
        for number in range(1, total + 1):
            amina.get(f"{base}/questions/{number}")

        memory = running.memory()

    print(f"start to first page {running.took:.2f} s, memory {memory:.0f} MB")
    assert memory < 200
