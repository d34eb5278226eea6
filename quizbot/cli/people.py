"""`quizbot people` and `quizbot units`: who works where, and who may do what."""

from datetime import date, datetime
from pathlib import Path

import click

from quizbot.access import Role
from quizbot.cli.common import as_json, opened, show

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def people() -> None:
    """People, their posts and their roles."""


@people.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--make-units", is_flag=True, help="Make units that are not there yet.")
def import_(file: Path, *, make_units: bool) -> None:
    """Take in a people file: all of it, or on any fault nothing.

    The first line names the columns: staff_ref, name, email, unit, job, started_on, manager.
    A unit is written from the top: Northmoor/Council/Assessment Team.
    """
    with opened() as service:
        imported = service.people.import_file(file, make_units=make_units)
    click.echo(f"{file.name}: {imported}.")


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


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None
