"""Which steps of the ladder a duty has reached on a day."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from quizbot.config import read_settings
from quizbot.errors import Misconfigured
from quizbot.reminders.quiet import read_quiet
from quizbot.rules.due import Facts, Post, Request, Requirement, standing
from quizbot.rules.ladder import SHIPPED, reached, read_ladder

RULE, ASKED = UUID(int=1), UUID(int=2)
LADDER = read_ladder(SHIPPED)
WORKING_DAYS = read_quiet("none", "weekends, holidays").last_open_day


def d(text):
    return date.fromisoformat(text)


def request(made, due):
    return Facts(requests=(Request(ASKED, d(made), d(due)),))


def induction(**given):
    """Somebody who started on 5 January 2026, asked within six months and again every year."""
    rule = {"every_months": 12, "window_days": 60, **given}
    return Facts(
        posts=(Post("N/C", "Social worker", d("2026-01-05"), None, d("2026-01-05")),),
        requirements=(
            Requirement(
                id=RULE,
                unit="N",
                saved_on=d("2026-01-01"),
                in_force_from=d("2026-01-01"),
                within_months=6,
                **rule,
            ),
        ),
    )


def passed(facts, *days):
    return Facts(facts.posts, facts.requirements, passes=tuple(map(d, days)))


def diary(facts, first, last, ladder=LADDER):
    """Each day in between on which something new is reached, in the order of the days."""
    found, seen = [], set()
    day = d(first)
    while day <= d(last):
        for duty in standing(facts, day).duties:
            for one in reached(duty, day, ladder, WORKING_DAYS):
                if one not in seen:
                    seen.add(one)
                    found.append(f"{day} {one.step.name} {one.who}")
        day += timedelta(days=1)
    return found


def test_a_duty_from_its_making_to_long_after_its_day():
    assert diary(induction(), "2026-01-05", "2026-12-31") == [
        "2026-01-05 invitation person",
        "2026-04-05 halfway person",
        "2026-06-21 14-before person",
        "2026-07-03 due person",  # the Friday before Sunday the 5th
        "2026-07-06 1-after person",
        "2026-07-06 1-after manager",
        "2026-08-02 28-after lead",
    ]


def test_a_pass_and_its_renewal():
    facts = passed(induction(), "2026-03-02")

    assert diary(facts, "2026-03-02", "2027-04-30") == [
        "2027-01-01 renewal person",
        "2027-02-16 14-before person",
        "2027-03-02 due person",
        "2027-03-03 1-after person",
        "2027-03-03 1-after manager",
        "2027-03-30 28-after lead",
    ]


def test_without_a_window_two_weeks_before_the_end_are_told_all_the_same():
    facts = passed(induction(window_days=0), "2026-03-02")

    assert diary(facts, "2026-03-02", "2027-03-02") == [
        "2027-02-16 14-before person",
        "2027-03-02 due person",
    ]


def test_a_short_window_speaks_for_the_two_weeks():
    facts = passed(induction(window_days=20), "2026-03-02")

    assert diary(facts, "2026-03-02", "2027-03-01") == ["2027-02-10 renewal person"]


def test_once_is_enough_where_the_rule_does_not_ask_again():
    facts = passed(induction(every_months=None, window_days=0), "2026-03-02")

    assert diary(facts, "2026-03-02", "2030-01-01") == []


def test_a_pass_in_time_ends_it():
    facts = passed(induction(), "2026-05-04")

    assert diary(facts, "2026-05-05", "2026-12-31") == []


@pytest.mark.parametrize(
    ("due", "steps"),
    [
        ("2026-11-23", ["2026-11-23 invitation", "2026-11-23 due"]),
        ("2026-12-03", ["2026-11-23 invitation", "2026-12-03 due"]),
        ("2026-12-11", ["2026-11-23 invitation", "2026-12-02 halfway", "2026-12-11 due"]),
        ("2026-12-16", ["2026-11-23 invitation", "2026-12-02 14-before", "2026-12-16 due"]),
        ("2027-01-02", ["2026-11-23 invitation", "2026-12-19 14-before", "2026-12-31 due"]),
        (
            "2027-01-08",
            [
                "2026-11-23 invitation",
                "2026-12-16 halfway",
                "2026-12-25 14-before",
                "2027-01-08 due",
            ],
        ),
    ],
)
def test_no_two_nudges_come_close_together(due, steps):
    told = [
        line.rpartition(" ")[0] for line in diary(request("2026-11-23", due), "2026-11-23", due)
    ]

    assert told == steps


def test_what_is_due_at_christmas_is_told_before():
    told = diary(request("2026-12-01", "2026-12-28"), "2026-12-20", "2026-12-29")

    assert "2026-12-24 due person" in told
    assert "2026-12-29 1-after person" in told


def test_a_day_that_was_missed_is_made_up_for():
    (duty,) = standing(induction(), d("2026-09-30")).duties

    steps = {
        (one.step.name, one.who) for one in reached(duty, d("2026-09-30"), LADDER, WORKING_DAYS)
    }

    assert steps == {
        ("invitation", "person"),
        ("1-after", "person"),
        ("1-after", "manager"),
        ("28-after", "lead"),
    }


def test_a_new_day_is_a_new_ladder():
    before, after = (
        standing(request("2026-11-23", due), d("2026-11-24")).duties[0]
        for due in ("2026-12-31", "2027-01-31")
    )

    keys = {
        one.key(ASKED, UUID(int=9), "referrals")
        for duty in (before, after)
        for one in reached(duty, d("2026-11-24"), LADDER, WORKING_DAYS)
    }

    assert len(keys) == 2


def test_the_longest_key_fits_its_column():
    ladder = read_ladder("invitation, due, 365 days before to manager")
    (duty,) = standing(request("2026-01-01", "2026-12-31"), d("2026-12-31")).duties
    most = UUID(int=2**128 - 1)

    keys = [
        one.key(most, most, "m" * 64, most)
        for one in reached(duty, d("2026-12-31"), ladder, WORKING_DAYS)
    ]

    assert max(map(len, keys)) <= 200


# The setting


def test_a_ladder_of_ones_own():
    ladder = read_ladder(
        "Invitation, 30 days before to person and manager, due, 7 days after to manager and lead"
    )

    assert diary(request("2026-01-05", "2026-07-06"), "2026-01-05", "2026-08-01", ladder) == [
        "2026-01-05 invitation person",
        "2026-06-06 30-before person",
        "2026-06-06 30-before manager",
        "2026-07-06 due person",
        "2026-07-13 7-after manager",
        "2026-07-13 7-after lead",
    ]


@pytest.mark.parametrize(
    ("ladder", "words"),
    [
        (" , due", "is not a step"),
        ("invitation, due, soon", "'soon' is not a step"),
        ("invitation, due, 0 days before", "from 1 to 365"),
        ("invitation, due, 400 days after", "from 1 to 365"),
        ("invitation, due, 14 days before to everybody", "'everybody' is not one of"),
        ("invitation, due, due", "'due' is there twice"),
        ("invitation, due, halfway to lead", "for the person alone"),
        ("halfway, due", "`invitation` is missing"),
        ("invitation, 14 days before", "`due` or a number of days after is missing"),
        ("invitation, 3 days after to manager", "`due` or a number of days after is missing"),
    ],
)
def test_a_ladder_that_makes_no_sense_is_a_fault(ladder, words):
    with pytest.raises(Misconfigured, match="QUIZBOT_LADDER") as told:
        read_settings(_env_file=None, ladder=ladder)

    assert words in str(told.value)


def test_every_fault_of_a_ladder_is_told_at_once():
    with pytest.raises(Misconfigured) as told:
        read_settings(_env_file=None, ladder="invite, due, 900 days before, due", quiet_hours="x")

    for words in ("'invite'", "from 1 to 365", "'due' is there twice", "QUIZBOT_QUIET_HOURS"):
        assert words in str(told.value)
