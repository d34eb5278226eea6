"""After two attempts within a day that were not passed, the next that counts waits."""

import pytest

from questions.bank import Bank
from quizbot.errors import NotOffered
from quizbot.rules import retakes
from quizbot.rules.pick import Mode
from tests import made

POT = made.place()


@pytest.fixture
def module(service):
    """A module with the waiting time that the shipped ones have."""
    found = made.module(retake_after_fails=2, retake_after_hours=20)
    service.editions.publish([Bank(found.id, found, ())], POT)
    return found


@pytest.fixture
def fails(service, amina):
    """Amina hands in an attempt without an answer."""

    def hand_in():
        service.attempts.submit(amina, service.attempts.start(amina, "tea", Mode.ASSURED))

    return hand_in


def passes(service, person_id):
    attempt_id = service.attempts.start(person_id, "tea", Mode.ASSURED)
    for number in range(1, 5):
        turn = service.attempts.turn(person_id, attempt_id, number)
        shown = turn.question.shown(turn.question.key, turn.order)
        service.attempts.answer(person_id, attempt_id, number, shown)
    service.attempts.submit(person_id, attempt_id)


def test_two_fails_within_a_day_wait_until_twenty_hours_later(service, amina, clock, module, fails):
    fails()
    assert not service.attempts.must_wait(amina, module)
    clock.forward(hours=2)
    fails()

    with pytest.raises(NotOffered) as refused:
        service.attempts.start(amina, "tea", Mode.ASSURED)

    words = str(refused.value)
    assert words == service.attempts.must_wait(amina, module)
    assert "You have not passed twice within a day" in words
    assert "waits until 07:00 on 22 November 2026. Practice is open meanwhile." in words
    assert service.attempts.start(amina, "tea", Mode.PRACTICE)
    clock.forward(hours=20)
    assert service.attempts.start(amina, "tea", Mode.ASSURED)


def test_two_fails_on_different_days_do_not_wait(service, amina, clock, module, fails):
    fails()
    clock.forward(hours=25)
    fails()

    assert not service.attempts.must_wait(amina, module)


def test_a_third_fail_within_a_day_of_the_second_waits_again(service, amina, clock, module, fails):
    fails()
    fails()
    clock.forward(hours=21)
    fails()

    assert service.attempts.must_wait(amina, module)


def test_a_pass_in_between_begins_anew(service, amina, clock, module, fails):
    fails()
    passes(service, amina)
    clock.forward(minutes=1)
    fails()

    assert not service.attempts.must_wait(amina, module)


def test_practice_is_never_counted(service, amina, module, fails):
    attempt_id = service.attempts.start(amina, "tea", Mode.PRACTICE)
    for number in range(1, 5):
        service.attempts.answer(amina, attempt_id, number, ("a",))
    fails()

    assert not service.attempts.must_wait(amina, module)


def test_an_attempt_that_is_open_is_gone_on_with(service, amina, module, fails):
    fails()
    open_id = service.attempts.start(amina, "tea", Mode.ASSURED)

    assert service.attempts.start(amina, "tea", Mode.ASSURED) == open_id


def test_one_fail_may_be_enough(service, amina):
    strict = made.module(retake_after_fails=1, retake_after_hours=24)
    service.editions.publish([Bank(strict.id, strict, ())], POT)
    service.attempts.submit(amina, service.attempts.start(amina, "tea", Mode.ASSURED))

    with pytest.raises(NotOffered, match="You did not pass, so the next attempt that counts"):
        service.attempts.start(amina, "tea", Mode.ASSURED)


def test_the_rule_is_told_in_words():
    assert retakes.rule(made.module(retake_after_hours=0)) == ""
    assert retakes.rule(made.module(retake_after_hours=20)) == (
        "Two attempts within a day that are not passed mean that the next one that counts waits"
        " 20 hours. Practice is always open."
    )
    assert retakes.rule(made.module(retake_after_hours=20, retake_after_fails=1)).startswith(
        "An attempt that is not passed means that the next one"
    )
