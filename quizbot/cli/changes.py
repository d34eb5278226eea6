"""`quizbot banks changes`: what changed in sources, and what it does to the banks."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from questions.bank import SHIPPED
from questions.changing import Weighed, findings, weigh
from questions.findings import faults
from questions.register import shipped_register
from quizbot.cli.common import as_json
from quizbot.cli.findings import number, tell, these_banks, this_place
from quizbot.clock import london_day, utc_now
from quizbot.words import long_date


@click.command(name="changes")
@click.argument(
    "folder", type=click.Path(path_type=Path), default=SHIPPED, metavar="[FOLDER OF BANKS]"
)
@as_json
def bank_changes(folder: Path, *, as_json: bool) -> None:
    """What changed in sources: which questions it touches, what is undecided, whom it could ask.

    Exit 1 if anything in the register must be mended.
    """
    place, _ = this_place()
    register, today = shipped_register(), london_day(utc_now())
    modules = [bank.module for bank in these_banks(folder, place) if bank.module is not None]
    weighed = [weigh(one, modules, place.is_on, today) for one in register.changes.values()]
    found = list(findings(register, weighed, modules))
    if as_json:
        click.echo(json.dumps([_line(one) for one in weighed], indent=2, ensure_ascii=False))
    else:
        for one in weighed:
            _print(one)
        tell(found, as_json=False)
        click.echo(_counted(weighed))
    sys.exit(1 if faults(found) else 0)


def _line(one: Weighed) -> dict[str, Any]:
    change = one.change
    return {
        "change": change.id,
        "source": change.source,
        "from": change.before,
        "to": change.after,
        "kind": change.kind.value,
        "in_force": one.starts_on.isoformat() if one.starts_on else None,
        "doubt": change.doubt.value,
        "date_doubt": change.date_doubt.value,
        "was": change.was,
        "now": change.now,
        "matters": change.matters,
        "roles": list(change.roles),
        "note": change.note,
        "questions": [
            {
                "module": touched.module,
                "question": touched.question.id,
                "rests_by": touched.how.value,
                "verdict": touched.verdict.value if touched.verdict else None,
                "why": touched.why,
            }
            for touched in one.touched
        ],
        "asked_in": one.asked_in,
        "own_questions": list(one.own),
        "asks_nobody": list(one.asks_nobody),
    }


def _print(one: Weighed) -> None:
    change = one.change
    since = f"since {long_date(one.starts_on)}" if one.starts_on else "not in force here"
    click.echo(f"{change.id}: {change.kind}, {since}")
    click.echo(f"  was: {change.was}")
    click.echo(f"  now: {change.now}")
    click.echo(f"  {number(len(one.touched), 'question')} touched, {len(one.undecided)} undecided")
    if one.own:
        click.echo(f"  its own, in {one.asked_in}: {', '.join(one.own)}")
    if one.asks_nobody:
        click.echo(f"  asks nobody: {'; '.join(one.asks_nobody)}")
    click.echo()


def _counted(weighed: Sequence[Weighed]) -> str:
    asking = [one.change.id for one in weighed if not one.asks_nobody]
    undecided = sum(len(one.undecided) for one in weighed)
    return (
        f"{number(len(weighed), 'change')}, {undecided} undecided."
        f" People could be asked for: {', '.join(asking) or 'none'}."
    )
