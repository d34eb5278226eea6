"""The outcome: pass or not and why, what was shown, every question, what next."""

from datetime import date

import pytest

from questions.bank import SHIPPED, read_bank
from quizbot.words import MANAGER_SEES


@pytest.fixture
def failed(amina_page, take):
    """Three wrong answers, so no pass."""
    return take(amina_page, "Start", wrong_at=(1, 2, 3))


@pytest.fixture
def result(service, people, failed):
    """The same outcome as the service tells it."""
    (line,) = service.attempts.of(people.amina)
    return service.attempts.result(people.amina, line.attempt_id)


def test_it_says_not_passed_and_why_in_one_sentence(failed, result):
    assert failed.heading == "Not passed this time: Referrals"
    assert "79%" in failed.words
    assert result.outcome.why in failed.words
    assert result.outcome.why.startswith("You had 11 of 14 right, but at least 12 are needed")


def test_it_says_passed_and_why_in_one_sentence(amina_page, take):
    passed = take(amina_page, "Start")

    assert passed.heading == "Passed: Referrals"
    assert "You had 14 of 14 right, enough in every area, and every essential point." in (
        passed.words
    )


def test_it_tells_which_objectives_were_shown_and_which_not(failed, result):
    rows = {row.all("dt")[0].words: row.all("dd")[0].words for row in failed.main.all("div")
            if row.all("dt") and len(row.all("dt")) == 1}  # fmt: skip

    assert len(rows) == 7
    for objective in result.outcome.objectives:
        word = "Shown" if objective.is_shown else "Not shown"
        assert rows[objective.title] == f"{word} {objective.right} of {objective.asked} right"
    assert {o.is_shown for o in result.outcome.objectives} == {True, False}


def test_it_names_the_essential_points_that_were_missed(amina_page, service, people, keys):
    visitor = amina_page
    visitor.get("/modules/referrals")
    visitor.press("Start")
    missed = set()
    for _ in range(14):
        must_know = keys.question(visitor.page).must_know
        reply = keys.wrong(visitor.page) if must_know else keys.right(visitor.page)
        missed.add(must_know)
        visitor.press("Save and continue", reply=reply)
    outcome = visitor.press("Submit answers")

    must_knows = service.editions.current("referrals").module.must_knows
    assert missed - {None} == set(must_knows)
    for must_know in must_knows.values():
        assert must_know.says in outcome.words
    assert "essential points were missed" in outcome.words


def test_every_question_has_choice_why_key_because_source_and_edition(failed, result):
    sections = failed.main.all("section")

    assert len(sections) == len(result.told) == 14
    for section, told in zip(sections, result.told, strict=True):
        words, feedback = section.words, told.feedback
        assert told.question.ask in words
        assert " ".join(told.question.scenario.split()) in words
        assert told.objective in words
        assert feedback.because in words
        options = {option.all("strong")[-1].words: option.words for option in section.all("li")}
        for line in feedback.lines:
            assert line.why in options[line.text]
            assert ("You chose this" in options[line.text]) == line.chosen
            assert ("ight" in options[line.text].split(line.text)[0]) == line.right
        for source in feedback.sources:
            assert source.title in words
            assert source.edition in words
        wrong = sum(line.chosen and not line.right for line in feedback.lines)
        assert words.count("You chose this: wrong") == wrong
    assert f"Referrals, edition {result.edition.label}, 21 November 2026." in failed.words


def test_a_question_without_an_answer_says_so(amina_page):
    amina_page.get("/modules/referrals")
    amina_page.press("Start")
    amina_page.press("Review your answers")

    amina_page.press("Submit answers")
    outcome = amina_page.press("Submit with 14 unanswered")

    sections = outcome.main.all("section")
    assert all("Not answered" in section.words for section in sections)
    assert not any("You chose" in section.words for section in sections)


def test_after_a_fail_it_says_what_next(failed):
    assert failed.links["take it again"] == "/modules/referrals"
    assert "Talk it over with a colleague or your manager." in failed.words


def test_after_a_pass_it_says_what_the_manager_sees(amina_page, take):
    passed = take(amina_page, "Start")

    assert MANAGER_SEES in passed.words


def test_the_outcome_stays_as_it_was_under_its_own_edition(failed, amina_page, service, clock):
    clock.forward(days=400)

    assert amina_page.get(failed.path).body == failed.body


def test_a_practice_outcome_counts_for_nothing_and_says_what_next(amina_page, take):
    finished = take(amina_page, "Start practice")

    assert "That would have been a pass." in finished.words
    assert "Passed" not in finished.heading
    assert finished.links["Take it to have it count, or practise again"] == "/modules/referrals"


def test_several_answers_are_told_option_by_option(anyone, keys):
    page = a_question_with_several_answers(anyone, keys)
    right, wrong = keys.right(page), keys.wrong(page)

    told = anyone.press("Check answer", reply=[right[0], *wrong])

    assert "That is not right" in told.words
    assert "The right answers are:" in told.words
    assert told.words.count("You chose this: right") == 1
    assert told.words.count("You chose this: wrong") == 1
    assert told.words.count("Right, not chosen") == len(right) - 1


def a_question_with_several_answers(visitor, keys):
    """Try until one comes with two right ones, and a wrong one too: about half of all tries do."""
    while True:
        visitor.get("/modules/referrals")
        visitor.press("Try it now")
        for number in range(1, 15):
            page = visitor.get(f"/try/referrals/questions/{number}")
            is_several = page.main.all("input", type="checkbox")
            if is_several and 1 < len(keys.right(page)) < len(page.choices):
                return page


def test_after_two_fails_within_a_day_the_next_waits_and_practice_is_open(failed, amina_page, take):
    before = amina_page.get("/modules/referrals")
    assert "Two attempts within a day that are not passed mean" in before.words

    outcome = take(amina_page, "Start", wrong_at=(1, 2, 3))

    waits = "so the next attempt that counts waits until 05:00 on 22 November 2026."
    assert waits in outcome.words
    assert "take it again" not in outcome.links
    page = amina_page.get("/modules/referrals")
    assert waits in page.words
    assert "Start practice" in page.words
    assert "To have it count: You have not passed twice" in page.words


def test_from_a_pass_one_tap_leads_to_the_certificate(amina_page, take):
    take(amina_page, "Start")

    certificate = amina_page.follow("Your certificate")

    assert certificate.path.startswith("/certificates/")
    assert "Amina" in certificate.words


def test_a_pass_says_what_is_owed_next_with_its_day(amina_page, take, service, people):
    bank = read_bank(SHIPPED / "core-groups", service.place, date(2026, 11, 21))
    service.editions.publish([bank], service.place)
    service.requests.ask(people.carys, [people.amina], ["core-groups"], date(2026, 12, 14))

    passed = take(amina_page, "Start")

    assert "Next you owe: Core groups , due 14 December 2026." in passed.words
    assert passed.links["Core groups"] == "/modules/core-groups"


def test_what_was_right_is_folded_and_all_of_it_is_shown_on_demand(failed, amina_page):
    (folded,) = [one for one in failed.main.all("details") if one["class"].endswith("app-right")]
    assert "open" not in folded
    assert len(folded.all("section")) == 11

    everything = amina_page.follow("All questions, to print")

    (shown,) = [one for one in everything.main.all("details") if one["class"].endswith("right")]
    assert "open" in shown
