"""`quizbot db`: bringing the database up to date, and checking that it is."""

import sys

import click
from sqlalchemy.exc import DatabaseError

from quizbot.config import read_settings
from quizbot.db import open_database
from quizbot.errors import Misconfigured
from quizbot.migrate import differences, is_current, newest, upgrade


@click.group()
def db() -> None:
    """The database."""


@db.command(name="upgrade")
def upgrade_() -> None:
    """Bring the tables up to date; on a new database, make them."""
    if upgrade_database():
        click.echo(f"The database is at {newest()}.")
    else:
        click.echo(f"The database was up to date, at {newest()}.")


@db.command()
def check() -> None:
    """Tell whether the tables are what the code expects; exit 1 if not."""
    database = open_database(read_settings().database_url)
    found = [] if not is_current(database) else differences(database)
    if not is_current(database):
        click.echo("The database is not up to date: run `quizbot db upgrade`.", err=True)
        sys.exit(1)
    for difference in found:
        click.echo(f"differs: {difference}", err=True)
    click.echo("The tables are as expected." if not found else f"{len(found)} differences.")
    database.dispose()
    sys.exit(1 if found else 0)


def upgrade_database() -> bool:
    """Bring the configured database up to date; whether anything was done."""
    database = open_database(read_settings().database_url)
    try:
        return upgrade(database)
    except DatabaseError as error:
        raise Misconfigured(f"The database cannot be brought up to date: {error.orig}") from None
    finally:
        database.dispose()
