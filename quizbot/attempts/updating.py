"""Updates: confirming changes of guidance, each with two questions, in an attempt of their own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from random import Random
from uuid import UUID

from sqlalchemy import bindparam, case, func, select

from quizbot.attempts.attempts import (
    ABANDON,
    ABANDONED_AFTER,
    OPEN,
    TRIES,
    begin,
    new_attempt,
)
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Edition, Editions
from quizbot.errors import Busy, NotOffered
from quizbot.rules.due import State
from quizbot.rules.pick import Mode, Planned, plan_for_changes
from quizbot.rules.scope import Part, write_scope
from quizbot.standing.confirming import Confirmations, Confirming
from quizbot.store.database import BUSY, Database
from quizbot.store.tables import answer, attempt
from quizbot.words import how_many, long_date

NOTHING = "There is no change of this questionnaire that you are asked to confirm."
_OPEN_UPDATE = select(attempt.c.id, attempt.c.started_at).where(
    OPEN,
    attempt.c.person_id == bindparam("whose"),
    attempt.c.module == bindparam("module"),
    attempt.c.mode == Mode.ASSURED.value,
    attempt.c.scope != "",
)
# Other questions first: what an update asked already comes after all that was asked elsewhere.
_SEEN = (
    select(
        answer.c.question_id,
        func.count().label("times"),
        func.sum(case((attempt.c.scope != "", 1), else_=0)).label("in_updates"),
    )
    .join(attempt, attempt.c.id == answer.c.attempt_id)
    .where(attempt.c.person_id == bindparam("whose"), attempt.c.module == bindparam("module"))
    .group_by(answer.c.question_id)
)
MOST_KEPT = 200  # plans of what people are asked to confirm
IN_UPDATE = 1000  # times elsewhere that once in an update weighs


@dataclass(frozen=True)
class UpdateOffer:
    """The changes of one questionnaire that somebody is to confirm, and how long that takes."""

    module: str
    title: str
    changes: tuple[Confirming, ...]
    questions: int
    minutes: int
    open_id: UUID | None
    cannot: str  # why it cannot be taken today; nothing where it can

    @property
    def state(self) -> State:
        """Where the most urgent of them stands."""
        return max((one.state for one in self.changes if one.state), key=lambda state: state.rank)

    @property
    def due_on(self) -> date:
        """By when the first of them is due."""
        return min(one.due_on for one in self.changes)

    @property
    def facts(self) -> str:
        """How much it is."""
        minutes = "a minute" if self.minutes == 1 else how_many(self.minutes, "minute")
        return f"{how_many(self.questions, 'question')}, about {minutes}"


@dataclass(frozen=True)
class Updates:
    """What is to be confirmed, and beginning it; from then on it is an attempt like any other."""

    database: Database
    editions: Editions
    confirmations: Confirmations
    now: Clock
    seed: Callable[[], int]
    _kept: dict[tuple[object, ...], tuple[tuple[Planned, ...], tuple[Part, ...]]] = field(
        init=False, default_factory=dict
    )

    def offers(self, person_id: UUID) -> tuple[UpdateOffer, ...]:
        """What this person is to confirm, by questionnaire, the most urgent first."""
        by_module: dict[str, list[Confirming]] = {}
        for one in self._to_confirm(person_id):
            by_module.setdefault(one.asked_in, []).append(one)
        return tuple(self._offer(person_id, module, asked) for module, asked in by_module.items())

    def count(self, person_id: UUID) -> int:
        """In how many questionnaires there are changes for this person to confirm."""
        return len({one.asked_in for one in self._to_confirm(person_id)})

    def start(self, person_id: UUID, module: str) -> UUID:
        """A new update of a questionnaire, or the one that is open: a double start is one."""
        current = self.editions.current(module)
        for _ in range(TRIES):
            if (open_id := self._open(person_id, module)) is not None:
                return open_id
            asked = [one for one in self._to_confirm(person_id) if one.asked_in == module]
            if not asked:
                raise NotOffered(self._why_nothing(person_id, module))
            if why := self.editions.offer(module).practice_only:
                raise NotOffered(f"This cannot be confirmed today. {why}")
            seen = self._seen(person_id, module)
            plan, parts = self._plan(current, asked, seen, Random(self.seed()))
            if not parts:
                raise NotOffered(_too_few(asked))
            row = new_attempt(
                person_id, current, Mode.ASSURED, plan, self.now(), write_scope(parts)
            )
            if self.database.put(begin(self.database.insert), row):
                made: UUID = row["id"]
                return made
        raise Busy(BUSY)

    # What the public methods are made of.

    def _to_confirm(self, person_id: UUID) -> list[Confirming]:
        """What is open, each change once, the first due day first."""
        asked = self.confirmations.mine(person_id)
        still = {
            one.change: one
            for one in sorted(asked, key=lambda one: one.due_on, reverse=True)
            if one.is_open
        }
        return sorted(still.values(), key=lambda one: (one.due_on, one.change))

    def _why_nothing(self, person_id: UUID, module: str) -> str:
        """Why nothing of a questionnaire is to be confirmed: it was, or it was never asked."""
        asked = self.confirmations.mine(person_id)
        days = [one.met_on for one in asked if one.asked_in == module and one.met_on]
        if not days:
            return NOTHING
        return f"You have confirmed this already, on {long_date(max(days))}: nothing is left to do."

    def _offer(self, person_id: UUID, module: str, asked: list[Confirming]) -> UpdateOffer:
        offer = self.editions.offer(module)
        current = offer.edition
        plan, parts = self._tried(current, asked)
        told = [one for one in asked if one.change in {part.change for part in parts}]
        whole = len(current.module.objectives) * current.module.questions_per_objective
        cannot = offer.practice_only or ("" if parts else _too_few(asked))
        return UpdateOffer(
            module=module,
            title=current.module.title,
            changes=tuple(told or asked),
            questions=len(plan),
            minutes=max(1, ceil(current.module.minutes * len(plan) / whole)),
            open_id=self._open(person_id, module),
            cannot=cannot,
        )

    def _tried(
        self, current: Edition, asked: list[Confirming]
    ) -> tuple[tuple[Planned, ...], tuple[Part, ...]]:
        """A plan for whoever is asked the same: how much it is, and of which changes; kept."""
        key = (current.id, london_day(self.now()), *(one.change for one in asked))
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = self._plan(current, asked, {}, Random(0))
        return found

    def _plan(
        self, current: Edition, asked: list[Confirming], seen: dict[str, int], rng: Random
    ) -> tuple[tuple[Planned, ...], tuple[Part, ...]]:
        changes = [one.change for one in asked]
        return plan_for_changes(current.module, changes, london_day(self.now()), seen, rng)

    def _open(self, person_id: UUID, module: str) -> UUID | None:
        """The update that is under way; what was left open for too long is closed."""
        row = self.database.glance(_OPEN_UPDATE, {"whose": person_id, "module": module})
        if row is None:
            return None
        if row.started_at < self.now() - ABANDONED_AFTER:
            self.database.put(ABANDON, {"attempt_id": row.id, "at": self.now()})
            return None
        found: UUID = row.id
        return found

    def _seen(self, person_id: UUID, module: str) -> dict[str, int]:
        rows = self.database.look(_SEEN, {"whose": person_id, "module": module})
        return {row.question_id: row.times + IN_UPDATE * int(row.in_updates) for row in rows}


def _too_few(asked: list[Confirming]) -> str:
    which = "this change" if len(asked) == 1 else "these changes"
    return (
        f"Too few questions about {which} are ready today, so it cannot be confirmed yet. Nothing"
        " is wrong on your side: tell your safeguarding lead."
    )
