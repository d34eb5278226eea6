"""What a draft changes, in words: part by part, word by word."""

from collections.abc import Iterator
from typing import Any

from questions.made_here import Sheet
from quizbot.editions.comparing import Changed, pieces

DraftChange = Changed
_LISTS = ("option", "step", "pair")
_LATER = {"id", "kind", *_LISTS}


def changes_of(before: Sheet | None, after: Sheet) -> tuple[DraftChange, ...]:
    """Every part of a sheet that is not what it was, with the words taken out and put in."""
    old = dict(_texts(before)) if before is not None else {}
    new = dict(_texts(after))
    return tuple(
        Changed(name, tuple(pieces(old.get(name, ""), new.get(name, ""))))
        for name in dict.fromkeys((*old, *new))
        if old.get(name, "") != new.get(name, "")
    )


def _texts(sheet: Sheet) -> Iterator[tuple[str, str]]:
    content = sheet.fitting()
    yield "why it is withdrawn", sheet.why
    yield "id", str(content.get("id", ""))
    yield "kind", str(content.get("kind", ""))
    yield "objective", sheet.objective
    for name in ("scenario", "ask"):
        yield name, str(content.get(name, ""))
    for part in _LISTS:
        for number, one in enumerate(content.get(part) or (), 1):
            yield from _of_part(part, number, one)
    for name, value in content.items():
        if name not in (*_LATER, "scenario", "ask"):
            yield name.replace("_", " "), _words(value)
    yield "new misconceptions", "; ".join(sheet.beliefs.values())
    yield "new sources", "; ".join(str(one.get("title", "")) for one in sheet.sources.values())


def _of_part(part: str, number: int, one: dict[str, Any]) -> Iterator[tuple[str, str]]:
    text = one.get("text") or " – ".join(filter(None, (one.get("left"), one.get("right"))))
    if part == "option":
        text = f"{one.get('text', '')}{' (right)' if one.get('right') is True else ''}"
    yield f"{part} {number}", str(text)
    yield f"{part} {number}, why", str(one.get("why", ""))
    for name in ("misconception", "missed", "errs"):
        if name in one:
            yield f"{part} {number}, {name}", str(one[name])


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_words(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_words(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
