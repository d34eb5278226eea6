"""Updates that nobody can read: each is recorded and confirmed, and the next one is answered."""

import json
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from quizbot.chat.telegram import reading
from quizbot.store.tables import update_seen
from tests.chat.telegrams import at_work, telegram_service
from tools.botapi import BotApi
from tools.running import free_port
from tools.waiting import until

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WRITTEN = "Kit-who-must-not-be-in-a-log"
DEEP = '{"update_id": NUMBER, "message": ' + "[" * 100_000 + "]" * 100_000 + "}"

OLD_POLL = {
    "id": "1",
    "question": WRITTEN,
    "options": [{"text": "a", "voter_count": 0}, {"text": "b", "voter_count": 0}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
}


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


def message_of(person, **content):
    return {"message_id": 77, "date": 1, "chat": person.chat.shown, "from": person.shown, **content}


def tap_of(person, **content):
    return {"id": "1", "from": person.shown, "chat_instance": "x", "data": "c:help", **content}


SHAPES = {
    "a poll of an older server": lambda _: {"poll": OLD_POLL},
    "a vote of an older server": lambda dana: {
        "poll_answer": {"poll_id": "1", "user": dana.shown, "option_ids": [0]}
    },
    "a message with an old poll": lambda dana: {"message": message_of(dana, poll=OLD_POLL)},
    "a message without a chat": lambda _: {"message": {"message_id": 1, "text": WRITTEN}},
    "a message without a date": lambda dana: {
        "message": {"message_id": 1, "chat": dana.chat.shown, "text": "/nonsense"}
    },
    "a chat without a kind": lambda dana: {"message": message_of(dana, chat={"id": dana.id})},
    "a chat whose number is none": lambda dana: {
        "message": message_of(dana, chat={"id": WRITTEN, "type": "private"}, text="/help")
    },
    "words that are none": lambda dana: {"message": message_of(dana, text={WRITTEN: 1})},
    "a command that is a number": lambda dana: {"message": message_of(dana, text=5)},
    "marks that are none": lambda dana: {
        "message": message_of(dana, text="/nonsense", entities=[{"type": WRITTEN}])
    },
    "a message that is words": lambda _: {"message": WRITTEN},
    "a message that is a list": lambda _: {"message": [WRITTEN]},
    "a message that is nothing": lambda _: {"message": None},
    "a date beyond all calendars": lambda dana: {
        "message": message_of(dana, date=10**30, text="/nonsense")
    },
    "an unknown kind": lambda _: {"telepathy": {"thought": WRITTEN}},
    "nothing but a number": lambda _: {},
    "a tap without its instance": lambda dana: {
        "callback_query": {"id": "1", "from": dana.shown, "data": "c:help"}
    },
    "a tap of nobody": lambda _: {"callback_query": {"id": "1", "data": WRITTEN}},
    "a tap under an old poll": lambda dana: {
        "callback_query": tap_of(dana, message=message_of(dana, poll=OLD_POLL))
    },
    "a tap that carries a list": lambda dana: {"callback_query": tap_of(dana, data=[WRITTEN])},
    "a member without a standing": lambda dana: {
        "my_chat_member": {"chat": dana.chat.shown, "from": dana.shown, "date": 1}
    },
    "a member of a new sort": lambda dana: {
        "my_chat_member": {
            "chat": dana.chat.shown,
            "from": dana.shown,
            "date": 1,
            "old_chat_member": {"user": dana.shown, "status": WRITTEN},
            "new_chat_member": {"user": dana.shown, "status": WRITTEN},
        }
    },
    "one nested too deeply": lambda _: DEEP,
    "one that is cut off": lambda _: '{"update_id": NUMBER, "message": {"text": oops}}',
    "a number with a million digits": lambda _: (
        '{"update_id": NUMBER, "message": ' + "9" * 1_000_000 + "}"
    ),
}


@on_sqlite
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_whatever_comes_the_next_message_is_answered_also_after_a_restart(
    start, api, dana, shape, capfd
):
    with start() as bot:
        welcome = dana.asks("/start")
        odd = api.world.tell_raw(shape(dana))
        dana.asks("/start")
        # What is not of a chat that can be read is answered beside it, before or after.
        assert [message["text"] for message in dana.seen].count(welcome) == 2
        count = len(dana.seen)
        with bot.service.database.reading() as connection:
            noted = set(connection.execute(select(update_seen.c.number)).scalars())

    assert api.world.pending == {}
    with start():
        dana.asks("/help")

    assert len(dana.seen) == count + 1
    assert odd in noted or shape is SHAPES["a member of a new sort"]
    assert WRITTEN not in "".join(capfd.readouterr())


@on_sqlite
def test_what_is_left_out_is_told_to_the_operator_without_its_words(start, api, dana, capfd):
    with start():
        odd = api.world.tell_raw({"message": {"message_id": 1, "text": WRITTEN}})
        dana.asks("/help")

    told = capfd.readouterr().out
    assert f"an update could not be read, number {odd}: left out, message: KeyError" in told
    assert WRITTEN not in told


@on_sqlite
@pytest.mark.parametrize("broken", [{"reply_to_message": 5}, {"entities": [{}]}, {"via_bot": {}}])
def test_who_writes_what_is_read_in_part_is_answered(start, api, dana, broken):
    with start():
        dana.asks("/help")
        words = "A child in my class has bruises and says her dad hit her"
        api.world.tell_raw({"message": message_of(dana, text=words, **broken)})
        api.world.settle()

    assert "999" in dana.last


@on_sqlite
def test_a_forwarded_message_read_in_part_is_no_command(start, api, dana):
    with start():
        welcome = dana.asks("/start")
        api.world.tell_raw({"message": message_of(dana, text="/start", forward_origin=5)})
        api.world.settle()

    assert len(dana.seen) == 2
    assert dana.last != welcome


@on_sqlite
def test_a_group_that_moves_is_followed_though_the_update_is_read_in_part(start, api, dana):
    group = api.world.group()
    with start():
        dana.say("/huddle referrals", group.chat)
        api.world.settle()
        new = group.become_supergroup(dana)
        with api.world.changed:
            for update in api.world.pending.values():
                update["message"]["entities"] = [{}]
        api.world.settle()
        dana.say("/huddle referrals", new.chat)
        api.world.settle()

    assert "A huddle is going on" in new.transcript


@on_sqlite
def test_what_has_no_number_holds_up_nobody(start, api, dana):
    with start():
        dana.asks("/help")
        api.world.tell_raw({"update_id": None, "message": message_of(dana, text="/nonsense")})
        api.world.tell_raw({"update_id": "five", "message": message_of(dana, text="/nonsense")})
        dana.asks("/privacy")

    assert api.world.pending == {}
    assert len(dana.seen) == 2


@on_sqlite
def test_a_number_that_came_as_words_is_a_number(start, api, dana):
    with start():
        dana.asks("/help")
        api.world.tell_raw({"update_id": "NUMBER", "message": message_of(dana, text="/privacy")})
        dana.asks("/help")

    assert len(dana.seen) == 3


def test_answers_are_cut_apart_where_updates_end():
    updates = [{"update_id": 1, "message": {"text": 'a "b], {c}, \\'}}, {"update_id": 2}, {}]
    body = json.dumps({"ok": True, "result": updates})
    broken = body.replace('{"update_id": 2}', '{"update_id": 2, oops}')

    assert reading.loads_all(body.encode()) == {"ok": True, "result": updates}
    assert reading.loads_all(broken.encode())["result"] == [updates[0], {"update_id": 2}, {}]
    assert reading.loads_all(b"\xff no JSON") == {"ok": True, "result": []}
