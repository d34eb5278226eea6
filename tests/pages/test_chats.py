"""Linking chats from a person's record, and from a chat that asks."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.pages.conftest import newest_code

HERE = ("telegram", "4711")


@pytest.fixture
def with_bot(app, service):
    settings = service.settings.model_copy(update={"telegram_bot": "NorthmoorKnowledgeBot"})
    app.extensions["quizbot"] = replace(service, settings=settings)


def test_without_a_bot_the_record_says_nothing_of_chats(amina_page):
    page = amina_page.get("/me")

    assert "Use a chat" not in page.words


def test_a_link_into_telegram_links_the_chat_that_hands_it_in(service, amina, with_bot, amina_page):
    amina_page.get("/me")

    page = amina_page.press("Link a chat in Telegram")

    url = page.links["Open Telegram"]
    start, _, payload = url.partition("?start=")
    assert start == "https://t.me/NorthmoorKnowledgeBot"
    assert service.links.accept(payload, *HERE) == "Amina Rahman"
    assert "Telegram, linked 21 November 2026" in amina_page.get("/me").words


def test_a_chat_that_asks_is_confirmed_by_its_number(service, amina, amina_page):
    asked = service.links.ask(*HERE)

    page = amina_page.get(f"/me/chats/confirm?asked={asked.token}")
    assert asked.number in page.words
    assert "Confirm only if you asked for this yourself" in page.words
    page = amina_page.press("Link this chat")

    assert "The chat in Telegram is linked." in page.words
    assert service.links.who(*HERE) == amina
    assert amina_page.get(f"/me/chats/confirm?asked={asked.token}").status == 400


def test_who_is_not_signed_in_signs_in_first_and_comes_back(service, anyone, people):
    asked = service.links.ask(*HERE)

    assert anyone.get(f"/me/chats/confirm?asked={asked.token}").location == "/sign-in"
    anyone.get("/sign-in")
    anyone.press("Send me a code", email="amina@northmoor.example")
    page = anyone.press("Continue", code=newest_code(service, "amina@northmoor.example"))

    assert asked.number in page.words


@pytest.mark.parametrize("token", ["", "x", "%00", "A" * 400])
def test_an_old_or_made_up_link_is_told_kindly(amina_page, token):
    page = amina_page.get(f"/me/chats/confirm?asked={token}")

    assert page.status == 400
    assert "has run out or was used" in page.words


def test_a_chat_is_unlinked_and_messages_are_sent_where_they_are_wanted(
    service, amina, with_bot, amina_page
):
    service.links.accept(service.links.payload(amina), *HERE)
    (line,) = service.links.of(amina)
    amina_page.get("/me")

    page = amina_page.press("Save where messages go", to=str(line.link_id))
    assert "Messages go to that chat." in page.words
    assert service.links.of(amina)[0].gets_notices
    page = amina_page.press("Save where messages go", to="email")
    assert not service.links.of(amina)[0].gets_notices
    page = amina_page.press("Unlink the chat in Telegram, linked 21 November 2026")
    assert "The chat is unlinked" in page.words
    assert service.links.of(amina) == []


def test_a_chat_of_somebody_else_is_left_alone(service, amina, bashir, bashir_page):
    service.links.accept(service.links.payload(amina), *HERE)
    (line,) = service.links.of(amina)
    bashir_page.get("/me")

    token = {"csrf_token": bashir_page.token}
    bashir_page.client.post(f"/me/chats/{line.link_id}/unlink", data=token)
    sent = bashir_page.client.post("/me/chats/messages", data={**token, "to": str(line.link_id)})

    assert sent.status_code == 404
    assert service.links.who(*HERE) == amina
    assert not service.links.of(amina)[0].gets_notices


def test_a_blocked_chat_is_shown(service, amina, amina_page):
    service.links.accept(service.links.payload(amina), *HERE)
    service.links.block(*HERE)

    assert "The bot was blocked or the chat deleted" in amina_page.get("/me").words


@pytest.fixture
def with_teams(app, service):
    given = {"teams_app": "6f0b3c1e-2a44-4c5d-9e0f-7b1d2c3a4e5f", "teams_secret": "x"}
    app.extensions["quizbot"] = replace(service, settings=service.settings.model_copy(update=given))


def test_a_link_into_teams_links_the_chat_that_sends_what_is_written_there(
    service, amina, with_teams, amina_page
):
    amina_page.get("/me")

    page = amina_page.press("Link a chat in Microsoft Teams")

    url = urlsplit(page.links["Open Teams"])
    given = parse_qs(url.query)
    start, _, payload = given["message"][0].partition(" ")
    assert (url.scheme, url.netloc, url.path) == ("https", "teams.microsoft.com", "/l/chat/0/0")
    assert given["users"] == ["28:6f0b3c1e-2a44-4c5d-9e0f-7b1d2c3a4e5f"]
    assert start == "/start"
    assert f"/start {payload}" in page.words
    assert service.links.accept(payload, "teams", "a:1") == "Amina Rahman"
    assert "Microsoft Teams, linked 21 November 2026" in amina_page.get("/me").words


def test_without_an_app_there_is_no_chat_in_teams(amina_page, app):
    amina_page.get("/me")

    page = amina_page.post("/me/chats/teams", {})

    assert page.status == 404
