"""Changes of guidance in the demonstration: one half confirmed, one just told, one taken back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from questions.kinds import Question
from questions.touching import is_own
from quizbot.clock import LONDON
from quizbot.editions.editions import Edition
from quizbot.errors import Refused
from quizbot.rules.pick import Mode, plan_for_changes
from quizbot.rules.scope import judge_update, write_scope
from quizbot.rules.updates import Whom
from quizbot.service import Service, open_service
from quizbot.standing.change_drafts import ChangeDraft
from quizbot.store.tables import answer, attempt, change_action, new_id, to_confirm

ASKED = "k02-duty-to-share"
TOLD = "k16-stronger-words"
TAKEN_BACK = "k09-care-leavers"
ASKED_AGO = timedelta(days=20)
READ = "The guidance itself, as published"


@dataclass(frozen=True)
class DemoGuidance:
    """Tells and asks as a lead would have; what the register does not allow today is left out."""

    service: Service
    rng: Random
    today: date
    unit: str
    lead: UUID
    waits: UUID  # whoever still has it to do

    def fill(self) -> None:
        """Ask, have half of them confirm; ask and take back; tell."""
        past = datetime.combine(self.today - ASKED_AGO, time(10), LONDON)
        then = open_service(self.service.settings, lambda: past, self.service.place)
        try:
            due_on = self.service.usual_due_on()
            asked = self._act(then, ASKED, due_on)
            if asked:
                self._confirm(asked)
            mistake = self._act(then, TAKEN_BACK, due_on)
            if mistake:
                why = "Asked of everybody by mistake: it concerns those who notify for a council."
                then.changes.withdraw(mistake, why, self.lead)
        finally:
            then.close()
        self._act(self.service, TOLD, None)

    def _act(self, service: Service, change: str, due_on: date | None) -> UUID | None:
        draft = ChangeDraft(
            change=change,
            unit=self.unit,
            due_on=due_on,
            whom=Whom.EVERYBODY if due_on else None,
            every_job=True,
            has_read=READ,
        )
        try:
            return service.changes.apply(draft, draft.fingerprint, self.lead)
        except Refused:  # years from now, or where the place says that it is not in force
            return None

    def _confirm(self, action_id: UUID) -> None:
        """Half of them take the update, a few of these a second time."""
        attempts: list[dict[str, Any]] = []
        answers: list[dict[str, Any]] = []
        with self.service.database.writing() as connection:
            module = connection.execute(
                select(change_action.c.asked_in).where(change_action.c.id == action_id)
            ).scalar_one()
            asked = connection.execute(
                select(to_confirm.c.person_id).where(to_confirm.c.action_id == action_id)
            ).scalars()
            edition = self.service.editions.current(module)
            for who in sorted(asked):
                if who == self.waits or self.rng.random() < 0.5:
                    continue
                back = self.rng.randrange(1, ASKED_AGO.days)
                for wrong in (1, 0) if self.rng.random() < 0.2 else (0,):
                    self._update(edition, who, back + wrong, wrong, attempts, answers)
            for table, rows in ((attempt, attempts), (answer, answers)):
                if rows:
                    connection.execute(insert(table), rows)

    def _update(
        self,
        edition: Edition,
        who: UUID,
        back: int,
        wrong: int,
        attempts: list[dict[str, Any]],
        answers: list[dict[str, Any]],
    ) -> None:
        """One update, with so many questions wrong."""
        # As on the day of the edition: its questions fall due for review, and history stays.
        drawn_on = edition.module.changes[-1].date
        plan, parts = plan_for_changes(edition.module, [ASKED], drawn_on, {}, self.rng)
        if not plan:
            return
        at = datetime.combine(self.today - timedelta(days=back), time(9), LONDON)
        attempt_id = new_id()
        right = [number >= wrong for number in range(len(plan))]
        outcome = judge_update(parts, right)
        attempts.append(
            {
                "id": attempt_id,
                "person_id": who,
                "module": edition.module.id,
                "edition_id": edition.id,
                "mode": Mode.ASSURED.value,
                "scope": write_scope(parts),
                "plan": json.dumps([(one.question_id, one.order) for one in plan]),
                "started_at": at - timedelta(minutes=3),
                "submitted_at": at,
                "passed": outcome.passed,
                "share": outcome.share,
            }
        )
        for number, (one, is_right) in enumerate(zip(plan, right, strict=True), 1):
            question = edition.questions[one.question_id]
            answers.append(
                {
                    "attempt_id": attempt_id,
                    "number": number,
                    "question_id": question.id,
                    "objective": question.objective,
                    "reply": question.key if is_right else _other(question),
                    "is_right": is_right,
                    "flagged": False,
                    "answered_at": at,
                }
            )


def _other(question: Question) -> str:
    """A reply of the right shape that is wrong."""
    if question.input == "one":
        return str(next(letter for letter in question.letters if letter != question.key))
    if question.input == "several":
        return str(next(one for one in question.letters if one != question.key))
    return question.key[::-1]


def without_new_rules(questions: tuple[Question, ...]) -> Iterator[Question]:
    """The questions of before: those left out that ask for a rule which came since."""
    for question in questions:
        if not any(is_own(question, decision.change) for decision in question.decisions):
            yield question
