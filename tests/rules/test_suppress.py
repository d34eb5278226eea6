"""Nothing that was withheld can be had back by subtraction, whichever views are put together."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbot.rules.suppress import (
    ALONE,
    SMALLEST,
    Coarse,
    Counted,
    Published,
    Shown,
    is_common,
    publish,
    wilson,
)

FEW, NEARLY_ALL = Coarse.FEW, Coarse.NEARLY_ALL


def counted(*pairs):
    return [Counted(people, of) for people, of in pairs]


def seen(published):
    return [(line.step or line.people, line.of) for line in published.lines]


def total(published):
    found = published.total
    return (f"about {found.people}" if found.is_about else found.people, found.of)


@pytest.mark.parametrize(
    ("lines", "shown", "whole"),
    [
        pytest.param(
            [(6, 12), (9, 20)], [(6, 12), (9, 20)], (15, 32), id="nothing small: all is told"
        ),
        pytest.param(
            [(6, 12), (2, 30)], [(6, 12), (FEW, 30)], ("about 8", 42), id="few did: a step"
        ),
        pytest.param(
            [(6, 12), (27, 30)],
            [(6, 12), (NEARLY_ALL, 30)],
            ("about 34", 42),
            id="few did not: a step",
        ),
        pytest.param(
            [(6, 12), (0, 30)],
            [(6, 12), (FEW, 30)],
            ("about 8", 42),
            id="none is a few like others",
        ),
        pytest.param(
            [(1, 3), (10, 20)],
            [(None, None), (10, 20)],
            (10, 20),
            id="fewer than five are in no total",
        ),
        pytest.param(
            [(5, 7), (10, 20)], [(None, 7), (10, 20)], (10, 20), id="nor is one of five to nine"
        ),
        pytest.param(
            [(5, 7), (4, 9), (10, 20)],
            [(None, 7), (None, 9), (10, 20)],
            (19, 36),
            id="several of five to nine are, together",
        ),
        pytest.param(
            [(1, 7), (2, 9), (10, 20)],
            [(None, 7), (None, 9), (10, 20)],
            ("about 12", 36),
            id="together they are a line like others",
        ),
        pytest.param([(2, 3)], [(None, None)], (None, None), id="one small line"),
        pytest.param([(8, 20)], [(8, 20)], (8, 20), id="one line is the total"),
        pytest.param([(0, 0), (8, 20)], [(0, 0), (8, 20)], (8, 20), id="nobody asked is told"),
        pytest.param([], [], (0, 0), id="no agencies"),
    ],
)
def test_what_is_told(lines, shown, whole):
    published = publish(counted(*lines))

    assert seen(published) == shown
    assert total(published) == whole


@st.composite
def partnerships(draw):
    """Up to three agencies, most of them small or just not small any more."""
    asked = draw(st.lists(st.integers(0, 13), min_size=1, max_size=3))
    return [Counted(draw(st.integers(0, of)), of) for of in asked]


def worlds(view: Published) -> Iterator[tuple[Counted, ...]]:
    """Every partnership that would be told of just so, to somebody who knows the rule."""
    choices = [
        [
            Counted(people, of)
            for of in (range(1, SMALLEST) if line.of is None else (line.of,))
            for people in range(of + 1)
            if line.people in (None, people)
        ]
        for line in view.lines
    ]
    return (world for world in product(*choices) if publish(world) == view)


@given(partnerships())
def test_whatever_is_withheld_could_be_any_of_five_numbers(table):
    view = publish(table)
    found = list(worlds(view))

    for at, line in enumerate(view.lines):
        if line.people is None:
            possible = {world[at].people for world in found}
            assert len(possible) >= SMALLEST, (table, at, possible)
        if line.of is None:
            assert {world[at].of for world in found} == {1, 2, 3, 4}


@given(partnerships(), st.integers(0, 2), st.integers(0, 4))
def test_two_tables_that_differ_by_a_few_small_numbers_look_alike(table, at, people):
    line = table[at % len(table)]
    if not (line.of >= ALONE and line.people < SMALLEST):
        return
    other = [*table]
    other[at % len(table)] = Counted(people, line.of)

    assert publish(table) == publish(other)


@given(partnerships())
def test_no_number_that_is_told_exactly_rests_on_one_to_four(table):
    view = publish(table)

    for line in (*view.lines, *([] if view.total.is_about else [view.total])):
        for number in (line.people, line.of, _rest(line)):
            assert number is None or number == 0 or number >= SMALLEST, line


def _rest(line: Shown) -> int | None:
    return None if line.people is None or line.of is None else line.of - line.people


@given(partnerships())
def test_a_total_tells_nothing_that_its_lines_do_not_but_of_small_ones_together(table):
    view = publish(table)
    told = [line for line in view.lines if line.people is not None or line.step]
    left = (view.total.of or 0) - sum(line.of or 0 for line in told)

    small = [line.of for line in table if SMALLEST <= line.of < ALONE]
    assert left == (sum(small) if len(small) > 1 else 0)


@given(partnerships())
def test_an_exact_total_is_that_of_the_people_who_are_in_it(table):
    view = publish(table)
    small = [line for line in table if SMALLEST <= line.of < ALONE]
    counted_in = [line for line in table if line.of >= ALONE]
    counted_in += small if len(small) > 1 else []
    if view.total.people is None:
        return

    exact = sum(line.people for line in counted_in)
    most = 2 * len(counted_in) if view.total.is_about else 0

    assert abs(view.total.people - exact) <= most


@pytest.mark.parametrize(
    ("people", "of", "common"),
    [
        (4, 4, None),
        (0, 4, None),
        (0, 0, None),
        (0, 5, False),
        (2, 5, False),
        (3, 5, True),
        (5, 5, True),
        (3, 6, True),
        (49, 100, False),
        (50, 100, True),
    ],
)
def test_a_misconception_is_told_of_five_or_more_as_common_or_not(people, of, common):
    assert is_common(people, of) is common


@pytest.mark.parametrize("of", range(SMALLEST, 30))
def test_either_step_of_a_misconception_leaves_three_numbers_or_more(of):
    for step in (True, False):
        assert sum(is_common(people, of) is step for people in range(of + 1)) >= 3


@pytest.mark.parametrize(
    ("people", "of", "low", "high"),
    # After Newcombe (1998), Statistics in Medicine 17, table I, to four places.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_wilson(people, of, low, high):
    assert wilson(people, of) == pytest.approx((low, high), abs=0.00006)


def test_an_interval_stays_between_nobody_and_everybody():
    assert wilson(7, 7)[1] == 1.0
    assert wilson(0, 7)[0] == 0.0
