"""What first attempts say of an edition's questions: counted by portions of people, for leads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, or_, select

from questions.kinds import MenuQuestion, Question
from questions.panel import Count, Group, Kind
from quizbot.access import ERASED, must_see_items
from quizbot.cells import Value
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Edition, Editions
from quizbot.editions.worth import EditionFigures
from quizbot.rules.item_flags import Flag, Margin, flags
from quizbot.rules.items import (
    FEWEST,
    FirstAttempt,
    ItemFigures,
    OptionFigures,
    QuestionFigures,
    item_figures,
)
from quizbot.store.counted import counts
from quizbot.store.database import Database
from quizbot.store.tables import answer, attempt, edition, item_figure, person

AT_ONCE = 10  # people more, at least, before anything is counted anew
OF_COUNTED = 20  # and of those counted already one in so many: a hundred thousand take seconds
PORTION = 1000
METHOD = """\
Counted are first attempts that count, one a person: whoever has seen the questions and what is told
of them answers otherwise the next time. Practice, guests and withdrawn attempts are left out. Under
30 answers nothing is said of a question.

Right is the share of those asked, with the interval (95%, after Wilson) in which it would be if
ever more people like these were asked.

With the rest is a correlation: of having this question right with how the same attempt went on all
its other questions, each of them held against how people do on it. So nobody is weaker for having
drawn harder questions, and no question is compared with itself. About 0.2 or more is good; around 0
the question tells nobody apart, which is usual where nearly everybody has it right.

Readers are those who read the questions without a key: first those who know, then the best of those
who do not. What lies between is how far knowing carries.

Figures move on when at least ten more people have taken it, never by one, so that nobody's answer
can be read from what changed."""
VERDICT = """\
Reliability tells how far the shares of one attempt are about what people know, and how far about
luck of the draw: 0 is luck alone, 1 none. It is worked out from every pair of questions that met in
an attempt, so that another draw for everybody does not look like knowing.

The same verdict is what would come of another draw, for the same person on the same day. People are
taken to differ as widely in what they know as their answers hang together, and each question to be
as hard as it was here; then the chance to pass is worked out by the pass rule, essentials and areas
with it, for the questions of up to a hundred real draws."""
COLUMNS = (
    "Question",
    "Asks",
    "Objective",
    "Asked",
    "Right",
    "Share right",
    "Interval from",
    "Interval to",
    "With the rest",
    "Readers who know",
    "Readers who do not",
    "To look at",
    "Place",
    "Option",
    "Is right",
    "Taken by",
    "Share of all",
    "Share of who did not pass",
)
_STORED = TypeAdapter(ItemFigures)


@dataclass(frozen=True)
class OptionLine:
    """An option with its shares, for the page."""

    text: str
    place: str
    is_right: bool
    taken: int
    share: float
    share_of_failed: float | None

    @classmethod
    def of(cls, question: Question, found: QuestionFigures, option: OptionFigures) -> "OptionLine":
        """With shares of those who were asked."""
        is_menu = isinstance(question, MenuQuestion)
        failed = found.asked_of_failed
        return cls(
            text=question.text_of(option.letter),
            place=question.menus[option.place - 1] if is_menu else "",
            is_right=option.is_right,
            taken=option.taken,
            share=option.taken / found.asked,
            share_of_failed=option.taken_by_failed / failed if failed >= FEWEST else None,
        )


@dataclass(frozen=True)
class ItemLine:
    """One question with its figures; where too few have answered it none, and no number."""

    number: int
    question: Question
    objective: str
    asked: int
    found: QuestionFigures | None
    margin: Margin | None
    flags: tuple[Flag, ...]
    options: tuple[OptionLine, ...]

    @property
    def flagged(self) -> str:
        """What is to be looked at, in a few words."""
        return "; ".join(flag.name for flag in self.flags)


@dataclass(frozen=True)
class ItemsView:
    """Everything of the page of an edition's figures."""

    edition: Edition
    waits_for: int  # people who have to take it before anything is said; 0 where something is
    counted_at: datetime | None
    figures: ItemFigures | None
    lines: tuple[ItemLine, ...]

    @property
    def told(self) -> tuple[ItemLine, ...]:
        """The questions of which something can be said."""
        return tuple(line for line in self.lines if line.found)

    @property
    def too_few(self) -> tuple[ItemLine, ...]:
        """Those that too few have answered."""
        return tuple(line for line in self.lines if not line.found)

    @property
    def flagged(self) -> tuple[ItemLine, ...]:
        """The questions to look at."""
        return tuple(line for line in self.lines if line.flags)

    @property
    def verdict(self) -> str:
        """How sure it is, in words."""
        if self.figures is None or self.figures.agreement is None:
            return ""
        sure, reliability = self.figures.agreement, self.figures.reliability
        reliable = "" if reliability is None else f" Reliability is about {reliability:.2f}."
        return (
            f"Of 100 people like these, about {sure.same * 100:.0f} would get the same verdict from"
            f" another draw; by lot, with as many passing, it would be {sure.by_lot * 100:.0f}."
            f"{reliable} By the same working {sure.passing * 100:.0f} of 100 would pass, and"
            f" {self.figures.share * 100:.0f} did: the nearer these two, the better the working"
            " fits."
        )

    @property
    def method(self) -> list[str]:
        """How questions were counted, in paragraphs."""
        return [" ".join(words.split()) for words in METHOD.split("\n\n")]

    @property
    def verdict_method(self) -> list[str]:
        """How the verdict was weighed, in paragraphs."""
        return [" ".join(words.split()) for words in VERDICT.split("\n\n")]

    def rows(self) -> Iterator[tuple[Value, ...]]:
        """A line an option for a spreadsheet, its question's figures in each; titles first."""
        yield COLUMNS
        for line in self.lines:
            head: tuple[Value, ...] = (line.question.id, line.question.ask, line.objective)
            if line.found is None:
                yield (*head, str(line.asked), *[f"under {FEWEST} answers"], *[""] * 13)
                continue
            found, (low, high) = line.found, line.found.interval
            rest = "" if found.item_rest is None else f"{found.item_rest:.2f}"
            margin = (line.margin.knowing, line.margin.guessing) if line.margin else ("", "")
            told = (found.share, low, high)
            for option in line.options:
                yield (
                    *head,
                    str(found.asked),
                    str(found.right),
                    *(f"{part:.1%}" for part in told),
                    rest,
                    *margin,
                    line.flagged,
                    option.place,
                    option.text,
                    "yes" if option.is_right else "no",
                    str(option.taken),
                    f"{option.share:.1%}",
                    "" if option.share_of_failed is None else f"{option.share_of_failed:.1%}",
                )


@dataclass(frozen=True)
class Items:
    """For whoever may see them; counted when enough people more have taken an edition, and kept.

    What is kept moves on by ten people or more together: whoever looks from day to day, or has an
    attempt withdrawn in between, learns nobody's answer from what changed.
    """

    database: Database
    editions: Editions
    worth: EditionFigures
    now: Clock

    def of(self, viewer_id: UUID, edition_id: UUID) -> ItemsView:
        """An edition's figures, as the page has them."""
        asked = self.editions.by_id(edition_id)
        with self.database.reading() as connection:
            must_see_items(connection, viewer_id, asked.module.id, london_day(self.now()))
        kept = self._kept(asked)
        if kept is None:
            return ItemsView(asked, max(1, FEWEST - self._count(asked)), None, None, ())
        counted_at, figures = kept
        groups = self.worth.readers(asked)
        found = {one.question_id: one for one in figures.questions}
        lines, told = [], 0
        for question in asked.reading_order:
            if (one := found.get(question.id)) is not None and one.asked:
                told += one.can_be_told
                number = told if one.can_be_told else 0
                lines.append(_line(number, asked, question, one, groups))
        return ItemsView(asked, 0, counted_at, figures, tuple(lines))

    def _kept(self, asked: Edition) -> tuple[datetime, ItemFigures] | None:
        """What was counted last, or now where enough people more have taken it."""
        with self.database.reading() as connection:
            print_ = _print_of(connection, asked)
            row = connection.execute(
                select(item_figure).where(
                    item_figure.c.module == asked.module.id,
                    item_figure.c.content_fingerprint == print_,
                )
            ).first()
            taken = _how_many(connection, asked.module.id, print_)
            before = row.attempts if row else 0
            enough = max(AT_ONCE, before // OF_COUNTED) if row else FEWEST
            if taken - before < enough:
                return (row.counted_at, _STORED.validate_json(row.content)) if row else None
            figures = item_figures(
                asked.module, _first_attempts(connection, asked.module.id, print_)
            )
        return self._keep(asked.module.id, print_, figures)

    def _keep(self, module: str, print_: str, figures: ItemFigures) -> tuple[datetime, ItemFigures]:
        now = self.now()
        at = {"module": module, "content_fingerprint": print_}
        values = {
            "counted_at": now,
            "attempts": figures.attempts,
            "content": _STORED.dump_json(figures).decode(),
        }
        with self.database.writing(queue="items") as connection:
            connection.execute(
                delete(item_figure).where(
                    item_figure.c.module == module, item_figure.c.content_fingerprint == print_
                )
            )
            connection.execute(insert(item_figure).values(**at, **values))
        return now, figures

    def _count(self, asked: Edition) -> int:
        with self.database.reading() as connection:
            return _how_many(connection, asked.module.id, _print_of(connection, asked))


def _print_of(connection: Connection, asked: Edition) -> str:
    """Of what an edition asks before slots are filled: another telephone number is no other one."""
    found: str = connection.execute(
        select(edition.c.content_fingerprint).where(edition.c.id == asked.id)
    ).scalar_one()
    return found


_EARLIER = attempt.alias("earlier")


def _is_first(module: str, print_: str) -> ColumnElement[bool]:
    """Whether an attempt with such content is the first that counts of somebody who is no guest."""
    alike = select(edition.c.id).where(
        edition.c.module == module, edition.c.content_fingerprint == print_
    )
    # Of who was erased the replies are gone, so that what they chose is not known any more.
    is_erased = and_(person.c.name == ERASED, person.c.email.is_(None))
    left_out = select(person.c.id).where(or_(person.c.is_guest, is_erased))
    return and_(
        attempt.c.module == module,
        attempt.c.edition_id.in_(alike),
        counts(),
        attempt.c.submitted_at.is_not(None),
        attempt.c.person_id.is_not(None),
        attempt.c.person_id.not_in(left_out),
        ~exists().where(
            _EARLIER.c.person_id == attempt.c.person_id,
            _EARLIER.c.module == attempt.c.module,
            counts(_EARLIER),
            or_(
                _EARLIER.c.submitted_at < attempt.c.submitted_at,
                and_(
                    _EARLIER.c.submitted_at == attempt.c.submitted_at,
                    _EARLIER.c.id < attempt.c.id,
                ),
            ),
        ),
    )


def _how_many(connection: Connection, module: str, print_: str) -> int:
    query = select(func.count()).select_from(attempt).where(_is_first(module, print_))
    return connection.execute(query).scalar_one()


def _first_attempts(connection: Connection, module: str, print_: str) -> Iterator[FirstAttempt]:
    """A row an attempt, its answers put together by the database: a fifth of the time."""
    answers = (
        select(func.aggregate_strings(answer.c.question_id + " " + answer.c.reply, "\n"))
        .where(answer.c.attempt_id == attempt.c.id)
        .scalar_subquery()
    )
    query = select(attempt.c.passed, answers).where(_is_first(module, print_))
    for passed, given in connection.execute(query, execution_options={"yield_per": PORTION}):
        if given:
            yield FirstAttempt(passed, given.split("\n"))


def _line(
    number: int,
    asked: Edition,
    question: Question,
    found: QuestionFigures,
    groups: tuple[Group, ...],
) -> ItemLine:
    told = found.can_be_told
    margin = margin_of(question.id, groups)
    return ItemLine(
        number=number,
        question=question,
        objective=asked.module.objectives[question.objective],
        asked=found.asked,
        found=found if told else None,
        margin=margin,
        flags=flags(question, found, margin),
        options=tuple(OptionLine.of(question, found, o) for o in found.options) if told else (),
    )


def margin_of(question_id: str, groups: tuple[Group, ...]) -> Margin | None:
    """What readers had right of a question: those who know, and the best of those who do not."""
    read: dict[bool, list[Count]] = {True: [], False: []}
    for group in groups:
        count = group.counts.get(question_id)
        if count is not None and group.kind is not Kind.EXPERT:
            read[group.kind is Kind.INFORMED].append(count)
    if not read[True] or not read[False]:
        return None
    knowing, guessing = (max(counts, key=_share) for counts in (read[True], read[False]))
    return Margin(_share(knowing), _share(guessing), min(knowing.read, guessing.read))


def _share(count: Count) -> float:
    return count.right / count.read
