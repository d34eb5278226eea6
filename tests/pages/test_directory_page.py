"""What a lead sees of a directory: its state, its keys, and what waits for a word of theirs."""

import pytest

from quizbot.service import open_service
from tests.conftest import settings_for
from tests.people.test_directory import Told

PAGE = "/admin/directory"


@pytest.fixture
def service(database_url, tmp_path, clock):
    opened = open_service(settings_for(database_url, tmp_path, scim="Northmoor"), clock)
    yield opened
    opened.close()


@pytest.fixture
def told(service, tmp_path, people):
    return Told(service, tmp_path)


def test_a_key_is_made_and_shown_once(efua_page, service):
    efua_page.get(PAGE)
    page = efua_page.press("Make a key", name="Entra of the council")

    (shown,) = [one.words for one in page.tree.all("code") if one.words.startswith("knowledge_")]
    assert service.scim_tokens.is_good(shown)
    page = efua_page.get(PAGE)
    assert shown not in page.body
    assert f"Entra of the council {shown[-4:]} 21 November 2026" in page.words


def test_a_key_is_ended(efua_page, service):
    token = service.scim_tokens.make("Entra")
    efua_page.get(PAGE)

    page = efua_page.press(f"End the key of Entra that ends with {token[-4:]}")

    assert page.notes == ["The key is ended: whoever has it is refused from now on."]
    assert not service.scim_tokens.is_good(token)
    assert "There are no keys: nothing is let in." in page.words


def test_a_key_says_whose_it_is(efua_page):
    efua_page.get(PAGE)

    page = efua_page.press("Make a key", name=" ")

    assert page.errors == ["Say which directory it is for"]


def test_what_is_held_is_shown_and_taken_in_when_it_is_meant(efua_page, told, clock):
    ids = [told.user(f"Per{n} Son", number=f"P{n}") for n in range(5)]
    told.take_in()
    clock.forward(hours=25)
    told.change(ids[0], active=False)
    told.user("Una Nowhere", number="U1", unit="Assesment")
    told.take_in()

    page = efua_page.get(PAGE)

    assert "1 of 5 people of Northmoor would leave, which is more than one in ten." in page.words
    assert "Per0 Son P0" in page.words
    assert "Without a unit: 1" in page.words
    page = efua_page.press("It is meant: take all of it in")
    assert page.notes[0].startswith("Taken in: 0 joined")
    assert str(told.files.people()["Per0 Son"][2]) == "2026-11-21"
    assert "Held until" not in efua_page.get(PAGE).words


def test_what_changed_meanwhile_is_looked_at_again(efua_page, told):
    ids = [told.user(f"Per{n} Son", number=f"P{n}") for n in range(5)]
    told.take_in()
    told.change(ids[0], active=False)
    efua_page.get(PAGE)
    told.change(ids[1], active=False)

    page = efua_page.press("It is meant: take all of it in")

    assert page.errors == ["People were changed meanwhile: look again."]


def test_faults_are_told_by_name(efua_page, told):
    told.user("Guest One", number="X1", title="Guest")
    told.take_in()

    words = efua_page.get(PAGE).words

    assert "Guest One, job: 'Guest' is for candidates: name the job" in words
    assert "Last fault, 21 Nov 2026, 09:00" in words.replace("\u00a0", " ")


def test_where_it_is_off_the_page_says_how_to_turn_it_on(
    app, fresh_browser, people, database_url, tmp_path, clock
):
    off = open_service(settings_for(database_url, tmp_path), clock)
    efua = fresh_browser().sign_in("efua@northmoor.example")
    app.extensions["quizbot"] = off

    words = efua.get(PAGE).words

    assert "It is off. Whoever runs the service sets QUIZBOT_SCIM" in words
    assert efua.post(f"{PAGE}/tokens", [("name", "Entra")]).status == 403
    off.close()


def test_a_lead_of_a_part_sees_how_it_is_and_no_key(fresh_browser, people, service):
    from quizbot.access import Role

    service.people.grant("carys@northmoor.example", Role.LEAD, "Northmoor/Council")
    service.scim_tokens.make("Entra")
    carys = fresh_browser().sign_in("carys@northmoor.example")

    page = carys.get(PAGE)

    assert "are for who leads all of Northmoor" in page.words
    assert "Make a key" not in page.buttons
    assert carys.post(f"{PAGE}/tokens", [("name", "Mine")]).status == 403
    assert carys.post(f"{PAGE}/confirm", [("seen", "")]).status == 403


def test_the_page_of_connections_tells_of_it(efua_page, told, clock):
    nobody = "0 people and 0 groups of Northmoor come from a directory."
    assert nobody in efua_page.get("/admin/connections").words
    told.user("Guest One", number="X1", title="Guest")
    told.take_in()

    words = efua_page.get("/admin/connections").words

    assert "1 person and 0 groups of Northmoor come from a directory." in words
    assert "Guest One, job: 'Guest' is for candidates" in words
