"""What first attempts say of questions: worked out by hand, and found again where it is known."""

from itertools import product
from math import sqrt
from random import Random

import pytest

from quizbot.rules.consistency import Hardness, agreement, chance, chance_to_pass, spread_of
from quizbot.rules.item_flags import Margin, by_chance, flags
from quizbot.rules.items import FEWEST, FirstAttempt, answer_of, item_figures
from quizbot.rules.outcome import Marked, judge
from quizbot.rules.pick import Mode, drawn
from tests.made import TODAY, module, question

LEVELS = [-4 + 0.1 * step for step in range(81)]


def attempt(passed, **replies):
    """One by the replies to questions, `water_1="b"` and so on."""
    answers = [answer_of(id_.replace("_", "-"), reply) for id_, reply in replies.items()]
    return FirstAttempt(passed, answers)


def of(figures, question_id):
    (found,) = [one for one in figures.questions if one.question_id == question_id]
    return found


@pytest.fixture
def by_hand():
    """Forty attempts at three questions: water-1 right in 30, leaves-1 and leaves-2 in 20 each."""
    return [
        *[attempt(True, water_1="b", leaves_1="b", leaves_2="b")] * 10,
        *[attempt(True, water_1="b", leaves_1="a", leaves_2="b")] * 10,
        *[attempt(False, water_1="c", leaves_1="a", leaves_2="c")] * 10,
        *[attempt(False, water_1="b", leaves_1="b", leaves_2="")] * 10,
    ]


def test_shares_are_as_counted_by_hand(by_hand):
    figures = item_figures(module(), by_hand)

    water = of(figures, "water-1")
    assert (water.asked, water.right, water.share) == (40, 30, 0.75)
    assert water.interval == pytest.approx((0.598, 0.858), abs=0.001)
    assert (water.asked_of_passed, water.right_of_passed, water.asked_of_failed) == (20, 20, 20)
    assert (figures.attempts, figures.passed, figures.share) == (40, 20, 0.5)
    assert figures.interval == pytest.approx((0.352, 0.648), abs=0.001)


def test_an_answer_is_held_against_the_rest_of_its_attempt_without_itself(by_hand):
    # The rest of water-1 is sqrt(2), 0, -sqrt(2), 0 in the four kinds of attempt, with variance 1;
    # in those that had it right its mean is sqrt(2) / 3.
    water = of(item_figures(module(), by_hand), "water-1")

    assert water.item_rest == pytest.approx(0.75 * sqrt(2) / 3 / sqrt(0.75 * 0.25))
    assert water.right_rest.mean == pytest.approx(sqrt(2) / 3)
    low, high = water.rest_interval
    assert low < water.item_rest < high


def test_each_option_has_its_share_among_all_and_among_who_did_not_pass(by_hand):
    leaves = of(item_figures(module(), by_hand), "leaves-2")

    assert [(one.letter, one.taken, one.taken_by_failed) for one in leaves.options] == [
        *(("a", 0, 0), ("b", 20, 0), ("c", 10, 10))
    ]
    assert [one.is_right for one in leaves.options] == [False, True, False]


def test_reliability_is_of_pairs_of_answers_in_one_attempt(by_hand):
    # Covariances of the three pairs are 1/8, 1/8 and 0, their mean 1/12; variances 3/16, 1/4, 1/4.
    figures = item_figures(module(), by_hand)

    mean, variance = 1 / 12, 11 / 48
    assert figures.reliability == pytest.approx(3 * mean / (variance + 2 * mean))


def test_an_attempt_of_one_question_has_no_rest():
    figures = item_figures(module(), [attempt(True, water_1="b"), attempt(False, water_1="a")] * 30)

    assert of(figures, "water-1").item_rest is None
    assert of(figures, "water-1").rest_interval is None


def test_where_all_are_right_nothing_is_said_of_the_rest():
    alike = [attempt(True, water_1="b", leaves_1="b")] * FEWEST

    figures = item_figures(module(), alike)

    assert of(figures, "water-1").item_rest is None
    assert figures.reliability is None
    assert figures.agreement.same > 0.9


def test_a_rest_that_is_always_the_same_says_nothing():
    given = [attempt(True, water_1=one, leaves_1="b") for one in "bbc" * 20]

    assert of(item_figures(module(), given), "water-1").item_rest is None


def test_under_thirty_answers_nothing_is_said():
    few = [attempt(True, water_1="b", leaves_1="b"), attempt(False, water_1="a", leaves_1="a")]

    figures = item_figures(module(), (few * FEWEST)[: FEWEST - 1])

    assert not figures.can_be_told
    assert (figures.reliability, figures.agreement) == (None, None)
    water = of(figures, "water-1")
    assert not water.can_be_told
    assert water.item_rest is None
    assert flags(module().questions[0], water, Margin(0, 1, 10)) == ()
    assert item_figures(module(), (few * FEWEST)[:FEWEST]).can_be_told


def test_steps_have_a_share_a_place_and_several_right_options_each_their_own():
    steps = [{"text": f"Step {n}", "why": "So it is."} for n in "123"]
    several = question("leaves-2", kind="several-of")
    several["option"][0] = {**several["option"][1], "text": "Pour it"}
    ordered = question("leaves-1", kind="in-order", option=None, step=steps)
    made = module({"water": [question("water-1")], "leaves": [ordered, several]})
    given = [
        *[attempt(True, leaves_1="abc", leaves_2="ab")] * 20,
        *[attempt(False, leaves_1="acb", leaves_2="bc")] * 20,
    ]

    figures = item_figures(made, given)

    placed = of(figures, "leaves-1").options
    assert [(one.place, one.letter, one.taken) for one in placed] == [
        *((1, "a", 40), (2, "b", 20), (3, "c", 20))
    ]
    chosen = of(figures, "leaves-2").options
    assert [(one.letter, one.is_right, one.taken, one.taken_by_failed) for one in chosen] == [
        *(("a", True, 20, 0), ("b", True, 40, 20), ("c", False, 20, 20))
    ]
    assert [by_chance(one) for one in made.questions] == [1 / 3, 1 / 6, 1 / 7]


# Known parameters, found again


def big():
    """A bank from which everybody draws four of 24 questions."""
    return module(
        {
            "water": [
                *(question(f"water-boil-{n}", must_know="boil") for n in range(1, 5)),
                *(question(f"water-{n}") for n in range(1, 9)),
            ],
            "leaves": [question(f"leaves-{n}") for n in range(1, 13)],
        },
        pass_share=0.75,
    )


class Simulated:
    """People whose knowing is known, and questions whose hardness is; each drawn from the pool."""

    def __init__(self, people, spread, seed=1):
        self.module, self.spread, rng = big(), spread, Random(seed)
        self.bounds = {q.id: rng.uniform(-0.3, 1.6) for q in self.module.questions}
        self.drawn = list(drawn(self.module, Mode.ASSURED, TODAY, rng, 2 * people))
        self.attempts, self.same = [], 0
        for number in range(people):
            level = rng.gauss(0, 1)
            first, second = (
                [(q, rng.random() < self.chance(q, level)) for q in draw]
                for draw in self.drawn[2 * number : 2 * number + 2]
            )
            passed, again = self.passes(first), self.passes(second)
            self.same += passed == again
            answers = [answer_of(q.id, "b" if right else "a") for q, right in first]
            self.attempts.append(FirstAttempt(passed, answers))

    def chance(self, asked, level):
        return chance(self.bounds[asked.id], self.spread, level)

    def passes(self, given):
        marked = [Marked(q.objective, right, q.must_know) for q, right in given]
        return judge(self.module, marked).passed

    def covariances(self):
        """Of any two questions, by summing over the normal curve."""
        heaps = [2.718281828 ** (-level * level / 2) for level in LEVELS]
        weights = [heap / sum(heaps) for heap in heaps]
        by_id = {q.id: [self.chance(q, level) for level in LEVELS] for q in self.module.questions}
        means = {
            id_: sum(w * p for w, p in zip(weights, chances, strict=True))
            for id_, chances in by_id.items()
        }

        def of_two(one, other):
            both = zip(weights, by_id[one], by_id[other], strict=True)
            return sum(w * p * q for w, p, q in both) - means[one] * means[other]

        ids = list(by_id)
        return means, {(one, other): of_two(one, other) for one, other in product(ids, ids)}


@pytest.fixture(scope="module")
def simulated():
    return Simulated(people=12_000, spread=0.8)


@pytest.fixture(scope="module")
def found(simulated):
    return item_figures(simulated.module, simulated.attempts)


def test_shares_that_are_known_are_found_again(simulated, found):
    means, _ = simulated.covariances()

    for one in found.questions:
        assert one.share == pytest.approx(means[one.question_id], abs=0.035), one.question_id


def test_correlations_that_are_known_are_found_again(simulated, found):
    means, covariances = simulated.covariances()
    own = {id_: mean * (1 - mean) for id_, mean in means.items()}
    for one in found.questions:
        with_rest = spread = count = 0.0
        for draw in simulated.drawn[::2]:
            others = [q.id for q in draw if q.id != one.question_id]
            if len(others) == len(draw):
                continue
            width = sum(own[id_] for id_ in others)
            crossed = sum(covariances[p] for p in product(others, others) if p[0] != p[1])
            with_rest += sum(covariances[one.question_id, id_] for id_ in others) / sqrt(width)
            spread += (width + crossed) / width
            count += 1
        known = with_rest / count / sqrt(own[one.question_id] * spread / count)

        assert one.item_rest == pytest.approx(known, abs=0.06), one.question_id


def test_how_widely_people_differ_is_found_again(simulated, found):
    hardness = {one.question_id: Hardness(one.right, one.asked) for one in found.questions}
    _, covariances = simulated.covariances()
    met = [
        covariances[one.id, other.id]
        for draw in simulated.drawn[::2]
        for one in draw
        for other in draw
        if one is not other
    ]

    assert spread_of(hardness, sum(met) / len(met)) == pytest.approx(simulated.spread, abs=0.05)


def test_the_same_verdict_from_another_draw_comes_as_often_as_it_did(simulated, found):
    assert found.agreement.same == pytest.approx(simulated.same / found.attempts, abs=0.02)
    assert found.agreement.passing == pytest.approx(found.share, abs=0.02)
    assert found.agreement.by_lot < found.agreement.same


def test_guessing_is_not_reliable_though_everybody_draws_other_questions():
    guessed = Simulated(people=6000, spread=0.0)

    figures = item_figures(guessed.module, guessed.attempts)

    assert (figures.reliability or 0) < 0.05
    assert max(abs(one.item_rest or 1) for one in figures.questions) < 0.12
    assert figures.agreement.same == pytest.approx(guessed.same / 6000, abs=0.02)


def test_who_sees_every_question_is_judged_as_from_a_pool_of_one():
    (one,) = [q for q in module().questions if q.id == "water-1"]

    sure = agreement(module(), [[one]], {one.id: Hardness(9, 10)}, 0.0)

    assert sure.passing == pytest.approx(9.5 / 11, abs=0.001)


@pytest.mark.parametrize("minimum", [0, 1, 2])
def test_the_chance_to_pass_is_that_of_every_way_to_answer(minimum):
    made = module(objective_minimum=minimum)
    asked = [
        q for q in made.questions if q.id in ("water-boil-1", "water-1", "leaves-1", "leaves-2")
    ]
    chances = [0.9, 0.6, 0.7, 0.2]

    ways = 0.0
    for right in product([True, False], repeat=4):
        marked = [Marked(q.objective, ok, q.must_know) for q, ok in zip(asked, right, strict=True)]
        likely = 1.0
        for ok, one in zip(right, chances, strict=True):
            likely *= one if ok else 1 - one
        ways += likely * judge(made, marked).passed

    assert chance_to_pass(made, asked, chances) == pytest.approx(ways)


# What is to be looked at


def flagged(given, question_id="leaves-1", margin=None):
    made = module()
    (asked,) = [q for q in made.questions if q.id == question_id]
    found = of(item_figures(made, given), question_id)
    return [flag.name for flag in flags(asked, found, margin)]


def test_a_good_question_is_not_flagged():
    given = [
        *[attempt(True, water_1="b", leaves_1="b", leaves_2="b")] * 40,
        *[attempt(False, water_1="a", leaves_1="a", leaves_2="b")] * 10,
        *[attempt(False, water_1="b", leaves_1="c", leaves_2="a")] * 10,
    ]

    assert flagged(given, margin=Margin(0.9, 0.4, 10)) == []


def test_a_wrong_key_is_flagged_in_every_way_it_shows():
    given = [
        *[attempt(True, water_1="b", leaves_1="a", leaves_2="b")] * 60,
        *[attempt(False, water_1="a", leaves_1="b", leaves_2="a")] * 20,
    ]

    assert flagged(given) == [
        "worse than chance",
        "the wrong way round",
        "a wrong option that strong people take",
        "an option nobody takes",
    ]


def test_what_nearly_everybody_has_right_is_too_easy_unless_it_is_essential():
    given = [attempt(True, water_boil_1="b", leaves_1="b")] * 200

    assert flagged(given) == ["too easy", *["an option nobody takes"] * 2]
    assert flagged(given, "water-boil-1") == ["an option nobody takes"] * 2


def test_where_nobody_passed_nothing_is_said_of_who_did():
    given = [attempt(False, water_1="a", leaves_1=one) for one in "abc" * 20]

    assert flagged(given) == []


def test_an_option_that_few_were_asked_about_may_yet_be_taken():
    given = [
        attempt(True, water_1="b", leaves_1="b"),
        attempt(False, water_1="a", leaves_1="a"),
    ] * 20

    assert flagged(given) == []


def test_a_few_strong_people_who_take_an_option_may_be_chance():
    strong = attempt(True, water_1="b", leaves_1="a", leaves_2="b")
    given = [
        *[strong] * 9,
        *[attempt(True, water_1="b", leaves_1="b", leaves_2="a")] * 40,
        *[attempt(False, water_1="a", leaves_1="c", leaves_2="b")] * 20,
    ]

    assert "a wrong option that strong people take" not in flagged(given)
    assert "a wrong option that strong people take" in flagged([*given, strong])


def test_a_question_that_helps_nobody_who_knows_is_flagged():
    given = [
        attempt(True, water_1="b", leaves_1="b"),
        attempt(False, water_1="a", leaves_1="a"),
    ] * 20

    assert flagged(given, margin=Margin(0.8, 0.8, 10)) == ["knowing does not help"]
    assert flagged(given, margin=Margin(0.8, 0.8, 4)) == []
