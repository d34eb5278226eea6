"""What differs between two editions, question by question, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from questions.called import part_called, value_called
from questions.kinds import Question
from questions.module import Module
from quizbot.words import long_date

_WORDS = re.compile(r"\s+|\S+")

# What a reader of a question sees, and what decides how it counts.
SHOWN = ("scenario", "ask", "because", "check", "must_know", "review_by", "withdrawn", "held")


CHOSEN = (
    *("kind", "level", "authority", "sensitive", "objective", "must_know", "review_by", "since"),
    *("misconception", "missed", "errs"),
)


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

    @property
    def called(self) -> str:
        """What it is called where it is edited."""
        return part_called(self.name)


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
        elif texts := tuple(_changed(earlier, question, before, after)):
            yield Difference(question.id, question.ask, "changed", texts)
    for question in before.questions:
        if question.id not in new:
            yield Difference(question.id, question.ask, "gone", ())


def _changed(before: Question, after: Question, older: Module, newer: Module) -> Iterator[Changed]:
    old, new = dict(_texts(before, older)), dict(_texts(after, newer))
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name, ""), new.get(name, "")
        if was != now:
            yield Changed(name, pieces_of(name, was, now))


def _texts(question: Question, module: Module) -> Iterator[tuple[str, str]]:
    """Everything that matters of a question as texts, each under its field's name."""
    content: dict[str, Any] = question.model_dump(mode="json", by_alias=True)
    for name in SHOWN:
        value = content.get(name)
        if isinstance(value, dict):
            value = f"{value['edition']}: {value['why']}"
        if name == "must_know" and value in module.must_knows:
            value = module.must_knows[value].says
        if name == "review_by":
            value = day_in_words(str(value))
        yield name, str(value or "")
    for kind in ("option", "step", "pair"):
        for number, one in enumerate(content.get(kind, ()), 1):
            text = one.get("text") or f"{one.get('left')} – {one.get('right')}"
            mark = " (right)" if one.get("right") is True else ""
            yield f"{kind}-{number}", f"{text}{mark}"
            yield f"{kind}-{number}-why", one["why"]
    yield "sources", "; ".join(_cited(one["id"], one["at"], module) for one in content["sources"])
    decided = (
        f"{one['change']}: {value_called('verdict', one['verdict'])}" for one in content["decision"]
    )
    yield "decision", "; ".join(decided)


def day_in_words(day: str) -> str:
    """A day as people read it; what is none as it is."""
    try:
        return long_date(date.fromisoformat(day))
    except ValueError:
        return day


def _cited(source: str, at: str, module: Module) -> str:
    title = module.sources[source].title if source in module.sources else source
    return f"{title}, {at}"


def pieces_of(name: str, was: str, now: str) -> tuple[Piece, ...]:
    """The words of a text that went and came; what is chosen or a day goes and comes as a whole."""
    if name.rpartition("-")[2] not in CHOSEN:
        return tuple(_pieces(was, now))
    gone, came = Piece("out", was), Piece("in", now)
    return (gone, Piece("same", " "), came) if was and now else (gone,) if was else (came,)


def _pieces(was: str, now: str) -> Iterator[Piece]:
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
