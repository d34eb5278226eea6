"""Speed and memory, measured: `make bench`. Compare the ratios of one run, not two runs' times.

In process: CPU µs a request, and as a ratio to Flask's hello measured in turn with it. Through the
real server: requests a second and the slowest in a hundred, with a loader of our own.
"""

import http.client
import io
import os
import platform
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.test import Client, EnvironBuilder

from questions.bank import SHIPPED, read_banks
from questions.place import SHIPPED as SHIPPED_PLACE
from questions.place import read_place
from quizbot.clock import london_day, utc_now
from quizbot.config import Settings
from quizbot.rules.pick import Mode
from quizbot.service import Service, open_service
from quizbot.store.database import open_database
from quizbot.store.migrate import upgrade
from quizbot.store.tables import person
from quizbot.work import Work
from tools.running import BY_LETTER
from tools.waiting import until
from web import create_app

ROUNDS, CALLS = 15, 60
SECONDS, CONNECTIONS = 4.0, 8
TEAM = 12
CLICKERS = 32


@dataclass(frozen=True)
class Figure:
    """CPU µs of one request, and how many of Flask's hellos that is."""

    name: str
    micros: float
    ratio: float

    def __str__(self) -> str:
        return f"{self.name:<34}{self.micros:>8.0f} µs{self.ratio:>8.2f} × hello"


Call = Callable[[], None]


def main() -> None:
    """Measure everything and print it."""
    cores, machine = os.cpu_count(), platform.machine()
    print(f"{london_day(utc_now())}, {machine}, {cores} cores,")
    print(f"Python {platform.python_version()}; one flush to disk takes {flush_time():.0f} µs\n")
    with tempfile.TemporaryDirectory() as folder:
        service = filled(Path(folder))
        for figure in in_process(service):
            print(figure)
        print(f"{whole(service) * 1e3:.1f} ms for a whole questionnaire, from sign-in to outcome")
        service.close()
        print()
        for line in through_server(Path(folder)):
            print(line)


def flush_time() -> float:
    """How long this disk takes to acknowledge a flush, in µs: what a durable answer waits for."""
    with tempfile.NamedTemporaryFile(dir=Path.cwd()) as file:
        times = []
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - began)
    return median(times) * 1e6


def filled(folder: Path) -> Service:
    """A service with the shipped banks and a team of twelve who have taken something."""
    settings = Settings(**environment(folder))
    database = open_database(settings.database_url)
    upgrade(database)
    database.dispose()
    service = open_service(settings)
    today = london_day(utc_now())
    place, _ = read_place(SHIPPED_PLACE, today)
    service.editions.publish(read_banks(SHIPPED, place, today, BY_LETTER), place)
    head = "staff_ref,name,email,unit,job,started_on,manager\n"
    lines = ["M,Manager,manager@bench.example,Bench/Team,Manager,2020-01-01,\n"]
    lines += [
        f"P{n},Person {n:02},p{n}@bench.example,Bench/Team,Worker,2024-01-01,M\n"
        for n in range(TEAM)
    ]
    lines += [
        f"C{n},Clicker {n:02},c{n}@bench.example,Bench/Clicks,Worker,2024-01-01,\n"
        for n in range(CLICKERS)
    ]
    (folder / "people.csv").write_text(head + "".join(lines))
    service.people.import_file(folder / "people.csv", make_units=True)
    for email in (f"p{n}@bench.example" for n in range(TEAM)):
        take(service, whose(service, email))
    return service


def whose(service: Service, email: str) -> UUID:
    """A person's id by address."""
    with service.database.reading() as connection:
        found: UUID = connection.execute(
            select(person.c.id).where(person.c.email == email)
        ).scalar_one()
    return found


def take(service: Service, person_id: UUID) -> UUID:
    """A submitted assured attempt, everything answered with what stands first."""
    attempts = service.attempts
    attempt_id = attempts.start(person_id, "referrals", Mode.ASSURED)
    for number in range(1, attempts.turn(person_id, attempt_id, 1).total + 1):
        attempts.answer(person_id, attempt_id, number, ("a",))
    attempts.submit(person_id, attempt_id)
    return attempt_id


class Browser:
    """One signed-in browser inside this process; `spent` is the CPU of what it asked for."""

    def __init__(self, app: Flask, service: Service, email: str) -> None:
        self.spent = 0.0
        self.app = app.wsgi_app
        self.client = Client(self.timed)
        sign_in(self.get, self.post, service, email)

    def timed(self, environ: Any, start: Any) -> Any:
        """The application, without what this browser itself takes."""
        began = time.process_time()
        try:
            return self.app(environ, start)
        finally:
            self.spent += time.process_time() - began

    def get(self, path: str) -> str:
        """A page's text."""
        return self.client.get(path).get_data(as_text=True)

    def post(self, path: str, form: dict[str, str], page: str) -> str:
        """Send a page's form; where it leads."""
        token = token_in(page)
        return self.client.post(path, data={**form, "csrf_token": token}).headers["Location"]

    def cookie(self) -> str:
        """What a real browser would send along."""
        found = self.client.get_cookie("knowledge")
        assert found is not None
        return f"knowledge={found.value}"


def token_in(page: str) -> str:
    """The token of a page's form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def sign_in(
    get: Callable[[str], str],
    post: Callable[[str, dict[str, str], str], str],
    service: Service,
    email: str,
) -> None:
    """As a person does: ask for a code, read the mail, enter it."""
    folder = Path(service.settings.mail_url.removeprefix("file:"))
    before = set(folder.glob("*.eml")) if folder.exists() else set()
    post("/sign-in", {"email": email}, get("/sign-in"))
    Work(service).once()
    (mail,) = set(folder.glob("*.eml")) - before
    code = re.search(r"is (\d{6})", mail.read_text())
    assert code is not None
    post("/sign-in/code", {"code": code[1]}, get("/sign-in/code"))


def in_process(service: Service) -> Iterator[Figure]:
    """Each page beside hello, in turn, so that a busy machine slows both alike."""
    hello = Flask("hello")
    hello.add_url_rule("/", "hello", lambda: "Hello")
    app = create_app(service)
    browser = Browser(app, service, "p0@bench.example")
    manager = Browser(app, service, "manager@bench.example")
    person_id = whose(service, "p0@bench.example")
    done = take(service, person_id)
    attempt_id = service.attempts.start(person_id, "referrals", Mode.ASSURED)
    one_of = next(
        number
        for number in range(1, 15)
        if service.attempts.turn(person_id, attempt_id, number).question.kind == "one-of"
    )
    question = f"/attempts/{attempt_id}/questions/{one_of}"
    token = token_in(browser.get(question))
    cookie = browser.cookie()
    pages = {
        "question page": request(app, question, cookie),
        "question page, packed": request(app, question, cookie, packed=True),
        "answer (POST, durable)": answering(app, question, cookie, token),
        "review": request(app, f"/attempts/{attempt_id}/review", cookie),
        "outcome": request(app, f"/attempts/{done}", cookie),
        "/me": request(app, "/me", cookie),
        f"/team of {TEAM}": request(app, "/team", manager.cookie()),
        "first page": request(app, "/", ""),
    }
    base = request(hello, "/", "")
    for name, call in pages.items():
        yield measured(name, call, base)


def request(app: Flask, path: str, cookie: str, *, packed: bool = False) -> Call:
    """A GET straight into the application, without any client around it."""
    headers = {"Cookie": cookie} if cookie else {}
    if packed:
        headers["Accept-Encoding"] = "gzip"
    environ = EnvironBuilder(path=path, headers=Headers(headers)).get_environ()
    return lambda: answered(app, dict(environ), "200")


def answering(app: Flask, path: str, cookie: str, token: str) -> Call:
    """A POST that changes the answer every time."""

    def made(letter: str) -> tuple[dict[str, object], bytes]:
        form = {"reply": letter, "csrf_token": token}
        builder = EnvironBuilder(path=path, method="POST", data=form, headers=[("Cookie", cookie)])
        environ = builder.get_environ()
        return environ, environ["wsgi.input"].read()

    forms = cycle([made("a"), made("b")])

    def call() -> None:
        environ, body = next(forms)
        answered(app, {**environ, "wsgi.input": io.BytesIO(body)}, "303")

    return call


def answered(app: Flask, environ: dict[str, object], status: str) -> None:
    """Run one request to its last byte; anything but the expected status is a failure."""
    seen: list[str] = []

    def start(line: str, _headers: object, _trouble: object = None) -> Callable[[bytes], object]:
        seen.append(line)
        return io.BytesIO().write

    for _ in app.wsgi_app(environ, start):
        pass
    assert seen[0].startswith(status), seen


def whole(service: Service) -> float:
    """CPU seconds of one person's way from the sign-in page to the outcome, worker apart."""
    app = create_app(service)
    return median([way(app, service, f"p{n}@bench.example") for n in range(TEAM)][1:])


def way(app: Flask, service: Service, email: str) -> float:
    """CPU seconds of an assured attempt: every page looked at, every answer sent."""
    browser = Browser(app, service, email)
    page = browser.get("/modules/referrals")
    where = browser.post("/modules/referrals/attempts", {"mode": "assured"}, page)
    while where.partition("/questions/")[2]:
        page = browser.get(where)
        where = browser.post(where, {"reply": "a"}, page)
    outcome = browser.post(where, {}, browser.get(where))
    assert "You had" in browser.get(outcome)
    return browser.spent


def measured(name: str, call: Call, base: Call) -> Figure:
    """The median over rounds of CPU time, and of its ratio to the base of the same round."""
    call()
    base()
    times, ratios = [], []
    for _ in range(ROUNDS):
        base_time, call_time = cpu(base), cpu(call)
        times.append(call_time)
        ratios.append(call_time / base_time)
    return Figure(name, median(times) * 1e6, median(ratios))


def cpu(call: Call) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - began) / CALLS


# ---- through the real server -------------------------------------------------------------------


def through_server(folder: Path) -> Iterator[str]:
    """Hello and the question page under granian, loaded in turn; and what the service weighs."""
    with served(["-m", "tools.bench", "hello"], folder) as port:
        yield f"hello through granian:          {load(port, '/', '')}"
    with served(["-m", "quizbot.cli", "serve"], folder) as port:
        service = open_service(Settings(**environment(folder)))
        cookie, path = over_http(port, service)
        yield f"question page through granian:  {load(port, path, cookie)}"
        yield f"{CLICKERS} people, without a pause:   {clicked(port, service)}"
        yield f"the whole service weighs {weight(os.getpgid(served.process.pid)):.0f} MB (PSS)"  # type: ignore[attr-defined]
        service.close()


def environment(folder: Path) -> dict[str, Any]:
    """The settings of the service that is measured."""
    return {
        "database_url": f"sqlite:///{folder}/quizbot.db",
        "secret_key": "only for measuring, thrown away afterwards",
        "mail_url": f"file:{folder}/mail",
        "local_banks": BY_LETTER,
    }


@contextmanager
def served(command: list[str], folder: Path) -> Iterator[int]:
    """A server on a free port, stopped with all its workers at the end; prints its start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = {f"QUIZBOT_{name.upper()}": value for name, value in environment(folder).items()}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command, "--port", str(port)],
        env={**os.environ, **names},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    served.process = process  # type: ignore[attr-defined]
    try:
        until(lambda: fetched(port, "/"), 20, "the first page")
        print(f"  first page after {time.perf_counter() - began:.2f} s")
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def fetched(port: int, path: str) -> bool:
    """Whether a page comes."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False


def over_http(port: int, service: Service) -> tuple[str, str]:
    """Sign in through the server; a cookie, and the address of a question."""
    jar: dict[str, str] = {}

    def ask(method: str, path: str, body: str = "") -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition("=")
            jar[name] = value.partition(";")[0]
        return response

    def post(path: str, form: dict[str, str], page: str) -> str:
        body = "&".join(f"{k}={v}" for k, v in {**form, "csrf_token": token_in(page)}.items())
        return str(ask("POST", path, body.replace("@", "%40")).headers["Location"])

    def get(path: str) -> str:
        return ask("GET", path).read().decode()

    folder = Path(service.settings.mail_url.removeprefix("file:"))
    before = set(folder.glob("*.eml"))
    post("/sign-in", {"email": "p1@bench.example"}, get("/sign-in"))
    until(lambda: set(folder.glob("*.eml")) - before, 5, "the code")
    (mail,) = set(folder.glob("*.eml")) - before
    code = re.search(r"is (\d{6})", mail.read_text())
    assert code is not None
    post("/sign-in/code", {"code": code[1]}, get("/sign-in/code"))
    path = post("/modules/referrals/attempts", {"mode": "assured"}, get("/modules/referrals"))
    return f"knowledge={jar['knowledge']}", path


def load(port: int, path: str, cookie: str) -> str:
    """Ask for one page over several connections for a few seconds."""
    times: list[float] = []
    until_then = time.perf_counter() + SECONDS

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        mine = []
        while (began := time.perf_counter()) < until_then:
            connection.request("GET", path, headers={"Cookie": cookie})
            response = connection.getresponse()
            response.read()
            assert response.status == 200, response.status
            mine.append(time.perf_counter() - began)
        times.extend(mine)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return spread(times, SECONDS)


def spread(times: list[float], seconds: float) -> str:
    """How many a second, how long one takes, and the slowest in a hundred."""
    times.sort()
    middle, slow = times[len(times) // 2] * 1e3, times[int(len(times) * 0.99)] * 1e3
    return f"{len(times) / seconds:>6.0f} a second, p50 {middle:.1f} ms, p99 {slow:.1f} ms"


def clicked(port: int, service: Service) -> str:
    """Everybody takes a questionnaire at once: a click is a question's page, or an answer sent."""
    app = create_app(service)
    times: list[float] = []
    ways = []
    for number in range(CLICKERS):
        person_id = whose(service, f"c{number}@bench.example")
        attempt_id = service.attempts.start(person_id, "referrals", Mode.ASSURED)
        client = app.test_client()
        with client.session_transaction() as session:
            session.update(p=str(person_id), e=0)
        client.get(base := f"/attempts/{attempt_id}/questions/1")  # whose form needs a token
        cookie = client.get_cookie("knowledge")
        assert cookie is not None
        ways.append((base.removesuffix("/1"), f"knowledge={cookie.value}"))

    def click(base: str, cookie: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

        def ask(method: str, path: str, body: str = "") -> str:
            headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
            began = time.perf_counter()
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            page = response.read().decode()
            times.append(time.perf_counter() - began)
            assert response.status == (200 if method == "GET" else 303), response.status
            return page

        for number in range(1, 15):
            page = ask("GET", f"{base}/{number}")
            form = f"csrf_token={token_in(page)}&" + "&".join(
                f"{name}={letter}" for name, letter in zip(fields(page), "abcdefgh", strict=False)
            )
            ask("POST", f"{base}/{number}", form)
        connection.close()

    threads = [threading.Thread(target=click, args=way) for way in ways]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return spread(times, time.perf_counter() - began)


def fields(page: str) -> list[str]:
    """The fields that a reply fills: one, or a menu each."""
    return list(dict.fromkeys(re.findall(r'name="(reply[^"]*)"', page)))


def weight(group: int) -> float:
    """Memory of a process group in MB, shared pages counted once (PSS)."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
            if int(fields[2]) == group:
                rollup = stat.with_name("smaps_rollup").read_text()
                total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])  # type: ignore[index]
        except OSError:
            continue
    return total / 1024


def serve_hello(port: int) -> None:
    """Flask's hello under the same server with the same workers."""
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "tools.bench:hello_app",
        port=port,
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=2,
        factory=True,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()


def hello_app() -> Flask:
    """The least that Flask does."""
    app = Flask("hello")
    app.add_url_rule("/", "hello", lambda: "Hello")
    return app


if __name__ == "__main__":
    if sys.argv[1:2] == ["hello"]:
        serve_hello(int(sys.argv[3]))
    else:
        main()
