"""What a bank covers is counted, and what it leaves out is named."""

import pytest

from questions.coverage import children_in, coverage
from questions.lint import whole
from questions.lint.mix import Mix
from tests.gate.samples import OPTIONS, TODAY, checked, in_order, question


def the_module(tmp_path, *questions, **head):
    module = checked(tmp_path / "sample", *questions, **head).module
    assert module is not None
    return module


def covered(tmp_path, *questions, **head):
    return coverage(the_module(tmp_path, *questions, **head))


def test_objectives_are_counted_by_level_and_kind(tmp_path):
    steps = {**in_order("A call", "A visit", "A plan"), "id": "steps"}

    found = covered(tmp_path, question(), question(id="two"), steps)

    assert found.module == "sample"
    assert found.questions == 3
    assert found.objectives == {"act": {"apply one-of": 2, "apply in-order": 1}}


def test_facts_are_counted_and_gaps_are_named_up_to_the_highest_used(tmp_path):
    found = covered(
        tmp_path,
        question(facts=["C02", "C05", "R1"]),
        question(id="two", facts=["C05", "R3", "R10"]),
    )

    assert found.facts_used == {"C02": 1, "C05": 2, "R1": 1, "R3": 1, "R10": 1}
    assert found.facts_skipped == ("C01", "C03", "C04", "R2", "R4", "R5", "R6", "R7", "R8", "R9")


def test_a_fact_without_a_number_is_no_gap(tmp_path):
    found = covered(tmp_path, question(facts=["somewhere"]))

    assert found.facts_used == {"somewhere": 1}
    assert found.facts_skipped == ()


def test_lessons_days_must_knows_and_doubts(tmp_path):
    lesson = {"review": "A review, 2009", "at": "5.1", "says": "Ask."}
    found = covered(
        tmp_path,
        question(lesson=lesson, must_know="ring"),
        question(id="two", review_by=TODAY.replace(year=2028), check="Confirm who chairs."),
        question(id="gone", withdrawn={"edition": "2026.1", "why": "The law has changed."}),
        must_knows={"ring": {"objective": "act", "says": "Ring."}},
    )

    assert found.lessons == {"A review, 2009": 1}
    assert found.review_by == {"2027-11": 1, "2028-11": 1}
    assert found.must_knows == {"ring": ("sample",)}
    assert found.in_check == {"two": "Confirm who chairs."}
    assert found.questions == 2


def test_a_bank_without_questions_breaks_no_rule_of_the_whole(tmp_path):
    gone = question(withdrawn={"edition": "2026.1", "why": "The law has changed."})
    module = the_module(tmp_path, gone)

    assert [said for check in whole.CHECKS for said in check(module)] == []


def test_errors_quiet_keys_and_twins_are_counted(tmp_path):
    turned = (OPTIONS[1], OPTIONS[0], *OPTIONS[2:])
    silent = question(id="silent", errs=("less", "fact", "fact"))
    del silent["option"][1]["errs"]
    steps = in_order("A call", "A visit", "A plan", id="steps", level="recall")
    steps["mixup"][0]["errs"] = "more"

    found = covered(
        tmp_path,
        question(quiet=True),
        question(id="other", options=turned, twin="sample"),
        silent,
        steps,
    )

    assert found.mix == Mix(applied=3, more=2, quiet=1, twins=2)
    assert found.errors == {"less": 4, "more": 3, "fact": 2, "not told": 1}
    assert found.twin_groups == 1


def test_how_many_options_are_right_is_counted(tmp_path):
    found = covered(
        tmp_path,
        *(question(id=f"several-{right}", kind="several-of", right=right) for right in (1, 4)),
        question(),
    )

    assert found.right_options == {"1 of 4": 1, "4 of 4": 1}


def test_questions_that_say_where_they_rest_are_counted(tmp_path):
    found = covered(
        tmp_path,
        question(),
        question(
            id="placed",
            sources=[{"id": "guide", "at": "Not numbered"}, {"id": "guide", "at": "3.2"}],
        ),
    )

    assert found.with_place == 1


@pytest.mark.parametrize(
    ("scenario", "ages"),
    [
        ("You coach Tom, aged 15, and Mei, aged 9.", (15, 9)),
        ("A 14-year-old girl rings you.", (14,)),
        ("You teach Priya, 16, and her mother is 43.", (16,)),
        ("Kofi is 17. His aunt, aged 30, writes.", (17,)),
        ("Noor is 13 and her brother a boy of 2.", (13, 2)),
        ("You visit Rory, aged 5 months, at home.", (0,)),
        ("A 6-week-old baby is on the ward.", (0,)),
        ("You have rung 15 families in 10 days.", ()),
    ],
)
def test_ages_of_children_are_read_from_the_story(tmp_path, scenario, ages):
    (one,) = the_module(tmp_path, question(scenario=scenario)).asked

    assert children_in(one) == ages


def test_stories_of_teenagers_are_counted_among_those_with_an_age(tmp_path):
    found = covered(
        tmp_path,
        question(scenario="You coach Tom, aged 15, and Mei, aged 9."),
        question(id="young"),
        question(id="none", scenario="You chair a meeting."),
    )

    assert (found.told_ages, found.teenagers) == (2, 1)
