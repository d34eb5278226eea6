"""Taking a questionnaire: what is asked, what stands, what counts."""

import pytest
from sqlalchemy import select

from quizbot.errors import AlreadyAnswered, AlreadySubmitted, BadReply, NotFound
from quizbot.rules.pick import Mode
from quizbot.store.tables import attempt


def right(turn):
    """The letters on screen of the right answer."""
    return turn.question.shown(turn.question.key, turn.order)


def wrong(turn):
    """A reply on screen that is wrong, but is one."""
    if turn.question.menus:
        return right(turn)[::-1]
    # Where each option is right, one alone is too few.
    letter = next((x for x in turn.order if x not in turn.question.key), turn.question.key[0])
    return turn.question.shown(letter, turn.order)


def take(service, person_id, module="referrals", mode=Mode.ASSURED, wrong_at=()):
    """A whole attempt, with some answers wrong."""
    attempt = service.attempts.start(person_id, module, mode)
    total = service.attempts.turn(person_id, attempt, 1).total
    for number in range(1, total + 1):
        turn = service.attempts.turn(person_id, attempt, number)
        reply = wrong(turn) if number in wrong_at else right(turn)
        service.attempts.answer(person_id, attempt, number, reply)
    if mode is Mode.ASSURED:
        service.attempts.submit(person_id, attempt)
    return attempt


def test_a_double_start_gives_the_same_attempt(service, amina):
    first = service.attempts.start(amina, "referrals", Mode.ASSURED)

    assert service.attempts.start(amina, "referrals", Mode.ASSURED) == first


def test_practice_and_assured_are_two_attempts(service, amina):
    first = service.attempts.start(amina, "referrals", Mode.ASSURED)

    assert service.attempts.start(amina, "referrals", Mode.PRACTICE) != first


def test_in_practice_the_first_answer_stands(service, amina):
    attempt = service.attempts.start(amina, "referrals", Mode.PRACTICE)
    turn = service.attempts.turn(amina, attempt, 1)
    service.attempts.answer(amina, attempt, 1, right(turn))

    with pytest.raises(AlreadyAnswered):
        service.attempts.answer(amina, attempt, 1, wrong(turn))

    assert service.attempts.turn(amina, attempt, 1).feedback.is_right


def test_the_same_answer_again_shows_the_same_feedback(service, amina):
    attempt = service.attempts.start(amina, "referrals", Mode.PRACTICE)
    reply = wrong(service.attempts.turn(amina, attempt, 1))
    service.attempts.answer(amina, attempt, 1, reply)
    before = service.attempts.turn(amina, attempt, 1)

    service.attempts.answer(amina, attempt, 1, reply)

    assert service.attempts.turn(amina, attempt, 1) == before


def test_an_assured_attempt_tells_nothing_before_it_is_submitted(service, amina):
    attempt = service.attempts.start(amina, "referrals", Mode.ASSURED)
    service.attempts.answer(amina, attempt, 1, right(service.attempts.turn(amina, attempt, 1)))

    assert service.attempts.turn(amina, attempt, 1).feedback is None
    with pytest.raises(NotFound):
        service.attempts.result(amina, attempt)


def test_an_assured_answer_can_be_changed_and_flagged_until_it_is_submitted(service, amina):
    attempt = service.attempts.start(amina, "referrals", Mode.ASSURED)
    turn = service.attempts.turn(amina, attempt, 1)
    service.attempts.answer(amina, attempt, 1, wrong(turn), flagged=True)
    service.attempts.answer(amina, attempt, 1, right(turn))
    service.attempts.submit(amina, attempt)

    assert service.attempts.result(amina, attempt).told[0].feedback.is_right
    with pytest.raises(AlreadySubmitted):
        service.attempts.answer(amina, attempt, 1, wrong(turn))


def test_a_flag_without_an_answer_is_kept(service, amina):
    attempt = service.attempts.start(amina, "referrals", Mode.ASSURED)

    service.attempts.answer(amina, attempt, 2, (), flagged=True)

    lines = service.attempts.review(amina, attempt).lines
    assert lines[1].state == "flagged, unanswered"
    assert lines[0].state == "unanswered"


def test_an_unanswered_question_counts_as_wrong(service, amina):
    attempt = service.attempts.start(amina, "referrals", Mode.ASSURED)

    service.attempts.submit(amina, attempt)

    result = service.attempts.result(amina, attempt)
    assert result.outcome.right == 0
    assert not result.outcome.passed
    assert not any(told.feedback.is_answered for told in result.told)


def test_all_right_is_a_pass_and_shows_every_objective(service, amina):
    result = service.attempts.result(amina, take(service, amina))

    assert result.outcome.passed
    assert all(objective.is_shown for objective in result.outcome.objectives)


def test_a_missed_must_know_is_no_pass_however_high_the_share(service, amina):
    attempt = service.attempts.start(amina, "referrals", Mode.ASSURED)
    turns = [service.attempts.turn(amina, attempt, n) for n in range(1, 15)]
    must = next(turn for turn in turns if turn.question.must_know)
    for turn in turns:
        reply = wrong(turn) if turn is must else right(turn)
        service.attempts.answer(amina, attempt, turn.number, reply)
    service.attempts.submit(amina, attempt)

    outcome = service.attempts.result(amina, attempt).outcome
    assert outcome.right == 13
    assert not outcome.passed
    assert len(outcome.must_knows_missed) == 1
    assert "essential point" in outcome.why


def test_somebody_elses_attempt_is_not_found(service, amina, bashir):
    attempt = take(service, amina)

    for look in (
        lambda: service.attempts.turn(bashir, attempt, 1),
        lambda: service.attempts.answer(bashir, attempt, 1, ("a",)),
        lambda: service.attempts.review(bashir, attempt),
        lambda: service.attempts.submit(bashir, attempt),
        lambda: service.attempts.result(bashir, attempt),
        lambda: service.attempts.where(bashir, attempt),
    ):
        with pytest.raises(NotFound):
            look()


@pytest.mark.parametrize("reply", [(), ("z",), ("",), ("a", "b"), ("\ud800",), ("\0",)])
def test_a_reply_that_is_none_is_told_and_changes_nothing(service, amina, reply):
    attempt = service.attempts.start(amina, "referrals", Mode.PRACTICE)
    number = next(
        n
        for n in range(1, 15)
        if service.attempts.turn(amina, attempt, n).question.kind == "one-of"
    )

    with pytest.raises(BadReply, match="Select"):
        service.attempts.answer(amina, attempt, number, reply)

    assert service.attempts.turn(amina, attempt, number).reply == ""


@pytest.mark.parametrize("number", [0, 15, 10**9, -1, 10**20, -(10**20)])
def test_a_number_out_of_range_is_not_found(service, amina, number):
    attempt = service.attempts.start(amina, "referrals", Mode.PRACTICE)

    with pytest.raises(NotFound):
        service.attempts.turn(amina, attempt, number)
    with pytest.raises(NotFound):
        service.attempts.answer(amina, attempt, number, ("a",))


def test_practice_closes_itself_with_the_last_answer(service, amina):
    attempt = take(service, amina, mode=Mode.PRACTICE)

    assert service.attempts.result(amina, attempt).is_practice
    assert service.attempts.start(amina, "referrals", Mode.PRACTICE) != attempt


def test_what_was_not_seen_comes_first(service, amina):
    met = [
        {told.question.id for told in service.attempts.result(amina, take(service, amina)).told}
        for _ in range(3)
    ]

    asked = service.editions.current("referrals").module.asked
    pairs = {frozenset((question.id, other)) for question in asked for other in question.not_with}
    assert not met[0] & met[1]
    # What is left for the third may hold two that give each other away: then one comes again.
    assert len((met[0] | met[1]) & met[2]) <= len(pairs)


def test_what_was_left_open_for_thirty_days_is_closed(service, amina, clock):
    attempt = service.attempts.start(amina, "referrals", Mode.ASSURED)
    clock.forward(days=31)

    assert service.attempts.start(amina, "referrals", Mode.ASSURED) != attempt
    with pytest.raises(AlreadySubmitted):
        service.attempts.answer(amina, attempt, 1, ("a",))


def test_a_second_submit_changes_nothing(service, amina, clock):
    attempt = take(service, amina)
    before = service.attempts.result(amina, attempt)
    clock.forward(hours=1)

    service.attempts.submit(amina, attempt)

    assert service.attempts.result(amina, attempt) == before


def test_practice_leaves_no_verdict_that_anything_could_count(service, people):
    attempt_id = service.attempts.start(people.amina, "referrals", Mode.PRACTICE)
    for number in range(1, 15):
        turn = service.attempts.turn(people.amina, attempt_id, number)
        right = tuple(turn.question.shown(turn.question.key, turn.order))
        service.attempts.answer(people.amina, attempt_id, number, right)

    with service.database.reading() as connection:
        row = connection.execute(select(attempt).where(attempt.c.id == attempt_id)).one()
    assert row.submitted_at
    assert (row.passed, row.share) == (None, None)
    assert service.attempts.result(people.amina, attempt_id).outcome.passed
