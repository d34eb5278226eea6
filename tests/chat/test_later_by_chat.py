"""The two questions some weeks after a pass, answered in a chat."""

from dataclasses import replace

import pytest

from quizbot.chat import told
from quizbot.store.tables import later_count
from quizbot.work import Work
from tests.chat.speaking import Chat
from tests.chat.test_notices_by_chat import HERE, ChatWire
from tests.evidence.test_afterwards import take
from tests.outbox.wire import Wire
from tests.stored import rows

OFFER = "Two questions: Referrals"


@pytest.fixture
def asking(service, clock, people):
    """Amina passed sixty days ago, and is asked."""
    there = replace(service, afterwards=replace(service.afterwards, after=60))
    take(there, people.amina)
    clock.forward(days=60)
    list(there.afterwards.run())
    return there


@pytest.fixture
def amina_chat(asking, people):
    made = Chat(asking, "2")
    made.say(f"/start {asking.links.payload(people.amina)}")
    made.say("/me")
    return made


def counts(service):
    return sorted((row.item, row.people) for row in rows(service, later_count))


def test_from_what_is_asked_to_the_thanks_in_three_taps(amina_chat, asking):
    said = amina_chat.tap(OFFER)
    assert "Did it change practice? Referrals" in said
    assert "nobody keeps that it was yours" in said
    assert "1 of 2. Have you used what it was about since then?" in said
    assert "2 of 2. What got in the way?" in amina_chat.tap("Yes")

    assert "Thank you. It is counted without your name." in amina_chat.tap("Time")

    assert counts(asking) == [("hindered:time", 1), ("used:used", 1)]
    assert "Did it change practice?" not in amina_chat.say("/me")


def test_nothing_is_counted_before_both_are_answered(amina_chat, asking):
    amina_chat.tap(OFFER)
    amina_chat.tap("Yes")

    assert counts(asking) == []
    assert "Did it change practice?" in amina_chat.say("/me")


def test_no_thank_you_is_an_answer_too(amina_chat, asking):
    amina_chat.tap(OFFER)

    assert "you are not asked again about this" in amina_chat.tap("No, thank you")
    assert counts(asking) == []


def test_a_button_tapped_twice_counts_once(amina_chat, asking):
    amina_chat.tap(OFFER)
    amina_chat.tap("Yes")
    button = amina_chat.find("Nothing")
    amina_chat.tap_on(button)

    assert "There is nothing to answer here" in amina_chat.tap_carrying(button.carries)
    assert counts(asking) == [("hindered:nothing", 1), ("used:used", 1)]


@pytest.mark.parametrize(
    "carries", ["l", "l:x", "l:AAAAAAAAAAAAAAAAAAAAAA", "l:{id}:9", "l:{id}:0:9"]
)
def test_a_button_of_nothing_is_refused_in_words(amina_chat, asking, people, carries):
    (ask,) = asking.afterwards.of(people.amina)
    mine = amina_chat.find(OFFER).carries.split(":")[1]

    said = amina_chat.tap_carrying(carries.replace("{id}", mine))

    assert "over" in said or "nothing to answer here" in said
    assert counts(asking) == []
    assert asking.afterwards.of(people.amina) == (ask,)


def test_another_person_s_button_is_nothing(amina_chat, asking, people):
    mine = amina_chat.find(OFFER).carries
    bashir = Chat(asking, "3")
    bashir.say(f"/start {asking.links.payload(people.bashir)}")

    assert "There is nothing to answer here" in bashir.tap_carrying(mine)


def test_a_chat_that_is_not_linked_is_told_so(amina_chat, asking):
    mine = amina_chat.find(OFFER).carries

    assert "not linked" in Chat(asking, "9").tap_carrying(mine)


def test_the_message_that_is_owed_brings_the_button(asking, people):
    wire, chats = Wire(), ChatWire()
    asking.links.accept(asking.links.payload(people.amina), *HERE)
    (line,) = asking.links.of(people.amina)
    asking.links.send_to(people.amina, line.link_id)

    Work(asking, wire=wire, chats={"telegram": chats}).once()

    (note,) = [note for note in chats.taken if note.later]
    assert [title for _, title in note.later] == ["Referrals"]
    assert "Two questions on Referrals, if you like: a tap each." in note.text
    ((button,),) = told.noticed(note).rows[:1]
    assert button.words == OFFER
