"""`quizbot report`: the board's month, a manager's team and the modules as PDF; the pack as ZIP."""

import shutil
from pathlib import Path
from tempfile import TemporaryFile

import click

from quizbot.cli import printed
from quizbot.cli.common import opened
from quizbot.errors import Misconfigured

out = click.argument("out", type=click.Path(path_type=Path), required=False)


@click.group()
def report() -> None:
    """Print reports: tagged PDF files that need no network to make; the pack is a ZIP of them."""


@report.command()
@click.option("--month", default="", help="Which month, as in 2026-10; without it, this one.")
@out
def board(month: str, out: Path | None) -> None:
    """Print the figures of a month for the board, small numbers withheld."""
    with opened() as service:
        made = printed.board(service, month)
        write(made, out or Path(f"board-{month or f'{service.standings.today():%Y-%m}'}.pdf"))


@report.command()
@click.option("--manager", required=True, metavar="EMAIL", help="Whose team.")
@out
def team(manager: str, out: Path | None) -> None:
    """Print where the people of a manager stand."""
    with opened() as service:
        write(printed.team(service, manager), out or Path("team.pdf"))


@report.command()
@out
def modules(out: Path | None) -> None:
    """Print what is asked at present, edition by edition."""
    with opened() as service:
        write(printed.modules(service), out or Path("modules.pdf"))


@report.command()
@click.option("--from", "first", default="", help="First month, as in 2026-01; without, the last.")
@click.option("--to", "last", default="", help="Last month, as in 2026-11; without it, this one.")
@out
def pack(first: str, last: str, out: Path | None) -> None:
    """Make the inspection pack: one ZIP with a paper and the tables behind it."""
    with opened() as service, TemporaryFile() as file:
        period = service.packs.make_now(file, first, last)
        size = file.tell()
        file.seek(0)
        path = out or Path(f"inspection-pack-{period.first:%Y-%m}-{period.last:%Y-%m}.zip")
        try:
            with path.open("wb") as kept:
                shutil.copyfileobj(file, kept)
        except OSError as error:
            raise Misconfigured(f"{path} cannot be written: {error.strerror}.") from None
        click.echo(f"{path} is written: {size // 1024 + 1} KB.")


def write(made: bytes, path: Path) -> None:
    """Write a file, or say in one sentence why it cannot be."""
    try:
        path.write_bytes(made)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be written: {error.strerror}.") from None
    click.echo(f"{path} is written: {len(made) // 1024 + 1} KB.")
