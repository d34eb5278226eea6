"""`quizbot banks robots` and `quizbot banks coverage`: what a guesser finds, what a bank covers."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from questions.bank import SHIPPED
from questions.coverage import Coverage, coverage
from questions.module import Module
from questions.place import Place
from questions.robots import ROBOTS, Row, table
from quizbot.cli.common import as_json, show
from quizbot.cli.findings import number, these_banks, this_place
from quizbot.clock import london_day, utc_now
from quizbot.editions.editions import resolve
from quizbot.editions.robots import MOST, TRIES, may_count, passes
from quizbot.errors import Refused

banks_folder = click.argument(
    "folder", type=click.Path(path_type=Path), default=SHIPPED, metavar="[FOLDER OF BANKS]"
)


@click.command()
@banks_folder
@as_json
def robots(folder: Path, *, as_json: bool) -> None:
    """Let guessers that know nothing take the banks; exit 1 if one does too well."""
    today, (place, _) = london_day(utc_now()), this_place()
    modules = [resolve(module, place) for module in _modules(folder, place)]
    rows = table({module.id: may_count(module, today) for module in modules})
    if not rows:
        raise Refused("There is no question here that may count.")
    passed = {module.id: passes(module, today) for module in modules}
    if as_json:
        show((_line(row, passed) for row in rows), (), as_json=True)
    else:
        _print_shares(rows)
        _print_passes(passed)
    faults = [*_too_clever(rows), *_too_lucky(passed)]
    for words in faults:
        click.echo(words, err=True)
    sys.exit(1 if faults else 0)


def _modules(folder: Path, place: Place) -> list[Module]:
    banks = these_banks(folder, place)
    for bank in banks:
        if bank.has_faults:
            click.echo(f"{bank.id} has faults: `quizbot banks check` tells them.", err=True)
    return [bank.module for bank in banks if bank.module is not None]


def _line(row: Row, passed: Mapping[str, Mapping[str, float]]) -> dict[str, object]:
    attempts = passed.get(row.module, {}).get(row.robot)
    return {
        "robot": row.robot,
        "module": row.module,
        "questions": row.questions,
        "right": round(row.right, 4),
        "chance": round(row.chance, 4),
        "standard_error": round(row.error, 4),
        "attempts_passed": attempts,
        "fault": row.is_fault or (attempts or 0) > MOST,
    }


def _print_shares(rows: Sequence[Row]) -> None:
    columns = list(dict.fromkeys(row.module for row in rows))
    chances = {row.module: row.chance for row in rows}
    counts = {row.module: row.questions for row in rows}
    right = {(row.robot, row.module): row.right for row in rows}
    lines: list[Mapping[str, object]] = [
        {"": "questions that may count", **{column: counts[column] for column in columns}},
        {"": "a blind guess", **{column: f"{chances[column]:.0%}" for column in columns}},
        *(
            {"": robot, **{column: f"{right[robot, column]:.0%}" for column in columns}}
            for robot in ROBOTS
        ),
    ]
    click.echo("How often each is right:")
    _print_table(lines)


def _print_passes(passed: Mapping[str, Mapping[str, float]]) -> None:
    columns = [module for module, shares in passed.items() if shares]
    click.echo(f"\nHow many of {TRIES:,} assured attempts each passes:")
    _print_table(
        {"": robot, **{column: round(passed[column][robot] * TRIES) for column in columns}}
        for robot in ROBOTS
    )
    for module in passed.keys() - columns:
        click.echo(f"{module} cannot be taken in assured mode today.")


def _print_table(lines: Iterable[Mapping[str, object]]) -> None:
    rows = list(lines)
    heads = {column: column for column in rows[0]}
    show([heads, *rows], tuple(heads), as_json=False)


def _too_clever(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row.is_fault:
            yield (
                f"fault: {row.module}: a guesser by {row.robot!r} is right in {row.right:.0%},"
                f" a blind one in {row.chance:.0%}: look for what gives the answers away."
            )


def _too_lucky(passed: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    for module, shares in passed.items():
        for robot, share in shares.items():
            if share > MOST:
                yield (
                    f"fault: {module}: a guesser by {robot!r} passes {share:.1%} of its attempts,"
                    f" at most {MOST:.0%}: look for what gives the answers away."
                )


@click.command(name="coverage")
@banks_folder
@as_json
def coverage_(folder: Path, *, as_json: bool) -> None:
    """Count what the banks cover, and what they leave out."""
    place, _ = this_place()
    found = [coverage(module) for module in _modules(folder, place)]
    if as_json:
        show(found, (), as_json=True)
        return
    for covered in found:
        _print_coverage(covered)


def _print_coverage(covered: Coverage) -> None:
    click.echo(f"{covered.module}: {number(covered.questions, 'question')}\n")
    columns = sorted({column for counts in covered.objectives.values() for column in counts})
    _print_table(
        {"objective": name, **{column: counts.get(column, "") for column in columns}}
        for name, counts in covered.objectives.items()
    )
    used = (
        f"{fact} ({count})" if count > 1 else fact for fact, count in covered.facts_used.items()
    )
    click.echo(f"\nfacts used: {', '.join(used)}")
    skipped = ", ".join(covered.facts_skipped) or "none"
    click.echo(f"numbers below the highest used that no question uses: {skipped}")
    months = (f"{month} ({count})" for month, count in covered.review_by.items())
    click.echo(f"to be looked at again: {', '.join(months)}")
    lessons = (f"{review} ({count})" for review, count in covered.lessons.items())
    click.echo(f"lessons from reviews: {'; '.join(lessons) or 'none'}")
    for name, variants in covered.must_knows.items():
        click.echo(f"must-know {name}: {number(len(variants), 'variant')}: {', '.join(variants)}")
    for question, words in covered.in_check.items():
        click.echo(f"not yet to count: {question}: {words}")
    click.echo()
