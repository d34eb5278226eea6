"""`quizbot banks changes`: what changed in sources. `quizbot changes`: telling and asking."""

import dataclasses
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from questions.bank import SHIPPED
from questions.changing import Weighed, findings, weigh
from questions.findings import faults
from questions.register import shipped_register
from quizbot.cli.common import as_json, opened, show
from quizbot.cli.findings import tell, these_modules, this_place
from quizbot.clock import london_day, utc_now
from quizbot.rules.updates import Whom
from quizbot.standing.change_drafts import ChangeDraft, ChangePreview, HeldBy
from quizbot.words import how_many, long_date


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
    modules = these_modules(folder, place)
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
    click.echo(
        f"  {how_many(len(one.touched), 'question')} touched, {len(one.undecided)} undecided"
    )
    if one.own:
        click.echo(f"  its own, in {one.asked_in}: {', '.join(one.own)}")
    if one.asks_nobody:
        click.echo(f"  asks nobody: {'; '.join(one.asks_nobody)}")
    click.echo()


def _counted(weighed: Sequence[Weighed]) -> str:
    asking = [one.change.id for one in weighed if not one.asks_nobody]
    undecided = sum(len(one.undecided) for one in weighed)
    return (
        f"{how_many(len(weighed), 'change')}, {undecided} undecided."
        f" People could be asked for: {', '.join(asking) or 'none'}."
    )


@click.group()
def changes() -> None:
    """Changes of guidance: tell people, or ask those whose pass rested on what changed."""


def _of_a_draft(command: Callable[..., None]) -> Callable[..., None]:
    """The words that say whom to tell or to ask of what."""
    for option in (
        click.option(
            "--has-read", default="", metavar="TEXT", help="What a lead has read, if in doubt."
        ),
        click.option("--every-job", is_flag=True, help="Every job of the unit is concerned."),
        click.option("--job", "jobs", multiple=True, help="Only this job; may be repeated."),
        click.option(
            "--whom",
            type=click.Choice([whom.value for whom in Whom]),
            help="Whom to ask, if not those of the change's kind.",
        ),
        click.option(
            "--ask-by", type=click.DateTime(["%Y-%m-%d"]), help="Ask to confirm by this day."
        ),
        click.option("--unit", required=True, help="This unit and all below it."),
        click.argument("change"),
    ):
        command = option(command)
    return command


@changes.command()
@_of_a_draft
@as_json
def preview(*, as_json: bool, **given: Any) -> None:
    """Tell what telling people of CHANGE, or with --ask-by asking them, would do; changes nothing.

    Of a change that reversed an answer, those are asked whose pass rested on it; of a new duty,
    those who passed before it. Nobody's pass is taken away.
    """
    with opened() as service:
        seen = service.changes.preview(_draft(**given))
    if as_json:
        click.echo(json.dumps(_preview_line(seen), indent=2, ensure_ascii=False))
    else:
        _print_preview(seen)


@changes.command()
@_of_a_draft
def apply(**given: Any) -> None:
    """Tell what it does, and do it; `preview --help` explains the words."""
    with opened() as service:
        draft = _draft(**given)
        _print_preview(service.changes.preview(draft))
        action_id = service.changes.apply(draft, draft.fingerprint)
    click.echo(f"Done: {action_id}.")


@changes.command(name="list")
@as_json
def list_(*, as_json: bool) -> None:
    """What people were told and asked, and how many have confirmed it."""
    with opened() as service:
        lines = [
            {
                "id": str(one.action_id),
                "change": one.change,
                "unit": one.unit,
                "made_on": one.made_on.isoformat(),
                "due_on": one.due_on.isoformat() if one.due_on else "told",
                "withdrawn_on": one.withdrawn_on.isoformat() if one.withdrawn_on else "",
                "asked": one.asked,
                "confirmed": one.confirmed,
            }
            for one in service.changes.all()
        ]
    columns = ("id", "change", "unit", "made_on", "due_on", "asked", "confirmed", "withdrawn_on")
    if not (lines or as_json):
        click.echo("Nobody was told or asked of a change yet.")
        return
    heads = [{column: column.replace("_", " ") for column in columns}]
    show(lines if as_json else [*heads, *lines], columns, as_json=as_json)


@changes.command()
@click.argument("action", type=click.UUID)
@click.option("--reason", required=True, help="Why, in a few words.")
def withdraw(action: UUID, reason: str) -> None:
    """Take back what was told or asked: nobody has to confirm it any more.

    ACTION is the id that `apply` prints at its end; `changes list` has all of them.
    """
    with opened() as service:
        is_new = service.changes.withdraw(action, reason)
    click.echo("Taken back." if is_new else "It was taken back before: nothing was changed.")


def _draft(
    change: str,
    unit: str,
    ask_by: datetime | None,
    whom: str | None,
    jobs: tuple[str, ...],
    *,
    every_job: bool,
    has_read: str,
) -> ChangeDraft:
    return ChangeDraft(
        change=change,
        unit=unit,
        due_on=date(ask_by.year, ask_by.month, ask_by.day) if ask_by else None,
        whom=Whom(whom) if whom else None,
        jobs=jobs,
        every_job=every_job,
        has_read=has_read,
    )


def _preview_line(seen: ChangePreview) -> dict[str, Any]:
    return {
        "change": seen.change.id,
        "due_on": seen.draft.due_on.isoformat() if seen.draft.due_on else None,
        "asked_in": seen.asked_in,
        "people": seen.people,
        "already": seen.already,
        "total": _held_line(seen.total),
        "by_agency": [_held_line(one) for one in seen.by_agency],
        "by_module": [_held_line(one) for one in seen.by_module],
    }


def _held_line(one: HeldBy) -> dict[str, Any]:
    return {name: value for name, value in dataclasses.asdict(one).items() if value != ""}


def _print_preview(seen: ChangePreview) -> None:
    for words in seen.lines:
        click.echo(words)
    heads = {name: name for name in HeldBy.__dataclass_fields__} | {"name": ""}
    for rows in (seen.by_agency, seen.by_module):
        click.echo()
        lines = [{**dataclasses.asdict(one)} for one in rows]
        show([heads, *lines], tuple(heads), as_json=False)
