"""One working week in which two million people each take a module: how many machines. Pure.

`make week` writes docs/week.md, with the numbers in week.csv and a plot in week.svg. The same seed
gives the same week. Service times are measured ones (docs/benchmarks.md), given by --cpu; what is
in the queue is worked out second by second.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from quizbot.words import how_many

DOCS = Path(__file__).resolve().parent.parent / "docs"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
# What part of a day's people comes in each hour from 7 on: after handovers, and before going home.
HOURS = (2, 6, 11, 12, 10, 7, 9, 11, 12, 9, 5, 3, 2, 1)
OPENS = 7
# A letter of Monday morning brings many at once; Friday is quieter.
BY_DAY = (26, 22, 20, 18, 14)
SECONDS = 3600
CORES = 2
BUSY_AT_MOST = 0.6  # of the cores, in the busiest minute: beyond it, queues grow out of proportion


@dataclass(frozen=True)
class Week:
    """Who comes in each second that somebody may come."""

    arrivals: tuple[int, ...]

    @property
    def people(self) -> int:
        """How many in all."""
        return sum(self.arrivals)

    @property
    def busiest_minute(self) -> int:
        """How many come in the minute in which most do."""
        return max(sum(self.arrivals[at : at + 60]) for at in range(0, len(self.arrivals), 60))


@dataclass(frozen=True)
class Queue:
    """What became of a week: who was served in each second, and who was there at its end."""

    served: tuple[int, ...]
    there: tuple[int, ...]

    @property
    def longest(self) -> int:
        """The most who were there at once."""
        return max(self.there, default=0)


def week(people: int, seed: int) -> Week:
    """A week of so many people: each comes on a day, in an hour and a second by chance."""
    rng = Random(seed)
    shares = [day * hour for day in BY_DAY for hour in HOURS]
    arrivals = [0] * (len(shares) * SECONDS)
    for at, count in enumerate(parted(people, shares)):
        for _ in range(count):
            arrivals[at * SECONDS + int(rng.random() * SECONDS)] += 1
    return Week(tuple(arrivals))


def parted(whole: int, shares: Sequence[int]) -> list[int]:
    """Whole people by shares, none left over: the largest remainders are rounded up."""
    total = sum(shares)
    parts = [whole * share // total for share in shares]
    rest = sorted(range(len(shares)), key=lambda at: -(whole * shares[at] % total))
    for at in rest[: whole - sum(parts)]:
        parts[at] += 1
    return parts


def queue(arrivals: Sequence[int], a_second: float) -> Queue:
    """First come, first served, so many a second; what is not used is not saved up."""
    served, there, waiting, begun = [], [], 0, 0.0
    for came in arrivals:
        waiting += came
        begun = min(begun + a_second, waiting)
        done = int(begun + 1e-9)
        begun -= done
        waiting -= done
        served.append(done)
        there.append(waiting)
    return Queue(tuple(served), tuple(there))


def mean_stay(arrivals: Sequence[int], served: Sequence[int]) -> float:
    """How many seconds' ends each person saw on average, followed one by one."""
    came = [second for second, count in enumerate(arrivals) for _ in range(count)]
    went = [second for second, count in enumerate(served) for _ in range(count)]
    stays = [end - begin for begin, end in zip(came, went, strict=False)]
    return sum(stays) / len(stays) if stays else 0.0


def machines(people_a_minute: int, cpu: float) -> int:
    """How many machines of two cores keep their cores at most so busy; cpu in seconds a person."""
    return max(1, math.ceil(people_a_minute / 60 * cpu / (CORES * BUSY_AT_MOST)))


def drawn(by_hour: Sequence[int], capacity: float) -> str:
    """Arrivals by hour as an SVG, with what one machine serves in an hour."""
    wide, high, left, top = 700, 240, 70, 24
    most = max(*by_hour, capacity) * 1.05
    step = wide / len(by_hour)
    bars = "".join(
        f'<rect x="{left + at * step:.1f}" y="{top + high - high * count / most:.1f}"'
        f' width="{step * 0.8:.1f}" height="{high * count / most:.1f}" fill="#1d70b8"/>'
        for at, count in enumerate(by_hour)
    )
    line = top + high - high * capacity / most
    days = "".join(
        f'<text x="{left + at * wide / len(DAYS):.0f}" y="{top + high + 20}">{day}</text>'
        for at, day in enumerate(DAYS)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg"'
        f' viewBox="0 0 {left + wide + 20} {top + high + 40}"'
        ' font-family="sans-serif" font-size="13" role="img">'
        "<title>People who come in each hour of the week</title>"
        f'<rect width="100%" height="100%" fill="#fff"/>{bars}'
        f'<path d="M{left} {line:.1f}H{left + wide}" stroke="#d4351c" stroke-width="2"/>'
        f'<text x="{left + wide}" y="{line - 5:.1f}" text-anchor="end" fill="#d4351c">one machine'
        f" of two cores, {BUSY_AT_MOST:.0%} busy: {capacity:.0f} an hour</text>"
        f'<text x="{left - 6}" y="{top + 10}" text-anchor="end">{max(by_hour)}</text>'
        f'<text x="{left - 6}" y="{top + high}" text-anchor="end">0</text>{days}</svg>\n'
    )


def packed(made: Week, hours: int) -> Week:
    """The same people in the first so many hours: each comes in the same share of the time."""
    arrivals, whole = [0] * (hours * SECONDS), len(made.arrivals)
    for at, count in enumerate(made.arrivals):
        arrivals[at * len(arrivals) // whole] += count
    return Week(tuple(arrivals))


PAGE = """\
# Two million people in a week

Written by `make week` (`tools/week.py`); do not edit it by hand. Everybody in England who works
with children is told on a Monday to take one module by Friday. How many machines is that?

What is assumed: a person costs {cpu:.0f} ms of CPU from the first page to the outcome, with all of
the database and of whoever measures, as on PostgreSQL with 32 people at once in
[benchmarks.md](benchmarks.md); {size:.1f} kB stay of each in the database, as in
[growth.md](growth.md). They come between seven and nine, most on Monday, most after handovers and
before going home (`tools/week.py` has the shares); when within the hour is chance. A machine has
two cores, which are at most {busy:.0%} busy in the busiest minute. What is in a queue is worked out
second by second.

![People who come in each hour, and what one machine serves](week.svg)

| people in the week | busiest minute | machines of two cores | kept in all |
| ---: | ---: | ---: | ---: |
{sizes}

## When all come sooner

The same two million closer together, with the same ups and downs in a shorter time; and what half
of the machines (rounded down) would make of it:

| all within | busiest minute | machines of two cores | with half of them: longest queue |
| ---: | ---: | ---: | ---: |
{sooner}

## Which step when

1. **One machine, SQLite**, for a partnership of some ten thousand: nothing to look after but a
   backup. It carries the whole week above, which is why load alone is no reason for more.
2. **PostgreSQL** when several machines are to serve, or a copy must be current at any moment.
3. **The cluster** of [cluster.md](cluster.md) when an hour's outage matters: four web processes on
   two machines, two databases. It is also the way to more web machines: they hold nothing.
4. **Several partnerships in one process, several databases on one cluster** (README): a partnership
   is a database, so that a nation is as many of them as it has partnerships, and one that grows
   moves alone, by `db move`.

Past capacity people wait or are asked to come again, and nothing acknowledged is lost
([benchmarks.md](benchmarks.md)); mail is the narrowest door of such a Monday: ask your mail service
how many letters an hour it takes, and spread the asking over days.
"""
SPANS = (("five days", 70), ("one day", 14), ("four hours", 4), ("one hour", 1))
PARTS = (1, 2, 5, 10, 20, 40, 100, 200, 1000)


def page(made: Week, smaller: Sequence[Week], cpu: float, size: float) -> str:
    """The page of a week, of the same week of fewer people, and of all coming sooner."""
    sizes = [
        f"| {some.people:,} | {some.busiest_minute:,} | {machines(some.busiest_minute, cpu)} |"
        f" {some.people * size / 1e9:.2f} GB |"
        for some in (made, *smaller)
    ]
    sooner = []
    for name, hours in SPANS:
        some = packed(made, hours)
        needed = machines(some.busiest_minute, cpu)
        half = max(1, needed // 2)
        longest = queue(some.arrivals, half * CORES / cpu).longest
        told = how_many(longest, "person") if needed > 1 else "one is enough"
        sooner.append(f"| {name} | {some.busiest_minute:,} | {needed} | {told} |")
    return PAGE.format(
        cpu=cpu * 1e3, size=size / 1e3, busy=BUSY_AT_MOST,
        sizes="\n".join(sizes), sooner="\n".join(sooner),
    )  # fmt: skip


def main() -> None:
    """Work the week out, and write page, plot and numbers."""
    wanted = argparse.ArgumentParser(description="A week of two million people; docs/week.md.")
    wanted.add_argument("--people", type=int, default=2_000_000)
    wanted.add_argument("--cpu", type=float, default=0.061, help="seconds of CPU for one person")
    wanted.add_argument("--bytes", type=float, default=8100, help="of the database, for a person")
    wanted.add_argument("--seed", type=int, default=7)
    wanted.add_argument("--out", type=Path, default=DOCS, help="the folder that is written into")
    given = wanted.parse_args()
    made = week(given.people, given.seed)
    by_hour = [
        sum(made.arrivals[at : at + SECONDS]) for at in range(0, len(made.arrivals), SECONDS)
    ]
    one = CORES * BUSY_AT_MOST / given.cpu
    lines = ["day,hour,people"]
    lines += [
        f"{DAYS[at // len(HOURS)]},{OPENS + at % len(HOURS)},{count}"
        for at, count in enumerate(by_hour)
    ]
    (given.out / "week.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (given.out / "week.svg").write_text(drawn(by_hour, one * SECONDS), encoding="utf-8")
    smaller = [week(given.people // part, given.seed) for part in PARTS[1:]]
    text = page(made, smaller, given.cpu, given.bytes)
    (given.out / "week.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
