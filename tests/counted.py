"""How much work something is, whatever else the machine does meanwhile: seconds tell of both."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event

Given = TypeVar("Given")


def counted(act: Callable[[], Given]) -> tuple[Given, int]:
    """What came of it, and how many functions it called; what other threads do is not counted."""
    count = 0

    def seen(_frame: FrameType, event: str, _given: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        came = act()
    finally:
        sys.setprofile(before)
    return came, count


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of SQLite by the services that are opened in here, as SQLite itself tells it: a
    statement over many rows as often as there are rows. Where transactions begin and end is not."""
    asked: list[str] = []

    def note(words: str) -> None:
        if words.split(None, 1)[0] not in {"BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "--"}:
            asked.append(words)

    def watch(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(note)

    event.listen(Engine, "engine_connect", watch)
    try:
        yield asked
    finally:
        event.remove(Engine, "engine_connect", watch)
