"""The log: one line for each thing that happened, as words or as JSON, and nothing of anybody.

Where one process serves several partnerships, a line has the name of the one that it is of.

What an error says may hold what somebody typed, and so may the statement that a database refused:
of an error the log has its kind and the places in our code, never its words.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FRAMES = 12  # places in the code that are told of an error, the innermost last


@dataclass
class Manner:
    """How this process logs: who it says it is, and whether for people or for machines."""

    part: str = "quizbot"
    as_json: bool = False


HERE = Manner()
WHOSE: ContextVar[str] = ContextVar("WHOSE", default="")  # of a request or a thread


@contextmanager
def of_partnership(name: str) -> Iterator[None]:
    """What is told meanwhile is of this partnership."""
    before = WHOSE.set(name)
    try:
        yield
    finally:
        WHOSE.reset(before)


class OneLine(logging.Handler):
    """What libraries log, in the same manner."""

    def emit(self, record: logging.LogRecord) -> None:
        """As a line of ours; of an error that comes along, kind and places alone."""
        error = record.exc_info[1] if record.exc_info else None
        fields = {**getattr(record, "fields", {}), **(of_error(error) if error else {})}
        tell(record.getMessage(), level=record.levelname.lower(), fields=fields)


def begin(part: str, *, as_json: bool) -> None:
    """From here on this process logs so, whoever logs in it."""
    HERE.part, HERE.as_json = part, as_json
    root = logging.getLogger()
    root.handlers[:] = [OneLine()]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def tell(
    words: str,
    *,
    part: str = "",
    level: str = "info",
    fields: Mapping[str, Any] | None = None,
) -> None:
    """Log a line; what is wrong goes to the stream for that."""
    made = _as_json if HERE.as_json else _as_text
    stream = sys.stdout if level == "info" else sys.stderr
    print(made(words, part or HERE.part, level, fields or {}), file=stream, flush=True)


def of_error(error: BaseException) -> dict[str, Any]:
    """What the log may have of an error: its kind, the database's code for it, and the places."""
    steps = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    found = {
        "error": type(error).__name__,
        "at": [f"{step.filename}:{step.lineno} {step.name}" for step in steps],
    }
    code = getattr(getattr(error, "orig", error), "sqlstate", None)
    return found | ({"sqlstate": code} if code else {})


def _as_json(words: str, part: str, level: str, fields: Mapping[str, Any]) -> str:
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level}
    whose = {"partnership": name} if (name := WHOSE.get()) else {}
    return json.dumps({**line, "part": part, **whose, "words": words, **fields}, ensure_ascii=False)


def _as_text(words: str, part: str, level: str, fields: Mapping[str, Any]) -> str:
    part = f"{part} [{name}]" if (name := WHOSE.get()) else part
    told = [f"{part}: {words}" if level == "info" else f"{part}: {level}: {words}"]
    plain = [f"{name}={value}" for name, value in fields.items() if name != "at"]
    if plain:
        told.append(f"({', '.join(plain)})")
    return "".join([" ".join(told), *(f"\n    {step}" for step in fields.get("at", ()))])
