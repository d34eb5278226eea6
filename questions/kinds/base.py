"""What every kind of question has: what it carries, what it is answered with, how it tells.

A *reply* is kept in the bank's own letters, so that it means the same however the options were
shuffled when it was given: `"c"` for the third option, `"ac"` for the first and third, and with
menus one letter a menu. What a person sees is an *order* of those letters (`"cab"` shows the third
option first) under letters that always begin with `a`, so nothing on a page tells where the bank
keeps the key.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

LETTERS = "abcdefgh"

Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]


class BadReply(ValueError):
    """A reply that is none; its text tells the person what to do."""


class Strict(BaseModel):
    """What is read from a bank: no field unknown, none guessed at, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Input(StrEnum):
    """What a person is given to answer with; a channel draws these and knows no kind."""

    ONE = "one"
    SEVERAL = "several"
    MENUS = "menus"


class Authority(StrEnum):
    """What stands behind the key."""

    STATUTORY = "statutory"
    STATUTORY_GUIDANCE = "statutory-guidance"
    LOCAL = "local"
    GOOD_PRACTICE = "good-practice"


@dataclass(frozen=True)
class Choice:
    """One thing that can be chosen, under the letter the person sees."""

    letter: str
    text: str


@dataclass(frozen=True)
class Mark:
    """Whether a reply is right, and the misconceptions it speaks of."""

    is_right: bool
    misconceptions: tuple[str, ...]


class Line(NamedTuple):
    """One line of feedback: an option, whether it was chosen and is right, and why.

    With menus there is a line a menu: `text` is what belongs there, `chosen` whether it was put
    there, and `given` what was put there instead.
    """

    text: str
    chosen: bool
    right: bool
    why: str
    menu: str = ""
    given: str = ""

    @property
    def verdict(self) -> str:
        """What the choice or the leaving out of this option was."""
        if self.menu:
            return "right" if self.chosen else "wrong"
        if self.chosen:
            return "chosen, right" if self.right else "chosen, wrong"
        return "missed" if self.right else "left out, rightly"


class Errs(StrEnum):
    """What a wrong choice does wrong."""

    LESS = "less"
    MORE = "more"
    FACT = "fact"


class Citation(Strict):
    """A place in one of the module's sources."""

    id: Id
    at: Words


class Lesson(Strict):
    """What a published review taught."""

    review: Words
    at: Words
    says: Words


class Withdrawn(Strict):
    """Since when a question is no longer asked, and why; it is kept for the record."""

    edition: Words
    why: Words


class Verdict(StrEnum):
    """What an editor decided of a question when a rule behind it changed."""

    STANDS = "stands"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"
    NEW = "new"


class Decision(Strict):
    """That somebody looked at a question after a change, what they decided, and why."""

    change: Id
    verdict: Verdict = Field(strict=False)
    why: Words


class QuestionBase(Strict):
    """What every kind of question carries; DESIGN's bank format, field by field."""

    id: Id
    level: Literal["recall", "understand", "apply"]
    authority: Authority = Field(strict=False)
    must_know: Id | None = None
    facts: tuple[Words, ...] = Field(default=(), strict=False)
    since: Words
    review_by: date = Field(strict=False)
    sensitive: Literal["none", "mild", "strong"]
    needs: tuple[Words, ...] = Field(default=(), strict=False)
    scenario: str = ""
    ask: Words
    because: Words
    sources: tuple[Citation, ...] = Field(strict=False, min_length=1)
    lesson: Lesson | None = None
    check: str = ""
    not_with: tuple[Id, ...] = Field(default=(), strict=False)
    twin: Id | None = None
    quiet: bool = False
    allow: dict[str, Words] = {}
    withdrawn: Withdrawn | None = None
    decisions: tuple[Decision, ...] = Field(default=(), alias="decision", strict=False)

    # Set when a bank is read (from the file's name) and when it is published.
    objective: Id = "unset"
    held: str = ""
    slots_until: date | None = Field(default=None, strict=False)
    undecided_from: date | None = Field(default=None, strict=False)

    @property
    @abstractmethod
    def input(self) -> Input:
        """What the person answers with."""

    @property
    @abstractmethod
    def letters(self) -> str:
        """The letters of all that can be chosen, in the bank's order."""

    @property
    @abstractmethod
    def key(self) -> str:
        """The one right reply, in the bank's letters."""

    @property
    def menus(self) -> tuple[str, ...]:
        """What stands beside each menu, in the order of the reply's letters; else nothing."""
        return ()

    @property
    @abstractmethod
    def keeps_order(self) -> bool:
        """True when shuffling would only confuse, as with numbers."""

    @abstractmethod
    def text_of(self, letter: str) -> str:
        """The words of one choice, by the bank's letter."""

    @abstractmethod
    def read(self, reply: Sequence[str], order: str) -> str:
        """What was chosen on screen, as a reply in the bank's letters; else BadReply."""

    @abstractmethod
    def mark(self, reply: str) -> Mark:
        """Judge a reply in the bank's letters; an empty one is wrong and tells nothing."""

    @abstractmethod
    def lines(self, reply: str, order: str) -> tuple[Line, ...]:
        """Feedback choice by choice, in the order in which the person saw them, or by menu."""

    @abstractmethod
    def beliefs(self) -> tuple[str, ...]:
        """Every misconception that a reply to this question can show."""

    def may_show(self, order: str) -> bool:
        """Whether the choices may be shown in this order: never where it would be the answer."""
        return not self.menus or order != self.key

    def choices(self, order: str) -> tuple[Choice, ...]:
        """The choices as this person sees them."""
        return tuple(
            Choice(shown, self.text_of(letter))
            for shown, letter in zip(LETTERS, order, strict=False)
        )

    def shown(self, reply: str, order: str) -> tuple[str, ...]:
        """A stored reply, as the letters this person saw."""
        return tuple(LETTERS[order.index(letter)] for letter in reply)


def known_letters(reply: Sequence[str], order: str) -> list[str]:
    """The bank's letters behind the letters on screen."""
    on_screen = dict(zip(LETTERS, order, strict=False))
    if any(letter not in on_screen for letter in reply):
        raise BadReply("Select one of the answers shown")
    return [on_screen[letter] for letter in reply]
