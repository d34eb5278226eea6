"""`quizbot people` and `quizbot units`: who works where, and who may do what."""

import json
import sys
from datetime import date, datetime
from pathlib import Path

import click

from quizbot.access import Role
from quizbot.cli.common import as_json, opened, show
from quizbot.errors import BadFile, Refused
from quizbot.people.file.columns import read_columns
from quizbot.people.file.days import DayOrder
from quizbot.people.file.in_words import told_people
from quizbot.people.people import Options, Plan, told_faults
from quizbot.standing.ended_duties import in_words

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def people() -> None:
    """People, their posts and their roles."""


@people.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--make-units", is_flag=True, help="Make units that are not there yet.")
@click.option("--unit", metavar="PATH", help="The unit for which the file is complete.")
@click.option("--complete", is_flag=True, help="Who is of --unit and not in the file has left it.")
@click.option(
    "--confirm",
    is_flag=True,
    help="It is meant: many leave, a line looked like a slip, or what is overdue ends.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--good-rows", is_flag=True, help="Take the good lines, and list the others.")
@click.option(
    "--columns",
    metavar='"THEIRS=OURS,…"',
    multiple=True,
    help="What the file calls our columns; remembered. Nothing behind the = leaves one out.",
)
@click.option(
    "--days",
    type=click.Choice([order.value for order in DayOrder]),
    help="What 03/04/2026 is in this file.",
)
@click.option(
    "--titles-on",
    type=click.IntRange(min=1),
    metavar="LINE",
    help="The line with the titles, where it is not found by itself.",
)
@as_json
def import_(
    file: Path,
    *,
    columns: tuple[str, ...],
    days: str | None,
    titles_on: int | None,
    make_units: bool,
    unit: str | None,
    complete: bool,
    confirm: bool,
    dry_run: bool,
    good_rows: bool,
    as_json: bool,
) -> None:
    """Take in a people file, CSV or .xlsx: all of it, or on any fault nothing.

    The first line names the columns: staff_ref, name, email, unit, job, started_on, manager;
    forename and surname may stand for name. What stands above that line is left out.
    A unit is written from the top: Northmoor/Council/Assessment Team. An empty address or number
    leaves what is known; an empty manager means that there is none. Somebody is known again by
    staff_ref, whatever its capitals, or else by the address. Where the titles are others,
    say so once: --columns "Employee Number=staff_ref,Phone=".
    """
    if complete != bool(unit):
        raise click.UsageError("--complete and --unit PATH go together.")
    if complete and good_rows:
        raise click.UsageError(
            "A file of which lines are left out is not complete: use --complete or --good-rows."
        )
    order = DayOrder(days) if days else None
    named = read_columns(columns)
    options = Options(make_units, unit, complete, good_rows, named, order, titles_on)
    with opened() as service, service.people.plan(file, options) as plan:
        words, faults = told_faults(plan)
        if plan.is_refused:
            raise BadFile(words, faults)
        if not as_json:
            for fault in faults:
                click.echo(f"Left out: {fault}", err=True)
            for doubt in plan.doubts:
                click.echo(f"Look at {doubt}.", err=True)
            for words in in_words(plan.ends):
                click.echo(f"Look at {words}.", err=True)
        if plan.needs_confirming and not (confirm or dry_run):
            raise Refused(f"{plan.warning} Nothing was imported. Check the file, or add --confirm.")
        if not dry_run:
            service.people.apply(plan, confirm=confirm)
        if as_json:
            _print_json(plan, faults)
        elif dry_run:
            _print_changes(plan)
        else:
            click.echo(f"{plan.name}: {plan.counts}.")


def _print_changes(plan: Plan) -> None:
    """Everybody for whom something would change."""
    for path in plan.new_units():
        click.echo(f"Unit {path} is made")
    for told in told_people(plan):
        click.echo(told.heading)
        for detail in told.details:
            click.echo(f"    {detail}")
    click.echo(f"{plan.name}, if it were imported: {plan.counts}. Nothing was changed.")
    if plan.needs_confirming:
        click.echo(f"{plan.warning} This needs --confirm.", err=True)


def _print_json(plan: Plan, faults: tuple[str, ...]) -> None:
    """The same as one object, written as it is made: a long file needs no memory."""
    head = {
        "counts": vars(plan.counts),
        "units": plan.new_units(),
        "leaving": plan.leaving,
        "in_unit": plan.in_unit,
        "needs_confirm": plan.needs_confirming,
        "doubts": [str(doubt) for doubt in plan.doubts],
        "ends": [ended.words for ended in plan.ends],
        "left_out": faults,
    }
    click.echo(json.dumps(head, ensure_ascii=False)[:-1] + ', "people": [')
    before = ""
    for told in told_people(plan):
        click.echo(before + json.dumps(told.as_values(), ensure_ascii=False), nl=False)
        before = ",\n"
    click.echo("\n]}")


@people.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
def export(file: Path | None) -> None:
    """Write everybody's posts of today in the columns of an import, to FILE or to the terminal."""
    with opened() as service:
        if file is None:
            service.people.export(sys.stdout)
        else:
            with file.open("w", encoding="utf-8", newline="") as out:
                service.people.export(out)


@people.command()
@click.argument("keep", metavar="KEEP")
@click.argument("other", metavar="OTHER", required=False)
@click.option("--confirm", is_flag=True, help="It is one person: do it.")
@click.option("--undo", is_flag=True, help="Undo the last join of KEEP, while nothing followed.")
def join(keep: str, other: str | None, *, confirm: bool, undo: bool) -> None:
    """Make two records of one person one: all that OTHER has goes to KEEP.

    Each by staff number, address or id. Without --confirm both are shown, and nothing is changed.
    """
    if undo == bool(other):
        raise click.UsageError("Name two records, or one with --undo.")
    with opened() as service:
        kept = service.own_data.whose(keep)
        if other is None:
            service.joining.undo(kept)
            click.echo(f"{keep}: there are two records again. Chats have to be linked anew.")
            return
        gone = service.own_data.whose(other)
        for title, one, two in service.joining.look(kept, gone).lines:
            click.echo(f"{title}: {one} | {two}")
        if not confirm:
            raise Refused("Nothing was changed. If these are one person, add --confirm.")
        service.joining.join(kept, gone)
    click.echo(f"All that {other} had is {keep}’s now. --undo takes it back while nothing follows.")


@people.command()
@click.argument("who", metavar="STAFF_REF_OR_EMAIL")
def slip(who: str) -> None:
    """Print a sign-in slip for somebody without a work address: one use, 14 days."""
    with opened() as service:
        printed = service.slips.print_for(service.people.by_reference(who))
    click.echo(printed.text)


@people.command()
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("unit")
@click.option("--from", "starts", type=DAY, help="First day; today unless given.")
@click.option("--to", "ends", type=DAY, help="Last day; without end unless given.")
def grant(email: str, role: str, unit: str, starts: datetime | None, ends: datetime | None) -> None:
    """Give a person a role over a unit and all below it."""
    with opened() as service:
        service.people.grant(email, Role(role), unit, _day(starts), _day(ends))
    click.echo(f"{email} is {role} of {unit}.")


@people.command()
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("unit")
def revoke(email: str, role: str, unit: str) -> None:
    """End a role from today."""
    with opened() as service:
        service.people.revoke(email, Role(role), unit)
    click.echo(f"{email} is no longer {role} of {unit}.")


@click.group()
def units() -> None:
    """Partnership, agencies and teams: one tree."""


@units.command(name="list")
@as_json
def list_(*, as_json: bool) -> None:
    """Every unit with the people in it."""
    with opened() as service:
        lines = service.people.units()
    show(lines, ("path", "kind", "people"), as_json=as_json)


def _day(typed: datetime | None) -> date | None:
    return typed.date() if typed else None
