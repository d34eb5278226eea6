"""A huddle: one question for a group, voted on twice."""

import pytest

from quizbot.attempts.huddles import fits
from quizbot.store.tables import huddle
from tests.stored import rows


def question_of(service, group):
    (row,) = rows(service, huddle)
    return service.editions.by_id(row.edition_id).questions[row.question_id]


def test_a_group_votes_talks_votes_again_and_is_told(service, group):
    said = group.say("/huddle referrals")
    question = question_of(service, group)
    assert said.startswith("Huddle · Referrals")
    assert question.scenario in said
    poll = group.polls[0]
    assert poll.ask == question.ask
    key = question.text_of(question.key)
    assert key in poll.options
    assert question.because not in said

    group.votes = tuple(range(len(poll.options)))
    said = group.tap("Close the vote")
    assert "The first vote:" in said
    assert f"2 · {poll.options[2]}" in said
    assert question.because not in said
    said = group.tap("Vote again")
    assert group.polls[1].options == poll.options
    group.votes = (0,) * len(poll.options)
    said = group.tap("Close the vote")

    for words in ("The first vote:", "The second vote:", f"The right answer is: {key}",
                  f"Because: {question.because}"):  # fmt: skip
        assert words in said
    assert rows(service, huddle) == []


def test_old_buttons_and_double_taps_are_harmless(service, group):
    group.say("/huddle referrals")
    close = group.find("Close the vote")
    group.tap_on(close)
    again = group.find("Vote again")
    group.tap_carrying(close.carries)
    assert group.whisper == "That vote is closed already."
    group.tap_on(again)
    group.tap_carrying(again.carries)
    assert len(group.polls) == 2
    assert group.whisper
    group.tap("Close the vote")
    for button in (close, again):
        group.tap_carrying(button.carries)
        assert "over" in group.whisper


def test_votes_that_could_not_be_counted_do_not_stop_it(service, group):
    group.say("/huddle referrals")
    assert "could not be counted" in group.tap("Close the vote")
    group.tap("Vote again")
    assert "The right answer is" in group.tap("Close the vote")


def test_one_huddle_at_a_time(service, group):
    group.say("/huddle referrals")

    said = group.say("/huddle referrals")

    assert said.startswith("A huddle is going on")
    assert len(group.polls) == 1
    assert "The first vote" in group.tap("Close the vote")


def test_what_does_not_fit_a_poll_is_not_offered(service):
    for question in service.editions.current("referrals").module.questions:
        if fits(question):
            assert len(question.ask) <= 300
            assert 2 <= len(question.letters) <= 10
            assert all(len(question.text_of(one)) <= 100 for one in question.letters)
            assert question.input == "one"


@pytest.mark.parametrize("words", ["/me", "/take referrals", "/link", "/resume", "/stop"])
def test_nothing_about_anybody_in_a_group(group, words):
    assert "a chat of your own" in group.say(words)


def test_a_group_is_told_what_it_can_do(group):
    assert "/huddle" in group.say("/help")
    assert group.say("/huddle") == "Which one?"
    assert "no questionnaire of that name" in group.say("/huddle tea")
    assert group.say("/unknown") == ""


def test_a_huddle_is_for_groups(chat):
    assert "for a group" in chat.say("/huddle referrals")


def test_a_group_that_moves_goes_on(service, group):
    group.say("/huddle referrals")
    group.conversation.moved("here", "-100", "-200")
    group.address = "-200"

    assert "The first vote" in group.tap("Close the vote")
