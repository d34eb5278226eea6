"""What differs between two editions, question by question, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from questions.kinds import Question
from questions.module import Module

_WORDS = re.compile(r"\s+|\S+")

# What a reader of a question sees, and what decides how it counts.
SHOWN = ("scenario", "ask", "because", "check", "must_know", "review_by", "withdrawn", "held")


@dataclass(frozen=True)
class Piece:
    """Some words of a text: as they were, taken out, or put in."""

    kind: str  # same, out, in
    words: str


@dataclass(frozen=True)
class Changed:
    """One text of a question that is not what it was."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Difference:
    """A question that is new, gone or changed."""

    question_id: str
    ask: str
    state: str  # new, gone, changed
    texts: tuple[Changed, ...]


def differences(before: Module, after: Module) -> Iterator[Difference]:
    """Every question that is not what it was, in the order of the newer edition."""
    old = {question.id: question for question in before.questions}
    new = {question.id: question for question in after.questions}
    for question in after.questions:
        earlier = old.get(question.id)
        if earlier is None:
            yield Difference(question.id, question.ask, "new", ())
        elif texts := tuple(_changed(earlier, question)):
            yield Difference(question.id, question.ask, "changed", texts)
    for question in before.questions:
        if question.id not in new:
            yield Difference(question.id, question.ask, "gone", ())


def _changed(before: Question, after: Question) -> Iterator[Changed]:
    old, new = dict(_texts(before)), dict(_texts(after))
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name, ""), new.get(name, "")
        if was != now:
            yield Changed(name, tuple(pieces(was, now)))


def _texts(question: Question) -> Iterator[tuple[str, str]]:
    """Everything that matters of a question as texts, each under a name an author knows."""
    content: dict[str, Any] = question.model_dump(mode="json", by_alias=True)
    for name in SHOWN:
        value = content.get(name)
        if isinstance(value, dict):
            value = f"{value['edition']}: {value['why']}"
        yield name.replace("_", " "), str(value or "")
    for kind in ("option", "step", "pair"):
        for number, one in enumerate(content.get(kind, ()), 1):
            text = one.get("text") or f"{one.get('left')} – {one.get('right')}"
            mark = " (right)" if one.get("right") is True else ""
            yield f"{kind} {number}", f"{text}{mark}"
            yield f"{kind} {number}, why", one["why"]
    sources = (f"{source['id']} {source['at']}" for source in content["sources"])
    yield "sources", "; ".join(sources)
    decided = (f"{one['change']}: {one['verdict']}" for one in content["decision"])
    yield "decisions", "; ".join(decided)


def pieces(was: str, now: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(was), _WORDS.findall(now)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if b > a:
            yield Piece("out", "".join(old[a:b]))
        if d > c:
            yield Piece("in", "".join(new[c:d]))
