"""Which questions are to be looked at again, and when; pure, from what is published."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from quizbot.editions.editions import Edition
from quizbot.words import month_name

AHEAD = timedelta(weeks=8)
TOO_MANY = 1.5  # times as many as in a month on average


@dataclass(frozen=True)
class ToReview:
    """A question with the day until which it counts unless somebody looks at it."""

    edition_id: UUID
    module: str
    title: str
    question_id: str
    ask: str
    review_by: date
    is_over: bool  # it is practice only until it was looked at
    is_soon: bool


@dataclass(frozen=True)
class ReviewMonth:
    """What is to be looked at until the end of a month."""

    month: date
    questions: tuple[ToReview, ...]
    is_too_much: bool  # far more than in other months: some should be looked at earlier

    @property
    def key(self) -> str:
        """The month as an address has it."""
        return f"{self.month.year}-{self.month.month:02}"

    @property
    def words(self) -> str:
        """The month, and how many there are."""
        count = len(self.questions)
        return f"{month_name(self.month)}: {count} {'question' if count == 1 else 'questions'}"


def to_review(editions: Iterable[Edition], today: date) -> tuple[ReviewMonth, ...]:
    """Every question that is asked, month by month, the earliest first."""
    every = sorted(_questions(editions, today), key=lambda q: (q.review_by, q.title, q.question_id))
    months = {
        month: tuple(questions)
        for month, questions in groupby(every, key=lambda q: q.review_by.replace(day=1))
    }
    most = TOO_MANY * len(every) / max(1, len(months))
    return tuple(
        ReviewMonth(month, questions, len(questions) > most) for month, questions in months.items()
    )


def _questions(editions: Iterable[Edition], today: date) -> Iterator[ToReview]:
    for edition in editions:
        for question in edition.module.asked:
            yield ToReview(
                edition_id=edition.id,
                module=edition.module.id,
                title=edition.module.title,
                question_id=question.id,
                ask=question.ask,
                review_by=question.review_by,
                is_over=question.review_by < today,
                is_soon=today <= question.review_by <= today + AHEAD,
            )
