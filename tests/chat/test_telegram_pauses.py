"""Telegram asks us to wait, or fails again and again, or a finger slips: nobody is left waiting."""

import json
from contextlib import contextmanager

import pytest

from questions.kinds import Input
from quizbot.chat.telegram import calls, showing
from quizbot.rules.pick import Mode
from tests.chat.telegrams import Taking, at_work, telegram_service
from tools.botapi import BotApi
from tools.running import free_port
from tools.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def api():
    with BotApi() as running:
        yield running


@pytest.fixture
def dana(api):
    return api.world.person("Dana")


@pytest.fixture(params=["polling", "webhook"])
def start(request, database_url, tmp_path, clock, api):
    """Starts a bot, as often as wanted, that polls or is posted to."""
    opened = []

    @contextmanager
    def started():
        port = free_port()
        hook = {"telegram_webhook": f"http://127.0.0.1:{port}/telegram"}
        given = hook if request.param == "webhook" else {}
        service = telegram_service(database_url, tmp_path, clock, api, **given)
        opened.append(service)
        with at_work(service, port) as bot:
            if given:
                until(lambda: api.world.webhook, 60, "the webhook")
            yield bot

    yield started
    for service in opened:
        service.close()


@pytest.fixture
def bot(database_url, tmp_path, clock, api):
    service = telegram_service(database_url, tmp_path, clock, api)
    with at_work(service) as running:
        yield running
    service.close()


def codes(api, method="sendMessage"):
    return [call.code for call in api.called(method)]


@pytest.fixture
def told(capfd):
    """Counts how often the bot has said these words in its log."""
    kept = []

    def count(words):
        kept.append(capfd.readouterr().out)
        return "".join(kept).count(words)

    return count


# ---- Telegram asks us to wait ----------------------------------------------------------------

WAITS = "Telegram asks us to wait"


@pytest.mark.parametrize("seconds", [61, 10 * 3600])
def test_however_long_the_wait_what_is_owed_is_sent_after_it(start, api, dana, seconds, told):
    other = api.world.person("Efe")
    with start() as bot:
        api.fail("sendMessage", code=429, retry_after=seconds)
        dana.say("/help")
        until(lambda: told(f"{WAITS} {seconds} s"), 60, "the wait")
        other.say("/privacy")
        dana.say("/modules")
        bot.loop.forward(seconds - 10)
        assert codes(api) == [429]
        bot.loop.forward(11)
        api.world.settle(60)

    assert codes(api) == [429, 200, 200, 200]
    assert len(dana.seen) == 2
    assert len(other.seen) == 1


def test_while_one_chat_waits_nothing_is_sent_to_any_other(start, api, dana, told):
    other = api.world.person("Efe")
    with start() as bot:
        other.asks("/help")
        api.fail("sendMessage", code=429, retry_after=600, chat_id=dana.id)
        dana.say("/help")
        until(lambda: told(WAITS), 60, "the wait")
        other.say("/help")
        bot.loop.forward(590)
        assert len(other.seen) == 1
        bot.loop.forward(11)
        api.world.settle(60)

    assert len(other.seen) == 2
    assert len(dana.seen) == 1


def test_what_is_owed_survives_a_restart_in_the_middle_of_the_wait(
    start, api, dana, told, monkeypatch
):
    monkeypatch.setattr("quizbot.chat.telegram.answering.GRACE", 0.1)
    monkeypatch.setattr("quizbot.chat.telegram.webhook.ANSWERED_WITHIN", 0.1)
    with start() as bot:
        dana.asks("/help")
        api.fail("sendMessage", code=429, retry_after=3600)
        dana.say("/privacy")
        until(lambda: told(WAITS), 60, "the wait")
        bot.loop.forward(600)  # longer than an answer is held that hangs
        dana.say("/modules")
    assert len(api.world.pending) == 2

    with start():
        api.world.settle(60)

    assert len(dana.seen) == 3


def test_a_second_wait_follows_the_first(start, api, dana, told):
    with start() as bot:
        api.fail("sendMessage", code=429, retry_after=100)
        api.fail("sendMessage", code=429, retry_after=200)
        dana.say("/help")
        until(lambda: told(WAITS) == 1, 60, "the first wait")
        bot.loop.forward(101)
        until(lambda: told(WAITS) == 2, 60, "the second wait")
        bot.loop.forward(190)
        assert codes(api) == [429, 429]
        bot.loop.forward(11)
        api.world.settle(60)

    assert len(dana.seen) == 1


def test_a_wait_for_menus_holds_up_no_answer(bot, api, dana):
    api.fail("setMyCommands", code=429, retry_after=80_000)

    assert dana.asks("/help")


def test_the_wait_that_getupdates_asks_for_is_kept(database_url, tmp_path, clock, api, dana, told):
    service = telegram_service(database_url, tmp_path, clock, api)
    api.fail("getUpdates", code=429, retry_after=300)
    with at_work(service) as bot:
        until(lambda: told("Telegram does not answer"), 60, "the wait")
        dana.say("/help")
        bot.loop.forward(290)
        assert codes(api, "getUpdates") == [429]
        bot.loop.forward(11)
        dana.hear()
    service.close()

    assert len(dana.seen) == 1


def test_a_short_wait_of_getupdates_is_no_longer_than_asked(
    database_url, tmp_path, clock, api, dana
):
    service = telegram_service(database_url, tmp_path, clock, api)
    api.fail("getUpdates", code=429, retry_after=1)
    with at_work(service):
        assert dana.asks("/help", 15)
    service.close()


# ---- failures in a row -----------------------------------------------------------------------


@pytest.fixture
def quickly(monkeypatch):
    """Tries again without waiting."""
    monkeypatch.setattr(calls, "PAUSES", (0.01,) * 4)
    monkeypatch.setattr(calls, "LONGEST_PAUSE", 0.02)


@pytest.mark.parametrize("times", [2, 3, 12])
@pytest.mark.parametrize(
    "fault", [{"code": 500}, {"code": 502}, {"loses": True}, {"garbles": True}]
)
def test_whatever_fails_in_a_row_the_person_is_told(bot, api, dana, quickly, times, fault):
    api.fail("sendMessage", times=times, **fault)

    assert dana.asks("/help") == showing.UNSURE


def test_an_edit_that_fails_leaves_nobody_in_silence(bot, api, phone, amina, quickly):
    bot.service.attempts.start(amina, "referrals", Mode.PRACTICE)
    phone.asks("/resume")
    api.fail("editMessageText", code=500, times=50)
    phone.tap(next(b for b in phone.buttons if len(b) == 1))
    phone.hear()

    assert phone.last == showing.UNSURE


@pytest.mark.parametrize("words", ["message is too long", "an error that nobody knows"])
def test_what_telegram_refuses_to_send_is_owned_up_to(bot, api, dana, words):
    api.fail("sendMessage", code=400, words=f"Bad Request: {words}")

    assert dana.asks("/help") == showing.UNSURE


# ---- a finger that slipped -------------------------------------------------------------------


@pytest.fixture
def phone(bot, api, amina):
    person = api.world.person("Amina")
    person.asks(f"/start {bot.service.links.payload(amina)}")
    return person


def one_answer(bot, phone, amina, mode):
    """On the screen, a question with one answer; the button that gives it."""
    bot.service.attempts.start(amina, "referrals", mode)
    phone.asks("/resume")
    taking = Taking(bot.service, phone, amina)
    while (turn := taking.turn(mode)).question.input is not Input.ONE:
        taking.reply(turn)
        if mode is Mode.PRACTICE:
            phone.taps("Continue")
    return phone.seen[-1]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]


@pytest.mark.parametrize("taps", [2, 3, 7])
def test_however_often_a_finger_slips_the_next_question_comes_once(bot, api, phone, amina, taps):
    data = one_answer(bot, phone, amina, Mode.ASSURED)
    question, count = phone.seen[-1], len(phone.seen)
    for _ in range(taps):
        phone.press(question, data)
    phone.hear()

    assert len(phone.seen) == count + 1
    assert all(query["words"] is not None for query in api.world.queries.values())


def test_a_second_tap_after_the_answer_is_a_slip_too_and_later_it_is_a_wish(bot, phone, amina):
    data = one_answer(bot, phone, amina, Mode.ASSURED)
    question, count = phone.seen[-1], len(phone.seen)
    for _ in range(2):
        phone.press(question, data)
        phone.hear()
    assert len(phone.seen) == count + 1
    bot.loop.forward(3)
    phone.press(question, data)
    phone.hear()

    assert len(phone.seen) == count + 2


def test_a_slip_in_practice_tells_the_feedback_once(bot, phone, amina):
    data = one_answer(bot, phone, amina, Mode.PRACTICE)
    question, count = phone.seen[-1], len(phone.seen)
    phone.press(question, data)
    phone.press(question, data)
    phone.hear()

    assert len(phone.seen) <= count + 1
    assert "Here is what it came to" not in phone.transcript


def test_taps_of_different_people_in_a_group_are_no_slips(bot, api, dana):
    other, group = api.world.person("Efe"), api.world.group()
    dana.say("/huddle referrals", group.chat)
    api.world.settle()
    dana.tap("Close the vote", group.chat)
    dana.tap("Close the vote", group.chat, by=other)
    api.world.settle()

    words = [query["words"] for query in api.world.queries.values()]
    assert words == ["", "That vote is closed already."]


def test_what_is_said_in_between_makes_a_tap_a_wish(bot, phone):
    phone.asks("/help")
    message = phone.seen[-1]
    data = message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    phone.press(message, data)
    phone.hear()
    phone.asks("/privacy")
    count = len(phone.seen)
    phone.press(message, data)
    phone.hear()

    assert len(phone.seen) == count + 1


def test_a_slip_is_forgotten_as_any_update_that_comes_twice(bot, api, phone):
    phone.asks("/help")
    message, count = phone.seen[-1], len(phone.seen)
    data = message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    with api.world.changed:
        phone.press(message, data)
        phone.press(message, data)
        updates = json.loads(json.dumps(list(api.world.pending.values())))
    phone.hear()
    bot.loop.forward(3)
    for update in updates:
        api.world.repeat(update)
    api.world.settle()

    assert len(phone.seen) == count + 1
