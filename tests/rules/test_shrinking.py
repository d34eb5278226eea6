"""A refresher that shrinks: whose, by which rule, which areas, and what passing it takes."""

from dataclasses import replace
from datetime import date
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbot.rules.due import Facts, Post, Request, Requirement
from quizbot.rules.outcome import Marked, judge
from quizbot.rules.pick import Mode, make_plan
from quizbot.rules.shrinking import Shorter, Showed, fewer, kept_of, months_of
from tests import made
from tests.made import TODAY

BOTH = frozenset({"water", "leaves"})
MODULE = made.module()
POST = Post("Northmoor/Council", "Nurse", date(2024, 1, 1), None, date(2024, 1, 1))
RULE = Requirement(
    id=UUID(int=1),
    unit="Northmoor",
    saved_on=date(2024, 1, 1),
    in_force_from=date(2024, 1, 1),
    every_months=12,
    refresher="shrinking",
)
HERE = Facts(posts=(POST,), requirements=(RULE,))


def showed(on, *objectives):
    return Showed(on, frozenset(objectives))


LAST = date(2026, 1, 10)
FIRST = date(2025, 1, 10)

CASES = [
    # what was shown (the newest first), the months of the rule, what is owed, what has fewer
    ("nothing was taken", [], 12, (), ()),
    ("one attempt", [showed(LAST, "water")], 12, (), ()),
    ("twice shown", [showed(LAST, "water"), showed(FIRST, "water")], 12, (), ("water",)),
    ("both twice", [showed(LAST, *BOTH), showed(FIRST, *BOTH)], 12, (), ("water", "leaves")),
    ("shown in the last only", [showed(LAST, "water"), showed(FIRST)], 12, (), ()),
    ("shown in the first only", [showed(LAST), showed(FIRST, "water")], 12, (), ()),
    ("each in another", [showed(LAST, "water"), showed(FIRST, "leaves")], 12, (), ()),
    (
        "a third before them does not help",
        [showed(LAST, "water"), showed(FIRST), showed(date(2024, 1, 1), "water")],
        12,
        (),
        (),
    ),
    (
        "nor does it harm",
        [showed(LAST, "water"), showed(FIRST, "water"), showed(date(2024, 1, 1))],
        12,
        (),
        ("water",),
    ),
    ("twice on one day", [showed(LAST, "water"), showed(LAST, "water")], 12, (), ("water",)),
    ("no rule", [showed(LAST, *BOTH), showed(FIRST, *BOTH)], None, (), ()),
    (
        "a change in it is owed",
        [showed(LAST, *BOTH), showed(FIRST, *BOTH)],
        12,
        ("water",),
        ("leaves",),
    ),
    ("all of it is owed", [showed(LAST, *BOTH), showed(FIRST, *BOTH)], 12, BOTH, ()),
    ("on the last day", [showed(date(2025, 11, 21), "water")] * 2, 12, (), ("water",)),
    ("a day too old", [showed(date(2025, 11, 20), "water")] * 2, 12, (), ()),
    ("older, by a longer rule", [showed(date(2025, 11, 20), "water")] * 2, 36, (), ("water",)),
    (
        "the first may be as old as it likes",
        [showed(LAST, "water"), showed(date(2019, 1, 1), "water")],
        12,
        (),
        ("water",),
    ),
    (
        "an area that is no more",
        [showed(LAST, "cups", "water"), showed(FIRST, "cups", "water")],
        12,
        (),
        ("water",),
    ),
]


@pytest.mark.parametrize(
    ("case", "latest", "months", "owed", "areas"), CASES, ids=[c[0] for c in CASES]
)
def test_which_areas_have_fewer_questions(case, latest, months, owed, areas):
    assert fewer(MODULE, latest, TODAY, months, owed) == areas


def test_where_an_area_has_one_question_there_is_nothing_to_leave_out():
    module = made.module(questions_per_objective=1)

    assert fewer(module, [showed(LAST, *BOTH)] * 2, TODAY, 12) == ()


RULES = [
    ("its rule", HERE, 12),
    (
        "a rule that asks everything",
        replace(HERE, requirements=(replace(RULE, refresher="full"),)),
        None,
    ),
    (
        "one that shrinks beside one that does not",
        replace(HERE, requirements=(RULE, replace(RULE, id=UUID(int=2), refresher="full"))),
        None,
    ),
    (
        "the shorter of two",
        replace(HERE, requirements=(RULE, replace(RULE, id=UUID(int=2), every_months=6))),
        6,
    ),
    (
        "an induction beside it asks once",
        replace(
            HERE,
            requirements=(RULE, replace(RULE, id=UUID(int=2), every_months=None, refresher="full")),
        ),
        12,
    ),
    ("a rule for others", replace(HERE, requirements=(replace(RULE, unit="Southmoor"),)), None),
    ("a rule for another job", replace(HERE, requirements=(replace(RULE, job="Teacher"),)), None),
    (
        "a rule to come",
        replace(HERE, requirements=(replace(RULE, in_force_from=date(2027, 1, 1)),)),
        None,
    ),
    (
        "a rule that has ended",
        replace(HERE, requirements=(replace(RULE, in_force_to=date(2026, 1, 1)),)),
        None,
    ),
    (
        "a post that has ended",
        replace(HERE, posts=(replace(POST, ends_on=date(2026, 1, 1)),)),
        None,
    ),
    ("no rule at all", replace(HERE, requirements=()), None),
    (
        "asked by a manager",
        replace(HERE, requests=(Request(UUID(int=3), date(2026, 11, 1), date(2026, 12, 1)),)),
        None,
    ),
    (
        "asked and done",
        replace(
            HERE,
            requests=(Request(UUID(int=3), date(2026, 11, 1), date(2026, 12, 1)),),
            passes=(date(2026, 11, 2),),
        ),
        12,
    ),
    (
        "asked and taken back",
        replace(
            HERE,
            requests=(
                Request(UUID(int=3), date(2026, 11, 1), date(2026, 12, 1), date(2026, 11, 3)),
            ),
        ),
        12,
    ),
]


@pytest.mark.parametrize(("case", "facts", "months"), RULES, ids=[r[0] for r in RULES])
def test_by_which_rule(case, facts, months):
    assert months_of(facts, TODAY) == months


@given(st.integers(1, 10))
def test_never_under_half_is_asked(per):
    assert per / 2 <= kept_of(per) <= per
    assert kept_of(2) == 1


@pytest.mark.parametrize("areas", [(), ("water",), ("leaves",), ("water", "leaves")])
def test_a_plan_has_half_of_these_areas_and_its_must_knows_all_the_same(areas):
    asked = {question.id: question for question in MODULE.questions}

    for seed in range(20):
        plan = make_plan(MODULE, Mode.ASSURED, TODAY, {}, Random(seed), (), areas)
        questions = [asked[planned.question_id] for planned in plan]
        for objective in MODULE.objectives:
            count = sum(question.objective == objective for question in questions)
            assert count == (1 if objective in areas else 2)
        assert sum(question.must_know == "boil" for question in questions) == 1
        assert len(questions) == Shorter(MODULE, areas).asked


def test_what_is_to_be_confirmed_comes_first_in_it_too():
    for seed in range(20):
        plan = make_plan(
            MODULE, Mode.ASSURED, TODAY, {}, Random(seed), ("leaves-3",), ("water", "leaves")
        )
        assert "leaves-3" in {planned.question_id for planned in plan}


def test_one_question_that_stands_for_an_area_has_to_be_right():
    module = made.module(pass_share=0.5)
    right = [Marked("water", is_right=True), Marked("water", is_right=True)]

    assert judge(module, [*right, Marked("leaves", is_right=True)]).passed
    assert not judge(module, [*right, Marked("leaves", is_right=False)]).passed


def test_more_asked_of_an_area_than_was_put_can_still_be_passed():
    module = made.module(objective_minimum=2)
    asked = [Marked("water", is_right=True), Marked("leaves", is_right=True)]

    assert judge(module, asked).passed


def test_a_miss_of_a_must_know_is_no_pass_however_short_it_is():
    asked = [Marked("water", is_right=False, must_know="boil"), Marked("leaves", is_right=True)]

    outcome = judge(made.module(pass_share=0.5, objective_minimum=0), asked)

    assert not outcome.passed
    assert outcome.must_knows_missed == ("Water for tea boils",)


def test_it_says_which_are_fewer_and_why_and_what_passes():
    shorter = Shorter(MODULE, ("leaves",))

    assert shorter.words == (
        "For you it is shorter: 3 questions instead of 4. You showed these areas in your last two"
        " attempts, so each has fewer: Know how long leaves stay. Every essential point is asked"
        " all the same, and everything that changed."
    )
    assert shorter.rule == "To pass, you may have no answer wrong."
