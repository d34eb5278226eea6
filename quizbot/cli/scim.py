"""`quizbot scim`: a directory that keeps people in step, and the keys it is let in by."""

import click

from quizbot.cli.common import as_json, opened, show


@click.group()
def scim() -> None:
    """A directory, such as Entra, that keeps people in step (QUIZBOT_SCIM)."""


@scim.command()
@click.argument("name")
def token(name: str) -> None:
    """Make a key for the directory NAME: it is told this once, and kept as a hash alone."""
    with opened() as service:
        click.echo(service.scim_tokens.make(name))
        if not service.directory.top:
            click.echo("It opens nothing until QUIZBOT_SCIM names a unit.", err=True)


@scim.command()
@as_json
def tokens(*, as_json: bool) -> None:
    """Every key that works, by its last four letters."""
    with opened() as service:
        lines = service.scim_tokens.all()
    show(lines, ("last_four", "name", "made_at", "used_at"), as_json=as_json)


# The four may begin with a hyphen, and are no options then.
@scim.command(context_settings={"ignore_unknown_options": True})
@click.argument("last_four")
def end(last_four: str) -> None:
    """Let the key that ends with LAST_FOUR work no more."""
    with opened() as service:
        service.scim_tokens.end(service.scim_tokens.by_end(last_four))
    click.echo(f"The key that ends with {last_four} is ended.")


@scim.command()
@as_json
def status(*, as_json: bool) -> None:
    """On or off, when it was last heard of, its last fault and what is held for a lead."""
    with opened() as service:
        state = service.directory.state()
    columns = ("top", "users", "groups", "last_use", "taken_at", "held", "last_fault")
    show([state], columns, as_json=as_json)


@scim.command(name="take-in")
def take_in() -> None:
    """Take in now what the directory said, instead of waiting until it is quiet."""
    with opened() as service:
        done = service.directory.take_in()
        state = service.directory.state()
    click.echo(f"Taken in: {done}.")
    if state.held:
        click.echo(f"Held for a lead: {state.held}", err=True)
    if state.last_fault:
        click.echo(f"Not taken in: {state.last_fault}", err=True)
