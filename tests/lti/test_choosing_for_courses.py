"""Choosing a questionnaire for a course, within its page: without a cookie and without a script."""

import pytest

from tests.lti.conftest import arrived, launched, opened, sent_there
from tests.lti.learning_system import CLAIM

DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def asking(connected):
    """A course whose teacher adds an activity."""
    connected.is_choice = True
    return connected


@pytest.fixture
def choosing(anyone, asking):
    """The teacher's browser in the frame, at the choice."""
    opened(anyone, launched(anyone, asking), "iframe")
    anyone.client._cookies.clear()  # a frame keeps none
    return anyone


def added(visitor, system):
    """What the course gets when the page sends its form."""
    form = visitor.page.form("Go on")
    assert form["action"] == f"{system.address}/return"
    (field,) = form.all("input")
    system.take_back({field["name"]: field["value"]})
    return system.chosen


def test_a_questionnaire_that_counts_comes_with_a_grade(choosing, asking):
    choosing.press("Add to the course", module="referrals", mode="assured")

    (item,) = added(choosing, asking)

    assert item["type"] == "ltiResourceLink"
    assert item["url"] == "http://127.0.0.1:8000/lti/launch/referrals/assured"
    assert item["custom"] == {"module": "referrals", "mode": "assured"}
    assert item["lineItem"]["scoreMaximum"] == 100
    assert item["window"] == {"targetName": "_blank"}
    assert asking.answers[0][f"{DEEP}data"] == "course 2, section 4"
    assert asking.answers[0][f"{CLAIM}message_type"] == "LtiDeepLinkingResponse"


def test_practice_comes_without_a_grade(choosing, asking):
    choosing.press("Add to the course", module="referrals", mode="practice")

    (item,) = added(choosing, asking)

    assert item["title"].endswith("(practice)")
    assert "lineItem" not in item


def test_nothing_can_be_added_too(choosing, asking):
    choosing.press("Add nothing")

    assert added(choosing, asking) == []


def test_who_chose_nothing_is_asked_to(choosing):
    page = choosing.press("Add to the course", mode="practice")

    assert page.errors == ["Choose a questionnaire"]
    assert page.tree.all("input", value="practice")[0].attributes.get("checked") is not None


@pytest.mark.parametrize(
    "given", [{"module": "no-such"}, {"module": "referrals", "mode": "exam"}], ids=str
)
def test_what_is_not_offered_is_refused(choosing, given):
    path = choosing.history[-1].path

    sent = choosing.client.post(path, data={"module": "referrals", "mode": "assured", **given})

    assert sent.status_code == 404


def test_the_page_may_be_shown_by_its_course_and_sends_to_it_alone(choosing, asking):
    page = choosing.press("Add to the course", module="referrals", mode="assured")

    policy = page.headers["Content-Security-Policy"]
    assert f"form-action 'self' {asking.address};" in policy
    assert policy.endswith(f"frame-ancestors {asking.address}")
    assert "script-src 'self';" in policy


def test_a_choice_signs_nobody_in(anyone, asking):
    address = launched(anyone, asking)

    opened(anyone, address.replace("/choose/", "/open/"))

    assert anyone.get("/me").status == 303


def test_an_activity_is_no_choice(anyone, connected):
    address = launched(anyone, connected)

    assert opened(anyone, address.replace("/open/", "/choose/")).status == 404


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"accept_types": ["link"]}, "does not take links"),
        ({"accept_types": "ltiResourceLink"}, "does not take links"),
        ({"deep_link_return_url": None}, "where it goes"),
        ({"deep_link_return_url": "javascript:void"}, "where it goes"),
        ({"deep_link_return_url": "https://a.example; script-src *"}, "where it goes"),
        ({"deep_link_return_url": "https://name@a.example/"}, "where it goes"),
        ({"data": ["x"]}, "cannot be sent back"),
        ({"data": "x" * 8001}, "cannot be sent back"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_request_for_a_choice_that_cannot_be_answered(anyone, service, asking, settings, told):
    own = {
        "accept_types": ["ltiResourceLink"],
        "deep_link_return_url": f"{asking.address}/return",
        **settings,
    }
    begun = sent_there(anyone, asking)
    asking.more = {
        "x": None,
        f"{CLAIM}message_type": "LtiDeepLinkingRequest",
        f"{DEEP}deep_linking_settings": own,
    }

    page = arrived(anyone, asking.authorize(begun))

    assert not isinstance(page, str)
    assert page.status == 400
    (platform,) = service.platforms.all()
    assert told in service.connections.of(platform.name).fault
