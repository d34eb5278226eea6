"""When messages that can wait may leave."""

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from quizbot.config import read_settings
from quizbot.errors import Misconfigured
from quizbot.reminders.quiet import read_quiet
from quizbot.standing.working_days import is_bank_holiday

SHIPPED = read_quiet("19:00-08:00", "weekends, holidays")


@pytest.mark.parametrize(
    ("utc", "leaves"),
    [
        ("2026-11-23 07:59", False),  # a Monday in winter: London is at UTC
        ("2026-11-23 08:00", True),
        ("2026-11-23 18:59", True),
        ("2026-11-23 19:00", False),
        ("2026-11-23 23:59", False),
        ("2026-07-06 06:59", False),  # a Monday in summer: an hour ahead
        ("2026-07-06 07:00", True),
        ("2026-07-06 17:59", True),
        ("2026-07-06 18:00", False),
        ("2026-10-23 07:30", True),  # the Friday before the clocks go back, and the Monday after
        ("2026-10-26 07:30", False),
        ("2026-11-21 12:00", False),  # Saturday
        ("2026-11-22 12:00", False),  # Sunday
        ("2026-12-24 12:00", True),
        ("2026-12-25 12:00", False),
        ("2026-12-28 12:00", False),  # for Boxing Day, a Saturday
        ("2026-12-29 12:00", True),
        ("2027-03-29 12:00", False),  # Easter Monday
        ("2027-11-30 12:00", True),  # St Andrew's Day: Scotland's
    ],
)
def test_messages_leave_by_day_on_working_days(utc, leaves):
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)

    assert SHIPPED.allows(at) is leaves


def test_hours_may_lie_within_one_day_or_be_none():
    lunch, never = read_quiet("12:00-13:30", "none"), read_quiet("none", "none")
    noon = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    assert not lunch.allows(noon)
    assert lunch.allows(noon.replace(hour=14))
    assert never.allows(noon)


@pytest.mark.parametrize(
    ("days", "saturday", "christmas"),
    [
        ("none", True, True),
        ("weekends", False, True),
        ("holidays", True, False),
        ("Holidays , weekends", False, False),
    ],
)
def test_which_days_are_quiet_can_be_chosen(days, saturday, christmas):
    quiet = read_quiet("none", days)

    assert quiet.is_open_day(date(2026, 11, 21)) is saturday
    assert quiet.is_open_day(date(2026, 12, 25)) is christmas


def test_the_last_open_day_before_the_holidays():
    assert SHIPPED.last_open_day(date(2026, 12, 28)) == date(2026, 12, 24)
    assert SHIPPED.last_open_day(date(2026, 12, 29)) == date(2026, 12, 29)


def test_only_englands_holidays_count():
    assert is_bank_holiday(date(2026, 8, 31))
    assert not is_bank_holiday(date(2026, 8, 3))  # Scotland's


@pytest.mark.parametrize("given", ["25:00-08:00", "19:00", "8-9", "08:00-08:00"])
def test_hours_that_no_clock_shows_are_a_fault(given):
    with pytest.raises(Misconfigured, match="QUIZBOT_QUIET_HOURS"):
        read_settings(_env_file=None, quiet_hours=given)


@pytest.mark.parametrize("given", ["sundays", "none, weekends"])
def test_days_that_are_not_known_are_a_fault(given):
    with pytest.raises(Misconfigured, match="QUIZBOT_QUIET_DAYS"):
        read_settings(_env_file=None, quiet_days=given)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ("weekends, holidays", "on working days"),
        ("weekends", "from Monday to Friday"),
        ("holidays", "on every day but bank holidays"),
        ("none", "on every day of the week"),
    ],
)
def test_the_days_on_which_messages_leave_are_told_as_they_are_set(days, words):
    assert read_quiet("19:00-08:00", days).open_days == words


def test_who_asks_for_a_working_day_does_not_load_the_holidays_of_the_world():
    asking = (
        "import sys; from datetime import date\n"
        "from quizbot.standing.working_days import working_day\n"
        "print(working_day(date(2026, 12, 25)), 'holidays' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", asking], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["2026-12-29", "False"]
