"""`quizbot banks panel`: papers without keys, what readers made of them, and what that says."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import click

from questions.bank import SHIPPED
from questions.kinds import Question
from questions.module import Module
from questions.panel import SHIPPED as PANEL
from questions.panel import (
    Group,
    Kind,
    PanelError,
    Paper,
    add,
    as_toml,
    draw,
    groups_of,
    head_of,
    load,
    read_sheet,
)
from quizbot.cli.common import as_json, show
from quizbot.cli.findings import these_modules, this_place
from quizbot.clock import london_day, utc_now
from quizbot.editions.editions import resolve
from quizbot.editions.robots import may_count
from quizbot.editions.worth import Figures, figures
from quizbot.errors import Refused
from quizbot.words import how_many

OPTIONS_AT_MOST = 0.45
RULE_AT_MOST = 0.50
INFORMED_AT_LEAST = 0.96
SECOND_AT_MOST = 0.01
GUESSING_BELOW = 0.05
KNOWING_ABOVE = 0.95
OFTEN = 3  # so many readers of options alone, all right: the options give the question away

banks_option = click.option(
    "--banks", "folder", type=click.Path(path_type=Path), default=SHIPPED, metavar="FOLDER",
    help="The banks; else those that come with the service.",
)  # fmt: skip
results_option = click.option(
    "--results", type=click.Path(path_type=Path), default=PANEL, metavar="FOLDER",
    help="Where results are kept, a file a module.",
)  # fmt: skip
rule_option = click.option("--rule", default="", metavar="TEXT", help="The rule of thumb.")


@click.group()
def panel() -> None:
    """Readers who have no key: what the questions give away, and what knowing them is worth."""


@panel.command(name="draw")
@click.option(
    "--as", "kind", type=click.Choice([kind.value for kind in Kind]), required=True,
    help="Who is to read it.",
)  # fmt: skip
@click.option("--module", "only", metavar="MODULE", help="One module; else all together.")
@click.option("--seed", type=click.IntRange(0, 10**9), default=1, help="Another order each.")
@rule_option
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write it there instead of printing it.",
)  # fmt: skip
@banks_option
def draw_(kind: str, only: str | None, seed: int, rule: str, to: Path | None, folder: Path) -> None:
    """Print a paper, or write it to a file."""
    modules = _modules(folder)
    _must_be_here(only, modules)
    chosen = {name: module for name, module in modules.items() if only in (None, name)}
    paper = _paper(chosen, Kind(kind), seed, rule)
    if to is None:
        click.echo(paper.text, nl=False)
        return
    to.write_text(paper.text, "utf-8")
    asked = how_many(len(paper.items), "question")
    click.echo(f"{to.name} has {asked}. Answers begin with its first line.")


@panel.command()
@click.argument("answers", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@rule_option
@click.option("--dry-run", is_flag=True, help="Tell what it comes to, and keep nothing.")
@banks_option
@results_option
def score(answers: Path, rule: str, folder: Path, results: Path, *, dry_run: bool) -> None:
    """Mark a paper's answers, and keep what was found; a line `reader: …` says who read."""
    modules = _modules(folder)
    try:
        text = answers.read_text("utf-8")
        head = head_of(text)
        if unknown := [name for name in head.modules if name not in modules]:
            raise Refused(f"The paper is of {', '.join(unknown)}, which is not here.")
        chosen = {name: modules[name] for name in head.modules}
        sheet = read_sheet(text, _paper(chosen, head.kind, head.seed, rule))
        today = london_day(utc_now())
        for name, module in chosen.items():
            mine = [answer for answer in sheet.answers if answer.item.module == name]
            right = sum(answer.is_right for answer in mine)
            click.echo(f"{name}: {right} of {len(mine)} right ({right / max(1, len(mine)):.0%}).")
            if mine and not dry_run:
                kept = add(load(results, name), sheet, name, module.edition, today)
                results.mkdir(parents=True, exist_ok=True)
                (results / f"{name}.toml").write_text(as_toml(kept), "utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{answers} is not UTF-8 text: save it as UTF-8.") from error
    except PanelError as error:
        raise Refused(str(error)) from error


@panel.command()
@banks_option
@results_option
@click.option("--module", "only", metavar="MODULE", help="One module alone.")
@as_json
def report(folder: Path, results: Path, only: str | None, *, as_json: bool) -> None:
    """What readers found, module by module; exit 1 where a bound is not kept."""
    today = london_day(utc_now())
    told, modules = [], _modules(folder)
    _must_be_here(only, modules)
    for name, module in modules.items():
        if only not in (None, name):
            continue
        try:
            groups = groups_of(load(results, name), may_count(module, today))
        except PanelError as error:
            raise Refused(str(error)) from error
        told.append(_Told(name, groups, figures(module, groups, today) if groups else None))
    if as_json:
        show([one.as_line for one in told], (), as_json=True)
    else:
        _print(told)
    faults = [words for one in told for words in one.faults]
    for words in faults:
        click.echo(words, err=True)
    sys.exit(1 if faults else 0)


class _Told:
    """What is told of one module."""

    def __init__(self, module: str, groups: Sequence[Group], found: Figures | None) -> None:
        self.module, self.groups, self.figures = module, groups, found

    @property
    def best_guess(self) -> float | None:
        """The share of the strongest of those who do not know."""
        shares = [group.share for group in self.groups if group.kind in (Kind.OPTIONS, Kind.RULE)]
        return max(shares, default=None)

    @property
    def margin(self) -> float | None:
        """How much better those do who know."""
        informed = [group.share for group in self.groups if group.kind is Kind.INFORMED]
        best = self.best_guess
        return informed[0] - best if informed and best is not None else None

    @property
    def given_away(self) -> list[str]:
        """The questions that every reader of options alone had right."""
        return sorted(
            question
            for group in self.groups
            if group.kind is Kind.OPTIONS
            for question, count in group.counts.items()
            if count.read >= OFTEN and count.right == count.read
        )

    @property
    def second(self) -> float | None:
        """In how many readings by those who know a second answer was named."""
        found = [g for g in self.groups if g.kind in (Kind.INFORMED, Kind.EXPERT)]
        read = sum(group.read for group in found)
        return sum(group.second * group.read for group in found) / read if read else None

    @property
    def faults(self) -> Iterator[str]:
        """Which bounds are not kept."""
        for group in self.groups:
            bound = {Kind.OPTIONS: OPTIONS_AT_MOST, Kind.RULE: RULE_AT_MOST}.get(group.kind)
            if bound is not None and group.share > bound:
                yield self._fault(f"{_named(group)}: {group.share:.1%} right, at most {bound:.0%}")
            if group.kind is Kind.INFORMED and group.share < INFORMED_AT_LEAST:
                least = f"at least {INFORMED_AT_LEAST:.0%}"
                yield self._fault(f"{_named(group)}: {group.share:.1%} right, {least}")
        if self.second is not None and self.second > SECOND_AT_MOST:
            words = f"{self.second:.1%} of readings name a second answer"
            yield self._fault(f"{words}, at most {SECOND_AT_MOST:.0%}")
        if self.figures is not None:
            guessing, knowing = self.figures.guessing.at_once, self.figures.knowing.at_once
            if guessing >= GUESSING_BELOW:
                words = f"somebody who does not know would pass {guessing:.1%}"
                yield self._fault(f"{words}, under {GUESSING_BELOW:.0%} is wanted")
            if knowing <= KNOWING_ABOVE:
                words = f"somebody who knows would pass {knowing:.1%}"
                yield self._fault(f"{words}, over {KNOWING_ABOVE:.0%} is wanted")

    def _fault(self, words: str) -> str:
        return f"fault: {self.module}: {words}."

    @property
    def as_line(self) -> dict[str, object]:
        """For a program."""
        found = self.figures
        return {
            "module": self.module,
            "readers": [
                {
                    "kind": group.kind.value,
                    "rule": group.rule,
                    "who": group.who,
                    "papers": group.sheets,
                    "questions": len(group.counts),
                    "right": round(group.share, 4),
                    "second_answer": round(group.second, 4),
                }
                for group in self.groups
            ],
            "margin": None if self.margin is None else round(self.margin, 4),
            "right_from_options_alone": self.given_away,
            "passes_without_knowing": found and round(found.guessing.at_once, 4),
            "passes_without_knowing_in_a_day": found and round(found.guessing.in_a_day, 4),
            "passes_knowing": found and round(found.knowing.at_once, 4),
            "faults": list(self.faults),
        }


def _named(group: Group) -> str:
    names = {
        Kind.OPTIONS: "options alone",
        Kind.RULE: f"rule of thumb {group.rule!r}",
        Kind.INFORMED: "informed",
        Kind.EXPERT: "expert",
    }
    return names[group.kind]


def _print(told: Sequence[_Told]) -> None:
    for one in told:
        click.echo(f"{one.module}")
        if not one.groups:
            click.echo("  not read yet\n")
            continue
        rows: list[Mapping[str, object]] = [
            {
                "readers": _named(group),
                "papers": group.sheets,
                "questions": len(group.counts),
                "right": f"{group.share:.1%}",
                "a second answer": f"{group.second:.1%}",
                "who": ", ".join(group.who),
            }
            for group in one.groups
        ]
        heads = {column: column for column in rows[0]}
        show([heads, *rows], tuple(heads), as_json=False)
        if one.margin is not None:
            click.echo(f"margin: {one.margin:.1%}")
        if one.figures is None:
            click.echo("passing: not measured yet: too few questions have been read as they stand")
        else:
            click.echo(f"passing: {one.figures.words}")
        if one.given_away:
            every = "right by every reader of options alone"
            click.echo(f"{every}: {', '.join(one.given_away)}")
        click.echo()


def _modules(folder: Path) -> dict[str, Module]:
    place, _ = this_place()
    modules = these_modules(folder, place)
    return {module.id: resolve(module, place) for module in modules}


def _must_be_here(only: str | None, modules: Mapping[str, Module]) -> None:
    if only is not None and only not in modules:
        raise Refused(f"There is no module {only!r} here: it is one of {', '.join(modules)}.")


def _paper(modules: Mapping[str, Module], kind: Kind, seed: int, rule: str) -> Paper:
    today: date = london_day(utc_now())
    asked: dict[str, tuple[Question, ...]] = {
        name: may_count(module, today) for name, module in modules.items()
    }
    try:
        return draw(asked, kind, seed, rule)
    except PanelError as error:
        raise Refused(str(error)) from error
