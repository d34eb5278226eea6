"""Twins: the same options and another key, and an attempt asks one of them."""

import pytest

from questions.bank import Bank
from questions.findings import faults
from questions.twins import groups
from tests.gate.samples import OPTIONS, checked, in_order, question

TURNED = (OPTIONS[1], OPTIONS[0], *OPTIONS[2:])


def said(bank: Bank) -> list[str]:
    return [f"{finding.question}: {finding.words}" for finding in bank.findings]


def test_twins_have_the_same_options_and_another_key(tmp_path):
    bank = checked(
        tmp_path / "sample", question(), question(id="other", options=TURNED, twin="sample")
    )

    assert not faults(bank.findings)


def test_a_twin_that_is_not_there_is_a_fault_with_the_nearest_name(tmp_path):
    bank = checked(tmp_path / "sample", question(), question(id="other", twin="simple"))

    (found,) = faults(bank.findings)
    assert found.rule == "twin"
    assert "'simple', which is no other question here: did you mean" in found.words


def test_a_question_is_no_twin_of_itself(tmp_path):
    bank = checked(tmp_path / "sample", question(twin="sample"))

    (found,) = faults(bank.findings)
    assert "'sample', which is no other question here" in found.words


def test_twins_with_other_options_are_a_fault(tmp_path):
    longer = (*TURNED[:3], "Leave it to her teacher, and ask next week.")

    bank = checked(
        tmp_path / "sample", question(), question(id="other", options=longer, twin="sample")
    )

    (found,) = faults(bank.findings)
    assert found.question == "other"
    assert "the same options, word for word" in found.words


def test_steps_have_no_twins(tmp_path):
    steps = in_order("Ring the team", "Write it down", "Meet the family", id="other", twin="sample")

    bank = checked(tmp_path / "sample", question(), steps)

    (found,) = faults(bank.findings)
    assert "the same kind" in found.words


def test_twins_with_one_key_are_told_once_however_they_are_joined(tmp_path):
    bank = checked(
        tmp_path / "sample",
        question(),
        question(id="middle", options=TURNED, twin="sample"),
        question(id="last", twin="middle"),
    )

    (found,) = faults(bank.findings)
    assert found.question == "last"
    assert "the same right answer as its twin 'sample'" in found.words


def test_a_withdrawn_twin_no_longer_has_a_key_to_compare(tmp_path):
    gone = {"edition": "2026.1", "why": "It was told twice."}

    bank = checked(
        tmp_path / "sample", question(), question(id="other", twin="sample", withdrawn=gone)
    )

    assert not faults(bank.findings)


def test_chains_and_stars_are_one_group(tmp_path):
    bank = checked(
        tmp_path / "sample",
        question(),
        question(id="chain-1", twin="sample"),
        question(id="chain-2", twin="chain-1"),
        question(id="apart-1"),
        question(id="apart-2", twin="apart-1"),
        question(id="alone"),
    )
    assert bank.module is not None

    found = groups(bank.module.questions)

    assert found["sample"] == found["chain-2"] == {"sample", "chain-1", "chain-2"}
    assert found["apart-1"] == {"apart-1", "apart-2"}
    assert "alone" not in found


def test_a_twins_story_may_hold_the_other_twins_answer(tmp_path):
    telling = question(
        id="other",
        options=TURNED,
        scenario="You are a school nurse. A friend of Priya's mother rings the front door today.",
    )
    rules = {f.rule for f in checked(tmp_path / "apart", question(), telling).findings}
    joined = checked(tmp_path / "joined", question(), {**telling, "twin": "sample"}).findings

    assert "W28" not in {finding.rule for finding in joined}
    assert "W28" in rules


def test_a_wrong_option_says_on_which_side_it_errs(tmp_path):
    made = question()
    del made["option"][1]["errs"]

    bank = checked(tmp_path / "sample", made)

    assert (
        'sample: option 2 is wrong but does not say how: add errs = "less", "more" or "fact"'
        in (said(bank))
    )


def test_a_right_option_errs_on_no_side(tmp_path):
    made = question()
    made["option"][0]["errs"] = "less"

    bank = checked(tmp_path / "sample", made)

    assert "sample: option 1 is right: take its `errs` away" in said(bank)


def test_an_error_is_one_of_three(tmp_path):
    made = question()
    made["option"][1]["errs"] = "late"

    bank = checked(tmp_path / "sample", made)

    assert any(
        "`errs` must be 'less', 'more' or 'fact', not 'late'" in words for words in said(bank)
    )


@pytest.mark.parametrize("right", [1, 2, 3, 4])
def test_of_several_one_to_four_may_be_right(tmp_path, right):
    bank = checked(tmp_path / "sample", question(kind="several-of", right=right))

    assert not faults(bank.findings)


def test_of_several_at_least_one_is_right(tmp_path):
    bank = checked(tmp_path / "sample", question(kind="several-of", right=0))

    assert any("has one to four options with `right = true`" in words for words in said(bank))
