"""Messages that are owed, sent to Telegram: what becomes of each, never faster than permitted."""

import asyncio
import contextlib
import selectors
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from quizbot.chat.telegram import calls
from quizbot.chat.telegram.notices import TelegramWire
from quizbot.outbox.mail import Fate, Sent
from quizbot.outbox.notices import Note
from tests.conftest import settings_for
from tools.botapi import BotApi, Limits


@pytest.fixture
def settings(tmp_path):
    """Settings of a service that has no need of its database here."""
    return lambda api: settings_for(
        f"sqlite:///{tmp_path / 'none.db'}",
        tmp_path,
        telegram_token=api.token,
        telegram_api=api.url,
    )


@pytest.fixture
def api():
    with BotApi() as running:
        yield running


@pytest.fixture
def sender(api, settings):
    with contextlib.closing(TelegramWire(settings(api))) as made:
        yield made


@pytest.fixture
def amina(api):
    person = api.world.person("Amina")
    person.say("/start")
    return person


def note_to(person, **given):
    return Note(str(person.id), "Please take Referrals by Monday.", **given)


def test_a_message_has_buttons_for_what_can_be_done(sender, amina):
    note = note_to(amina, modules=(("referrals", "Referrals"),), may_snooze=True)

    assert sender(note, "1") == Sent(Fate.SENT)
    assert amina.last.startswith("Please take Referrals")
    assert amina.buttons == ["Take Referrals", "No reminders for two weeks"]


def test_a_chat_that_is_shut_is_gone(api, sender, amina):
    gone = api.world.person()
    gone.say("/start")
    gone.delete_account()
    amina.block()

    assert sender(note_to(amina), "1").fate is Fate.GONE
    assert sender(note_to(gone), "2").fate is Fate.GONE
    assert sender(Note("31337", "Hello"), "3").fate is Fate.GONE


@pytest.mark.parametrize(
    ("fault", "fate"),
    [
        ({"code": 500}, Fate.UNCERTAIN),
        ({"loses": True, "with_effect": True}, Fate.UNCERTAIN),
        ({"code": 400, "words": "Bad Request: message is too long"}, Fate.FAILED),
        ({"code": 401, "words": "Unauthorized"}, Fate.DOWN),
    ],
)
def test_what_became_of_it_is_said(api, sender, amina, fault, fate):
    api.fail("sendMessage", **fault)

    assert sender(note_to(amina), "1").fate is fate
    assert len(api.called("sendMessage")) == 1
    assert sender(note_to(amina), "2").fate is Fate.SENT


def test_no_answer_in_time_is_uncertain(api, settings, amina, monkeypatch):
    monkeypatch.setattr(calls, "READ_TIMEOUT", 0.2)
    api.fail("sendMessage", hangs=True, with_effect=True)

    with contextlib.closing(TelegramWire(settings(api))) as sender:
        assert sender(note_to(amina), "1").fate is Fate.UNCERTAIN
        api.release()


def test_while_telegram_is_away_nothing_leaves(settings):
    with BotApi() as api:
        address = settings(api)
    with contextlib.closing(TelegramWire(address)) as sender:
        assert sender(Note("1", "Hello"), "1").fate is Fate.DOWN


def test_when_telegram_asks_to_wait_nothing_is_asked_of_it(api, sender, amina):
    api.fail("sendMessage", code=429, retry_after=2)

    fates = [sender(note_to(amina), str(n)).fate for n in range(5)]

    assert fates == [Fate.DOWN] * 5
    assert len(api.called("sendMessage")) == 1


def test_many_may_send_at_once(api, sender):
    people = [api.world.person() for _ in range(40)]
    for person in people:
        person.say("/start")

    with ThreadPoolExecutor(20) as pool:
        fates = list(pool.map(lambda person: sender(note_to(person), "").fate, people))

    assert fates == [Fate.SENT] * 40
    assert all(len(person.seen) == 1 for person in people)


# ---- the rate, on a clock of its own ------------------------------------------------------------


class Simulated(asyncio.SelectorEventLoop):
    """A loop whose clock stands while a request is on its way, and else jumps to what is next."""

    def __init__(self):
        super().__init__(_Jumping(self))
        self.at = 0.0
        self.on_their_way = 0

    def time(self):
        return self.at


class _Jumping(selectors.DefaultSelector):
    def __init__(self, loop):
        super().__init__()
        self.loop = loop

    def select(self, timeout=None):
        if timeout is None or self.loop.on_their_way:
            return super().select(timeout and 1.0)
        if found := super().select(0):
            return found
        self.loop.at += max(timeout, 1e-6)  # a clock that stood still would round for ever
        return []


@pytest.fixture
def loop(monkeypatch):
    """A loop that knows which requests are on their way."""
    loop = Simulated()
    send = httpx.AsyncHTTPTransport.handle_async_request

    async def counted(transport, request):
        loop.on_their_way += 1
        try:
            answer = await send(transport, request)
            await answer.aread()
            return answer
        finally:
            loop.on_their_way -= 1

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", counted)
    monkeypatch.setattr(calls, "READ_TIMEOUT", None)
    return loop


@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_messages_leave_nearly_as_fast_as_telegram_permits_and_never_faster(settings, loop, count):
    with BotApi(now=lambda: 1e9 + loop.time(), limits=Limits()) as api:
        sender = TelegramWire(settings(api), lambda: loop)
        person = api.world.person()
        person.say("/start")

        async def all_of_them():
            return await asyncio.gather(*(sender.send(note_to(person)) for _ in range(count)))

        sent = asyncio.run_coroutine_threadsafe(all_of_them(), loop).result(500)
        sender.close()
        times = [call.at for call in api.called("sendMessage")]

    assert {one.fate for one in sent} == {Fate.SENT}
    assert len(times) == count
    assert api.world.limits.refused == 0
    assert max(_in_a_second(times)) <= 30
    assert (count - 1) / (times[-1] - times[0]) >= 0.95 * 30


def _in_a_second(times):
    """How many are in the second before each."""
    first = 0
    for at, last in enumerate(times):
        while times[first] <= last - 1.0:
            first += 1
        yield at - first + 1
