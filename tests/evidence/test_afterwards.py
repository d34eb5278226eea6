"""Did it change practice? Who is asked, that an answer is nobody's, what the board says."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from quizbot.errors import Mend, NotFound, Refused
from quizbot.reminders.preferences import Chosen
from quizbot.rules.pick import Mode
from quizbot.store.tables import later_ask, later_count
from quizbot.work import Work
from tests.figures.test_confirmed import colleagues
from tests.outbox.wire import Wire
from tests.stored import rows

PASSED_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
ASKED_ON = date(2027, 1, 22)  # sixty days later, a Friday


@pytest.fixture
def asking(service):
    """The same service, where people are asked after sixty days."""
    return replace(service, afterwards=replace(service.afterwards, after=60))


def take(service, who):
    """A whole assured attempt at referrals with everything right."""
    attempts = service.attempts
    attempt_id = attempts.start(who, "referrals", Mode.ASSURED)
    for number in range(1, attempts.turn(who, attempt_id, 1).total + 1):
        turn = attempts.turn(who, attempt_id, number)
        attempts.answer(who, attempt_id, number, turn.question.shown(turn.question.key, turn.order))
    attempts.submit(who, attempt_id)


@pytest.fixture
def passed(asking, clock, people):
    """Amina and Bashir passed; sixty days have gone by."""
    clock.at = PASSED_AT
    take(asking, people.amina)
    take(asking, people.bashir)
    clock.at = datetime(2027, 1, 22, 9, tzinfo=UTC)
    return asking


@pytest.fixture
def asked(passed):
    list(passed.afterwards.run())
    return passed


def test_by_default_nobody_is_asked(service, clock, people):
    clock.at = PASSED_AT
    take(service, people.amina)
    clock.forward(days=60)

    assert list(service.afterwards.run()) == []
    assert rows(service, later_ask) == []
    assert service.afterwards.of(people.amina) == ()


def test_some_weeks_after_a_pass_people_are_asked_once(passed, clock, people):
    assert list(passed.afterwards.run()) == [2]
    clock.forward(days=1)
    assert list(passed.afterwards.run()) == []

    (one,) = passed.afterwards.of(people.amina)
    assert one.title == "Referrals"


def test_not_before_and_not_about_what_is_long_ago(passed, clock):
    clock.at = datetime(2027, 1, 21, 9, tzinfo=UTC)
    assert list(passed.afterwards.run()) == []
    clock.at = datetime(2027, 2, 22, 9, tzinfo=UTC)
    assert list(passed.afterwards.run()) == []


def test_who_has_left_is_not_asked(passed, clock, people):
    passed.staff.leave(people.efua, people.bashir, date(2027, 1, 21))

    assert list(passed.afterwards.run()) == [1]


def test_it_comes_with_the_message_of_the_day(passed, clock, people):
    wire = Wire()

    Work(passed, wire=wire).once()

    (mail,) = wire.to("amina")
    assert mail.subject == "Did it change practice? Referrals"
    (one,) = passed.afterwards.of(people.amina)
    assert f"/later/{one.id}" in mail.text
    assert "It is up to you." in mail.text


def test_who_wants_no_reminders_gets_no_message_of_it(passed, people):
    passed.preferences.choose(people.amina, Chosen(nudges=False))
    wire = Wire()

    Work(passed, wire=wire).once()

    assert wire.to("amina") == []
    assert len(wire.to("bashir")) == 1


def test_an_answer_is_counted_and_nothing_says_whose_it_was(asked, people):
    (one,) = asked.afterwards.of(people.amina)

    asked.afterwards.answer(people.amina, one.id, "used", "time")

    counts = [(row.month, row.agency, row.item, row.people) for row in rows(asked, later_count)]
    january, council = date(2027, 1, 1), "Northmoor/Council"
    assert sorted(counts) == [
        (january, council, "hindered:time", 1),
        (january, council, "used:used", 1),
    ]
    assert "person_id" not in later_count.c
    states = {row.person_id: row.state for row in rows(asked, later_ask)}
    assert states == {people.amina: "answered", people.bashir: "open"}


def test_it_is_answered_once(asked, people):
    (one,) = asked.afterwards.of(people.amina)
    asked.afterwards.answer(people.amina, one.id, "used", "time")

    with pytest.raises((NotFound, Refused)):
        asked.afterwards.answer(people.amina, one.id, "not-used", "time")
    assert sum(row.people for row in rows(asked, later_count)) == 2


def test_nobody_answers_for_somebody_else(asked, people):
    (one,) = asked.afterwards.of(people.amina)

    with pytest.raises(NotFound):
        asked.afterwards.answer(people.bashir, one.id, "used", "time")


@pytest.mark.parametrize(
    ("used", "hindered", "field"),
    [
        ("", "time", "used"),
        ("used", "", "hindered"),
        ("x", "time", "used"),
        ("used", "x", "hindered"),
    ],
)
def test_what_is_missing_is_said(asked, people, used, hindered, field):
    (one,) = asked.afterwards.of(people.amina)

    with pytest.raises(Mend) as refused:
        asked.afterwards.answer(people.amina, one.id, used, hindered)

    assert list(refused.value.faults) == [field]


def test_who_says_no_is_left_alone(asked, people):
    (one,) = asked.afterwards.of(people.amina)

    asked.afterwards.decline(people.amina, one.id)

    assert asked.afterwards.of(people.amina) == ()
    assert rows(asked, later_count) == []


def test_the_board_has_the_share_that_answered_and_withholds_small_numbers(asking, clock, people):
    clock.at = PASSED_AT
    many = colleagues(asking, 14)
    for who in (*many, people.amina):
        take(asking, who)
    clock.at = datetime(2027, 1, 22, 9, tzinfo=UTC)
    list(asking.afterwards.run())
    for who in many[:11]:
        (one,) = asking.afterwards.of(who)
        used = "used" if who in many[:6] else "not-come-up"
        asking.afterwards.answer(who, one.id, used, "nothing")

    asking.counting.month(ASKED_ON)

    view = asking.board.view(people.efua, module="referrals")
    words = {figure.label: [line.words for line in figure.all_lines] for figure in view.later}
    assert words["Answered, of those who were asked"] == [
        "About 12 of 14",
        "Withheld",
        "All but fewer than 5, of 14",
    ]
    used = "Have you used what it was about since then? Yes"
    assert words[used] == ["6 of 11", "Nobody asked", "6 of 11"]
    assert words["What got in the way? Time"][2] == "Fewer than 5, of 11"
    assert any("Did it change practice" in row[4] for row in view.rows())


def test_erasing_somebody_takes_away_that_they_were_asked(asked, people, clock):
    asked.staff.leave(people.efua, people.bashir, date(2027, 1, 21))
    clock.forward(days=1)

    asked.erasure.erase(people.bashir)

    assert {row.person_id for row in rows(asked, later_ask)} == {people.amina}


def test_it_is_in_the_copy_of_ones_own_data_without_an_answer(asked, people):
    (one,) = asked.afterwards.of(people.amina)
    asked.afterwards.answer(people.amina, one.id, "used", "time")

    held = {found.holding.title: found.shown for found in asked.own_data.held(people.amina)}

    (row,) = held["That you were asked whether it changed practice"].rows
    assert "answered" in row
    assert "used" not in row
