"""Questions answered with menus: steps put in order, and pairs put together."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Literal

from pydantic import Field, StrictInt, model_validator
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


class Step(Strict):
    """One of the things to put in order."""

    text: Words
    why: Words


class Pair(Strict):
    """Two things that belong together."""

    left: Words
    right: Words
    why: Words


class Mixup(Strict):
    """Two steps or pairs that are taken for each other, and the belief that this shows."""

    swap: tuple[StrictInt, StrictInt] = Field(strict=False)
    misconception: Id
    errs: Errs | None = Field(default=None, strict=False)


class MenuQuestion(QuestionBase):
    """A question with one menu a place: everything is put somewhere, and once."""

    mixups: tuple[Mixup, ...] = Field(default=(), alias="mixup", strict=False)

    @property
    def input(self) -> Input:
        return Input.MENUS

    @property
    def letters(self) -> str:
        return LETTERS[: len(self.menus)]

    @property
    def key(self) -> str:
        return self.letters

    @property
    def keeps_order(self) -> bool:
        return False

    def read(self, reply: Sequence[str], order: str) -> str:
        if len(reply) != len(self.menus) or not all(reply):
            raise BadReply(self._unanswered)
        put = known_letters(reply, order)
        if len(set(put)) < len(put):
            raise BadReply(self._twice)
        return "".join(put)

    def mark(self, reply: str) -> Mark:
        """Right only when everything is in its place."""
        if not reply:
            return Mark(False, ())
        shown = [
            mixup.misconception
            for mixup in self.mixups
            if self._took_for_each_other(reply, *(LETTERS[number - 1] for number in mixup.swap))
        ]
        return Mark(reply == self.key, tuple(dict.fromkeys(shown)))

    # Told in the right order, not as shown: that is the answer.
    def lines(self, reply: str, order: str) -> tuple[Line, ...]:  # noqa: ARG002
        put = reply or " " * len(self.menus)
        return tuple(
            Line(
                text=self.text_of(letter),
                chosen=here == letter,
                right=True,
                why=self.why_of(letter),
                menu=menu,
                given="" if here in (letter, " ") else self.text_of(here),
            )
            for menu, letter, here in zip(self.menus, self.key, put, strict=True)
        )

    def beliefs(self) -> tuple[str, ...]:
        return tuple(mixup.misconception for mixup in self.mixups)

    @abstractmethod
    def why_of(self, letter: str) -> str:
        """Why something belongs where it does, by the bank's letter."""

    @property
    @abstractmethod
    def _unanswered(self) -> str:
        """What to do about a menu that was left alone."""

    @property
    @abstractmethod
    def _twice(self) -> str:
        """What to do about something that was put in two places."""

    @abstractmethod
    def _took_for_each_other(self, reply: str, one: str, other: str) -> bool:
        """Whether a reply mixes two things up."""

    @model_validator(mode="after")
    def _all_different(self) -> "MenuQuestion":
        texts = [self.text_of(letter).casefold() for letter in self.letters]
        menus = [menu.casefold() for menu in self.menus]
        if len(set(texts)) < len(texts) or len(set(menus)) < len(menus):
            raise PydanticCustomError("W14", "two of them say the same: change or remove one")
        return self

    @model_validator(mode="after")
    def _mixups_name_two(self) -> "MenuQuestion":
        for number, mixup in enumerate(self.mixups, 1):
            one, other = mixup.swap
            if one == other or not {one, other} <= set(range(1, len(self.menus) + 1)):
                words = "mixup {number}: `swap` names two different ones from 1 to {last}"
                last = len(self.menus)
                raise PydanticCustomError("W25", words, {"number": number, "last": last})
        return self


class InOrder(MenuQuestion):
    """Steps to put in the right order; a reply names the step at each place."""

    kind: Literal["in-order"]
    steps: tuple[Step, ...] = Field(alias="step", strict=False, min_length=3, max_length=6)

    @property
    def menus(self) -> tuple[str, ...]:
        return tuple(f"Place {number}" for number in range(1, len(self.steps) + 1))

    def text_of(self, letter: str) -> str:
        return self.steps[LETTERS.index(letter)].text

    def why_of(self, letter: str) -> str:
        return self.steps[LETTERS.index(letter)].why

    @property
    def _unanswered(self) -> str:
        return "Choose a step for each place"

    @property
    def _twice(self) -> str:
        return "Choose each step once: one of them is in two places"

    def _took_for_each_other(self, reply: str, one: str, other: str) -> bool:
        first, then = sorted((one, other))
        return reply.index(then) < reply.index(first)


class Match(MenuQuestion):
    """Pairs to put together; a reply names what was put beside each left side."""

    kind: Literal["match"]
    pairs: tuple[Pair, ...] = Field(alias="pair", strict=False, min_length=3, max_length=6)

    @property
    def menus(self) -> tuple[str, ...]:
        return tuple(pair.left for pair in self.pairs)

    def text_of(self, letter: str) -> str:
        return self.pairs[LETTERS.index(letter)].right

    def why_of(self, letter: str) -> str:
        return self.pairs[LETTERS.index(letter)].why

    @property
    def _unanswered(self) -> str:
        return "Choose an answer for each line"

    @property
    def _twice(self) -> str:
        return "Choose each answer once: one of them is on two lines"

    def _took_for_each_other(self, reply: str, one: str, other: str) -> bool:
        return reply[LETTERS.index(one)] == other and reply[LETTERS.index(other)] == one
