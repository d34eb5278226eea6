"""Confirming a change in a chat: offered, was and now first, two questions, and the outcome."""

from dataclasses import replace

import pytest

from quizbot.chat import carried
from quizbot.rules.pick import Mode
from tests.changed import answer_all, changed
from tests.chat.speaking import Chat


@pytest.fixture
def there(service, clock, people):
    """Amina is to confirm a change of the tea rule."""
    return changed(service, clock, people.amina)


@pytest.fixture
def amina_chat(there, people):
    made = Chat(there.service, "2")
    made.say(f"/start {there.service.links.payload(people.amina)}")
    return made


@pytest.fixture
def playing(playing, there):
    return replace(playing, service=there.service)


def answer(chat, playing, people, *, right=True):
    return playing.reply(chat, playing.open_turn(people.amina, Mode.ASSURED), right=right)


def test_from_me_by_was_and_now_to_the_outcome(amina_chat, playing, people):
    said = amina_chat.say("/me")
    assert "Confirm a change: Tea making, assigned, due 29 January 2027." in said
    assert "• Was: Ask first.\n  Now: Tell at once." in said
    assert "2 questions, about 3 minutes. What you have passed stays valid." in said

    said = amina_chat.tap("Confirm what changed: Tea making")
    assert said.startswith(
        "What changed\n\nIt was: Ask first.\n\nIt is now, since 1 December 2026:"
    )
    assert "What to do differently: Do not wait for an answer." in said
    assert "Question 1 of 2 · Tea making, update" in said

    answer(amina_chat, playing, people)
    said = answer(amina_chat, playing, people)
    assert "Every question has an answer." in said
    said = amina_chat.tap("Submit answers")

    assert "Confirmed: Tea making\nYou had 2 of 2 right: the change is confirmed." in said
    assert "✓ Tell at once." in said
    said = amina_chat.say("/me")
    assert "Update: Tea making: confirmed, 100%, 11 December 2026" in said
    assert "Confirm a change" not in said


def test_what_was_missed_is_told_and_it_may_be_taken_again_at_once(amina_chat, playing, people):
    amina_chat.say("/me")
    amina_chat.tap("Confirm what changed: Tea making")
    answer(amina_chat, playing, people, right=False)
    answer(amina_chat, playing, people)

    said = amina_chat.tap("Submit answers")

    assert "Not confirmed yet: Tea making\nYou had 1 of 2 right." in said
    assert "✗ Tell at once." in said
    assert "✗ That is not right." in amina_chat.tap("1 ✗")
    assert "What changed" in amina_chat.tap("Confirm what changed: Tea making")


def test_the_questionnaire_offers_it_too(amina_chat):
    said = amina_chat.say("/take Tea making")

    assert "Confirm a change: Tea making" in said
    assert amina_chat.find("Confirm what changed: Tea making")
    assert amina_chat.find("Start")


def test_it_is_gone_on_with_where_one_stopped(amina_chat, playing, people):
    amina_chat.say("/me")
    amina_chat.tap("Confirm what changed: Tea making")
    answer(amina_chat, playing, people)

    said = amina_chat.say("/resume")

    assert said.startswith("Question 2 of 2 · Tea making, update")


def test_a_whole_attempt_beside_it_is_told_from_it(amina_chat):
    amina_chat.say("/me")
    amina_chat.tap("Confirm what changed: Tea making")
    amina_chat.say("/take Tea making")
    amina_chat.tap("Start")

    amina_chat.say("/resume")

    assert amina_chat.find("Tea making: 0 of 4")
    assert amina_chat.find("Update: Tea making: 0 of 2")


def test_an_old_button_says_that_it_was_confirmed_already(amina_chat, there, people):
    amina_chat.say("/me")
    update = there.service.updates.start(people.amina, "tea")
    answer_all(there.service, people.amina, update)

    said = amina_chat.tap("Confirm what changed: Tea making")

    assert "You have confirmed this already, on 11 December 2026" in said


def test_what_was_taken_back_meanwhile_says_so(amina_chat, there):
    amina_chat.say("/me")
    amina_chat.tap("Confirm what changed: Tea making")
    there.service.changes.withdraw(there.action, "Asked for the wrong day.")

    said = amina_chat.say("/resume")

    assert "Nobody asks this of you any more. You may finish it all the same." in said


def test_a_chat_of_nobody_cannot_confirm(there):
    chat = Chat(there.service, "9")

    said = chat.tap_carrying(carried.button("x", carried.CONFIRM, "tea").carries)

    assert "This chat is not linked to an account" in said
