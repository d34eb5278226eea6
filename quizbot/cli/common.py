"""What several commands need: an opened service, and lists as text or JSON."""

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import click

from questions.place import Place
from quizbot import logs
from quizbot.config import Settings, read_settings, strangers
from quizbot.errors import Refused
from quizbot.partnerships import Partnerships
from quizbot.service import Service, open_ready

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


MEANT = "QUIZBOT_PARTNERSHIP"  # which of several a command is for
TOLD: set[str] = set()


def tell_strangers() -> None:
    """Say once, of all that start from here, what is set and no setting."""
    for line in strangers():
        if line not in TOLD:
            TOLD.add(line)
            click.echo(line, err=True)


@contextlib.contextmanager
def opened(*, to_sign: bool = False, place: Place | None = None) -> Iterator[Service]:
    """A service on an up-to-date database, closed afterwards."""
    tell_strangers()
    service = open_ready(read_settings(to_sign=to_sign), place)
    try:
        yield service
    finally:
        service.close()


def for_each(process: Settings, task: Callable[[Service], None]) -> None:
    """Do it for each of several partnerships; Refused in the end where it failed for one."""
    found = Partnerships.of(process)
    failed = sorted(found.faults.keys() - found.served.keys())
    for name, settings in found.served.items():
        click.echo(f"{name}:")
        with logs.of_partnership(name):
            try:
                with contextlib.closing(open_ready(settings)) as service:
                    task(service)
            except Refused as error:
                click.echo(str(error), err=True)
                failed.append(name)
    if failed:
        raise Refused(f"Not done for {', '.join(failed)}.")


def show(lines: Iterable[Any], columns: Sequence[str], *, as_json: bool) -> None:
    """A list of frozen values, as JSON or as aligned columns."""
    items = [
        dataclasses.asdict(line) if dataclasses.is_dataclass(line) else dict(line)  # type: ignore[arg-type]
        for line in lines
    ]
    if as_json:
        click.echo(json.dumps(items, default=str, indent=2, ensure_ascii=False))
        return
    rows = [[str(item[column]) for column in columns] for item in items]
    widths = [max((len(row[at]) for row in rows), default=0) for at in range(len(columns))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
