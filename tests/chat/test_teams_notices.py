"""Messages that are owed, sent to chats in Teams: what becomes of each."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from quizbot.chat.teams import calls
from quizbot.chat.teams.notices import NO_WAY, TeamsWire
from quizbot.outbox.mail import Fate, Sent
from quizbot.outbox.notices import Note
from tests.conftest import settings_for
from tools.connector import BotConnector


@pytest.fixture
def settings(tmp_path):
    """Settings of a service that has no need of its database here."""
    return lambda connector, **given: settings_for(
        f"sqlite:///{tmp_path / 'none.db'}", tmp_path, **{**connector.settings, **given}
    )


@pytest.fixture
def connector():
    with BotConnector() as running:
        yield running
        assert running.refused == []


@pytest.fixture
def sender(connector, settings):
    return TeamsWire(settings(connector))


@pytest.fixture
def amina(connector):
    return connector.world.person("Amina")


def note_to(person, **given):
    way = given.pop("way", person.world.way)
    return Note(person.chat.name, "Please take Referrals by Monday.", way=way, **given)


def test_a_message_has_buttons_for_what_can_be_done(sender, amina):
    note = note_to(amina, modules=(("referrals", "Referrals"),), may_snooze=True)

    assert sender(note, "1") == Sent(Fate.SENT)
    assert amina.last.startswith("Please take Referrals")
    assert amina.chat.last.buttons == ["Take Referrals", "No reminders for two weeks"]
    assert amina.chat.last.activity["summary"] == "Please take Referrals by Monday."


@pytest.mark.parametrize(
    "why", ["ConversationBlockedByUser", "BotNotInConversationRoster", "BotDisabledByAdmin"]
)
def test_a_chat_that_is_shut_is_gone(sender, amina, why):
    amina.chat.shut = why

    assert sender(note_to(amina), "1").fate is Fate.GONE


def test_a_chat_that_is_no_more_is_gone(sender, amina):
    note = Note("a:nobody", "Hello", way=amina.world.way)

    assert sender(note, "1").fate is Fate.GONE


def test_a_chat_of_which_teams_has_told_no_way_gets_it_by_mail(sender, amina, connector):
    assert sender(note_to(amina, way=""), "1") == Sent(Fate.GONE, NO_WAY)
    assert connector.calls == []


@pytest.mark.parametrize(
    ("fault", "fate"),
    [
        ({"status": 500}, Fate.UNCERTAIN),
        ({"status": 502}, Fate.UNCERTAIN),
        ({"loses": True, "with_effect": True}, Fate.UNCERTAIN),
        ({"status": 400, "code": "BadSyntax"}, Fate.FAILED),
        ({"status": 413, "code": "MessageSizeTooBig"}, Fate.FAILED),
        ({"status": 429, "retry_after": 2}, Fate.RETRY),
        ({"status": 412, "code": "PreconditionFailed"}, Fate.RETRY),
    ],
    ids=["500", "502", "lost", "400", "413", "429", "412"],
)
def test_what_became_of_it_is_said(connector, sender, amina, fault, fate):
    connector.fail("POST", **fault)

    assert sender(note_to(amina), "1").fate is fate
    assert len(connector.called("POST")) == 1
    assert sender(note_to(amina), "2").fate is Fate.SENT


def test_a_token_that_was_ended_is_renewed_once(connector, sender, amina):
    sender(note_to(amina), "1")
    connector.given_out.clear()

    assert sender(note_to(amina), "2").fate is Fate.SENT
    assert connector.called("POST") == [201, 401, 201]


def test_a_secret_that_is_wrong_keeps_everything_back(connector, settings, amina):
    sender = TeamsWire(settings(connector, teams_secret="another"))

    assert sender(note_to(amina), "1") == Sent(Fate.DOWN, calls.LET_NOBODY_IN[7000215])


def test_no_answer_in_time_is_uncertain(connector, sender, amina, monkeypatch):
    monkeypatch.setattr(calls, "WITHIN", 0.2)
    connector.fail("POST", hangs=True, with_effect=True)

    assert sender(note_to(amina), "1").fate is Fate.UNCERTAIN
    connector.release()


def test_while_teams_is_away_nothing_leaves(settings):
    with BotConnector() as connector:
        given = settings(connector)
        note = Note("a:1", "Hello", way=connector.world.way)

    assert TeamsWire(given)(note, "1").fate is Fate.DOWN


@pytest.mark.parametrize(
    "way", ["http://169.254.169.254", "file:///etc", "https://127.0.0.1:1/x", "x"]
)
def test_a_way_that_leads_nowhere_sends_nothing(connector, sender, amina, way):
    assert sender(note_to(amina, way=way), "1").fate is Fate.DOWN


def test_many_may_send_at_once_with_one_token(connector, sender):
    people = [connector.world.person() for _ in range(40)]

    with ThreadPoolExecutor(8) as pool:
        fates = list(pool.map(lambda person: sender(note_to(person), "").fate, people))

    assert fates == [Fate.SENT] * 40
    assert connector.called("token") == [200]
    assert all(len(person.chat.screen) == 1 for person in people)
