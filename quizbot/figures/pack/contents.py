"""What is in an inspection pack: its sheets one after another, with nobody's name but readers'.

Figures are those of the board, at the end of a month, by the rules of `rules/suppress.py`. A period
is of whole months: packs of chosen days, subtracted, would tell what the people of one day did.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, Select, case, func, select

from quizbot.access import is_here, live_posts
from quizbot.clock import Clock, day_begins, london_day
from quizbot.editions.editions import Edition, Editions, History
from quizbot.editions.robots import passes
from quizbot.editions.signatures import Signatures
from quizbot.editions.worth import SAW, EditionFigures, Passing
from quizbot.errors import Mend, NotFound
from quizbot.evidence.agencies import HOMES, LATEST, of_day
from quizbot.evidence.regrades import Regrades
from quizbot.evidence.talking_points import talk_about
from quizbot.figures.board import Board
from quizbot.figures.board_lines import COMMON, Figure
from quizbot.figures.board_view import BoardView
from quizbot.figures.counting import BELIEF, OBJECTIVE, Counting, month_end
from quizbot.figures.pack.sheets import (
    NUMBERS,
    PRINTED,
    PackSheet,
    Row,
    by_agency,
    listed,
    numbers,
    whole,
)
from quizbot.rules.suppress import SMALLEST, Coarse, Counted
from quizbot.standing.changes import ChangeActed, Changes
from quizbot.store.audit import Audit
from quizbot.store.counted import is_held_right
from quizbot.store.database import Database
from quizbot.store.tables import answer, attestation, person, post
from quizbot.words import how_many, long_date, month_name


@dataclass(frozen=True)
class Period:
    """Whole months, the first day of the first and of the last."""

    first: date
    last: date

    @property
    def words(self) -> str:
        """The months as people read them."""
        if self.first == self.last:
            return month_name(self.first)
        return f"{month_name(self.first)} to {month_name(self.last)}"

    @property
    def end(self) -> date:
        """Its last day."""
        return month_end(self.last)

    def holds(self, day: date) -> bool:
        """Whether a day is in it."""
        return self.first <= day <= self.end


@dataclass(frozen=True)
class PackStep:
    """What is made next, in words, and how: it may take its time in pieces."""

    words: str
    make: Callable[["Making"], Iterator[None]]


@dataclass
class Making:
    """One pack while it is made: the sheets so far."""

    period: Period
    sheets: list[PackSheet]
    view: BoardView | None = None
    day: date | None = None  # on which its figures were counted


@dataclass(frozen=True)
class PackContents:
    """Makes the sheets; who may have them is asked elsewhere."""

    database: Database
    editions: Editions
    signatures: Signatures
    worth: EditionFigures
    board: Board
    counting: Counting
    changes: Changes
    regrades: Regrades
    audit: Audit
    now: Clock

    def steps(self) -> tuple[PackStep, ...]:
        """Everything there is to do, in its order."""
        return (
            PackStep("Counting", self._count),
            PackStep("Questionnaires and editions", self._editions),
            PackStep("What a pass is worth", self._worth),
            PackStep("Completion", self._completion),
            PackStep("What was shown", self._shown),
            PackStep("Lessons of reviews", self._lessons),
            PackStep("Changes of guidance", self._changes),
            PackStep("Questions found faulty", self._regraded),
            PackStep("Misconceptions, and what was done", self._beliefs),
            PackStep("How it was counted", self._method),
        )

    def period(self, first: str, last: str) -> Period:
        """The months that were asked for; NotFound says what is wrong with them."""
        today = london_day(self.now())
        end = self.board.month(last, today)
        begin = self.board.month(first, end)
        if begin > end:
            raise Mend(first="The first month cannot be after the last.")
        return Period(begin, end)

    def _count(self, making: Making) -> Iterator[None]:
        day = min(making.period.end, london_day(self.now()))
        yield from self.counting.pieces(day)
        view = self.board.whole(making.period.last)
        if view is None:
            raise NotFound("There is no agency to count yet: make units, or import people.")
        making.view, making.day = view, view.counted_on

    def _published(self, period: Period) -> Iterator[tuple[History, bool]]:
        """The editions that were before people in the period, and whether each was at its end."""
        until: dict[str, date] = {}  # when the one after was published; the newest come first
        for line in self.editions.history():
            day = london_day(line.published_at)
            ended = until.get(line.module)
            if day <= period.end and (ended is None or ended >= period.first):
                yield line, ended is None or ended > period.end
            until[line.module] = day

    def _editions(self, making: Making) -> Iterator[None]:
        published = list(self._published(making.period))
        rows = [
            (
                line.title,
                line.label,
                long_date(london_day(line.published_at)),
                str(len(self.editions.by_id(line.edition_id).module.asked)),
                "yes" if is_last else "no",
                line.fingerprint,
            )
            for line, is_last in published
        ]
        head = (
            "Questionnaire",
            "Edition",
            "Published on",
            "Questions",
            "At the end",
            "Fingerprint",
        )
        making.sheets.append(listed("editions", "Questionnaires and editions", head, rows))
        yield
        making.sheets.append(self._signed(published))
        making.sheets.append(self._read())

    def _signed(self, published: list[tuple[History, bool]]) -> PackSheet:
        rows: dict[Row, None] = {}
        for line, _ in published:
            for one in self.signatures.of(self.editions.by_id(line.edition_id)):
                day = long_date(london_day(one.signed_at))
                rows[line.title, line.label, one.name, one.role, one.checked, day] = None
        head = ("Questionnaire", "Edition", "Name", "Role", "Checked", "Signed on")
        words = () if rows else ("No edition of this period has been signed.",)
        return listed("signatures", "Who signed them", head, rows, words=words)

    def _read(self) -> PackSheet:
        rows = [
            (
                edition.module.title,
                ", ".join(group.who),
                f"{SAW[group.kind]}{f': {group.rule}' if group.rule else ''}",
                str(group.sheets),
                str(len(group.counts)),
                f"{group.share:.0%}",
            )
            for edition in self.editions.all_current()
            for group in self.worth.readers(edition)
            if group.counts
        ]
        head = ("Questionnaire", "Readers", "How they read", "Papers", "Questions read", "Right")
        words = (
            (
                "Readers answered without a key, each kind in another way. What they had right"
                " tells how much a question gives away, and whether who knows can answer it."
            ),
        )
        return listed("readers", "Who read them", head, rows, words=words)

    def _worth(self, making: Making) -> Iterator[None]:
        rows: list[Row] = []
        for edition in self.editions.all_current():
            found = self.worth.of(edition)
            yield
            if found is not None:
                rows += [
                    _passing(
                        edition, "Readers who only recognise what sounds right", found.guessing
                    ),
                    _passing(edition, "Readers who know", found.knowing),
                ]
            robots = passes(edition.module, london_day(self.now()))
            yield
            rows += [
                (edition.module.title, f"Robot: {name}", f"{share:.1%}", "")
                for name, share in robots.items()
                if share == max(robots.values())
            ][:1]
        head = ("Questionnaire", "Who takes it", "Pass at the first try", "Pass within a day")
        words = (
            (
                "How often somebody would pass who does not know, worked out from attempts drawn"
                " as people's are: by readers who saw the options alone or were bound to a rule of"
                " thumb, and by the strongest robot, which looks at length, wording and place of"
                " the options."
            ),
        )
        title = "How often somebody who does not know would pass"
        making.sheets.append(listed("worth", title, head, rows, words=words))

    def _completion(self, making: Making) -> Iterator[None]:
        view = _view(making)
        title = f"In date, of those asked, {month_name(view.month)}"
        words = (f"As counted on {long_date(view.counted_on)}.",)
        making.sheets.append(by_agency("completion", title, view.completion, words))
        rows: list[Row] = []
        for month in sorted(view.months):
            if not making.period.holds(month):
                continue
            found = self.board.whole(month)
            yield
            if found is not None:
                rows += [
                    (month_name(month), figure.title, *numbers(figure.total))
                    for figure in found.completion
                ]
        head = ("Month", "Questionnaire", *NUMBERS)
        printed = ("Month", "Questionnaire", PRINTED)
        title = "In date, month by month, all agencies"
        making.sheets.append(listed("months", title, head, rows, of=printed))

    def _shown(self, making: Making) -> Iterator[None]:
        figures = _view(making).of_kind(OBJECTIVE)
        title = "Objectives shown, of those asked about them"
        words = () if figures else ("Nobody has taken a questionnaire so that it counts.",)
        making.sheets.append(by_agency("objectives", title, figures, words))
        yield

    def _lessons(self, making: Making) -> Iterator[None]:
        rows: list[Row] = []
        for edition in self.editions.all_current():
            taught = [q for q in edition.module.asked if q.lesson]
            with self.database.reading() as connection:
                counts = _right(connection, edition, [q.id for q in taught], _day(making))
            yield
            rows += [
                (
                    question.lesson.review,
                    question.lesson.at,
                    question.lesson.says,
                    edition.module.title,
                    question.id,
                    *numbers(whole(counts.get(question.id, Counted(0, 0)))),
                )
                for question in taught
                if question.lesson
            ]
        rows.sort()
        head = ("Review", "Place", "Taught", "Questionnaire", "Question", *NUMBERS)
        words = (
            (
                "Each lesson, the question that asks about it, and how many answered it right of"
                " those whose latest assured attempt asked it; of all agencies together."
            ),
        )
        printed = ("Taught", "Review", "Questionnaire", "Question", PRINTED)
        title = "Lessons of reviews"
        making.sheets.append(listed("lessons", title, head, rows, words=words, of=printed))

    def _changes(self, making: Making) -> Iterator[None]:
        figures = _view(making).changes
        none = () if figures else ("Nobody has been asked to confirm a change of guidance.",)
        title = "Changes of guidance confirmed, of those asked to"
        making.sheets.append(by_agency("confirmed", title, figures, none))
        yield
        rows = [
            _acted(one) for one in reversed(self.changes.all()) if one.made_on <= making.period.end
        ]
        yield
        # How many have confirmed it is told once, as on the board: a second total, less the
        # agencies that are told, would be the one that is withheld.
        head = ("Change", "Unit", "What was done", "On", "By", "Taken back", "People asked")
        words = (
            ("How many have confirmed each is told above, agency by agency, as on the board.",)
            if rows
            else ("No change of guidance was told or asked about by the end of this period.",)
        )
        title = "What was told and asked of changes of guidance"
        making.sheets.append(listed("changes", title, head, rows, words=words))

    def _regraded(self, making: Making) -> Iterator[None]:
        titles = {one.module.id: one.module.title for one in self.editions.all_current()}
        rows = [
            (
                titles.get(one.module, one.module),
                one.question_id,
                long_date(one.on),
                one.ruling.words,
                one.reason,
                _told(one.answers),
                _told(one.passes),
            )
            for one in self.regrades.all()
            if one.on <= making.period.end
        ]
        yield
        head = (
            "Questionnaire",
            "Question",
            "Decided on",
            "What was decided",
            "Why",
            "Answers that count otherwise",
            "Passed after all",
        )
        words = ["No question was found faulty by the end of this period."]
        if rows:
            words = [
                "Decided beside people's answers, which stay as given; nobody comes out worse."
            ]
        making.sheets.append(listed("regrades", "Questions found faulty", head, rows, words=words))

    def _beliefs(self, making: Making) -> Iterator[None]:
        view = _view(making)
        met = view.of_kind(BELIEF)
        words = (
            "Never a number: whether about half or more of those who missed its objective met it.",
        )
        making.sheets.append(by_agency("misconceptions", "Misconceptions met", met, words))
        yield
        rows: list[Row] = []
        with self.database.reading() as connection:
            people = _here(_day(making)).subquery()
            here = connection.execute(select(func.count()).select_from(people)).scalar_one()
        for edition in self.editions.all_current():
            with self.database.reading() as connection:
                rows += list(self._done(connection, edition, met, making, here))
            yield
        head = ("Questionnaire", "Objective", "Common in", "The guide talks about", *NUMBERS)
        words = (
            (
                "For each objective: in how many agencies a misconception of it was common, what"
                " the manager's guide to a conversation asks, and whose understanding a manager"
                " confirmed in this period, of everybody here. Guides are made when they are looked"
                " at, and nobody keeps who looked."
            ),
        )
        printed = ("Questionnaire", "Objective", "Common in", "The guide talks about", PRINTED)
        title = "What was done about them"
        making.sheets.append(listed("done", title, head, rows, words=words, of=printed))

    def _done(
        self,
        connection: Connection,
        edition: Edition,
        met: tuple[Figure, ...],
        making: Making,
        here: int,
    ) -> Iterator[Row]:
        module, today = edition.module, london_day(self.now())
        for objective, title in module.objectives.items():
            own = {
                belief
                for question in module.asked
                if question.objective == objective
                for belief in question.beliefs()
            }
            common = {
                line.agency
                for figure in met
                if figure.module == module.id and figure.item in own
                for line in figure.lines
                if line.step == COMMON
            }
            confirmed = connection.execute(
                select(func.count(attestation.c.person_id.distinct())).where(
                    attestation.c.person_id.in_(_here(_day(making))),
                    attestation.c.module == module.id,
                    attestation.c.withdrawn_at.is_(None),
                    attestation.c.made_at >= day_begins(making.period.first),
                    attestation.c.made_at < day_begins(making.period.end, 1),
                    (" " + attestation.c.objectives + " ").contains(
                        f" {objective} ", autoescape=True
                    ),
                )
            ).scalar_one()
            yield (
                module.title,
                title,
                f"{len(common)} of {how_many(len(_view(making).agencies), 'agency')}",
                talk_about(module, objective, 0, 0, today).ask,
                *numbers(whole(Counted(confirmed, here))),
            )

    def _method(self, making: Making) -> Iterator[None]:
        view, head = _view(making), self.audit.head()
        paragraphs = [
            *(("How it was counted", words) for words in view.method),
            *(("What the figures do not tell", words) for words in view.limits),
            ("This pack", f"It covers {making.period.words}."),
            ("This pack", f"It was made on {long_date(london_day(self.now()))}."),
            (
                "This pack",
                (
                    "A period has whole months, as the board has: two packs differ as its"
                    " months do. Months of which nothing was counted are left out."
                ),
            ),
            (
                "This pack",
                (
                    "Every number on paper is in one of the spreadsheets beside it, in the column"
                    " As printed where it is put together. It names nobody but those who read or"
                    " signed an edition."
                ),
            ),
            *(
                ("Words", f"{sheet.title}: {words}")
                for sheet in making.sheets
                for words in sheet.words
            ),
        ]
        making.sheets.append(
            PackSheet(
                "method",
                "How figures are made",
                ("About", "In words"),
                tuple(paragraphs),
                tuple(words for about, words in paragraphs if about != "Words"),
            )
        )
        making.sheets.append(
            PackSheet(
                "trail",
                "The end of the audit trail",
                ("Row", "Fingerprint"),
                ((str(head.number), head.hash),),
            )
        )
        yield


def _view(making: Making) -> BoardView:
    assert making.view is not None  # counted first
    return making.view


def _day(making: Making) -> date:
    assert making.day is not None
    return making.day


def _here(day: date) -> Select[tuple[UUID]]:
    """Everybody who is counted on a day: once, whatever posts they have."""
    return (
        select(post.c.person_id)
        .join(person, person.c.id == post.c.person_id)
        .where(live_posts(day), is_here(day), ~person.c.is_guest)
        .distinct()
    )


def _told(people: int) -> str:
    """A number, unless it is so small that it would speak of somebody."""
    return Coarse.FEW if 0 < people < SMALLEST else str(people)


def _passing(edition: Edition, who: str, found: Passing) -> Row:
    return (edition.module.title, who, f"{found.at_once:.1%}", f"{found.in_a_day:.1%}")


def _right(
    connection: Connection, edition: Edition, questions: list[str], day: date
) -> dict[str, Counted]:
    """How many were right of those whose latest attempt asked each of these questions."""
    rows = connection.execute(
        select(
            answer.c.question_id,
            func.sum(case((is_held_right(), 1), else_=0)).label("right"),
            func.count().label("asked"),
        )
        .join(LATEST, LATEST.c.id == answer.c.attempt_id)
        .join(HOMES, HOMES.c.person_id == LATEST.c.person_id)
        .where(
            HOMES.c.place == 1,
            LATEST.c.place == 1,
            LATEST.c.module == edition.module.id,
            answer.c.question_id.in_(questions),
        )
        .group_by(answer.c.question_id),
        of_day(day),
    )
    return {row.question_id: Counted(row.right, row.asked) for row in rows}


def _acted(one: ChangeActed) -> Row:
    is_asked = one.due_on is not None
    return (
        one.change,
        one.unit,
        "Asked to confirm" if is_asked else "Told",
        long_date(one.made_on),
        long_date(one.due_on) if one.due_on else "",
        long_date(one.withdrawn_on) if one.withdrawn_on else "",
        _told(one.asked) if is_asked else "",
    )
