"""This build measured beside an older one: `make bench AGAINST=commit`; alone without a commit.

The older one gets a worktree and an environment of its own in a temporary folder. One program,
`tools/bench.py`, measures both, measure by measure in turn: a busy machine slows both alike. The
night of many people is measured by each build's own `tools/bench_scale.py`, one after the other.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from math import isnan, nan
from pathlib import Path
from statistics import median
from typing import Any

from tools import postgres
from tools.bench import Measure, told

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "tools" / "bench.py"
PEOPLE = 20_000  # of the night, where PEOPLE says nothing else
_OF_MANY = re.compile(r"(?m)^(\S.*?)  .*?([\d.]+) (s|ms|µs) of CPU")
ADVICE = "name a commit of this repository, as in make bench AGAINST=ab70c81"


@dataclass(frozen=True)
class Run:
    """One build, measured once."""

    about: str
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Row:
    """One measure of both builds: medians over the rounds, and the ratios of each round."""

    then: Measure
    now: Measure
    ratios: tuple[float, ...]

    def cells(self) -> tuple[str, ...]:
        """What the table shows."""
        low, middle, high = min(self.ratios), median(self.ratios), max(self.ratios)
        spread = f"{middle:.2f}" if low == high else f"{middle:.2f} ({low:.2f} to {high:.2f})"
        return (
            self.now.name,
            told(self.then.value, self.then.unit, self.then.hellos),
            told(self.now.value, self.now.unit, self.now.hellos),
            "–" if any(map(isnan, self.ratios)) else spread,
        )


def main() -> int | str:
    """Measure, and print what came of it."""
    wanted = argparse.ArgumentParser(description="Measure this build, alone or beside another.")
    wanted.add_argument("against", nargs="?", help="the commit of the other build")
    wanted.add_argument("--rounds", type=int, default=3, help="how often both are measured")
    wanted.add_argument("--no-postgres", action="store_true", help="on SQLite alone")
    wanted.add_argument("--tiny", action="store_true", help="only whether measuring works")
    given = wanted.parse_args()
    if given.rounds < 1:
        return "ROUNDS must be 1 or more."
    with nullcontext("") if given.no_postgres else postgres.running(flushed=True) as server:
        more = [*(["--postgres", server] if server else []), *(["--tiny"] if given.tiny else [])]
        if not given.against:
            return subprocess.run(command(ROOT, *more), env=environment(), check=False).returncode
        commit = resolved(given.against)
        if not commit:
            return f"{given.against} is no commit here: {ADVICE}."
        thens, nows = [], []
        with built(commit) as folder:
            for number in range(1, given.rounds + 1):
                print(f"Round {number} of {given.rounds} …", file=sys.stderr, flush=True)
                people = 0 if given.tiny else int(os.environ.get("PEOPLE", PEOPLE))
                then, now = in_turn((folder, ROOT) if number % 2 else (ROOT, folder), more, people)
                thens.append(then if number % 2 else now)
                nows.append(now if number % 2 else then)
    print(f"then: {given.against}, {thens[0].about}\nnow: {nows[0].about}\n")
    print(table(rows(thens, nows)))
    return 0


def resolved(name: str) -> str:
    """The full name of a commit; nothing where there is none of that name."""
    asked = ["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"]
    return subprocess.run(
        asked, cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()


@contextmanager
def built(commit: str) -> Iterator[Path]:
    """A worktree of a commit with what the service needs, taken away afterwards."""
    with tempfile.TemporaryDirectory(prefix="knowledge-then-") as name:
        folder = Path(name) / "build"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
        try:
            subprocess.run(
                ["make", "--no-print-directory", ".venv/service"],
                cwd=folder,
                env=environment(),
                stdout=sys.stderr,
                check=True,
            )
            yield folder
        finally:
            subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def environment() -> dict[str, str]:
    """The environment, without what would lead a build to another's files or settings."""
    apart = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHONPATH", "VIRTUAL_ENV")
    return {
        name: value
        for name, value in os.environ.items()
        if name not in apart and not name.startswith("QUIZBOT_")
    }


def command(folder: Path, *more: str) -> list[str]:
    """What measures the build in a folder: our program, run by that build's Python."""
    return [str(folder / ".venv" / "bin" / "python"), "-P", str(BENCH), *more]


def in_turn(folders: Sequence[Path], more: Sequence[str], people: int) -> list[Run]:
    """Each build measured once, one measure of each after another; at last with so many people."""
    with ExitStack() as ended:
        programs = [ended.enter_context(measuring(folder, more)) for folder in folders]
        abouts = [told_by(program) for program in programs]
        found: list[list[Measure]] = [[] for _ in programs]
        going_on = list(zip(programs, found, strict=True))
        while going_on:
            going_on = [
                (program, measures) for program, measures in going_on if asked(program, measures)
            ]
    many = [of_many(folder, people) for folder in folders]
    return [
        Run(str(about), (*measures, *more_of_it))
        for about, measures, more_of_it in zip(abouts, found, many, strict=True)
    ]


def of_many(folder: Path, people: int) -> list[Measure]:
    """Processor time of the night, of tables and of managers' pages where there are many people."""
    if not people:
        return []
    print(f"{people} people in {folder} …", file=sys.stderr, flush=True)
    measured = subprocess.run(
        [str(folder / ".venv" / "bin" / "python"), "-m", "tools.bench_scale"],
        cwd=folder,
        env=environment() | {"PEOPLE": str(people)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return list(read_of_many(measured.stdout, people))


def read_of_many(told: str, people: int) -> Iterator[Measure]:
    """What bench_scale tells; less than half a second is told too coarsely to be compared."""
    for what, used, unit in _OF_MANY.findall(told):
        if unit != "s" or float(used) >= 0.5:
            yield Measure(f"{people} people: {what.strip()}", float(used), unit)


@contextmanager
def measuring(folder: Path, more: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """The program that measures a build; what it has to say besides goes to the screen."""
    with subprocess.Popen(
        command(folder, "--in-turn", *more),
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        yield program
        # At the end of its input it stops, and so does what it has started.


def asked(program: subprocess.Popen[str], measures: list[Measure]) -> bool:
    """Let a program measure one thing more; whether there was one."""
    assert program.stdin is not None
    program.stdin.write("\n")
    program.stdin.flush()
    found = told_by(program)
    if found:
        measures.append(Measure(**found))
    return bool(found)


def told_by(program: subprocess.Popen[str]) -> Any:
    """The next that a program tells."""
    assert program.stdout is not None
    line = program.stdout.readline()
    if not line:
        raise RuntimeError(f"Measuring ended too soon: {program.args!r}")
    return json.loads(line)


def rows(thens: Sequence[Run], nows: Sequence[Run]) -> list[Row]:
    """A row for each measure that both have; a ratio is of one round."""
    then, now = by_name(thens), by_name(nows)
    return [
        Row(middle(then[name]), middle(now[name]), tuple(map(ratio, then[name], now[name])))
        for name in now
        if name in then
    ]


def by_name(runs: Iterable[Run]) -> dict[str, list[Measure]]:
    """What each measure was in every round."""
    found: dict[str, list[Measure]] = {}
    for run in runs:
        for measure in run.measures:
            found.setdefault(measure.name, []).append(measure)
    return found


def middle(measures: Sequence[Measure]) -> Measure:
    """The median of the rounds."""
    hellos = [measure.hellos for measure in measures if measure.hellos is not None]
    return Measure(
        measures[0].name,
        median(measure.value for measure in measures),
        measures[0].unit,
        median(hellos) if hellos else None,
    )


def ratio(then: Measure, now: Measure) -> float:
    """Now as a part of then: in hellos where both have them, for those ran in the same moment."""
    if then.hellos and now.hellos:
        return now.hellos / then.hellos
    return now.value / then.value if then.value else nan


def table(found: Iterable[Row]) -> str:
    """The rows as a table that a document can take."""
    lines = [
        ("what", "then", "now", "now ÷ then (spread)"),
        *(row.cells() for row in found),
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = ["-" * width for width in widths]
    shown = (lines[0], rule, *lines[1:])
    return "\n".join(
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in shown
    )


if __name__ == "__main__":
    sys.exit(main())
