"""The two questions some weeks after a pass, as somebody answers them on pages."""

from dataclasses import replace

import pytest

from quizbot.store.tables import later_count
from tests.evidence.test_afterwards import take
from tests.pages.conftest import Visitor
from tests.stored import rows


@pytest.fixture
def amina(service, clock, people, app):
    """Amina passed sixty days ago, and is asked."""
    asking = replace(service, afterwards=replace(service.afterwards, after=60))
    take(asking, people.amina)
    clock.forward(days=60)
    list(asking.afterwards.run())
    app.extensions["quizbot"] = asking
    return Visitor(app, asking).sign_in("amina@northmoor.example")


QUESTIONS = "Did it change practice? Two questions about Referrals"


def test_from_the_record_to_the_thanks(amina, service):
    amina.get("/me")

    page = amina.follow(QUESTIONS)
    assert page.heading == "Did it change practice? Referrals"
    assert "nobody keeps that it was yours" in page.words
    page = amina.press("Send", used="used", hindered="time")

    assert "Thank you. It is counted without your name." in page.words
    assert QUESTIONS not in page.links
    assert sum(row.people for row in rows(service, later_count)) == 2


def test_what_is_missing_is_said_and_what_was_chosen_stays(amina, service):
    amina.get("/me")
    amina.follow(QUESTIONS)

    page = amina.press("Send", used="used")

    assert page.status == 400
    assert "Choose what got in the way, or Nothing" in page.words
    (chosen,) = [one for one in page.tree.all("input") if "checked" in one]
    assert chosen["value"] == "used"
    assert rows(service, later_count) == []


def test_no_thank_you_is_an_answer_too(amina, service):
    amina.get("/me")
    amina.follow(QUESTIONS)

    page = amina.press("No, thank you")

    assert "you are not asked again about this" in page.words
    assert rows(service, later_count) == []


def test_it_is_not_found_by_anybody_else(amina, bashir_page):
    amina.get("/me")
    path = amina.page.links[QUESTIONS]

    assert bashir_page.get(path).status == 404


def test_where_nobody_is_asked_the_record_says_nothing_of_it(amina_page):
    assert "Did it change practice" not in amina_page.get("/me").words
