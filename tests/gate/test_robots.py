"""Guessers: each sees what it should, is counted exactly, and a fair bank gives it nothing."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from questions.bank import read_bank
from questions.kinds import Question
from questions.robots import ALL, ROBOTS, Row, chance, luck, table
from quizbot.editions.robots import MOST, may_count, passes, passes_shortest
from tests import made
from tests.gate.samples import (
    HEAD,
    OPTIONS,
    TODAY,
    easy,
    in_order,
    match,
    question,
    the_place,
    write_bank,
)
from tests.gate.test_kinds import built
from tests.shipped import every_bank


def one_of(*options: str, scenario: str = "") -> Question:
    return built(question(options=options, scenario=scenario or "You are a nurse."))


GIVEAWAYS = {
    "longest option": one_of("A long right answer", "Wrong", "Bad", "Poor"),
    "most qualified wording": one_of("Tell them if it is possible", "Tell all", "Tell one", "Ask"),
    "avoids absolutes": one_of("Tell her", "Always tell", "Never tell", "Tell all"),
    "echoes the question": one_of("A quorate meeting", "A letter", "A call", "A vote",
                                  scenario="You are a chair. The meeting lacks a quorum."),
    "odd one out": one_of("Wait", "Tell her mother", "Tell her father", "Tell her teacher"),
    "most like the others": one_of("The chair and the police", "The chair and a nurse",
                                   "A teacher and the police", "A friend"),
    "most punctuated": one_of("Tell her, then (later) him", "Tell him", "Tell her", "Tell us"),
    "middle number": one_of("15 days", "5 days", "45 days"),
}  # fmt: skip


@pytest.mark.parametrize("robot", GIVEAWAYS)
def test_each_robot_finds_what_it_looks_for(robot):
    assert luck(GIVEAWAYS[robot], robot) == 1


def test_the_vote_follows_most_of_the_others():
    padded = one_of("Tell them, if it is possible, and as far as relevant", "Ask", "Go", "Sit")

    assert luck(padded, "vote of all") == 1


def test_equals_share_the_luck():
    alike = one_of("Abcd", "Efgh", "Ijkl", "Mn")

    assert luck(alike, "longest option") == pytest.approx(1 / 3)
    assert luck(alike, "avoids absolutes") == 1 / 4 == chance(alike)
    assert luck(alike, "middle number") == 1 / 4
    assert luck(one_of("Ab", "Efgh", "Ijkl", "Mnop"), "longest option") == 0


def test_two_in_the_middle_share_the_luck():
    numbers = one_of("5 days", "10 days", "15 days", "20 days")

    assert luck(numbers, "middle number") == 0
    assert luck(one_of("10 days", "5 days", "15 days", "20 days"), "middle number") == 1 / 2


def test_several_of_is_played_knowing_how_many():
    def several(*options: str) -> Question:
        return built(question(kind="several-of", right=2, options=options))

    assert chance(several("Ab", "Cd", "Ef", "Gh")) == 1 / 6
    assert luck(several("Abcdef", "Abcde", "Ef", "Gh"), "longest option") == 1
    assert luck(several("Abcdef", "Abc", "Efg", "Hij"), "longest option") == pytest.approx(1 / 3)
    assert luck(several("Ab", "Cd", "Efghi", "Jk"), "longest option") == 0
    assert luck(several("Ab", "Cd", "Ef", "Gh"), "vote of all") == pytest.approx(1 / 6)


def test_steps_are_put_with_the_highest_first():
    falling = built(in_order("A long first step", "A second", "A"))

    assert chance(falling) == 1 / 6
    assert luck(falling, "longest option") == 1
    assert luck(falling, "avoids absolutes") == pytest.approx(1 / 6)
    assert luck(built(in_order("A", "A second", "A long last step")), "longest option") == 0
    assert luck(built(in_order("Abc", "Def", "G")), "longest option") == 1 / 2
    assert luck(falling, "vote of all") == 1


def test_pairs_are_matched_by_the_words_they_share():
    telling = built(match(("The police", "Police work"), ("A nurse", "The nurse's notes"),
                          ("A school", "Lessons")))  # fmt: skip
    blind = built(match(("One", "Ab"), ("Two", "Cd"), ("Three", "Ef")))

    assert luck(telling, "echoes the question") == luck(telling, "vote of all") == 1
    assert luck(telling, "longest option") == chance(telling) == 1 / 6
    assert luck(blind, "echoes the question") == pytest.approx(1 / 6)
    crossed = built(match(("The police", "Nurses"), ("A nurse", "Police"), ("Two", "Ef")))
    assert luck(crossed, "echoes the question") == 0


@pytest.mark.parametrize("robot", ROBOTS)
def test_wherever_the_key_stands_the_chances_of_all_options_add_up_to_one(robot):
    total = sum(luck(one_of(text, *(o for o in OPTIONS if o != text)), robot) for text in OPTIONS)

    assert total == pytest.approx(1)


@pytest.mark.parametrize("robot", [robot for robot in ROBOTS if robot != "vote of all"])
def test_the_chances_of_all_orders_add_up_to_one(robot):
    texts = ("A call, made now", "Some visit", "Every plan")
    orders = permutations(texts)

    assert sum(luck(built(in_order(*order)), robot) for order in orders) == pytest.approx(1)


def test_a_fault_needs_five_points_and_two_standard_errors():
    assert Row("r", "m", 400, 0.31, 0.25, 0.02).is_fault
    assert not Row("r", "m", 400, 0.29, 0.25, 0.01).is_fault
    assert not Row("r", "m", 40, 0.37, 0.25, 0.068).is_fault
    assert not Row("r", "m", 400, 0.05, 0.25, 0.02).is_fault


def test_the_table_has_every_module_and_all_together():
    padded, fair = GIVEAWAYS["longest option"], one_of(*OPTIONS)

    rows = {
        (row.robot, row.module): row for row in table({"a": [padded] * 9, "b": [fair], "c": []})
    }

    assert rows["longest option", "a"].right == 1
    assert rows["longest option", "a"].is_fault
    assert rows["longest option", "a"].chance == 1 / 4
    assert rows["longest option", "a"].error == pytest.approx((0.25 * 0.75 / 9) ** 0.5)
    assert rows["longest option", ALL].questions == 10
    assert ("longest option", "c") not in rows
    assert table({"c": []}) == []
    assert {row.module for row in table({"a": [padded]})} == {"a"}


def read(folder, *questions, **head):
    return read_bank(write_bank(folder, *questions, **head), the_place(), TODAY).module


def test_a_bank_that_can_be_guessed_is_passed(tmp_path):
    padded = (
        "Ring the front door today, and give them all of the facts.",
        "Ring.",
        "Wait.",
        "Ask.",
    )
    guessable = read(tmp_path / "easy", question(options=padded))
    fair = read(tmp_path / "fair", question(options=("Ring now.", "Wait now, or later.", "Ask.")))

    assert passes(guessable, TODAY)["longest option"] == 1
    assert passes(fair, TODAY)["longest option"] == 0
    assert passes(guessable, TODAY) == passes(guessable, TODAY)


def test_only_what_may_count_is_guessed_at(tmp_path):
    module = read(
        tmp_path / "sample",
        question(id="counts"),
        question(id="in-doubt", check="Confirm the number."),
        question(id="hard", sensitive="strong"),
    )

    assert [q.id for q in may_count(module, TODAY)] == ["counts"]
    assert may_count(module, date(2099, 1, 1)) == ()
    assert passes(module, date(2099, 1, 1)) == {}
    assert HEAD["pass_share"] == module.pass_share


def test_guessing_does_not_pass_the_shortest_refresher_of_any_shipped_questionnaire(service):
    (referrals,) = service.editions.all_current()

    for bank in every_bank():
        module = bank.module
        edition = replace(referrals, fingerprint=module.id, module=module)
        assert passes_shortest(edition, TODAY) <= MOST, module.id


def test_the_shortest_refresher_of_what_can_be_guessed_is_passed_by_guessing(service):
    (referrals,) = service.editions.all_current()
    guessable = made.module(must_knows={}, by_objective=easy())

    edition = replace(referrals, fingerprint="guessable", module=guessable)

    assert passes_shortest(edition, TODAY) == 1
