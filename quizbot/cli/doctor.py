"""`quizbot doctor`: what is well, what is not, and what to do."""

import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn

import click

from quizbot.cli.common import as_json, show
from quizbot.clock import utc_now
from quizbot.config import read_settings, strangers
from quizbot.doctor import Level, Look, fault, look_at, warning
from quizbot.errors import Misconfigured


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
    from quizbot.chat.telegram.state import look as look_at_telegram

    try:
        settings = read_settings()
    except Misconfigured as error:
        for line in str(error).splitlines():
            yield fault("settings", line, "Mend the setting; the README's table tells of it.")
        return
    for line in strangers():
        yield warning("settings", line, "The README's table tells of every setting.")
    yield from look_at(settings, utc_now)
    yield from look_at_telegram(settings)


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
    click.echo(f"\n{_number(faults, 'fault')}, {_number(warnings, 'warning')}.")


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
