"""`quizbot db`: bringing the database up to date, checking it, and copies of all of it."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import DatabaseError

from quizbot.clock import utc_now
from quizbot.config import read_settings
from quizbot.errors import Misconfigured, Refused
from quizbot.store import backups, moving, relocating
from quizbot.store.audit import TrailHead
from quizbot.store.database import BEGINS_WITHIN, Database, open_database
from quizbot.store.migrate import differences, is_current, is_newer, newest, upgrade
from quizbot.words import how_many


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
    click.echo(
        "The tables are as expected." if not found else f"{how_many(len(found), 'difference')}."
    )
    database.dispose()
    sys.exit(1 if found else 0)


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write the whole database to a new FILE, while the service goes on.

    Keep it on another machine, and the head that is printed apart from it. FILE holds what is
    known of everybody; of PostgreSQL it is what pg_dump writes. What signs and encrypts is not in
    it: keep QUIZBOT_SECRET_KEY, or the file var/secret-key, as well.
    """
    with _configured() as database:
        head = backups.back_up(database, file, utc_now)
    click.echo(f"{file} is written: {file.stat().st_size // 1024 + 1} KB.")
    _tell(head)


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--head", metavar="HASH", default="", help="What was printed with the backup.")
@click.option("--force", is_flag=True, help="In the place of the database that is there.")
def restore(file: Path, head: str, *, force: bool) -> None:
    """Bring back a FILE that `quizbot db backup` wrote; stop the service first.

    It is taken only when the file and its audit trail are whole, and then brought up to date. With
    the head that was printed with the backup it is known to be the same to its last row. Where its
    trail is broken, --force without a head takes it all the same, and says what is wrong.
    """
    if not file.is_file():
        raise Refused(f"{file} is not there.")
    with _configured() as database:
        found = backups.restore(database, file, utc_now, head, force=force)
    click.echo(f"{file} is restored, and that is in its trail.")
    if found.was_at:
        click.echo(
            f"An older release made it, at migration {found.was_at}: its tables were brought up to"
            f" date, to {newest()}."
        )
    if found.trouble:
        click.echo(f"Its trail is BROKEN, and was taken as it is: {found.trouble}", err=True)
    _tell(found.head)


@db.command()
@click.argument("url")
def copy(url: str) -> None:
    """Copy everything to an empty database at URL, of either kind; stop the service first.

    Each row is read back and compared. A copy that was cut off is gone on with by the same command,
    and no service starts on half of one. SQLite to PostgreSQL when you grow, or back. Then set
    QUIZBOT_DATABASE_URL to URL.
    """
    with _configured() as database, _other(url) as target:
        copied = moving.copy(database, target, utc_now)
    if copied.were_there:
        click.echo(f"{copied.were_there:,} of them were there already.")
    rows = how_many(copied.rows, "row is", "rows are")
    click.echo(f"{rows} copied. Now set QUIZBOT_DATABASE_URL, and start again.")
    _tell(copied.head)


@db.command()
@click.argument("url")
@click.option(
    "--then", "command", default="", help="What points the service over, when all is there."
)
@click.option("--cancel", is_flag=True, help="Let the old one be written again; URL was not used.")
def move(url: str, command: str, *, cancel: bool) -> None:
    """Move everything to an empty PostgreSQL at URL, while the service goes on.

    It is copied as it is; then nothing can be kept for seconds, and what came since follows. Each
    row is read back and compared. The old one only reads from then on, so that nothing is kept
    there any more. A move that was cut off is gone on with by the same command.
    """
    with _configured() as database:
        if cancel:
            relocating.write_again(database)
            click.echo("The database may be written again.")
            return
        with _other(url) as target:
            moved = relocating.move(database, target, utc_now)
    rows = how_many(moved.rows, "row is", "rows are")
    click.echo(f"{rows} there, {moved.late:,} of them written while it was copied.")
    click.echo(
        f"Nothing could be kept for {moved.seconds:.1f} s, and not until it is pointed over."
    )
    _tell(moved.head)
    if not command:
        click.echo("Now set QUIZBOT_DATABASE_URL, and restart.")
    elif subprocess.run(shlex.split(command), check=False).returncode:  # noqa: S603  (the operator's)
        raise Refused("The command after --then failed: all is there, and only that is to be done.")


def _tell(head: TrailHead) -> None:
    click.echo(f"The trail ends with row {head.number}.")
    click.echo(f"head {head.hash}")


@contextmanager
def _configured() -> Iterator[Database]:
    settings = read_settings()
    direct = settings.database_direct
    named = "QUIZBOT_DATABASE_DIRECT" if direct else "QUIZBOT_DATABASE_URL"
    with _reached(direct or settings.database_url, named) as database:
        yield database


@contextmanager
def _other(url: str) -> Iterator[Database]:
    try:
        known = read_settings(database_url=url).database_url
    except Misconfigured as error:
        raise Misconfigured(str(error).replace("QUIZBOT_DATABASE_URL", "URL")) from None
    with _reached(known, "URL") as database:
        yield database


@contextmanager
def _reached(url: str, named: str) -> Iterator[Database]:
    """The database at an address, and by what name a fault tells of it."""
    try:
        database = open_database(url)
        database.reach()
    except Misconfigured as error:
        raise Misconfigured(str(error).replace("QUIZBOT_DATABASE_URL", named)) from None
    try:
        yield database
    finally:
        database.dispose()


def upgrade_database() -> bool:
    """Bring the configured database up to date; whether anything was done."""
    database = open_database(read_settings().database_url)
    try:
        database.reach(BEGINS_WITHIN)
        return upgrade(database)
    except DatabaseError as error:
        raise Misconfigured(f"The database cannot be brought up to date: {error.orig}") from None
    finally:
        database.dispose()


def newer_was_here() -> bool:
    """Whether the configured database is one that a newer release has brought up to date."""
    with _configured() as database:
        return is_newer(database)
