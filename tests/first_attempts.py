"""Attempts as if people had taken them, many at once: each of somebody who is new here."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert

from quizbot.editions.editions import Edition
from quizbot.rules.outcome import Marked, judge
from quizbot.service import Service
from quizbot.store.tables import answer, attempt, attempt_objective, new_id, person

Replies = Mapping[str, str]


def took(
    service: Service,
    edition: Edition,
    many: Sequence[Replies],
    *,
    mode: str = "assured",
    is_guest: bool = False,
    whose: Sequence[UUID] = (),
    at: datetime | None = None,
) -> list[UUID]:
    """One attempt each by these replies, judged as when handed in; whose they are."""
    people = list(whose) or [new_id() for _ in many]
    at = at or service.now()
    with service.database.writing() as connection:
        if not whose:
            connection.execute(
                insert(person),
                [
                    {"id": one, "name": "Made Up", "started_on": date(2026, 1, 5)}
                    | {"is_guest": is_guest, "sign_in_epoch": 0}
                    for one in people
                ],
            )
        for one, replies in zip(people, many, strict=True):
            _take(connection, edition, one, replies, mode, at)
    return people


def _take(connection, edition, person_id, replies, mode, at):
    asked = [(edition.questions[id_], reply) for id_, reply in replies.items()]
    marked = [Marked(q.objective, q.mark(reply).is_right, q.must_know) for q, reply in asked]
    outcome = judge(edition.module, marked)
    attempt_id = new_id()
    connection.execute(
        insert(attempt).values(
            id=attempt_id,
            person_id=person_id,
            module=edition.module.id,
            edition_id=edition.id,
            mode=mode,
            plan="[" + ", ".join(f'["{q.id}", "{q.letters}"]' for q, _ in asked) + "]",
            started_at=at,
            submitted_at=at,
            passed=outcome.passed if mode == "assured" else None,
            share=outcome.share if mode == "assured" else None,
        )
    )
    connection.execute(
        insert(answer),
        [
            {"attempt_id": attempt_id, "number": number, "question_id": q.id, "reply": reply}
            | {"objective": q.objective, "is_right": q.mark(reply).is_right, "flagged": False}
            | {"answered_at": at}
            for number, (q, reply) in enumerate(asked, 1)
        ],
    )
    connection.execute(
        insert(attempt_objective),
        [
            {"attempt_id": attempt_id, "objective": one.objective, "asked": one.asked}
            | {"right_count": one.right}
            for one in outcome.objectives
            if one.asked
        ],
    )
