"""Groups in Telegram: topics, polls that are forbidden or uncertain, groups that move."""

import pytest

from quizbot.chat import polls
from quizbot.chat.telegram.showing import UNSURE_HERE
from quizbot.store.tables import huddle
from tests.chat.telegrams import at_work, telegram_service
from tests.stored import rows
from tools.botapi import BotApi

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def api():
    with BotApi() as running:
        yield running


@pytest.fixture
def service(database_url, tmp_path, clock, api):
    opened = telegram_service(database_url, tmp_path, clock, api)
    yield opened
    opened.close()


@pytest.fixture
def bot(service):
    with at_work(service) as running:
        yield running


@pytest.fixture
def dana(api):
    return api.world.person("Dana")


def polls_in(messages):
    return [message["poll"] for message in messages if "poll" in message]


def said(api, person, words, group, topic=0):
    person.say(words, group.chat, topic)
    api.world.settle()


def tapped(api, person, words, group):
    person.tap(words, group.chat)
    api.world.settle()


def to_the_end(api, person, group):
    """A huddle from its first vote to its outcome."""
    for words in ("Close the vote", "Vote again", "Close the vote"):
        tapped(api, person, words, group)


# ---- topics -------------------------------------------------------------------------------------


@pytest.fixture
def forum(api, dana):
    return api.world.group().become_supergroup(dana)


def test_all_of_a_huddle_is_said_in_the_topic_in_which_it_was_asked_for(bot, api, dana, forum):
    topic = forum.open_topic(dana)
    said(api, dana, "/huddle referrals", forum, topic)
    to_the_end(api, dana, forum)

    assert forum.in_topic() == []
    assert len(polls_in(forum.in_topic(topic))) == 2
    assert "The right answer is" in forum.transcript


def test_each_topic_has_a_huddle_of_its_own(bot, service, api, dana, forum):
    first, second = forum.open_topic(dana), forum.open_topic(dana, "North")
    said(api, dana, "/huddle referrals", forum, first)
    said(api, dana, "/huddle referrals", forum, second)
    assert len(rows(service, huddle)) == 2

    to_the_end(api, dana, forum)

    assert len(polls_in(forum.in_topic(first))) == 1
    assert len(polls_in(forum.in_topic(second))) == 2
    assert len(rows(service, huddle)) == 1


def test_help_and_a_question_for_the_name_stay_in_the_topic_too(bot, api, dana, forum):
    topic = forum.open_topic(dana)
    for words in ("/help", "/huddle", "/me", "/huddle nothing-of-the-kind"):
        said(api, dana, words, forum, topic)

    assert len(forum.in_topic(topic)) == len(forum.seen) == 4


def test_a_thread_of_replies_is_no_topic(bot, api, dana, forum):
    dana.send(forum.chat, text="/help", message_thread_id=3)
    api.world.settle()

    assert len(forum.in_topic()) == 1


@pytest.mark.parametrize("ends", ["close_topic", "delete_topic"])
def test_where_the_topic_is_shut_meanwhile_the_huddle_goes_on_in_the_group(
    bot, api, dana, forum, ends
):
    topic = forum.open_topic(dana)
    said(api, dana, "/huddle referrals", forum, topic)
    (button,) = [m for m in forum.in_topic(topic) if "reply_markup" in m]
    getattr(forum, ends)(topic)
    dana.press(button, button["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    api.world.settle()

    assert "The first vote" in forum.transcript


# ---- polls that are forbidden -------------------------------------------------------------------

FORBIDDEN = [
    {"code": 400, "words": "Bad Request: not enough rights to send polls to the chat"},
    {"code": 400, "words": "Bad Request: CHAT_SEND_POLL_FORBIDDEN"},
    {"code": 400, "words": "Bad Request: have no rights to send a message"},
    {"code": 403, "words": "Forbidden: not enough rights to send polls to the chat"},
    {"code": 403, "words": "Forbidden: CHAT_RESTRICTED"},
]


def test_where_polls_are_forbidden_the_group_votes_by_hand_to_the_end(bot, service, api, dana):
    group = api.world.group()
    group.chat.withheld.add("polls")
    said(api, dana, "/huddle referrals", group)
    (row,) = rows(service, huddle)
    question = service.editions.by_id(row.edition_id).questions[row.question_id]

    (shown,) = [m["text"] for m in group.seen if polls.FORBIDDEN in m["text"]]
    assert question.ask in shown
    assert all(question.text_of(letter) in shown for letter in question.letters)
    to_the_end(api, dana, group)

    assert "The right answer is" in group.transcript
    assert rows(service, huddle) == []
    assert len(api.called("sendPoll")) == 2  # none again for one that was refused


@pytest.mark.parametrize("fault", FORBIDDEN)
def test_every_refusal_of_a_poll_is_told(bot, service, api, dana, fault):
    group = api.world.group()
    api.fail("sendPoll", **fault)
    said(api, dana, "/huddle referrals", group)

    assert polls.FORBIDDEN in group.transcript
    tapped(api, dana, "Close the vote", group)
    tapped(api, dana, "Vote again", group)
    assert len(polls_in(group.seen)) == 1  # permitted meanwhile


def test_a_group_in_which_nothing_may_be_said_holds_up_nobody(bot, api, dana):
    group = api.world.group()
    group.chat.withheld |= {"polls", "text messages"}
    said(api, dana, "/huddle referrals", group)

    assert group.seen == []
    assert dana.asks("/help")
    group.chat.withheld.clear()
    said(api, dana, "/huddle referrals", group)
    assert len(polls_in(group.seen)) == 1


# ---- polls of which nothing is known ------------------------------------------------------------


def test_a_server_of_an_older_bot_api_holds_a_huddle_as_any_other(bot, api, dana):
    api.world.is_older = True
    group = api.world.group()
    said(api, dana, "/huddle referrals", group)
    (poll,) = polls_in(group.seen)
    assert "allows_revoting" not in poll
    dana.vote(poll["options"][0]["text"], group.chat)
    to_the_end(api, dana, group)

    assert f"1 · {poll['options'][0]['text']}" in group.transcript
    assert [len(api.called(name)) for name in ("sendPoll", "stopPoll")] == [2, 2]


@pytest.mark.parametrize(
    "fault", [{"garbles": True}, {"loses": True}, {"code": 500, "words": "Internal Server Error"}]
)
def test_a_poll_that_was_sent_and_is_not_known_of_is_not_sent_again(bot, api, dana, fault):
    group = api.world.group()
    api.fail("sendPoll", with_effect=True, **fault)
    said(api, dana, "/huddle referrals", group)

    assert len(polls_in(group.seen)) == 1
    assert polls.UNSURE in group.transcript
    to_the_end(api, dana, group)

    assert "The first vote could not be counted" in group.transcript
    assert "The right answer is" in group.transcript
    assert len(api.called("sendPoll")) == 2


@pytest.mark.parametrize("fault", [{"garbles": True}, {"loses": True}, {"code": 502}])
def test_a_group_is_told_that_a_message_may_not_have_come_and_the_huddle_goes_on(
    bot, api, dana, fault
):
    group = api.world.group()
    api.fail("sendMessage", **fault)
    said(api, dana, "/huddle referrals", group)

    assert group.seen[0]["text"] == UNSURE_HERE
    assert len(polls_in(group.seen)) == 1
    tapped(api, dana, "Close the vote", group)
    assert "Now talk" in group.transcript


def test_a_huddle_asked_for_again_during_the_talk_goes_on_to_the_second_vote(bot, api, dana):
    group = api.world.group()
    said(api, dana, "/huddle referrals", group)
    tapped(api, dana, "Close the vote", group)
    said(api, dana, "/huddle referrals", group)

    assert len(polls_in(group.seen)) == 1
    assert "Because" not in group.transcript
    tapped(api, dana, "Vote again", group)
    assert len(polls_in(group.seen)) == 2


# ---- groups that move ---------------------------------------------------------------------------


def test_a_tap_from_before_the_move_finds_its_huddle(bot, service, api, dana):
    group = api.world.group()
    said(api, dana, "/huddle referrals", group)
    new = group.become_supergroup(dana)
    api.world.settle()

    tapped(api, dana, "Close the vote", group)

    assert "The first vote could not be counted" in new.transcript
    assert all("over" not in (query["words"] or "") for query in api.world.queries.values())
    tapped(api, dana, "Vote again", new)
    tapped(api, dana, "Close the vote", new)
    assert "The right answer is" in new.transcript
    assert rows(service, huddle) == []


def test_a_tap_that_tells_us_of_the_move_finds_its_huddle_and_nothing_else_is_touched(
    bot, service, api, dana
):
    group = api.world.group()
    said(api, dana, "/huddle referrals", group)
    with api.world.changed:
        new = group.become_supergroup(dana)
        api.world.pending.clear()  # that it moved is told by the refusal alone
        taken = {at: {**m, "chat": new.chat.shown} for at, m in group.chat.messages.items()}
        new.chat.messages |= taken  # messages with the same numbers
        before = {at: dict(m) for at, m in taken.items()}

    tapped(api, dana, "Close the vote", group)

    assert "The first vote" in new.transcript
    assert {at: new.chat.messages[at] for at in before} == before


def test_a_tap_in_another_group_finds_no_huddle(bot, api, dana):
    group, other = api.world.group(), api.world.group("Health")
    said(api, dana, "/huddle referrals", group)
    (message,) = [m for m in group.seen if "reply_markup" in m]
    forged = {**message, "chat": other.chat.shown}
    dana.press(forged, message["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    api.world.settle()

    assert other.seen == []
    assert [query["words"] for query in api.world.queries.values()] == [
        "That huddle is over. /huddle begins another."
    ]
