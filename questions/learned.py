"""Robots that learn: each is taught on the other modules, and tried on one it has not seen.

They know no safeguarding. What they learn is how right options sound, and that must be worth
nothing. Each is a naive Bayes: of each feature it counts in how many right and how many wrong
options it stands, and an option scores the more, the more its features stand in right ones. What
they take among equals is left to lots and worked out, as with the other robots; nothing is drawn.

- options alone: the words of an option, and each two in a row;
- question and options: the same, with each word of what is asked beside each word of the option,
  which words stand in the story too and how many;
- letters alone: every three to five letters of an option in a row;
- the activist, the delayer, the talker: a fixed list of words each (habits.toml), made from what
  the first one learned. Whoever always acts at once, waits or talks must not be right more often.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt

from questions.counts import how_many
from questions.kinds import OneOf, Question, SeveralOf
from questions.lint.text import lists, roots, words_in
from questions.robots import ALL, Row, Scores, chance, luck_with

MARGIN = 0.08  # over chance by more than this, all modules together: the words give answers away
ERRORS = 2  # one module may be over by so many standard errors more


@dataclass(frozen=True)
class Taught(Row):
    """How a robot that learned does in a module, or in all together."""

    @property
    def bound(self) -> float:
        """The share that it may have right."""
        more = 0.0 if self.module == ALL else ERRORS * self.error
        return self.chance + MARGIN + more

    @property
    def is_fault(self) -> bool:
        """Whether it is right more often than words by themselves may make it."""
        return self.right > self.bound


@dataclass(frozen=True)
class Giveaway:
    """A question that a robot is right about, by how much, and the words that tell."""

    module: str
    question: str
    lead: float  # how far the right option is ahead of the best wrong one
    towards: tuple[str, ...]  # in the right option, and elsewhere mostly in right ones
    away: tuple[str, ...]  # in the wrong ones, and elsewhere mostly in wrong ones


@dataclass(frozen=True)
class Learned:
    """All rows of the table, and for each robot and module the worst questions first."""

    rows: tuple[Taught, ...]
    giveaways: Mapping[tuple[str, str], tuple[Giveaway, ...]]


@lru_cache(10_000)
def _low(text: str) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words_in(text))


def _words(_: Question, text: str) -> Iterator[str]:
    words = _low(text)
    yield from words
    yield from map(" ".join, pairwise(words))


def _with_the_question(question: Question, text: str) -> Iterator[str]:
    words = _low(text)
    yield from _words(question, text)
    asked = set(_low(question.ask))
    for word in words:
        yield from (f"{other} … {word}" for other in asked)
    told = roots(question.scenario)
    also = sorted(word for word in set(words) if roots(word) & told)
    yield f"({how_many(len(also), 'word')} of the story)"
    yield from (f"{word} (also told)" for word in also)


def _letters(_: Question, text: str) -> Iterator[str]:
    plain = f" {' '.join(_low(text))} "
    for size in (3, 4, 5):
        for at in range(len(plain) - size + 1):
            yield plain[at : at + size]


LEARNERS: Mapping[str, Callable[[Question, str], Iterator[str]]] = {
    "learned: options alone": _words,
    "learned: question and options": _with_the_question,
    "learned: letters alone": _letters,
}
HABITS = ("the activist", "the delayer", "the talker")
ROBOTS = (*LEARNERS, *HABITS)


@dataclass(frozen=True)
class _Seen:
    """A question as a learner sees it."""

    question: OneOf | SeveralOf
    options: tuple[tuple[str, ...], ...]  # each option's features once, in a set order


@dataclass(frozen=True)
class _Lessons:
    """In how many right and wrong options each feature stands."""

    right: Counter[str]
    wrong: Counter[str]
    options: tuple[int, int]

    @classmethod
    def of(cls, seen: Iterable[_Seen]) -> "_Lessons":
        right: Counter[str] = Counter()
        wrong: Counter[str] = Counter()
        count = [0, 0]
        for one in seen:
            for option, features in zip(one.question.options, one.options, strict=True):
                (right if option.right else wrong).update(features)
                count[not option.right] += 1
        return cls(right, wrong, (count[0], count[1]))

    def without(self, other: "_Lessons") -> "_Weights":
        """What all modules teach but this one."""
        right, wrong = (a - b for a, b in zip(self.options, other.options, strict=True))
        return _Weights(self, other, right, wrong)


@dataclass(frozen=True)
class _Weights:
    """How much each feature speaks for an option, by every module but one."""

    all_lessons: _Lessons
    own: _Lessons
    right: int
    wrong: int

    def of(self, feature: str) -> float:
        """The logarithm of how much more likely the feature is in a right option."""
        right = self.all_lessons.right[feature] - self.own.right[feature]
        wrong = self.all_lessons.wrong[feature] - self.own.wrong[feature]
        if not right and not wrong:
            return 0.0  # never met
        return log((right + 1) / (self.right + 2)) - log((wrong + 1) / (self.wrong + 2))


def learn(modules: Mapping[str, Sequence[Question]]) -> Learned:
    """Every robot on every module, taught on the others; nothing where there is no other."""
    tried = {
        name: [q for q in questions if isinstance(q, OneOf | SeveralOf) and _can_be_missed(q)]
        for name, questions in modules.items()
    }
    tried = {name: questions for name, questions in tried.items() if questions}
    if len(tried) < 2:
        return Learned((), {})
    rows: list[Taught] = []
    giveaways: dict[tuple[str, str], tuple[Giveaway, ...]] = {}
    for robot in ROBOTS:
        scored = _taught(robot, tried) if robot in LEARNERS else _by_habit(robot, tried)
        for name, told in scored.items():
            rows.append(_row(robot, name, told))
            giveaways[robot, name] = tuple(_giveaways(name, told))
        rows.append(_row(robot, ALL, [one for told in scored.values() for one in told]))
        found = (one for name in scored for one in giveaways[robot, name])
        giveaways[robot, ALL] = tuple(sorted(found, key=_surest))
    return Learned(tuple(rows), giveaways)


def _can_be_missed(question: OneOf | SeveralOf) -> bool:
    return len(question.key) < len(question.options)


@dataclass(frozen=True)
class _Scored:
    """A question with the score of each option, and what each feature of it weighs."""

    question: OneOf | SeveralOf
    scores: Scores
    weights: tuple[Mapping[str, float], ...]


def _row(robot: str, name: str, told: Sequence[_Scored]) -> Taught:
    lucky = [luck_with(one.question, one.scores) for one in told]
    blind = [chance(one.question) for one in told]
    count = len(blind)
    spread = sqrt(sum(p * (1 - p) for p in blind)) / count
    return Taught(robot, name, count, sum(lucky) / count, sum(blind) / count, spread)


def _taught(
    robot: str, modules: Mapping[str, Sequence[OneOf | SeveralOf]]
) -> dict[str, list[_Scored]]:
    features = LEARNERS[robot]
    seen = {
        name: [
            _Seen(q, tuple(tuple(sorted({*features(q, o.text)})) for o in q.options))
            for q in questions
        ]
        for name, questions in modules.items()
    }
    lessons = {name: _Lessons.of(ones) for name, ones in seen.items()}
    everything = _Lessons.of(one for ones in seen.values() for one in ones)
    return {
        name: [_scored(one, everything.without(lessons[name])) for one in ones]
        for name, ones in seen.items()
    }


def _scored(one: _Seen, weights: _Weights) -> _Scored:
    told = tuple({name: weights.of(name) for name in f} for f in one.options)
    return _Scored(one.question, [sum(weighed.values()) for weighed in told], told)


def _by_habit(
    robot: str, modules: Mapping[str, Sequence[OneOf | SeveralOf]]
) -> dict[str, list[_Scored]]:
    known = frozenset(lists("habits")[robot.removeprefix("the ")])
    return {
        name: [_by_words(question, known) for question in questions]
        for name, questions in modules.items()
    }


def _by_words(question: OneOf | SeveralOf, known: frozenset[str]) -> _Scored:
    told = tuple(
        dict.fromkeys((w for w in _low(option.text) if w in known), 1.0)
        for option in question.options
    )
    return _Scored(question, [float(len(words)) for words in told], told)


def _giveaways(module: str, told: Iterable[_Scored]) -> Iterator[Giveaway]:
    """The questions that a robot gets right for sure, those it is surest of first."""
    found: list[Giveaway] = []
    for one in told:
        rights = [at for at, option in enumerate(one.question.options) if option.right]
        wrongs = [at for at in range(len(one.scores)) if at not in rights]
        lead = min(one.scores[at] for at in rights) - max(one.scores[at] for at in wrongs)
        if round(lead, 9) > 0:
            towards = _telling(one, rights, wrongs, 1)
            away = _telling(one, wrongs, rights, -1)
            found.append(Giveaway(module, one.question.id, lead, towards, away))
    yield from sorted(found, key=_surest)


def _surest(one: Giveaway) -> tuple[float, str]:
    return -one.lead, one.question


def _telling(one: _Scored, here: Sequence[int], there: Sequence[int], sign: int) -> tuple[str, ...]:
    """The features that weigh most on one side and are not on the other."""
    elsewhere = {name for at in there for name in one.weights[at]}
    weighed: dict[str, float] = {}
    for at in here:
        for name, weight in one.weights[at].items():
            if name not in elsewhere:
                weighed[name] = sign * weight
    best = sorted(weighed, key=lambda name: (-weighed[name], name))
    return tuple(name for name in best if weighed[name] > 0)[:5]
