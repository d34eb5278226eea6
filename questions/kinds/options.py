"""Questions with options: one best answer, or several that must all be chosen."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from questions.kinds.base import (
    LETTERS,
    BadReply,
    Errs,
    Id,
    Input,
    Line,
    Mark,
    QuestionBase,
    Strict,
    Words,
    known_letters,
)


class Option(Strict):
    """What can be chosen; every wrong one stands for a misconception."""

    text: Words
    why: Words
    right: bool = False
    misconception: Id | None = None
    missed: Id | None = None
    errs: Errs | None = Field(default=None, strict=False)


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
        options = [(letter, self.option(letter)) for letter in order]
        return tuple(
            [Line(one.text, letter in reply, one.right, one.why) for letter, one in options]
        )

    def mark(self, reply: str) -> Mark:
        """Right only when exactly the key is chosen."""
        if not reply:
            return Mark(False, ())
        key = self.key
        taken = [option.misconception for option in map(self.option, reply)]
        left = [self.option(letter).missed for letter in key if letter not in reply]
        return Mark(reply == key, tuple(dict.fromkeys(m for m in (*taken, *left) if m)))

    def beliefs(self) -> tuple[str, ...]:
        named = [(option.misconception, option.missed) for option in self.options]
        return tuple(m for pair in named for m in pair if m)

    @model_validator(mode="after")
    def _each_wrong_option_stands_for_something(self) -> "OptionQuestion":
        for number, option in enumerate(self.options, 1):
            wrong = {"number": number}
            if not option.right and option.misconception is None:
                words = "option {number} is wrong but names no `misconception`: name one"
                raise PydanticCustomError("W25", words, wrong)
            if option.right and option.misconception is not None:
                words = "option {number} is right: take its `misconception` away"
                raise PydanticCustomError("W25", words, wrong)
            if option.missed is not None and not option.right:
                words = "option {number}: `missed` belongs to a right option"
                raise PydanticCustomError("W25", words, wrong)
            if option.right and option.errs is not None:
                words = "option {number} is right: take its `errs` away"
                raise PydanticCustomError("W25", words, wrong)
        texts = [option.text.casefold() for option in self.options]
        if len(set(texts)) < len(texts):
            raise PydanticCustomError("W14", "two options say the same: change or remove one")
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
        return known_letters(reply, order)[0]

    @model_validator(mode="after")
    def _one_key(self) -> "OneOf":
        if len(self.key) != 1:
            words = "a one-of question has exactly one option with `right = true`, not {count}"
            raise PydanticCustomError("W04", words, {"count": len(self.key)})
        if any(option.missed for option in self.options):
            raise PydanticCustomError("W25", "`missed` is for several-of questions: take it away")
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
        return "".join(sorted(set(known_letters(reply, order))))

    @model_validator(mode="after")
    def _some_right(self) -> "SeveralOf":
        if not self.key:
            words = "a several-of question has one to four options with `right = true`"
            raise PydanticCustomError("W04", words)
        return self
