"""Regrading on pages: from a report or the figures to the decision, and what its people read."""

import pytest

from questions.bank import Bank
from quizbot.evidence.regrades import RegradeDraft
from quizbot.rules.regrading import Ruling
from tests.first_attempts import took
from tests.made import bank, module, place, question

RIGHT = {"water-boil-1": "b", "water-1": "b", "leaves-1": "b", "leaves-2": "b"}
TWO_WRONG = {**RIGHT, "water-1": "c", "leaves-1": "a"}
WHY = "Leaving it can be defended as well."


@pytest.fixture
def tea(service):
    service.editions.publish([bank(pass_share=0.66)], place())
    return service.editions.current("tea")


def path(edition, question_id="leaves-1"):
    return f"/admin/editions/{edition.id}/questions/{question_id}"


def test_from_a_report_to_the_decision_and_to_who_has_passed_after_all(
    efua_page, fresh_browser, service, people, tea
):
    took(service, tea, [TWO_WRONG], whose=[people.amina])
    service.problems.report(tea.id, "leaves-1", "Leaving it is right too.", people.amina)

    efua_page.get("/admin/reports")
    efua_page.follow("regrade it")
    page = efua_page.press("Show what it would do", ruling="key", reply="a")
    assert "People who would pass after all 1" in page.words
    assert "Amina Rahman" in page.words
    page = efua_page.press("Decide it", reason=WHY)

    assert "1 answer counts otherwise since, and 1 person has passed after all." in page.words
    assert "Another answer is right as well: Leave it." in page.words
    amina = fresh_browser().sign_in("amina@northmoor.example")
    mine = amina.get("/me")
    assert "a question was found faulty, and counts for you" in mine.words
    (read,) = [words for words in mine.links if words.startswith("Read which, and why")]
    outcome = amina.follow(read)
    assert outcome.heading == "Passed: Tea making"
    assert f"your answer counts as right. {WHY}" in outcome.words
    assert "You had 3 of 4 right" in outcome.words


@pytest.mark.parametrize(
    ("ruling", "says"),
    [("credit", "2 of 2"), ("drop", "1 of 1")],
)
def test_every_decision_is_shown_in_what_was_shown(
    fresh_browser, service, people, tea, ruling, says
):
    took(service, tea, [{**RIGHT, "leaves-1": "a"}], whose=[people.amina])
    draft = RegradeDraft(tea.id, "leaves-1", Ruling(ruling))
    service.regrades.decide(people.efua, draft, WHY)
    amina = fresh_browser().sign_in("amina@northmoor.example")

    (line,) = service.attempts.of(people.amina)
    page = amina.get(f"/attempts/{line.attempt_id}")

    assert f"Know how long leaves stay Shown {says} right" in page.words


def test_without_a_choice_or_a_reason_the_page_says_what_to_do(efua_page, tea):
    page = efua_page.get(f"{path(tea)}/regrade?ruling=")
    assert (page.status, page.errors) == (400, ["Choose what is to be decided"])

    page = efua_page.get(f"{path(tea)}/regrade?ruling=key")
    assert (page.status, page.errors) == (400, ["Choose the answer that is right as well"])

    page = efua_page.get(f"{path(tea)}/regrade?ruling=key&reply=b")
    assert page.errors == ["This is the key already: choose the other answer that is right as well"]

    efua_page.get(f"{path(tea)}/regrade?ruling=credit")
    page = efua_page.press("Decide it", reason=" ")
    assert page.errors == ["Say why: everybody who met the question reads it"]


@pytest.mark.parametrize("reply", ["z", "<b>", "ab", "a" * 500, "'"])
def test_an_answer_that_there_is_not_is_refused(efua_page, tea, reply):
    page = efua_page.get(f"{path(tea)}/regrade?ruling=key&reply={reply}")

    assert page.status == 400


def test_a_reason_is_shown_as_it_was_typed(efua_page, service, people, tea):
    efua_page.get(f"{path(tea)}/regrade?ruling=credit")

    page = efua_page.press("Decide it", reason="<b>Both</b> & more")

    assert "<b>Both</b> & more" in page.words
    assert "<b>Both" not in page.body


def test_an_arrangement_and_several_answers_can_be_right_as_well(efua_page, service):
    steps = [{"text": f"Step {n}", "why": "So it is."} for n in "123"]
    several = question("leaves-2", kind="several-of")
    several["option"][0] = {**several["option"][1], "text": "Pour it"}
    ordered = question("leaves-1", kind="in-order", option=None, step=steps)
    made = module(
        {
            "water": [question("water-boil-1", must_know="boil"), question("water-1")],
            "leaves": [ordered, several],
        }
    )
    service.editions.publish([Bank("tea", made, ())], place())
    tea = service.editions.current("tea")
    took(service, tea, [{**RIGHT, "leaves-1": "bac", "leaves-2": "b"}])

    efua_page.get(f"{path(tea)}/regrade")
    given = {"reply-1": "b", "reply-2": "a", "reply-3": "c"}
    page = efua_page.press("Show what it would do", ruling="key", **given)
    assert "Whose answer would count otherwise 1" in page.words
    efua_page.press("Decide it", reason=WHY)
    efua_page.get(f"{path(tea, 'leaves-2')}/regrade")
    page = efua_page.press("Show what it would do", ruling="key", reply=["b"])
    assert "Right as well: Boil it" in page.words
    efua_page.press("Decide it", reason=WHY)

    assert [one.answers for one in service.regrades.all()] == [1, 1]


def test_the_figures_lead_to_it(efua_page, service, tea):
    took(service, tea, [{**RIGHT, "leaves-1": "a"}] * 60)
    took(service, tea, [{**TWO_WRONG, "leaves-1": "b", "leaves-2": "a"}] * 40)

    efua_page.get(f"/admin/editions/{tea.id}/items")
    page = efua_page.follow("Regrade it (leaves-1)")

    assert page.heading == "Regrade a question"


def test_the_questions_page_tells_of_it_and_leads_to_it(efua_page, service, people, tea):
    service.regrades.decide(people.efua, RegradeDraft(tea.id, "leaves-1", Ruling.DROP), WHY)

    page = efua_page.get(path(tea))

    by = "Regraded 21 November 2026, by Efua Mensah"
    assert f"{by}: It is left out for everybody who had it wrong. {WHY}" in page.words
    assert efua_page.follow("Found faulty? Regrade it").heading == "Regrade a question"
