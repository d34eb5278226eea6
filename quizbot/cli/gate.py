"""`quizbot banks robots` and `quizbot banks coverage`: what a guesser finds, what a bank covers."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from questions.bank import SHIPPED
from questions.coverage import PLACED, TEENAGERS, Coverage, coverage
from questions.learned import ROBOTS as LEARNERS_AND_HABITS
from questions.learned import Giveaway, Learned, Taught, learn
from questions.lint.mix import MORE, QUIET, TWINS
from questions.robots import ROBOTS as GUESSERS
from questions.robots import Row, table
from quizbot.cli.common import as_json, show
from quizbot.cli.findings import these_modules, this_place
from quizbot.clock import london_day, utc_now
from quizbot.editions.editions import resolve
from quizbot.editions.robots import MOST, TRIES, may_count, passes
from quizbot.errors import Refused
from quizbot.words import how_many

MOST_TOLD = 12  # questions that give an answer away, a robot

banks_folder = click.argument(
    "folder", type=click.Path(path_type=Path), default=SHIPPED, metavar="[FOLDER OF BANKS]"
)


@click.command()
@banks_folder
@click.option(
    "--module", "only", metavar="MODULE", help="Tell of one module alone, and what gives it away."
)
@as_json
def robots(folder: Path, only: str | None, *, as_json: bool) -> None:
    """Let guessers that know nothing take the banks; exit 1 if one does too well."""
    today, (place, _) = london_day(utc_now()), this_place()
    modules = [resolve(module, place) for module in these_modules(folder, place)]
    counted = {module.id: may_count(module, today) for module in modules}
    if only is not None and only not in counted:
        raise Refused(f"There is no module {only!r} here: it is one of {', '.join(counted)}.")
    told = [module for module in modules if only in (None, module.id)]
    rows = table({module.id: counted[module.id] for module in told})
    if not rows:
        raise Refused("There is no question here that may count.")
    learned = learn(counted)
    taught = [row for row in learned.rows if only in (None, row.module)]
    passed = {module.id: passes(module, today) for module in told}
    if as_json:
        lines = [_line(row, passed) for row in rows]
        show([*lines, *(_taught_line(row, learned) for row in taught)], (), as_json=True)
    else:
        _print_shares(rows, GUESSERS)
        _print_passes(passed)
        _print_taught(taught)
        if only is not None:
            _print_giveaways(learned, only)
    faults = [*_too_clever(rows), *_too_lucky(passed), *_too_well_taught(taught, learned)]
    for words in faults:
        click.echo(words, err=True)
    sys.exit(1 if faults else 0)


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


def _taught_line(row: Taught, learned: Learned) -> dict[str, object]:
    return {
        "robot": row.robot,
        "module": row.module,
        "questions": row.questions,
        "right": round(row.right, 4),
        "chance": round(row.chance, 4),
        "standard_error": round(row.error, 4),
        "at_most": round(row.bound, 4),
        "gives_most_away": [
            {"question": one.question, "towards": one.towards, "away": one.away}
            for one in learned.giveaways[row.robot, row.module][:MOST_TOLD]
        ],
        "fault": row.is_fault,
    }


def _print_shares(rows: Sequence[Row], robots: Iterable[str]) -> None:
    columns = list(dict.fromkeys(row.module for row in rows))
    chances = {row.module: row.chance for row in rows}
    counts = {row.module: row.questions for row in rows}
    right = {(row.robot, row.module): row.right for row in rows}
    lines: list[Mapping[str, object]] = [
        {"": "questions that may count", **{column: counts[column] for column in columns}},
        {"": "a blind guess", **{column: f"{chances[column]:.0%}" for column in columns}},
        *(
            {"": robot, **{column: f"{right[robot, column]:.0%}" for column in columns}}
            for robot in robots
        ),
    ]
    click.echo("How often each is right:")
    _print_table(lines)


def _print_taught(rows: Sequence[Taught]) -> None:
    if not rows:
        click.echo("\nThere is no other module here that robots could learn from.")
        return
    columns = list(dict.fromkeys(row.module for row in rows))
    found = {(row.robot, row.module): row for row in rows}
    one_robot = rows[0].robot
    lines: list[Mapping[str, object]] = [
        {"": "questions", **{c: found[one_robot, c].questions for c in columns}},
        {"": "a blind guess", **{c: f"{found[one_robot, c].chance:.0%}" for c in columns}},
        {"": "at most", **{c: f"{found[one_robot, c].bound:.0%}" for c in columns}},
        *(
            {"": robot, **{c: f"{found[robot, c].right:.0%}" for c in columns}}
            for robot in LEARNERS_AND_HABITS
        ),
    ]
    click.echo("\nHow often each is right that was taught on the other modules:")
    _print_table(lines)


def _print_giveaways(learned: Learned, module: str) -> None:
    for robot in LEARNERS_AND_HABITS:
        told = learned.giveaways.get((robot, module), ())
        click.echo(f"\n{robot}: surely right in {how_many(len(told), 'question')}")
        for one in told[:MOST_TOLD]:
            click.echo(f"  {_of(one)}")


def _of(one: Giveaway) -> str:
    sides = (("for", one.towards), ("against the others", one.away))
    words = "; ".join(f"{side}: {', '.join(told)}" for side, told in sides if told)
    return f"{one.question}: {words}"


def _print_passes(passed: Mapping[str, Mapping[str, float]]) -> None:
    columns = [module for module, shares in passed.items() if shares]
    click.echo(f"\nHow many of {TRIES:,} assured attempts each passes:")
    _print_table(
        {"": robot, **{column: round(passed[column][robot] * TRIES) for column in columns}}
        for robot in GUESSERS
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


def _too_well_taught(rows: Sequence[Taught], learned: Learned) -> Iterator[str]:
    for row in rows:
        if row.is_fault:
            worst = learned.giveaways[row.robot, row.module][:3]
            yield (
                f"fault: {row.module}: {row.robot}: right in {row.right:.0%}, at most"
                f" {row.bound:.0%}: words give the answers away, most of all in"
                f" {' | '.join(map(_of, worst))}"
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
    found = [coverage(module) for module in these_modules(folder, place)]
    if as_json:
        show(found, (), as_json=True)
        return
    for covered in found:
        _print_coverage(covered)


def _mix_lines(covered: Coverage) -> Iterator[str]:
    mix = covered.mix
    errors = ", ".join(f"{side} {count}" for side, count in covered.errors.items())
    yield f"wrong choices err by: {errors}"
    rights = ", ".join(f"{how} ({count})" for how, count in covered.right_options.items())
    yield f"several-of questions, how many options are right: {rights or 'none'}"
    for said, count, of, wanted in (
        ("apply a rule and have an option that errs by more", mix.more, mix.applied, MORE),
        ("apply a rule and have a quiet right answer", mix.quiet, mix.applied, QUIET),
        ("apply a rule and have a twin", mix.twins, mix.applied, TWINS),
        ("say where in a source they rest", covered.with_place, covered.questions, PLACED),
        (
            "tell of a child of 13 to 17, of those with an age",
            covered.teenagers,
            covered.told_ages,
            TEENAGERS,
        ),
    ):
        share = f" ({count / of:.0%}; wanted: {wanted:.0%})" if of else ""
        yield f"{said}: {count} of {of}{share}"
    yield f"groups of twins: {covered.twin_groups}"


def _print_coverage(covered: Coverage) -> None:
    click.echo(f"{covered.module}: {how_many(covered.questions, 'question')}\n")
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
    for line in _mix_lines(covered):
        click.echo(line)
    for name, variants in covered.must_knows.items():
        click.echo(f"must-know {name}: {how_many(len(variants), 'variant')}: {', '.join(variants)}")
    for question, words in covered.in_check.items():
        click.echo(f"not yet to count: {question}: {words}")
    click.echo()
