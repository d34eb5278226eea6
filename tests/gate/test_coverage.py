"""What a bank covers is counted, and what it leaves out is named."""

from questions.coverage import coverage
from questions.lint import whole
from tests.gate.samples import TODAY, checked, in_order, question


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
