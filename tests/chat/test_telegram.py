"""The Telegram adapter on the emulator: real library, real HTTP, faults by script."""

import json
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from quizbot.chat.telegram import calls, polling, showing
from quizbot.chat.telegram.profile import DESCRIPTION, SHORT
from quizbot.errors import Misconfigured
from tests.chat.telegrams import at_work, telegram_service, until_polling
from tools.botapi import BotApi
from tools.running import free_port
from tools.waiting import until

# Most of this concerns the wire alone, so one kind of database is enough for it.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def api():
    with BotApi() as running:
        yield running


@pytest.fixture
def make_service(database_url, tmp_path, clock, api):
    """A service on the test's database, with settings of a test's own."""
    opened = []

    def make(**given):
        opened.append(telegram_service(database_url, tmp_path, clock, api, **given))
        return opened[-1]

    yield make
    for service in opened:
        service.close()


@pytest.fixture
def bot(make_service, api):
    with at_work(make_service()) as running:
        yield running


@pytest.fixture
def dana(api):
    """Somebody in Telegram, of whom the service knows nothing."""
    return api.world.person("Dana")


# ---- speaking -----------------------------------------------------------------------------------


@on_sqlite
def test_nobody_waits_for_another(bot, api, dana):
    other = api.world.person("Efe")
    api.fail("sendMessage", hangs=True, chat_id=dana.id)
    dana.say("/help")
    until(lambda: any(call.code == 0 for call in api.called("sendMessage")), 60, "the one")

    other.say("/help")
    api.world.wait(lambda: other.seen, 20, "the answer to the other")

    assert dana.seen == []
    api.release()


@on_sqlite
def test_a_concern_under_a_photo_or_forwarded_is_heard(bot, dana):
    words = "A child in my class has bruises and says her dad hit her"
    dana.photo(words)
    assert "999" in dana.hear()
    dana.forward(words)
    assert "999" in dana.hear()

    assert len(dana.seen) == 2


@on_sqlite
def test_an_edit_and_a_forwarded_message_are_answered(bot, dana):
    dana.asks("/help")
    dana.edit("/modules")
    dana.hear()
    dana.forward("Look at this")
    dana.hear()

    assert len(dana.seen) == 3


@on_sqlite
def test_the_longest_message_and_unknown_commands_are_answered(bot, dana):
    dana.asks("a" * 4096)
    dana.asks("/nonsense")
    dana.asks("/take")
    dana.asks("/take nothing-of-the-kind")
    dana.asks("/start " + "x" * 64)

    assert len(dana.seen) == 5
    assert all(message["text"] for message in dana.seen)


@on_sqlite
def test_who_came_and_what_was_pinned_is_not_answered(bot, api, dana):
    group = api.world.group()
    dana.send(group.chat, new_chat_members=[dana.shown])
    dana.send(
        pinned_message={**dana.chat.shown, "message_id": 1, "date": 0, "chat": dana.chat.shown}
    )
    api.world.settle()

    assert dana.seen == group.seen == []


@on_sqlite
def test_a_command_for_another_bot_is_not_ours(bot, api, dana):
    dana.say("/help@SomeOtherBot")
    api.world.settle()
    assert dana.seen == []

    dana.asks("/help@KnowledgeTestBot")
    assert len(dana.seen) == 1


@on_sqlite
def test_a_button_that_carries_nonsense_is_answered(bot, dana):
    dana.asks("/help")
    dana.press(dana.seen[0], "nonsense:1:2:3")
    dana.press(dana.seen[0], "x", is_gone=True)
    dana.hear()

    assert [query["words"] is None for query in dana.world.queries.values()] == [False, False]


# ---- what goes wrong ----------------------------------------------------------------------------


@on_sqlite
def test_updates_in_the_wrong_order_are_put_in_order(make_service, api, dana):
    api.world.is_reversed = True
    for words in ("/help", "/privacy"):
        dana.say(words)
    with at_work(make_service()):
        dana.hear()
        reversed_answers = [message["text"] for message in dana.seen]
        api.world.is_reversed = False
        plain = [dana.asks("/help"), dana.asks("/privacy")]

    assert reversed_answers == plain


@on_sqlite
def test_too_many_requests_are_waited_out(bot, api, dana):
    api.fail("sendMessage", code=429, retry_after=1)

    dana.asks("/help")

    assert [call.code for call in api.called("sendMessage")] == [429, 200]


@on_sqlite
def test_an_answer_that_was_lost_is_not_said_twice(bot, api, dana):
    api.fail("sendMessage", loses=True, with_effect=True)

    dana.asks("/help")

    assert [message["text"] for message in dana.seen][1:] == [showing.UNSURE]


@on_sqlite
@pytest.mark.parametrize("code", [500, 502])
def test_after_a_failure_of_telegrams_nobody_is_left_waiting(bot, api, dana, code):
    api.fail("sendMessage", code=code)

    assert dana.asks("/help") == showing.UNSURE
    assert len(api.called("sendMessage")) == 2


@on_sqlite
def test_an_answer_that_does_not_come_is_given_up(make_service, api, dana, monkeypatch):
    monkeypatch.setattr(calls, "READ_TIMEOUT", 0.5)
    api.fail("sendMessage", hangs=True)

    with at_work(make_service()):
        assert dana.asks("/help") == showing.UNSURE
        api.release()


@on_sqlite
def test_who_blocks_us_is_not_written_to_again(bot, api, dana):
    dana.asks("/help")
    dana.block()
    dana.say("/help")
    api.world.settle()

    assert [call.code for call in api.called("sendMessage")] == [200, 403]
    dana.unblock()
    dana.asks("/help")
    assert len(dana.seen) == 2


@on_sqlite
def test_a_refusal_for_one_does_not_end_the_bot(bot, api, dana):
    api.fail("sendMessage", code=400, words="Bad Request: chat not found")
    dana.say("/help")
    api.world.settle()

    assert dana.asks("/help")


@on_sqlite
def test_telegram_away_for_a_while_is_waited_for(bot, api, dana, capfd):
    dana.asks("/help")
    api.fail("getUpdates", code=502, times=2)
    dana.asks("/help")
    dana.asks("/help")

    assert len(dana.seen) == 3
    assert "Traceback" not in "".join(capfd.readouterr())


@on_sqlite
def test_another_program_with_our_token_is_told_of(bot, api, dana, capfd):
    until_polling(api)
    body = json.dumps({"timeout": 0}).encode()
    request = urllib.request.Request(
        f"{api.base_url}{api.token}/getUpdates", body, {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=60).close()

    assert dana.asks("/help")
    assert polling.ANOTHER in capfd.readouterr().out


# ---- what the bot says of itself ----------------------------------------------------------------


@on_sqlite
def test_menus_and_descriptions_are_set_once(make_service, api, dana):
    for _ in range(2):
        with at_work(make_service()):
            dana.asks("/help")
            until(lambda: api.world.words.get(("short_description", "")), 60, "the words")
            until(lambda: len(api.called("getMyShortDescription")) >= 1, 60, "the question")

    assert api.world.words == {("description", ""): DESCRIPTION, ("short_description", ""): SHORT}
    groups = api.world.commands['{"type": "all_group_chats"}', ""]
    private = api.world.commands['{"type": "all_private_chats"}', ""]
    assert "huddle" in {command["command"] for command in groups}
    assert {"me", "team"}.isdisjoint(command["command"] for command in groups)
    assert {"me", "take", "stop"} <= {command["command"] for command in private}
    assert len(api.called("setMyCommands")) == 3
    assert len(api.called("setMyDescription")) == 1


# ---- tokens -------------------------------------------------------------------------------------


@on_sqlite
@pytest.mark.parametrize("token", ["1:wrong", "nonsense"])
def test_without_a_token_that_telegram_knows_there_is_one_sentence(make_service, api, token):
    service = make_service(telegram_token=token)

    with (
        pytest.raises(Misconfigured, match="QUIZBOT_TELEGRAM_TOKEN") as told,
        at_work(service) as bot,
    ):
        bot.join(60)

    assert "@BotFather" in str(told.value)


# ---- the webhook --------------------------------------------------------------------------------


@contextmanager
def behind_webhook(make_service, api):
    port = free_port()
    service = make_service(telegram_webhook=f"http://127.0.0.1:{port}/telegram")
    with at_work(service, port) as bot:
        until(lambda: api.world.webhook, 60, "the webhook")
        yield bot


def posted(bot, body, secret="", path="/telegram"):
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    address = f"http://127.0.0.1:{bot.port}{path}"
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, body, headers), timeout=60
        ) as a:
            return a.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@on_sqlite
def test_what_telegram_posts_is_answered(make_service, api, dana):
    with behind_webhook(make_service, api):
        assert dana.asks("/help")
        dana.asks("/privacy")

    assert len(dana.seen) == 2
    assert api.called("getUpdates") == []
    assert api.world.webhook["secret"]
    assert "last_error_message" not in api.world.webhook


@on_sqlite
def test_what_others_post_is_not_heard(make_service, api, dana):
    dana.say("/help")
    (update,) = api.world.pending.values()
    api.world.pending.clear()
    body = json.dumps(update).encode()

    with behind_webhook(make_service, api) as bot:
        secret = api.world.webhook["secret"]
        assert posted(bot, body) == 403
        assert posted(bot, body, secret[:-1] + "x") == 403
        assert posted(bot, body, secret, "/elsewhere") == 404
        assert dana.seen == []
        assert posted(bot, body, secret) == 200
        assert len(dana.seen) == 1


@on_sqlite
@pytest.mark.parametrize("body", [b"", b"no JSON", b"[]", b"{}", b'{"update_id": 5}', b"\xff"])
def test_what_cannot_be_read_is_acknowledged_and_left_out(make_service, api, dana, body):
    with behind_webhook(make_service, api) as bot:
        assert posted(bot, body, api.world.webhook["secret"]) == 200
        assert dana.asks("/help")


@on_sqlite
def test_polling_again_takes_the_webhook_away(make_service, api, dana):
    with behind_webhook(make_service, api):
        dana.asks("/help")
    with at_work(make_service()):
        dana.asks("/help")

    assert api.world.webhook == {}
    assert len(dana.seen) == 2


@on_sqlite
def test_a_webhook_that_telegram_refuses_is_told(make_service, api):
    api.fail("setWebhook", code=400, words="Bad Request: bad webhook: IP address is reserved")
    service = make_service(telegram_webhook="https://knowledge.example.org/telegram")

    with pytest.raises(Misconfigured, match="reserved"), at_work(service) as bot:
        bot.join(60)


@on_sqlite
def test_a_webhook_has_an_address_that_telegram_can_post_to(make_service):
    with pytest.raises(ValueError, match="https://knowledge"):
        make_service(telegram_webhook="http://knowledge.example.org/telegram")


# ---- starting and stopping ----------------------------------------------------------------------


def test_a_second_bot_waits_and_takes_over(make_service, api, dana, capfd):
    with at_work(make_service()) as first:
        dana.asks("/help")
        with at_work(make_service()) as second:
            dana.asks("/privacy")
            until(lambda: polling.WAITS in capfd.readouterr().out, 60, "the word that it waits")
            assert [call for call in api.called("getUpdates") if call.code == 409] == []
            first.stop()

            dana.asks("/modules")
            assert second.is_alive()
    assert len(dana.seen) == 3


@on_sqlite
def test_stopping_lets_what_is_in_hand_be_answered(make_service, api, dana):
    with at_work(make_service()) as bot:
        dana.asks("/help")
        api.fail("sendMessage", code=429, retry_after=1)
        dana.say("/privacy")
        until(lambda: any(call.code == 429 for call in api.calls), 60, "the answer to be in hand")
        bot.stop()

    assert len(dana.seen) == 2
    assert api.world.pending == {}


@on_sqlite
def test_what_could_not_be_answered_in_time_is_answered_after_the_next_start(
    make_service, api, dana, monkeypatch
):
    monkeypatch.setattr("quizbot.chat.telegram.answering.GRACE", 0.1)
    with at_work(make_service()) as bot:
        dana.asks("/help")
        api.fail("sendMessage", code=429, retry_after=30)
        dana.say("/privacy")
        until(lambda: any(call.code == 429 for call in api.calls), 60, "the answer to be in hand")
        bot.stop()
    assert len(api.world.pending) == 1

    with at_work(make_service()):
        dana.hear()
    assert len(dana.seen) == 2


@on_sqlite
def test_somebody_who_writes_is_answered(bot, dana):
    assert "questionnaires" in dana.asks("/start")
    assert len(dana.seen) == 1
    assert dana.buttons


def test_what_one_person_says_is_answered_in_order(bot, dana):
    said = ["/help", "/privacy", "/modules", "/help", "/privacy"]
    for words in said:
        dana.say(words)
    dana.hear()

    answers = [message["text"] for message in dana.seen]
    assert len(answers) == 5
    assert answers[:2] == answers[3:]
    assert len(set(answers)) == 3


@on_sqlite
@pytest.mark.parametrize("what", ["sticker", "photo", "voice"])
def test_what_is_not_words_gets_one_helpful_sentence(bot, dana, what):
    getattr(dana, what)()

    answer = dana.hear()

    assert len(dana.seen) == 1
    assert len(answer) > 20
    assert "button" in answer


def test_an_update_that_comes_twice_is_answered_once(bot, api, dana):
    dana.say("/help")
    with api.world.changed:
        (update,) = api.world.pending.values()
    dana.hear()

    api.world.repeat(update)
    api.world.settle()

    assert len(dana.seen) == 1
