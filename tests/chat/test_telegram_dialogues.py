"""Whole dialogues in Telegram: begun on the web and finished in chat, in groups, astray."""

import shutil
from dataclasses import replace

import pytest
from flask import Flask

from quizbot.service import open_service
from tests.chat.telegrams import Taking, at_work, telegram_service
from tests.conftest import settings_for
from tests.pages.conftest import Keys, Visitor, attempt_path
from tools.botapi import BotApi
from web import create_app

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
AMINA = "amina@northmoor.example"


@pytest.fixture
def api():
    with BotApi() as running:
        yield running


@pytest.fixture
def service(database_url, tmp_path, clock, api):
    opened = telegram_service(database_url, tmp_path, clock, api)
    yield replace(opened, attempts=replace(opened.attempts, seed=lambda: 7))
    opened.close()


@pytest.fixture
def bot(service):
    with at_work(service) as running:
        yield running


@pytest.fixture
def phone(bot, api, service, amina):
    """Amina's Telegram, linked."""
    person = api.world.person("Amina")
    person.asks(f"/start {service.links.payload(amina)}")
    return person


@pytest.fixture
def dana(api):
    """Somebody in Telegram, of whom the service knows nothing."""
    return api.world.person("Dana")


APPLICATIONS: list[
    Flask
] = []  # the one of these tests, once one has made it: it takes long to make


def browser(service):
    """Amina's, signed in."""
    if not APPLICATIONS:
        APPLICATIONS.append(create_app(service))
    APPLICATIONS[0].extensions["quizbot"] = service
    return Visitor(APPLICATIONS[0], service).sign_in(AMINA)


def begun_on_the_web(service, until):
    """Amina's assured attempt, its first questions answered right in a browser."""
    visitor = browser(service)
    visitor.get("/modules/referrals")
    visitor.press("Start")
    path = attempt_path(visitor.page)
    for _ in range(until):
        visitor.press("Save and continue", reply=Keys(service).right(visitor.page))
    return visitor, path


def outcome(visitor, path):
    """All the words of the outcome's page."""
    page = visitor.get(path)
    assert page.status == 200
    return page.main.words


@on_sqlite
def test_a_module_begun_on_the_web_and_finished_in_chat_has_the_same_outcome(
    service, phone, amina, tmp_path, filled_sqlite, clock
):
    visitor, path = begun_on_the_web(service, 7)

    assert "Question 8 of 14" in phone.asks("/resume")
    taking = Taking(service, phone, amina)
    for _ in range(7):
        taking.reply(taking.turn())
    assert "Every question has an answer" in phone.last
    assert "assed" in phone.taps("Submit answers")
    found = outcome(visitor, path)

    assert found == plain_outcome(tmp_path / "plain", filled_sqlite, clock)


def plain_outcome(folder, filled_sqlite, clock):
    """The same answers to the same questions, all in a browser."""
    folder.mkdir()
    shutil.copy(filled_sqlite, folder / "plain.db")
    opened = open_service(settings_for(f"sqlite:///{folder / 'plain.db'}", folder), clock)
    service = replace(opened, attempts=replace(opened.attempts, seed=lambda: 7))
    visitor, path = begun_on_the_web(service, 14)
    visitor.press("Submit answers")
    found = outcome(visitor, path)
    opened.close()
    return found


@on_sqlite
def test_a_module_begun_in_chat_is_finished_on_the_web(service, phone, amina):
    phone.asks("/take referrals")
    phone.taps("Start")
    taking = Taking(service, phone, amina)
    for _ in range(5):
        taking.reply(taking.turn())

    visitor = browser(service)
    (line,) = service.attempts.of(amina)
    visitor.get(f"/attempts/{line.attempt_id}/questions/6")
    for _ in range(9):
        visitor.press("Save and continue", reply=Keys(service).right(visitor.page))
    visitor.press("Submit answers")

    (line,) = service.attempts.of(amina)
    assert line.passed


@on_sqlite
def test_buttons_of_another_time_are_answered_and_change_nothing(service, phone, api, amina):
    visitor, path = begun_on_the_web(service, 13)
    phone.asks("/resume")
    question = phone.seen[-1]
    taking = Taking(service, phone, amina)
    taking.reply(taking.turn())
    phone.taps("Submit answers")
    before = outcome(visitor, path)

    for row in question["reply_markup"]["inline_keyboard"]:
        for button in row:
            count = len(phone.seen)
            phone.press(question, button["callback_data"])
            phone.hear()
            assert len(phone.seen) > count  # nothing is met with silence

    assert outcome(visitor, path) == before
    assert all(query["words"] is not None for query in api.world.queries.values())


@on_sqlite
def test_somebody_elses_buttons_open_nothing(service, phone, dana, amina):
    begun_on_the_web(service, 3)
    phone.asks("/resume")
    message = phone.seen[-1]
    data = message["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    dana.asks("/start")

    dana.press(dana.seen[0], data)
    said = dana.hear()

    assert "Question 4" not in said
    assert Taking(service, phone, amina).turn().number == 4


@on_sqlite
def test_a_double_tap_is_one_answer(service, phone, amina):
    begun_on_the_web(service, 3)
    phone.asks("/resume")
    question = phone.seen[-1]
    data = question["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for _ in range(3):
        phone.press(question, data)
    phone.hear()

    (line,) = service.attempts.of(amina)
    review = service.attempts.review(amina, line.attempt_id)
    assert sum(line.is_answered for line in review.lines) <= 4


@on_sqlite
def test_a_link_is_used_once_and_within_ten_minutes(bot, service, api, amina, clock):
    first, second, third = (api.world.person(name) for name in ("Amina", "Kit", "Lee"))
    payload = service.links.payload(amina)
    assert len(payload) <= 64
    late = service.links.payload(amina)

    assert "Amina" in first.asks(f"/start {payload}")
    again = second.asks(f"/start {payload}")
    clock.forward(minutes=11)
    too_late = third.asks(f"/start {late}")

    assert "Amina" not in again
    assert "Amina" not in too_late
    assert len(service.links.of(amina)) == 1


@on_sqlite
def test_who_blocks_the_bot_is_unlinked_or_shown_as_blocked(service, phone, api, amina):
    phone.block()
    api.world.settle()

    (line,) = service.links.of(amina)
    assert line.is_blocked


@on_sqlite
def test_a_send_to_a_deleted_account_blocks_the_chat(service, phone, api, amina):
    phone.delete_account()
    phone.say("/help")
    api.world.settle()

    (line,) = service.links.of(amina)
    assert line.is_blocked


# ---- groups -------------------------------------------------------------------------------------


def buttons_in(group):
    return [
        button["text"]
        for message in group.seen
        for row in message.get("reply_markup", {}).get("inline_keyboard", [])
        for button in row
    ]


@on_sqlite
def test_a_huddle_votes_twice_and_then_tells(bot, api, dana):
    group = api.world.group()
    dana.say("/huddle referrals", group.chat)
    api.world.settle()
    assert "poll" in group.seen[-2] or "poll" in group.seen[-1]
    polls = [message["poll"] for message in group.seen if "poll" in message]
    assert polls[0]["is_anonymous"]
    dana.vote(polls[0]["options"][0]["text"], group.chat)

    dana.tap(buttons_in(group)[-1], group.chat)
    api.world.settle()
    dana.tap(buttons_in(group)[-1], group.chat)
    api.world.settle()
    polls = [message["poll"] for message in group.seen if "poll" in message]
    assert len(polls) == 2
    dana.vote(polls[1]["options"][0]["text"], group.chat)
    dana.tap(buttons_in(group)[-1], group.chat)
    api.world.settle()

    assert all(poll["is_closed"] for poll in polls)
    told = " ".join(str(message.get("text")) for message in group.seen)
    assert "Because" in told
    assert "Dana" not in told


@on_sqlite
def test_a_group_tells_nothing_of_anybody(bot, api, phone):
    group = api.world.group()
    for command in ("/me", "/team", "/resume", "/link"):
        phone.say(command, group.chat)
    api.world.settle()

    told = " ".join(str(message.get("text")) for message in group.seen)
    assert "Amina" not in told


@on_sqlite
def test_a_huddle_goes_on_in_the_supergroup_that_its_group_became(bot, api, dana):
    group = api.world.group()
    dana.say("/huddle referrals", group.chat)
    api.world.settle()
    new = group.become_supergroup(dana)
    api.world.settle()

    dana.say("/huddle referrals", new.chat)
    api.world.settle()
    assert "A huddle is going on" in new.transcript
    dana.tap("Close the vote", new.chat)
    api.world.settle()

    assert len(new.seen) >= 2  # the poll stayed behind, and the team is told how to go on


@on_sqlite
def test_an_answer_follows_a_group_that_became_a_supergroup_meanwhile(bot, api, dana):
    group = api.world.group()
    dana.say("/help", group.chat)
    with api.world.changed:
        new = group.become_supergroup(dana)
    api.world.settle()

    assert len(group.seen) + len(new.seen) == 1
