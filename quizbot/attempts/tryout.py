"""Trying a module without an account: the whole state travels with the person, nothing is kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from uuid import UUID

from quizbot.attempts.attempts import next_unanswered, result_of
from quizbot.attempts.turns import Result, Turn
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Edition, Editions
from quizbot.editions.feedback import feedback_on
from quizbot.errors import AlreadyAnswered, NotFound, NotOffered
from quizbot.rules.pick import Mode, Planned, make_plan
from quizbot.signing import Signer


@dataclass(frozen=True)
class Trial:
    """A try: what was asked follows from the seed, with a key that only the service has.

    `on` is the day of the start, so that the plan stays the same past midnight; `replies` are the
    letters on screen, one string a question, empty where there is no answer yet.
    """

    edition_id: UUID
    seed: str
    on: str
    replies: tuple[str, ...]


@dataclass(frozen=True)
class TryOut:
    """Practice for anyone: every method is a pure reading of the state given."""

    editions: Editions
    signer: Signer
    now: Clock

    def start(self, module: str) -> Trial:
        """A fresh try at the current edition."""
        current = self.editions.current(module)
        seed, on = secrets.token_urlsafe(9), london_day(self.now()).isoformat()
        trial = Trial(current.id, seed, on, ())
        return replace(trial, replies=("",) * len(self._plan(current, trial)))

    def turn(self, trial: Trial, module: str, number: int) -> Turn:
        """One question, and its feedback once it is answered."""
        current, plan = self._opened(trial, module, number)
        planned, total = plan[number - 1], len(plan)
        question = current.questions[planned.question_id]
        reply, feedback, next_number = "", None, (number + 1 if number < total else None)
        if trial.replies[number - 1]:
            reply = question.read(tuple(trial.replies[number - 1]), planned.order)
            feedback = feedback_on(current, question, planned.order, reply)
            done = {n for n, given in enumerate(trial.replies, 1) if given}
            next_number = next_unanswered(number, total, done)
        return Turn(
            edition=current,
            mode=Mode.PRACTICE,
            number=number,
            total=total,
            question=question,
            order=planned.order,
            reply=reply,
            is_flagged=False,
            feedback=feedback,
            next_number=next_number,
        )

    def answer(self, trial: Trial, module: str, number: int, reply: Sequence[str]) -> Trial:
        """The state with one more answer; the first answer stands."""
        current, plan = self._opened(trial, module, number)
        planned = plan[number - 1]
        question = current.questions[planned.question_id]
        shown = "".join(question.shown(question.read(reply, planned.order), planned.order))
        before = trial.replies[number - 1]
        if before and before != shown:
            raise AlreadyAnswered("In practice your first answer stands.")
        replies = (*trial.replies[: number - 1], shown, *trial.replies[number:])
        return replace(trial, replies=replies)

    def result(self, trial: Trial, module: str) -> Result | None:
        """What the try showed; None while questions are open."""
        current, plan = self._opened(trial, module, 1)
        if not all(trial.replies):
            return None
        given = {
            number: current.questions[planned.question_id].read(tuple(reply), planned.order)
            for number, (planned, reply) in enumerate(zip(plan, trial.replies, strict=True), 1)
        }
        return result_of(current, Mode.PRACTICE, plan, given, None)

    def _opened(
        self, trial: Trial, module: str, number: int
    ) -> tuple[Edition, tuple[Planned, ...]]:
        current = self.editions.by_id(trial.edition_id)
        if current.module.id != module or not 1 <= number <= len(trial.replies):
            raise NotFound("There is no such question in this try. Start again from the module.")
        return current, self._plan(current, trial)

    def _plan(self, current: Edition, trial: Trial) -> tuple[Planned, ...]:
        rng = Random(self.signer.hash("try", str(trial.edition_id), trial.seed))
        plan = make_plan(current.module, Mode.PRACTICE, date.fromisoformat(trial.on), {}, rng)
        if plan is None:
            raise NotOffered("This questionnaire cannot be tried today. Its page says why.")
        return plan
