"""What in a question's figures somebody should look at, in words, and what to do; pure.

In a questionnaire that most people pass most answers are right, so an easy question is no fault by
itself, and an option is called unused only where chance does not explain that nobody took it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial, sqrt

from questions.kinds import MenuQuestion, Question
from quizbot.rules.items import OptionFigures, QuestionFigures
from quizbot.rules.suppress import wilson

EASY = 0.95
UNUSED = 0.05
FEW_TAKERS = 10  # of an option: of fewer it is not said who they are
FEW_READINGS = 5  # of a question: fewer may be chance
ONE_SIDED = 1.644854


@dataclass(frozen=True)
class Margin:
    """Readers' shares right: of those who know, and of the best of those who do not.

    `readings` is how often the question was read in the way that was read less.
    """

    knowing: float
    guessing: float
    readings: int

    @property
    def width(self) -> float:
        """How far knowing carries."""
        return self.knowing - self.guessing


@dataclass(frozen=True)
class Flag:
    """Something to look at: what was seen, and what to do about it."""

    name: str
    seen: str
    do: str


def by_chance(question: Question) -> float:
    """How often somebody has it right who chooses blindly."""
    count = len(question.letters)
    if isinstance(question, MenuQuestion):
        return 1 / factorial(count)
    return 1 / (2**count - 1) if question.input == "several" else 1 / count


def flags(question: Question, found: QuestionFigures, margin: Margin | None) -> tuple[Flag, ...]:
    """All that is to be looked at in a question, the gravest first; nothing of few answers."""
    return tuple(_flags(question, found, margin)) if found.can_be_told else ()


def _flags(question: Question, found: QuestionFigures, margin: Margin | None) -> Iterator[Flag]:
    if found.asked_of_passed:
        _, high = wilson(found.right_of_passed, found.asked_of_passed)
        if high < by_chance(question):
            yield Flag(
                "worse than chance",
                "Even people who passed have it right less often than by choosing blindly.",
                "Hold the key against its source first. If the key is wrong, regrade it, and"
                " correct the question.",
            )
    if found.rest_interval and found.rest_interval[1] < 0:
        yield Flag(
            "the wrong way round",
            "People who do well otherwise have it wrong more often than others.",
            "Look for a second answer that can be defended, or a wrong key. Ask somebody who knows"
            " the work to answer it aloud.",
        )
    for option in found.options:
        if not option.is_right and _is_for_strong(option, found):
            yield Flag(
                "a wrong option that strong people take",
                f"Who takes “{question.text_of(option.letter)}” does better otherwise than who"
                " chooses the key.",
                "Ask whether it can be defended. If so, make its fault plainer, or accept it by a"
                " regrade.",
            )
    if found.interval[0] > EASY and not question.must_know:
        yield Flag(
            "too easy",
            f"Surely more than {EASY:.0%} have it right, and it is no essential point.",
            "Keep it if everybody has to know it. Else ask for what somebody gets wrong who only"
            " half knows.",
        )
    for option in found.options:
        if not option.is_right and not option.taken and wilson(0, found.asked)[1] < UNUSED:
            yield Flag(
                "an option nobody takes",
                f"Nobody of {found.asked} took “{question.text_of(option.letter)}”.",
                "Put a wrong belief in its place that people do hold, or take the option out.",
            )
    if margin is not None and margin.readings >= FEW_READINGS and margin.width <= 0:
        yield Flag(
            "knowing does not help",
            "Readers who do not know had it right as often as readers who do.",
            "Look at the options: the longest, the kindest or the most careful one should not be"
            " the key.",
        )


def _is_for_strong(option: OptionFigures, found: QuestionFigures) -> bool:
    """Whether who takes it surely does better otherwise than who chooses the key."""
    taken, right = option.rest, found.right_rest
    if taken.count < FEW_TAKERS or right.count < FEW_TAKERS:
        return False
    far = taken.mean - right.mean
    return far > ONE_SIDED * sqrt(taken.error**2 + right.error**2)
