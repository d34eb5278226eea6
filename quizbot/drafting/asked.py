"""What is asked now, as it was written: what drafts are begun from and published over."""

from dataclasses import dataclass

from questions.kinds import Question
from questions.made_here import unfitted
from questions.module import Module
from quizbot.editions.editions import Edition, Editions
from quizbot.errors import NotFound


@dataclass(frozen=True)
class BankAsked:
    """A module's current edition and what it said before slots were filled."""

    edition: Edition
    module: Module

    def question(self, question_id: str) -> Question:
        """One of its questions as it was written."""
        found = next((one for one in self.module.questions if one.id == question_id), None)
        if found is None:
            raise NotFound("There is no such question.")
        return found


def asked_now(editions: Editions, module: str) -> BankAsked:
    """A module as its files would have it; NotFound where none of this id is published."""
    current = editions.current(module)
    return BankAsked(current, unfitted(editions.written(current), editions.register()))


def asked_or_none(editions: Editions, module: str) -> BankAsked | None:
    """The same, or nothing where the module is not published yet."""
    try:
        return asked_now(editions, module)
    except NotFound:
        return None


def asked_with(editions: Editions, question_id: str) -> BankAsked:
    """The module that asks a question, or asked it last."""
    for current in editions.all_current():
        if question_id in current.questions:
            return asked_now(editions, current.module.id)
    raise NotFound("There is no such question in any questionnaire.")


def taken_ids(editions: Editions) -> frozenset[str]:
    """The ids of every question of every current edition."""
    return frozenset(id_ for current in editions.all_current() for id_ in current.questions)
