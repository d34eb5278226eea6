"""Counts as they are said."""

import pytest

from questions.counts import how_many


@pytest.mark.parametrize(
    ("count", "nouns", "said"),
    [
        (0, ("day",), "0 days"),
        (1, ("day",), "1 day"),
        (2, ("day",), "2 days"),
        (1, ("person",), "1 person"),
        (1200, ("person",), "1,200 people"),
        (3, ("agency",), "3 agencies"),
        (1, ("line is", "lines are"), "1 line is"),
        (5, ("line is", "lines are"), "5 lines are"),
    ],
)
def test_a_count_has_its_noun_in_one_or_in_many(count, nouns, said):
    assert how_many(count, *nouns) == said
