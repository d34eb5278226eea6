"""How likely the same person would get the same verdict from another draw; pure.

People are taken to differ in how much they know as a normal curve has it, as widely as their
answers hang together, and each question to be as hard as it was. For each level of knowing, the
chance to pass with the questions of a draw is worked out exactly by the pass rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import exp, sqrt
from statistics import NormalDist, fmean

from questions.kinds import Question
from questions.module import Module
from quizbot.rules.outcome import right_needed

NORMAL = NormalDist()
LEVELS = tuple(0.6 * step for step in range(-6, 7))  # of knowing, in standard deviations
_HEAPS = [exp(-level * level / 2) for level in LEVELS]
WEIGHTS = tuple(heap / sum(_HEAPS) for heap in _HEAPS)
WIDEST = 3.0
HALVINGS = 20


@dataclass(frozen=True)
class Hardness:
    """How often a question was right, of how often."""

    right: int
    asked: int

    @property
    def bound(self) -> float:
        """Where its share lies on a normal curve; never out of sight, however few were wrong."""
        return NORMAL.inv_cdf((self.right + 0.5) / (self.asked + 1))


@dataclass(frozen=True)
class Agreement:
    """Of all people, how many would get the same verdict twice; by lot; and how many would pass."""

    same: float
    by_lot: float
    passing: float


def agreement(
    module: Module,
    draws: Sequence[Sequence[Question]],
    hardness: Mapping[str, Hardness],
    covariance: float,
) -> Agreement:
    """By the questions of these draws, and by how two answers of one person hang together."""
    bounds = {id_: one.bound for id_, one in hardness.items()}
    spread = spread_of(hardness, covariance)
    by_level = [
        fmean(
            chance_to_pass(module, draw, [chances[question.id] for question in draw])
            for draw in draws
        )
        for level in LEVELS
        for chances in ({id_: chance(bound, spread, level) for id_, bound in bounds.items()},)
    ]
    passing = sum(weight * one for weight, one in zip(WEIGHTS, by_level, strict=True))
    same = sum(
        weight * (one * one + (1 - one) * (1 - one))
        for weight, one in zip(WEIGHTS, by_level, strict=True)
    )
    return Agreement(same, passing * passing + (1 - passing) * (1 - passing), passing)


def chance(bound: float, spread: float, level: float) -> float:
    """How likely people of a level have a question right, where its share over all is known."""
    return NORMAL.cdf(bound * sqrt(1 + spread * spread) + spread * level)


def spread_of(hardness: Mapping[str, Hardness], covariance: float) -> float:
    """How widely people differ, from the covariance of two answers of one person."""
    total = sum(one.asked for one in hardness.values())
    known = [(one.bound, one.asked / total) for one in hardness.values()]
    low, high = 0.0, WIDEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _covariance(known, middle) < covariance:
            low = middle
        else:
            high = middle
    return low


def _covariance(known: Sequence[tuple[float, float]], spread: float) -> float:
    """Of two questions that are drawn as often as these, where people differ so widely."""
    by_question = [
        ([chance(bound, spread, level) for level in LEVELS], often) for bound, often in known
    ]
    whole = [
        sum(often * chances[at] for chances, often in by_question) for at in range(len(LEVELS))
    ]
    alone = sum(often * often * _variance(chances) for chances, often in by_question)
    same = sum(often * often for _, often in by_question)
    return (_variance(whole) - alone) / (1 - same) if same < 1 else 0.0


def _variance(by_level: Sequence[float]) -> float:
    mean = sum(weight * one for weight, one in zip(WEIGHTS, by_level, strict=True))
    return sum(w * (one - mean) ** 2 for w, one in zip(WEIGHTS, by_level, strict=True))


def chance_to_pass(module: Module, asked: Sequence[Question], chances: Sequence[float]) -> float:
    """How likely somebody passes who has each question right with its chance: exactly."""
    pairs = sorted(zip(asked, chances, strict=True), key=lambda pair: pair[0].objective)
    whole = [1.0]
    for _, group in groupby(pairs, key=lambda pair: pair[0].objective):
        mine = [1.0]
        for question, right in group:
            wrong = 0.0 if question.must_know else 1 - right
            mine = _times(mine, [wrong, right])
        minimum = min(module.objective_minimum, len(mine) - 1)
        whole = _times(whole, [0.0] * minimum + mine[minimum:])
    return sum(whole[right_needed(module, len(pairs)) :])


def _times(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """Chances of so many right in two groups, as chances of so many in both together."""
    product = [0.0] * (len(one) + len(other) - 1)
    for at, left in enumerate(one):
        if left:
            for beside, right in enumerate(other):
                product[at + beside] += left * right
    return product
