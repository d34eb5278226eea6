"""The kinds of question: what each asks for, and how each marks a reply.

A *reply* is kept in the bank's own letters, so that it means the same however the options were
shuffled when it was given: `"c"` for the third option, `"ac"` for the first and third. What a
person sees is an *order* of those letters (`"cab"` shows the third option first) under letters that
always begin with `a`, so nothing on a page tells where the bank keeps the key.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

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


@dataclass(frozen=True)
class Line:
    """One line of feedback: an option, whether it was chosen and is right, and why."""

    text: str
    chosen: bool
    right: bool
    why: str

    @property
    def verdict(self) -> str:
        """What the choice or the leaving out of this option was."""
        if self.chosen:
            return "chosen, right" if self.right else "chosen, wrong"
        return "missed" if self.right else "left out, rightly"


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


class Option(Strict):
    """What can be chosen; every wrong one stands for a misconception."""

    text: Words
    why: Words
    right: bool = False
    misconception: Id | None = None
    missed: Id | None = None


class QuestionBase(Strict):
    """What every kind of question carries; DESIGN's bank format, field by field."""

    id: Id
    level: Literal["recall", "understand", "apply"]
    authority: Authority = Field(strict=False)
    must_know: Id | None = None
    facts: tuple[Words, ...] = Field(strict=False, min_length=1)
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
    allow: dict[str, Words] = {}
    withdrawn: Withdrawn | None = None

    # Set when a bank is read (from the file's name) and when it is published.
    objective: Id = "unset"
    held: str = ""
    slots_until: date | None = Field(default=None, strict=False)

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
        """Feedback choice by choice, in the order in which the person saw them."""

    @abstractmethod
    def beliefs(self) -> tuple[str, ...]:
        """Every misconception that a reply to this question can show."""

    def choices(self, order: str) -> tuple[Choice, ...]:
        """The choices as this person sees them."""
        return tuple(
            Choice(shown, self.text_of(letter))
            for shown, letter in zip(LETTERS, order, strict=False)
        )

    def shown(self, reply: str, order: str) -> tuple[str, ...]:
        """A stored reply, as the letters this person saw."""
        return tuple(LETTERS[order.index(letter)] for letter in reply)


def _known(reply: Sequence[str], order: str) -> list[str]:
    """The bank's letters behind the letters on screen."""
    on_screen = dict(zip(LETTERS, order, strict=False))
    if any(letter not in on_screen for letter in reply):
        raise BadReply("Select one of the answers shown")
    return [on_screen[letter] for letter in reply]


class OptionQuestion(QuestionBase):
    """A question with options, some of them right."""

    options: tuple[Option, ...] = Field(alias="option", strict=False, min_length=3, max_length=4)

    @property
    def letters(self) -> str:
        return LETTERS[: len(self.options)]

    @property
    def key(self) -> str:
        """The right letters, in the bank's order."""
        return "".join(
            letter for letter, option in zip(LETTERS, self.options, strict=False) if option.right
        )

    @property
    def keeps_order(self) -> bool:
        return all(option.text[:1].isdigit() for option in self.options)

    def option(self, letter: str) -> Option:
        """An option by the bank's letter."""
        return self.options[LETTERS.index(letter)]

    def text_of(self, letter: str) -> str:
        return self.option(letter).text

    def lines(self, reply: str, order: str) -> tuple[Line, ...]:
        return tuple(
            Line(option.text, letter in reply, option.right, option.why)
            for letter in order
            for option in (self.option(letter),)
        )

    def mark(self, reply: str) -> Mark:
        """Right only when exactly the key is chosen."""
        if not reply:
            return Mark(False, ())
        taken = [option.misconception for option in map(self.option, reply)]
        left = [self.option(letter).missed for letter in self.key if letter not in reply]
        return Mark(reply == self.key, tuple(dict.fromkeys(m for m in (*taken, *left) if m)))

    def beliefs(self) -> tuple[str, ...]:
        named = [(option.misconception, option.missed) for option in self.options]
        return tuple(m for pair in named for m in pair if m)

    @model_validator(mode="after")
    def _each_wrong_option_stands_for_something(self) -> "OptionQuestion":
        for number, option in enumerate(self.options, 1):
            if not option.right and option.misconception is None:
                raise ValueError(f"option {number} is wrong but names no `misconception`: name one")
            if option.right and option.misconception is not None:
                raise ValueError(f"option {number} is right: take its `misconception` away")
            if option.missed is not None and not option.right:
                raise ValueError(f"option {number}: `missed` belongs to a right option")
        texts = [option.text.casefold() for option in self.options]
        if len(set(texts)) < len(texts):
            raise ValueError("two options say the same: change or remove one")
        return self


class OneOf(OptionQuestion):
    """One best answer."""

    kind: Literal["one-of"]

    @property
    def input(self) -> Input:
        return Input.ONE

    def read(self, reply: Sequence[str], order: str) -> str:
        if len(reply) != 1:
            raise BadReply("Select one answer")
        return _known(reply, order)[0]

    @model_validator(mode="after")
    def _one_key(self) -> "OneOf":
        if len(self.key) != 1:
            raise ValueError(
                f"a one-of question has exactly one option with `right = true`, not {len(self.key)}"
            )
        if any(option.missed for option in self.options):
            raise ValueError("`missed` is for several-of questions: take it away")
        return self


class SeveralOf(OptionQuestion):
    """Several things must be chosen, and nothing else."""

    kind: Literal["several-of"]

    @property
    def input(self) -> Input:
        return Input.SEVERAL

    def read(self, reply: Sequence[str], order: str) -> str:
        if not reply:
            raise BadReply("Select all the answers that apply")
        return "".join(sorted(set(_known(reply, order))))

    @model_validator(mode="after")
    def _some_but_not_all_right(self) -> "SeveralOf":
        if len(self.key) < 2:
            raise ValueError("a several-of question has two or more options with `right = true`")
        if len(self.key) == len(self.options):
            raise ValueError("every option is right: a several-of question needs a wrong one")
        return self


Question = Annotated[OneOf | SeveralOf, Field(discriminator="kind")]
KINDS = ("one-of", "several-of")
