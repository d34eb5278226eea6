"""What an update is about, and which of its changes are met."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbot.rules.scope import Part, judge_update, met, part_of, read_scope, write_scope

TWO = (Part("k01-consent", 2), Part("k02-duty-to-share", 2))


def test_it_is_written_in_words_and_read_again():
    assert write_scope(TWO) == "k01-consent:2 k02-duty-to-share:2"
    assert read_scope(write_scope(TWO)) == TWO
    assert read_scope("") == ()


@pytest.mark.parametrize(
    ("number", "place"), [(1, (1, True)), (2, (1, False)), (3, (2, True)), (4, (2, False))]
)
def test_each_question_is_of_one_part_and_the_first_opens_it(number, place):
    assert part_of(TWO, number) == place


@pytest.mark.parametrize("number", [0, 5])
def test_a_question_that_is_not_there_is_of_none(number):
    assert part_of(TWO, number) == (0, False)


@pytest.mark.parametrize(
    ("right", "confirmed"),
    [
        ((True, True, True, True), ("k01-consent", "k02-duty-to-share")),
        ((True, True, False, True), ("k01-consent",)),
        ((True, False, True, True), ("k02-duty-to-share",)),
        ((True, False, True, False), ()),
        ((True, True), ("k01-consent",)),
        ((True,), ()),
    ],
)
def test_a_change_is_met_with_all_its_questions_right(right, confirmed):
    assert met(TWO, right) == confirmed


@given(st.lists(st.booleans(), min_size=4, max_size=4))
def test_the_whole_is_passed_where_nothing_is_wrong(right):
    outcome = judge_update(TWO, right)

    assert outcome.passed == all(right)
    assert (outcome.right, outcome.asked) == (sum(right), 4)
    assert outcome.objectives == ()
