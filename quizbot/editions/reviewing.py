"""Which questions are to be looked at again, and when; pure, from what is published.

A month with far more than others is spread: some of its questions are planned for months before it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from quizbot.editions.editions import Edition
from quizbot.words import how_many, month_name

AHEAD = timedelta(weeks=8)
TOO_MANY = 1.5  # times as many as in a month on average
NEEDED = timedelta(days=14)  # nothing is put into a month of which less is left


@dataclass(frozen=True)
class ToReview:
    """A question with the day until which it counts unless somebody looks at it by then.

    The day by which to look is that day, or an earlier one where its month has too many.
    """

    edition_id: UUID
    module: str
    title: str
    question_id: str
    ask: str
    review_by: date
    look_by: date
    is_over: bool  # it is practice only until it was looked at
    is_soon: bool

    @property
    def is_early(self) -> bool:
        """Whether it is planned for a month before its own."""
        return self.look_by < self.review_by

    def by(self, day: date, today: date) -> "ToReview":
        """The same, to be looked at by a day, or by its own where that is earlier."""
        look_by = min(self.review_by, day)
        return replace(self, look_by=look_by, is_soon=today <= look_by <= today + AHEAD)


@dataclass(frozen=True)
class ReviewMonth:
    """What is to be looked at until the end of a month."""

    month: date
    questions: tuple[ToReview, ...]
    is_too_much: bool  # far more than in other months, and there is none before to take some

    @property
    def early(self) -> int:
        """How many of them are planned here so that a later month has fewer."""
        return sum(question.is_early for question in self.questions)

    @property
    def key(self) -> str:
        """The month as an address has it."""
        return f"{self.month.year}-{self.month.month:02}"

    @property
    def by_questionnaire(self) -> dict[str, list[ToReview]]:
        """Its questions by title, whichever is to be looked at first before the others."""
        found: dict[str, list[ToReview]] = {}
        for question in self.questions:
            found.setdefault(question.title, []).append(question)
        return found

    @property
    def words(self) -> str:
        """The month, and how many there are."""
        return f"{month_name(self.month)}: {how_many(len(self.questions), 'question')}"


def to_review(editions: Iterable[Edition], today: date) -> tuple[ReviewMonth, ...]:
    """Every question that is asked, by the month in which to look at it, the earliest first."""
    every = sorted(_questions(editions, today), key=lambda q: (q.review_by, q.title, q.question_id))
    months = {
        month: list(questions)
        for month, questions in groupby(every, key=lambda q: _month(q.review_by))
    }
    most = TOO_MANY * len(every) / max(1, len(months))
    planned = _spread(months, int(most), today)
    return tuple(
        ReviewMonth(month, tuple(questions), len(questions) > most)
        for month, questions in sorted(planned.items())
    )


def _spread(
    months: Mapping[date, Sequence[ToReview]], most: int, today: date
) -> dict[date, list[ToReview]]:
    """From the last month to the first that can take some: what is too much goes before it."""
    first = _month(today + NEEDED)
    planned = {month: list(questions) for month, questions in months.items() if month < first}
    too_many: list[ToReview] = []
    month = max(months, default=first)
    while month >= first:
        waiting = [*too_many, *months.get(month, ())]  # its own stay before those of later months
        kept = waiting if month == first else waiting[-most:]
        too_many = waiting[: len(waiting) - len(kept)]
        if kept:
            planned[month] = [question.by(_end(month), today) for question in kept]
        month = _month(month - timedelta(days=1))
    return planned


def _month(day: date) -> date:
    return day.replace(day=1)


def _end(month: date) -> date:
    return _month(month + timedelta(days=31)) - timedelta(days=1)


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
                look_by=question.review_by,
                is_over=question.review_by < today,
                is_soon=today <= question.review_by <= today + AHEAD,
            )
