"""Days are London's, from their first moment to their last."""

from datetime import UTC, date, datetime

from quizbot.clock import day_begins, has_ended, london_day


def test_a_day_begins_when_london_says_so():
    assert day_begins(date(2026, 1, 1)) == datetime(2026, 1, 1, tzinfo=UTC)
    assert day_begins(date(2026, 7, 2)) == datetime(2026, 7, 1, 23, tzinfo=UTC)
    assert day_begins(date(2026, 10, 25), 1) == datetime(2026, 10, 26, tzinfo=UTC)


def test_an_instant_is_of_the_day_that_began_last():
    assert london_day(datetime(2026, 7, 1, 23, tzinfo=UTC)) == date(2026, 7, 2)
    assert london_day(datetime(2026, 7, 1, 22, 59, tzinfo=UTC)) == date(2026, 7, 1)


def test_a_last_day_counts_itself():
    assert not has_ended(None, date(2026, 7, 2))
    assert not has_ended(date(2026, 7, 2), date(2026, 7, 2))
    assert has_ended(date(2026, 7, 1), date(2026, 7, 2))
