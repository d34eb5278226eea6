"""`quizbot partnerships`: who is served where several are, and making one more."""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from quizbot.cli.common import MEANT, as_json, show
from quizbot.cli.serve import apart, prepare
from quizbot.config import (
    ENDING,
    PREFIX,
    partnership_file,
    read_name,
    read_partnership,
    read_process,
)
from quizbot.errors import Misconfigured, Refused
from quizbot.partnerships import Partnerships

FILE = """\
# {title}: one of the partnerships that this service holds. See docs/operations.md.
QUIZBOT_PUBLIC_URL={url}
QUIZBOT_SECRET_KEY={secret}
QUIZBOT_DATABASE_URL={database}
# Before anybody is invited:
# QUIZBOT_PLACE=/etc/knowledge/places/{name}.toml
# QUIZBOT_MAIL_URL=smtp://mail.example.org
# QUIZBOT_MAIL_FROM="The Knowledge <knowledge@{name}.example>"
"""


@click.group()
def partnerships() -> None:
    """Several partnerships in one process, each with a file of its own."""


@partnerships.command(name="list")
@as_json
def list_(*, as_json: bool) -> None:
    """Each with its address, and what is wrong with its file; exit 1 where something is."""
    found = _found()
    lines = [
        {
            "name": name,
            "address": settings.public_url if settings else "",
            "fault": found.faults.get(name, ""),
        }
        for name in sorted({*found.served, *found.faults})
        for settings in [found.served.get(name)]
    ]
    show(lines, ("name", "address"), as_json=as_json)
    if not as_json:
        for fault in dict.fromkeys(found.faults.values()):
            click.echo(fault, err=True)
    sys.exit(1 if found.faults else 0)


@partnerships.command()
@click.argument("name")
@click.option("--address", required=True, metavar="URL", help="By which people open it.")
@click.option(
    "--database", metavar="URL", default="",
    help="Else an SQLite file below var/, in a folder of the partnership's name.",
)  # fmt: skip
def add(name: str, address: str, database: str) -> None:
    """Make one more: its file with a secret of its own, its tables, its questionnaires.

    Its file comes into the folder last, so that nobody is served by halves.
    """
    process = read_process()
    folder = _folder(process.partnerships)
    try:
        read_name(name)
    except ValueError as error:
        raise Refused(f"The name {error}.") from None
    there = partnership_file(folder, name)
    if there.exists():
        raise Refused(f"{there} is there already: change that, or choose another name.")
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as beside:
        path = partnership_file(Path(beside), name)
        _write(path, name, address, database or f"sqlite:///var/{name}/quizbot.db")
        try:
            settings = read_partnership(path, process)
        except Misconfigured as error:
            raise Refused(str(error).replace(f"{path}: ", "")) from None
        if fault := _found().would_clash(name, settings):
            raise Refused(fault)
        os.environ[MEANT], os.environ[f"{PREFIX}PARTNERSHIPS"] = name, beside
        apart(prepare)
        os.environ[f"{PREFIX}PARTNERSHIPS"] = str(folder)
        path.rename(there)
    click.echo(f"{there} is made: {settings.public_url} is served within seconds.")
    click.echo("Say there which place, mail server and sender are theirs. Then, for the people:")
    click.echo(f"  quizbot --partnership {name} people import people.csv --make-units")


@partnerships.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
def each(words: tuple[str, ...]) -> None:
    """Run a command for each, {name} in it as its name; exit 1 where it failed for one.

    As in: quizbot partnerships each db backup "backups/{name}-$(date +%F)".
    """
    failed = []
    found = _found()
    for name in found.served:
        click.echo(f"{name}:")
        mine = [word.replace("{name}", name) for word in words]
        sys.stdout.flush()
        command = [sys.executable, "-m", "quizbot.cli", "--partnership", name, *mine]
        done = subprocess.run(command, check=False)  # noqa: S603  (our own program, and no shell)
        if done.returncode:
            failed.append(name)
    failed += sorted(found.faults.keys() - found.served.keys())
    if failed:
        raise Refused(f"Not done for {', '.join(failed)}.")


def _write(path: Path, name: str, address: str, database: str) -> None:
    """For nobody else's eyes: it holds the secret."""
    secret, title = secrets.token_urlsafe(48), name.replace("-", " ").capitalize()
    text = FILE.format(title=title, name=name, url=address, secret=secret, database=database)
    if any(letter in address + database for letter in "\n\r\"'# "):
        raise Refused("Write address and database without spaces, quotes and #.")
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)


def _found() -> Partnerships:
    process = read_process()
    _folder(process.partnerships)
    return Partnerships.of(process, tells=False)


def _folder(folder: Path | None) -> Path:
    if folder is None:
        raise Refused(
            "QUIZBOT_PARTNERSHIPS is not set: one partnership is served here. Set it to a folder"
            f" with a file NAME{ENDING} for each."
        )
    return folder
