"""How an attempt is judged once a question of it was found faulty: never against anybody; pure.

A right answer stays right, whatever is decided. A wrong one counts as right, or is left out of the
attempt, so that no share, no area and no essential point can come out worse than before; and of
several decisions on one question the kindest holds, in whatever order they were made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from questions.module import Module
from quizbot.rules.outcome import Marked, Outcome, judge


class Ruling(StrEnum):
    """What may be decided of a question found faulty."""

    CREDIT = "credit"
    DROP = "drop"
    KEY = "key"

    @property
    def words(self) -> str:
        """What it does, for everybody who was asked."""
        return {
            Ruling.CREDIT: "It counts as right for everybody who was asked",
            Ruling.DROP: "It is left out for everybody who had it wrong",
            Ruling.KEY: "Another answer is right as well",
        }[self]


class Effect(StrEnum):
    """What a decision makes of a wrong answer."""

    RIGHT = "right"
    OUT = "out"

    @property
    def words(self) -> str:
        """As its person reads it."""
        return "counts as right" if self is Effect.RIGHT else "is left out"


@dataclass(frozen=True)
class RegradeRule:
    """A decision on a question; with the ruling `key`, the reply that is right as well."""

    question_id: str
    ruling: Ruling
    reply: str = ""

    @property
    def effect(self) -> Effect:
        """What it makes of a wrong answer that it touches."""
        return Effect.OUT if self.ruling is Ruling.DROP else Effect.RIGHT

    def touches(self, given: "GivenAnswer") -> bool:
        """Whether it changes how an answer counts."""
        if given.marked.is_right or given.question_id != self.question_id:
            return False
        return self.ruling is not Ruling.KEY or given.reply == self.reply


@dataclass(frozen=True)
class GivenAnswer:
    """An answer of an attempt that was handed in, as it was judged then."""

    question_id: str
    reply: str
    marked: Marked


def effects(given: Iterable[GivenAnswer], rules: Sequence[RegradeRule]) -> dict[str, Effect]:
    """What becomes of which answers; right is more than left out."""
    found: dict[str, Effect] = {}
    for one in given:
        made = {rule.effect for rule in rules if rule.touches(one)}
        if made:
            found[one.question_id] = Effect.RIGHT if Effect.RIGHT in made else Effect.OUT
    return found


def rejudged(module: Module, given: Sequence[GivenAnswer], made: Mapping[str, Effect]) -> Outcome:
    """The outcome with what decisions made of its answers."""
    return judge(
        module,
        [
            replace(one.marked, is_right=True) if one.question_id in made else one.marked
            for one in given
            if made.get(one.question_id) is not Effect.OUT
        ],
    )


def held_against(module: Module, given: Sequence[GivenAnswer], rule: RegradeRule) -> Outcome:
    """The outcome if a decision were held against people: told before it is made, and never done.

    A question that is left out is left out for those who had it right as well, and where another
    answer is right the old one is not.
    """
    if rule.ruling is Ruling.CREDIT:
        return rejudged(module, given, effects(given, [rule]))
    left = [one for one in given if one.question_id != rule.question_id]
    if rule.ruling is Ruling.DROP:
        return judge(module, [one.marked for one in left])
    return judge(
        module,
        [
            replace(one.marked, is_right=one.reply == rule.reply)
            if one.question_id == rule.question_id
            else one.marked
            for one in given
        ],
    )
