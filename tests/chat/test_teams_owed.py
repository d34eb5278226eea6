"""Reminders in Teams, from the outbox to the screen, and by e-mail once the app is taken away."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from quizbot.chat.teams.notices import TeamsWire
from quizbot.store.tables import notice
from quizbot.work import Work
from tests.chat.in_teams import open_teams, teams_service
from tests.outbox.wire import Wire
from tools.connector import BotConnector

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def clock(clock):
    clock.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    return clock


@pytest.fixture
def connector(clock):
    with BotConnector(lambda: clock().timestamp()) as running:
        yield running
        assert running.refused == []


@pytest.fixture
def service(database_url, tmp_path, clock, connector):
    opened = teams_service(database_url, tmp_path, clock, connector)
    yield opened
    opened.close()


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def run(service, wire):
    chats = {"teams": TeamsWire(service.settings)}
    return lambda: Work(service, wire=wire, chats=chats).once()


@pytest.fixture
def amina_there(service, connector, people):
    """Amina, whose messages go to her chat, and who is asked for something."""
    open_teams(service, connector)
    person = connector.world.person("Amina")
    person.asks(f"/start {service.links.payload(people.amina)}")
    (line,) = service.links.of(people.amina)
    service.links.send_to(people.amina, line.link_id)
    due = date(2027, 2, 15)
    service.requests.ask(people.carys, [people.amina], ["referrals"], due, "Before the audit.")
    return person


def states(service):
    with service.database.reading() as connection:
        query = select(notice.c.channel, notice.c.state).where(notice.c.kind == "digest")
        return [tuple(row) for row in connection.execute(query)]


def test_what_is_asked_is_told_in_the_chat_and_begun_from_there(run, amina_there, wire, service):
    run()
    told = amina_there.chat.last
    amina_there.taps("Take Referrals")

    assert "Referrals" in told.words
    assert wire.taken == []
    assert states(service) == [("teams", "sent")]
    assert "Start" in amina_there.chat.last.buttons
    assert service.connections.of("teams").used_at is not None


def test_the_app_taken_away_sends_it_by_mail(run, amina_there, wire, service, people):
    amina_there.installs("remove")

    run()

    assert len(wire.to("amina")) == 1
    assert service.links.of(people.amina)[0].is_blocked


def test_shut_without_a_word_it_goes_by_mail_in_the_next_round(
    run, amina_there, wire, clock, connector
):
    amina_there.chat.shut = "ConversationBlockedByUser"

    run()
    clock.forward(minutes=10)
    run()

    assert connector.called("POST")[-1] == 403
    assert len(wire.to("amina")) == 1


def test_what_may_have_come_is_not_sent_again(run, amina_there, connector, service, clock):
    connector.fail("POST", loses=True, with_effect=True)
    before = len(amina_there.chat.screen)

    run()
    clock.forward(hours=1)
    run()

    assert states(service) == [("teams", "uncertain")]
    assert len(amina_there.chat.screen) == before + 1


def test_reminders_are_put_off_with_a_tap(run, amina_there, service, people):
    from quizbot.chat.carried import SNOOZE

    amina_there.world.deliver(
        amina_there.activity("message", amina_there.chat, value={"tap": SNOOZE})
    )

    assert amina_there.last.startswith("No reminders before ")
