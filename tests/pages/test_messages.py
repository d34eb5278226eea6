"""What a person chooses about messages, and what a lead sees of those in trouble."""

from datetime import UTC, date, datetime

import pytest

from quizbot.access import Role
from quizbot.outbox.mail import Fate, Reason, Sent
from quizbot.work import Work
from tests.outbox.wire import Wire

AMINA = "amina@northmoor.example"


@pytest.fixture
def clock(clock):
    clock.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
    return clock


@pytest.fixture
def efua_page(fresh_browser, people):
    """Efua, who leads."""
    return fresh_browser().sign_in("efua@northmoor.example")


@pytest.fixture
def failed(service, people):
    """Amina was asked, and her address is not known any more."""
    service.requests.ask(people.carys, [people.amina], ["referrals"], date(2026, 12, 14), "")
    refused = Sent(Fate.FAILED, "the address is not known (550)", Reason.WRONG_ADDRESS)
    Work(service, wire=Wire(says={AMINA: refused})).once()


def test_reminders_are_turned_off_and_on_again(amina_page, service, people):
    page = amina_page.get("/me")
    assert "Remind me before the day" in page.words

    page = amina_page.press("Save", nudges=())
    assert "Reminders are off. Duties are told as before." in page.words
    assert not service.preferences.of(people.amina).nudges

    page = amina_page.press("Save", nudges="yes")
    assert "Reminders are on." in page.words
    assert service.preferences.of(people.amina).nudges


def test_a_mail_leads_to_the_choice(amina_page):
    assert 'id="messages"' in amina_page.get("/me").body


def test_a_lead_sees_what_failed_and_sends_it_again(efua_page, failed, service):
    page = efua_page.get("/admin/messages")
    assert "Amina Rahman" in page.words
    assert "the address is not known (550)" in page.words
    assert "Correct the address, then send it again." in page.words

    page = efua_page.press("Send again : message of the day to Amina Rahman")

    assert "It goes with their next message" in page.words
    assert "Everything that was due to people in your units has left." in page.words


def test_a_lead_takes_it_off_the_list(efua_page, failed):
    efua_page.get("/admin/messages")

    page = efua_page.press("Dealt with : message of the day to Amina Rahman")

    assert "Everything that was due to people in your units has left." in page.words


def test_a_lead_sees_who_is_late_still(fresh_browser, service, people, clock):
    service.requests.ask(people.carys, [people.amina], ["referrals"], date(2026, 12, 14), "")
    clock.at = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
    Work(service, wire=Wire()).once()
    efua = fresh_browser().sign_in("efua@northmoor.example")

    page = efua.get("/admin/messages")

    assert "Amina Rahman Referrals 14 December 2026" in page.words


def test_others_see_and_change_nothing_of_it(amina_page, carys_page, failed, people):
    for visitor in (amina_page, carys_page):
        assert visitor.get("/admin/messages").status == 403
        visitor.get("/me")
        for what in ("again", "settle"):
            assert visitor.post(f"/admin/messages/{people.amina}/{what}").status == 403


def test_a_lead_of_elsewhere_changes_nothing_of_it(fresh_browser, failed, service, people):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")
    dylan = fresh_browser().sign_in("dylan@northmoor.example")

    assert "Amina" not in dylan.get("/admin/messages").words
    dylan.get("/me")
    assert dylan.post(f"/admin/messages/{people.amina}/again").status == 404
