"""Messages to the chat that somebody chose, from the same outbox."""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from quizbot.chat import told
from quizbot.outbox.mail import Fate, Sent
from quizbot.outbox.notices import Note
from quizbot.service import open_service
from quizbot.store.tables import notice, person
from quizbot.work import Work
from tests.chat.speaking import Chat
from tests.conftest import settings_for
from tests.outbox.wire import Wire

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DUE = date(2027, 2, 15)
HERE = ("telegram", "4711")


@dataclass
class ChatWire:
    """Takes notes, unless a test has another fate for them."""

    taken: list[Note] = field(default_factory=list)
    says: Sent = field(default_factory=lambda: Sent(Fate.SENT))

    def __call__(self, note: Note, _key: str) -> Sent:
        if self.says.fate in (Fate.SENT, Fate.UNCERTAIN):
            self.taken.append(note)
        return self.says


@pytest.fixture
def clock(clock):
    clock.at = MONDAY
    return clock


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def chats():
    return ChatWire()


@pytest.fixture
def run(service, wire, chats):
    return lambda: Work(service, wire=wire, chats={"telegram": chats}).once()


@pytest.fixture
def chosen(service, amina):
    service.links.accept(service.links.payload(amina), *HERE)
    (line,) = service.links.of(amina)
    service.links.send_to(amina, line.link_id)


@pytest.fixture
def asked(service, people):
    service.requests.ask(people.carys, [people.amina], ["referrals"], DUE, "Before the audit.")


def test_a_chat_that_was_linked_under_another_secret_is_gone_and_mail_goes(
    database_url, tmp_path, chosen, asked, chats, wire, clock
):
    other = settings_for(
        database_url, tmp_path, secret_key="another secret of enough letters for tests"
    )
    with closing(open_service(other, clock)) as later:
        Work(later, wire=wire, chats={"telegram": chats}).once()
        clock.forward(minutes=10)
        Work(later, wire=wire, chats={"telegram": chats}).once()

    assert chats.taken == []
    assert [mail.to for mail in wire.taken] == ["amina@northmoor.example"]


def digests(service):
    query = select(notice).where(notice.c.kind == "digest").order_by(notice.c.id)
    with service.database.reading() as connection:
        return connection.execute(query).all()


def test_a_message_goes_to_the_chat_that_was_chosen(service, chosen, asked, run, wire, chats):
    run()

    (note,) = chats.taken
    assert note.address == "4711"
    assert "Referrals: Please complete it by Monday 15 February 2027." in note.text
    assert "Carys" not in note.text
    assert "999" in note.text
    message = told.noticed(note)
    assert [row[0].words for row in message.rows] == ["Take Referrals"]
    assert wire.taken == []
    (row,) = digests(service)
    assert (row.channel, row.state) == ("telegram", "sent")
    run()
    assert len(chats.taken) == 1


def test_without_a_sender_for_it_a_message_goes_by_mail(service, chosen, asked, wire):
    Work(service, wire=wire).once()

    assert len(wire.to("amina")) == 1


def test_quiet_hours_hold_in_chats_too(chosen, asked, run, chats, clock):
    clock.at = MONDAY.replace(hour=20)
    run()
    assert chats.taken == []


def test_a_blocked_chat_is_left_alone_and_mail_goes_instead(
    service, amina, chosen, asked, run, wire, chats, clock
):
    chats.says = Sent(Fate.GONE, "the bot was blocked")
    run()
    clock.forward(minutes=10)
    run()

    assert len(wire.to("amina")) == 1
    assert service.links.of(amina)[0].is_blocked
    (row,) = digests(service)
    assert (row.channel, row.state) == ("email", "sent")


def test_who_blocked_the_chat_and_has_no_address_is_to_be_told_in_person(
    service, people, amina, chosen, asked, chats, run
):
    with service.database.writing() as connection:
        connection.execute(update(person).where(person.c.id == amina).values(email=None))
    chats.says = Sent(Fate.GONE, "Forbidden: bot was blocked by the user")

    run()

    (line,) = service.troubles.of(people.efua)
    assert "Tell them yourself" in line.advice


def test_what_may_have_arrived_is_not_repeated(service, chosen, asked, run, wire, chats, clock):
    chats.says = Sent(Fate.UNCERTAIN, "no answer came")
    run()
    for _ in range(3):
        clock.forward(hours=1)
        run()

    assert len(chats.taken) == 1
    assert wire.taken == []
    assert digests(service)[0].state == "uncertain"


def test_a_channel_that_is_down_keeps_no_mail_waiting(
    service, people, chosen, asked, run, wire, chats, clock
):
    service.requests.ask(people.dylan, [people.bashir], ["referrals"], DUE, "")
    chats.says = Sent(Fate.DOWN, "Telegram does not answer")
    run()
    assert len(wire.to("bashir")) == 1

    chats.says = Sent(Fate.SENT)
    clock.forward(minutes=10)
    run()
    assert len(chats.taken) == 1


def test_an_unlinked_chat_gets_nothing_more(service, chosen, asked, run, wire, chats):
    service.links.leave(*HERE)
    run()

    assert chats.taken == []
    assert len(wire.to("amina")) == 1


def nudges(chats):
    return [note for note in chats.taken if note.may_snooze]


def test_reminders_come_once_a_week_at_most_and_are_put_off_by_one_tap(
    service, people, chosen, run, chats, clock
):
    """Halfway of one request and two weeks before another fall together within a week."""
    for due_on in (date(2026, 12, 21), date(2026, 12, 24)):
        service.requests.ask(people.carys, [people.amina], ["referrals"], due_on, "")
        clock.forward(days=1)
    days = []
    while clock.at.date() < date(2026, 12, 20):
        before = len(nudges(chats))
        run()
        days += [clock.at.date()] * (len(nudges(chats)) - before)
        clock.at = (clock.at + timedelta(days=1)).replace(hour=9)

    assert days
    assert all(later - earlier >= timedelta(days=7) for earlier, later in zip(days, days[1:]))  # noqa: B905, RUF007


def test_snoozed_reminders_wait_two_weeks(service, people, chosen, run, chats, clock):
    service.requests.ask(people.carys, [people.amina], ["referrals"], date(2026, 12, 11), "")
    run()
    chat = Chat(service, HERE[1], HERE[0])
    chat.screen.append(told.noticed(Note(HERE[1], "A reminder", (), may_snooze=True)))

    assert "No reminders before 7 December 2026" in chat.tap("No reminders for two weeks")

    while clock.at.date() < date(2026, 12, 6):
        clock.at = (clock.at + timedelta(days=1)).replace(hour=9)
        run()
    assert nudges(chats) == []
    assert service.preferences.of(people.amina).snoozed_until == date(2026, 12, 7)
