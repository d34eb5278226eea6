"""What waits for a lead, counted: the page on which their day begins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from quizbot.clock import Clock, london_day
from quizbot.drafting.authors import Authors
from quizbot.drafting.drafts import Drafts
from quizbot.editions.editions import Editions
from quizbot.editions.place import Places
from quizbot.editions.problems import Problems
from quizbot.editions.reviewing import ReviewMonth, to_review
from quizbot.evidence.passport.brought import Brought
from quizbot.figures.overdue import Lateness
from quizbot.people.finding import Finder
from quizbot.people.people import People
from quizbot.reminders.undelivered import Troubles
from quizbot.standing.change_lines import ChangeLines
from quizbot.standing.unasked import Forgotten
from quizbot.words import how_many


@dataclass(frozen=True)
class Task:
    """Something that waits, how often, and where it is dealt with."""

    count: int
    one: str
    many: str
    href: str

    @property
    def words(self) -> str:
        """What waits, with its number."""
        return how_many(self.count, self.one, self.many)


@dataclass(frozen=True)
class Desk:
    """Gathers what other rooms hold; each decides for itself what this lead may see."""

    editions: Editions
    people: People
    finder: Finder
    problems: Problems
    drafts: Drafts
    authors: Authors
    places: Places
    troubles: Troubles
    lateness: Lateness
    change_lines: ChangeLines
    forgotten: Forgotten
    brought: Brought
    now: Clock

    def of(self, lead_id: UUID) -> tuple[Task, ...]:
        """What waits for a lead, the most pressing first; nothing of what is in order."""
        return tuple(task for task in self._all(lead_id) if task.count)

    def reviews(self, person_id: UUID) -> tuple[ReviewMonth, ...]:
        """Which questions are to be looked at again, and when; for leads and auditors."""
        self.people.must_see_editions(person_id)
        return to_review(self.editions.all_current(), london_day(self.now()))

    def owners(self, person_id: UUID) -> Mapping[str, tuple[str, ...]]:
        """By module, the authors who look after its questions; for leads and auditors."""
        self.people.must_see_editions(person_id)
        return self.authors.of_modules()

    def _all(self, lead_id: UUID) -> Iterator[Task]:
        yield Task(
            self.lateness.people(lead_id),
            "person is overdue or lapsed",
            "people are overdue or lapsed",
            "/board/overdue",
        )
        yield Task(
            len(self.troubles.of(lead_id)),
            "message did not reach somebody, or may not have",
            "messages did not reach somebody, or may not have",
            "/admin/messages",
        )
        yield Task(
            self.forgotten.count(lead_id),
            "person whom no rule asks for anything",
            "people whom no rule asks for anything",
            "/admin/requirements/nobody",
        )
        yield Task(
            self.finder.count_unmanaged(lead_id),
            "person without a manager, so nobody hears when they are late",
            "people without a manager, so nobody hears when they are late",
            "/admin/people?unmanaged=yes",
        )
        yield Task(
            sum(problem.state == "new" for problem in self.problems.all(lead_id)),
            "report about a question to answer",
            "reports about questions to answer",
            "/admin/reports",
        )
        yield Task(
            len(self.brought.waiting(lead_id)),
            "certificate from elsewhere to decide on",
            "certificates from elsewhere to decide on",
            "/admin/brought",
        )
        drafts = self.drafts.all(lead_id)
        yield Task(
            sum(not (draft.is_read or draft.is_mine or draft.is_unfinished) for draft in drafts),
            "draft of a question to read",
            "drafts of questions to read",
            "/admin/drafts",
        )
        yield Task(
            sum(draft.is_read for draft in drafts),
            "draft of a question that was read and can be published",
            "drafts of questions that were read and can be published",
            "/admin/drafts",
        )
        yield Task(
            self.places.to_mend(lead_id),
            "setting of your place to check or fill in",
            "settings of your place to check or fill in",
            "/admin/place",
        )
        yield Task(
            self.change_lines.waiting(lead_id),
            "change of guidance that nobody was told of here",
            "changes of guidance that nobody was told of here",
            "/admin/changes",
        )
        months = to_review(self.editions.all_current(), london_day(self.now()))
        questions = [question for month in months for question in month.questions]
        yield Task(
            sum(question.is_over for question in questions),
            "question that is practice only until somebody looks at it",
            "questions that are practice only until somebody looks at them",
            "/admin/reviews",
        )
        yield Task(
            sum(question.is_soon for question in questions),
            "question to be looked at within eight weeks",
            "questions to be looked at within eight weeks",
            "/admin/reviews",
        )
