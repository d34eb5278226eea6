"""A refresher that shrinks, on pages: the form, its preview, and the questionnaire's own page."""

import pytest

from tests.attempts.test_shorter_refreshers import large, save
from tests.changed import publish, take
from tests.pages.conftest import Visitor


@pytest.fixture
def efua(app, service):
    publish(service, large())
    return Visitor(app, service).sign_in("efua@northmoor.example")


def fill_in(efua, **given):
    efua.get("/admin/requirements/new?example=refresher")
    told = {
        "unit": "Northmoor",
        "modules": "tea",
        "refresher": "shrinking",
        "reason": "Kept fresh.",
    }
    told |= given
    return efua.press("See what it would do", **told)


def test_a_lead_makes_such_a_rule_and_sees_what_it_does(efua, service):
    page = fill_in(efua)
    assert "shorter where it was shown twice" in page.words
    assert "At its shortest, guessing passes" in page.words

    efua.press("Save this rule")

    (line,) = service.rules.all()
    assert line.draft.refresher == "shrinking"
    page = efua.get(f"/admin/requirements/{line.requirement_id}")
    (chosen,) = [one for one in page.tree.all("option") if "selected" in one and one["value"] != ""]
    assert chosen["value"] == "shrinking"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"every_months": "", "window_days": ""}, "A refresher that shrinks needs a period"),
        ({"refresher": "tiny"}, "The refresher is full or shrinking, not 'tiny'."),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(efua, given, words):
    page = fill_in(efua, **given)

    assert page.status == 400
    assert words in page.words


def test_the_questionnaires_page_says_which_are_fewer_and_why(app, service, people, clock):
    publish(service, large())
    save(service)
    for _ in range(2):
        take(service, people.amina)
        clock.forward(days=30)
    amina = Visitor(app, service).sign_in("amina@northmoor.example")

    page = amina.get("/modules/tea")

    assert "For you it is shorter: 6 questions instead of 12." in page.words
    assert "For you" not in Visitor(app, service).get("/modules/tea").words
