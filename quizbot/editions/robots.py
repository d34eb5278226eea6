"""Robots that take assured attempts: how many of a thousand each of them would pass."""

from collections.abc import Sequence
from datetime import date
from random import Random

from questions.kinds import Question
from questions.module import Module
from questions.robots import ROBOTS, luck
from quizbot.editions.editions import Edition
from quizbot.rules.outcome import Marked, judge, right_needed
from quizbot.rules.pick import Mode, drawn, may_ask

TRIES = 1000
MOST = 0.01  # of its attempts that a robot may pass


def may_count(module: Module, today: date) -> tuple[Question, ...]:
    """The questions that an assured attempt may ask."""
    return tuple(q for q in module.questions if may_ask(q, Mode.ASSURED, today))


def passes(module: Module, today: date) -> dict[str, float]:
    """The share of attempts that each robot passes; nothing where no attempt can be made."""
    rng = Random(module.id)
    asked = list(drawn(module, Mode.ASSURED, today, rng, TRIES))
    return {robot: _share(module, asked, robot, rng) for robot in ROBOTS} if asked else {}


_KNOWN: dict[tuple[str, date], float] = {}  # of the editions that rules were made for


def passes_shortest(edition: Edition, today: date) -> float:
    """The same of the shortest refresher that there can be, for whichever robot does best."""
    at = (edition.fingerprint, today)
    found = _KNOWN.get(at)
    if found is None:
        if len(_KNOWN) > 100:
            _KNOWN.clear()
        found = _KNOWN[at] = _shortest(edition.module, today)
    return found


def _shortest(module: Module, today: date) -> float:
    rng, fewer = Random(module.id), tuple(module.objectives)
    asked = list(drawn(module, Mode.ASSURED, today, rng, TRIES, fewer))
    shares = (_share(module, asked, robot, rng) for robot in ROBOTS)
    return max(shares) if asked else 0.0


def _share(
    module: Module, attempts: Sequence[Sequence[Question]], robot: str, rng: Random
) -> float:
    chances = {q.id: luck(q, robot) for q in {q.id: q for a in attempts for q in a}.values()}
    passed = 0
    for questions in attempts:
        right = [rng.random() < chances[q.id] for q in questions]
        if sum(right) < right_needed(module, len(right)):
            continue  # by far the most: not worth judging in full
        marked = zip(questions, right, strict=True)
        answers = [Marked(q.objective, is_right, q.must_know) for q, is_right in marked]
        passed += judge(module, answers).passed
    return passed / len(attempts)
