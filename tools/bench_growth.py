"""What pages cost as people and answers become more. `make growth` writes docs/growth.md.

Numbers are CPU time of this process, so that other work on the machine hardly changes them. Beside
the page: growth.csv with every number, and a plot for each series, drawn by hand as SVG.
"""

import argparse
import math
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import select

from quizbot.config import Settings
from quizbot.rules.pick import Mode
from quizbot.service import Service, open_service
from quizbot.store.database import open_database
from quizbot.store.migrate import upgrade
from quizbot.store.tables import person
from tools.bench import circumstances
from tools.bench_scale import MADE_UP, people_file, publish, signed_in, write

DOCS = Path(__file__).resolve().parent.parent / "docs"
PEOPLE = (10, 100, 1000, 10_000, 100_000)
ANSWERS = (10_000, 100_000, 1_000_000, 10_000_000)
STAFF = 1000  # among whom the answers are
FREE = 0x8000  # no id begins so: ids begin with the time, and that is far away
ROUNDS = 25
MODULE = "made-up-0"
COLOURS = ("#1d70b8", "#d4351c", "#00703c", "#4c2c92")
PAGES = ("question page", "answer kept", "/me", "/team of 12")


@dataclass(frozen=True)
class Point:
    """What was measured at one size."""

    size: int
    costs: dict[str, float]  # ms of CPU
    file: float  # MB
    memory: int  # MB


def main() -> None:
    """Measure both series, and write page, numbers and plots."""
    wanted = argparse.ArgumentParser(description="What growth costs; docs/growth.md.")
    wanted.add_argument("--people", type=int, default=PEOPLE[-1], help="measure up to so many")
    wanted.add_argument("--answers", type=int, default=ANSWERS[-1], help="measure up to so many")
    wanted.add_argument("--out", type=Path, default=DOCS, help="the folder that is written into")
    wanted.add_argument("--beside", default="", help="what else the machine did meanwhile")
    given = wanted.parse_args()
    with tempfile.TemporaryDirectory(prefix="knowledge-growth-") as name:
        about = circumstances(Path(name)).split(" (")[0]
        print(about, flush=True)
        by_people = [told(by_number(size)) for size in PEOPLE if size <= given.people]
        sizes = [size for size in ANSWERS if size <= given.answers]
        by_answers = [told(point) for point in by_history(sizes)]
    series = {"people": by_people, "answers": by_answers}
    lines = ["series,size,what,ms of CPU,MB of the database,MB of the process"]
    for kind, points in series.items():
        lines += [
            f"{kind},{p.size},{what},{cost:.3f},{p.file:.1f},{p.memory}"
            for p in points
            for what, cost in p.costs.items()
        ]
        (given.out / f"growth-{kind}.svg").write_text(drawn(kind, points), encoding="utf-8")
    (given.out / "growth.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = page(about, given.beside, series)
    (given.out / "growth.md").write_text(text, encoding="utf-8")


def told(point: Point) -> Point:
    """Print a point as it comes."""
    costs = ", ".join(f"{what} {cost:.2f} ms" for what, cost in point.costs.items())
    print(f"{point.size:>9}: {costs}, {point.file:.1f} MB, {point.memory} MB", flush=True)
    return point


@contextmanager
def filled(people: int) -> Iterator[tuple[Service, Path]]:
    """A service with so many people and a team of twelve with a manager, on a file of SQLite."""
    with tempfile.TemporaryDirectory(prefix="knowledge-growth-") as name:
        folder = Path(name)
        file = folder / "growth.db"
        settings = Settings(
            database_url=f"sqlite:///{file}", secret_key=MADE_UP, mail_url=f"file:{folder}/mail"
        )
        database = open_database(settings.database_url)
        upgrade(database)
        database.dispose()
        service = open_service(settings)
        publish(service)
        service.people.import_file(people_file(folder, people), make_units=True)
        yield service, file
        service.close()


def by_number(people: int) -> Point:
    """What pages cost among so many people."""
    with filled(people) as (service, file):
        return point_of(people, service, file)


def by_history(sizes: Sequence[int], staff: int = STAFF) -> Iterator[Point]:
    """What pages cost when the same people have more and more answers behind them."""
    with filled(staff) as (service, file):
        with service.database.reading() as connection:
            ids = connection.execute(select(person.c.id)).scalars().all()
        rng, there = Random(7), 0
        passes = [(ids[n % len(ids)], MODULE, rng.randrange(1, 1400)) for n in range(1500)]
        there = write(service, passes, rng, sizes[0]) if sizes else 0
        first, copies = there, 0
        for size in sizes:
            wanted = size // first
            multiply(file, max(copies, 1), wanted)
            copies = max(copies, wanted)
            yield point_of(count(file), service, file)


def multiply(file: Path, begin: int, end: int) -> None:
    """Copy the first attempts, with all that hangs on them, under ids of their own."""
    with closing(sqlite3.connect(file)) as made:
        (prefix,) = made.execute("SELECT substr(min(id), 1, 4) FROM attempt").fetchone()
        for copy in range(begin, end):
            for table, key in (
                ("attempt", "id"),
                ("attempt_objective", "attempt_id"),
                ("answer", "attempt_id"),
            ):
                names = [row[1] for row in made.execute(f"PRAGMA table_info({table})")]
                chosen = ", ".join(
                    f"printf('%04x', {FREE + copy}) || substr({key}, 5)"
                    if name == key
                    else f'"{name}"'
                    for name in names
                )
                columns = ", ".join(f'"{name}"' for name in names)
                made.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {chosen} FROM {table}"  # noqa: S608
                    f" WHERE {key} IN (SELECT id FROM attempt WHERE submitted_at IS NOT NULL"
                    f" AND id >= '{prefix}' AND id < '{prefix}g')"
                )
            made.commit()
        made.execute("ANALYZE")


def count(file: Path) -> int:
    """How many answers there are."""
    with closing(sqlite3.connect(file)) as made:
        (found,) = made.execute("SELECT count(*) FROM answer").fetchone()
    return int(found)


def point_of(size: int, service: Service, file: Path) -> Point:
    """Each page's CPU, and what it lies on; standing is cached, as after any night."""
    service.standings.renew_cache(everything=True)
    who, manager = (service.people.whose(f"s{n}@large.example") for n in (1, 0))
    own, team = signed_in(service, who), signed_in(service, manager)
    mine = service.attempts.of(who)
    taken = next((a.attempt_id for a in mine if a.submitted_at is None), None)
    taken = taken or service.attempts.start(who, MODULE, Mode.ASSURED)
    number = next(  # the first that one letter answers
        n for n in range(1, 15) if service.attempts.turn(who, taken, n).question.kind == "one-of"
    )
    letters = cycle("ab")
    costs = {
        "question page": cpu(getting(own, f"/attempts/{taken}/questions/{number}")),
        "answer kept": cpu(lambda: service.attempts.answer(who, taken, number, (next(letters),))),
        "/me": cpu(getting(own, "/me")),
        "/team of 12": cpu(getting(team, "/team")),
    }
    size_of = sum(path.stat().st_size for path in file.parent.glob(f"{file.name}*")) / 1e6
    memory = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() >> 20
    return Point(size, costs, size_of, memory)


def getting(pages: FlaskClient, path: str) -> Callable[[], object]:
    """A page that has to come."""

    def get() -> None:
        status = pages.get(path).status_code
        if status != 200:
            raise RuntimeError(f"{path}: {status}")

    return get


def cpu(task: Callable[[], object]) -> float:
    """Milliseconds of CPU: the median of many, after two that warm up."""
    times = []
    for _ in range(ROUNDS + 2):
        began = time.process_time()
        task()
        times.append(time.process_time() - began)
    return median(times[2:]) * 1e3


def drawn(kind: str, points: Sequence[Point]) -> str:
    """Costs over sizes, each axis growing tenfold from line to line."""
    wide, high, left, top = 520, 260, 70, 20
    tens = [round(math.log10(p.size), 3) for p in points]
    low, span = tens[0], max(tens[-1] - tens[0], 1.0)
    values = [cost for p in points for cost in p.costs.values()]
    bottom = math.floor(math.log10(min(values)))
    rise = max(math.ceil(math.log10(max(values))) - bottom, 1)

    def x(ten: float) -> float:
        return left + (ten - low) / span * wide

    def y(cost: float) -> float:
        return top + high - (math.log10(cost) - bottom) / rise * high

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg"',
        f' viewBox="0 0 {left + wide + 120} {top + high + 50}"',
        ' font-family="sans-serif" font-size="13" role="img">',
        f"<title>Milliseconds of CPU by number of {kind}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for step in range(rise + 1):
        at = y(10 ** (bottom + step))
        parts.append(f'<path d="M{left} {at:.1f}H{left + wide}" stroke="#b1b4b6"/>')
        label = f"{10.0 ** (bottom + step):g} ms"
        parts.append(f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end">{label}</text>')
    for ten, point in zip(tens, points, strict=True):
        place = f'x="{x(ten):.1f}" y="{top + high + 20}" text-anchor="middle"'
        parts.append(f"<text {place}>{point.size:,}</text>")
    parts.append(f'<text x="{left}" y="{top + high + 40}">{kind}</text>')
    for colour, what in zip(COLOURS, PAGES, strict=True):
        dots = [(x(ten), y(p.costs[what])) for ten, p in zip(tens, points, strict=True)]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in dots)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in dots]
        end = dots[-1]
        parts.append(f'<text x="{end[0] + 8:.1f}" y="{end[1] + 4:.1f}">{what}</text>')
    return "".join([*parts, "</svg>\n"])


HEAD = """\
# What growth costs

Written by `make growth` (`tools/bench_growth.py`); do not edit it by hand. Milliseconds of CPU in
process, on SQLite, the median of {rounds}. Beside this page: every number in `growth.csv`.

Measured {about}.{beside}
"""

WHY = """
In the last line everybody has {each:,} answers behind them. `/me` grows with its own person's
attempts alone: until when they hold a questionnaire follows from every one of their passes.
"""


def page(about: str, beside: str, series: dict[str, list[Point]]) -> str:
    """The page."""
    text = HEAD.format(rounds=ROUNDS, about=about, beside=f" {beside}" if beside else "")
    titles = {
        "people": "The same team of 12, among more and more people",
        "answers": f"The same {STAFF} people, with more and more answers behind them",
    }
    for kind, points in series.items():
        text += f"\n## {titles[kind]}\n\n![The table below as a plot](growth-{kind}.svg)\n\n"
        text += f"| {kind} | {' | '.join(PAGES)} | database | memory of the process |\n"
        text += "| ---: |" + " ---: |" * (len(PAGES) + 2) + "\n"
        for point in points:
            cells = " | ".join(f"{point.costs[what]:.2f} ms" for what in PAGES)
            text += f"| {point.size:,} | {cells} | {point.file:.1f} MB | {point.memory} MB |\n"
    if series["answers"]:
        text += WHY.format(each=series["answers"][-1].size // STAFF)
    return text


if __name__ == "__main__":
    main()
