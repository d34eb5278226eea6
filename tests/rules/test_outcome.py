"""What a set of answers shows, and how the rule is told before the start."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbot.rules.outcome import Marked, judge, right_needed, rule_in_words
from tests import made

BOIL = "Water for tea boils"
THREE = {"water": "Know water", "leaves": "Know leaves", "cups": "Know cups"}


def marked(words):
    """`water+ water- leaves+! …`: an objective, right or wrong, and ! for the must-know."""
    return [
        Marked(word.rstrip("+-!"), "+" in word, "boil" if "!" in word else None)
        for word in words.split()
    ]


@pytest.mark.parametrize(
    ("answers", "passed", "why"),
    [
        (
            "water+! water+ leaves+ leaves+",
            True,
            "You had 4 of 4 right, enough in every area, and every essential point.",
        ),
        (
            "water+! water- leaves+ leaves+",
            True,
            "You had 3 of 4 right, enough in every area, and every essential point.",
        ),
        (
            "water-! water+ leaves+ leaves+",
            False,
            "You had 3 of 4 right, but one essential point was missed.",
        ),
        (
            "water+! water- leaves+ leaves-",
            False,
            "You had 2 of 4 right, but at least 3 are needed.",
        ),
        (
            "water+! water+ leaves- leaves-",
            False,
            "You had 2 of 4 right, but at least 3 are needed and too few were right in one area.",
        ),
        (
            "water-! water- leaves- leaves-",
            False,
            (
                "You had 0 of 4 right, but at least 3 are needed, too few were right in 2 areas and"
                " one essential point was missed."
            ),
        ),
        (
            "water+! water+ water+ water+ water+ water+ leaves- leaves-",
            False,
            "You had 6 of 8 right, but too few were right in one area.",
        ),
    ],
)
def test_a_pass_needs_the_share_every_objective_and_every_essential_point(answers, passed, why):
    outcome = judge(made.module(), marked(answers))

    assert outcome.passed == passed
    assert outcome.why == why


def test_an_objective_is_shown_only_when_all_its_questions_were_right():
    outcome = judge(made.module(), marked("water+! water- leaves+ leaves+"))

    water, leaves = outcome.objectives
    assert (water.asked, water.right, water.is_shown) == (2, 1, False)
    assert (leaves.asked, leaves.right, leaves.is_shown) == (2, 2, True)
    assert leaves.title == "Know how long leaves stay"


def test_what_was_not_asked_is_neither_shown_nor_a_reason_to_fail():
    outcome = judge(made.module(), marked("water+! water+"))

    assert outcome.passed
    assert not outcome.objectives[1].is_shown
    assert outcome.objectives[1].asked == 0


def test_missed_essential_points_are_named_once_each():
    must_knows = {
        "boil": {"objective": "water", "says": BOIL},
        "wait": {"objective": "leaves", "says": "Leaves need four minutes"},
    }
    answers = [
        *marked("water-! water-!"),
        Marked("leaves", is_right=False, must_know="wait"),
        Marked("leaves", is_right=True),
    ]

    outcome = judge(made.module(must_knows=must_knows), answers)

    assert outcome.must_knows_missed == (BOIL, "Leaves need four minutes")
    assert "essential points were missed" in outcome.why


def test_nothing_asked_is_no_pass():
    outcome = judge(made.module(), [])

    assert not outcome.passed
    assert outcome.share == 0


@pytest.mark.parametrize(
    ("share", "asked", "needed"),
    [(0.8, 14, 12), (0.8, 10, 8), (0.8, 5, 4), (0.7, 10, 7), (0.1, 3, 1), (1.0, 7, 7), (0.6, 5, 3)],
)
def test_how_many_right_answers_the_share_asks_for(share, asked, needed):
    assert right_needed(made.module(pass_share=share), asked) == needed


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        (
            {},
            "To pass, you may have at most one wrong, and none of the essential points.",
        ),
        ({"must_knows": {}}, "To pass, you may have at most one wrong."),
        (
            {"pass_share": 1.0},
            "To pass, you may have no answer wrong.",
        ),
        (
            {"pass_share": 0.5, "must_knows": {}},
            "To pass, you may have at most two wrong, not both in one area.",
        ),
        (
            {"pass_share": 0.25, "must_knows": {}},
            "To pass, you may have at most two wrong, not both in one area.",
        ),
        (
            {"pass_share": 0.5, "must_knows": {}, "objective_minimum": 0},
            "To pass, you may have at most two wrong.",
        ),
        (
            {"pass_share": 0.5, "objective_minimum": 2},
            "To pass, you may have no answer wrong.",
        ),
        (
            {"questions_per_objective": 2, "pass_share": 0.1, "objectives": THREE},
            (
                "To pass, you may have at most three wrong, not two in one area,"
                " and none of the essential points."
            ),
        ),
        (
            {"questions_per_objective": 5, "pass_share": 0.5, "objective_minimum": 2},
            (
                "To pass, you may have at most five wrong, not more than three in any one area,"
                " and none of the essential points."
            ),
        ),
        (
            {"questions_per_objective": 10, "pass_share": 0.25, "objective_minimum": 0},
            "To pass, you may have at most 15 wrong, and none of the essential points.",
        ),
    ],
)
def test_the_rule_in_words(changes, rule):
    assert rule_in_words(made.module(**changes)) == rule


@given(st.lists(st.tuples(st.sampled_from(["water", "leaves"]), st.booleans(), st.booleans())))
def test_one_more_right_answer_never_costs_a_pass(answers):
    module = made.module()
    before = [Marked(o, right, "boil" if must else None) for o, right, must in answers]
    for at, answer in enumerate(before):
        better = [*before[:at], Marked(answer.objective, is_right=True), *before[at + 1 :]]
        if judge(module, before).passed:
            assert judge(module, better).passed


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=2),
    st.lists(st.tuples(st.booleans()), min_size=2, max_size=2),
)
def test_the_rule_in_words_and_the_judgement_agree(water, leaves):
    """At most one wrong and no essential point missed is what made.module() says."""
    answers = [
        Marked("water", is_right, "boil" if at == 0 else None)
        for at, (is_right, _) in enumerate(water)
    ]
    answers += [Marked("leaves", is_right) for (is_right,) in leaves]

    wrong = sum(not answer.is_right for answer in answers)
    expected = wrong <= 1 and answers[0].is_right

    assert judge(made.module(), answers).passed == expected
