"""`quizbot connections`: what this installation is connected to, and whether it works now."""

import sys
from datetime import datetime

import click

from quizbot.cli.common import as_json, opened, show
from quizbot.clock import day_begins
from quizbot.connected import TEAMS, TELEGRAM
from quizbot.doctor import Level, Look
from quizbot.service import Service
from quizbot.store.connections import Tried
from quizbot.words import how_many

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

    Nobody is signed in, no message and no result leaves. What cannot be asked so is told as that.
    """
    faults = 0
    with opened() as service:
        for line in service.connected.all():
            if not line.is_on:
                click.echo(f"{'off':<9} {line.title}. {line.what}")
                continue
            looks = {TELEGRAM: _telegram, TEAMS: _teams}.get(line.name)
            tried = looks(service) if looks else service.connected.check(line)
            faults += tried.is_fault
            state = "FAULT" if tried.is_fault else "ok" if tried.is_asked else "not asked"
            words = tried.words if tried.is_fault else f"{line.what} {tried.words}"
            click.echo(f"{state:<9} {line.title}. {words}")
            if line.fault and not tried.is_fault:
                click.echo(f"{'':<9} It answers now; before, this went wrong: {line.fault}")
    sys.exit(1 if faults else 0)


def _telegram(service: Service) -> Tried:
    """Try the bot's token; its webhook and groups are looked at too."""
    from quizbot.chat.telegram.state import look

    faults = [one for one in look(service.settings) if one.level is Level.FAULT]
    return _noted(service, TELEGRAM, faults, "Telegram knows the bot.")


def _teams(service: Service) -> Tried:
    """Try the app in Teams."""
    from quizbot.chat.teams.state import faults

    words = "Microsoft knows the app and its secret, and the keys of who posts are there."
    return _noted(service, TEAMS, faults(service.settings), words)


def _noted(service: Service, name: str, faults: list[Look], well: str) -> Tried:
    """What was found of a chat; what to do about a fault is told here, and not kept."""
    if not faults:
        return service.connections.note(name, Tried.well(well))
    told = [f"{one.words[:1].upper()}{one.words[1:].rstrip('.')}." for one in faults]
    service.connections.note(name, Tried.fault(" ".join(told)))
    pairs = zip(told, faults, strict=True)
    return Tried.fault(" ".join(f"{words} {one.advice}" for words, one in pairs))


@connections.command("send-again")
@click.argument("target")
@click.option("--since", type=DAY, help="Also what was handed in from this day on.")
def send_again(target: str, since: datetime | None) -> None:
    """Tell TARGET (xapi, webhook:NAME) what it refused; with --since what came before it, too.

    What a store or a receiver has already is not there twice: each result has a number of its own.
    """
    with opened() as service:
        begins = since and day_begins(since.date())
        count = service.deliveries.send_again(target, begins)
    click.echo(
        f"{how_many(count, 'result waits', 'results wait')} for `quizbot work` to tell to {target}."
    )


@connections.command("notify-template")
def notify_template() -> None:
    """Print the template to make at GOV.UK Notify, and what to set then."""
    from quizbot.outbox.notify import BODY, SUBJECT

    click.echo(
        f"Type:     email\nName:     The Knowledge\nSubject:  {SUBJECT}\nMessage:\n\n{BODY}\n"
    )
    click.echo("Then set QUIZBOT_MAIL_URL=notify:FILE-WITH-THE-KEY?template=ID-OF-THE-TEMPLATE")
