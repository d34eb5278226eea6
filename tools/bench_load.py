"""What the service carries over HTTP: people in a closed loop, a crowd, too many. `make load`.

Writes docs/benchmarks.md. On loopback alone, and never longer than what `Load` says.
"""

import argparse
import re
import select
import selectors
import socket
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from uuid import UUID

from flask import Flask

from tools import postgres
from tools.bench import (
    Answer,
    Ask,
    Build,
    Measure,
    Person,
    Setting,
    application,
    circumstances,
    database,
    free_port,
    is_there,
    percentile,
    seen,
    signed_in,
    spent,
    through_server,
    told,
    until,
    weight,
)

PAGE = Path(__file__).resolve().parent.parent / "docs/benchmarks.md"
IN_HAND = 256  # connections to the service at once, as a proxy holds them; who comes more, queues
MANAGER_EACH = 2.0  # seconds


@dataclass(frozen=True)
class Load:
    """How many come, in how long; and how many more than there is room for."""

    people: int = 10_000
    seconds: float = 600.0
    pause: float = 2.0  # seconds that somebody reads a page, on average
    too_many: int = 14_000
    too_soon: float = 10.0  # seconds in which they all come, and none of them reads
    seed: int = 7


TINY = Load(people=20, seconds=3.0, pause=0.02, too_many=40, too_soon=1.0)


class Walker(Person):
    """Somebody who comes, takes a module, reading each page a while, and goes.

    Their requests go over connections of all, as a proxy's do.
    """

    def __init__(self, cookie: str) -> None:
        self.new_cookie = lambda: cookie
        self.port = 0
        self.asked, self.is_gone, self.has_begun = 0, False, False
        self.kept: set[tuple[str, str]] = set()  # replies that were acknowledged
        self.due = 0.0
        self.begin()

    def begin(self) -> None:
        """Begin once; what would be the next person's beginning is this one's end."""
        self.is_gone = self.has_begun
        if not self.has_begun:
            super().begin()
            self.has_begun = True

    def goes_on(self, answer: Answer) -> bool:
        """Take in an answer, and remember which reply it acknowledged."""
        form = self.ask.form or {}
        if answer.status == 303 and any(name.startswith("reply") for name in form):
            parts = answer.path.split("/")
            self.kept.add((str(UUID(parts[2])), parts[4]))
        return super().goes_on(answer)


@dataclass
class Crowd:
    """What came of so many people who came when they liked."""

    times: list[float] = field(default_factory=list)  # of clicks that were served, since due
    asked_again: int = 0  # with Retry-After
    failed: int = 0
    finished: int = 0
    kept: set[tuple[str, str]] = field(default_factory=set)
    managers: list[float] = field(default_factory=list)
    most_at_once: int = 0
    lasted: float = 0.0


def come(
    port: int, people: Sequence[Walker], load: Load, manager: str = "", pause: float | None = None
) -> Crowd:
    """Have people come at times of their own, each once; until the last is gone."""
    rng, found = Random(load.seed), Crowd()
    reading = load.pause if pause is None else pause
    began = time.perf_counter()
    coming: list[tuple[float, int, Walker | None]] = []
    for number, one in enumerate(people):
        one.kept = found.kept
        heappush(coming, (rng.uniform(0, load.seconds), number, one))
    if manager:
        heappush(coming, (0.0, -1, None))
    end = load.seconds * 3 + 120 + len(people) / 20  # seconds: it is bounded whatever happens
    ready, free, waiting = selectors.DefaultSelector(), deque[socket.socket](), deque[Walker]()
    made, left, count = 0, len(people), len(people)
    while left and (now := time.perf_counter() - began) < end:
        while coming and coming[0][0] <= now:
            due, _, walker = heappop(coming)
            if walker is None:
                walker = Manager(manager)
                count += 1
                heappush(coming, (due + MANAGER_EACH, -count, None))
            walker.due, walker.port = began + due, port
            walker.more = f"X-Request-Start: t={time.time() - (now - due):.3f}\r\n"
            waiting.append(walker)
        while waiting and (free or made < IN_HAND):
            while free and is_hung_up(free[-1]):
                free.pop().close()
                made -= 1
            if not free:
                free.append(socket.create_connection(("127.0.0.1", port), 30))
                made += 1
            walker = waiting.popleft()
            walker.socket = free.pop()
            ready.register(walker.socket, selectors.EVENT_READ, walker)
            walker.send()
        found.most_at_once = max(found.most_at_once, len(ready.get_map()) + len(waiting))
        next_due = coming[0][0] if coming else now + 1
        for key, _ in ready.select(max(0.0, min(next_due - now, 1.0))):
            walker = key.data
            try:
                answer = walker.receive()
            except (RuntimeError, OSError):  # it hung up: this click failed, and is asked again
                ready.unregister(walker.socket)
                walker.socket.close()
                made -= 1
                found.failed += 1
                if not isinstance(walker, Manager):
                    count += 1
                    heappush(coming, (time.perf_counter() - began + 1, count, walker))
                continue
            if answer is None:
                continue
            ready.unregister(walker.socket)
            free.append(walker.socket)
            then = time.perf_counter()
            if answer.status == 503 and "retry-after" in answer.headers:
                found.asked_again += 1
                wait = float(answer.headers["retry-after"])
            elif answer.status >= 500:
                found.failed += 1
                wait = 1.0
            else:
                (found.managers if isinstance(walker, Manager) else found.times).append(
                    then - walker.due
                )
                wait = rng.expovariate(1 / reading) if reading and answer.status == 200 else 0.0
            walker.goes_on(answer)
            if isinstance(walker, Manager):
                continue
            if walker.is_gone:
                left -= 1
                found.finished += 1
                continue
            count += 1
            heappush(coming, (then - began + wait, count, walker))
    found.lasted = time.perf_counter() - began
    for key in ready.get_map().values():
        key.data.socket.close()
    for idle in free:
        idle.close()
    return found


def is_hung_up(idle: socket.socket) -> bool:
    """Whether the service has closed a connection that nobody used for a while."""
    return bool(select.select([idle], [], [], 0)[0])  # nobody has asked anything: it is the end


class Manager(Walker):
    """A manager who opens the page of a team, once."""

    def begin(self) -> None:
        """One page."""
        self.cookie, self.way = self.new_cookie(), seen(Ask("/team"))
        self.ask = next(self.way)


def lost(build: Build, crowd: Crowd) -> int:
    """How many acknowledged replies the database does not hold."""
    there = {
        (str(UUID(str(attempt))), str(number))
        for attempt, number in build.rows("SELECT attempt_id, number FROM answer")
    }
    return len(crowd.kept - there)


def crowds(app: Flask, build: Build, load: Load, kind: str, manager_of: int) -> Iterator[Measure]:
    """A crowd in its time, then more than there is room for, then whether all is as before."""
    port = free_port()
    build.environment["QUIZBOT_PROXY"] = "1"  # who measures is the proxy: it says when a click came
    names = [f"C{number}" for number in range(load.people + load.too_many + 2)]
    walkers = [Walker(signed_in(app, build, name)) for name in names]
    manager = signed_in(app, build, f"M{manager_of}")
    with build.running("serve", "--port", str(port)) as group:
        until(lambda: is_there(port), "the first page")
        if load.people:
            before = spent(group)
            whole = come(port, walkers[: load.people], load, manager)
            name = f"{kind}, {load.people} people in {load.seconds:.0f} s"
            used = (spent(group) - before) / (len(whole.times) + len(whole.managers))
            yield from said(build, whole, name)
            yield Measure(f"{name}: CPU of the service for a click", used * 1e3, "ms")
        rush = replace(load, seconds=load.too_soon)
        past = come(port, walkers[load.people : -2], rush, pause=0.0)
        yield from said(build, past, f"{kind}, {load.too_many} in {load.too_soon:.0f} s, no pause")
        after = come(port, walkers[-2:], replace(load, seconds=0.1), pause=0.0)
        yield Measure(
            f"{kind}, right after: p99 of two people's clicks",
            percentile(after.times, 0.99) * 1e3,
            "ms",
        )
        yield Measure(f"{kind}: memory of the service afterwards", weight(group), "MB")


def said(build: Build, crowd: Crowd, name: str) -> Iterator[Measure]:
    """What came of a crowd, line by line."""
    yield Measure(f"{name}: who took the module to its end", crowd.finished, "people")
    yield Measure(f"{name}: clicks served", len(crowd.times), "")
    yield Measure(f"{name}: clicks a second", len(crowd.times) / crowd.lasted, "")
    for part in (50, 95, 99):
        yield Measure(f"{name}: p{part}", percentile(crowd.times, part / 100) * 1e3, "ms")
    if crowd.managers:
        slowest = percentile(crowd.managers, 0.99) * 1e3
        yield Measure(f"{name}: a manager's page, p99", slowest, "ms")
    yield Measure(f"{name}: asked to come again (503, Retry-After)", crowd.asked_again, "clicks")
    yield Measure(f"{name}: other failures", crowd.failed, "clicks")
    yield Measure(f"{name}: most requests in hand or in the queue", crowd.most_at_once, "")
    yield Measure(f"{name}: replies acknowledged", len(crowd.kept), "")
    yield Measure(f"{name}: of them lost", lost(build, crowd), "")


SETTING = Setting(teams=(12, 400))


def measured(
    folder: Path, load: Load, setting: Setting, server: str, *, on_sqlite: bool
) -> Iterator[Measure]:
    """Everything, on one database after the other."""
    many = replace(setting, clickers=load.people + load.too_many + 2 + setting.clickers)
    with ExitStack() as stack:
        urls = {"SQLite": f"sqlite:///{folder}/SQLite/quizbot.db"} if on_sqlite else {}
        if server:
            urls["PostgreSQL"] = stack.enter_context(database(server))
        for kind, url in urls.items():
            build = Build(folder / kind, url)
            build.make_ready(many)
            app = application(build)
            first = load.people + load.too_many + 2
            loop = replace(build, people=shifted(build.people, first))
            yield from through_server(app, loop, setting, kind)
            yield from crowds(app, build, load, kind, setting.teams[1])


def shifted(people: dict[str, str], first: int) -> dict[str, str]:
    """Whoever comes behind the crowd is who goes in the loop."""
    moved = dict(people)
    for name in people:
        if name.startswith("c") and name.partition("@")[0][1:].isdigit():
            number = int(name.partition("@")[0][1:])
            moved[name] = people.get(f"c{number + first}@bench.example", people[name])
    return moved


def main() -> None:
    """Measure, print each line, and write the page."""
    wanted = argparse.ArgumentParser(description="What the service carries; docs/benchmarks.md.")
    wanted.add_argument("--tiny", action="store_true", help="only whether measuring works")
    wanted.add_argument("--no-postgres", action="store_true", help="on SQLite alone")
    wanted.add_argument("--no-sqlite", action="store_true", help="on PostgreSQL alone")
    wanted.add_argument("--people", type=int, default=10_000, help="how many come in ten minutes")
    wanted.add_argument("--seconds", type=float, default=600.0, help="or in so many seconds")
    wanted.add_argument("--too-many", type=int, default=14_000, help="how many come all at once")
    wanted.add_argument("--clickers", type=int, default=1500, help="people for the closed loops")
    wanted.add_argument("--out", type=Path, default=PAGE, help="the page that is written")
    wanted.add_argument("--add", action="store_true", help="to the page, below what is there")
    wanted.add_argument("--beside", default="", help="what else the machine did meanwhile")
    given = wanted.parse_args()
    load = TINY if given.tiny else Load(given.people, given.seconds, too_many=given.too_many)
    setting = replace(SETTING, clickers=given.clickers)
    if given.tiny:
        setting = replace(SETTING, clickers=60, at_once=(1, 4), seconds=0.3)
    rows: list[Measure] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="knowledge-load-")))
        server = "" if given.no_postgres else stack.enter_context(postgres.running())
        about = circumstances(folder)
        print(about, flush=True)
        for measure in measured(folder, load, setting, server, on_sqlite=not given.no_sqlite):
            rows.append(measure)
            print(measure, flush=True)
    above = given.out.read_text(encoding="utf-8") if given.add else head(load)
    given.out.write_text(above + section(about, given.beside, rows), encoding="utf-8")


HEAD = """\
# What the service carries

Written by `make load` (`tools/bench_load.py`); do not edit it by hand. One process asks over HTTP
on loopback, on the same cores as the service, so a machine of its own carries more.

- Closed loop: so many people take whole modules and never pause.
- A crowd: people come at times of their own and read each page for {pause:g} s on average;
  meanwhile a manager opens the page of a team of 400 every {each:g} s. A click's time runs from
  when it was due.
- Too many: all come within {soon:g} s and none of them reads. Who has waited too long is asked to
  come again (503, Retry-After), does so, and is served in the end. At most {hand} requests are in
  the service's hands, the others in the queue, as behind a proxy.
- CPU of the service is its own processes' alone, without PostgreSQL's: a busy machine makes clicks
  slower, and hardly makes them cost more.
"""


def head(load: Load) -> str:
    """How it was measured."""
    return HEAD.format(pause=load.pause, each=MANAGER_EACH, soon=load.too_soon, hand=IN_HAND)


def section(about: str, beside: str, rows: list[Measure]) -> str:
    """What came of one run, with the day and the machine."""
    about = re.sub(r"; \S+\)", ")", about)  # where this machine keeps its Python is nobody's matter
    day, _, machine = about.partition(", ")
    lines = [f"\n## {day}\n", f"On {machine}.{beside and ' ' + beside}\n", "| what | measured |"]
    lines += ["| --- | ---: |", *(f"| {row.name} | {told(row.value, row.unit)} |" for row in rows)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
