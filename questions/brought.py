"""Questions that come from elsewhere, laid over ours: what is otherwise, and what stays a slot."""

import re
from typing import Any

from questions.exchange.model import Content
from questions.place import SLOT

_PARTS = ("option", "step", "pair")


def over(ours: Content, theirs: Content) -> Content:
    """Our question with what theirs says; what a format cannot hold stays as it is with us.

    Where ours has a slot and theirs the words of some place, the slot stays: their telephone
    numbers are not ours.
    """
    found: Content = dict(ours)
    for name, value in theirs.items():
        if name in _PARTS and isinstance(value, list):
            found[name] = _over_parts(ours.get(name) or [], value)
        else:
            found[name] = with_slots(ours.get(name), value)
    return found


def _over_parts(ours: list[Content], theirs: list[Content]) -> list[Content]:
    known = {_words_of(one): one for one in ours}
    found = []
    for at, one in enumerate(theirs):
        mine = known.get(_words_of(one))
        if mine is None and at < len(ours) and _fits_slots(ours[at], one):
            mine = ours[at]
        if mine is None:
            found.append(one)
            continue
        both = {**mine, **{name: with_slots(mine.get(name), value) for name, value in one.items()}}
        if "right" not in one:
            both.pop("right", None)
        if one.get("right"):
            both = {n: v for n, v in both.items() if n not in ("misconception", "errs")}
        else:
            both.pop("missed", None)
        found.append(both)
    return found


def _words_of(part: Content) -> str:
    return str(part.get("text") or f"{part.get('left')} – {part.get('right')}")


def _fits_slots(ours: Content, theirs: Content) -> bool:
    names = [name for name in ("text", "left") if isinstance(ours.get(name), str)]
    return bool(names) and all(
        SLOT.search(ours[name]) and with_slots(ours[name], theirs.get(name)) == ours[name]
        for name in names
    )


def with_slots(ours: Any, theirs: Any) -> Any:
    """Theirs, or ours where theirs is the same with the words of some place in its slots."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return {name: with_slots(ours.get(name), value) for name, value in theirs.items()}
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [with_slots(one, other) for one, other in zip(ours, theirs, strict=True)]
    if isinstance(ours, str) and isinstance(theirs, str) and SLOT.search(ours):
        pattern, at = "", 0
        for slot in SLOT.finditer(ours):
            pattern += re.escape(ours[at : slot.start()]) + ".{1,200}?"
            at = slot.end()
        if re.fullmatch(pattern + re.escape(ours[at:]), theirs, re.DOTALL):
            return ours
    return theirs
