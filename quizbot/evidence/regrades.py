"""Questions found faulty: whom a decision would touch, deciding, and carrying it out."""

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
    update,
)

from questions.kinds import Question
from quizbot.access import ERASED, is_below, live_posts, must_lead, must_lead_all
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Edition, Editions
from quizbot.errors import BadReply, NotFound
from quizbot.evidence.certificates import Certificates
from quizbot.outbox.notices import Notices
from quizbot.outbox.results import Results
from quizbot.rules.outcome import Marked, Outcome
from quizbot.rules.regrading import (
    Effect,
    GivenAnswer,
    RegradeRule,
    Ruling,
    effects,
    held_against,
    rejudged,
)
from quizbot.rules.scope import judge_update, read_scope
from quizbot.standing.standings import chunks, forget
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.counted import is_passed, is_withdrawn
from quizbot.store.database import Database, read_in
from quizbot.store.tables import (
    answer,
    attempt,
    certificate,
    edition,
    new_id,
    person,
    post,
    regrade,
    regrade_edition,
    regraded,
    unit,
)
from quizbot.words import LONGEST_REASON, how_many, to_mend

NAMED = 200  # people whom the page names; the rest are a number
AT_ONCE = 2.0  # seconds for which whoever decides is kept waiting
CHUNK = 100  # attempts at a time: others wait for them before they can write


@dataclass(frozen=True)
class RegradeDraft:
    """A decision before it is made: on a question as one edition asks it."""

    edition_id: UUID
    question_id: str
    ruling: Ruling
    reply: str = ""

    @property
    def rule(self) -> RegradeRule:
        """The same for the pure rules."""
        return RegradeRule(self.question_id, self.ruling, self.reply)


@dataclass(frozen=True)
class RegradePreview:
    """Whom a decision would touch; names of those whom the viewer leads."""

    draft: RegradeDraft
    editions: tuple[str, ...]
    asked: int
    changed: int
    would_pass: int
    names: tuple[str, ...]
    others: int  # who would pass and is not named here
    would_lose: int  # if it were held against people, which it is not

    @property
    def is_cut(self) -> bool:
        """Whether there are too many for all to be named."""
        return len(self.names) == NAMED

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """All of it in words, a line each."""
        return (
            ("Editions that ask it so", ", ".join(self.editions)),
            ("Attempts that were asked it", str(self.asked)),
            ("Whose answer would count otherwise", str(self.changed)),
            ("People who would pass after all", str(self.would_pass)),
            (
                "Who would fail, were it held against them",
                f"{self.would_lose}. It is not: they keep their pass"
                if self.would_lose
                else "Nobody",
            ),
        )


@dataclass(frozen=True)
class RegradeMade:
    """A decision that was made, and how many answers and verdicts it changed."""

    regrade_id: UUID
    module: str
    question_id: str
    ruling: Ruling
    reply: str
    reason: str
    on: date
    by: str
    answers: int
    passes: int
    answer: str  # what is right as well, in words

    @property
    def counted(self) -> str:
        """What came of it, in words."""
        answers = how_many(self.answers, "answer counts", "answers count")
        who = how_many(self.passes, "person has", "people have")
        return f"{answers} otherwise since, and {who} passed after all."


@dataclass(frozen=True)
class AnswerRegraded:
    """How an answer of an attempt counts since a regrade, and why."""

    question_id: str
    effect: Effect
    on: date
    reason: str


@dataclass(frozen=True)
class _AsAnswered:
    """An attempt that was asked a question: whose, and all its answers as judged then."""

    attempt_id: UUID
    person_id: UUID | None
    edition: Edition
    scope: str
    is_withdrawn: bool
    passes: bool
    given: tuple[GivenAnswer, ...]


_IS_FAULTY = (
    select(regrade_edition.c.regrade_id)
    .where(regrade_edition.c.edition_id == bindparam("edition"))
    .limit(1)
)


@dataclass(frozen=True)
class Regrades:
    """A lead of the whole partnership decides; what is decided holds for the editions of that day.

    It is carried out by portions, beside the facts, and again changes nothing: what was cut short
    is done by the worker, and an attempt that is handed in later is judged by it at once.
    """

    database: Database
    editions: Editions
    certificates: Certificates
    notices: Notices
    results: Results
    audit: Audit
    now: Clock

    def preview(self, viewer_id: UUID | None, draft: RegradeDraft) -> RegradePreview:
        """Who would pass by it, and who would not any more if it were held against people."""
        asked = self.editions.by_id(draft.edition_id)
        self._check(asked, draft)
        with self.database.reading() as connection:
            over = self._over(connection, viewer_id)
            covered = self._alike(connection, asked, draft.question_id)
            rules = self._rules(connection, [one.id for one in covered])
            would_pass: set[UUID] = set()
            people, changed, lose = set(), 0, 0
            for taken in self._taken(connection, _asked(covered, draft.question_id)):
                mine = rules[taken.edition.id]
                made = effects(taken.given, [*mine, draft.rule])
                before = effects(taken.given, mine)
                people.add(taken.attempt_id)
                changed += made != before
                if taken.passes:
                    strict = (
                        not taken.scope
                        and not held_against(taken.edition.module, taken.given, draft.rule).passed
                    )
                    lose += strict
                elif made != before and _outcome(taken, made).passed and taken.person_id:
                    would_pass.add(taken.person_id)
            names = _names(connection, would_pass, over, london_day(self.now()))
        return RegradePreview(
            draft=draft,
            editions=tuple(dict.fromkeys(one.label for one in covered)),
            asked=len(people),
            changed=changed,
            would_pass=len(would_pass),
            names=names[:NAMED],
            others=len(would_pass) - len(names[:NAMED]),
            would_lose=lose,
        )

    def decide(self, lead_id: UUID | None, draft: RegradeDraft, reason: str) -> UUID:
        """Decide, and carry it out; the same again is the same decision."""
        reason = _checked(reason)
        asked = self.editions.by_id(draft.edition_id)
        self._check(asked, draft)
        with self.database.writing(queue="regrade") as connection:
            if lead_id is not None:
                must_lead_all(connection, lead_id, london_day(self.now()))
            covered = self._alike(connection, asked, draft.question_id)
            found = self._record(connection, lead_id, asked, draft, reason, covered)
        until = time.monotonic() + AT_ONCE
        for _ in self.work():
            if time.monotonic() > until:
                break  # whoever waits for the page has waited enough: the worker goes on
        return found

    def work(self) -> Iterator[None]:
        """Carry out what was decided and is not done yet, portion by portion."""
        undone = [row.id for row in self.database.look(_UNDONE, {})]
        if undone:
            yield from self.night()
            with self.database.writing(queue="regrade") as connection:
                connection.execute(
                    update(regrade).where(regrade.c.id.in_(undone)).values(done_at=self.now())
                )

    def night(self) -> Iterator[None]:
        """The same of everything that was ever decided, whoever was in between."""
        waiting = list(dict.fromkeys(row.id for row in self.database.look(_WAITING, {})))
        for some in chunks(waiting, CHUNK):
            with self.database.writing(queue="regrade") as connection:
                self._apply(connection, attempt.c.id.in_(some))
            yield

    def at_hand_in(self, connection: Connection, attempt_id: UUID, edition_id: UUID) -> None:
        """The same for one attempt, in the transaction in which it is handed in."""
        if read_in(connection, _IS_FAULTY, {"edition": edition_id}):
            self._apply(connection, attempt.c.id == attempt_id)

    def of_question(self, edition_id: UUID, question_id: str) -> list[RegradeMade]:
        """What was decided of a question as an edition asks it, the newest last."""
        return self._made(
            regrade.c.question_id == question_id,
            regrade.c.id.in_(
                select(regrade_edition.c.regrade_id).where(
                    regrade_edition.c.edition_id == edition_id
                )
            ),
        )

    def all(self) -> list[RegradeMade]:
        """Everything that was decided, the newest last."""
        return self._made(true())

    def of_attempt(self, attempt_id: UUID) -> dict[str, AnswerRegraded]:
        """How answers of an attempt count since; right, where two decisions speak of one."""
        rows = self.database.look(_OF_ATTEMPT, {"attempt": attempt_id})
        return {
            row.question_id: AnswerRegraded(
                row.question_id, Effect(row.effect), london_day(row.regraded_at), row.reason
            )
            for row in sorted(rows, key=lambda row: row.effect == Effect.RIGHT.value)
        }

    def look(self, viewer_id: UUID, edition_id: UUID, question_id: str) -> list[RegradeMade]:
        """The same for a lead who wants to decide something."""
        with self.database.reading() as connection:
            must_lead(connection, viewer_id, london_day(self.now()))
        if question_id not in self.editions.by_id(edition_id).questions:
            raise NotFound("There is no such question in this edition.")
        return self.of_question(edition_id, question_id)

    def _in_words(self, row: Row[*tuple[Any, ...]]) -> str:
        """What is right as well, as an edition has it in which that was decided."""
        if not row.reply:
            return ""
        question = self.editions.by_id(row.edition_id).questions[row.question_id]
        return "; ".join(question.text_of(letter) for letter in row.reply)

    def _check(self, asked: Edition, draft: RegradeDraft) -> None:
        """NotFound and BadReply for what cannot be decided."""
        question = asked.questions.get(draft.question_id)
        if question is None:
            raise NotFound("There is no such question in this edition.")
        if draft.ruling is not Ruling.KEY:
            if draft.reply:
                raise BadReply("Say which answer is right as well only where another one is")
            return
        if draft.reply == question.key:
            raise BadReply("This is the key already: choose the other answer that is right as well")
        try:
            letters = tuple(draft.reply)
            known = question.read(letters, question.letters)
        except ValueError:
            known = ""
        if not draft.reply or known != draft.reply:
            raise BadReply("Choose the answer that is right as well")

    def _over(self, connection: Connection, viewer_id: UUID | None) -> tuple[str, ...] | None:
        """The units whose people are named; None for all of them."""
        if viewer_id is None:
            return None
        return must_lead(connection, viewer_id, london_day(self.now())).lead_of

    def _alike(self, connection: Connection, asked: Edition, question_id: str) -> list[Edition]:
        """The editions there are that ask a question in just these words, and with this key."""
        rows = connection.execute(
            select(edition.c.id, edition.c.content_fingerprint)
            .where(edition.c.module == asked.module.id)
            .order_by(edition.c.id)
        ).all()
        content = {row.id: row.content_fingerprint for row in rows}
        wanted = _print(asked.questions[question_id])
        found = []
        for row in rows:
            one = self.editions.by_id(row.id)
            question = one.questions.get(question_id)
            same = content[row.id] == content[asked.id]
            if question is not None and (same or _print(question) == wanted):
                found.append(one)
        return found

    def _record(
        self,
        connection: Connection,
        lead_id: UUID | None,
        asked: Edition,
        draft: RegradeDraft,
        reason: str,
        covered: Sequence[Edition],
    ) -> UUID:
        """The decision as a row, once, with the editions for which it holds."""
        same = {
            "module": asked.module.id,
            "question_id": draft.question_id,
            "print": _print(asked.questions[draft.question_id]),
            "decision": draft.ruling.value,
            "reply": draft.reply,
        }
        row = {"id": new_id(), **same, "reason": reason}
        is_new = self.database.insert_once(
            connection, regrade, {**row, "made_at": self.now(), "made_by": lead_id}
        )
        found: UUID = connection.execute(
            select(regrade.c.id).where(*(regrade.c[name] == value for name, value in same.items()))
        ).scalar_one()
        before = connection.execute(
            select(func.count()).where(regrade_edition.c.regrade_id == found)
        ).scalar_one()
        self.database.insert_new(
            connection,
            regrade_edition,
            [{"regrade_id": found, "edition_id": one.id} for one in covered],
        )
        if is_new or before < len(covered):
            connection.execute(update(regrade).where(regrade.c.id == found).values(done_at=None))
            self.audit.add(
                connection,
                lead_id or OPERATOR,
                "question.regrade",
                found,
                module=asked.module.id,
                question=draft.question_id,
                decision=draft.ruling.value,
                editions=[str(one.id) for one in covered],
            )
        return found

    def _rules(
        self, connection: Connection, editions: Sequence[UUID]
    ) -> dict[UUID, list[RegradeRule]]:
        """What was decided, by edition."""
        found: dict[UUID, list[RegradeRule]] = defaultdict(list)
        rows = connection.execute(
            select(regrade_edition.c.edition_id, regrade)
            .join(regrade, regrade.c.id == regrade_edition.c.regrade_id)
            .where(regrade_edition.c.edition_id.in_(editions))
        )
        for row in rows:
            found[row.edition_id].append(_rule(row))
        return found

    def _taken(self, connection: Connection, which: Select[tuple[UUID]]) -> Iterator[_AsAnswered]:
        """Attempts for the record that were handed in, portion by portion, with their answers."""
        ids = list(connection.execute(which).scalars())
        for some in chunks(ids):
            given: dict[UUID, list[GivenAnswer]] = defaultdict(list)
            rows = connection.execute(
                select(
                    attempt.c.id,
                    attempt.c.person_id,
                    attempt.c.edition_id,
                    attempt.c.scope,
                    is_passed().label("passes"),
                    is_withdrawn().label("is_withdrawn"),
                )
                .where(attempt.c.id.in_(some))
                .order_by(attempt.c.id)
            ).all()
            editions = {row.id: self.editions.by_id(row.edition_id) for row in rows}
            for one in connection.execute(
                select(answer)
                .where(answer.c.attempt_id.in_(some))
                .order_by(answer.c.attempt_id, answer.c.number)
            ):
                question = editions[one.attempt_id].questions[one.question_id]
                marked = Marked(question.objective, one.is_right, question.must_know)
                given[one.attempt_id].append(GivenAnswer(question.id, one.reply, marked))
            for row in rows:
                yield _AsAnswered(
                    attempt_id=row.id,
                    person_id=row.person_id,
                    edition=editions[row.id],
                    scope=row.scope,
                    is_withdrawn=row.is_withdrawn,
                    passes=bool(row.passes),
                    given=tuple(given[row.id]),
                )

    def _apply(self, connection: Connection, which: ColumnElement[bool]) -> None:
        """Write down what decisions make of some attempts, and what follows from it."""
        ids = select(attempt.c.id).where(which, *_HANDED_IN)
        found = list(self._taken(connection, ids))
        rules = self._rules(connection, list({taken.edition.id for taken in found}))
        owners = self._owners(connection, list(rules))
        for taken in found:
            made = effects(taken.given, rules[taken.edition.id])
            if not made:
                continue
            outcome = _outcome(taken, made)
            was = sum(one.marked.is_right for one in taken.given) / len(taken.given)
            self.database.insert_new(
                connection,
                regraded,
                [
                    {
                        "attempt_id": taken.attempt_id,
                        "question_id": id_,
                        "effect": effect.value,
                        "regrade_id": owners[taken.edition.id, id_, effect].id,
                        "objective": taken.edition.questions[id_].objective,
                        "passed": outcome.passed or taken.passes,
                        "share": max(outcome.share, was),
                        "regraded_at": self.now(),
                    }
                    for id_, effect in made.items()
                ],
            )
            if outcome.passed and not taken.passes:
                id_, effect = next(iter(made.items()))
                by = owners[taken.edition.id, id_, effect].made_by
                self._passes_now(connection, taken, by)

    def _owners(
        self, connection: Connection, editions: Sequence[UUID]
    ) -> dict[tuple[UUID, str, Effect], "_Owner"]:
        """Which decision, the first, made an answer to a question of an edition count otherwise."""
        rows = connection.execute(
            select(regrade_edition.c.edition_id, regrade)
            .join(regrade, regrade.c.id == regrade_edition.c.regrade_id)
            .where(regrade_edition.c.edition_id.in_(editions))
            .order_by(regrade.c.id.desc())
        )
        return {
            (row.edition_id, row.question_id, _rule(row).effect): _Owner(row.id, row.made_by)
            for row in rows
        }

    def _passes_now(self, connection: Connection, taken: _AsAnswered, by: UUID | None) -> None:
        """Standing, certificate and letter of somebody who has passed after all."""
        person_id, module = taken.person_id, taken.edition.module.id
        if person_id is None:
            return
        forget(connection, [person_id])
        own = {"to_themself": True} if by == person_id else {}
        self.audit.add(
            connection,
            by or OPERATOR,
            "attempt.regrade",
            person_id,
            attempt=str(taken.attempt_id),
            module=module,
            **own,
        )
        name = connection.execute(select(person.c.name).where(person.c.id == person_id)).scalar()
        if taken.is_withdrawn or name == ERASED:
            return
        if not taken.scope:
            self.results.regraded(connection, taken.attempt_id, passed=True)
            self.notices.tell_met(connection, person_id, module)
            has_one = select(certificate.c.id).where(certificate.c.attempt_id == taken.attempt_id)
            if connection.execute(has_one).first() is None:
                today = london_day(self.now())
                self.certificates.issue(
                    connection, taken.attempt_id, person_id, taken.edition, today
                )
        self.notices.tell_regraded(connection, taken.attempt_id, person_id, module)

    def _made(self, *which: ColumnElement[bool]) -> list[RegradeMade]:
        mine = regraded.c.regrade_id == regrade.c.id
        answers = select(func.count()).where(mine).scalar_subquery()
        passes = (
            select(func.count(regraded.c.attempt_id.distinct()))
            .join(attempt, attempt.c.id == regraded.c.attempt_id)
            .where(mine, regraded.c.passed, ~attempt.c.passed)
            .scalar_subquery()
        )
        one_edition = (
            select(regrade_edition.c.edition_id)
            .where(regrade_edition.c.regrade_id == regrade.c.id)
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(
                regrade,
                person.c.name,
                answers.label("answers"),
                passes.label("passes"),
                one_edition.label("edition_id"),
            )
            .outerjoin(person, person.c.id == regrade.c.made_by)
            .where(*which)
            .order_by(regrade.c.id)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            RegradeMade(
                regrade_id=row.id,
                module=row.module,
                question_id=row.question_id,
                ruling=Ruling(row.decision),
                reply=row.reply,
                reason=row.reason,
                on=london_day(row.made_at),
                by=row.name or "the operator",
                answers=row.answers,
                passes=row.passes,
                answer=self._in_words(row),
            )
            for row in rows
        ]


@dataclass(frozen=True)
class _Owner:
    """Which decision it was, and who made it."""

    id: UUID
    made_by: UUID | None


_UNDONE = select(regrade.c.id).where(regrade.c.done_at.is_(None))
_HANDED_IN = (
    attempt.c.mode == "assured",
    attempt.c.submitted_at.is_not(None),
    attempt.c.person_id.is_not(None),
)
_IS_WRITTEN = exists().where(
    regraded.c.attempt_id == answer.c.attempt_id,
    regraded.c.question_id == answer.c.question_id,
    or_(regraded.c.effect == Effect.RIGHT.value, regrade.c.decision == Ruling.DROP.value),
)
# Attempts with an answer of which something was decided that is not written down yet.
_WAITING = (
    select(attempt.c.id)
    .select_from(regrade)
    .join(regrade_edition, regrade_edition.c.regrade_id == regrade.c.id)
    .join(attempt, attempt.c.edition_id == regrade_edition.c.edition_id)
    .join(
        answer,
        and_(answer.c.attempt_id == attempt.c.id, answer.c.question_id == regrade.c.question_id),
    )
    .where(
        *_HANDED_IN,
        ~answer.c.is_right,
        or_(regrade.c.decision != Ruling.KEY.value, regrade.c.reply == answer.c.reply),
        ~_IS_WRITTEN,
    )
)
_OF_ATTEMPT = (
    select(regraded, regrade.c.reason)
    .join(regrade, regrade.c.id == regraded.c.regrade_id)
    .where(regraded.c.attempt_id == bindparam("attempt"))
)


def _rule(row: Row[*tuple[Any, ...]]) -> RegradeRule:
    return RegradeRule(row.question_id, Ruling(row.decision), row.reply)


def _asked(covered: Sequence[Edition], question_id: str) -> Select[tuple[UUID]]:
    """Attempts on some editions that were asked a question."""
    return (
        select(attempt.c.id)
        .join(answer, answer.c.attempt_id == attempt.c.id)
        .where(
            attempt.c.edition_id.in_([one.id for one in covered]),
            answer.c.question_id == question_id,
            ~is_withdrawn(),
            *_HANDED_IN,
        )
        .order_by(attempt.c.id)
    )


def _outcome(taken: _AsAnswered, made: dict[str, Effect]) -> Outcome:
    """What an attempt comes to; in an update what is left out is held against nobody."""
    if taken.scope:
        right = [one.marked.is_right or one.question_id in made for one in taken.given]
        return judge_update(read_scope(taken.scope), right)
    return rejudged(taken.edition.module, taken.given, made)


def _print(question: Question) -> str:
    """Changes with anything that is asked, with what can be chosen and with the key."""
    seen = [
        question.kind,
        question.scenario,
        question.ask,
        question.menus,
        [question.text_of(letter) for letter in question.letters],
        question.key,
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def _names(
    connection: Connection, people: set[UUID], over: tuple[str, ...] | None, day: date
) -> tuple[str, ...]:
    """Names of those whom somebody leads, in order."""
    found: set[tuple[str, UUID]] = set()
    for some in chunks(people):
        rows = connection.execute(
            select(person.c.id, person.c.name, unit.c.path)
            .outerjoin(post, and_(post.c.person_id == person.c.id, live_posts(day)))
            .outerjoin(unit, unit.c.id == post.c.unit_id)
            .where(person.c.id.in_(some))
        )
        found |= {
            (row.name, row.id)
            for row in rows
            if over is None or (row.path and is_below(row.path, over))
        }
    return tuple(name for name, _ in sorted(found))


def _checked(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise BadReply("Say why: everybody who met the question reads it")
    if trouble := to_mend(reason, LONGEST_REASON):
        raise BadReply(trouble)
    return reason
