"""`quizbot audit`: whether the trail is as it was written, and its head to keep elsewhere."""

import click

from quizbot.cli.common import opened
from quizbot.words import how_many


@click.group()
def audit() -> None:
    """The audit trail: what was done, by whom, to what."""


@audit.command()
@click.option("--head", metavar="HASH", default="", help="From the last backup or report.")
def verify(head: str) -> None:
    """Find a row that was changed, moved or taken out; exit 1 and name it.

    Rows cut off at the end are found only with the head of an earlier day, as backups and reports
    print it: keep it where who can write the database cannot.
    """
    with opened() as service:
        found = service.audit.verify(head)
    click.echo(f"The trail is whole: {how_many(found.number, 'row')}.")
    if not head:
        click.echo("Whether rows were cut off at its end only an earlier head can tell: --head.")
    click.echo(f"head {found.hash}")


@audit.command()
def head() -> None:
    """Print the number of the last row and its hash."""
    with opened() as service:
        found = service.audit.head()
    click.echo(f"{found.number} {found.hash}")
