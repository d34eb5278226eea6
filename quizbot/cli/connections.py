"""`quizbot connections`: what this installation is connected to, and whether it works now."""

import sys
from datetime import datetime, time

import click

from quizbot.cli.common import as_json, opened, show
from quizbot.clock import LONDON

DAY = click.DateTime(["%Y-%m-%d"])


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

    Nobody is signed in, no message and no result leaves.
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


@connections.command("send-again")
@click.argument("target")
@click.option("--since", type=DAY, help="Also what was handed in from this day on.")
def send_again(target: str, since: datetime | None) -> None:
    """Tell TARGET (xapi, webhook:NAME) what it refused; with --since what came before it, too.

    What a store or a receiver has already is not there twice: each result has a number of its own.
    """
    with opened() as service:
        begins = since and datetime.combine(since.date(), time(), LONDON)
        count = service.deliveries.send_again(target, begins)
    click.echo(f"{count} results wait for `quizbot work` to tell them to {target}.")


@connections.command("notify-template")
def notify_template() -> None:
    """Print the template to make at GOV.UK Notify, and what to set then."""
    from quizbot.outbox.notify import BODY, SUBJECT

    click.echo(
        f"Type:     email\nName:     The Knowledge\nSubject:  {SUBJECT}\nMessage:\n\n{BODY}\n"
    )
    click.echo("Then set QUIZBOT_MAIL_URL=notify:FILE-WITH-THE-KEY?template=ID-OF-THE-TEMPLATE")
