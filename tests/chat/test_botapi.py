"""The emulator of the Bot API, driven by the real library over real HTTP: strict where that is."""

import asyncio
import json
import re
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.ext import (
    AIORateLimiter,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ExtBot,
)
from telegram.request import HTTPXRequest

from tools.botapi import BotApi, Limits
from tools.botapi.world import QUERY_LASTS
from tools.waiting import until


@pytest.fixture(autouse=True)
def _times_as_the_library_will_give_them(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def api(clock):
    with BotApi(now=lambda: clock().timestamp()) as running:
        yield running


@pytest.fixture
def amina(api):
    person = api.world.person("Amina")
    person.say("/start")
    return person


@pytest.fixture
def call(api):
    """Calls a method of the library's bot, as `call("send_message", chat_id, "Hello")`."""

    with apart() as run:
        bot = Bot(api.token, api.base_url, api.base_file_url, quick(), quick())
        run(bot.initialize())
        yield lambda name, *args, **given: run(getattr(bot, name)(*args, **given))
        run(bot.shutdown())


@contextmanager
def apart():
    """Runs coroutines in a thread of its own: a browser's tests leave a loop running in theirs."""
    runner = asyncio.Runner()
    with ThreadPoolExecutor(1) as thread:
        try:
            yield lambda coroutine: thread.submit(runner.run, coroutine).result()
        finally:
            thread.submit(runner.close).result()


def run_apart(coroutine):
    """One coroutine to its end, in a thread of its own."""
    with apart() as run:
        return run(coroutine)


def quick():
    """Without the certificates of the world, which take long to read and are not needed here."""
    return HTTPXRequest(httpx_kwargs={"verify": False})


def says(words):
    """A pattern for these words; the library begins some with a capital letter."""
    return f"(?i){re.escape(words)}"


def keyboard(*buttons):
    return InlineKeyboardMarkup([[button] for button in buttons])


def asked_plainly(api, method, body, kind="application/json"):
    request = urllib.request.Request(
        f"{api.base_url}{api.token}/{method}", body, {"Content-Type": kind}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["result"]


# ---- a bot of the library's own -----------------------------------------------------------------


def test_a_bot_of_the_library_speaks_with_somebody(api):
    amina = api.world.person("Amina")

    async def started(update, context):
        button = InlineKeyboardButton("Go on", callback_data="on")
        await update.message.reply_text("Hello", reply_markup=keyboard(button))

    async def tapped(update, context):
        await update.callback_query.answer("Well done")
        await update.callback_query.edit_message_text("On we go")

    async def played():
        application = (
            ApplicationBuilder()
            .token(api.token)
            .base_url(api.base_url)
            .base_file_url(api.base_file_url)
            .build()
        )
        application.add_handler(CommandHandler("start", started))
        application.add_handler(CallbackQueryHandler(tapped))
        async with application:
            await application.updater.start_polling(timeout=timedelta(seconds=1))
            await application.start()
            amina.say("/start")
            await asyncio.to_thread(api.world.wait, lambda: amina.buttons == ["Go on"], 10, "it")
            amina.tap("Go on")
            await asyncio.to_thread(api.world.wait, lambda: amina.last == "On we go", 10, "it")
            await application.updater.stop()
            await application.stop()

    run_apart(played())

    assert amina.transcript == "Amina: /start\nbot: On we go"
    assert [query["words"] for query in api.world.queries.values()] == ["Well done"]
    assert not api.world.pending


def test_bodies_may_be_forms_json_or_in_parts(api, amina, call):
    asked_plainly(api, "sendMessage", json.dumps({"chat_id": amina.id, "text": "a"}).encode())
    form = f"chat_id={amina.id}&text=b%20c".encode()
    asked_plainly(api, "SENDMESSAGE", form, "application/x-www-form-urlencoded")
    sent = call("send_document", amina.id, b"%PDF-1.7", filename="a.pdf", caption="Here")

    assert [message.get("text") for message in amina.seen] == ["a", "b c", None]
    assert sent.document.file_name == "a.pdf"
    assert sent.caption == "Here"


def test_a_file_can_be_fetched_again(api, amina):
    async def fetched():
        async with Bot(api.token, api.base_url, api.base_file_url) as bot:
            sent = await bot.send_photo(amina.id, b"a picture")
            return await (await bot.get_file(sent.photo[0].file_id)).download_as_bytearray()

    assert run_apart(fetched()) == b"a picture"


def test_a_chat_action_is_one_that_there_is(api, amina, call):
    assert call("send_chat_action", amina.id, "typing")
    with pytest.raises(BadRequest, match=says("wrong parameter action")):
        call("send_chat_action", amina.id, "thinking")


# ---- tokens -------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["1:wrong", "nonsense"])
def test_a_wrong_token_is_refused(api, token):
    async def asked():
        async with Bot(token, api.base_url):
            pass

    with pytest.raises(InvalidToken):
        run_apart(asked())


def test_an_unknown_method_is_not_found(api):
    with pytest.raises(urllib.error.HTTPError, match=says("404")):
        asked_plainly(api, "sendTelepathy", b"{}")


# ---- what may be sent ---------------------------------------------------------------------------

LONG = InlineKeyboardButton("A", callback_data="x" * 64)
HERE = InlineKeyboardButton("A", url="http://127.0.0.1:8000/me")


@pytest.mark.parametrize(
    ("text", "given", "words"),
    [
        ("", {}, "message text is empty"),
        ("  \n", {}, "message text is empty"),
        ("a" * 4097, {}, "message is too long"),
        ("😀" * 2049, {}, "message is too long"),
        ("<b>a", {"parse_mode": "HTML"}, "can't parse entities"),
        ("a < b <c>", {"parse_mode": "HTML"}, "can't parse entities"),
        ("a", {"reply_markup": keyboard(HERE)}, "Wrong HTTP URL"),
    ],
)
def test_a_message_that_does_not_fit_is_refused(amina, call, text, given, words):
    with pytest.raises(BadRequest, match=says(words)):
        call("send_message", amina.id, text, **given)

    assert amina.seen == []


def test_a_message_of_the_greatest_length_is_taken(amina, call):
    call("send_message", amina.id, "a" * 4096, reply_markup=keyboard(LONG))

    assert amina.buttons == ["A"]


@pytest.mark.parametrize("data", ["", "x" * 65, "é" * 33])
def test_what_a_button_carries_is_one_to_64_bytes(api, amina, data):
    button = {"text": "A", "callback_data": data}
    body = {"chat_id": amina.id, "text": "a", "reply_markup": {"inline_keyboard": [[button]]}}

    with pytest.raises(urllib.error.HTTPError, match=says("400")):
        asked_plainly(api, "sendMessage", json.dumps(body).encode())


def test_html_becomes_marks_counted_as_telegram_counts(amina, call):
    sent = call("send_message", amina.id, "😀 <b>bold</b> &amp; plain", parse_mode="HTML")

    assert sent.text == "😀 bold & plain"
    (mark,) = sent.entities
    assert (mark.type, mark.offset, mark.length) == (MessageEntity.BOLD, 3, 4)


# ---- who may be written to ----------------------------------------------------------------------


def test_nobody_is_written_to_who_did_not_begin(api, call):
    with pytest.raises(Forbidden, match=says("can't initiate")):
        call("send_message", api.world.person().id, "Hello")
    with pytest.raises(BadRequest, match=says("chat not found")):
        call("send_message", 31337, "Hello")


def test_who_blocks_is_told_of_and_not_written_to(api, amina, call):
    amina.block()

    update = Update.de_json(list(api.world.pending.values())[-1])
    assert update.my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(Forbidden, match=says("blocked by the user")):
        call("send_message", amina.id, "Hello")
    amina.unblock()
    assert call("send_message", amina.id, "Hello again")


def test_an_account_that_is_gone_is_refused(amina, call):
    amina.delete_account()

    with pytest.raises(Forbidden, match=says("deactivated")):
        call("send_message", amina.id, "Hello")


def test_a_group_that_became_a_supergroup_names_its_new_number(api, amina, call):
    group = api.world.group()
    new = group.become_supergroup(amina)

    with pytest.raises(ChatMigrated) as told:
        call("send_message", group.chat.id, "Hello")

    assert told.value.new_chat_id == new.chat.id
    call("send_message", new.chat.id, "Hello")
    assert [m["text"] for m in new.seen] == ["Hello"]
    updates = [Update.de_json(u).message for u in api.world.pending.values()]
    assert [m.migrate_to_chat_id for m in updates if m.migrate_to_chat_id] == [new.chat.id]


def test_a_group_tells_a_private_bot_only_what_is_for_it(api, amina):
    group = api.world.group()

    assert not amina.say("just talking", group.chat)
    assert not amina.say("/huddle@AnotherBot", group.chat)
    assert amina.say("/huddle referrals", group.chat)
    group.throw_out()


# ---- editing and taps ---------------------------------------------------------------------------


def test_an_edit_changes_something_of_the_bots(amina, call):
    button = keyboard(InlineKeyboardButton("A", callback_data="a"))
    sent = call("send_message", amina.id, "One", reply_markup=button)

    with pytest.raises(BadRequest, match=says("message is not modified")):
        call("edit_message_text", "One", amina.id, sent.message_id, reply_markup=button)
    call("edit_message_text", "Two", amina.id, sent.message_id)
    assert (amina.last, amina.buttons) == ("Two", [])
    call("edit_message_reply_markup", amina.id, sent.message_id, reply_markup=button)
    assert (amina.last, amina.buttons) == ("Two", ["A"])
    with pytest.raises(BadRequest, match=says("can't be edited")):
        call("edit_message_text", "Mine", amina.id, min(amina.chat.messages))
    with pytest.raises(BadRequest, match=says("message to edit not found")):
        call("edit_message_text", "Three", amina.id, 999)


def test_a_message_is_deleted_within_two_days(amina, call, clock):
    first, second = (call("send_message", amina.id, text).message_id for text in "ab")

    assert call("delete_message", amina.id, first)
    with pytest.raises(BadRequest, match=says("to delete not found")):
        call("delete_message", amina.id, first)
    clock.forward(hours=49)
    with pytest.raises(BadRequest, match=says("can't be deleted")):
        call("delete_message", amina.id, second)


def test_a_tap_is_answered_once_and_soon(api, amina, call, clock):
    call("send_message", amina.id, "One", reply_markup=keyboard(LONG))
    amina.tap("A")
    amina.tap("A")
    first, second = api.world.queries

    assert call("answer_callback_query", first, "Saved")
    with pytest.raises(BadRequest, match=says("query is too old")):
        call("answer_callback_query", first)
    clock.forward(seconds=QUERY_LASTS + 1)
    with pytest.raises(BadRequest, match=says("query is too old")):
        call("answer_callback_query", second)


def test_a_button_that_is_not_there_cannot_be_tapped(amina):
    with pytest.raises(LookupError, match=says("Amina: /start")):
        amina.tap("A")


# ---- polls --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "options", "words"),
    [
        ("", ["a", "b"], "can't be empty"),
        ("a" * 301, ["a", "b"], "must not exceed 300"),
        ("a", ["a"], "at least 2"),
        ("a", list("abcdefghijk"), "more than 10"),
        ("a", ["a" * 101, "b"], "must not exceed 100"),
        ("a", ["", "b"], "non-empty"),
    ],
)
def test_a_poll_that_does_not_fit_is_refused(amina, call, question, options, words):
    with pytest.raises(BadRequest, match=says(words)):
        call("send_poll", amina.id, question, options)


def test_a_quiz_has_a_right_answer_and_a_short_explanation(amina, call):
    quiz = {"type": "quiz", "correct_option_ids": [1]}

    assert call("send_poll", amina.id, "A?", ["a", "b"], explanation="Because.", **quiz)
    with pytest.raises(BadRequest, match=says("correct option")):
        call("send_poll", amina.id, "A?", ["a", "b"], type="quiz", correct_option_ids=[2])
    with pytest.raises(BadRequest, match=says("too long")):
        call("send_poll", amina.id, "A?", ["a", "b"], explanation="a" * 201, **quiz)


def test_a_poll_counts_until_it_is_closed(amina, call):
    poll = call("send_poll", amina.id, "a" * 300, ["Yes", "No"])
    amina.vote("Yes")
    amina.vote("Yes")
    amina.vote("No")

    closed = call("stop_poll", amina.id, poll.message_id)

    assert [option.voter_count for option in closed.options] == [2, 1]
    assert closed.is_anonymous
    with pytest.raises(BadRequest, match=says("already been closed")):
        call("stop_poll", amina.id, poll.message_id)
    with pytest.raises(BadRequest, match=says("poll to stop not found")):
        call("stop_poll", amina.id, 1)


def test_a_poll_tells_what_a_server_of_today_tells(amina, call):
    poll = call("send_poll", amina.id, "A?", ["a", "b"]).poll
    quiz = call("send_poll", amina.id, "A?", ["a", "b"], type="quiz", correct_option_ids=[1]).poll

    assert (poll.allows_revoting, quiz.allows_revoting, poll.members_only) == (True, False, False)
    names = [option.persistent_id for option in poll.options]
    assert len(set(names)) == 2
    assert not set(names) & {"0", "1"}  # no places
    with pytest.raises(BadRequest, match=says("channel chats only")):
        call("send_poll", amina.id, "A?", ["a", "b"], members_only=True)
    with pytest.raises(BadRequest, match=says("anonymous polls")):
        call("send_poll", amina.id, "A?", ["a", "b"], allow_adding_options=True)


def test_a_vote_that_is_not_anonymous_names_the_option(api, amina, call):
    poll = call("send_poll", amina.id, "A?", ["a", "b"], is_anonymous=False).poll
    amina.vote("b")

    *_, told = [Update.de_json(update) for update in api.world.pending.values()]

    assert told.poll_answer.option_ids == (1,)
    assert told.poll_answer.option_persistent_ids == (poll.options[1].persistent_id,)


def test_a_poll_of_an_older_server_is_sent_and_not_understood(api, amina, call):
    api.world.is_older = True

    with pytest.raises(TypeError, match="required argument"):
        call("send_poll", amina.id, "A?", ["a", "b"])

    assert amina.last == "A?"


def test_a_forum_has_topics_that_are_open_or_not(api, amina, call):
    forum = api.world.group().become_supergroup(amina)
    topic = forum.open_topic(amina)

    sent = call("send_message", forum.chat.id, "Hello", message_thread_id=topic)
    assert sent.is_topic_message
    assert forum.in_topic(topic)[0]["text"] == "Hello"
    with pytest.raises(BadRequest, match=says("message thread not found")):
        call("send_message", forum.chat.id, "Hello", message_thread_id=topic + 1)
    forum.close_topic(topic)
    with pytest.raises(BadRequest, match=says("TOPIC_CLOSED")):
        call("send_poll", forum.chat.id, "A?", ["a", "b"], message_thread_id=topic)


def test_what_members_may_not_send_is_refused(api, call):
    group = api.world.group()
    group.chat.withheld.add("polls")

    call("send_message", group.chat.id, "Hello")
    with pytest.raises(BadRequest, match=says("not enough rights to send polls to the chat")):
        call("send_poll", group.chat.id, "A?", ["a", "b"])


# ---- what a bot says of itself ------------------------------------------------------------------


def test_menus_are_kept_by_scope_and_language(call):
    private, groups = BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()
    call("set_my_commands", [BotCommand("take", "Take one")], private)
    call("set_my_commands", [BotCommand("huddle", "Together")], groups, "cy")

    assert [command.command for command in call("get_my_commands", private)] == ["take"]
    assert call("get_my_commands", groups) == ()
    assert [command.command for command in call("get_my_commands", groups, "cy")] == ["huddle"]
    call("delete_my_commands", private)
    assert call("get_my_commands", private) == ()


@pytest.mark.parametrize("name", ["Take", "take-it", "a" * 33])
def test_a_command_has_small_letters(call, name):
    with pytest.raises(BadRequest, match=says("BOT_COMMAND_INVALID")):
        call("set_my_commands", [(name, "Take one")])


def test_descriptions_have_a_length(call):
    assert call("set_my_description", "What it is")
    assert call("set_my_short_description", "Short")
    assert call("get_my_description").description == "What it is"
    assert call("get_my_short_description").short_description == "Short"
    with pytest.raises(BadRequest, match=says("too long")):
        call("set_my_description", "a" * 513)
    with pytest.raises(BadRequest, match=says("too long")):
        call("set_my_short_description", "a" * 121)


# ---- updates ------------------------------------------------------------------------------------


def test_updates_are_handed_out_until_they_are_confirmed(api, amina, call):
    amina.say("second")
    amina.say("third")

    first, second = call("get_updates", limit=2)
    again = call("get_updates", offset=second.update_id)
    (last,) = call("get_updates", offset=-1)

    assert [first.message.text, second.message.text] == ["/start", "second"]
    assert [update.message.text for update in again] == ["second", "third"]
    assert last.message.text == "third"
    assert len(api.world.pending) == 1


def test_updates_can_come_late_twice_and_in_the_wrong_order(api, amina, call):
    amina.say("second")
    api.world.is_reversed = True
    first, second = call("get_updates", timeout=0)
    assert first.update_id > second.update_id

    call("get_updates", offset=first.update_id + 1, timeout=0)
    api.world.repeat(json.loads(second.to_json()))

    (again,) = call("get_updates", timeout=0)
    assert again.update_id == second.update_id


def test_only_the_kinds_that_were_asked_for_come(api, amina, call):
    call("get_updates", allowed_updates=["callback_query"], offset=-1)
    amina.say("not heard")

    assert [update["message"]["text"] for update in api.world.pending.values()] == ["/start"]


def test_of_two_pollers_the_first_is_sent_away(api, call):
    ended = []

    def poll_again():
        until(lambda: api.world.poller == 1, 60, "the first poller")
        ended.append(asked_plainly(api, "getUpdates", b"{}"))

    second = threading.Thread(target=poll_again)
    second.start()
    with pytest.raises(Conflict, match=says("terminated by other getUpdates")):
        call("get_updates", timeout=20)
    second.join(60)

    assert ended == [[]]


def test_a_long_poll_ends_when_something_comes(api, call):
    amina = api.world.person()

    def speak():
        until(lambda: api.world.poller == 1, 60, "the poller")
        amina.say("Hello")

    speaking = threading.Thread(target=speak)
    speaking.start()
    got = call("get_updates", timeout=20)
    speaking.join(60)

    assert [update.message.text for update in got] == ["Hello"]


# ---- the webhook --------------------------------------------------------------------------------


class Hooks(ThreadingHTTPServer):
    """What was posted, and the codes that a test lined up as answers."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Hook)
        self.got, self.codes = [], []


class Hook(BaseHTTPRequestHandler):
    """Where updates are posted to."""

    server: Hooks

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        secret = self.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.server.got.append((secret, json.loads(body)["message"]["text"]))
        self.send_response_only(self.server.codes.pop(0) if self.server.codes else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def hook():
    server = Hooks()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(60)


def test_updates_are_posted_with_the_secret_and_again_after_a_failure(api, amina, call, hook):
    hook.codes = [500, 503]
    url = f"http://127.0.0.1:{hook.server_address[1]}/hook"
    call("set_webhook", url, secret_token="s3cret", allowed_updates=["message"])
    amina.say("second")

    api.world.settle()

    assert hook.got == [("s3cret", "/start")] * 3 + [("s3cret", "second")]
    info = call("get_webhook_info")
    assert info.url == url
    assert info.pending_update_count == 0
    assert info.last_error_message.startswith("Wrong response from the webhook: 503")
    with pytest.raises(Conflict, match=says("webhook is active")):
        call("get_updates")
    call("delete_webhook")
    assert call("get_updates") == ()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "http://example.org/hook"}, "HTTPS URL must be provided"),
        ({"url": "https://example.org", "secret_token": "not this!"}, "unallowed characters"),
        ({"url": "https://example.org", "max_connections": 101}, "between 1 and 100"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused(call, given, words):
    with pytest.raises(BadRequest, match=says(words)):
        call("set_webhook", **given)


def test_what_waits_can_be_dropped(api, amina, call):
    call("delete_webhook", drop_pending_updates=True)

    assert call("get_updates") == ()


# ---- faults -------------------------------------------------------------------------------------


def test_too_many_is_waited_out_by_the_librarys_limiter(api, amina):
    api.fail("sendMessage", code=429, retry_after=1)

    async def sent():
        limiter = AIORateLimiter(max_retries=1)
        async with ExtBot(api.token, api.base_url, rate_limiter=limiter) as bot:
            await bot.send_message(amina.id, "Hello")

    run_apart(sent())

    assert [call.code for call in api.called("sendMessage")] == [429, 200]


def test_faults_are_scripted_for_a_method_and_a_chat(api, amina, call):
    other = api.world.person("Bashir")
    other.say("/start")
    api.fail("sendMessage", code=500, chat_id=other.id)
    api.fail("sendMessage", code=429, retry_after=7, chat_id=other.id)

    call("send_message", amina.id, "Hello")
    with pytest.raises(NetworkError, match=says("Internal Server Error")):
        call("send_message", other.id, "Hello")
    with pytest.raises(RetryAfter):
        call("send_message", other.id, "Hello")
    call("send_message", other.id, "Hello")

    assert len(amina.seen) == len(other.seen) == 1


def test_an_answer_can_be_lost_after_its_effect(api, amina, call):
    api.fail("sendMessage", loses=True, with_effect=True)

    with pytest.raises(NetworkError):
        call("send_message", amina.id, "Hello")

    assert amina.last == "Hello"


def test_an_answer_can_fail_to_come(api, amina, call):
    api.fail("sendMessage", hangs=True)

    with pytest.raises(TimedOut):
        call("send_message", amina.id, "Hello", read_timeout=0.1)
    api.release()

    assert amina.seen == []


def test_limits_refuse_what_is_too_much_and_forgive_it_later(clock):
    with BotApi(now=lambda: clock().timestamp(), limits=Limits(a_second=3)) as api:
        amina = api.world.person()
        amina.say("/start")

        async def sent(times):
            async with Bot(api.token, api.base_url, request=quick()) as bot:
                for _ in range(times):
                    await bot.send_message(amina.id, "Hello")

        run_apart(sent(3))
        with pytest.raises(RetryAfter):
            run_apart(sent(1))
        clock.forward(seconds=1.01)
        run_apart(sent(3))

    assert len(amina.seen) == 6
    assert api.world.limits.refused == 1


# ---- the users' side ----------------------------------------------------------------------------


def test_the_library_understands_whatever_somebody_sends(api, amina):
    amina.say("see https://example.org /help")
    amina.sticker()
    amina.photo("a caption")
    amina.voice()
    amina.forward("of another")
    amina.edit("changed")

    updates = [Update.de_json(update) for update in api.world.pending.values()]

    assert [m.type for m in updates[1].message.entities] == ["bot_command", "url"]
    assert updates[2].message.sticker
    assert updates[3].message.caption == "a caption"
    assert updates[4].message.voice
    assert updates[5].message.forward_origin
    assert updates[6].edited_message.text == "changed"


def test_waiting_for_what_does_not_come_says_so(api, amina):
    with pytest.raises(TimeoutError, match=says("confirmation")):
        amina.hear(within=0.01)
