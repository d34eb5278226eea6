"""The week of two million people adds up."""

import pytest

from tools.week import DAYS, HOURS, SECONDS, machines, mean_stay, packed, page, parted, queue, week


def test_everybody_comes_once_and_in_the_same_second_every_time():
    made = week(20_000, seed=3)

    assert made.people == 20_000
    assert len(made.arrivals) == len(DAYS) * len(HOURS) * SECONDS
    assert made == week(20_000, seed=3)
    assert made != week(20_000, seed=4)


@pytest.mark.parametrize("whole", [0, 1, 7, 100, 1999])
def test_nobody_is_lost_in_rounding(whole):
    parts = parted(whole, (3, 1, 1, 2))

    assert sum(parts) == whole
    assert all(
        abs(part - whole * share / 7) < 1 for part, share in zip(parts, (3, 1, 1, 2), strict=True)
    )


@pytest.mark.parametrize("a_second", [0.3, 1.0, 2.5, 40.0])
def test_who_came_was_served_or_is_there(a_second):
    arrivals = week(5000, seed=1).arrivals[: 3 * SECONDS]

    seen = queue(arrivals, a_second)

    came = went = 0
    for number, served, there in zip(arrivals, seen.served, seen.there, strict=True):
        came, went = came + number, went + served
        assert came == went + there


def test_a_queue_is_as_long_as_its_rate_times_its_stay():
    """Little's law: it holds for every week that begins and ends with nobody there."""
    arrivals = (*week(9000, seed=2).arrivals[: 4 * SECONDS], *[0] * SECONDS)
    seen = queue(arrivals, 0.06)
    assert seen.there[-1] == 0
    assert seen.longest > 10

    mean_there = sum(seen.there) / len(arrivals)
    rate = sum(arrivals) / len(arrivals)

    assert mean_there == pytest.approx(rate * mean_stay(arrivals, seen.served))


def test_what_an_idle_second_could_have_served_is_not_saved_up():
    seen = queue((0,) * 100 + (10, 0, 0), 2.0)

    assert seen.served[-3:] == (2, 2, 2)
    assert seen.there[-3:] == (8, 6, 4)


@pytest.mark.parametrize(("a_minute", "count"), [(0, 1), (600, 1), (2400, 1), (2401, 2), (7200, 3)])
def test_machines_are_at_most_so_busy(a_minute, count):
    assert machines(a_minute, cpu=0.03) == count


@pytest.mark.parametrize("hours", [1, 4, 70])
def test_who_comes_sooner_comes_all_the_same(hours):
    made = week(5000, seed=5)

    sooner = packed(made, hours)

    assert sooner.people == 5000
    assert len(sooner.arrivals) == hours * SECONDS


def test_a_week_as_it_was_is_packed_into_a_week():
    made = week(5000, seed=5)

    assert packed(made, len(DAYS) * len(HOURS)) == made


def test_the_page_has_a_line_for_each_size_and_each_span():
    text = page(week(100_000, seed=7), [week(1000, seed=7)], cpu=0.06, size=8000)

    assert "| 100,000 | " in text
    assert "| 1,000 | " in text
    assert " | 0.80 GB |" in text
    assert "60 ms of CPU" in text
    assert "| five days | " in text
    assert "| one hour | " in text
