"""`quizbot connections`: what this installation is connected to, and whether it works now."""

import sys

import click

from quizbot.cli.common import as_json, opened, show


@click.group()
def connections() -> None:
    """Mail, chats and the systems of the house: what is on, and whether it works."""


@connections.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """Each connection: on or off, when it last worked, what last went wrong."""
    with opened() as service:
        lines = [
            {
                "name": line.name,
                "state": "on" if line.is_on else "off",
                "worked": str(line.used_at or "never"),
                "fault": line.fault,
                "what": line.what,
            }
            for line in service.connected.all()
        ]
    show(lines, ("state", "name", "worked", "fault"), as_json=as_json)


@connections.command()
def check() -> None:
    """Try each that is on, by asking what it says of itself; exit 1 where one does not work.

    Nobody is signed in and no message leaves.
    """
    faults = 0
    with opened() as service:
        for line in service.connected.all():
            if not line.is_on:
                click.echo(f"off    {line.title}. {line.what}")
                continue
            fault = service.connected.check(line)
            faults += bool(fault)
            click.echo(f"{'FAULT' if fault else 'ok':<6} {line.title}. {fault or line.what}")
            if line.fault and not fault:
                click.echo(f"{'':<6} It answers now; before, this went wrong: {line.fault}")
    sys.exit(1 if faults else 0)
