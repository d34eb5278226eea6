"""What `make bench` makes of its numbers, and that it measures at all."""

import pytest

from tools.bench import Measure, percentile, told
from tools.bench_against import ROOT, Run, in_turn, read_of_many, resolved, rows, table


@pytest.mark.parametrize(
    ("part", "time"), [(0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0), (0.0, 1.0)]
)
def test_a_percentile_is_a_time_that_was_measured(part, time):
    times = [float(number) for number in range(100, 0, -1)]

    assert percentile(times, part) == time


def test_of_one_time_every_percentile_is_that_time():
    assert [percentile([7.0], part) for part in (0.5, 0.99)] == [7.0, 7.0]


@pytest.mark.parametrize(
    ("value", "unit", "hellos", "words"),
    [
        (1234.5, "µs", 3.04, "1234 µs (3.04 ×)"),
        (0.5752, "ms", None, "0.575 ms"),
        (38, "", None, "38"),
    ],
)
def test_a_value_is_told_no_more_exactly_than_it_is(value, unit, hellos, words):
    assert told(value, unit, hellos) == words


def test_a_ratio_is_of_one_round_and_its_spread_of_all():
    thens = [Run("", (Measure("start", seconds, "s"),)) for seconds in (1.0, 2.0, 4.0)]
    nows = [Run("", (Measure("start", seconds, "s"),)) for seconds in (0.5, 0.5, 3.0)]

    (row,) = rows(thens, nows)

    assert row.cells() == ("start", "2 s", "0.5 s", "0.50 (0.25 to 0.75)")


def test_a_page_is_compared_in_the_hellos_of_its_own_run():
    thens = [Run("", (Measure("page", 300.0, "µs", 4.0),))]
    nows = [Run("", (Measure("page", 300.0, "µs", 2.0),))]

    (row,) = rows(thens, nows)

    assert row.ratios == (0.5,)


def test_nothing_is_a_part_of_nought():
    thens = [Run("", (Measure("clicks that failed", 0, ""),))]
    nows = [Run("", (Measure("clicks that failed", 3, ""),))]

    (row,) = rows(thens, nows)

    assert row.cells() == ("clicks that failed", "0", "3", "–")


def test_what_only_one_build_has_is_not_compared():
    thens = [Run("", (Measure("start", 1.0, "s"),))]
    nows = [Run("", (Measure("start", 1.0, "s"), Measure("new", 1.0, "s")))]

    assert [row.now.name for row in rows(thens, nows)] == ["start"]


def test_the_table_has_a_line_for_each_measure():
    both = [Run("", (Measure("start", 1.0, "s"), Measure("memory", 140.0, "MB")))]

    lines = table(rows(both, both)).splitlines()

    assert [line.split(" | ")[0].strip("| ") for line in lines[2:]] == ["start", "memory"]
    assert len(set(map(len, lines))) == 1


def test_a_commit_that_is_not_there_is_not_found():
    assert resolved("no-such-commit") == ""


OF_MANY = """\
import of 600 people                             5.9 s      5.7 s of CPU, 102 MB so far
612 people, 11999 answers
standing of one person with one module            31 µs of CPU
an ordinary night                                0.5 s      0.4 s of CPU, 215 MB so far
teams of 12 and 400 people
/team of 400                                   181.2 ms of CPU, × 1.05 with ten times the history
480097 lines, 0 MB more than before the first of them
most memory: 262 MB
"""


def test_of_many_people_the_processor_time_is_compared_where_it_is_told_finely():
    found = [(one.name, one.value, one.unit) for one in read_of_many(OF_MANY, 600)]

    assert found == [
        ("600 people: import of 600 people", 5.7, "s"),
        ("600 people: standing of one person with one module", 31.0, "µs"),
        ("600 people: /team of 400", 181.2, "ms"),
    ]


def test_builds_are_measured_from_outside_and_in_turn():
    then, now = in_turn((ROOT, ROOT), ["--tiny", "--loaded"], people=0)

    found = {measure.name: measure for measure in now.measures}
    assert [measure.name for measure in then.measures] == list(found)
    assert found["its requests"].value > 30
    assert (found["question page"].hellos or 0) > 0
    assert found["SQLite, 4 at once: attempts"].value > 0
    assert found.pop("SQLite: clicks that failed").value == 0
    assert all(measure.value > 0 for measure in found.values())
