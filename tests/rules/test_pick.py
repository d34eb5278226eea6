"""Which questions an attempt asks: rules that hold for every module, day, seed and past."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizbot.rules.pick import Mode, make_plan, may_ask, plan_for_changes, why_not
from quizbot.rules.scope import Part
from tests import made
from tests.made import TODAY

NAMES = ("water", "leaves", "cups")


@st.composite
def modules(draw):
    """Any module: some questions in doubt, old, withdrawn, held, strong; some rivals."""
    objectives = NAMES[: draw(st.integers(1, 3))]
    must_knows = {
        f"must-{name}": {"objective": name, "says": f"Know {name}"}
        for name in objectives
        if draw(st.booleans())
    }
    ids = [(name, f"{name}-{n}") for name in objectives for n in range(draw(st.integers(1, 6)))]
    asked: dict[str, list[made.Content]] = {name: [] for name in objectives}
    for name, id_ in ids:
        changes: made.Content = {}
        if f"must-{name}" in must_knows and draw(st.booleans()):
            changes["must_know"] = f"must-{name}"
        if draw(st.integers(0, 3)) == 0:
            rivals = draw(st.lists(st.sampled_from([i for _, i in ids]), max_size=3, unique=True))
            changes["not_with"] = [other for other in rivals if other != id_]
        changes |= draw(
            st.sampled_from(
                [
                    *[{}] * 8,
                    {"check": "To be confirmed."},
                    {"sensitive": "strong"},
                    {"review_by": TODAY - timedelta(days=1)},
                    {"withdrawn": {"edition": "2026.1", "why": "It was wrong."}},
                    {"held": "not filled in here: teapot"},
                    {"slots_until": TODAY - timedelta(days=1)},
                ]
            )
        )
        asked[name].append(made.question(id_, **changes))
    return made.module(
        asked,
        objectives={name: f"Know {name}" for name in objectives},
        must_knows=must_knows,
        questions_per_objective=draw(st.integers(1, 3)),
    )


plans = given(
    modules(),
    st.sampled_from(Mode),
    st.dates(TODAY - timedelta(days=3), TODAY + timedelta(days=3)),
    st.dictionaries(
        st.sampled_from([f"{n}-{i}" for n in NAMES for i in range(6)]), st.integers(1, 4)
    ),
    st.integers(0, 2**64),
)


def asked_in(module, plan):
    by_id = {question.id: question for question in module.questions}
    return [by_id[planned.question_id] for planned in plan]


@plans
def test_a_plan_keeps_every_rule(module, mode, today, seen, seed):
    plan = make_plan(module, mode, today, seen, Random(seed))

    if plan is None:
        return
    asked = asked_in(module, plan)
    counts = Counter(question.objective for question in asked)
    assert counts == dict.fromkeys(module.objectives, module.questions_per_objective)
    assert len({question.id for question in asked}) == len(asked)
    essentials = Counter(question.must_know for question in asked if question.must_know)
    assert essentials == dict.fromkeys(module.must_knows, 1)
    ids = {question.id for question in asked}
    assert not any(set(question.not_with) & ids for question in asked)
    assert all(may_ask(question, mode, today) for question in asked)
    for planned, question in zip(plan, asked, strict=True):
        assert sorted(planned.order) == sorted(question.letters)


def turned(id_, right, **changes):
    """One of a group of twins: the same three options, and which of them is right."""
    told = {"Leave it": "lukewarm", "Boil it": "lukewarm", "Forget it": "forever"}
    options = [
        {"text": text, "why": "It is so.", "right": True}
        if text == right
        else {"text": text, "why": "It is not.", "misconception": belief, "errs": "fact"}
        for text, belief in told.items()
    ]
    return made.question(id_, option=options, **changes)


def test_a_plan_never_draws_two_twins_whichever_names_which_and_a_later_one_may_draw_the_other():
    texts = ("Leave it", "Boil it", "Forget it")
    links = (None, "twin-1", "twin-2")
    by_objective = made.questions()
    by_objective["leaves"] = [
        *(
            turned(f"twin-{n}", text, twin=twin)
            for n, (text, twin) in enumerate(zip(texts, links, strict=True), 1)
        ),
        made.question("leaves-1"),
    ]
    # The one in the middle of the chain is not asked, and the two others are twins all the same.
    by_objective["leaves"][1]["check"] = "Ask the tea lady."
    module = made.module(by_objective)

    for mode in Mode:
        drawn = set()
        for seed in range(40):
            plan = make_plan(module, mode, TODAY, {}, Random(seed))
            twins = {one.question_id for one in plan} & {"twin-1", "twin-2", "twin-3"}
            assert len(twins) == 1
            drawn |= twins
        assert drawn >= {"twin-1", "twin-3"}
    first = {one.question_id for one in make_plan(module, Mode.ASSURED, TODAY, {}, Random(1))}
    seen = dict.fromkeys(first, 1)
    (met,) = first & {"twin-1", "twin-3"}
    later = make_plan(module, Mode.ASSURED, TODAY, seen, Random(1))
    assert ({"twin-1", "twin-3"} - {met}) <= {one.question_id for one in later}


def test_where_only_twins_are_left_there_is_no_plan_and_a_reason():
    by_objective = made.questions()
    by_objective["leaves"] = [
        turned("twin-1", "Leave it"),
        turned("twin-2", "Boil it", twin="twin-1"),
    ]
    module = made.module(by_objective)

    assert make_plan(module, Mode.PRACTICE, TODAY, {}, Random(1)) is None
    assert "give one another away" in why_not(module, Mode.PRACTICE, TODAY)


@plans
def test_the_same_chance_gives_the_same_plan(module, mode, today, seen, seed):
    first = make_plan(module, mode, today, seen, Random(seed))

    assert make_plan(module, mode, today, dict(reversed(seen.items())), Random(seed)) == first


@plans
def test_where_no_plan_is_there_is_a_reason_and_only_there(module, mode, today, seen, seed):
    has_plan = make_plan(module, mode, today, seen, Random(seed)) is not None

    assert has_plan == (why_not(module, mode, today) == "")


@plans
def test_a_plan_is_found_where_any_choice_would_do(module, mode, today, seen, seed):
    """Searched by hand over all choices, on modules small enough for it."""
    exists = any_choice(module, mode, today)

    assert (make_plan(module, mode, today, seen, Random(seed)) is not None) == exists


@plans
def test_nothing_comes_again_where_some_choice_asks_only_what_was_never_asked(
    module, mode, today, seen, seed
):
    plan = make_plan(module, mode, today, seen, Random(seed))

    if any_choice(module, mode, today, without=seen):
        assert not seen.keys() & {planned.question_id for planned in plan}


def test_a_choice_is_taken_back_before_a_question_comes_again():
    """Water has one question left that was never asked; leaves' first may not meet it."""
    by_objective = {
        "leaves": [made.question("leaves-0", not_with=["water-0"]), made.question("leaves-1")],
        "water": [made.question("water-0"), made.question("water-1")],
    }
    names = dict.fromkeys(by_objective, "Know it")
    module = made.module(by_objective, objectives=names, must_knows={}, questions_per_objective=1)

    for seed in range(20):
        plan = make_plan(module, Mode.ASSURED, TODAY, {"water-1": 1}, Random(seed))
        assert {planned.question_id for planned in plan} == {"leaves-1", "water-0"}


def any_choice(module, mode, today, without=()):
    """Whether some choice keeps all the rules, by trying every one."""
    askable = [
        question
        for question in module.questions
        if may_ask(question, mode, today) and question.id not in without
    ]
    rivals = {(q.id, other) for q in askable for other in q.not_with}
    owner = {must.objective: name for name, must in module.must_knows.items()}

    def extend(chosen, objectives):
        if not objectives:
            return True
        name, *rest = objectives
        pool = [q for q in askable if q.objective == name]
        return any(extend(more, rest) for more in choices(chosen, pool, name))

    def choices(chosen, pool, name):
        essential = [q for q in pool if q.must_know]
        plain = [q for q in pool if not q.must_know]
        wanted = module.questions_per_objective
        if name not in owner:
            yield from drawn(chosen, plain, wanted)
            return
        for first in drawn(chosen, essential, 1):
            yield from drawn(first, plain, wanted - 1)

    def drawn(chosen, pool, count):
        if count == 0:
            yield chosen
            return
        for at, q in enumerate(pool):
            if not any((q.id, c.id) in rivals or (c.id, q.id) in rivals for c in chosen):
                yield from drawn([*chosen, q], pool[at + 1 :], count - 1)

    return extend([], list(module.objectives))


@given(st.integers(0, 2**64), st.sampled_from(Mode))
def test_what_was_not_seen_comes_first(seed, mode):
    module = made.module()
    first = make_plan(module, mode, TODAY, {}, Random(seed))
    seen = {planned.question_id: 1 for planned in first}

    second = make_plan(module, mode, TODAY, seen, Random(seed + 1))

    assert not seen.keys() & {planned.question_id for planned in second}


@given(st.integers(0, 2**64))
def test_then_comes_what_was_seen_least(seed):
    module = made.module()
    seen = {question.id: 2 for question in module.questions} | {"leaves-1": 1, "leaves-3": 1}

    plan = make_plan(module, Mode.ASSURED, TODAY, seen, Random(seed))

    leaves = {p.question_id for p in plan if p.question_id.startswith("leaves")}
    assert leaves == {"leaves-1", "leaves-3"}


def test_over_many_seeds_everything_comes_and_in_every_place():
    module = made.module()
    plans = [make_plan(module, Mode.ASSURED, TODAY, {}, Random(seed)) or () for seed in range(200)]

    assert {p.question_id for plan in plans for p in plan} == {q.id for q in module.questions}
    assert {plan[0].question_id.partition("-")[0] for plan in plans} == {"water", "leaves"}
    assert {p.order for plan in plans for p in plan} == {"abc", "acb", "bac", "bca", "cab", "cba"}


def test_numbers_keep_their_order():
    by_objective = made.questions()
    numbers = [
        {"text": "1 minute", "misconception": "lukewarm", "why": "Too short."},
        {"text": "4 minutes", "right": True, "why": "As the packet says."},
        {"text": "40 minutes", "misconception": "forever", "why": "Too long."},
    ]
    by_objective["leaves"] = [made.question(f"leaves-{n}", option=numbers) for n in range(4)]
    module = made.module(by_objective)

    plans = [make_plan(module, Mode.ASSURED, TODAY, {}, Random(seed)) for seed in range(20)]

    leaves = [p for plan in plans for p in plan if p.question_id.startswith("leaves")]
    assert {planned.order for planned in leaves} == {"abc"}


YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "practice", "assured"),
    [
        ({}, True, True),
        ({"check": "To be confirmed."}, True, False),
        ({"sensitive": "mild"}, True, True),
        ({"sensitive": "strong"}, True, False),
        ({"review_by": TODAY}, True, True),
        ({"review_by": YESTERDAY}, True, False),
        ({"withdrawn": {"edition": "2026.1", "why": "It was wrong."}}, False, False),
        ({"held": "not filled in here: teapot"}, False, False),
        ({"slots_until": TODAY}, True, True),
        ({"slots_until": YESTERDAY}, False, False),
        ({"slots_until": TOMORROW, "review_by": YESTERDAY}, True, False),
    ],
)
def test_what_may_be_asked_in_which_mode(changes, practice, assured):
    (question,) = made.module({"water": [made.question("one", **changes)]}).questions

    assert may_ask(question, Mode.PRACTICE, TODAY) == practice
    assert may_ask(question, Mode.ASSURED, TODAY) == assured


def test_why_not_names_the_objectives_that_have_too_few():
    by_objective = made.questions()
    by_objective["leaves"] = [
        made.question("leaves-1"),
        made.question("leaves-2", check="Ask Ida."),
    ]
    module = made.module(by_objective)

    assert why_not(module, Mode.PRACTICE, TODAY) == ""
    assert why_not(module, Mode.ASSURED, TODAY) == (
        "Too few of its questions are ready to count for: Know how long leaves stay."
    )


def test_why_not_names_an_objective_whose_essential_point_has_no_variant():
    by_objective = made.questions()
    by_objective["water"] = [made.question(f"water-{n}") for n in range(4)]

    assert "Know how hot the water is" in why_not(made.module(by_objective), Mode.PRACTICE, TODAY)


def test_why_not_says_that_questions_would_give_one_another_away():
    by_objective = made.questions()
    leaves = [f"leaves-{n}" for n in (1, 2, 3)]
    by_objective["leaves"] = [
        made.question(id_, not_with=[other for other in leaves if other != id_]) for id_ in leaves
    ]

    assert why_not(made.module(by_objective), Mode.PRACTICE, TODAY) == (
        "Too many of its questions would give one another away."
    )


def test_a_dead_end_is_one_whichever_question_was_chosen_before():
    by_objective = made.questions()
    by_objective["water"][2] = made.question("water-1", not_with=["leaves-1"])
    by_objective["leaves"] = [
        made.question("leaves-1", not_with=["leaves-2"]),
        made.question("leaves-2"),
    ]

    assert (
        make_plan(made.module(by_objective), Mode.PRACTICE, TODAY, {"water-1": 1}, Random(0))
        is None
    )


def test_steps_are_never_shown_in_the_right_order():
    steps = [{"text": f"Step {n}", "why": "It comes so."} for n in range(3)]
    by_objective = made.questions()
    by_objective["leaves"] = [
        made.question(f"leaves-{n}", kind="in-order", option=None, step=steps) for n in range(2)
    ]
    module = made.module(by_objective)

    plans = [make_plan(module, Mode.ASSURED, TODAY, {}, Random(seed)) for seed in range(40)]

    orders = {p.order for plan in plans for p in plan if p.question_id.startswith("leaves")}
    assert orders == {"acb", "bac", "bca", "cab", "cba"}


def test_rivals_are_named_on_one_side_only_and_kept_apart_all_the_same():
    by_objective = made.questions()
    by_objective["water"][2] = made.question("water-1", not_with=["leaves-1", "leaves-2"])
    module = made.module(by_objective)

    for seed in range(100):
        plan = make_plan(module, Mode.PRACTICE, TODAY, {"water-2": 9}, Random(seed))
        ids = {planned.question_id for planned in plan}
        assert not ("water-1" in ids and ids & {"leaves-1", "leaves-2"})


def test_a_rival_that_is_not_asked_stands_in_nobodys_way():
    by_objective = made.questions()
    by_objective["leaves"] = [
        made.question("leaves-1", not_with=["leaves-2"]),
        made.question("leaves-2", held="not filled in here: teapot"),
        made.question("leaves-3"),
    ]

    plan = make_plan(made.module(by_objective), Mode.ASSURED, TODAY, {}, Random(0))

    assert {"leaves-1", "leaves-3"} <= {planned.question_id for planned in plan}


def rings(*sizes):
    """Objectives whose questions stand in a ring, each a rival of the next."""
    by_objective = {
        f"o{at}": [
            made.question(f"o{at}-{n}", not_with=[f"o{at}-{(n + 1) % size}"]) for n in range(size)
        ]
        for at, size in enumerate(sizes)
    }
    names = dict.fromkeys(by_objective, "Know it")
    return made.module(by_objective, objectives=names, must_knows={}, questions_per_objective=6)


def test_a_great_bank_with_many_rivals_is_planned_at_once():
    plan = make_plan(rings(*[12] * 8), Mode.PRACTICE, TODAY, {}, Random(1))

    assert plan is not None
    assert len(plan) == 48


def test_a_dead_end_in_one_objective_is_seen_without_trying_all_the_others():
    """Six of eleven in a ring cannot be chosen; going back over all others would take for ever."""
    assert make_plan(rings(*[12] * 8, 11), Mode.PRACTICE, TODAY, {}, Random(1)) is None


def test_what_comes_first_is_asked_before_what_was_never_asked():
    module, first = made.module(), {"leaves-1", "leaves-2"}
    seen = dict.fromkeys(first, 3)

    for seed in range(20):
        plan = make_plan(module, Mode.ASSURED, TODAY, seen, Random(seed), first)
        assert plan is not None
        assert first <= {planned.question_id for planned in plan}


# Updates


def own(number, change="c1"):
    """A question that asks the rule of a change."""
    made_so = made.question(f"own-{number}")
    made_so["decision"] = [{"change": change, "verdict": "new", "why": "It asks the new rule."}]
    return made_so


def of_changes(*questions):
    return made.module({"water": list(questions)}, must_knows={})


def test_an_update_asks_two_questions_of_each_change():
    module = of_changes(*(own(n) for n in (1, 2, 3)), *(own(n, "c2") for n in (4, 5)))

    plan, parts = plan_for_changes(module, ["c1", "c2"], TODAY, {}, Random(1))

    assert parts == (Part("c1", 2), Part("c2", 2))
    assert {planned.question_id for planned in plan[:2]} < {"own-1", "own-2", "own-3"}
    assert {planned.question_id for planned in plan[2:]} == {"own-4", "own-5"}


def test_those_that_were_asked_least_often_come_first():
    module = of_changes(*(own(n) for n in range(1, 5)))

    for seed in range(20):
        seen = {"own-1": 2, "own-2": 1}
        plan, _ = plan_for_changes(module, ["c1"], TODAY, seen, Random(seed))
        assert {planned.question_id for planned in plan} == {"own-3", "own-4"}


def test_it_has_ten_questions_at_most():
    changes = [f"c{n}" for n in range(1, 8)]
    asked = [own(2 * n + one, f"c{n}") for n in range(1, 8) for one in (0, 1)]

    plan, parts = plan_for_changes(of_changes(*asked), changes, TODAY, {}, Random(1))

    assert (len(plan), [part.change for part in parts]) == (10, changes[:5])


def test_a_change_of_which_one_question_alone_may_be_asked_waits():
    module = of_changes(own(1), own(2) | {"check": "Look it up."}, own(3, "c2"), own(4, "c2"))

    plan, parts = plan_for_changes(module, ["c1", "c2"], TODAY, {}, Random(1))

    assert [part.change for part in parts] == ["c2"]
    assert len(plan) == 2


def test_questions_that_give_one_another_away_do_not_meet_in_it():
    module = of_changes(own(1) | {"not_with": ["own-2"]}, own(2), own(3))

    for seed in range(20):
        plan, _ = plan_for_changes(module, ["c1"], TODAY, {}, Random(seed))
        assert {planned.question_id for planned in plan} != {"own-1", "own-2"}


def test_where_there_are_no_others_they_meet_all_the_same():
    module = of_changes(own(1) | {"not_with": ["own-2"]}, own(2))

    plan, parts = plan_for_changes(module, ["c1"], TODAY, {}, Random(1))

    assert {planned.question_id for planned in plan} == {"own-1", "own-2"}
    assert parts == (Part("c1", 2),)


def test_a_question_of_two_changes_is_asked_for_one():
    both = own(1)
    both["decision"].append({"change": "c2", "verdict": "new", "why": "It asks both."})
    module = of_changes(both, own(2), own(3, "c2"), own(4, "c2"))

    plan, parts = plan_for_changes(module, ["c1", "c2"], TODAY, {}, Random(1))

    assert len({planned.question_id for planned in plan}) == len(plan) == 4
    assert [part.change for part in parts] == ["c1", "c2"]
