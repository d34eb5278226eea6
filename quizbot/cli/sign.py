"""`quizbot banks sign`: a lead's signature, given at the command line."""

import click

from quizbot.cli.common import opened


@click.command()
@click.argument("module")
@click.option("--name", required=True, help="Who signs, as it is to be shown.")
@click.option("--role", required=True, help="In which role, such as designated nurse.")
@click.option("--checked", required=True, help="What was checked.")
def sign(module: str, name: str, role: str, checked: str) -> None:
    """Sign the edition of a module that is published now."""
    with opened() as service:
        current = service.editions.current(module)
        service.signatures.sign(current.id, name, role, checked)
    click.echo(f"{module}: edition {current.label} is signed by {name}, {role}.")
