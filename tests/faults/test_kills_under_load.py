"""Processes are killed at random while many people answer: what was acknowledged is there, once.

The parts are started again as systemd would. Who is in the middle of a page sends it once more, as
a person does who reads that something went wrong. KILLS=20 in the environment makes the many few.
"""

import contextlib
import os
import random
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.faults.kills import kill, note
from tests.faults.taking import PATIENCE, Takers, check, keys_of
from tools import postgres
from tools.running import Running
from tools.waiting import until

SOME = 3
MANY = int(os.environ.get("KILLS", "200"))


@dataclass
class Killer:
    """Kills one process after the other, and starts again what does not come by itself."""

    running: Running
    chance: random.Random
    server: postgres.Server | None

    def strike(self):
        """Whether something was there to be killed."""
        luck = self.chance.random()
        if self.running.main.poll() is not None:  # granian gives up where a worker dies too often
            self.running.kill()
            self.running.start()
        if self.server and luck < 0.08:
            self.server.kill()
            note("PostgreSQL")
            self.server.start()
            return True
        if luck < 0.16:
            note("quizbot serve")
            self.running.kill()
            self.running.start()
            return True
        if self.server and luck < 0.4:
            return self._one_of(self._backends(), "PostgreSQL's backend")
        name = "quizbot web" if luck < 0.75 else "quizbot work"
        found = [n for n, what in self.running.processes().items() if what == name]
        return self._one_of(found, name)

    def _one_of(self, numbers, what):
        return bool(numbers) and kill(self.chance.choice(numbers), what)

    def _backends(self):
        """What serves our connections; PostgreSQL takes the death of one as a crash of all."""
        found = []
        for number in self.server.children():
            with contextlib.suppress(OSError):
                if f"{postgres.USER} postgres" in Path(f"/proc/{number}/cmdline").read_text():
                    found.append(number)
        return found


@pytest.mark.parametrize(
    ("kind", "kills", "at_once"),
    [
        pytest.param("sqlite", SOME, 2, id="sqlite-some"),
        pytest.param("sqlite", MANY, 6, id="sqlite-many", marks=pytest.mark.faults),
        pytest.param("postgresql", SOME, 2, id="postgresql-some", marks=pytest.mark.postgres),
        pytest.param("postgresql", MANY, 6, id="postgresql-many", marks=pytest.mark.faults),
    ],
)
def test_nothing_acknowledged_is_lost_or_doubled_by_kills(
    tmp_path, set_up_in, kind, kills, at_once
):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance, people = random.Random(seed), at_once + 10 * kills
    with ExitStack() as stack:
        running, server = set_up_in(Running(tmp_path, loaded=True)), None
        if kind == "postgresql":
            server = stack.enter_context(postgres.serving(flushed=True))
            running.environment["QUIZBOT_DATABASE_URL"] = server.url.replace("+psycopg", "")
            running.starts_with = Running.starts_with
        running.start()
        stack.callback(running.kill)
        running.starts_with = ("serve",)  # as it is started again: all is set up
        running.add_people("".join(
            f"M{n},Person {n},p{n}@northmoor.example,Northmoor/Council,Worker,2026-01-05,\n"
            for n in range(people)
        ))  # fmt: skip
        takers = Takers(running, keys_of(running), iter(range(people)), at_once)
        begun, troubles = takers.begun, takers.troubles
        takers.start()
        killer = Killer(running, chance, server)
        until(lambda: troubles or any(taking.kept for taking in begun), PATIENCE, "an answer")
        killed = 0
        while killed < kills and not troubles:
            threading.Event().wait(chance.random() * 1.2)
            killed += killer.strike()
        takers.stop.set()
        for thread in takers.threads:
            until(partial(revived, running, thread), 300, "the end of what was begun")

        again = sum(taking.tries for taking in begun)
        print(f"{len(begun)} questionnaires, {again} pages sent once more")
        assert troubles == []
        assert len(begun) >= at_once
        check(running, begun)


def revived(running, thread):
    """Whether somebody is done, while the service is kept alive as systemd would."""
    if running.main.poll() is not None:
        running.kill()
        running.start()
    thread.join(0.2)
    return not thread.is_alive()
