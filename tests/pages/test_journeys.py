"""Whole ways through a questionnaire: assured, in practice, and as anyone."""

import pytest

from quizbot.rules.pick import Mode


def test_an_assured_questionnaire_from_the_first_page_to_the_outcome(amina_page, keys):
    visitor = amina_page
    visitor.get("/")
    visitor.follow("Referrals")
    visitor.press("Start")
    for number in range(1, 15):
        assert f"Question {number} of 14" in visitor.page.words
        visitor.press("Save and continue", reply=keys.right(visitor.page))

    assert visitor.page.heading == "Review your answers: Referrals"
    outcome = visitor.press("Submit answers")

    assert outcome.heading == "Passed: Referrals"
    assert "100%" in outcome.words


def test_a_practice_tells_after_each_question_and_ends_with_an_outcome(amina_page, keys):
    visitor = amina_page
    visitor.get("/modules/referrals")
    visitor.press("Start practice")
    for number in range(1, 15):
        is_wrong = number == 3
        reply = (keys.wrong if is_wrong else keys.right)(visitor.page)
        told = visitor.press("Check answer", reply=reply)
        assert ("That is not right" if is_wrong else "That is right") in told.words
        visitor.follow("Continue" if number < 14 else "See the outcome")

    assert visitor.page.heading == "Practice finished: Referrals"
    assert "93% You had 13 of 14 right" in visitor.page.words


def test_anyone_tries_a_questionnaire_without_an_account(anyone, take):
    outcome = take(anyone, "Try it now", wrong_at=(2,))

    assert outcome.heading == "Practice finished: Referrals"
    assert "93% You had 13 of 14 right" in outcome.words
    assert "Nothing of this was kept." in outcome.words


def test_a_flagged_answer_is_found_on_the_review_page_and_changed(amina_page, keys):
    visitor = amina_page
    visitor.get("/modules/referrals")
    visitor.press("Start")
    for number in range(1, 14):
        flag = ["yes"] if number == 5 else []
        visitor.press("Save and continue", reply=keys.wrong(visitor.page), flag=flag)
    review = visitor.press("Review your answers")

    assert "1 question has no answer yet. If you submit now, it counts as wrong." in review.words
    assert review.words.count("Flagged") == 1
    assert review.words.count("Not answered") == 1

    visitor.follow(next(words for words in review.links if words.startswith("5. ")))
    assert visitor.page.chosen == set(keys.wrong(visitor.page))
    visitor.press("Save and continue", reply=keys.right(visitor.page), flag=[])
    assert visitor.page.heading == "Review your answers: Referrals"
    assert "Flagged" not in visitor.page.words
    visitor.press("Submit answers")
    assert "1 of 14 right" in visitor.press("Submit with 1 unanswered").words


def test_a_question_flagged_without_an_answer_stays_open(amina_page):
    visitor = amina_page
    visitor.get("/modules/referrals")
    visitor.press("Start")

    visitor.press("Save and continue", reply=[], flag="yes")

    assert "Question 2 of 14" in visitor.page.words
    visitor.press("Review your answers")
    assert "14 questions have no answer yet" in visitor.page.words
    assert "Flagged" in visitor.page.words


def test_a_reload_and_another_device_show_the_same_question(amina_page, fresh_browser):
    amina_page.get("/modules/referrals")
    shown = amina_page.press("Start").choices
    path = amina_page.page.path
    phone = fresh_browser().sign_in("amina@northmoor.example")

    assert amina_page.get(path).choices == shown
    assert phone.get(path).choices == shown


def test_a_double_start_leads_to_the_same_attempt(amina_page):
    amina_page.get("/modules/referrals")
    token = amina_page.token
    first = amina_page.press("Start", follow=False)

    fields = [("mode", "assured"), ("csrf_token", token)]
    second = amina_page.post("/modules/referrals/attempts", fields)

    assert second.location == first.location


def test_start_goes_on_with_the_first_question_that_has_no_answer(amina_page, keys):
    visitor = amina_page
    visitor.get("/modules/referrals")
    visitor.press("Start")
    visitor.press("Save and continue", reply=keys.right(visitor.page))

    visitor.get("/modules/referrals")
    visitor.press("Continue (1 of 14)")

    assert "Question 2 of 14" in visitor.page.words


def test_the_back_button_and_a_second_post_leave_one_answer(amina_page, keys, service, people):
    visitor = amina_page
    visitor.get("/modules/referrals")
    first = visitor.press("Start")
    reply = keys.right(first)
    fields = [("reply", letter) for letter in reply]

    there = [visitor.post(first.path, fields).location for _ in range(2)]

    assert there[0] == there[1]
    assert visitor.get(first.path).chosen == set(reply)
    (line,) = service.attempts.of(people.amina)
    assert line.answered == 1


def test_in_practice_another_answer_is_kindly_refused(amina_page, keys):
    visitor = amina_page
    visitor.get("/modules/referrals")
    question = visitor.press("Start practice")
    right, wrong = keys.right(question), keys.wrong(question)
    visitor.press("Check answer", reply=wrong)

    visitor.post(question.path, [("reply", letter) for letter in right])
    told = visitor.get(question.path)

    assert told.notes == ["In practice your first answer stands."]
    assert "That is not right" in told.words


def test_in_a_try_another_answer_is_kindly_refused(anyone, keys):
    anyone.get("/modules/referrals")
    question = anyone.press("Try it now")
    right, wrong = keys.right(question), keys.wrong(question)
    anyone.press("Check answer", reply=wrong)

    anyone.post(question.path, [("reply", letter) for letter in right])
    told = anyone.get(question.path)

    assert told.notes == ["In practice your first answer stands."]
    assert "That is not right" in told.words


def test_what_is_skipped_in_practice_comes_again_at_the_end(amina_page, keys):
    visitor = amina_page
    visitor.get("/modules/referrals")
    visitor.press("Start practice")
    visitor.press("Skip for now")
    for _ in range(13):
        visitor.press("Check answer", reply=keys.right(visitor.page))
        visitor.follow("Continue")

    assert "Question 1 of 14" in visitor.page.words
    visitor.press("Check answer", reply=keys.right(visitor.page))
    assert visitor.follow("See the outcome").heading == "Practice finished: Referrals"


def test_what_is_skipped_in_a_try_comes_again_at_the_end(anyone, keys):
    anyone.get("/modules/referrals")
    anyone.press("Try it now")
    anyone.press("Skip for now")
    assert anyone.get("/try/referrals/outcome").location == "/try/referrals/questions/1"
    anyone.get("/try/referrals/questions/2")
    for _ in range(13):
        anyone.press("Check answer", reply=keys.right(anyone.page))
        anyone.follow("Continue")

    assert "Question 1 of 14" in anyone.page.words
    anyone.press("Check answer", reply=keys.right(anyone.page))
    assert anyone.follow("See the outcome").heading == "Practice finished: Referrals"


def test_a_second_try_ends_the_first(anyone):
    anyone.get("/modules/referrals")
    anyone.press("Try it now")
    before = anyone.cookie("try")

    anyone.get("/modules/referrals")
    anyone.press("Try it now")

    assert anyone.cookie("try") != before


def test_a_try_goes_on_past_midnight_and_a_new_edition(anyone, keys, clock):
    anyone.get("/modules/referrals")
    question = anyone.press("Try it now")

    clock.forward(hours=20)

    assert anyone.get(question.path).choices == question.choices


def test_a_handed_in_attempt_leads_to_its_outcome_from_everywhere(amina_page, take, service):
    outcome = take(amina_page, "Start")

    for path in (f"{outcome.path}/questions/3", f"{outcome.path}/review"):
        assert amina_page.get(path).location == outcome.path


def test_an_answer_after_handing_in_is_refused_and_told(amina_page, take, keys, service, people):
    outcome = take(amina_page, "Start")

    amina_page.post(f"{outcome.path}/questions/3", [("reply", "a")])
    shown = amina_page.get(f"{outcome.path}/questions/3", follow=True)

    assert shown.path == outcome.path
    assert shown.notes == ["These answers were handed in and cannot be changed."]
    assert "100%" in shown.words


def test_a_second_submit_shows_the_same_outcome(amina_page, take):
    outcome = take(amina_page, "Start", wrong_at=(1,))

    again = amina_page.post(f"{outcome.path}/review")

    assert again.location == outcome.path
    assert amina_page.get(outcome.path).body == outcome.body


def test_an_attempt_left_open_too_long_says_so(amina_page, clock, service, people):
    attempt = service.attempts.start(people.amina, "referrals", Mode.ASSURED)
    clock.forward(days=31)
    service.attempts.abandon_old()

    for path in (f"/attempts/{attempt}/questions/1", f"/attempts/{attempt}/review"):
        shown = amina_page.get(path, follow=True)
        assert shown.status == 409
        assert "left open for 30 days" in shown.words


WAYS = [
    ("Skip for now", "questions/3"),
    ("Back", "questions/1"),
    ("Review your answers", "review"),
]


@pytest.mark.parametrize(("button", "there"), WAYS)
def test_what_is_ticked_is_kept_whichever_way_one_goes_on(amina_page, keys, button, there):
    visitor = amina_page
    visitor.get("/modules/referrals")
    first = visitor.press("Start")
    second = visitor.get(first.path[:-1] + "2")
    reply = keys.right(second)

    page = visitor.press(button, reply=reply, flag="yes")

    assert page.path.endswith(there)
    again = visitor.get(second.path)
    assert again.chosen == set(reply)
    assert "checked" in next(box for box in again.main.all("input") if box["id"] == "flag")


@pytest.mark.parametrize(("button", "there"), WAYS)
def test_without_a_tick_one_just_goes_on(amina_page, service, people, button, there):
    visitor = amina_page
    visitor.get("/modules/referrals")
    first = visitor.press("Start")
    visitor.get(first.path[:-1] + "2")

    page = visitor.press(button)

    assert page.path.endswith(there)
    assert service.attempts.of(people.amina)[0].answered == 0


def test_a_flag_alone_is_kept_and_taken_away_by_skipping(amina_page):
    visitor = amina_page
    visitor.get("/modules/referrals")
    first = visitor.press("Start")
    visitor.press("Skip for now", flag="yes")
    assert "Flagged" in visitor.press("Review your answers").words

    visitor.get(first.path)
    visitor.press("Skip for now", flag=[])

    assert "Flagged" not in visitor.press("Review your answers").words


def test_the_first_question_leads_back_to_its_instructions(amina_page):
    amina_page.get("/modules/referrals")
    amina_page.press("Start")

    assert amina_page.press("Back").path == "/modules/referrals"


def test_what_is_ticked_in_practice_is_checked_before_one_goes_on(amina_page, keys):
    amina_page.get("/modules/referrals")
    question = amina_page.press("Start practice")

    told = amina_page.press("Skip for now", reply=keys.right(question))

    assert "That is right" in told.words
    assert told.links["Continue"].endswith("/questions/2")


def test_what_is_ticked_in_a_try_is_checked_before_one_goes_on(anyone, keys):
    anyone.get("/modules/referrals")
    question = anyone.press("Try it now")

    told = anyone.press("Skip for now", reply=keys.right(question))

    assert "That is right" in told.words


def test_the_question_names_its_questionnaire_and_saving_comes_first(amina_page):
    amina_page.get("/modules/referrals")

    page = amina_page.press("Start")

    assert page.words.startswith("Referrals Question 1 of 14")
    assert page.buttons == ["Save and continue", "Skip for now", "Back", "Review your answers"]


def test_questions_without_an_answer_are_asked_about_once_more(amina_page, keys, service, people):
    visitor = amina_page
    visitor.get("/modules/referrals")
    visitor.press("Start")
    visitor.press("Save and continue", reply=keys.right(visitor.page))
    visitor.press("Review your answers")

    asked = visitor.press("Submit answers")

    assert service.attempts.of(people.amina)[0].is_open
    assert asked.buttons == ["Submit with 13 unanswered"]
    assert asked.links["Answer question 2"].endswith("/questions/2?review=yes")
    assert "1 of 14 right" in visitor.press("Submit with 13 unanswered").words
