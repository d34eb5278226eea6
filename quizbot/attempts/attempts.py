"""What a person does with attempts: start, see a question, answer, review, submit, look back."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from sys import intern
from typing import Any
from typing import cast as cast_as
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Insert,
    Select,
    String,
    Table,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from questions.module import Module
from questions.touching import is_own
from quizbot.access import (
    NO_SESSION,
    ChatKey,
    Session,
    Who,
    has_ended_session,
    has_standing_session,
    is_here,
    stands,
)
from quizbot.attempts.refreshing import Refreshers, lets_shrink
from quizbot.attempts.turns import (
    ChangeShown,
    FoundFaulty,
    Result,
    Review,
    ReviewLine,
    Turn,
    Withdrawn,
    tell,
)
from quizbot.clock import Clock, has_ended, london_day
from quizbot.editions.editions import Edition, Editions, Offer
from quizbot.editions.feedback import feedback_on
from quizbot.errors import (
    AlreadyAnswered,
    AlreadySubmitted,
    BadReply,
    Busy,
    NotFinished,
    NotFound,
    NotOffered,
    SignedOut,
    Unanswered,
)
from quizbot.evidence.certificates import Certificates
from quizbot.evidence.regrades import Regrades
from quizbot.outbox.notices import Notices
from quizbot.outbox.results import Results
from quizbot.rules import retakes
from quizbot.rules.outcome import Marked, Outcome, judge
from quizbot.rules.pick import Mode, Planned, make_plan
from quizbot.rules.regrading import GivenAnswer, rejudged
from quizbot.rules.scope import (
    Part,
    judge_update,
    met,
    numbers_of,
    part_of,
    read_scope,
    titled,
)
from quizbot.rules.shrinking import Shorter
from quizbot.standing.confirming import Confirmations
from quizbot.standing.standings import forget_one
from quizbot.store.clearing import delete_attempts
from quizbot.store.counted import counts, is_passed, share_of
from quizbot.store.database import BUSY, Database, read_in, write_in
from quizbot.store.tables import (
    answer,
    attempt,
    attempt_misconception,
    attempt_objective,
    attempt_withdrawn,
    change_action,
    new_id,
    person,
    regraded,
    request,
    to_confirm,
)

ABANDONED_AFTER = timedelta(days=30)
TRY_LASTS = timedelta(days=1)  # in a chat without an account
MOST_UNDER_WAY = 2000  # attempts of which is kept what they ask
TRIES = 3  # to keep an answer, where the attempt changed between look and writing


# The hot path: built once, one statement a page.
def _attempt_query(whose: ColumnElement[Any], *more: ColumnElement[Any]) -> Select[Any]:
    return select(
        attempt.c.edition_id,
        attempt.c.person_id,
        attempt.c.mode,
        attempt.c.scope,
        attempt.c.plan,
        attempt.c.started_at,
        attempt.c.submitted_at,
        attempt.c.abandoned_at,
        *more,
    ).where(attempt.c.id == bindparam("attempt_id"), whose == bindparam("whose"))


_DAY = bindparam("day", type_=person.c.left_on.type)
_OF_SESSION = (person.c.sign_in_epoch, has_ended_session, person.c.left_on)
_WITH_PERSON = attempt.join(person, person.c.id == attempt.c.person_id)
_MAYBE_WITH_PERSON = attempt.outerjoin(person, person.c.id == attempt.c.person_id)
_THE_ANSWER = and_(answer.c.attempt_id == attempt.c.id, answer.c.number == bindparam("number"))
# All answers of an attempt in one value, which `_read_given` reads: "1:b 2!ac" has the second
# flagged. In rows of their own they would tell of the attempt as often.
_GIVEN = (
    select(
        func.aggregate_strings(
            cast(answer.c.number, String)
            + case((answer.c.flagged, literal_column("'!'")), else_=literal_column("':'"))
            + answer.c.reply,
            cast_as("str", literal_column("' '")),  # not a value, which would be given each time
        )
    )
    .where(answer.c.attempt_id == attempt.c.id)
    .scalar_subquery()
    .label("given")
)

_ATTEMPT = _attempt_query(attempt.c.person_id)
_ATTEMPT_OF_CHAT = _attempt_query(attempt.c.chat_key)
_ATTEMPT_HELD = _ATTEMPT.with_for_update()
_ATTEMPT_OF_CHAT_HELD = _ATTEMPT_OF_CHAT.with_for_update()
_TURN = _attempt_query(
    attempt.c.person_id, answer.c.reply, answer.c.flagged, *_OF_SESSION
).select_from(_WITH_PERSON.outerjoin(answer, _THE_ANSWER))
_TURN_OF_CHAT = _attempt_query(
    attempt.c.chat_key, answer.c.reply, answer.c.flagged, *_OF_SESSION
).select_from(_MAYBE_WITH_PERSON.outerjoin(answer, _THE_ANSWER))
_REVIEW = _attempt_query(attempt.c.person_id, _GIVEN, *_OF_SESSION).select_from(_WITH_PERSON)
_REVIEW_OF_CHAT = _attempt_query(attempt.c.chat_key, _GIVEN, *_OF_SESSION).select_from(
    _MAYBE_WITH_PERSON
)
_TAKEN_BACK = attempt.outerjoin(attempt_withdrawn, attempt_withdrawn.c.attempt_id == attempt.c.id)
_SINCE = (
    _GIVEN,
    attempt_withdrawn.c.withdrawn_at,
    attempt_withdrawn.c.reason,
    exists().where(regraded.c.attempt_id == attempt.c.id).label("is_regraded"),
)
_RESULT = _attempt_query(attempt.c.person_id, *_SINCE).select_from(_TAKEN_BACK)
_RESULT_OF_CHAT = _attempt_query(attempt.c.chat_key, *_SINCE).select_from(_TAKEN_BACK)
_ANSWERS = (
    select(answer.c.number, answer.c.reply, answer.c.flagged)
    .where(answer.c.attempt_id == bindparam("attempt_id"))
    .order_by(answer.c.number)
)
OPEN = and_(attempt.c.submitted_at.is_(None), attempt.c.abandoned_at.is_(None))
_ABANDON = (
    update(attempt)
    .where(OPEN, attempt.c.started_at < bindparam("before"))
    .values(abandoned_at=bindparam("now"))
)


def _is_try_from_before(then: datetime | BindParameter[Any]) -> ColumnElement[bool]:
    return and_(attempt.c.chat_key.is_not(None), attempt.c.started_at < then)


_STALE_TRY = select(attempt.c.id).where(_is_try_from_before(bindparam("before"))).limit(1)
_ADD_ANSWER = insert(answer)

_ADD_OBJECTIVE = insert(attempt_objective)
_ADD_MISCONCEPTION = insert(attempt_misconception)
_HAND_IN = (
    update(attempt)
    .where(attempt.c.id == bindparam("of_attempt"))
    .values(submitted_at=bindparam("at"), passed=bindparam("is_passed"), share=bindparam("of_all"))
)
_IN_MODULE = (
    attempt.c.person_id == bindparam("whose"),
    attempt.c.module == bindparam("module"),
)
_IS_WHOLE = attempt.c.scope == ""
_OPEN_OF_PERSON = select(attempt.c.id, attempt.c.started_at).where(
    OPEN, _IS_WHOLE, *_IN_MODULE, attempt.c.mode == bindparam("mode")
)
_OPEN_OF_CHAT = select(attempt.c.id, attempt.c.started_at).where(
    OPEN,
    attempt.c.chat_key == bindparam("whose"),
    attempt.c.module == bindparam("module"),
    attempt.c.mode == bindparam("mode"),
)
_NEWEST = (
    select(attempt.c.submitted_at, is_passed())
    .where(
        *_IN_MODULE,
        counts(),
        attempt.c.submitted_at.is_not(None),
    )
    .order_by(attempt.c.submitted_at.desc(), attempt.c.id.desc())
    .limit(bindparam("most"))
)
_TIMES_SEEN = (
    select(answer.c.question_id, func.count().label("times"))
    .join(attempt, attempt.c.id == answer.c.attempt_id)
    .where(*_IN_MODULE)
    .group_by(answer.c.question_id)
)
_TOLD_OF = (
    select(
        *(change_action.c[name] for name in ("change", "was", "now", "matters", "starts_on")),
        change_action.c.withdrawn_on,
    )
    .join(to_confirm, to_confirm.c.action_id == change_action.c.id)
    .where(to_confirm.c.person_id == bindparam("whose"))
    .order_by(change_action.c.id)
)
_TO_CONFIRM = (
    select(change_action.c.change)
    .join(to_confirm, to_confirm.c.action_id == change_action.c.id)
    .where(
        to_confirm.c.person_id == bindparam("whose"),
        change_action.c.asked_in == bindparam("module"),
        change_action.c.withdrawn_on.is_(None),
    )
)
# What an attempt depends on before it begins: of all this most people have nothing in a module.
_HAS: tuple[ColumnElement[Any], ...] = (
    exists().where(person.c.id == bindparam("whose"), person.c.is_guest).label("is_guest"),
    exists()
    .where(
        request.c.person_id == bindparam("whose"),
        request.c.module == bindparam("module"),
        request.c.withdrawn_on.is_(None),
    )
    .label("is_asked"),
    exists().where(*_IN_MODULE).label("has_taken"),
    exists().where(to_confirm.c.person_id == bindparam("whose")).label("may_confirm"),
    lets_shrink.label("may_be_shorter"),
)
_BEFORE = select(*_HAS)
ABANDON = (
    update(attempt)
    .where(attempt.c.id == bindparam("attempt_id"), OPEN)
    .values(abandoned_at=bindparam("at"))
)


@cache
def begin(inserting: Callable[[Table], Any]) -> Insert:
    """Adds an attempt, unless one like it was begun meanwhile: a double Start is one."""
    names = (
        *("id", "person_id", "chat_key", "module", "edition_id", "mode", "scope", "plan"),
        "started_at",
    )
    values = {name: bindparam(name, type_=attempt.c[name].type) for name in names}
    begun: Insert = inserting(attempt).values(values).on_conflict_do_nothing()
    return begun


@cache
def _keep_answer(
    inserting: Callable[[Table], Any], *, keeps_flag: bool = False, is_by_session: bool = False
) -> Insert:
    """Adds an answer, or changes the one there is, in an attempt that is open at that moment.

    The attempt's row is held meanwhile, so that nobody hands it in between look and writing. With
    `is_by_session` nothing was looked at before, so whose attempt it is and that the session stands
    is asked here. The same answer again changes nothing.
    """
    is_open = (
        select(*(bindparam(column.name, type_=column.type) for column in answer.c))
        .select_from(_WITH_PERSON if is_by_session else attempt)
        .where(attempt.c.id == bindparam("attempt_id", type_=attempt.c.id.type), OPEN)
        .with_for_update(read=True, of=attempt)
    )
    if is_by_session:
        is_theirs = attempt.c.person_id == bindparam("whose", type_=attempt.c.person_id.type)
        is_open = is_open.where(is_theirs, has_standing_session(), is_here(_DAY))
    added = inserting(answer).from_select(list(answer.c), is_open)
    told = ["reply", "is_right", "answered_at", *([] if keeps_flag else ["flagged"])]
    kept: Insert = added.on_conflict_do_update(
        index_elements=[answer.c.attempt_id, answer.c.number],
        set_={name: added.excluded[name] for name in told},
        where=or_(
            answer.c.reply != added.excluded.reply,
            false() if keeps_flag else answer.c.flagged != added.excluded.flagged,
        ),
    )
    return kept


_CHANGE_ANSWER = (
    update(answer)
    .where(
        answer.c.attempt_id == bindparam("of_attempt"), answer.c.number == bindparam("at_number")
    )
    .values(
        {name: bindparam(f"new_{name}") for name in ("reply", "is_right", "flagged", "answered_at")}
    )
)


@dataclass(frozen=True)
class Before:
    """What somebody is to know of a module before they begin an attempt of it that counts."""

    has_taken: bool  # whether they have begun any attempt of it before
    must_wait: str
    shorter: Shorter | None


@dataclass(frozen=True)
class Answered:
    """What an answer led to, so that a channel knows where to go."""

    mode: Mode
    module: str
    number: int
    total: int
    is_last_of_practice: bool
    opens: int = 0  # in an update, the change that the question opens
    opens_next: int = 0  # and the one that the next question opens


_REGRADED = (
    select(func.max(regraded.c.regraded_at))
    .where(regraded.c.attempt_id == attempt.c.id)
    .scalar_subquery()
)


@cache
def _taken(*, is_chat: bool, is_all: bool) -> Select[Any]:
    """What somebody took, the newest first: all of it, or what is open and so many handed in."""
    mine = (
        and_(attempt.c.chat_key == bindparam("whose"), attempt.c.started_at >= bindparam("since"))
        if is_chat
        else attempt.c.person_id == bindparam("whose")
    )
    answered = (
        select(func.count())
        .where(answer.c.attempt_id == attempt.c.id, answer.c.reply != "")
        .scalar_subquery()
    )
    query = (
        select(
            attempt,
            answered.label("answered"),
            is_passed().label("is_passed"),
            share_of().label("share_now"),
            _REGRADED.label("regraded_at"),
            attempt_withdrawn.c.withdrawn_at,
            attempt_withdrawn.c.reason,
        )
        .outerjoin(attempt_withdrawn, attempt_withdrawn.c.attempt_id == attempt.c.id)
        .where(mine)
        .order_by(attempt.c.started_at.desc(), attempt.c.id.desc())
    )
    if is_all:
        return query
    handed_in = (
        select(attempt.c.id)
        .where(mine, attempt.c.submitted_at.is_not(None))
        .order_by(attempt.c.submitted_at.desc())
        .limit(bindparam("newest"))
    )
    return query.where(or_(OPEN, attempt.c.id.in_(handed_in)))


@dataclass(frozen=True)
class AttemptLine:
    """An attempt as its person's record lists it."""

    attempt_id: UUID
    module: str
    title: str
    mode: Mode
    started_at: datetime
    submitted_at: datetime | None
    abandoned_at: datetime | None
    passed: bool | None
    share: float | None
    answered: int
    total: int
    withdrawn: Withdrawn | None = None
    is_update: bool = False
    regraded_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be gone on with."""
        return self.submitted_at is None and self.abandoned_at is None

    @property
    def resume_at(self) -> int:
        """The question to go on with."""
        return min(self.answered + 1, self.total)


@dataclass(frozen=True)
class Attempts:
    """Each method is one transaction; an attempt that is not this person's is not found."""

    database: Database
    editions: Editions
    notices: Notices
    certificates: Certificates
    regrades: Regrades
    results: Results
    refreshers: Refreshers
    confirmations: Confirmations
    now: Clock
    seed: Callable[[], int]
    _under_way: dict[UUID, "_Asked"] = field(init=False, default_factory=dict)

    def start(self, who: Who, module: str, mode: Mode) -> UUID:
        """A new attempt, or the one that is open: a double Start changes nothing.

        In a chat without an account there is practice alone, and one at a time: another goes.
        """
        attempt_id, _ = self._started(who, module, mode)
        return attempt_id

    def start_at(self, who: Who, module: str, mode: Mode) -> tuple[UUID, int]:
        """The same with the question to go on with."""
        attempt_id, is_new = self._started(who, module, mode)
        return attempt_id, 1 if is_new else self.where(who, attempt_id) or 1

    def _started(self, who: Who, module: str, mode: Mode) -> tuple[UUID, bool]:
        """An attempt, and whether it begins now."""
        offer = self.editions.offer(module)
        if isinstance(who, ChatKey):
            return self._start_try(who, offer, mode), False
        for _ in range(TRIES):
            found = self._looked_up(who, module)
            if found.has_taken and (open_id := self._open_attempt(who, module, mode)) is not None:
                return open_id, False
            if mode is Mode.ASSURED:
                self._refuse_what_cannot_count(who, offer, found)
            seen = self._times_seen(who, module) if found.has_taken else {}
            first: frozenset[str] = frozenset()
            fewer: tuple[str, ...] = ()
            if mode is Mode.ASSURED:
                first = self._to_confirm(who, offer.edition) if found.may_confirm else first
                shorter = self._shorter(who, offer.edition, found)
                fewer = shorter.areas if shorter else ()
            row = self._planned(who, offer.edition, mode, seen, first, fewer)
            if self.database.put(begin(self.database.insert), row):
                return row["id"], True
        raise Busy(BUSY)

    def before(self, person_id: UUID, edition: Edition) -> "Before":
        """What a person is to know of a module's next attempt that counts."""
        found = self._looked_up(person_id, edition.module.id)
        return Before(
            has_taken=found.has_taken,
            must_wait=self.must_wait(person_id, edition.module) if found.has_taken else "",
            shorter=self._shorter(person_id, edition, found),
        )

    def _looked_up(self, person_id: UUID, module: str) -> Any:
        """What an attempt of a module depends on, of which most people have nothing."""
        return self.database.glance(_BEFORE, {"whose": person_id, "module": module})

    def _shorter(self, person_id: UUID, edition: Edition, found: Any) -> Shorter | None:
        """What a person's next assured attempt has less of, by the rules that ask them again."""
        if not found.may_be_shorter:
            return None
        module = edition.module

        def owed() -> set[str]:
            own = self._to_confirm(person_id, edition) if found.may_confirm else ()
            return {question.objective for question in module.questions if question.id in own}

        return self.refreshers.of(person_id, module, owed)

    def _start_try(self, who: ChatKey, offer: Offer, mode: Mode) -> UUID:
        """Begin in a chat without an account, where what was open before goes."""
        with self.database.writing(queue=f"start:{who.key}") as connection:
            if (open_id := self._open_attempt(who, offer.module.id, mode)) is not None:
                return open_id
            if mode is Mode.ASSURED:
                raise NotOffered("Without an account there is practice only.")
            delete_attempts(connection, or_(attempt.c.chat_key == who.key, self._stale_tries()))
            row = self._planned(who, offer.edition, mode, {})
            connection.execute(insert(attempt), row)
            found: UUID = row["id"]
            return found

    def _planned(
        self,
        who: Who,
        current: Edition,
        mode: Mode,
        seen: dict[str, int],
        first: Collection[str] = (),
        fewer: Collection[str] = (),
    ) -> dict[str, Any]:
        """The row of a new attempt; NotOffered where no plan can be made today."""
        today = london_day(self.now())
        plan = make_plan(current.module, mode, today, seen, Random(self.seed()), first, fewer)
        if plan is None:
            raise NotOffered(
                "This questionnaire cannot be taken in this way today. Its page says why."
            )
        return new_attempt(who, current, mode, plan, self.now())

    def _refuse_what_cannot_count(self, person_id: UUID, offer: Offer, found: Any) -> None:
        """NotOffered where this person may not take a module today so that it counts."""
        if offer.practice_only:
            raise NotOffered(f"This questionnaire does not count today. {offer.practice_only}")
        # A guest is here for what a manager asked; practice is open to them as to anybody.
        if found.is_guest and not found.is_asked:
            raise NotOffered(
                "As a guest you take for the record only what you were asked to take, and nobody"
                " asked you for this. You may practise it as often as you like."
            )
        if found.has_taken and (until := self._waits_until(person_id, offer.module)):
            raise NotOffered(retakes.told(until, offer.module))

    def _waits_until(self, person_id: UUID, module: Module) -> datetime | None:
        """From when somebody may take a module again so that it counts; None: they may now."""
        if not module.retake_after_hours:
            return None
        most = module.retake_after_fails
        given = {"whose": person_id, "module": module.id, "most": most}
        return retakes.waits_until(self.database.look(_NEWEST, given), module, self.now())

    def turn(
        self, who: Who, attempt_id: UUID, number: int, *, session: Session | None = None
    ) -> Turn:
        """One question, and in practice its feedback once it is answered.

        That a web `session` stands is checked in the same statement (SignedOut).
        """
        statement, given = _turn_of(who, attempt_id, number, session)
        opened = self._opened(self.database.glance(statement, given), number, session)
        opened.refuse_abandoned()
        if opened.mode is Mode.ASSURED:
            if opened.row.submitted_at is not None:
                raise AlreadySubmitted("These answers were handed in: here is the outcome.")
            if session is not None:
                self._note_under_way(attempt_id, opened)
        return self._turn(attempt_id, opened, number)

    def answer(
        self,
        who: Who,
        attempt_id: UUID,
        number: int,
        reply: Sequence[str],
        *,
        flagged: bool | None = False,
        session: Session | None = None,
    ) -> Answered:
        """Keep an answer, durably; the same again changes nothing.

        `reply` is the letters on screen. In an assured attempt a flag without a reply is kept too;
        `flagged` None leaves the flag as it is.
        Raises BadReply, AlreadyAnswered (practice), AlreadySubmitted, NotFound, SignedOut.
        """
        asked = self._under_way.get(attempt_id)
        if asked and session and flagged is not None:
            at_once = self._put_at_once(who, attempt_id, number, asked, reply, flagged, session)
            if at_once is not None:
                return at_once
        statement, given = _turn_of(who, attempt_id, number, session)
        for _ in range(TRIES):
            opened = self._opened(self.database.glance(statement, given), number, session)
            if opened.mode is Mode.PRACTICE:
                return self._practise(who, attempt_id, number, reply)
            stored = self._read(opened, number, reply, is_flagged=bool(flagged))
            opened.refuse_closed()
            if self._put(attempt_id, number, opened, stored, flagged):
                return _kept(opened, number)
        raise Busy(BUSY)

    def _put_at_once(
        self,
        who: Who,
        attempt_id: UUID,
        number: int,
        asked: "_Asked",
        reply: Sequence[str],
        flagged: bool,
        session: Session,
    ) -> Answered | None:
        """Keep an answer to a question that was shown here, without a look first.

        None where that changes nothing: whoever looks then says why.
        """
        if not 1 <= number <= len(asked.pairs):
            return None
        try:
            stored = self._read(asked, number, reply, is_flagged=flagged)
        except BadReply:
            return None
        given = {
            **self._answer_row(attempt_id, number, asked, stored, flagged),
            "whose": whose(who),
            "session": session.id,
            "epoch": session.epoch,
            "day": london_day(self.now()),
        }
        statement = _keep_answer(self.database.insert, is_by_session=True)
        return _kept(asked, number) if self.database.put(statement, given) else None

    def _note_under_way(self, attempt_id: UUID, opened: "_Opened") -> None:
        """Keep what an attempt asks, for the answers to come; ids and orders once for all."""
        if attempt_id in self._under_way:
            return
        if len(self._under_way) >= MOST_UNDER_WAY:
            self._under_way.clear()
        pairs = [(intern(question_id), intern(order)) for question_id, order in opened.pairs]
        asked = _Asked(opened.edition, opened.mode, opened.scope, pairs)
        self._under_way[attempt_id] = asked

    def _read(
        self, opened: "_Asked", number: int, reply: Sequence[str], *, is_flagged: bool
    ) -> str:
        """A reply as it is kept; BadReply where it cannot be taken."""
        if opened.mode is Mode.ASSURED and is_flagged and not any(reply):
            return ""
        planned = opened.planned(number)
        return opened.edition.questions[planned.question_id].read(reply, planned.order)

    def _put(
        self, attempt_id: UUID, number: int, opened: "_Opened", stored: str, flagged: bool | None
    ) -> bool:
        """Keep an answer of an assured attempt; whether the attempt was still open."""
        row = opened.row
        if row.reply == stored and flagged in (None, bool(row.flagged)):
            return True
        statement = _keep_answer(self.database.insert, keeps_flag=flagged is None)
        changed = self.database.put(
            statement, self._answer_row(attempt_id, number, opened, stored, bool(flagged))
        )
        return changed > 0

    def _practise(self, who: Who, attempt_id: UUID, number: int, reply: Sequence[str]) -> Answered:
        """Keep an answer in practice, where the first stands; the last ends the attempt."""
        with self.database.writing(queue=f"attempt:{attempt_id}") as connection:
            row = connection.execute(*_turn_of(who, attempt_id, number)).first()
            opened = self._opened(row, number)
            stored = self._read(opened, number, reply, is_flagged=False)
            if opened.row.reply:
                if opened.row.reply != stored:
                    raise AlreadyAnswered("In practice your first answer stands.")
            else:
                opened.refuse_closed()
                self._keep(connection, attempt_id, number, opened, stored, flagged=False)
            return self._answered(connection, attempt_id, opened, number)

    def flag(self, who: Who, attempt_id: UUID, number: int, *, flagged: bool) -> None:
        """Mark a question to look at again, or take the mark away; the answer stays as it is."""
        with self.database.writing(queue=f"attempt:{attempt_id}") as connection:
            self._held(connection, who, attempt_id)
            row = connection.execute(*_turn_of(who, attempt_id, number)).first()
            opened = self._opened(row, number)
            if opened.mode is Mode.PRACTICE:
                raise NotFound("In practice there is nothing to flag.")
            opened.refuse_closed()
            if opened.row.reply is not None or flagged:
                reply = opened.row.reply or ""
                self._keep(connection, attempt_id, number, opened, reply, flagged=flagged)

    def review(self, who: Who, attempt_id: UUID, *, session: Session | None = None) -> Review:
        """An open assured attempt, question by question; a web `session` is checked as in turn."""
        query = _REVIEW_OF_CHAT if isinstance(who, ChatKey) else _REVIEW
        asked = {
            "attempt_id": attempt_id,
            "whose": whose(who),
            "session": session.id if session else NO_SESSION,
        }
        opened = self._opened(self.database.glance(query, asked), session=session)
        opened.refuse_abandoned()
        if opened.row.submitted_at is not None:
            raise AlreadySubmitted("These answers were handed in: here is the outcome.")
        if opened.mode is Mode.PRACTICE:
            raise NotFound("A practice attempt has no review page.")
        given = _read_given(opened.row.given)
        lines = []
        for number, (question_id, _) in enumerate(opened.pairs, 1):
            reply, is_flagged = given.get(number, ("", False))
            question = opened.edition.questions[question_id]
            lines.append(
                ReviewLine(number, question.scenario, question.ask, bool(reply), is_flagged)
            )
        module = opened.edition.module
        return Review(
            attempt_id, module.id, module.title, tuple(lines), is_update=bool(opened.scope)
        )

    def submit(self, who: Who, attempt_id: UUID, *, whole_only: bool = False) -> None:
        """Hand in an assured attempt; a second time changes nothing.

        Unanswered where every question is to have an answer first (`whole_only`) and one has none.
        """
        with self.database.writing(queue=f"attempt:{attempt_id}") as connection:
            opened = self._opened(self._held(connection, who, attempt_id))
            if opened.mode is Mode.PRACTICE:
                raise NotFound("A practice attempt is not handed in.")
            if opened.row.submitted_at is not None:
                return
            opened.refuse_abandoned()
            given = {row.number: row.reply for row in self._answers(connection, attempt_id)}
            if whole_only and sum(map(bool, given.values())) < len(opened.pairs):
                raise Unanswered("Some questions have no answer yet. Answer them, or submit as is.")
            self._close(connection, attempt_id, opened, given)
        self._under_way.pop(attempt_id, None)

    def result(self, who: Who, attempt_id: UUID) -> Result:
        """A finished attempt with everything there is to learn from it; NotFinished before."""
        opened = self._opened(self._seen(who, attempt_id, _RESULT, _RESULT_OF_CHAT))
        row = opened.row
        if row.submitted_at is None:
            raise NotFinished("This attempt is not finished yet.")
        given = {number: reply for number, (reply, _) in _read_given(row.given).items()}
        found = result_of(opened.edition, opened.mode, opened.plan, given, row.submitted_at)
        if opened.mode is Mode.PRACTICE:
            return found
        if (withdrawn := _withdrawn(row)) is not None:
            found = replace(found, withdrawn=withdrawn)
        if row.is_regraded:
            found = self._since(found, attempt_id)
        return self._of_update(found, opened) if opened.parts else found

    def changes(self, who: Who, attempt_id: UUID) -> tuple[ChangeShown, ...]:
        """What an update tells of before its questions; NotFound where an attempt is none."""
        opened = self._opened(self._seen(who, attempt_id))
        if not opened.parts:
            raise NotFound("There is no such update.")
        return self._shown(opened)

    def where(self, who: Who, attempt_id: UUID) -> int | None:
        """The question to go on with in an open attempt; None when it is finished."""
        opened = self._opened(self._seen(who, attempt_id, _RESULT, _RESULT_OF_CHAT))
        opened.refuse_abandoned()
        if opened.row.submitted_at is not None:
            return None
        total, given = len(opened.pairs), _read_given(opened.row.given)
        missing = (number for number in range(1, total + 1) if not given.get(number, ("",))[0])
        return next(missing, total)

    def of(self, who: Who, newest: int | None = None) -> list[AttemptLine]:
        """Everything a person took, the newest first; or what is open, and so many handed in.

        Of a chat without an account, its try.
        """
        is_chat = isinstance(who, ChatKey)
        given: dict[str, Any] = {"whose": who.key if isinstance(who, ChatKey) else who}
        if is_chat:
            given["since"] = self.now() - TRY_LASTS
        if newest is not None:
            given["newest"] = newest
        rows = self.database.look(_taken(is_chat=is_chat, is_all=newest is None), given)
        return [
            AttemptLine(
                attempt_id=row.id,
                module=row.module,
                title=titled(self.editions.by_id(row.edition_id).module.title, row.scope),
                mode=Mode(row.mode),
                is_update=bool(row.scope),
                started_at=row.started_at,
                submitted_at=row.submitted_at,
                abandoned_at=row.abandoned_at,
                passed=row.is_passed,
                share=row.share_now,
                answered=row.answered,
                total=len(json.loads(row.plan)),
                withdrawn=_withdrawn(row),
                regraded_on=london_day(row.regraded_at) if row.regraded_at else None,
            )
            for row in rows
        ]

    def must_wait(self, person_id: UUID, module: Module) -> str:
        """Why this person's next attempt that counts has to wait, and how long; "" if it may begin.

        An attempt that is open is gone on with, whatever was not passed meanwhile.
        """
        until = self._waits_until(person_id, module)
        return retakes.told(until, module) if until else ""

    def abandon_old(self) -> int:
        """Close what was left open for 30 days, delete tries in chats that are over; how many."""
        if self.database.glance(_STALE_TRY, {"before": self.now() - TRY_LASTS}) is not None:
            with self.database.writing() as connection:
                delete_attempts(connection, self._stale_tries())
        given = {"before": self.now() - ABANDONED_AFTER, "now": self.now()}
        return self.database.put(_ABANDON, given)

    def forget_try(self, chat: ChatKey) -> None:
        """Delete what a chat without an account has finished, once its outcome was shown."""
        ended = and_(attempt.c.chat_key == chat.key, attempt.c.submitted_at.is_not(None))
        with self.database.reading() as connection:
            if connection.execute(select(attempt.c.id).where(ended).limit(1)).first() is None:
                return
        with self.database.writing() as connection:
            delete_attempts(connection, ended)

    # What the public methods are made of.

    def _stale_tries(self) -> ColumnElement[bool]:
        """Tries in chats that began more than a day ago."""
        return _is_try_from_before(self.now() - TRY_LASTS)

    def _opened(
        self, row: Any, number: int | None = None, session: Session | None = None
    ) -> "_Opened":
        if row is None or (row.person_id is None and row.started_at < self.now() - TRY_LASTS):
            raise NotFound("There is no such attempt.")
        if session is not None and (not stands(session, row) or self._has_left(row.left_on)):
            raise SignedOut("Sign in to go on.")
        opened = _Opened(
            edition=self.editions.by_id(row.edition_id),
            mode=Mode(row.mode),
            scope=row.scope,
            pairs=json.loads(row.plan),
            row=row,
        )
        if number is not None and not 1 <= number <= len(opened.pairs):
            raise NotFound("There is no such question in this attempt.")
        return opened

    def _has_left(self, left_on: date | None) -> bool:
        return has_ended(left_on, london_day(self.now()))

    def _seen(
        self,
        who: Who,
        attempt_id: UUID,
        of_person: Select[Any] = _ATTEMPT,
        of_chat: Select[Any] = _ATTEMPT_OF_CHAT,
    ) -> Any:
        """An attempt's row as it stands now."""
        query = of_chat if isinstance(who, ChatKey) else of_person
        return self.database.glance(query, {"attempt_id": attempt_id, "whose": whose(who)})

    def _answers_seen(self, attempt_id: UUID) -> list[Any]:
        """What was answered so far; of an attempt that was handed in, for good."""
        return self.database.look(_ANSWERS, {"attempt_id": attempt_id})

    def _held(self, connection: Connection, who: Who, attempt_id: UUID) -> Any:
        """An attempt's row, which no answer can pass until the transaction's end."""
        query = _ATTEMPT_OF_CHAT_HELD if isinstance(who, ChatKey) else _ATTEMPT_HELD
        given = {"attempt_id": attempt_id, "whose": whose(who)}
        rows = read_in(connection, query, given)
        return rows[0] if rows else None

    def _answers(self, connection: Connection, attempt_id: UUID) -> Sequence[Any]:
        return read_in(connection, _ANSWERS, {"attempt_id": attempt_id})

    def _turn(self, attempt_id: UUID, opened: "_Opened", number: int) -> Turn:
        planned, row, total = opened.planned(number), opened.row, len(opened.pairs)
        question = opened.edition.questions[planned.question_id]
        reply = row.reply or ""
        feedback, next_number = None, (number + 1 if number < total else None)
        if opened.mode is Mode.PRACTICE and reply:
            feedback = feedback_on(opened.edition, question, planned.order, reply)
            done = {answered.number for answered in self._answers_seen(attempt_id)}
            next_number = next_unanswered(number, total, done)
        return Turn(
            edition=opened.edition,
            mode=opened.mode,
            number=number,
            total=total,
            question=question,
            order=planned.order,
            reply=reply,
            is_flagged=bool(row.flagged),
            feedback=feedback,
            next_number=next_number,
            **opened.place_of(number),
        )

    def _shown(self, opened: "_Opened") -> tuple[ChangeShown, ...]:
        """The changes of an update as its person was told of them, the newest telling of each."""
        told = {
            row.change: row for row in self.database.look(_TOLD_OF, {"whose": opened.row.person_id})
        }
        return tuple(
            ChangeShown(
                change=part.change,
                was=told[part.change].was,
                now=told[part.change].now,
                matters=told[part.change].matters,
                starts_on=told[part.change].starts_on,
                is_taken_back=told[part.change].withdrawn_on is not None,
                numbers=tuple(numbers),
            )
            for part, numbers in numbers_of(opened.parts)
            if part.change in told
        )

    def _since(self, found: Result, attempt_id: UUID) -> Result:
        """The outcome with what was decided since of questions that were found faulty."""
        made = self.regrades.of_attempt(attempt_id)
        if not made:
            return found
        marked = [
            GivenAnswer(
                told.question.id,
                "",
                Marked(told.question.objective, told.feedback.is_right, told.question.must_know),
            )
            for told in found.told
        ]
        effect_of = {id_: one.effect for id_, one in made.items()}
        return replace(
            found,
            outcome=rejudged(found.edition.module, marked, effect_of),
            regraded=tuple(
                FoundFaulty(
                    told.question.id,
                    told.number,
                    told.question.ask,
                    made[told.question.id].effect,
                    made[told.question.id].on,
                    made[told.question.id].reason,
                )
                for told in found.told
                if told.question.id in made
            ),
        )

    def _of_update(self, found: Result, opened: "_Opened") -> Result:
        """The outcome of an update: which changes are confirmed, and which are not."""
        kind = {one.question_id for one in found.regraded}
        right = [told.feedback.is_right or told.question.id in kind for told in found.told]
        confirmed = met(opened.parts, right)
        return replace(
            found,
            outcome=judge_update(opened.parts, right),
            changes=tuple(
                replace(shown, is_confirmed=shown.change in confirmed)
                for shown in self._shown(opened)
            ),
        )

    def _keep(
        self,
        connection: Connection,
        attempt_id: UUID,
        number: int,
        opened: "_Opened",
        reply: str,
        *,
        flagged: bool,
    ) -> None:
        """Keep an answer inside a transaction that has looked at the attempt."""
        row = self._answer_row(attempt_id, number, opened, reply, flagged)
        if opened.row.reply is None:
            connection.execute(_ADD_ANSWER, row)
        elif (opened.row.reply, bool(opened.row.flagged)) != (reply, flagged):
            spot = {"of_attempt": attempt_id, "at_number": number}
            told = ("reply", "is_right", "flagged", "answered_at")
            connection.execute(_CHANGE_ANSWER, {**spot, **{f"new_{k}": row[k] for k in told}})

    def _answer_row(
        self, attempt_id: UUID, number: int, opened: "_Asked", reply: str, flagged: bool
    ) -> dict[str, Any]:
        question = opened.edition.questions[opened.planned(number).question_id]
        return {
            "attempt_id": attempt_id,
            "number": number,
            "question_id": question.id,
            "objective": question.objective,
            "reply": reply,
            "is_right": question.mark(reply).is_right,
            "flagged": flagged,
            "answered_at": self.now() if reply else None,
        }

    def _answered(
        self, connection: Connection, attempt_id: UUID, opened: "_Opened", number: int
    ) -> Answered:
        total = len(opened.pairs)
        is_last = False
        if opened.mode is Mode.PRACTICE and opened.row.submitted_at is None:
            given = {row.number: row.reply for row in self._answers(connection, attempt_id)}
            is_last = len(given) == total
            if is_last:
                self._close(connection, attempt_id, opened, given)
        return Answered(opened.mode, opened.edition.module.id, number, total, is_last)

    def _close(
        self, connection: Connection, attempt_id: UUID, opened: "_Opened", given: dict[int, str]
    ) -> None:
        """Write the outcome; in an assured attempt what was left out becomes a wrong answer."""
        module = opened.edition.module
        marked, missing, met = [], [], []
        for number, planned in enumerate(opened.plan, 1):
            question = opened.edition.questions[planned.question_id]
            mark = question.mark(given.get(number, ""))
            marked.append(Marked(question.objective, mark.is_right, question.must_know))
            met += [(question.id, name) for name in mark.misconceptions]
            if number not in given:
                missing.append(
                    {
                        "attempt_id": attempt_id,
                        "number": number,
                        "question_id": question.id,
                        "objective": question.objective,
                        "reply": "",
                        "is_right": False,
                        "flagged": False,
                        "answered_at": None,
                    }
                )
        write_in(connection, _ADD_ANSWER, missing)
        outcome = judge(module, marked)
        if opened.parts:
            outcome = judge_update(opened.parts, [one.is_right for one in marked])
        elif opened.mode is Mode.ASSURED:
            write_in(
                connection,
                _ADD_OBJECTIVE,
                [
                    {
                        "attempt_id": attempt_id,
                        "objective": result.objective,
                        "asked": result.asked,
                        "right_count": result.right,
                    }
                    for result in outcome.objectives
                    if result.asked
                ],
            )
            write_in(
                connection,
                _ADD_MISCONCEPTION,
                [{"attempt_id": attempt_id, "question_id": q, "misconception": m} for q, m in met],
            )
        verdict = {"of_attempt": attempt_id, "at": self.now(), **_verdict(opened.mode, outcome)}
        write_in(connection, _HAND_IN, verdict)
        if opened.mode is Mode.ASSURED and opened.row.person_id is not None:
            is_pass = outcome.passed and not opened.parts
            if not is_pass:
                forget_one(connection, opened.row.person_id, module.id)
            if self.results.has_targets:
                is_update = bool(opened.parts)
                self.results.judged(
                    connection, attempt_id, passed=bool(outcome.passed), is_update=is_update
                )
            if is_pass:  # whose certificate tells how long it holds, and keeps that
                self.notices.tell_met(connection, opened.row.person_id, module.id)
                self.certificates.issue(
                    connection,
                    attempt_id,
                    opened.row.person_id,
                    opened.edition,
                    london_day(self.now()),
                )
            self.regrades.at_hand_in(connection, attempt_id, opened.edition.id)

    def _open_attempt(self, who: Who, module: str, mode: Mode) -> UUID | None:
        """What somebody can go on with; what was left open for too long is closed."""
        is_chat = isinstance(who, ChatKey)
        given = {"whose": whose(who), "module": module, "mode": mode.value}
        row = self.database.glance(_OPEN_OF_CHAT if is_chat else _OPEN_OF_PERSON, given)
        if row is None:
            return None
        if not is_chat and row.started_at < self.now() - ABANDONED_AFTER:
            self.database.put(ABANDON, {"attempt_id": row.id, "at": self.now()})
            return None
        if is_chat and row.started_at < self.now() - TRY_LASTS:
            return None
        found: UUID = row.id
        return found

    def _times_seen(self, person_id: UUID, module: str) -> dict[str, int]:
        rows = self.database.look(_TIMES_SEEN, {"whose": person_id, "module": module})
        return {row.question_id: row.times for row in rows}

    def _to_confirm(self, person_id: UUID, current: Edition) -> frozenset[str]:
        """The own questions of the changes that somebody is asked to confirm in a module."""
        given = {"whose": person_id, "module": current.module.id}
        changes = {row.change for row in self.database.look(_TO_CONFIRM, given)}
        if changes:  # few are asked at all, so the rest is worked out for them alone
            asked = self.confirmations.mine(person_id)
            changes &= {one.change for one in asked if one.state is not None}
        return frozenset(
            question.id
            for change in changes
            for question in current.module.questions
            if is_own(question, change)
        )


def whose(who: Who) -> UUID | str:
    """What an attempt's row has of them."""
    return who.key if isinstance(who, ChatKey) else who


def new_attempt(
    who: Who, edition: Edition, mode: Mode, plan: Sequence[Planned], now: datetime, scope: str = ""
) -> dict[str, Any]:
    """The row of an attempt that begins now."""
    return {
        "id": new_id(),
        "person_id": None if isinstance(who, ChatKey) else who,
        "chat_key": who.key if isinstance(who, ChatKey) else None,
        "module": edition.module.id,
        "edition_id": edition.id,
        "mode": mode.value,
        "scope": scope,
        "plan": json.dumps([(p.question_id, p.order) for p in plan]),
        "started_at": now,
    }


def _withdrawn(row: Any) -> Withdrawn | None:
    if row.withdrawn_at is None:
        return None
    return Withdrawn(london_day(row.withdrawn_at), row.reason)


def _read_given(given: str | None) -> dict[int, tuple[str, bool]]:
    """Replies by number and whether they are flagged, out of one value of `_GIVEN`."""
    found = {}
    for one in given.split() if given else ():
        number, _, reply = one.replace("!", ":").partition(":")
        found[int(number)] = reply, "!" in one
    return found


def _verdict(mode: Mode, outcome: Outcome) -> dict[str, Any]:
    """What is kept of an outcome; of practice nothing, so that no figure can ever count it."""
    if mode is Mode.PRACTICE:
        return {"is_passed": None, "of_all": None}
    return {"is_passed": outcome.passed, "of_all": outcome.share}


def _turn_of(
    who: Who, attempt_id: UUID, number: int, session: Session | None = None
) -> tuple[Select[Any], dict[str, Any]]:
    """The statement and what it asks for; a number too great for any database is not there."""
    return (
        _TURN_OF_CHAT if isinstance(who, ChatKey) else _TURN,
        {
            "attempt_id": attempt_id,
            "whose": whose(who),
            "number": max(0, min(number, 10_000)),
            "session": session.id if session else NO_SESSION,
        },
    )


@dataclass(frozen=True)
class _Asked:
    """What an attempt asks, which never changes; the plan as stored: question ids and orders."""

    edition: Edition
    mode: Mode
    scope: str
    pairs: Sequence[tuple[str, str]]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its changes where it is an update; none of a whole attempt."""
        return read_scope(self.scope)

    def opens(self, number: int) -> int:
        """Which change a question opens in an update; 0 where it opens none."""
        place, is_first = part_of(self.parts, number)
        return place if is_first else 0

    def place_of(self, number: int) -> dict[str, int]:
        """Where in an update a question is; nothing of a whole attempt."""
        if not self.scope:
            return {}
        part, _ = part_of(self.parts, number)
        return {
            "part": part,
            "opens": self.opens(number),
            "opens_next": self.opens(number + 1),
        }

    @property
    def plan(self) -> tuple[Planned, ...]:
        """Everything that is asked."""
        return tuple(Planned(*pair) for pair in self.pairs)

    def planned(self, number: int) -> Planned:
        """What is asked at one number."""
        return Planned(*self.pairs[number - 1])


@dataclass(frozen=True)
class _Opened(_Asked):
    """The same with the attempt's row."""

    row: Any

    def refuse_abandoned(self) -> None:
        """AlreadySubmitted where the attempt was left open for too long."""
        if self.row.abandoned_at is not None:
            raise AlreadySubmitted(
                "This attempt was left open for 30 days and is closed. Start again from the"
                " questionnaire's page."
            )

    def refuse_closed(self) -> None:
        """AlreadySubmitted where nothing more can be answered."""
        self.refuse_abandoned()
        if self.row.submitted_at is not None:
            raise AlreadySubmitted("These answers were handed in and cannot be changed.")


def _kept(asked: _Asked, number: int) -> Answered:
    """What comes of an answer of an assured attempt that is kept."""
    return Answered(
        asked.mode,
        asked.edition.module.id,
        number,
        len(asked.pairs),
        is_last_of_practice=False,
        opens=asked.opens(number),
        opens_next=asked.opens(number + 1),
    )


def next_unanswered(number: int, total: int, done: set[int]) -> int | None:
    """The next question without an answer, round the end to the start; None when all have one."""
    ahead = [*range(number + 1, total + 1), *range(1, number)]
    return next((n for n in ahead if n not in done), None)


def result_of(
    edition: Edition,
    mode: Mode,
    plan: Sequence[Planned],
    given: dict[int, str],
    submitted_at: datetime | None,
) -> Result:
    """The outcome and every question with its feedback, from plan and replies alone."""
    told = tuple(
        tell(
            edition,
            number,
            edition.questions[planned.question_id],
            planned.order,
            given.get(number, ""),
        )
        for number, planned in enumerate(plan, 1)
    )
    marked = [
        Marked(one.question.objective, one.feedback.is_right, one.question.must_know)
        for one in told
    ]
    return Result(edition, mode, judge(edition.module, marked), told, submitted_at)
