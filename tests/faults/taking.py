"""People who take a whole questionnaire whatever happens to the service, and note what was kept."""

import contextlib
import http.client
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from urllib.error import HTTPError

from sqlalchemy import func, select

from quizbot.config import Settings
from quizbot.rules.pick import Mode
from quizbot.service import open_service
from quizbot.signin.codes import CODES_AN_HOUR
from quizbot.store.tables import answer, attempt, attempt_objective, notice, person
from tools.cluster.cluster import Cluster
from tools.running import Keys, Running, wrong_of
from tools.visitor import Visitor
from tools.waiting import until

MODULE = "referrals"
PATIENCE = 240.0  # seconds in which somebody tries to get a page through
A_MAIL_TAKES = 40.0  # seconds after which somebody asks for another code
GONE = (OSError, http.client.HTTPException)


class Refused(Exception):
    """A page that sending once more does not help."""


@dataclass
class Taking:
    """Somebody who takes a whole questionnaire, whatever happens to the service."""

    running: Running | Cluster
    keys: Keys
    number: int
    kept: dict[int, bool] = field(default_factory=dict)  # acknowledged: whether right, by question
    kept_at: list[float] = field(default_factory=list)  # when, by the clock that only goes on
    failed: Counter[str] = field(default_factory=Counter)  # what else was answered, by its kind
    broken: list[str] = field(default_factory=list)  # each 500 as it came: whose words are they?
    base: str = ""
    told: str = ""

    @property
    def tries(self):
        """How often a page was sent once more."""
        return sum(self.failed.values())

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
            self.think()
            where = f"{self.base}/questions/{n}"
            page = self.through(lambda where=where: visitor.get(where))
            key = self.keys.right(page.offered, page.words)
            chosen = key if chance.random() < 0.9 else wrong_of(key, page.offered)
            fields = page.fields(chosen)
            self.through(lambda where=where, fields=fields: visitor.post(where, *fields))
            self.kept[n] = chosen == key
            self.kept_at.append(time.monotonic())
        self.through(lambda: visitor.get(f"{self.base}/review"))
        outcome = self.through(lambda: self.hand_in(visitor))
        self.told = outcome.words

    def think(self):
        """Before each question: not at all, here."""

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
                self.failed[str(error.code)] += 1
                if error.code == 500:
                    self.broken.append(f"{error.url}: {dict(error.headers)} {words_of(error)}")
                if error.code < 500 or time.monotonic() > until_when:
                    raise Refused(f"{error.code} at {error.url}: {words_of(error)}") from None
            except (*GONE, TimeoutError) as error:
                self.failed[type(error).__name__] += 1
                if time.monotonic() > until_when:
                    raise
            threading.Event().wait(0.05)


def words_of(error):
    """What a page says that came in place of the one asked for, if it came whole."""
    try:
        return re.sub(r"<[^>]+>|\s+", " ", error.read().decode())[:2000]
    except GONE:
        return "(cut off)"


@dataclass
class Takers:
    """People who take one questionnaire after another, each in a thread, until they are stopped."""

    running: Running | Cluster
    keys: Keys
    numbers: Iterator[int]
    at_once: int
    begun: list[Taking] = field(default_factory=list)
    troubles: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self):
        self.stop = threading.Event()
        takers = range(self.at_once)
        self.threads = [threading.Thread(target=self._take_on, daemon=True) for _ in takers]

    def start(self):
        """Let all of them begin."""
        for thread in self.threads:
            thread.start()

    def kept(self):
        """How many answers were acknowledged."""
        return sum(len(taking.kept) for taking in list(self.begun))

    def _take_on(self):
        while not self.stop.is_set():
            taking = Taking(self.running, self.keys, next(self.numbers))
            self.begun.append(taking)
            try:
                taking.run()
            except BaseException as error:  # noqa: BLE001  (told at the end)
                self.troubles.append((taking.email, repr(error)))
                return


def opened(running):
    """The service on the database of what runs, for one that only reads."""
    return open_service(
        Settings(
            _env_file=None, database_url=url_of(running), secret_key="only reads, signs nothing" * 2
        )
    )


def url_of(running):
    """Where its database is."""
    if isinstance(running, Cluster):
        return running.database_url()
    url = running.environment.get("QUIZBOT_DATABASE_URL")
    return url or f"sqlite:///{running.folder / 'var' / 'quizbot.db'}"


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


def lost_of(running, done):
    """How many acknowledged answers the database has not, or has otherwise."""
    service, lost = opened(running), 0
    with service.database.reading() as connection:
        for taking in done:
            rows = connection.execute(
                select(answer.c.number, answer.c.is_right)
                .join(attempt, attempt.c.id == answer.c.attempt_id)
                .join(person, person.c.id == attempt.c.person_id)
                .where(person.c.email == taking.email, attempt.c.mode == Mode.ASSURED.value)
            ).all()
            there = {one.number: bool(one.is_right) for one in rows}
            lost += sum(there.get(number) != right for number, right in taking.kept.items())
    service.close()
    return lost
