"""Nothing that was withheld can be had back by subtraction, whichever views are put together."""

from collections.abc import Iterable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbot.rules.suppress import SMALLEST, Counted, Published, Shown, publish, wilson


def counted(*pairs):
    return [Counted(people, of) for people, of in pairs]


def seen(published):
    return [(line.people, line.of) for line in (*published.lines, published.total)]


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        pytest.param(
            [(6, 12), (0, 9), (7, 7)], [(6, 12), (0, 9), (7, 7), (13, 28)], id="nothing small"
        ),
        pytest.param(
            [(6, 12), (2, 30), (9, 20)],
            [(None, 12), (None, 30), (9, 20), (17, 62)],
            id="one small count takes the first line along",
        ),
        pytest.param(
            [(6, 12), (27, 30), (9, 20)],
            [(None, 12), (None, 30), (9, 20), (42, 62)],
            id="a small complement is as telling",
        ),
        pytest.param(
            [(1, 3), (10, 20), (30, 60)],
            [(None, None), (None, None), (30, 60), (41, 83)],
            id="few were asked: the denominators go too",
        ),
        pytest.param(
            [(2, 20), (1, 30), (0, 40)],
            [(None, 20), (None, 30), (0, 40), (None, 90)],
            id="a small total goes itself",
        ),
        pytest.param([(2, 3)], [(None, None), (None, None)], id="one small line"),
        pytest.param([(8, 20)], [(8, 20), (8, 20)], id="one line is the total"),
        pytest.param([(0, 0), (8, 20)], [(0, 0), (8, 20), (8, 20)], id="nobody asked is told"),
        pytest.param([], [(0, 0)], id="no agencies"),
    ],
)
def test_what_is_withheld(lines, shown):
    assert seen(publish(counted(*lines))) == shown


@st.composite
def partnerships(draw):
    """Up to four agencies, and two figures of the same people in each."""
    asked = draw(st.lists(st.integers(0, 9), min_size=1, max_size=4))
    return [[Counted(draw(st.integers(0, of)), of) for of in asked] for _ in range(2)]


def denominators(views: list[Published]) -> list[tuple[int, ...]]:
    """Every way in which as many people could have been asked, to somebody who has all views.

    They subtract what is seen from the total; they know that a withheld number is none that is 0,
    and that nobody is counted who was not asked.
    """
    agencies = range(len(views[0].lines))
    known = [_numbers(view.lines[at].of for view in views) for at in agencies]
    least = [max([1, *(view.lines[at].people or 0 for view in views)]) for at in agencies]
    totals = _numbers(view.total.of for view in views)
    most = max(totals, default=12)
    choices: list[Iterable[int]] = [known[at] or range(least[at], most + 1) for at in agencies]
    return [of for of in product(*choices) if not totals or sum(of) in totals]


def _numbers(seen: Iterable[int | None]) -> set[int]:
    return {number for number in seen if number is not None}


def counts(view: Published, of: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Every way in which the people of a view could be spread, were so many asked."""
    choices: list[Iterable[int]] = [
        range(asked + 1) if line.people is None else (line.people,)
        for line, asked in zip(view.lines, of, strict=True)
    ]
    total = view.total.people
    return [people for people in product(*choices) if total is None or sum(people) == total]


@given(partnerships())
def test_nothing_withheld_is_recovered_from_any_pair_of_views(tables):
    views = [publish(table) for table in tables]
    worlds = denominators(views)

    for at, line in enumerate(views[0].lines):
        if line.of is None:
            assert len({of[at] for of in worlds}) > 1, (tables, at)
    for view in views:
        people = [found for of in worlds for found in counts(view, of)]
        for at, line in enumerate(view.lines):
            if line.people is None:
                assert len({found[at] for found in people}) > 1, (tables, at)


@given(partnerships())
def test_no_number_that_is_seen_or_adds_up_rests_on_one_to_four(tables):
    for table in tables:
        view = publish(table)
        for line in (*view.lines, view.total):
            for number in (line.people, line.of, _rest(line)):
                assert number is None or number == 0 or number >= SMALLEST, (table, line)
        # What all withheld lines make up together is known wherever the total is.
        for name in ("people", "of"):
            total = getattr(view.total, name)
            if total is not None:
                left = total - sum(getattr(line, name) or 0 for line in view.lines)
                assert left == 0 or left >= SMALLEST, (table, name)


def _rest(line: Shown) -> int | None:
    return None if line.people is None or line.of is None else line.of - line.people


@given(partnerships())
def test_what_the_denominators_hide_is_the_same_in_every_figure_of_the_same_people(tables):
    first, second = (publish(table) for table in tables)

    assert [line.of for line in first.lines] == [line.of for line in second.lines]
    assert first.total.of == second.total.of


@given(partnerships())
def test_a_total_is_the_sum_of_its_lines_where_all_are_seen(tables):
    for table in tables:
        view = publish(table)
        if view.total.people is not None and all(line.people is not None for line in view.lines):
            assert view.total.people == sum(line.people for line in table)


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
