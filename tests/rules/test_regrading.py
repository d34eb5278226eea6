"""A regrade is never against anybody, whatever is decided, how often, and in which order."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizbot.rules.outcome import Marked, judge
from quizbot.rules.regrading import (
    Effect,
    GivenAnswer,
    RegradeRule,
    Ruling,
    effects,
    held_against,
    rejudged,
)
from tests.made import module, question

ASKED = ("water-boil-1", "water-1", "leaves-1", "leaves-2")


def answers(made, **replies):
    """What was replied to the four questions of an attempt, right where nothing is said."""
    by_id = {q.id: q for q in made.questions}
    return [
        GivenAnswer(id_, reply, Marked(by_id[id_].objective, reply == "b", by_id[id_].must_know))
        for id_ in ASKED
        for reply in [replies.get(id_.replace("-", "_"), "b")]
    ]


def outcome(made, given_answers, *rules):
    return rejudged(made, given_answers, effects(given_answers, rules))


CREDIT = RegradeRule("leaves-1", Ruling.CREDIT)
DROP = RegradeRule("leaves-1", Ruling.DROP)
KEY = RegradeRule("leaves-1", Ruling.KEY, "a")


@pytest.mark.parametrize(
    ("rule", "reply", "right", "asked"),
    [
        (CREDIT, "a", 4, 4),
        (CREDIT, "", 4, 4),
        (CREDIT, "b", 4, 4),
        (DROP, "a", 3, 3),
        (DROP, "b", 4, 4),
        (KEY, "a", 4, 4),
        (KEY, "c", 3, 4),
        (KEY, "", 3, 4),
        (KEY, "b", 4, 4),
    ],
)
def test_what_a_decision_makes_of_an_answer(rule, reply, right, asked):
    made = module()

    found = outcome(made, answers(made, leaves_1=reply), rule)

    assert (found.right, found.asked) == (right, asked)


def test_an_essential_point_that_was_missed_by_our_fault_is_not_missed():
    made = module()
    missed = answers(made, water_boil_1="a")
    assert not outcome(made, missed).passed

    for ruling in (Ruling.CREDIT, Ruling.DROP):
        assert outcome(made, missed, RegradeRule("water-boil-1", ruling)).passed


def test_of_two_decisions_on_one_question_the_kinder_holds():
    made = module()
    wrong = answers(made, leaves_1="a")

    for rules in permutations([DROP, CREDIT]):
        assert effects(wrong, rules) == {"leaves-1": Effect.RIGHT}


def test_before_it_is_decided_it_can_be_told_whom_it_would_hit_if_it_were_strict():
    made = module(pass_share=0.75)
    lucky = answers(made, water_1="a")
    assert judge(made, [one.marked for one in lucky]).passed

    assert not held_against(made, lucky, DROP).passed
    assert not held_against(made, lucky, KEY).passed
    assert held_against(made, lucky, CREDIT).passed
    assert held_against(made, answers(made, leaves_1="a", water_1="a"), KEY).right == 3


@pytest.mark.parametrize("words", [one.words for one in (*Ruling, *Effect)])
def test_every_decision_is_said_in_words(words):
    assert words[0].isalpha()


RULES = st.builds(
    lambda question_id, ruling, reply: RegradeRule(
        question_id, ruling, reply if ruling is Ruling.KEY else ""
    ),
    st.sampled_from(ASKED),
    st.sampled_from(Ruling),
    st.sampled_from("ac"),
)
MODULES = st.builds(
    lambda share, minimum: module(
        {
            "water": [question("water-boil-1", must_know="boil"), question("water-1")],
            "leaves": [question("leaves-1"), question("leaves-2")],
        },
        pass_share=share,
        objective_minimum=minimum,
    ),
    st.sampled_from([0.5, 0.6, 0.75, 0.8, 1.0]),
    st.sampled_from([0, 1, 2]),
)
REPLIES = st.fixed_dictionaries(
    {id_.replace("-", "_"): st.sampled_from(["a", "b", "c", ""]) for id_ in ASKED}
)


@given(MODULES, REPLIES, st.lists(RULES, max_size=4))
@settings(max_examples=300)
def test_nobody_comes_out_worse(made, replies, rules):
    attempt = answers(made, **replies)
    before, after = outcome(made, attempt), outcome(made, attempt, *rules)

    assert after.passed or not before.passed or not after.asked
    assert after.share >= before.share or not after.asked
    assert set(after.must_knows_missed) <= set(before.must_knows_missed)
    for old, new in zip(before.objectives, after.objectives, strict=True):
        assert new.is_shown or not old.is_shown


@given(MODULES, REPLIES, st.lists(RULES, max_size=3), RULES)
@settings(max_examples=300)
def test_one_decision_more_is_never_a_loss(made, replies, rules, more):
    attempt = answers(made, **replies)
    before, after = outcome(made, attempt, *rules), outcome(made, attempt, *rules, more)

    assert after.passed or not before.passed or not after.asked
    assert after.share >= before.share or not after.asked


@given(MODULES, REPLIES, st.lists(RULES, max_size=3))
def test_the_order_of_decisions_and_doing_one_twice_change_nothing(made, replies, rules):
    attempt = answers(made, **replies)
    once = outcome(made, attempt, *rules)

    for order in permutations(rules):
        assert outcome(made, attempt, *order, *order) == once
