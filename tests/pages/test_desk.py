"""What waits for a lead, who is late, and what needs review: the pages."""

import csv
import io
from datetime import date, timedelta

import pytest

from questions.bank import Bank
from quizbot.access import Role
from quizbot.errors import NotFound
from tests import made


@pytest.fixture
def late(service, people, clock):
    due = service.standings.today() + timedelta(days=7)
    service.requests.ask(people.carys, [people.amina], ["referrals"], due)
    clock.at += timedelta(days=20)
    service.standings.renew_cache()


@pytest.fixture
def efua_page(fresh_browser, people, late):
    """Efua, who leads the partnership."""
    return fresh_browser().sign_in("efua@northmoor.example")


def test_admin_begins_with_what_waits_and_leads_there(efua_page, people):
    page = efua_page.get("/admin")
    assert "1 person is overdue or lapsed" in page.words

    page = efua_page.get("/board/overdue")

    assert "1 person in your units is overdue or lapsed today." in page.words
    assert any(link["href"] == f"/team/people/{people.amina}" for link in page.main.all("a"))


def test_what_is_late_goes_into_a_spreadsheet_as_it_is_shown(efua_page, service):
    found = efua_page.client.get("/board/overdue.csv?module=referrals").get_data(as_text=True)

    head, *rows = csv.reader(io.StringIO(found.lstrip("\ufeff")))

    assert head == ["Unit", "Name", "Manager", "Questionnaire", "Standing", "Late since"]
    title = service.editions.current("referrals").module.title
    assert [row[3:5] for row in rows] == [[title, "Overdue"]]


def test_all_who_are_shown_are_asked_at_once(efua_page, amina_page, service, people):
    page = efua_page.get("/board/overdue?unit=Northmoor/Council")
    assert "Northmoor/Council/Assessment (1)" in page.links

    page = efua_page.press("Ask this person")

    assert "Asked: 1." in page.words
    assert page.path == "/board/overdue?unit=Northmoor%2FCouncil"
    assert "Asked by Efua Mensah" in amina_page.get("/me").words
    assert "Amina Rahman" in efua_page.get("/team/requests").words


def test_a_lead_of_one_agency_asks_nobody_of_another(fresh_browser, service, people, late):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")
    dylan = fresh_browser().sign_in("dylan@northmoor.example")
    dylan.get("/board/overdue")
    asked = dylan.post("/board/overdue", [("unit", "Northmoor/Council")])

    assert asked.status == 400
    assert asked.errors == ["Nobody is late there any more."]
    with pytest.raises(NotFound, match="neither in your team nor in your units"):
        service.requests.ask(people.dylan, [people.amina], ["referrals"], service.today())


@pytest.mark.parametrize(
    "query",
    ["unit=Nowhere", "module=%00x", "manager=' OR 1=1", "page=99999999", "page=-1", "page=x"],
)
def test_an_odd_address_shows_what_there_is(efua_page, query):
    assert efua_page.get(f"/board/overdue?{query}").status == 200


@pytest.mark.parametrize("path", ["/board/overdue", "/board/overdue.csv", "/admin/reviews"])
def test_they_are_closed_to_others(late, amina_page, carys_page, anyone, path):
    assert amina_page.get(path).status == 403
    assert carys_page.get(path).status == 403
    assert anyone.get(path).location.startswith("/sign-in")


def test_what_needs_review_is_told_month_by_month(efua_page, service):
    page = efua_page.get("/admin/reviews")

    assert page.status == 200
    last = max(q.review_by for e in service.editions.all_current() for q in e.module.asked)
    assert f"{last:%B %Y}" in page.words


def test_who_looks_after_questions_is_named_and_where_nobody_does_a_lead_is_led_to_name_one(
    efua_page, service, people
):
    title = service.editions.current("referrals").module.title
    page = efua_page.get("/admin/reviews")
    assert "Nobody is named who looks after it: a safeguarding lead does." in page.words
    assert page.links[f"Name an author of {title}"] == "/admin/authors"

    service.authors.give(people.efua, "amina@northmoor.example", "referrals", None)

    page = efua_page.get("/admin/reviews")
    assert "Looked after by Amina Rahman." in page.words
    assert "Name an author" not in page.words


def test_what_is_planned_for_an_earlier_month_says_so_and_until_when_it_counts(efua_page, service):
    march = date(2027, 3, 31)
    many = made.questions()
    many["leaves"] = [made.question(f"leaves-{n}", review_by=march) for n in range(44)]
    tea = made.module(many)
    service.editions.publish([Bank(tea.id, tea, ())], made.place())

    page = efua_page.get("/admin/reviews?month=2027-02")

    assert "of them early, so that a later month has fewer" in page.words
    assert "Look at it by 28 February 2027: it counts until 31 March 2027" in page.words


def test_people_without_a_manager_are_counted_and_listed_until_they_have_one(
    efua_page, service, people
):
    page = efua_page.get("/admin")
    words = "2 people without a manager, so nobody hears when they are late"
    assert words in page.words

    page = efua_page.follow(words)

    listed = [link.words for link in page.main.all("li") if link.all("a")]
    assert [words.split(" ")[0] for words in listed] == ["Carys", "Dylan"]
    service.people.grant("efua@northmoor.example", Role.MANAGER, "Northmoor")
    assert "without a manager" not in efua_page.get("/admin").words
    assert "Everybody in your units has a manager." in efua_page.get(page.path).words
