"""What first attempts say of each question, and how far a verdict can be trusted; pure.

Everybody is asked another part of the pool, so a score says little beside another's. Each answer is
held against how people do on that same question: the *rest* of an answer is how much better or
worse than usual its attempt went on all its other questions, in standard deviations. No question is
in its own rest, and an attempt of hard questions is no weaker for it.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import atanh, sqrt, tanh

from questions.kinds import MenuQuestion, Question
from questions.module import Module
from quizbot.rules.consistency import Agreement, Hardness, agreement
from quizbot.rules.suppress import wilson

FEWEST = 30  # answers, or attempts: of fewer nothing is said
DRAWS = 100  # attempts whose questions stand for another draw
Z = 1.959964
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class FirstAttempt:
    """Somebody's first attempt that counts: its verdict, its answers as `answer_of` has them."""

    passed: bool
    answers: Sequence[str]


def answer_of(question_id: str, reply: str) -> str:
    """A question and what was replied, in the bank's letters, as one word of an attempt."""
    return f"{question_id} {reply}"


@dataclass(frozen=True)
class RestFigures:
    """How the attempts behind some answers went otherwise: how many, their mean, its error."""

    count: int
    mean: float
    error: float


@dataclass(frozen=True)
class OptionFigures:
    """How often an option was taken; of a question with menus, what belongs in one put there."""

    letter: str
    place: int  # the menu, counted from 1; 0 where there is none
    is_right: bool
    taken: int
    taken_by_failed: int
    rest: RestFigures


@dataclass(frozen=True)
class QuestionFigures:
    """What first attempts say of one question."""

    question_id: str
    asked: int
    right: int
    asked_of_passed: int
    right_of_passed: int
    item_rest: float | None
    right_rest: RestFigures
    options: tuple[OptionFigures, ...]

    @property
    def can_be_told(self) -> bool:
        """Whether there are answers enough for anything to be said."""
        return self.asked >= FEWEST

    @property
    def asked_of_failed(self) -> int:
        """How many of those who did not pass were asked it."""
        return self.asked - self.asked_of_passed

    @property
    def share(self) -> float:
        """Right answers of all, 0 to 1."""
        return self.right / self.asked

    @property
    def interval(self) -> tuple[float, float]:
        """Between what the share may be, 95 %."""
        return wilson(self.right, self.asked)

    @property
    def rest_interval(self) -> tuple[float, float] | None:
        """Between what the correlation with the rest may be, 95 %, after Fisher."""
        if self.item_rest is None:
            return None
        far, by = atanh(max(-0.999999, min(0.999999, self.item_rest))), Z / sqrt(self.asked - 3)
        return tanh(far - by), tanh(far + by)


@dataclass(frozen=True)
class ItemFigures:
    """A questionnaire's: of each question in the module's order, and of the verdict."""

    attempts: int
    passed: int
    questions: tuple[QuestionFigures, ...]
    reliability: float | None
    agreement: Agreement | None

    @property
    def can_be_told(self) -> bool:
        """Whether there are attempts enough for anything to be said."""
        return self.attempts >= FEWEST

    @property
    def share(self) -> float:
        """People who passed, of all, 0 to 1."""
        return self.passed / self.attempts

    @property
    def interval(self) -> tuple[float, float]:
        """Between what the share passing may be, 95 %."""
        return wilson(self.passed, self.attempts)


def item_figures(module: Module, attempts: Iterable[FirstAttempt]) -> ItemFigures:
    """Read attempts one by one, of which four bytes an answer are kept, and work all of it out."""
    taken = _Taken()
    for one in attempts:
        taken.add(one)
    questions = {question.id: question for question in module.questions}
    answers = [_answer(questions, word) for word in taken.words]
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for number, answer in enumerate(answers):
        asked[answer.question.id] += taken.given[number]
        right[answer.question.id] += taken.given[number] * answer.is_right
    rests = _rests(taken, answers, {id_: right[id_] / count for id_, count in asked.items()})
    found = tuple(
        _figures(question, _of(question, answers, taken, rests)) for question in module.questions
    )
    told = taken.attempts >= FEWEST
    return ItemFigures(
        attempts=taken.attempts,
        passed=taken.passed,
        questions=found,
        reliability=rests.reliability if told else None,
        agreement=(
            agreement(
                module,
                [[answers[number].question for number in numbers] for numbers in taken.some(DRAWS)],
                {id_: Hardness(right[id_], count) for id_, count in asked.items()},
                rests.covariance,
            )
            if told
            else None
        ),
    )


@dataclass
class _Taken:
    """Attempts as numbers of the different answers that there are, one after the other."""

    words: dict[str, int] = field(default_factory=dict)
    numbers: "array[int]" = field(default_factory=lambda: array("I"))
    lengths: "array[int]" = field(default_factory=lambda: array("I"))
    given: Counter[int] = field(default_factory=Counter)
    given_by_failed: Counter[int] = field(default_factory=Counter)
    passed: int = 0

    @property
    def attempts(self) -> int:
        return len(self.lengths)

    def add(self, one: FirstAttempt) -> None:
        words = self.words
        numbers = [words.setdefault(word, len(words)) for word in one.answers]
        self.numbers.extend(numbers)
        self.lengths.append(len(numbers))
        self.given.update(numbers)
        if one.passed:
            self.passed += 1
        else:
            self.given_by_failed.update(numbers)

    def __iter__(self) -> "Iterator[array[int]]":
        at = 0
        for length in self.lengths:
            yield self.numbers[at : at + length]
            at += length

    def some(self, most: int) -> "list[array[int]]":
        """So many of them at most, evenly from first to last."""
        step = max(1, -(-self.attempts // most))
        return [one for number, one in enumerate(self) if number % step == 0]


@dataclass(frozen=True)
class _Answer:
    question: Question
    reply: str
    is_right: bool


def _answer(questions: dict[str, Question], word: str) -> _Answer:
    id_, _, reply = word.partition(" ")
    return _Answer(questions[id_], reply, questions[id_].mark(reply).is_right)


@dataclass
class _Rests:
    """By number of an answer: how many rests, their sum and that of their squares; and of pairs."""

    counts: list[int]
    sums: list[float]
    squares: list[float]
    answers: int = 0
    own: float = 0.0
    pairs: int = 0
    crossed: float = 0.0
    attempts: int = 0

    @property
    def covariance(self) -> float:
        """Of two questions of one attempt, over all pairs that met."""
        return self.crossed / self.pairs if self.pairs else 0.0

    @property
    def reliability(self) -> float | None:
        """Of the share right of an attempt as long as these; None where all answers are alike."""
        variance = self.own / self.answers
        length = self.answers / self.attempts
        whole = variance + (length - 1) * self.covariance
        return max(0.0, length * self.covariance / whole) if whole > TINY else None

    def of(self, numbers: Iterable[int]) -> RestFigures:
        """Of some answers together."""
        chosen = list(numbers)
        count = sum(self.counts[number] for number in chosen)
        if not count:
            return RestFigures(0, 0.0, 0.0)
        mean = sum(self.sums[number] for number in chosen) / count
        square = sum(self.squares[number] for number in chosen) / count
        return RestFigures(count, mean, sqrt(max(0.0, square - mean * mean) / count))


def _rests(taken: _Taken, answers: Sequence[_Answer], shares: dict[str, float]) -> _Rests:
    away = [answer.is_right - shares[answer.question.id] for answer in answers]
    spread = [share * (1 - share) for share in (shares[a.question.id] for a in answers)]
    rests = _Rests([0] * len(answers), [0.0] * len(answers), [0.0] * len(answers))
    counts, sums, squares = rests.counts, rests.sums, rests.squares
    for numbers in taken:
        total = sum([away[number] for number in numbers])
        width = sum([spread[number] for number in numbers])
        own = 0.0
        for number in numbers:
            mine = away[number]
            own += mine * mine
            others = width - spread[number]
            if others > TINY:
                rest = (total - mine) / sqrt(others)
                counts[number] += 1
                sums[number] += rest
                squares[number] += rest * rest
        length = len(numbers)
        rests.attempts += 1
        rests.answers += length
        rests.own += own
        rests.pairs += length * (length - 1)
        rests.crossed += total * total - own
    return rests


@dataclass(frozen=True)
class _Given:
    """One reply to a question: its number, how often it was given, how often by who failed."""

    number: int
    reply: str
    is_right: bool
    count: int
    by_failed: int


@dataclass(frozen=True)
class _OfQuestion:
    given: tuple[_Given, ...]
    rests: _Rests

    def option(self, letter: str, place: int, *, is_right: bool) -> OptionFigures:
        """Of the replies that take an option, or that put it in one place."""
        here = [
            g for g in self.given if letter in (g.reply[place - 1 : place] if place else g.reply)
        ]
        return OptionFigures(
            letter=letter,
            place=place,
            is_right=is_right,
            taken=sum(one.count for one in here),
            taken_by_failed=sum(one.by_failed for one in here),
            rest=self.rests.of(one.number for one in here),
        )


def _of(
    question: Question, answers: Sequence[_Answer], taken: _Taken, rests: _Rests
) -> _OfQuestion:
    mine = (
        _Given(
            number=number,
            reply=answer.reply,
            is_right=answer.is_right,
            count=taken.given[number],
            by_failed=taken.given_by_failed[number],
        )
        for number, answer in enumerate(answers)
        if answer.question is question
    )
    return _OfQuestion(tuple(mine), rests)


def _figures(question: Question, found: _OfQuestion) -> QuestionFigures:
    asked = sum(one.count for one in found.given)
    failed = sum(one.by_failed for one in found.given)
    hits = [one for one in found.given if one.is_right]
    right, right_failed = sum(one.count for one in hits), sum(one.by_failed for one in hits)
    if isinstance(question, MenuQuestion):
        places = list(enumerate(question.key, 1))
        options = [found.option(letter, place, is_right=True) for place, letter in places]
    else:
        options = [
            found.option(letter, 0, is_right=letter in question.key) for letter in question.letters
        ]
    return QuestionFigures(
        question_id=question.id,
        asked=asked,
        right=right,
        asked_of_passed=asked - failed,
        right_of_passed=right - right_failed,
        item_rest=_correlation(found),
        right_rest=found.rests.of(one.number for one in hits),
        options=tuple(options),
    )


def _correlation(found: _OfQuestion) -> float | None:
    """Of right or wrong with the rest; None where they are few, or either is always the same."""
    everybody = found.rests.of(one.number for one in found.given)
    right = found.rests.of(one.number for one in found.given if one.is_right)
    if everybody.count < FEWEST or right.count in (0, everybody.count):
        return None
    spread = everybody.error * sqrt(everybody.count)
    if spread <= TINY:
        return None
    share = right.count / everybody.count
    return share * (right.mean - everybody.mean) / (sqrt(share * (1 - share)) * spread)
