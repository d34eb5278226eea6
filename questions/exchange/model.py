"""What passes between a file and a bank: a question as formats know it, and what is said of it."""

import re
from dataclasses import dataclass
from typing import Any

Content = dict[str, Any]  # a question as a bank file has it, as far as it is known

LARGEST = 20_000_000  # bytes of a file, and of all that a package holds
MOST = 5_000  # questions a file


class NotRead(ValueError):
    """A file that is not taken; its text says what is wrong and what to do."""


class NoSuchKind(ValueError):
    """One question that is left out; its text says why."""


@dataclass(frozen=True)
class Note:
    """What did not come over as it was: where, of which question, and in words."""

    line: int
    question: str
    words: str
    is_left_out: bool = False
    file: str = ""

    def __str__(self) -> str:
        line = f"line {self.line}" if self.line else ""
        name = f"“{self.question}”" if self.question else ""
        where = ", ".join(filter(None, [self.file, line, name]))
        return f"{where}: {self.words}" if where else self.words


@dataclass(frozen=True)
class Answer:
    """An option as formats know it: its words, the share of the marks it gives, what is said."""

    text: str
    share: float  # 1.0 is all the marks; below nothing takes marks away
    why: str = ""


@dataclass(frozen=True)
class Item:
    """One question as the formats of others know it; `options`, `steps` or `pairs` by its kind."""

    name: str
    kind: str
    ask: str
    scenario: str = ""
    category: tuple[str, ...] = ()
    options: tuple[Answer, ...] = ()
    steps: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    feedback: str = ""
    labels: tuple[str, ...] = ()
    line: int = 0
    file: str = ""
    notes: tuple[str, ...] = ()  # what did not come over as it was
    doubts: tuple[str, ...] = ()  # what an author has to look at


@dataclass(frozen=True)
class Draft:
    """One question in our own form, perhaps with gaps: what an author has to look at beside it."""

    content: Content
    objective: str = ""
    line: int = 0
    file: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a file held: drafts, and notes on all that did not come over as it was."""

    drafts: tuple[Draft, ...]
    notes: tuple[Note, ...]


def id_from(words: str) -> str:
    """Words as an id of ours: lower-case words with hyphens, a letter first, 64 letters at most."""
    id_ = "-".join(re.findall(r"[a-z0-9]+", words.lower()))
    if not id_ or not id_[0].isalpha():
        id_ = f"question-{id_}" if id_ else "question"
    return id_[:64].rstrip("-")


def paragraphs(*texts: str) -> str:
    """Texts with an empty line between; empty ones are left out."""
    return "\n\n".join(text for text in texts if text)


_NEVER_SHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def showable(value: Any) -> Any:
    """A text, or anything made of texts, without what no page can show."""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        return _NEVER_SHOWN.sub("", text)
    if isinstance(value, dict):
        return {name: showable(inner) for name, inner in value.items()}
    return [showable(inner) for inner in value] if isinstance(value, list) else value


def tidied(text: str) -> str:
    """Words without what no page can show, and without blanks at the end of lines."""
    shown: str = showable(text).replace("\u00a0", " ")
    return "\n".join(line.rstrip() for line in shown.split("\n")).strip()
