"""Every question that is asked, to find one among thousands; and one with all that is known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from questions.kinds import Question
from questions.made_here import BROWSER, PARTS, Sheet
from questions.module import Module
from questions.panel import Group, Kind
from quizbot.access import writing
from quizbot.clock import Clock, london_day
from quizbot.drafting.drafts import ACTS
from quizbot.drafting.folder import folder_files
from quizbot.drafting.publishing import Publishing
from quizbot.editions.comparing import Changed, differences
from quizbot.editions.editions import Edition, Editions
from quizbot.editions.worth import EditionFigures
from quizbot.errors import NotFound
from quizbot.store.database import Database
from quizbot.store.tables import problem_report
from quizbot.words import plain_letters

PAGE = 10
KINDS_IN_WORDS = {
    "one-of": "One answer",
    "several-of": "Several answers",
    "in-order": "In order",
    "match": "Pairs",
}
FLAGS = {
    "check": "Practice only",
    "held": "Not asked here",
    "late": "Past its review",
    "undecided": "Rests on what changed",
    "essential": "Essential",
    "sensitive": "Asks of something hard",
    "withdrawn": "Withdrawn",
}


@dataclass(frozen=True)
class QuestionSought:
    """What is looked for among all questions; what is empty leaves all."""

    words: str = ""
    module: str = ""
    objective: str = ""
    source: str = ""
    at: str = ""
    flag: str = ""
    review_until: date | None = None
    margin: int | None = None  # at most so many of a hundred
    reported: bool = False


@dataclass(frozen=True)
class QuestionLine:
    """A question in the list."""

    question: Question
    edition_id: UUID
    title: str
    objective: str
    margin: float | None
    reports: int
    flags: tuple[str, ...]

    @property
    def kind_words(self) -> str:
        """Its kind, for people."""
        return KINDS_IN_WORDS[self.question.kind]

    @property
    def margin_words(self) -> str:
        """What readers have shown of it; nothing where none has read it."""
        if self.margin is None:
            return ""
        ahead = round(self.margin * 100)
        if ahead <= 0:
            return "Readers who know are not more often right than readers who guess"
        return f"Readers who know are ahead of readers who guess by {ahead} of 100"

    @property
    def flag_words(self) -> tuple[str, ...]:
        """What to know of it, in words."""
        return tuple(FLAGS[flag] for flag in self.flags)


@dataclass(frozen=True)
class QuestionsFound:
    """One page of what was found."""

    lines: tuple[QuestionLine, ...]
    count: int
    number: int
    pages: int


@dataclass(frozen=True)
class AnswerShown:
    """One answer, step or pair as it stands in a bank: its words, its reason, its belief."""

    label: str
    text: str
    is_right: bool
    why: str
    belief: str = ""
    errs: str = ""


@dataclass(frozen=True)
class QuestionPast:
    """A publication in which a question was new, changed or gone."""

    edition_id: UUID
    label: str
    published_at: datetime
    by: str
    state: str
    texts: tuple[Changed, ...]


@dataclass(frozen=True)
class QuestionCard:
    """One question with what is known of it."""

    line: QuestionLine
    answers: tuple[AnswerShown, ...]
    past: tuple[QuestionPast, ...]
    places: tuple[str, ...]
    kept_apart: tuple[str, ...]
    reports: tuple[tuple[str, str], ...]  # what was reported, and where that stands
    file: str


@dataclass(frozen=True)
class HereLine:
    """A question that stands here otherwise than in the national bank, and where that was made."""

    module: str
    question_id: str
    does: str
    where: str
    stands: bool


@dataclass(frozen=True)
class _Searched:
    line: QuestionLine

    @cached_property
    def words(self) -> str:
        """All that is read of it, for finding words in."""
        question = self.line.question
        texts = (question.text_of(letter) for letter in question.letters)
        parts = (question.id, question.scenario, question.ask, question.because, *question.menus)
        return plain_letters(" ".join((*parts, *texts)))


@dataclass
class QuestionLines:
    """For leads and authors; lines are worked out once for each edition and day."""

    database: Database
    editions: Editions
    worth: EditionFigures
    publishing: Publishing
    local_banks: Path | None
    now: Clock
    _kept: dict[tuple[UUID, date], tuple[_Searched, ...]] = field(default_factory=dict)

    def find(self, by: UUID, sought: QuestionSought, number: int = 1) -> QuestionsFound:
        """A page of the questions sought, in the order of their modules and objectives."""
        self._may(by)
        reports = self._reports()
        terms = plain_letters(sought.words).split()
        found = [one.line for one in self._all(sought.module) if _fits(one, sought, terms, reports)]
        pages = max(1, -(-len(found) // PAGE))
        number = min(max(1, number), pages)
        shown = found[(number - 1) * PAGE : number * PAGE]
        lines = tuple(_with_reports(line, reports) for line in shown)
        return QuestionsFound(lines, len(found), number, pages)

    def card(self, by: UUID, question_id: str) -> QuestionCard:
        """One question that is asked, or was asked last before it was withdrawn."""
        self._may(by)
        found = next((o.line for o in self._all("") if o.line.question.id == question_id), None)
        if found is None:
            raise NotFound("There is no such question in any questionnaire.")
        question = found.question
        apart = {
            other.id
            for other in self.editions.by_id(found.edition_id).module.questions
            if other.id in question.not_with or question.id in other.not_with
        }
        if question.twin:
            apart.add(question.twin)
        module = self.editions.by_id(found.edition_id).module
        return QuestionCard(
            line=_with_reports(found, self._reports()),
            answers=answers_of(Sheet.of(question), module.misconceptions),
            past=tuple(self._past(question_id)),
            places=tuple(f"{module.sources[o.id].title}, {o.at}" for o in question.sources),
            kept_apart=tuple(sorted(apart)),
            reports=self._told(question_id),
            file=folder_files(self.local_banks).get(question_id, ""),
        )

    def answers(self, sheet: Sheet, beliefs: Mapping[str, str]) -> tuple[AnswerShown, ...]:
        """What can be chosen in a draft, or as much of it as there is."""
        return answers_of(sheet, beliefs)

    def here(self, by: UUID) -> tuple[HereLine, ...]:
        """What stands here otherwise: files of the place first, for they win; then the browser."""
        self._may(by)
        files = folder_files(self.local_banks)
        lines = [
            HereLine(file.split("/")[-2], id_, "Changed in a file", file, stands=True)
            for id_, file in files.items()
        ]
        for module, made in self.publishing.made_here().items():
            lines += [
                HereLine(
                    module,
                    one.question_id,
                    ACTS[one.act],
                    BROWSER,
                    stands=one.question_id not in files,
                )
                for one in made.changes
            ]
        order = sorted(lines, key=lambda line: (line.module, line.question_id, not line.stands))
        return tuple(order)

    def sources(self, by: UUID) -> list[tuple[str, str]]:
        """Every source that a question rests on, by id and title."""
        self._may(by)
        found: dict[str, str] = {}
        for current in self.editions.all_current():
            found |= {id_: source.title for id_, source in current.module.sources.items()}
        return sorted(found.items(), key=lambda one: one[1])

    def _may(self, by: UUID) -> None:
        with self.database.reading() as connection:
            writing(connection, by, london_day(self.now()))

    def _all(self, module: str) -> Iterator[_Searched]:
        for current in self.editions.all_current():
            if module in ("", current.module.id):
                yield from self._of(current)

    def _of(self, current: Edition) -> tuple[_Searched, ...]:
        today = london_day(self.now())
        at = (current.id, today)
        found = self._kept.get(at)
        if found is None:
            if len(self._kept) > 100:
                self._kept.clear()
            groups = self.worth.readers(current)
            found = self._kept[at] = tuple(
                _Searched(_line(current, question, groups, today))
                for question in current.reading_order
            )
        return found

    def _reports(self) -> Mapping[str, int]:
        query = select(problem_report.c.question_id, func.count()).group_by(
            problem_report.c.question_id
        )
        with self.database.reading() as connection:
            return {row.question_id: row[1] for row in connection.execute(query)}

    def _told(self, question_id: str) -> tuple[tuple[str, str], ...]:
        query = (
            select(problem_report.c.words, problem_report.c.state)
            .where(problem_report.c.question_id == question_id)
            .order_by(problem_report.c.id.desc())
            .limit(20)
        )
        with self.database.reading() as connection:
            return tuple((row.words, row.state) for row in connection.execute(query))

    def _past(self, question_id: str) -> Iterator[QuestionPast]:
        """Where a question was new, changed or gone, the newest publication first."""
        history = self.editions.history()
        for line in history:
            after = self.editions.by_id(line.edition_id)
            before = self.editions.by_id(line.before) if line.before else None
            met = question_id in after.questions
            if not met and (before is None or question_id not in before.questions):
                continue
            state, texts = "new", tuple[Changed, ...]()
            if before is not None:
                old = _only(before, question_id)
                told = list(differences(old, _only(after, question_id)))
                if not told:
                    continue
                state, texts = told[0].state, told[0].texts
            yield QuestionPast(
                line.edition_id, line.label, line.published_at, line.published_by, state, texts
            )


ERRS_IN_WORDS = {
    "less": "It does too little",
    "more": "It does too much",
    "fact": "It has a fact wrong",
}


def answers_of(sheet: Sheet, beliefs: Mapping[str, str]) -> tuple[AnswerShown, ...]:
    """What can be chosen in a question, or as much of it as there is."""
    known = {**beliefs, **sheet.beliefs}
    part = PARTS.get(str(sheet.question.get("kind")), "option")
    called = {"option": "Answer", "step": "Step", "pair": "Pair"}[part]
    return tuple(
        AnswerShown(
            label=f"{called} {number}",
            text=str(one.get("text") or " – ".join(str(one.get(n, "")) for n in ("left", "right"))),
            is_right=part == "option" and one.get("right") is True,
            why=str(one.get("why", "")),
            belief=known.get(name := str(one.get("misconception") or one.get("missed", "")), name),
            errs=ERRS_IN_WORDS.get(str(one.get("errs", "")), ""),
        )
        for number, one in enumerate(sheet.fitting().get(part) or (), 1)
    )


def _only(edition: Edition, question_id: str) -> Module:
    found = edition.questions.get(question_id)
    return edition.module.model_copy(update={"questions": (found,) if found else ()})


def _line(
    current: Edition, question: Question, groups: Sequence[Group], today: date
) -> QuestionLine:
    flags = {
        "check": bool(question.check),
        "held": bool(question.held),
        "late": question.review_by < today,
        "undecided": question.undecided_from is not None and question.undecided_from <= today,
        "essential": question.must_know is not None,
        "sensitive": question.sensitive == "strong",
        "withdrawn": question.withdrawn is not None,
    }
    return QuestionLine(
        question=question,
        edition_id=current.id,
        title=current.module.title,
        objective=current.module.objectives.get(question.objective, question.objective),
        margin=_margin(question.id, groups),
        reports=0,
        flags=tuple(name for name, is_so in flags.items() if is_so),
    )


def _margin(question_id: str, groups: Sequence[Group]) -> float | None:
    """Informed readers' share right less the best share of readers who do not know."""
    knowing = [g for g in groups if g.kind is Kind.INFORMED and question_id in g.counts]
    guessing = [
        g for g in groups if g.kind in (Kind.OPTIONS, Kind.RULE) and question_id in g.counts
    ]
    if not knowing or not guessing:
        return None
    return max(_share(g, question_id) for g in knowing) - max(
        _share(g, question_id) for g in guessing
    )


def _share(group: Group, question_id: str) -> float:
    count = group.counts[question_id]
    return count.right / count.read


def _with_reports(line: QuestionLine, reports: Mapping[str, int]) -> QuestionLine:
    return replace(line, reports=reports.get(line.question.id, 0))


def _fits(
    one: _Searched, sought: QuestionSought, terms: Sequence[str], reports: Mapping[str, int]
) -> bool:
    line, question = one.line, one.line.question
    cited = [cite for cite in question.sources if not sought.source or cite.id == sought.source]
    is_cited = any(sought.at.casefold() in cite.at.casefold() for cite in cited)
    is_thin = sought.margin is None or (
        line.margin is not None and line.margin * 100 <= sought.margin
    )
    return (
        all(term in one.words for term in terms)
        and sought.objective in ("", question.objective)
        and is_cited
        and (not sought.flag or sought.flag in line.flags)
        and (sought.review_until is None or question.review_by <= sought.review_until)
        and is_thin
        and (not sought.reported or reports.get(question.id, 0) > 0)
    )
