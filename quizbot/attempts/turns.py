"""What a person sees of a question and of their answer, on any channel; plain and frozen."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from questions.kinds import Choice, Question
from quizbot.editions.editions import Edition
from quizbot.editions.feedback import Feedback, feedback_on
from quizbot.errors import NotFound
from quizbot.rules.outcome import Outcome
from quizbot.rules.pick import Mode
from quizbot.rules.regrading import Effect


@dataclass(frozen=True)
class Turn:
    """One question of an attempt, as one person is asked it, and their answer so far.

    Holds no key before it is due: `question` has one, so channels show only what `choices`,
    `scenario` and `ask` give, and `feedback` is None until the rules allow it.
    """

    edition: Edition
    mode: Mode
    number: int
    total: int
    question: Question
    order: str
    reply: str
    is_flagged: bool
    feedback: Feedback | None
    next_number: int | None
    part: int = 0  # in an update, the change that it is about, counted from 1
    opens: int = 0  # the same where it is the first about that change
    opens_next: int = 0  # the change that the next question opens

    @property
    def is_update(self) -> bool:
        """Whether the attempt asks of changes alone."""
        return self.part > 0

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be chosen, under the letters on screen."""
        return self.question.choices(self.order)

    @property
    def shown_reply(self) -> tuple[str, ...]:
        """The letters on screen that are chosen already."""
        return self.question.shown(self.reply, self.order)

    @property
    def spoken(self) -> str:
        """The question with all that can be chosen, in full, as plain text for a chat."""
        parts = [*self.opening, *filter(None, [self.question.ask])]
        parts.append("\n".join(f"{one.letter.upper()}  {one.text}" for one in self.choices))
        return "\n\n".join(parts)

    @property
    def opening(self) -> tuple[str, ...]:
        """What is said before the ask: which question it is, a word of warning, the story."""
        practice = ", practice" if self.is_practice else ", update" if self.is_update else ""
        title = self.edition.module.title
        parts = [f"Question {self.number} of {self.total} · {title}{practice}"]
        if self.question.sensitive == "strong":
            parts.append(
                "This question touches on something hard. You may leave it: in practice nothing"
                " counts."
            )
        return (*parts, *filter(None, [self.question.scenario]))

    @property
    def is_practice(self) -> bool:
        """Whether feedback comes after each question and nothing counts."""
        return self.mode is Mode.PRACTICE


State = Literal["answered", "flagged", "flagged, unanswered", "unanswered"]


@dataclass(frozen=True)
class ReviewLine:
    """A question on the review page."""

    number: int
    scenario: str
    ask: str
    is_answered: bool
    is_flagged: bool

    @property
    def state(self) -> State:
        """Where this question stands, in words."""
        if self.is_flagged:
            return "flagged" if self.is_answered else "flagged, unanswered"
        return "answered" if self.is_answered else "unanswered"


@dataclass(frozen=True)
class Review:
    """All questions of an open assured attempt, before it is handed in."""

    attempt_id: UUID
    module: str
    title: str
    lines: tuple[ReviewLine, ...]
    is_update: bool = False

    @property
    def unanswered(self) -> int:
        """How many would count as wrong."""
        return sum(not line.is_answered for line in self.lines)

    @property
    def first_open(self) -> int | None:
        """The first that has no answer."""
        return next((line.number for line in self.lines if not line.is_answered), None)

    @property
    def flagged(self) -> int:
        """How many the person wanted to look at again."""
        return sum(line.is_flagged for line in self.lines)


@dataclass(frozen=True)
class QuestionReview:
    """A question of a finished attempt with its feedback."""

    number: int
    question: Question
    feedback: Feedback
    objective: str


@dataclass(frozen=True)
class Withdrawn:
    """That an attempt counts for nothing any more: since when, and why."""

    on: date
    reason: str


@dataclass(frozen=True)
class FoundFaulty:
    """A question of a finished attempt that was found faulty since, and how its answer counts."""

    question_id: str
    number: int
    ask: str
    effect: Effect
    on: date
    reason: str

    @property
    def words(self) -> str:
        """The same as a sentence."""
        return (
            f"Question {self.number} was found faulty: your answer {self.effect.words}."
            f" {self.reason}"
        )


@dataclass(frozen=True)
class ChangeShown:
    """A change of guidance as an update tells of it, with the numbers of its questions."""

    change: str
    was: str
    now: str
    matters: str
    starts_on: date
    is_taken_back: bool  # whoever asked for it has withdrawn that
    numbers: tuple[int, ...]
    is_confirmed: bool = False


@dataclass(frozen=True)
class Result:
    """A finished attempt: the outcome and every question; of an update its changes as well."""

    edition: Edition
    mode: Mode
    outcome: Outcome
    told: tuple[QuestionReview, ...]
    submitted_at: datetime | None
    withdrawn: Withdrawn | None = None
    changes: tuple[ChangeShown, ...] = ()
    regraded: tuple[FoundFaulty, ...] = ()

    @property
    def wrong(self) -> list[QuestionReview]:
        """What there is to look at again."""
        return [one for one in self.told if not one.feedback.is_right]

    @property
    def right(self) -> list[QuestionReview]:
        """What was answered as it should be."""
        return [one for one in self.told if one.feedback.is_right]

    @property
    def is_update(self) -> bool:
        """Whether it asked of changes alone."""
        return bool(self.changes)

    @property
    def is_practice(self) -> bool:
        """Whether it counts for nothing."""
        return self.mode is Mode.PRACTICE


def tell(
    edition: Edition, number: int, question: Question, order: str, reply: str
) -> QuestionReview:
    """A question of a finished attempt."""
    feedback = feedback_on(edition, question, order, reply)
    return QuestionReview(number, question, feedback, edition.module.objectives[question.objective])


@dataclass(frozen=True)
class QuestionPreview:
    """A question for a lead: as it is asked, in the bank's order, and what is told afterwards.

    Its number among all of its edition, and the ids of the one before and the one after it.
    """

    turn: Turn
    feedback: Feedback
    number: int
    total: int
    before: str
    after: str


def preview_of(edition: Edition, question_id: str) -> QuestionPreview:
    """Nobody's answer to a question of an edition."""
    question = edition.questions.get(question_id)
    if question is None:
        raise NotFound("There is no such question in this edition.")
    turn = Turn(
        edition=edition,
        mode=Mode.PRACTICE,
        number=1,
        total=1,
        question=question,
        order=question.letters,
        reply="",
        is_flagged=False,
        feedback=None,
        next_number=None,
    )
    ids = [other.id for other in edition.reading_order]
    at = ids.index(question_id)
    return QuestionPreview(
        turn=turn,
        feedback=feedback_on(edition, question, question.letters, ""),
        number=at + 1,
        total=len(ids),
        before=ids[at - 1] if at else "",
        after=ids[at + 1] if at + 1 < len(ids) else "",
    )
