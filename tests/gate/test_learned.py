"""Robots that learn: what keys sound like is found, and is not there when it is not."""

from pathlib import Path
from random import Random

import pytest

from questions.kinds import Question
from questions.learned import HABITS, LEARNERS, ROBOTS, Taught, learn
from questions.robots import ALL
from tests.gate.samples import in_order, question
from tests.gate.test_kinds import built

FROZEN = Path(__file__).with_name("options-of-26-november.txt")
WHY = "It is a reason of eight words or more."


def made(id_: str, right: list[str], wrong: list[str], **changes: object) -> Question:
    options = [
        *({"text": text, "why": WHY, "right": True} for text in right),
        *({"text": text, "why": WHY, "misconception": "it-can-wait"} for text in wrong),
    ]
    return built(question(id=id_, option=options, **changes))


@pytest.fixture(scope="module")
def frozen() -> dict[str, list[Question]]:
    """Banks whose right answers sound alike, as they were before anything was done about it."""
    modules: dict[str, list[Question]] = {}
    questions: list[Question] = []
    for number, block in enumerate(FROZEN.read_text("utf-8").split("\n\n")[1:]):
        lines = block.strip().split("\n")
        if lines[0].startswith("["):
            modules[lines[0].strip("[]")] = questions = []
            continue
        sides = {sign: [line[2:] for line in lines if line[0] == sign] for sign in "+-"}
        questions.append(made(f"q-{number}", sides["+"], sides["-"]))
    return modules


def with_other_keys(modules: dict[str, list[Question]], seed: int) -> dict[str, list[Question]]:
    """The same options, with any of them right."""
    rng = Random(seed)
    shuffled: dict[str, list[Question]] = {}
    for name, questions in modules.items():
        shuffled[name] = []
        for one in questions:
            texts = [one.text_of(letter) for letter in one.letters]
            rng.shuffle(texts)
            shuffled[name].append(made(one.id, texts[:1], texts[1:]))
    return shuffled


def shares(modules: dict[str, list[Question]]) -> dict[tuple[str, str], Taught]:
    return {(row.robot, row.module): row for row in learn(modules).rows}


def test_the_banks_of_26_november_are_given_away_by_how_right_answers_sound(frozen):
    found = shares(frozen)

    assert found["learned: options alone", ALL].questions == 113
    assert found["learned: options alone", ALL].right == pytest.approx(0.56, abs=0.01)
    assert all(found[robot, ALL].is_fault for robot in LEARNERS)
    assert found["learned: options alone", "strategy-discussions"].is_fault


def test_with_shuffled_keys_a_robot_is_no_better_than_chance(frozen):
    seeds = range(6)
    pooled = [shares(with_other_keys(frozen, seed)) for seed in seeds]

    for robot in ROBOTS:
        right = sum(found[robot, ALL].right for found in pooled) / len(seeds)
        error = pooled[0][robot, ALL].error / len(seeds) ** 0.5
        assert right == pytest.approx(pooled[0][robot, ALL].chance, abs=3 * error)
        assert not any(found[robot, ALL].is_fault for found in pooled)


def test_the_order_of_questions_and_options_changes_nothing(frozen):
    turned = {
        name: [
            made(
                one.id,
                [one.text_of(letter) for letter in one.key],
                [one.text_of(le) for le in reversed(one.letters) if le not in one.key],
            )
            for one in reversed(questions)
        ]
        for name, questions in frozen.items()
    }

    straight, back = shares(frozen), shares(turned)

    assert {at: row.right for at, row in straight.items()} == pytest.approx(
        {at: row.right for at, row in back.items()}
    )


def sounding(name: str, **changes: object) -> list[Question]:
    return [
        made(f"{name}-{n}", [f"Ring number {n} now"], [f"Wait {w} {n}" for w in "xyz"], **changes)
        for n in range(3)
    ]


def test_a_giveaway_names_the_question_and_the_words_that_do_it():
    learned = learn({"a": sounding("a"), "b": sounding("b")})

    worst = learned.giveaways["learned: options alone", "b"][0]

    assert worst.question == "b-0"
    assert {"now", "ring"} <= set(worst.towards)
    assert "wait" in worst.away
    assert [one.module for one in learned.giveaways["learned: options alone", ALL]].count("a") == 3


def test_what_is_asked_may_point_to_the_answer():
    def asked(name: str) -> list[Question]:
        options = ["Ring her", "Write to her", "Visit her"]
        return [
            made(
                f"{name}-{n}",
                [text],
                [o for o in options if o != text],
                ask=f"How do you {how} now?",
            )
            for n, (how, text) in enumerate(zip(("hurry", "confirm", "look"), options, strict=True))
        ]

    found = shares({"a": asked("a"), "b": asked("b")})

    assert found["learned: question and options", "b"].right == 1
    assert found["learned: options alone", "b"].right == pytest.approx(1 / 3)


def test_a_word_of_the_story_in_the_right_answer_is_learned_too():
    def told(name: str, where: str) -> list[Question]:
        return [
            made(
                f"{name}-{n}", [f"The {where}"], ["A car", "A lane"], scenario=f"You see a {where}."
            )
            for n in range(3)
        ]

    learned = learn({"a": told("a", "house"), "b": told("b", "barn")})

    assert "(1 word of the story)" in (
        learned.giveaways["learned: question and options", "b"][0].towards
    )


def test_habits_follow_their_words():
    keys = {
        "the activist": "Ring her today",
        "the delayer": "Wait for a letter",
        "the talker": "Explain why",
    }
    bank = [
        made(
            f"{habit.split()[1]}-{n}", [keys[habit]], [k for k in keys.values() if k != keys[habit]]
        )
        for habit in HABITS
        for n in range(2)
    ]

    found = shares({"a": bank, "b": bank})

    for habit in HABITS:
        assert found[habit, "b"].right == pytest.approx(1 / 3)


def test_twins_are_worth_one_of_the_group_to_whoever_looks_at_options_alone():
    texts = ["Ring her now", "Wait a week", "Ask him", "Leave it"]
    twins = [
        made(f"twin-{n}", [text], [other for other in texts if other != text])
        for n, text in enumerate(texts)
    ]

    found = shares({"a": sounding("a"), "twins": twins})

    assert found["learned: options alone", "twins"].right == pytest.approx(1 / 4)


def test_what_nobody_can_miss_or_no_robot_reads_is_left_out():
    all_right = made("all", ["Ring", "Write", "Visit"], [], kind="several-of")
    steps = built(in_order("Ring", "Write", "Visit"))

    learned = learn({"a": sounding("a"), "b": [*sounding("b"), all_right, steps], "c": [steps]})

    assert {row.module: row.questions for row in learned.rows} == {"a": 3, "b": 3, ALL: 6}


def test_by_itself_a_module_teaches_nobody():
    assert learn({"a": sounding("a")}).rows == ()


def test_the_bound_is_eight_points_and_for_one_module_two_standard_errors_more():
    assert Taught("r", ALL, 400, 0.34, 0.25, 0.02).is_fault
    assert not Taught("r", ALL, 400, 0.32, 0.25, 0.02).is_fault
    assert Taught("r", "m", 400, 0.38, 0.25, 0.02).is_fault
    assert not Taught("r", "m", 400, 0.36, 0.25, 0.02).is_fault
    assert Taught("r", "m", 400, 0.38, 0.25, 0.02).bound == pytest.approx(0.37)
