"""What several commands need: an opened service, and lists as text or JSON."""

import contextlib
import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from questions.place import Place
from quizbot.config import read_settings, strangers
from quizbot.errors import Misconfigured
from quizbot.service import Service, open_service
from quizbot.store.migrate import current, is_current

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


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
    service = open_service(read_settings(to_sign=to_sign), place=place)
    try:
        service.database.reach()
        if not is_current(service.database):
            at = current(service.database)
            state = "has no tables yet" if at is None else "is not up to date"
            raise Misconfigured(f"The database {state}: run `quizbot db upgrade` or `make serve`.")
        yield service
    finally:
        service.close()


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
