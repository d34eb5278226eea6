"""A change of guidance made up for tests: a register with it, and tea before and after."""

from dataclasses import replace
from datetime import date

from questions.register import Register, RegisterSource, RuleChange
from quizbot.rules.pick import Mode
from quizbot.service import Service
from tests import made

START = date(2026, 12, 1)  # of the new rule; tests begin on 21 November
SOON = date(2027, 1, 31)
CHANGE = {
    "id": "c1",
    "source": "the-code",
    "from": "first",
    "to": "second",
    "in_force": START,
    "facts": ["X1"],
    "was": "Ask first.",
    "now": "Tell at once.",
    "matters": "Do not wait for an answer.",
    "kind": "reversed",
    "roles": ["all"],
    "doubt": "none",
    "date_doubt": "none",
}
DECISION = {"change": "c1", "verdict": "new", "why": "It asks the new rule."}


def with_change(service: Service, **changes: object) -> Service:
    """The same service, with this one change in its register."""
    change = RuleChange.model_validate({**CHANGE, **changes})
    edition = {"label": "second", "status": "in-force"}
    source = {
        "id": "the-code",
        "title": "The code",
        "publisher": "The office",
        "edition": [edition],
    }
    register = Register(
        sources={"the-code": RegisterSource.model_validate(source)},
        changes={change.id: change},
        files={change.id: "changes/code.toml"},
    )
    confirmations = replace(service.confirmations, register=lambda: register)
    acts = replace(service.changes, register=lambda: register, confirmations=confirmations)
    lines = replace(service.change_lines, changes=acts, confirmations=confirmations)
    desk = replace(service.desk, change_lines=lines)
    return replace(
        service, confirmations=confirmations, changes=acts, change_lines=lines, desk=desk
    )


def renew(questions):
    """These questions ask the new rule from now on."""
    for question in questions:
        question |= {"facts": ["X1"], "decision": [DECISION], "ask": "What is the rule today?"}
        question["option"][0]["misconception"] = "the-old-rule"


def publish(service, *, rests=True, is_new=False):
    """The tea module: both plain water questions rest on the rule, or none; with its own, or not.

    Every attempt has one of the water questions, and two of the leaves, which are the change's own.
    """
    by_objective = made.questions()
    for question in by_objective["water"][2:]:
        question["facts"] = ["X1"] if rests else ["T1"]
        question["decision"] = [{**DECISION, "verdict": "stands"}] if rests else []
    if is_new:
        renew(by_objective["leaves"])
    service.editions.publish([made.bank(by_objective=by_objective)], made.place())


def take(service, clock, person_id, wrong=()):
    """A whole attempt at tea, right but where an id begins with one of these."""
    clock.forward(minutes=1)
    attempts = service.attempts
    attempt_id = attempts.start(person_id, "tea", Mode.ASSURED)
    missed = 0
    for number in range(1, 5):
        turn = attempts.turn(person_id, attempt_id, number)
        reply = turn.question.shown(turn.question.key, turn.order)
        if turn.question.id.startswith(tuple(wrong)) and not missed:
            missed += 1
            reply = turn.question.shown("a", turn.order)
        attempts.answer(person_id, attempt_id, number, reply)
    attempts.submit(person_id, attempt_id)
    return attempt_id


def history(service, clock, people):
    """Bashir passed without the rule, Amina and Carys rested on it; now the new one is in force."""
    publish(service, rests=False)
    take(service, clock, people.bashir)
    publish(service)
    take(service, clock, people.amina)
    take(service, clock, people.carys)
    clock.forward(days=20)
    publish(service, is_new=True)
