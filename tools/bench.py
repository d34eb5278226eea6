"""Speed and memory of one build, measured from outside: a part of `make bench`.

It knows a build by its commands, its settings, `web.create_app()` and HTTP, so it measures an old
one too, run by that build's Python: `OLD/.venv/bin/python -P tools/bench.py --json`. Compare the
ratios of one run, not two runs' times.
"""

import argparse
import gzip
import io
import json
import os
import platform
import re
import selectors
import signal
import socket
import sqlite3
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from email import message_from_bytes
from email.policy import default
from functools import cached_property
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from quizbot.words import how_many

MODULE = "referrals"
COOKIE = "knowledge"
LETTERS = "abcdefgh"
LOOKED_INTO = 8  # people at once of whose loop is told what spends the processor
PATIENCE = 180.0  # seconds that a busy machine may take


@dataclass(frozen=True)
class Setting:
    """How long and how much is measured."""

    rounds: int = 15
    round_lasts: float = 0.02  # seconds of a page's calls in one round
    teams: tuple[int, int] = (12, 400)
    whole: int = 12  # people who go all the way in process; the first warms up
    traced: int = 5  # of them, whose statements are counted, which costs time, so they have none
    at_once: tuple[int, ...] = (1, 8, 32, 128)
    seconds: float = 5.0  # of each loop
    clickers: int = 1500  # people for the loops; each may begin twice
    module: str = ""  # the one module that the rule is over, unless it is over all


TINY = Setting(
    rounds=2,
    round_lasts=0.001,
    teams=(2, 4),
    whole=3,
    traced=1,
    at_once=(1, 4),
    seconds=0.3,
    clickers=60,
    module=MODULE,
)


@dataclass(frozen=True)
class Measure:
    """One thing that was measured; a page's time also in Flask's hellos of the same rounds."""

    name: str
    value: float
    unit: str
    hellos: float | None = None

    def __str__(self) -> str:
        return f"{self.name:<44}{told(self.value, self.unit, self.hellos):>24}"


def told(value: float, unit: str, hellos: float | None = None) -> str:
    """A value with its unit, no more exact than it is."""
    number = f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
    return f"{number} {unit}".rstrip() + (f" ({hellos:.3g} ×)" if hellos else "")


def percentile(times: list[float], part: float) -> float:
    """The time that this part of all did not exceed."""
    ordered = sorted(times)
    return ordered[max(0, -int(-len(ordered) * part // 1) - 1)]


def main() -> None:
    """Measure the build whose Python this is, and print it."""
    wanted = argparse.ArgumentParser(description="Measure the build whose Python runs this.")
    wanted.add_argument("--json", action="store_true", help="print JSON in place of a table")
    wanted.add_argument(
        "--in-turn",
        action="store_true",
        help="a line of JSON for each measure, and each only after a line of input",
    )
    wanted.add_argument("--tiny", action="store_true", help="only whether measuring works")
    wanted.add_argument("--loaded", action="store_true", help="commands not measured start sooner")
    wanted.add_argument("--postgres", default="", metavar="URL", help="a server to measure on too")
    wanted.add_argument("--leave", metavar="FILE", help="measure nothing: a small database, as SQL")
    given = wanted.parse_args()
    setting = TINY if given.tiny else Setting()
    with tempfile.TemporaryDirectory(prefix="knowledge-bench-") as name:
        os.chdir(name)
        if given.leave:
            leave(Path(name), Path(given.leave))
            return
        about = circumstances(Path(name))
        runs = anew
        if given.loaded:
            from tools.loaded import run as runs
        measures = measured(Path(name), setting, given.postgres, runs)
        if given.in_turn:
            step(about, measures)
            return
        if not given.json:
            print(about + "\n", flush=True)
        found = []
        for measure in measures:
            found.append(measure)
            if not given.json:
                print(measure, flush=True)
    if given.json:
        print(json.dumps({"about": about, "measures": [asdict(measure) for measure in found]}))


def step(about: str, measures: Iterator[Measure]) -> None:
    """Measure one thing for each line of input, so that another build has its turn between."""
    print(json.dumps(about), flush=True)
    for _ in sys.stdin:
        measure = next(measures, None)
        print(json.dumps(asdict(measure) if measure else None), flush=True)
        if measure is None:
            return


def measured(folder: Path, setting: Setting, postgres: str, runs: "Runs") -> Iterator[Measure]:
    """Everything, in process and through the server."""
    lite = Build(folder / "sqlite", f"sqlite:///{folder}/sqlite/quizbot.db", runs=runs)
    lite.make_ready(setting)
    statements = Statements()
    app = application(lite)
    with lite.running("work"):
        yield from whole(app, lite, setting, statements)
    yield from pages(app, lite, setting)
    yield from through_server(app, lite, setting, "SQLite")
    if postgres:
        with database(postgres) as url:
            large = Build(folder / "postgres", url, runs=runs)
            large.make_ready(setting)
            yield from through_server(app, large, setting, "PostgreSQL")


def leave(folder: Path, file: Path) -> None:
    """A small database of this build, in which a few people have done what people do.

    What is published beside the one module is left out: it is most of it, and nobody was asked it.
    """
    lite = Build(folder / "sqlite", f"sqlite:///{folder}/sqlite/quizbot.db", may_lack=True)
    lite.make_ready(Setting(teams=(2, 3), whole=1, clickers=2, module=MODULE))
    app = application(lite)
    with lite.running("work"):
        email = address("W0")
        Browser(app).go(from_sign_in(email, lambda: until(lambda: lite.code(email), "the code")))
    Browser(app, signed_in(app, lite, "T2-0")).go(questionnaire())
    on = Browser(app, signed_in(app, lite, "T3-1"))
    page = begin(on)
    on.go(seen(page.filled(**page.replies)))
    lite.command("work", "--once")
    with closing(sqlite3.connect(f"{lite.folder}/quizbot.db")) as made:
        made.execute("PRAGMA foreign_keys = ON")
        made.execute("DELETE FROM publication WHERE module <> ?", (MODULE,))
        made.execute("DELETE FROM edition WHERE module <> ?", (MODULE,))
        with suppress(sqlite3.OperationalError):  # a build that keeps no texts apart
            made.execute(
                "DELETE FROM bank_text WHERE content_fingerprint NOT IN"
                " (SELECT content_fingerprint FROM edition)"
            )
        made.commit()
        file.write_text("\n".join(made.iterdump()) + "\n", encoding="utf-8")


# ---- the circumstances -------------------------------------------------------------------------


def circumstances(folder: Path) -> str:
    """Which build and Python, when and where, and what a flush takes here: what durable costs."""
    arguments = sysconfig.get_config_var("CONFIG_ARGS") or ""
    # A distribution's own is optimised: Debian's only does not tell so.
    is_optimised = sys.base_prefix == "/usr" or "--enable-optimizations" in arguments
    how = "optimised" if is_optimised else "not optimised"
    return (
        f"{date.today()}, {platform.machine()}, {how_many(os.cpu_count() or 1, 'core')},"  # noqa: DTZ011  (the day here)
        f" Python {platform.python_version()} ({how}; {sys.executable}),"
        f" one flush to disk {flush_time(folder):.0f} µs"
    )


def flush_time(folder: Path) -> float:
    """How long this disk takes to acknowledge a flush, in µs."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        times = []
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return median(times) * 1e6


def until(holds: Callable[[], Any], what: str) -> Any:
    """What comes at last; TimeoutError naming it if it does not."""
    end = time.monotonic() + PATIENCE
    while not (found := holds()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {PATIENCE:g} seconds")
        time.sleep(0.005)
    return found


# ---- a build with its people, by its commands --------------------------------------------------


class Runs(Protocol):
    """Runs `quizbot` with these words."""

    def __call__(
        self, words: Sequence[str], *, cwd: Path, env: Mapping[str, str]
    ) -> "subprocess.CompletedProcess[str]": ...


def anew(
    words: Sequence[str], *, cwd: Path, env: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """A command as in use, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "quizbot.cli", *words],
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass
class Build:
    """The build under measure, on one database, with mail and people files in a folder."""

    folder: Path
    url: str
    people: dict[str, str] = field(default_factory=dict)  # who by address, as a session says it
    may_lack: bool = False  # whether a command that it has not yet is left out
    runs: Runs = anew

    @cached_property
    def environment(self) -> dict[str, str]:
        """The settings of every command and of the application in this process."""
        outside = {k: v for k, v in os.environ.items() if not k.startswith("QUIZBOT_")}
        # As in use: a build's modules are compiled once, and not in every start.
        outside.pop("PYTHONDONTWRITEBYTECODE", None)
        return outside | {
            "QUIZBOT_DATABASE_URL": self.url,
            "QUIZBOT_SECRET_KEY": "only for measuring, thrown away afterwards",
            "QUIZBOT_MAIL_URL": f"file:{self.folder}/mail",
            "QUIZBOT_QUIET_HOURS": "none",
            "QUIZBOT_QUIET_DAYS": "none",
        }

    def command(self, *words: str) -> None:
        """Run one of the build's commands; RuntimeError with what it said where it fails."""
        done = self.runs(words, cwd=self.folder, env=self.environment)
        if done.returncode and not (self.may_lack and "No such command" in done.stderr):
            raise RuntimeError(f"quizbot {' '.join(words)}: {done.stdout}{done.stderr}")

    def make_tables(self) -> None:
        """Tables, with the shipped banks."""
        self.folder.mkdir()
        self.command("db", "upgrade")
        self.command("banks", "publish")

    def make_ready(self, setting: Setting) -> None:
        """Two teams with a rule over all modules, people for the loops, and a night."""
        self.make_tables()
        lines = ["staff_ref,name,email,unit,job,started_on,manager"]
        for team in setting.teams:
            lines.append(line_of(f"M{team}", f"Bench/Rules/Team {team}"))
            lines += [
                line_of(f"T{team}-{n}", f"Bench/Rules/Team {team}", f"M{team}") for n in range(team)
            ]
        lines += [line_of(f"W{n}", "Bench/Whole") for n in range(setting.whole)]
        lines += [line_of(f"C{n}", "Bench/Clicks") for n in range(setting.clickers)]
        (self.folder / "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.command("people", "import", "people.csv", "--make-units")
        published = sorted(self.rows("SELECT DISTINCT module FROM edition"))
        if setting.module:
            published = [(setting.module,)]
        (self.folder / "rules.toml").write_text(
            '[[requirement]]\nunit = "Bench/Rules"\nreason = "To be measured."\n'
            f"modules = {json.dumps([module for (module,) in published])}\n"
            "within_months = 6\nevery_months = 36\nwindow_days = 90\ngrace_days = 28\n"
            "in_force_from = 2025-01-01\n"
        )
        self.command("requirements", "apply", "rules.toml")
        self.command("work", "--once")
        self.people = {
            str(email): str(UUID(str(number)))
            for email, number in self.rows("SELECT email, id FROM person WHERE email IS NOT NULL")
        }

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says of the little that no command tells."""
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as connection:
                return connection.execute(query).fetchall()
        import psycopg

        with psycopg.connect(self.url.replace("+psycopg", "")) as connected:
            return connected.execute(query.encode()).fetchall()

    @contextmanager
    def running(self, *words: str) -> Iterator[int]:
        """A command that runs on, ended with all that it started; its process group."""
        log = self.folder / f"{words[0]}.log"
        with log.open("ab") as written:
            process = subprocess.Popen(
                [sys.executable, "-m", "quizbot.cli", *words],
                env=self.environment,
                cwd=self.folder,
                stdout=written,
                stderr=written,
                start_new_session=True,
            )
        try:
            yield process.pid
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(60)

    def code(self, email: str) -> str:
        """The newest code that was mailed to an address; nothing while there is none."""
        mails = sorted(self.folder.glob("mail/*.eml"), key=lambda file: file.stat().st_mtime_ns)
        for mail in reversed(mails):
            message = message_from_bytes(mail.read_bytes(), policy=default)
            if email in str(message["To"]) and (
                code := re.match(r"\d{6}", str(message["Subject"]))
            ):
                return code[0]
        return ""


def address(staff_ref: str) -> str:
    """Somebody's address."""
    return f"{staff_ref.lower()}@bench.example"


def line_of(staff_ref: str, unit: str, manager: str = "") -> str:
    """A line of the people file."""
    return f"{staff_ref},Person {staff_ref},{address(staff_ref)},{unit},Worker,2024-01-01,{manager}"


def application(build: Build) -> Flask:
    """The build's application in this process."""
    os.environ.update(build.environment)
    from web import create_app

    return create_app()


@contextmanager
def database(server: str) -> Iterator[str]:
    """The address of a fresh database on a PostgreSQL server, dropped afterwards."""
    import psycopg

    name = f"bench_{os.urandom(4).hex()}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield re.sub(r"/postgres\b", f"/{name}", server, count=1)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


# ---- what people do, wherever the answers come from --------------------------------------------


@dataclass(frozen=True)
class Ask:
    """A request: a page, or a form with its fields."""

    path: str
    form: dict[str, str] | None = None


@dataclass
class Answer:
    """What came of it."""

    path: str
    status: int
    headers: dict[str, str]
    body: bytes

    @cached_property
    def page(self) -> str:
        """The page's text, unpacked."""
        is_packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if is_packed else self.body).decode()

    @property
    def cookie(self) -> str:
        """The cookie that it sets, as a browser sends it back."""
        value = self.headers.get("set-cookie", "")
        return value.partition(";")[0] if value.startswith(f"{COOKIE}=") else ""

    def filled(self, path: str = "", **fields: str) -> Ask:
        """This page's form, with these fields."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        if token is None:
            raise RuntimeError(f"{self.path} has no form:\n{self.page[:2000]}")
        return Ask(path or self.path, {**fields, "csrf_token": token[1]})

    @property
    def replies(self) -> dict[str, str]:
        """Something for each field of a question: one, or a menu each."""
        names = dict.fromkeys(re.findall(r'name="(reply[^"]*)"', self.page))
        return dict(zip(names, LETTERS, strict=False))


Way = Generator[Ask, Answer, Answer]


def seen(ask: Ask) -> Way:
    """Ask, and go where that leads, as a browser does."""
    answer = yield ask
    while location := answer.headers.get("location"):
        answer = yield Ask(re.sub(r"^https?://[^/]+", "", location))
    return answer


def questionnaire() -> Way:
    """From a module's page to the outcome, whatever stands first chosen everywhere."""
    page = yield from seen(Ask(f"/modules/{MODULE}"))
    page = yield from seen(page.filled(f"/modules/{MODULE}/attempts", mode="assured"))
    while replies := page.replies:
        page = yield from seen(page.filled(**replies))
    outcome = yield from seen(page.filled())
    if "You had" not in outcome.page:
        raise RuntimeError(f"{outcome.path} is no outcome:\n{outcome.page[:2000]}")
    return outcome


def from_sign_in(email: str, code: Callable[[], str]) -> Way:
    """The same, from the sign-in page on, by the code that is mailed."""
    page = yield from seen(Ask("/sign-in"))
    page = yield from seen(page.filled(email=email))
    yield from seen(page.filled(code=code()))
    return (yield from questionnaire())


# ---- in process --------------------------------------------------------------------------------


class Statements:
    """Counts what every SQLite connection of this process does, while it is told to.

    SQLite tells of each run: a statement over many rows counts as often as there are rows.
    """

    def __init__(self) -> None:
        self.count = 0
        self.bounds = 0  # where transactions begin and end
        self._is_counting = False
        self._connections: list[sqlite3.Connection] = []
        connect = sqlite3.connect

        def connected(*given: Any, **named: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*given, **named)
            self._connections.append(connection)
            if self._is_counting:
                connection.set_trace_callback(self._one)
            return connection

        sqlite3.connect = sqlite3.dbapi2.connect = connected  # type: ignore[assignment]

    def _one(self, statement: str) -> None:
        first = statement.split(None, 1)[0].upper()
        if first in ("BEGIN", "COMMIT", "ROLLBACK"):
            self.bounds += 1
        elif first != "PRAGMA" and not first.startswith("--"):  # a trigger's are told as remarks
            self.count += 1

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count in here, from nought; elsewhere it costs nothing."""
        self.count = self.bounds = 0
        self._trace(self._one)
        try:
            yield
        finally:
            self._trace(None)

    def _trace(self, callback: Callable[[str], None] | None) -> None:
        self._is_counting = callback is not None
        for connection in self._connections:
            with suppress(sqlite3.ProgrammingError):  # it is closed
                connection.set_trace_callback(callback)


@dataclass
class Browser:
    """A browser without a network, who asks the application; `spent` is the CPU of the answers."""

    app: Flask
    cookie: str = ""
    spent: float = 0.0
    asked: int = 0

    def ask(self, ask: Ask) -> Answer:
        """What the application answers, packed as every browser asks for it."""
        environ = environ_of(ask, self.cookie, packed=True)
        began = time.process_time()
        answer = run(self.app, ask.path, environ)
        self.spent += time.process_time() - began
        self.asked += 1
        self.cookie = answer.cookie or self.cookie
        return answer

    def go(self, way: Way) -> Answer:
        """Go a way to its end; where that is."""
        ask = next(way)
        while True:
            answer = self.ask(ask)
            if answer.status not in (200, 303):
                raise RuntimeError(f"{ask.path}: {answer.status}\n{answer.page[:2000]}")
            try:
                ask = way.send(answer)
            except StopIteration as ended:
                end: Answer = ended.value
                return end


def environ_of(ask: Ask, cookie: str, *, packed: bool = False) -> dict[str, Any]:
    """A request as a server hands it on."""
    headers = {"Cookie": cookie} if cookie else {}
    if packed:
        headers["Accept-Encoding"] = "gzip"
    method = "GET" if ask.form is None else "POST"
    return EnvironBuilder(
        ask.path, method=method, data=ask.form, headers=Headers(headers)
    ).get_environ()


def run(app: Flask, path: str, environ: dict[str, Any]) -> Answer:
    """Run one request to its last byte."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: Any, _trouble: object = None) -> Callable[[bytes], object]:
        begun.append((status, headers))
        return io.BytesIO().write

    body = b"".join(app.wsgi_app(environ, start))
    status, headers = begun[-1]
    return Answer(path, int(status[:3]), {name.lower(): value for name, value in headers}, body)


def signed_in(app: Flask, build: Build, staff_ref: str) -> str:
    """The cookie of somebody's session, made by the application itself."""
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(p=build.people[address(staff_ref)], e=0)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    return f"{COOKIE}={cookie.value}"


def whole(app: Flask, build: Build, setting: Setting, statements: Statements) -> Iterator[Measure]:
    """One person's way from the sign-in page to the outcome, what mails the code apart."""
    spent, asked, counts, bounds = [], [], [], []
    for number in range(setting.whole):
        email = address(f"W{number}")
        browser = Browser(app)
        way = from_sign_in(
            email,
            lambda email=email: until(lambda: build.code(email), "the code"),  # type: ignore[misc]
        )
        if number >= setting.whole - setting.traced:
            with statements.counting():
                browser.go(way)
            counts.append(statements.count)
            bounds.append(statements.bounds)
        else:
            browser.go(way)
            spent.append(browser.spent)
        asked.append(browser.asked)
    yield Measure("whole questionnaire, sign-in to outcome", median(spent[1:]) * 1e3, "ms")
    yield Measure("its requests", median(asked), "")
    yield Measure("its SQL statements (SQLite)", median(counts), "")
    yield Measure("its BEGIN, COMMIT and ROLLBACK", median(bounds), "")


Call = Callable[[], None]


def pages(app: Flask, build: Build, setting: Setting) -> Iterator[Measure]:
    """Each page beside hello, in turn, so that a busy machine slows both alike."""
    small, large = setting.teams
    outcomes: list[tuple[str, str]] = []
    for number in range(small):
        taker = Browser(app, signed_in(app, build, f"T{small}-{number}"))
        outcomes.append((taker.go(questionnaire()).path, taker.cookie))
    for number in range(large // 10):
        Browser(app, signed_in(app, build, f"T{large}-{number}")).go(questionnaire())
    build.command("work", "--once")
    outcome, own = outcomes[0]
    manager, other = (Browser(app, signed_in(app, build, f"M{team}")) for team in (small, large))
    on = Browser(app, signed_in(app, build, f"T{large}-{large - 1}"))
    page = begin(on)
    while len(page.replies) != 1 or 'type="radio"' not in page.page:
        page = on.go(seen(page.filled(**page.replies)))
    review = page.path.partition("/questions/")[0] + "/review"
    calls = {
        "question page": getting(app, page.path, on.cookie),
        "question page, packed": getting(app, page.path, on.cookie, packed=True),
        "answer (POST, durable)": answering(app, page, on.cookie),
        "review": getting(app, review, on.cookie, packed=True),
        "outcome": getting(app, outcome, own, packed=True),
        "/me": getting(app, "/me", own, packed=True),
        f"/team of {small}": getting(app, "/team", manager.cookie, packed=True),
        f"/team of {large}": getting(app, "/team", other.cookie, packed=True),
        "first page": getting(app, "/", "", packed=True),
    }
    hello = getting(hello_app(), "/", "")
    for name, call in calls.items():
        yield beside(name, call, hello, setting)


def begin(browser: Browser) -> Answer:
    """The first question of an attempt that counts."""
    page = browser.go(seen(Ask(f"/modules/{MODULE}")))
    return browser.go(seen(page.filled(f"/modules/{MODULE}/attempts", mode="assured")))


def hello_app() -> Flask:
    """The least that Flask does."""
    app = Flask("hello")
    app.add_url_rule("/", "hello", lambda: "Hello")
    return app


def getting(app: Flask, path: str, cookie: str, *, packed: bool = False) -> Call:
    """A page, straight from the application."""
    environ = environ_of(Ask(path), cookie, packed=packed)
    return lambda: must(run(app, path, dict(environ)), 200)


def answering(app: Flask, page: Answer, cookie: str) -> Call:
    """An answer that is another one every time."""
    made = []
    for letter in LETTERS[:2]:
        environ = environ_of(page.filled(reply=letter), cookie)
        made.append((environ, environ["wsgi.input"].read()))
    turns = cycle(made)

    def call() -> None:
        environ, body = next(turns)
        must(run(app, page.path, {**environ, "wsgi.input": io.BytesIO(body)}), 303)

    return call


def must(answer: Answer, status: int) -> None:
    """Anything but the expected status is a failure."""
    if answer.status != status:
        raise RuntimeError(f"{answer.path}: {answer.status} in place of {status}")


def beside(name: str, call: Call, base: Call, setting: Setting) -> Measure:
    """The median over rounds of CPU time, and of its ratio to the base of the same round."""
    cpu(base, 20)
    cpu(call, 2)  # what the first one makes is kept
    often, base_often = (
        max(1, min(60, int(setting.round_lasts / cpu(one, 2)))) for one in (call, base)
    )
    times, ratios = [], []
    for _ in range(setting.rounds):
        base_time, call_time = cpu(base, base_often), cpu(call, often)
        times.append(call_time)
        ratios.append(call_time / base_time)
    return Measure(name, median(times) * 1e6, "µs", median(ratios))


def cpu(call: Call, times: int) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - began) / times


# ---- through the real server -------------------------------------------------------------------


def through_server(app: Flask, build: Build, setting: Setting, kind: str) -> Iterator[Measure]:
    """Closed loops of people who never pause, from a module's page to the outcome."""
    port = free_port()
    began = time.perf_counter()
    with build.running("serve", "--port", str(port)) as group:
        until(lambda: is_there(port), "the first page")
        took = time.perf_counter() - began
        cookies = [signed_in(app, build, f"C{number}") for number in range(setting.clickers)]
        waiting = iter(cookies * 2)  # who fails twice has to wait

        def cookie() -> str:
            try:
                return next(waiting)
            except StopIteration:
                raise RuntimeError("Everybody has begun twice: raise Setting.clickers.") from None

        length = max(Loop(port, cookie, 1).once() for _ in range(4))
        failed = 0
        for people in setting.at_once:
            loop = Loop(port, cookie, people)
            before = Spent.now(group)
            times = loop.clicks(setting.seconds, length)
            used = Spent.now(group).since(before)
            failed += loop.failed
            name = f"{kind}, {people} at once"
            if not times:
                raise RuntimeError(f"{name}: not a click came back in {setting.seconds:g} seconds")
            yield Measure(f"{name}: attempts", len(times) / length / setting.seconds, "a second")
            for part in (50, 95, 99):
                yield Measure(f"{name}: p{part}", percentile(times, part / 100) * 1e3, "ms")
            if people == LOOKED_INTO:
                attempts = len(times) / length
                for who, seconds in asdict(used).items():
                    what = f"{name}: CPU of an attempt, {who.replace('_', ' ')}"
                    yield Measure(what, seconds / attempts * 1e3, "ms")
                cores = sum(asdict(used).values()) / setting.seconds
                yield Measure(f"{name}: cores that were busy", cores, "")
        yield Measure(f"{kind}: clicks that failed", failed, "")
        yield Measure(f"{kind}: memory of the service", weight(group), "MB")
        yield Measure(f"{kind}: start to first page", took, "s")


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_there(port: int) -> bool:
    """Whether the first page comes."""
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as there:
            there.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return there.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


class Person:
    """Somebody in the loop, with one connection that is kept."""

    more = ""  # headers that a proxy adds

    def __init__(self, port: int, cookie: Callable[[], str]) -> None:
        self.port = port
        self.new_cookie = cookie
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.asked = 0
        self.begin()

    def begin(self) -> None:
        """Start a way as somebody new."""
        self.cookie, self.way = self.new_cookie(), questionnaire()
        self.ask = next(self.way)

    def send(self) -> None:
        """Send what is to be asked next."""
        body = b"" if self.ask.form is None else urlencode(self.ask.form).encode()
        sent = (
            f"{'GET' if self.ask.form is None else 'POST'} {self.ask.path} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self.port}\r\nCookie: {self.cookie}\r\nAccept-Encoding: gzip\r\n"
            f"{self.more}"
        )
        if self.ask.form is not None:
            sent += (
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\n"
            )
        self.got = b""
        self.began = time.perf_counter()
        self.socket.sendall(f"{sent}\r\n".encode() + body)

    def receive(self) -> Answer | None:
        """Take what has come; the answer once it is whole."""
        some = self.socket.recv(262144)
        if not some:
            raise RuntimeError(f"The server hung up on {self.ask.path}")
        self.got += some
        head, end, body = self.got.partition(b"\r\n\r\n")
        if not end:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        if len(body) < int(headers["content-length"]):
            return None
        return Answer(self.ask.path, int(first.split()[1]), headers, body)

    def goes_on(self, answer: Answer) -> bool:
        """Take in an answer; whether the way goes on. At its end somebody new begins.

        What the server could not do is asked again.
        """
        if answer.status >= 500:
            return True
        if answer.status not in (200, 303):
            raise RuntimeError(f"{answer.path}: {answer.status}\n{answer.page[:2000]}")
        self.cookie = answer.cookie or self.cookie
        self.asked += 1
        try:
            self.ask = self.way.send(answer)
        except StopIteration:
            self.begin()
            return False
        return True


class Loop:
    """So many people at once, moved by one thread: it shares the cores with what it measures."""

    def __init__(self, port: int, cookie: Callable[[], str], people: int) -> None:
        self.people = [Person(port, cookie) for _ in range(people)]
        self.ready = selectors.DefaultSelector()
        for person in self.people:
            self.ready.register(person.socket, selectors.EVENT_READ, person)
        self.failed = 0

    def once(self) -> int:
        """Go one way to its end, one after another; how many requests it is."""
        (person,) = self.people
        while True:
            person.send()
            while (answer := person.receive()) is None:
                pass
            if not person.goes_on(answer):
                self.close()
                return person.asked

    def clicks(self, seconds: float, length: int) -> list[float]:
        """How long each click took that was answered within so many seconds.

        First everybody goes to a place of their own: all parts of the way are there all the time.
        """
        behind = {}
        for number, person in enumerate(self.people):
            behind[person] = number * length // len(self.people)
            if behind[person]:
                person.send()
        while any(behind.values()):
            for person, answer in self.answers(PATIENCE):
                person.goes_on(answer)
                behind[person] -= answer.status < 500
                if behind[person]:
                    person.send()
        times = []
        for person in self.people:
            person.send()
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            for person, answer in self.answers(left):
                if answer.status < 500:
                    times.append(time.perf_counter() - person.began)
                else:
                    self.failed += 1
                person.goes_on(answer)
                person.send()
        self.close()
        return times

    def answers(self, patience: float) -> Iterator[tuple[Person, Answer]]:
        """Whose answers are whole by now, waiting for some."""
        for key, _ in self.ready.select(patience):
            answer = key.data.receive()
            if answer is not None:
                yield key.data, answer

    def close(self) -> None:
        """Hang up."""
        for person in self.people:
            person.socket.close()
        self.ready.close()


@dataclass(frozen=True)
class Spent:
    """Seconds of processor: of the service, of who asks it, and of all else on this machine."""

    the_service: float
    who_asks: float
    the_database_and_all_else: float

    @classmethod
    def now(cls, group: int) -> "Spent":
        """Since each began; `group` is the service's process group."""
        user, nice, system, _, _, irq, softirq = map(
            int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8]
        )
        all_of_it = (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
        service, own = spent(group), time.process_time()
        return cls(service, own, all_of_it - service - own)

    def since(self, before: "Spent") -> "Spent":
        """What was spent after another look."""
        return Spent(
            self.the_service - before.the_service,
            self.who_asks - before.who_asks,
            self.the_database_and_all_else - before.the_database_and_all_else,
        )


def spent(group: int) -> float:
    """CPU seconds of all processes of a group until now."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended while we looked
            fields = stat.read_text().rpartition(") ")[2].split()
            if int(fields[2]) == group:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def weight(group: int) -> float:
    """Memory of a process group in MB, what its processes share counted once (PSS)."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended while we looked
            if int(stat.read_text().rpartition(") ")[2].split()[2]) == group:
                rollup = stat.with_name("smaps_rollup").read_text()
                found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
                total += int(found[1]) if found else 0
    return total / 1024


if __name__ == "__main__":
    main()
