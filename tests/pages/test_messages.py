"""What a person chooses about messages, and what a lead sees of those in trouble."""

from datetime import UTC, date, datetime

import pytest

from quizbot.access import Role
from quizbot.outbox.mail import Fate, Reason, Sent
from quizbot.work import Work
from tests.outbox.wire import Wire
from tests.people.people_files import TEAM, Files

AMINA = "amina@northmoor.example"


@pytest.fixture
def clock(clock):
    clock.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
    return clock


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


def test_a_message_that_a_trial_kept_from_somebody_is_told_with_who_can_help(
    efua_page, service, people
):
    service.requests.ask(people.carys, [people.amina], ["referrals"], date(2026, 12, 14), "")
    kept = Sent(Fate.FAILED, "this key reaches your own team alone", Reason.TRIAL)
    Work(service, wire=Wire(says={AMINA: kept})).once()

    page = efua_page.get("/admin/messages")

    assert "Ask whoever runs the service to end the trial of it, then send it again." in page.words


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


def test_many_messages_in_trouble_come_in_pages(efua_page, service, people, tmp_path):
    everybody = [
        f"T{n},Person {n:02},person{n}@northmoor.example,{TEAM},Worker,2026-01-05,"
        for n in range(10)
    ]
    Files(service, tmp_path).take(*everybody)
    refused = Sent(Fate.FAILED, "the address is not known (550)", Reason.WRONG_ADDRESS)
    whom = [service.own_data.whose(f"T{n}") for n in range(10)]
    service.requests.ask(people.efua, whom, ["referrals"], date(2026, 12, 14), "")
    addresses = {f"person{n}@northmoor.example": refused for n in range(10)}
    Work(service, wire=Wire(says=addresses)).once()

    first = efua_page.get("/admin/messages")
    second = efua_page.follow("Next page")

    assert "What to look after, the latest first: 10" in first.words
    named = [
        {one.words for one in page.main.all("a") if one.words.startswith("Person ")}
        for page in (first, second)
    ]
    assert [len(names) for names in named] == [8, 2]
    assert len(named[0] | named[1]) == 10


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999", "²"])
def test_an_odd_page_of_messages_shows_what_there_is(efua_page, failed, number):
    page = efua_page.get(f"/admin/messages?page={number}")

    assert "Amina Rahman" in page.words
