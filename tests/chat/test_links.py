"""Which chat speaks for whom."""

import re
from datetime import date

import pytest
from sqlalchemy import update

from quizbot.access import ChatKey
from quizbot.errors import NotFound, Refused
from quizbot.rules.pick import Mode
from quizbot.store.tables import attempt, audit, chat_link, person, update_seen
from tests.stored import rows

HERE = ("telegram", "4711")


@pytest.fixture
def linked(service, amina):
    service.links.accept(service.links.payload(amina), *HERE)


def test_a_chat_speaks_for_nobody_until_it_is_linked(service, amina):
    assert isinstance(service.links.who(*HERE), ChatKey)

    name = service.links.accept(service.links.payload(amina), *HERE)

    assert name == "Amina Rahman"
    assert service.links.who(*HERE) == amina
    assert isinstance(service.links.who("terminal", "4711"), ChatKey)


def test_a_payload_is_as_a_deep_link_takes_it(service, amina):
    assert re.fullmatch(r"[A-Za-z0-9_-]{64}", service.links.payload(amina))


def test_a_payload_works_once_and_for_ten_minutes(service, amina, clock):
    payload = service.links.payload(amina)
    service.links.accept(payload, *HERE)
    service.links.leave(*HERE)
    with pytest.raises(Refused, match="run out or was used"):
        service.links.accept(payload, *HERE)

    late = service.links.payload(amina)
    clock.forward(minutes=10, seconds=1)
    with pytest.raises(Refused, match="run out or was used"):
        service.links.accept(late, *HERE)


@pytest.mark.parametrize("words", ["", "x", "A" * 64, "ä" * 64, "A" * 63, "=" * 64, "-_" * 32])
def test_made_up_payloads_are_refused(service, words):
    with pytest.raises(Refused):
        service.links.accept(words, *HERE)


def test_a_payload_with_a_letter_changed_is_refused(service, amina, bashir):
    payload, other = service.links.payload(amina), service.links.payload(bashir)

    with pytest.raises(Refused):
        service.links.accept(other[:40] + payload[40:], *HERE)


def test_the_same_link_tapped_twice_is_one_link(service, amina):
    payload = service.links.payload(amina)

    service.links.accept(payload, *HERE)
    service.links.accept(payload, *HERE)

    assert len(rows(service, chat_link)) == 1


def test_a_chat_asks_and_the_page_confirms(service, amina):
    asked = service.links.ask(*HERE)
    shown = service.links.asked(asked.token)
    assert shown == asked
    assert re.fullmatch(r"\d{4}", shown.number)

    assert service.links.confirm(amina, asked.token) == "telegram"

    assert service.links.who(*HERE) == amina
    with pytest.raises(Refused):
        service.links.asked(asked.token)


def test_what_a_chat_asked_runs_out_and_cannot_be_made_up(service, amina, clock):
    asked = service.links.ask(*HERE)
    clock.forward(minutes=11)

    for token in (asked.token, "", "x" * 50, "ä"):
        with pytest.raises(Refused):
            service.links.asked(token)
        with pytest.raises(Refused):
            service.links.confirm(amina, token)


def test_a_chat_of_somebody_else_is_not_taken_over(service, bashir, amina, linked):
    with pytest.raises(Refused, match="linked to another account"):
        service.links.accept(service.links.payload(bashir), *HERE)

    assert service.links.who(*HERE) == amina


def test_at_a_word_a_chat_is_unlinked_at_once_and_its_address_gone(service, amina, linked):
    (before,) = rows(service, chat_link)
    assert "4711" not in before.address
    assert service.links.address(before.address) == "4711"

    assert service.links.leave(*HERE)
    assert not service.links.leave(*HERE)

    assert isinstance(service.links.who(*HERE), ChatKey)
    (row,) = rows(service, chat_link)
    assert (row.address, row.address_key) == ("", "")
    assert service.links.of(amina) == []


def test_a_chat_is_unlinked_from_its_persons_page_alone(service, amina, bashir, linked):
    (line,) = service.links.of(amina)

    service.links.unlink(bashir, line.link_id)
    assert service.links.who(*HERE) == amina
    service.links.unlink(amina, line.link_id)
    assert isinstance(service.links.who(*HERE), ChatKey)


def test_whoever_leaves_is_linked_to_nothing(service, people, linked, clock):
    service.staff.leave(people.efua, people.amina, date(2026, 11, 21))
    assert service.links.who(*HERE) == people.amina
    clock.forward(days=1)

    assert isinstance(service.links.who(*HERE), ChatKey)


def test_signing_out_everywhere_unlinks_chats_too(service, amina, linked):
    service.sign_in.end_everywhere(amina)

    assert isinstance(service.links.who(*HERE), ChatKey)
    assert service.links.of(amina) == []


def test_a_link_of_an_earlier_epoch_does_not_stand(service, amina, linked):
    with service.database.writing() as connection:
        connection.execute(update(person).values(sign_in_epoch=person.c.sign_in_epoch + 1))

    assert service.links.of(amina) == []
    assert isinstance(service.links.who(*HERE), ChatKey)


def test_linking_and_unlinking_is_in_the_trail_without_addresses(service, amina, linked):
    service.links.leave(*HERE)

    told = [row for row in rows(service, audit) if row.action.startswith("chat.")]
    assert [row.action for row in told] == ["chat.link", "chat.unlink"]
    assert all(row.actor == str(amina) and "4711" not in row.details for row in told)
    assert service.audit.verify()


def test_a_person_chooses_one_chat_for_messages(service, amina, bashir, linked):
    service.links.accept(service.links.payload(amina), "telegram", "815")
    first, second = service.links.of(amina)

    service.links.send_to(amina, first.link_id)
    service.links.send_to(amina, second.link_id)
    assert [line.gets_notices for line in service.links.of(amina)] == [False, True]
    with pytest.raises(NotFound):
        service.links.send_to(bashir, first.link_id)
    service.links.send_to(amina, None)
    assert [line.gets_notices for line in service.links.of(amina)] == [False, False]


def test_a_blocked_chat_says_so_until_it_is_heard_of_again(service, amina, linked):
    service.links.block(*HERE)
    assert [line.is_blocked for line in service.links.of(amina)] == [True]

    service.links.who(*HERE)

    assert [line.is_blocked for line in service.links.of(amina)] == [False]


def test_a_chat_that_moves_stays_linked(service, amina, linked):
    service.links.move("telegram", "4711", "-100815")

    assert service.links.who("telegram", "-100815") == amina
    assert isinstance(service.links.who(*HERE), ChatKey)


def test_updates_are_known_again_for_two_days(service, clock):
    service.links.note_seen("telegram", 2**40)
    service.links.note_seen("telegram", 2**40)
    assert service.links.was_seen("telegram", 2**40)
    assert not service.links.was_seen("terminal", 2**40)
    clock.forward(days=2, seconds=1)

    service.links.forget_old()

    assert rows(service, update_seen) == []


def test_linking_forgets_the_try_of_the_chat(service, amina):
    service.attempts.start(service.links.chat(*HERE), "referrals", Mode.PRACTICE)

    service.links.accept(service.links.payload(amina), *HERE)

    assert rows(service, attempt) == []


def test_a_link_is_exported_erased_and_let_go(service, people, linked, clock):
    titles = [one.holding.title for one in service.own_data.held(people.amina) if one.rows]
    assert "Chats that you linked" in titles
    service.links.leave(*HERE)
    clock.forward(days=31)

    service.retention.run()

    assert rows(service, chat_link) == []
