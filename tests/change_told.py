"""Tea before and after a change of guidance: who passed without the rule, on the old one, since."""

from quizbot.rules.pick import Mode
from tests import made
from tests.changed import CHANGE, renew, with_changes

DECISION = {"change": "c1", "verdict": "stands", "why": "As it was."}


def with_change(service, **changes):
    """The same service, with this one change in its register."""
    return with_changes(service, {**CHANGE, **changes})


def publish(service, *, rests=True, is_new=False):
    """The tea module: both plain water questions rest on the rule, or none; with its own, or not.

    Every attempt has one of the water questions, and two of the leaves, which are the change's own.
    """
    by_objective = made.questions()
    for question in by_objective["water"][2:]:
        question["facts"] = ["X1"] if rests else ["T1"]
        question["decision"] = [DECISION] if rests else []
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
