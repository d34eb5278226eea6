"""What a course is told of results: by whom, once, as the verdict is, and again where it failed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from quizbot.rules.pick import Mode
from quizbot.store.tables import attempt, lti_link, outgoing
from quizbot.work import Work
from tests.lti.conftest import come_in, drafted, fault, launched, opened
from tests.lti.learning_system import TEACHER, running

REFERRALS = {"module": "referrals", "mode": "assured"}


@pytest.fixture
def activity(connected):
    """An activity that is the questionnaire on referrals, and has a grade."""
    connected.custom = REFERRALS
    return connected


@pytest.fixture
def amina_there(anyone, activity):
    """Amina, come in from it once."""
    come_in(anyone, activity)
    return activity


def hand_in(service, who, *, wrong=(), misses_must=False):
    """Take the questionnaire whole; `wrong` numbers are answered wrongly."""
    taken = service.attempts.start(who, "referrals", Mode.ASSURED)
    total = service.attempts.turn(who, taken, 1).total
    for number in range(1, total + 1):
        turn = service.attempts.turn(who, taken, number)
        question = turn.question
        right = question.shown(question.key, turn.order)
        is_missed = misses_must and question.must_know is not None
        misses_must = misses_must and not is_missed
        reply = right
        if number in wrong or is_missed:
            others = [letter for letter in question.letters if letter not in right]
            reply = right[::-1] if len(right) == len(question.letters) > 1 else (others[0],)
        service.attempts.answer(who, taken, number, reply)
    service.attempts.submit(who, taken)
    return taken


def rows(service):
    with service.database.reading() as connection:
        found = connection.execute(select(outgoing.c.kind, outgoing.c.state)).all()
    return sorted((row.kind, row.state) for row in found)


def test_a_pass_is_told_to_the_course_as_its_services_have_it(service, people, amina_there):
    hand_in(service, people.amina)

    assert service.scores.send_some() == 1

    (told,) = amina_there.scores
    assert told.pop("timestamp").startswith("20")
    assert told == {
        "userId": "17",
        "scoreGiven": 100.0,
        "scoreMaximum": 100,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "comment": "Passed",
    }
    assert service.scores.send_some() == 0


def test_whoever_came_from_nowhere_is_told_of_to_nobody(service, people, amina_there):
    hand_in(service, people.bashir)

    assert service.scores.send_some() == 0
    assert rows(service) == []


def test_practice_is_told_to_nobody(anyone, service, people, activity):
    activity.custom = {"module": "referrals", "mode": "practice"}
    come_in(anyone, activity)
    hand_in(service, people.amina)

    assert rows(service) == []


@pytest.mark.parametrize("change", ["teaches", "has no grade"])
def test_where_no_grade_is_kept_nothing_is_told(anyone, service, people, activity, change):
    if change == "teaches":
        activity.roles = [TEACHER]
    else:
        activity.is_graded = False
    come_in(anyone, activity)

    hand_in(service, people.amina)

    assert rows(service) == []


def test_who_missed_an_essential_point_stays_below_the_mark_there(service, people, amina_there):
    hand_in(service, people.amina, misses_must=True)

    service.scores.send_some()

    (told,) = amina_there.scores
    mark = service.editions.current("referrals").module.pass_share * 100
    assert told["comment"] == "Not passed"
    assert told["scoreGiven"] == pytest.approx(mark - 1)


def test_the_worker_tells_it(service, people, amina_there):
    hand_in(service, people.amina)

    assert Work(service).once() >= 1

    assert len(amina_there.scores) == 1


def test_a_score_whose_answer_was_lost_is_sent_again_and_counts_once(
    service, people, clock, amina_there
):
    hand_in(service, people.amina)
    amina_there.score_status = [200]
    service.scores.send_some()
    with service.database.writing() as connection:  # as if we had been killed before we noted it
        connection.execute(outgoing.update().values(state="queued", done_at=None))

    assert service.scores.send_some() == 1

    assert len(amina_there.scores) == 1
    assert rows(service) == [("passed", "sent")]


@pytest.mark.parametrize("status", [500, 503, 408, 403])
def test_what_is_not_taken_now_is_tried_again(service, people, clock, amina_there, status):
    hand_in(service, people.amina)
    amina_there.score_status = [status]

    first = service.scores.send_some()
    at_once = service.scores.send_some()
    clock.forward(seconds=11)
    later = service.scores.send_some()

    assert (first, at_once, later) == (0, 0, 1)
    assert len(amina_there.scores) == 1


def test_a_course_that_is_amiss_holds_up_no_other(service, people, fresh_browser, activity):
    come_in(fresh_browser(), activity)
    activity.user, activity.email = "18", "bashir@northmoor.example"
    come_in(fresh_browser(), activity)
    hand_in(service, people.amina)
    # Not by a second: a token of a time to come is refused there, by the clock of the machine.
    service.now.forward(milliseconds=20)
    hand_in(service, people.bashir)
    activity.score_status = [500]

    assert service.scores.send_some() == 1

    assert [one["userId"] for one in activity.scores] == ["18"]


def test_a_system_that_asks_for_quiet_is_left_alone_for_so_long(
    service, people, clock, amina_there
):
    hand_in(service, people.amina)
    amina_there.score_status, amina_there.retry_after = [429], "600"
    service.scores.send_some()
    clock.forward(seconds=590)

    assert service.scores.send_some() == 0
    clock.forward(seconds=11)
    assert service.scores.send_some() == 1


@pytest.mark.parametrize("status", [400, 404, 422])
def test_what_will_never_be_taken_is_given_up_and_told(service, people, amina_there, status):
    hand_in(service, people.amina)
    amina_there.score_status = [status]

    service.scores.send_some()

    assert rows(service) == [("passed", "failed")]
    assert f"status {status}" in fault(service)
    (line,) = [one for one in service.connected.all() if one.name.startswith("lti:")]
    assert "1 score was refused" in line.advice


def test_nothing_is_tried_for_longer_than_a_week(service, people, clock, amina_there):
    hand_in(service, people.amina)
    amina_there.score_status = [500] * 9
    clock.forward(days=8)

    service.scores.send_some()

    assert rows(service) == [("passed", "failed")]


def test_a_token_that_was_ended_is_renewed_at_once(service, people, amina_there):
    hand_in(service, people.amina)
    amina_there.ends_tokens = True

    assert service.scores.send_some() == 1

    assert amina_there.asked.count("/token") == 2


def test_one_token_does_for_many_scores(service, people, fresh_browser, activity):
    come_in(fresh_browser(), activity)
    hand_in(service, people.amina)
    service.scores.send_some()
    service.now.forward(minutes=10)
    hand_in(service, people.amina)
    service.scores.send_some()

    assert activity.asked.count("/token") == 1
    assert len(activity.scores) == 2


def test_where_no_token_is_given_the_operator_is_told(service, people, clock, amina_there):
    hand_in(service, people.amina)
    amina_there.token_status = 401

    assert service.scores.send_some() == 0

    assert fault(service) == "It gave no token for scores, with status 401 (invalid_client)."
    assert rows(service) == [("passed", "queued")]


def test_a_pass_that_is_taken_back_is_taken_back_there(service, people, clock, amina_there):
    taken = hand_in(service, people.amina)
    service.scores.send_some()
    clock.forward(minutes=1)

    service.withdrawals.withdraw(people.efua, people.amina, taken, "She was helped.")
    service.scores.send_some()

    last = amina_there.scores[-1]
    assert "scoreGiven" not in last
    assert last["gradingProgress"] == "NotReady"


def test_where_another_result_stands_that_is_told_instead(service, people, clock, amina_there):
    hand_in(service, people.amina)
    service.scores.send_some()
    clock.forward(minutes=1)
    again = hand_in(service, people.amina, wrong=(1, 2, 3, 4, 5, 6))
    service.scores.send_some()
    clock.forward(minutes=1)

    service.withdrawals.withdraw(people.efua, people.amina, again, "She was ill.")
    service.scores.send_some()

    assert [one["comment"] for one in amina_there.scores] == ["Passed", "Not passed", "Passed"]


def test_a_pass_not_yet_told_that_is_taken_back_is_never_told(service, people, amina_there):
    taken = hand_in(service, people.amina)

    service.withdrawals.withdraw(people.efua, people.amina, taken, "She was helped.")

    assert service.scores.send_some() == 0
    assert rows(service) == [("passed", "cancelled")]


def test_a_score_is_sent_to_no_other_machine(anyone, service, people, activity):
    item = {"scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
            "lineitem": "http://10.0.0.1/scores"}  # fmt: skip
    activity.is_graded = False
    activity.more = {"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": item}

    page = come_in(anyone, activity)

    assert page.path == "/modules/referrals"
    assert "not among the machines" in fault(service)
    with service.database.reading() as connection:
        assert connection.execute(select(lti_link.c.id)).all() == []


def test_a_connection_that_is_ended_is_told_nothing_more(service, people, amina_there):
    hand_in(service, people.amina)
    (platform,) = service.platforms.all()

    service.platforms.end(people.efua, platform.platform_id)

    assert service.scores.send_some() == 0
    assert rows(service) == [("passed", "cancelled")]
    with service.database.reading() as connection:
        assert connection.execute(select(attempt.c.id)).first() is not None


def test_two_systems_are_each_told(fresh_browser, service, people, activity):
    with running(client_id="another", key=2, tool_keys=service.own_keys.published) as other:
        service.platforms.add(people.efua, drafted(other, title="Another"))
        other.custom = REFERRALS
        come_in(fresh_browser(), activity)
        come_in(fresh_browser(), other)
        hand_in(service, people.amina)

        service.scores.send_some()

        assert len(activity.scores) == len(other.scores) == 1


def test_an_activity_opened_twice_at_once_is_one(fresh_browser, service, people, activity):
    first, second = fresh_browser(), fresh_browser()
    addresses = launched(first, activity), launched(second, activity)

    opened(first, addresses[0])
    opened(second, addresses[1])
    hand_in(service, people.amina)

    assert service.scores.send_some() == 1


def test_a_clock_of_ours_that_is_some_seconds_ahead_ends_no_score(
    service, people, amina_there, clock
):
    """The learning system allows for no difference: see findings/."""
    hand_in(service, people.amina)
    clock.at = datetime.now(UTC) + timedelta(seconds=7)

    assert service.scores.send_some() == 1
    assert len(amina_there.scores) == 1


def test_a_key_of_ours_is_renewed_once_a_year_and_the_old_one_published_for_a_while(service, clock):
    first = service.own_keys.published()["keys"]
    clock.forward(days=366)
    second = service.own_keys.published()["keys"]
    clock.forward(days=40)
    third = service.own_keys.published()["keys"]

    assert [len(first), len(second), len(third)] == [1, 2, 1]
    assert third[0]["kid"] == second[0]["kid"] != first[0]["kid"]
    assert set(first[0]) == {"kid", "use", "alg", "kty", "n", "e"}
