"""Processes are killed at random while many people answer: what was acknowledged is there, once.

The parts are started again as systemd would. Who is in the middle of a page sends it once more, as
a person does who reads that something went wrong. KILLS=20 in the environment makes the many few.
"""

import contextlib
import http.client
import os
import random
import re
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.error import HTTPError

import pytest
from sqlalchemy import func, select

from quizbot.config import Settings
from quizbot.rules.pick import Mode
from quizbot.service import open_service
from quizbot.signin.codes import CODES_AN_HOUR
from quizbot.store.tables import answer, attempt, attempt_objective, notice, person
from tests.faults.kills import kill, note
from tools import postgres
from tools.running import Keys, Running, wrong_of
from tools.visitor import Visitor
from tools.waiting import until

MODULE = "referrals"
SOME = 3
MANY = int(os.environ.get("KILLS", "200"))
PATIENCE = 240.0  # seconds in which somebody tries to get a page through
A_MAIL_TAKES = 40.0  # seconds after which somebody asks for another code
GONE = (OSError, http.client.HTTPException)


class Refused(Exception):
    """A page that sending once more does not help."""


@dataclass
class Taking:
    """Somebody who takes a whole questionnaire, whatever happens to the service."""

    running: Running
    keys: Keys
    number: int
    kept: dict[int, bool] = field(default_factory=dict)  # acknowledged: whether right, by question
    base: str = ""
    told: str = ""
    tries: int = 0

    @property
    def email(self):
        return f"p{self.number}@northmoor.example"

    def run(self):
        chance = random.Random(self.number)
        visitor = Visitor(self.running)
        self.sign_in(visitor)
        page = self.through(lambda: self.begin(visitor))
        self.base = page.path.removesuffix("/questions/1")
        total = int(re.search(r"uestion 1 of (\d+)", page.title).group(1))
        for n in range(1, total + 1):
            where = f"{self.base}/questions/{n}"
            page = self.through(lambda where=where: visitor.get(where))
            key = self.keys.right(page.offered, page.words)
            chosen = key if chance.random() < 0.9 else wrong_of(key, page.offered)
            fields = page.fields(chosen)
            self.through(lambda where=where, fields=fields: visitor.post(where, *fields))
            self.kept[n] = chosen == key
        self.through(lambda: visitor.get(f"{self.base}/review"))
        outcome = self.through(lambda: self.hand_in(visitor))
        self.told = outcome.words

    def sign_in(self, visitor):
        """By a code; where none comes, or it was used and its page was lost, by another.

        A code whose worker was killed while it sent it may have gone, so it is not sent again.
        """
        tried: set[str] = set()
        for _ in range(CODES_AN_HOUR):
            self.through(lambda: visitor.get("/sign-in"))
            self.through(lambda: self.ask_for_code(visitor))
            with contextlib.suppress(TimeoutError):
                while True:
                    code = self.untried(tried)
                    tried.add(code)
                    with contextlib.suppress(Refused):
                        self.through(partial(visitor.post, "/sign-in/code", ("code", code)))
                        return
        raise Refused(f"{len(tried)} codes came, and none let in")

    def ask_for_code(self, visitor):
        """Once the form is taken a page that is lost is only loaded again, as in a browser."""
        before = {cookie.name: cookie.value for cookie in visitor.jar}
        try:
            visitor.post("/sign-in", ("email", self.email))
        except (*GONE, HTTPError):
            if before == {cookie.name: cookie.value for cookie in visitor.jar}:
                raise

    def untried(self, tried):
        """The newest code that came and was not entered yet."""

        def found():
            return [code for code in self.running.codes(self.email) if code not in tried]

        until(found, A_MAIL_TAKES, f"another code for {self.email}")
        return found()[-1]

    def begin(self, visitor):
        visitor.get(f"/modules/{MODULE}")
        return visitor.post(f"/modules/{MODULE}/attempts", ("mode", "assured"))

    def hand_in(self, visitor):
        try:
            return visitor.post(f"{self.base}/review")
        except HTTPError as error:
            if error.code != 409:  # it was handed in, and the answer was lost
                raise
            return visitor.get(self.base)

    def through(self, ask):
        """Ask again until it is answered."""
        until_when = time.monotonic() + PATIENCE
        while True:
            try:
                return ask()
            except HTTPError as error:
                if error.code < 500 or time.monotonic() > until_when:
                    words = re.sub(r"<[^>]+>|\s+", " ", error.read().decode())
                    raise Refused(f"{error.code} at {error.url}: {words[:2000]}") from None
            except (*GONE, TimeoutError):
                if time.monotonic() > until_when:
                    raise
            self.tries += 1
            threading.Event().wait(0.05)


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
def test_nothing_acknowledged_is_lost_or_doubled_by_kills(tmp_path, kind, kills, at_once):
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance, people = random.Random(seed), at_once + 10 * kills
    with ExitStack() as stack:
        running, server = Running(tmp_path), None
        if kind == "postgresql":
            server = stack.enter_context(postgres.serving(flushed=True))
            running.environment["QUIZBOT_DATABASE_URL"] = server.url.replace("+psycopg", "")
        running.start()
        stack.callback(running.kill)
        running.starts_with = ("serve",)  # as it is started again: all is set up
        running.add_people("".join(
            f"M{n},Person {n},p{n}@northmoor.example,Northmoor/Council,Worker,2026-01-05,\n"
            for n in range(people)
        ))  # fmt: skip
        begun, troubles, stop = [], [], threading.Event()
        numbers = iter(range(people))
        keys = keys_of(running)

        def take_on():
            while not stop.is_set():
                taking = Taking(running, keys, next(numbers))
                begun.append(taking)
                try:
                    taking.run()
                except BaseException as error:  # noqa: BLE001  (told at the end)
                    troubles.append((taking.email, repr(error)))
                    return

        load = [threading.Thread(target=take_on, daemon=True) for _ in range(at_once)]
        for thread in load:
            thread.start()
        killer = Killer(running, chance, server)
        until(lambda: troubles or any(taking.kept for taking in begun), PATIENCE, "an answer")
        killed = 0
        while killed < kills and not troubles:
            threading.Event().wait(chance.random() * 1.2)
            killed += killer.strike()
        stop.set()
        for thread in load:
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


def opened(running):
    url = running.environment.get("QUIZBOT_DATABASE_URL")
    url = url or f"sqlite:///{running.folder / 'var' / 'quizbot.db'}"
    return open_service(
        Settings(_env_file=None, database_url=url, secret_key="only reads, signs nothing" * 2)
    )


def keys_of(running):
    service = opened(running)
    found = Keys(service.editions.current(MODULE).module.asked)
    service.close()
    return found


def check(running, done):
    """Each acknowledged answer is there, each attempt counted once, the trail whole."""
    service = opened(running)
    with service.database.reading() as connection:
        for taking in done:
            of_them = connection.execute(
                select(attempt).join(person, person.c.id == attempt.c.person_id)
                .where(person.c.email == taking.email, attempt.c.mode == Mode.ASSURED.value)
            ).all()  # fmt: skip
            (row,) = [one for one in of_them if taking.base.endswith(str(one.id))]
            assert len(of_them) == 1
            replies = connection.execute(
                select(answer.c.number, answer.c.is_right).where(answer.c.attempt_id == row.id)
            ).all()
            assert {one.number: bool(one.is_right) for one in replies} == taking.kept
            right = sum(taking.kept.values())
            assert row.submitted_at is not None
            assert f"You had {right} of {len(replies)} right" in taking.told
            counted = connection.execute(
                select(
                    func.sum(attempt_objective.c.asked), func.sum(attempt_objective.c.right_count)
                ).where(attempt_objective.c.attempt_id == row.id)
            ).one()
            assert tuple(counted) == (len(replies), right)
        stuck = connection.execute(
            select(func.count()).select_from(notice).where(notice.c.state == "sending")
        ).scalar_one()
    assert stuck <= 1
    service.audit.verify()
    service.close()
