"""Teams that have taken a questionnaire, and what they met in it."""

from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from quizbot.rules.pick import Mode
from quizbot.store.tables import attempt, attempt_misconception, attempt_objective, new_id, person

HEAD = "staff_ref,name,email,unit,job,started_on,manager\n"


def import_team(service, tmp_path) -> list[UUID]:
    """Eight people of Carys's besides Amina."""
    file = tmp_path / "more.csv"
    lines = [
        f"T{n},Person {n:02},,Northmoor/Council/Assessment,Social worker,2026-01-05,N3\n"
        for n in range(8)
    ]
    file.write_text(HEAD + "".join(lines))
    service.people.import_file(file)
    with service.database.reading() as connection:
        found = connection.execute(
            select(person.c.id).where(person.c.name.startswith("Person")).order_by(person.c.name)
        )
        return list(found.scalars())


def asking_about(module, objective):
    """The first question in which a misconception about an objective can be met."""
    return next(q for q in module.asked if q.objective == objective and q.beliefs())


def take(service, person_id, missed=(), met=False):
    """Write down an attempt: areas that were not shown, and a misconception met in the first."""
    edition = service.editions.current("referrals")
    attempt_id = new_id()
    areas = [
        {
            "attempt_id": attempt_id,
            "objective": objective,
            "asked": 2,
            "right_count": 1 if objective in missed else 2,
        }
        for objective in edition.module.objectives
    ]
    with service.database.writing() as connection:
        connection.execute(
            insert(attempt).values(
                id=attempt_id,
                person_id=person_id,
                module="referrals",
                edition_id=edition.id,
                mode=Mode.ASSURED.value,
                plan="[]",
                started_at=service.now(),
                submitted_at=service.now(),
                passed=not missed,
                share=1 - len(missed) / 14,
            )
        )
        connection.execute(insert(attempt_objective), areas)
        if met:
            question = asking_about(edition.module, missed[0])
            connection.execute(
                insert(attempt_misconception).values(
                    attempt_id=attempt_id,
                    question_id=question.id,
                    misconception=question.beliefs()[0],
                )
            )


@pytest.fixture
def team(service, people, tmp_path) -> list[UUID]:
    return import_team(service, tmp_path)


@pytest.fixture
def took(service):
    return partial(take, service)


@pytest.fixture
def says(service) -> str:
    """The misconception that those who met one about consent met."""
    module = service.editions.current("referrals").module
    return module.misconceptions[asking_about(module, "consent").beliefs()[0]]
