"""How everybody stands to a change, read in one pass, is what the plain rule says of each."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import delete, insert, select

from questions.register import RuleChange
from quizbot.clock import london_day
from quizbot.rules.scope import met as scope_met
from quizbot.rules.scope import read_scope
from quizbot.rules.updates import ChangeHistory, Held, Took, held, met_on, strongest
from quizbot.standing.histories import Points, shown_on
from quizbot.standing.holdings import Whose, holdings
from quizbot.store.counted import PASSES, is_held_right, is_update
from quizbot.store.tables import (
    answer,
    attempt,
    attempt_withdrawn,
    dispensation,
    edition,
    new_id,
)
from tests import made
from tests.change_told import DECISION, publish
from tests.changed import CHANGE, renew
from tests.standing.test_changes import ALL

START = date(2026, 6, 10)
CHANCE = Random(26)


@pytest.fixture
def editions(service, clock):
    """Every edition there is: without the rule, resting on it, and with its own questions."""
    publish(service, rests=False)
    clock.forward(minutes=1)
    publish(service)
    clock.forward(minutes=1)
    by_objective = made.questions()
    for question in by_objective["water"][2:]:
        question |= {"facts": ["X1"], "decision": [DECISION]}
    renew(by_objective["leaves"])
    service.editions.publish([made.bank(by_objective=by_objective)], made.place())
    with service.database.reading() as connection:
        return list(connection.execute(select(edition.c.id)).scalars())


def make_up(connection, service, people, editions):
    """Up to five passes of each, some of them on one day, and what was recognised."""
    for table in (attempt_withdrawn, answer, attempt, dispensation):
        connection.execute(delete(table))
    for person_id in people:
        for _ in range(CHANCE.randrange(6)):
            made_up = a_pass(person_id, CHANCE.choice(editions))
            if CHANCE.random() < 0.2:
                made_up |= {"mode": "assured", "scope": f"{CHANGE['id']}:1 another:2"}
            connection.execute(insert(attempt).values(made_up))
            asked = service.editions.by_id(made_up["edition_id"]).module.questions
            connection.execute(
                insert(answer),
                [
                    {
                        "attempt_id": made_up["id"],
                        "number": number,
                        "question_id": question.id,
                        "objective": question.objective,
                        "reply": "a",
                        "is_right": CHANCE.random() < 0.7,
                        "flagged": False,
                    }
                    for number, question in enumerate(CHANCE.sample(asked, 3), 1)
                ],
            )
            if CHANCE.random() < 0.1:
                gone = {"attempt_id": made_up["id"], "withdrawn_at": made_up["submitted_at"]}
                connection.execute(insert(attempt_withdrawn).values(gone))
        if CHANCE.random() < 0.3:
            connection.execute(insert(dispensation).values(learned(person_id)))


def a_pass(person_id, edition_id):
    # Around the first day of the new rule, and around its midnight in London.
    at = datetime(2026, 6, 9, 22, 30, tzinfo=UTC) + timedelta(
        days=CHANCE.randrange(-2, 3), minutes=CHANCE.choice([0, 15, 45, 300])
    )
    return {
        "id": new_id(),
        "person_id": person_id,
        "module": "tea",
        "edition_id": edition_id,
        "mode": CHANCE.choice(["assured", "assured", "assured", "practice"]),
        "plan": "[]",
        "started_at": at,
        "submitted_at": at,
        "passed": CHANCE.random() < 0.9,
        "share": 0.9,
    }


def learned(person_id):
    return {
        "id": new_id(),
        "person_id": person_id,
        "module": CHANCE.choice([None, "tea"]),
        "kind": "learning",
        "made_on": START,
        "starts_on": START + timedelta(days=CHANCE.randrange(-3, 4)),
        "reason": "A course.",
        "withdrawn_on": CHANCE.choice([None, None, START]),
    }


def plain_history(connection, points, person_id):
    """What somebody passed, learned and updated, read question by question, for the pure rule."""
    passes = []
    whose = attempt.c.person_id == person_id
    taken = PASSES.add_columns(attempt.c.id, attempt.c.edition_id).where(whose)
    for row in connection.execute(taken):
        edition_points = points.in_edition(row.edition_id)
        right = answered(connection, row.id)
        own = [right[id_] for id_ in right if id_ in edition_points.own]
        passes.append(
            Took(
                row.module,
                london_day(row.submitted_at),
                rested=any(id_ in edition_points.touched for id_ in right),
                right=all(own) if own else None,
            )
        )
    updates = [
        london_day(row.submitted_at)
        for row in connection.execute(select(attempt).where(whose, is_update()))
        for right in (answered(connection, row.id),)
        if CHANGE["id"] in scope_met(read_scope(row.scope), [*right.values()])
    ]
    recognised = select(dispensation).where(
        dispensation.c.person_id == person_id, dispensation.c.withdrawn_on.is_(None)
    )
    learned_on = [(row.module or "", row.starts_on) for row in connection.execute(recognised)]
    return ChangeHistory(tuple(passes), tuple(learned_on), tuple(updates))


def answered(connection, attempt_id):
    """Whether each question of an attempt counts as right, in their order."""
    rows = select(answer.c.question_id, is_held_right().label("is_right"))
    rows = rows.where(answer.c.attempt_id == attempt_id).order_by(answer.c.number)
    return {row.question_id: row.is_right for row in connection.execute(rows)}


def test_it_says_what_the_plain_rule_says(service, people, editions):
    points = Points.of(RuleChange.model_validate({**CHANGE, "in_force": START}), service.editions)
    whose = Whose(ALL, (), service.standings.today())
    met: set[Held] = set()
    for _ in range(60):
        with service.database.writing() as connection:
            everybody = [s.person_id for s in holdings(connection, points, ("tea",), whose, START)]
            make_up(connection, service, everybody, editions)

        with service.database.reading() as connection:
            read = {
                stands.person_id: stands.held
                for stands in holdings(connection, points, ("tea",), whose, START)
            }
            history = {who: plain_history(connection, points, who) for who in everybody}
            shown = shown_on(connection, [points], ["tea"], everybody)

        plain = {who: held(mine, START) for who, mine in history.items()}
        days = {(CHANGE["id"], who): met_on(mine) for who, mine in history.items()}
        assert read == plain
        assert shown == {key: day for key, day in days.items() if day is not None}
        met |= {*plain.values()}
    assert met == {*Held}


def test_nobody_is_read_who_has_left_or_works_elsewhere(service, people, editions):
    points = Points.of(RuleChange.model_validate(CHANGE), service.editions)
    today = service.standings.today()
    service.staff.leave(people.efua, people.amina, today)
    day = today + timedelta(days=1)

    with service.database.reading() as connection:
        found = {
            stands.person_id
            for stands in holdings(
                connection, points, ("tea",), Whose("Northmoor/Council", (), day), START
            )
        }

    assert people.carys in found
    assert not found & {people.amina, people.bashir}


def test_the_strongest_of_the_modules_counts():
    assert strongest([Held.WITHOUT, Held.SINCE, Held.RESTED]) is Held.RESTED
    assert strongest([Held.WITHOUT, Held.SINCE]) is Held.SINCE
    assert strongest([Held.RESTED, Held.MET]) is Held.MET
    assert strongest([]) is Held.NOTHING
