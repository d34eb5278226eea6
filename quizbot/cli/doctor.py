"""`quizbot doctor`: what is well, what is not, and what to do."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy import text
from sqlalchemy.engine import make_url

from quizbot.cli.common import as_json, show
from quizbot.clock import utc_now
from quizbot.config import Settings, partnership_file, read_settings, read_several, strangers
from quizbot.connected import MAIL, TEAMS, TELEGRAM
from quizbot.doctor import BESIDE, Level, Look, fault, look_at, ok, warning
from quizbot.errors import Misconfigured, Refused
from quizbot.partnerships import Partnerships
from quizbot.service import open_ready
from quizbot.store.database import open_database
from quizbot.words import how_many

FILES = ("QUIZBOT_OIDC", "QUIZBOT_WEBHOOKS", "QUIZBOT_XAPI")  # settings that name files of secrets
LOOKED_AT = (MAIL, TELEGRAM, TEAMS)
OF_MACHINE = ("Python", "SQLite")  # the same for every partnership
COMMAND = re.compile(r"`quizbot (?!serve|work|bot)")


@click.command()
@as_json
@click.option("--monitor", is_flag=True, help="One line, and exit 0 to 3 as monitors read it.")
def doctor(*, as_json: bool, monitor: bool) -> None:
    """Look at everything the service needs; exit 1 where something does not work.

    For Nagios, Icinga and their like, --monitor exits 0 where all is well, 1 where somebody should
    know of something, 2 where something does not work, 3 where nothing could be looked at.
    """
    if monitor:
        _tell_monitor()
    found = list(_everything())
    if as_json:
        show(found, (), as_json=True)
    else:
        _tell(found)
    sys.exit(1 if any(look.level is Level.FAULT for look in found) else 0)


def _everything() -> Iterator[Look]:
    try:
        several = read_several()
        settings = read_settings() if several is None else None
        found = None if several is None else Partnerships.of(several, tells=False)
        unknown = strangers()
    except Misconfigured as error:
        for line in str(error).splitlines():
            yield fault("settings", line, "Mend the setting; the README's table tells of it.")
        return
    for line in unknown:
        yield warning("settings", line, "The README's table tells of every setting.")
    if settings is not None:
        yield from _of_one(settings)
    if found is not None:
        yield from _of_several(found)


def _of_one(settings: Settings) -> Iterator[Look]:
    from quizbot.chat.teams.state import look as look_at_teams
    from quizbot.chat.telegram.state import look as look_at_telegram

    yield from look_at(settings, utc_now)
    yield from look_at_telegram(settings)
    yield from look_at_teams(settings)
    yield from _connections(settings)


def _connections(settings: Settings) -> Iterator[Look]:
    """What went wrong last with each system that is connected; nobody is asked anew.

    Mail and chats are looked at above, and a database that is not ready is told there.
    """
    url = make_url(settings.database_url)
    is_missing = url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()
    if is_missing or not settings.secret_key:
        return
    try:
        service = open_ready(settings)
    except Refused as error:
        for line in str(error).splitlines():
            if line.startswith(FILES):
                yield fault(
                    "connections", line.rstrip("."), "Mend it: the service does not start with it."
                )
        return
    with closing(service):
        lines = [one for one in service.connected.all() if one.is_on and one.name not in LOOKED_AT]
    for one in lines:
        if one.fault:
            advice = "`quizbot connections check` asks again; docs/connect/ has a page of each."
            words = f"its last fault, not mended since: {one.fault.rstrip('.')}"
            yield warning(one.name, words, advice)
    if lines and not any(one.fault for one in lines):
        names = ", ".join(one.name for one in lines)
        yield ok("connections", f"no fault was noted of {names}; nobody was asked")


def _of_several(found: Partnerships) -> Iterator[Look]:
    """The folder, what they have in common, and then each with its name in front."""
    for words in dict.fromkeys(found.faults.values()):
        for line in words.splitlines():
            advice = "Mend the file; it counts within seconds. Nobody else is touched."
            yield fault("partnerships", line, advice)
    if not found.faults:
        yield ok("partnerships", f"{len(found.served)}, each with a file of its own")
    for name in found.served:
        path = partnership_file(found.folder, name)
        if path.stat().st_mode & 0o007:
            words = f"{path} can be read by other users of this machine"
            yield warning("partnerships", words, f"Run `chmod o= {path}`: it holds secrets.")
    yield from _servers(found)
    of_machine: set[str] = set()
    for name, settings in found.served.items():
        for look in _of_one(settings):
            if look.what not in OF_MACHINE:
                advice = COMMAND.sub(f"`quizbot --partnership {name} ", look.advice)
                yield replace(look, what=f"{name}: {look.what}", advice=advice)
            elif look.what not in of_machine:
                of_machine.add(look.what)
                yield look


def _servers(found: Partnerships) -> Iterator[Look]:
    """Whether a server of several databases lets in as many as all of them want."""
    process, together = found.process, defaultdict[str, list[Settings]](list)
    for settings in found.served.values():
        if settings.database_url.startswith("postgresql"):
            url = make_url(settings.database_url)
            together[f"{url.host or url.query.get('host', 'here')}:{url.port or 5432}"].append(
                settings
            )
    for server, theirs in together.items():
        database = open_database(theirs[0].database_url)
        try:
            with database.reading() as connection:
                most = int(connection.execute(text("SHOW max_connections")).scalar_one())
        except Refused:
            continue  # told of each below
        finally:
            database.dispose()
        needed = len(theirs) * (2 * process.web_workers * process.threads + BESIDE)
        words = f"{how_many(len(theirs), 'partnership')} at {server}"
        if needed > most:
            yield warning(
                "servers",
                f"{words}, want up to {how_many(needed, 'connection')}, and the server lets {most}"
                " in",
                "Put PgBouncer between (docs/operations.md), or raise max_connections. Partnerships"
                " that nobody has asked for a minute hold none.",
            )
        else:
            yield ok("servers", f"{words}, which lets {most} in")


def _tell_monitor() -> NoReturn:
    """One line that names what is not well, the worst first."""
    try:
        found = list(_everything())
    except Exception as error:  # noqa: BLE001  (a monitor wants a line, whatever it is)
        click.echo(f"UNKNOWN: the doctor itself failed ({type(error).__name__})")
        sys.exit(3)
    faults, warnings = (
        [f"{look.what}: {look.words}" for look in found if look.level is level]
        for level in (Level.FAULT, Level.WARNING)
    )
    code = 2 if faults else 1 if warnings else 0
    words = "; ".join(" ".join(line.split()) for line in faults + warnings) or "all is well"
    click.echo(f"{('OK', 'WARNING', 'CRITICAL')[code]}: {words}")
    sys.exit(code)


def _tell(found: Sequence[Look]) -> None:
    width = max(len(look.what) for look in found)
    for look in found:
        click.echo(f"{look.level:<8} {look.what:<{width}}  {look.words}")
        if look.advice:
            click.echo(f"{'':<8} {'':<{width}}  → {look.advice}")
    faults = sum(look.level is Level.FAULT for look in found)
    warnings = sum(look.level is Level.WARNING for look in found)
    click.echo(f"\n{how_many(faults, 'fault')}, {how_many(warnings, 'warning')}.")
