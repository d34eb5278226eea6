"""`quizbot person` and `quizbot retention`: one person's data, and what is kept no longer."""

import os
from pathlib import Path

import click

from quizbot.cli.common import as_json, opened, show
from quizbot.errors import Refused
from quizbot.privacy.erasure import SENTENCE


@click.group()
def person() -> None:
    """One person's data: a copy to hand over, and erasing it."""


@person.command()
@click.argument("who", metavar="EMAIL_OR_REF")
@click.argument("out", metavar="OUT.zip", type=click.Path(path_type=Path))
def export(who: str, out: Path) -> None:
    """Write all that is kept of somebody to a zip: a page to read, and JSON.

    They may have left. It holds what they answered: hand it to them and to nobody else.
    """
    with opened() as service:
        person_id = service.own_data.whose(who)
        try:
            # For nobody else on this machine, and never over another file.
            file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Refused(f"{out} is there already: name another file.") from None
        except OSError as error:
            raise Refused(f"{out} cannot be written: {error.strerror}.") from None
        with os.fdopen(file, "wb") as opened_file:
            opened_file.write(service.own_data.copy(person_id))
    click.echo(f"{out} holds all that is kept of {who}.")


@person.command()
@click.argument("who", metavar="EMAIL_OR_REF")
@click.option(
    "--confirm",
    metavar="[SENTENCE]",
    is_flag=False,
    flag_value="yes",
    default="",
    help=f'Erase now; of somebody who has not left, --confirm "{SENTENCE}".',
)
def erase(who: str, confirm: str) -> None:
    """Erase what is personal of somebody; figures and the audit trail stay whole.

    Without --confirm nothing is erased, and what would be is told. The id that the audit trail
    shows will do for EMAIL_OR_REF too. Backups made before today still hold everything.
    """
    with opened() as service:
        person_id = service.own_data.whose(who)
        found = service.erasure.look(person_id)
        if found.is_done:
            click.echo(f"{who} was erased before: nothing to do.")
            return
        for table, rows in sorted(found.rows.items()):
            click.echo(f"{table}: {rows}")
        if not confirm:
            raise Refused("Nothing was erased. This cannot be taken back: add --confirm.")
        service.erasure.erase(person_id, confirm)
    click.echo(f"Erased. In the audit trail this is person {person_id}.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would go, and delete nothing.")
@as_json
def retention(*, dry_run: bool, as_json: bool) -> None:
    """Delete what is kept no longer, as the privacy page says; run it every day.

    People whose time is over are erased as `quizbot person erase` does it.
    """
    with opened() as service:
        found = service.retention.look() if dry_run else service.retention.run()
    show(found, ("rows", "table", "rule"), as_json=as_json)
    if not as_json:
        total = sum(one.rows for one in found)
        click.echo(f"{total} would go. Nothing was deleted." if dry_run else f"{total} went.")
