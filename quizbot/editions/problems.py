"""Problems with questions: reported by anybody, answered by leads, told back to the reporter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from quizbot.access import must_lead
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import BadReply, NotFound, Refused
from quizbot.store.audit import Audit
from quizbot.store.database import Database, read_in
from quizbot.store.tables import new_id, problem_report
from quizbot.words import is_showable, to_mend

LONGEST = 500
A_DAY_EACH = 10  # reports by one person
AN_HOUR_BY_ANYONE = 30  # reports without an account, all together
_NEWEST = select(problem_report).order_by(problem_report.c.id.desc()).limit(500)
_MINE = _NEWEST.where(problem_report.c.reporter_id == bindparam("whose"))


@dataclass(frozen=True)
class About:
    """The question a report is about, as it stands in one edition; no key."""

    edition_id: UUID
    question_id: str
    title: str
    scenario: str
    ask: str


@dataclass(frozen=True)
class Problem:
    """A report as leads and its reporter see it."""

    problem_id: UUID
    about: About
    words: str
    made_at: datetime
    state: str
    answer: str
    mended_in: str
    has_reporter: bool

    @property
    def state_words(self) -> str:
        """Where it stands, in words."""
        if self.state == "mended":
            return f"Corrected in edition {self.mended_in}"
        return "Answered" if self.state == "answered" else "New"


@dataclass(frozen=True)
class Problems:
    """Reporting is open to anybody, within limits; answering is for leads."""

    database: Database
    editions: Editions
    audit: Audit
    now: Clock

    def about(self, edition_id: UUID, question_id: str) -> About:
        """The question somebody wants to report."""
        edition = self.editions.by_id(edition_id)
        question = edition.questions.get(question_id)
        if question is None:
            raise NotFound("There is no such question.")
        title = edition.module.title
        return About(edition_id, question_id, title, question.scenario, question.ask)

    def report(self, edition_id: UUID, question_id: str, words: str, reporter: UUID | None) -> None:
        """Take a report. Raises BadReply for words that are none, Refused past the limits."""
        self.about(edition_id, question_id)
        words = _checked(words, "Say what is wrong, in a few words")
        with self.database.writing(queue="problems") as connection:
            self._within_limits(connection, reporter)
            same = select(problem_report.c.id).where(
                problem_report.c.edition_id == edition_id,
                problem_report.c.question_id == question_id,
                problem_report.c.words == words,
                problem_report.c.reporter_id.is_not_distinct_from(reporter),
            )
            if connection.execute(same).first() is not None:
                return
            connection.execute(
                insert(problem_report).values(
                    id=new_id(),
                    edition_id=edition_id,
                    question_id=question_id,
                    words=words,
                    reporter_id=reporter,
                    made_at=self.now(),
                    state="new",
                )
            )

    def all(self, lead_id: UUID) -> list[Problem]:
        """Every report for a lead: what is new first, then the newest."""
        with self.database.reading() as connection:
            must_lead(connection, lead_id, london_day(self.now()))
            found = self._told(read_in(connection, _NEWEST, {}))
        return sorted(found, key=lambda problem: problem.state != "new")

    def mine(self, person_id: UUID) -> list[Problem]:
        """What a person reported, and what came of it."""
        return self._told(self.database.look(_MINE, {"whose": person_id}))

    def answer(self, lead_id: UUID, problem_id: UUID, words: str, mended_in: str = "") -> None:
        """Answer a report; with an edition's label it is mended there."""
        words = _checked(words, "Write an answer: the reporter reads it")
        if len(mended_in) > 20 or not is_showable(mended_in):
            raise BadReply("Give the edition as it is labelled, such as 2026.2")
        with self.database.writing(queue="problems") as connection:
            must_lead(connection, lead_id, london_day(self.now()))
            changed = connection.execute(
                update(problem_report)
                .where(problem_report.c.id == problem_id)
                .values(
                    state="mended" if mended_in else "answered",
                    answer=words,
                    mended_in=mended_in,
                    answered_by=lead_id,
                    answered_at=self.now(),
                )
            ).rowcount
            if not changed:
                raise NotFound("There is no such report.")
            self.audit.add(connection, lead_id, "problem.answer", problem_id, mended_in=mended_in)

    def _told(self, rows: Iterable[Row[Any]]) -> list[Problem]:
        return [
            Problem(
                problem_id=row.id,
                about=self.about(row.edition_id, row.question_id),
                words=row.words,
                made_at=row.made_at,
                state=row.state,
                answer=row.answer,
                mended_in=row.mended_in,
                has_reporter=row.reporter_id is not None,
            )
            for row in rows
        ]

    def _within_limits(self, connection: Connection, reporter: UUID | None) -> None:
        since = self.now() - (timedelta(days=1) if reporter else timedelta(hours=1))
        made = connection.execute(
            select(func.count()).where(
                problem_report.c.reporter_id.is_not_distinct_from(reporter),
                problem_report.c.made_at > since,
            )
        ).scalar_one()
        if made >= (A_DAY_EACH if reporter else AN_HOUR_BY_ANYONE):
            raise Refused("That is as many reports as we can take now. Try again later.")


def _checked(words: str, missing: str) -> str:
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise BadReply(missing)
    if trouble := to_mend(words, LONGEST, in_lines=True):
        raise BadReply(trouble)
    return words
