"""Practice in a chat without an account: one at a time, and gone when it ends or after a day."""

import pytest

from quizbot.access import ChatKey
from quizbot.errors import AlreadyAnswered, NotFound, NotOffered
from quizbot.rules.pick import Mode
from quizbot.store.tables import answer, attempt
from tests.stored import rows

CHAT, OTHER = ChatKey("c" * 64), ChatKey("d" * 64)


def take(service, chat, attempt_id):
    for number in range(1, 15):
        turn = service.attempts.turn(chat, attempt_id, number)
        reply = turn.question.shown(turn.question.key, turn.order)
        service.attempts.answer(chat, attempt_id, number, reply)


def test_a_chat_takes_practice_and_then_nothing_is_left_of_it(service):
    attempt_id = service.attempts.start(CHAT, "referrals", Mode.PRACTICE)
    assert service.attempts.start(CHAT, "referrals", Mode.PRACTICE) == attempt_id
    take(service, CHAT, attempt_id)
    assert service.attempts.result(CHAT, attempt_id).outcome.right == 14

    service.attempts.forget_try(CHAT)

    assert rows(service, attempt) == []
    assert rows(service, answer) == []


def test_an_open_try_is_not_forgotten(service):
    attempt_id = service.attempts.start(CHAT, "referrals", Mode.PRACTICE)

    service.attempts.forget_try(CHAT)

    assert service.attempts.where(CHAT, attempt_id) == 1


def test_nothing_of_a_chat_counts(service):
    with pytest.raises(NotOffered):
        service.attempts.start(CHAT, "referrals", Mode.ASSURED)


def test_a_try_is_that_chats_alone(service, amina):
    attempt_id = service.attempts.start(CHAT, "referrals", Mode.PRACTICE)

    for who in (OTHER, amina):
        with pytest.raises(NotFound):
            service.attempts.turn(who, attempt_id, 1)
        with pytest.raises(NotFound):
            service.attempts.answer(who, attempt_id, 1, ("a",))
        with pytest.raises(NotFound):
            service.attempts.result(who, attempt_id)
    of_amina = service.attempts.start(amina, "referrals", Mode.PRACTICE)
    with pytest.raises(NotFound):
        service.attempts.turn(CHAT, of_amina, 1)


def test_after_a_day_a_try_is_gone(service, clock):
    attempt_id = service.attempts.start(CHAT, "referrals", Mode.PRACTICE)
    clock.forward(days=1, seconds=1)

    with pytest.raises(NotFound):
        service.attempts.turn(CHAT, attempt_id, 1)
    assert service.attempts.of(CHAT) == []
    again = service.attempts.start(CHAT, "referrals", Mode.PRACTICE)
    assert [row.id for row in rows(service, attempt)] == [again]
    clock.forward(days=1, seconds=1)
    service.attempts.abandon_old()
    assert rows(service, attempt) == []


def test_a_flag_leaves_the_answer_as_it_is(service, amina):
    attempt_id = service.attempts.start(amina, "referrals", Mode.ASSURED)
    turn = service.attempts.turn(amina, attempt_id, 1)
    reply = turn.question.shown(turn.question.key, turn.order)
    service.attempts.answer(amina, attempt_id, 1, reply)

    service.attempts.flag(amina, attempt_id, 1, flagged=True)
    turn = service.attempts.turn(amina, attempt_id, 1)
    assert (turn.shown_reply, turn.is_flagged) == (reply, True)
    service.attempts.answer(amina, attempt_id, 1, reply, flagged=None)
    assert service.attempts.turn(amina, attempt_id, 1).is_flagged
    service.attempts.flag(amina, attempt_id, 1, flagged=False)
    turn = service.attempts.turn(amina, attempt_id, 1)
    assert (turn.shown_reply, turn.is_flagged) == (reply, False)


def test_a_question_without_an_answer_is_flagged_and_unflagged(service, amina):
    attempt_id = service.attempts.start(amina, "referrals", Mode.ASSURED)

    service.attempts.flag(amina, attempt_id, 2, flagged=False)
    service.attempts.flag(amina, attempt_id, 2, flagged=True)

    assert service.attempts.review(amina, attempt_id).lines[1].state == "flagged, unanswered"


def test_practice_has_no_flags_and_its_first_answer_stands(service, amina):
    attempt_id = service.attempts.start(CHAT, "referrals", Mode.PRACTICE)
    with pytest.raises(NotFound):
        service.attempts.flag(CHAT, attempt_id, 1, flagged=True)
    turn = service.attempts.turn(CHAT, attempt_id, 1)
    right = turn.question.shown(turn.question.key, turn.order)
    service.attempts.answer(CHAT, attempt_id, 1, right)

    other = right[::-1] if turn.question.menus else ("a",) if right != ("a",) else ("b",)
    with pytest.raises(AlreadyAnswered):
        service.attempts.answer(CHAT, attempt_id, 1, other)
