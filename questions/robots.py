"""Guessers that know no safeguarding: how often each is right, worked out and not tried out.

A robot gives every option a score from its looks alone and takes the best; among equals it draws
lots, so its luck with a question is a fraction and needs no chance. What it is given beforehand:

- one-of: it takes one; a blind guess is right once in n.
- several-of: it is told how many are right, which a person is not, and takes as many; a blind guess
  is right once in the number of ways to choose so many.
- in-order: it puts the highest score first; a blind guess is right once in n!.
- match: only what two sides have in common can tell; a blind guess is right once in n!.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from math import comb, factorial, prod, sqrt

from questions.kinds import LETTERS, InOrder, Match, Question
from questions.lint.text import listed, number_in, roots, stem, texts

MARGIN = 0.05  # over chance by more than this …
ERRORS = 2  # … and by more than so many standard errors: something gives the answers away
ALL = "all modules"

Scores = list[float]


def _longest(question: Question) -> Scores:
    return [len(text) for text in texts(question)]


def _most_qualified(question: Question) -> Scores:
    return [len(listed("qualifiers").findall(text)) for text in texts(question)]


def _avoids_absolutes(question: Question) -> Scores:
    return [-len(listed("absolutes").findall(text)) for text in texts(question)]


def _echoes(question: Question) -> Scores:
    told = roots(stem(question))
    return [len(roots(text) & told) for text in texts(question)]


def _alike(question: Question) -> Scores:
    said = [roots(text) for text in texts(question)]
    return [
        sum(
            len(one & other) / len(one | other)
            for other in (*said[:at], *said[at + 1 :])
            if one | other
        )
        for at, one in enumerate(said)
    ]


def _unlike(question: Question) -> Scores:
    return [-score for score in _alike(question)]


def _most_punctuated(question: Question) -> Scores:
    return [len(re.findall(r"[^\w\s{}]", text)) for text in texts(question)]


def _middle_number(question: Question) -> Scores:
    numbers = [number_in(text) for text in texts(question)]
    known = sorted(number for number in numbers if number is not None)
    if len(known) < 3:
        return [0.0] * len(numbers)
    middle = {known[(len(known) - 1) // 2], known[len(known) // 2]}
    return [float(number in middle) for number in numbers]


def _vote(question: Question) -> Scores:
    """What the others would take, each with one vote, shared among equals."""
    ballots = [_chances_of_each(question, score(question)) for score in _ALONE.values()]
    return [sum(votes) for votes in zip(*ballots, strict=True)]


_ALONE: Mapping[str, Callable[[Question], Scores]] = {
    "longest option": _longest,
    "most qualified wording": _most_qualified,
    "avoids absolutes": _avoids_absolutes,
    "echoes the question": _echoes,
    "odd one out": _unlike,
    "most like the others": _alike,
    "most punctuated": _most_punctuated,
    "middle number": _middle_number,
}
ROBOTS: Mapping[str, Callable[[Question], Scores]] = {**_ALONE, "vote of all": _vote}


def _rounded(scores: Scores) -> Scores:
    """Sums in another order differ in the last digit, and must still be equal."""
    return [round(score, 9) for score in scores]


def _chances_of_each(question: Question, scores: Scores) -> Scores:
    """How likely each option is to be taken; with steps, how early each one is put."""
    scores = _rounded(scores)
    ahead = [sum(other > score for other in scores) for score in scores]
    equal = [scores.count(score) for score in scores]
    if isinstance(question, InOrder | Match):
        return [-(first + (same - 1) / 2) for first, same in zip(ahead, equal, strict=True)]
    wanted = len(question.key)
    return [
        min(1.0, max(0, wanted - first) / same) for first, same in zip(ahead, equal, strict=True)
    ]


def luck(question: Question, robot: str) -> float:
    """How likely a robot is to be right, from 0 to 1."""
    if isinstance(question, Match):
        return _luck_in_matching(question, robot)
    return luck_with(question, ROBOTS[robot](question))


def luck_with(question: Question, scores: Scores) -> float:
    """How likely whoever takes the highest scores is to be right, drawing lots among equals."""
    scores = _rounded(scores)
    if isinstance(question, InOrder):
        is_right = all(one >= other for one, other in pairwise(scores))
        ties = prod(factorial(scores.count(score)) for score in set(scores))
        return 1 / ties if is_right else 0.0
    lowest = sorted(scores, reverse=True)[len(question.key) - 1]
    sure = {letter for letter, s in zip(LETTERS, scores, strict=False) if s > lowest}
    tied = {letter for letter, s in zip(LETTERS, scores, strict=False) if s == lowest}
    key = set(question.key)
    return 1 / comb(len(tied), len(key - sure)) if sure <= key <= sure | tied else 0.0


def _luck_in_matching(question: Match, robot: str) -> float:
    """Pairs are put together so that they have most words in common; else blindly."""
    if robot not in ("echoes the question", "vote of all"):
        return chance(question)
    lefts, rights = ([roots(text) for text in side] for side in (question.menus, texts(question)))
    shared = {
        order: sum(len(left & rights[at]) for left, at in zip(lefts, order, strict=True))
        for order in permutations(range(len(lefts)))
    }
    most = max(shared.values())
    is_right = shared[tuple(range(len(lefts)))] == most
    return 1 / list(shared.values()).count(most) if is_right else 0.0


def chance(question: Question) -> float:
    """How likely a blind guess is to be right."""
    if isinstance(question, InOrder | Match):
        return 1 / factorial(len(question.letters))
    return 1 / comb(len(question.letters), len(question.key))


@dataclass(frozen=True)
class Row:
    """How a robot does in one module, or in all together: shares from 0 to 1."""

    robot: str
    module: str
    questions: int
    right: float
    chance: float
    error: float

    @property
    def is_fault(self) -> bool:
        """Over chance by more than the margin and more than luck would explain."""
        return self.right - self.chance > max(MARGIN, ERRORS * self.error)


def table(modules: Mapping[str, Sequence[Question]]) -> list[Row]:
    """Every robot in every module, and in all together."""
    pooled = [question for questions in modules.values() for question in questions]
    groups = {**modules, ALL: pooled} if len(modules) > 1 else modules
    return [
        _row(robot, name, questions)
        for robot in ROBOTS
        for name, questions in groups.items()
        if questions
    ]


def _row(robot: str, name: str, questions: Iterable[Question]) -> Row:
    blind = [chance(question) for question in questions]
    lucky = [luck(question, robot) for question in questions]
    count = len(blind)
    spread = sqrt(sum(p * (1 - p) for p in blind)) / count
    return Row(robot, name, count, sum(lucky) / count, sum(blind) / count, spread)
