"""Connecting a learning system: by a link that it uses once, or typed in by who leads all of it."""

from urllib.parse import urlencode

import pytest

from quizbot.access import Role
from quizbot.store.tables import audit
from tests.lti.conftest import DOMAIN, come_in, drafted, opened
from tests.lti.learning_system import running
from tests.stored import rows

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def lead(fresh_browser, people):
    """The lead of all."""
    return fresh_browser().sign_in("efua@northmoor.example")


def invite(lead, system, **given):
    """The path of a link that a lead made for it."""
    lead.get("/admin/lti")
    lead.follow("Connect one by a link")
    own = {"title": "Northmoor Learning", "issuer": system.address, "domains": DOMAIN}
    page = lead.press("Make the link", **{**own, "are_verified": "yes", **given})
    (link,) = [code.words for code in page.main.all("code")]
    return link.removeprefix("http://127.0.0.1:8000")


def register(visitor, link, system, **given):
    """The learning system opens it, as Moodle does."""
    fields = {
        "openid_configuration": system.configuration,
        "registration_token": system.registration_token,
        **given,
    }
    return opened(visitor, f"{link}?{urlencode(fields)}", "iframe")


def test_a_learning_system_connects_itself_by_a_link(lead, anyone, fresh_browser, course):
    page = register(anyone, invite(lead, course), course)
    course.custom = {"module": "referrals", "mode": "assured"}
    inside = come_in(fresh_browser(), course)

    assert page.heading == "Northmoor Learning is connected"
    assert page.headers["Content-Security-Policy"].endswith(f"frame-ancestors {course.address}")
    assert page.headers["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert inside.path == "/modules/referrals"
    assert "Northmoor Learning" in lead.get("/admin/lti").words


def test_it_is_told_what_moodle_asks_for(lead, anyone, course):
    register(anyone, invite(lead, course), course)

    told = course.registered
    config = told["https://purl.imsglobal.org/spec/lti-tool-configuration"]
    assert told["redirect_uris"] == ["http://127.0.0.1:8000/lti/launch"]
    assert told["initiate_login_uri"] == "http://127.0.0.1:8000/lti/login"
    assert told["jwks_uri"] == "http://127.0.0.1:8000/lti/keys"
    assert told["scope"].split() == [
        "https://purl.imsglobal.org/spec/lti-ags/scope/score",
        "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    ]
    assert config["domain"] == "127.0.0.1:8000"
    assert {"email", "name", "sub"} <= set(config["claims"])
    assert [one["type"] for one in config["messages"]] == [
        "LtiResourceLinkRequest",
        "LtiDeepLinkingRequest",
    ]


def test_a_link_works_once(lead, anyone, course):
    link = invite(lead, course)
    register(anyone, link, course)
    course.registered = None

    page = register(anyone, link, course)

    assert page.status == 404
    assert "connects nothing any more" in page.words


def test_a_link_runs_out(lead, anyone, clock, course):
    link = invite(lead, course)
    clock.forward(days=8)

    assert register(anyone, link, course).status == 404


def test_a_link_opened_by_a_person_says_what_it_is_for(lead, anyone, course):
    page = opened(anyone, invite(lead, course))

    assert page.heading == "A link for a learning system"
    assert course.registered is None


def test_a_link_is_for_the_machine_that_was_named(lead, anyone, course):
    link = invite(lead, course)
    with running(tool_keys=course.tool_keys) as other:
        page = register(anyone, link, other)

        assert "This link was made for" in page.words
        assert other.asked == []
    assert register(anyone, link, course).heading == "Northmoor Learning is connected"


@pytest.mark.parametrize(
    ("described", "told"),
    [
        ({"issuer": "https://else.example"}, "of another machine"),
        ({"issuer": None}, "of another machine"),
        ({"token_endpoint": "https://else.example/token"}, "not among the machines"),
        ({"jwks_uri": "http://169.254.169.254/keys"}, "not among the machines"),
        ({"registration_endpoint": "https://else.example/"}, "not among the machines"),
        ({"authorization_endpoint": "javascript:void"}, "no authorization_endpoint by https"),
        ({"jwks_uri": None}, "no jwks_uri by https"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_one_that_is_not_what_it_says_connects_nothing(
    lead, anyone, service, course, described, told
):
    link = invite(lead, course)
    course.described = described

    page = register(anyone, link, course)

    assert told in page.words
    assert course.registered is None
    assert service.platforms.all() == []


@pytest.mark.parametrize(
    ("answered", "told"),
    [({"client_id": ""}, "no client id"), ({"client_id": "x" * 300}, "no client id")],
    ids=["none", "too long"],
)
def test_one_that_gives_us_no_name_connects_nothing(lead, anyone, service, course, answered, told):
    link = invite(lead, course)
    course.answered = answered

    assert told in register(anyone, link, course).words
    assert service.platforms.all() == []


def test_one_that_refuses_us_is_told_and_the_link_stands(lead, anyone, course):
    link = invite(lead, course)

    page = register(anyone, link, course, registration_token="an old one")

    assert "did not take us, with status 401" in page.words
    assert register(anyone, link, course).heading == "Northmoor Learning is connected"


def test_without_a_deployment_a_lead_adds_it(lead, anyone, fresh_browser, course):
    course.answered = {"https://purl.imsglobal.org/spec/lti-tool-configuration": {}}
    register(anyone, invite(lead, course), course)
    before = fresh_browser().client.post("/lti/login", data=course.login())
    lead.get("/admin/connections")
    told = lead.page.words

    lead.get("/admin/lti")
    lead.follow("Northmoor Learning")
    lead.press("Save", title="Northmoor Learning", deployments="3", domains=DOMAIN,
               are_verified="yes", hosts="")  # fmt: skip

    assert before.status_code == 400
    assert "Add its deployment" in told
    assert come_in(fresh_browser(), course).path == "/"


def test_one_is_connected_by_hand_with_what_it_shows(lead, fresh_browser, course):
    lead.get("/admin/lti")
    lead.follow("connect it by hand")
    draft = drafted(course)
    names = ("title", "issuer", "client_id", "deployments", "login_url", "token_url", "keys_url")

    page = lead.press(
        "Connect", **{name: getattr(draft, name) for name in names}, domains=DOMAIN, hosts="",
        are_verified="yes",
    )  # fmt: skip

    assert page.heading == "Northmoor Learning"
    assert "Its keys were found" in page.words
    assert come_in(fresh_browser(), course).path == "/"


def test_what_is_typed_wrongly_is_told_at_its_field(lead, course):
    lead.get("/admin/lti/new")

    page = lead.press(
        "Connect", title="", issuer="two words", client_id="", deployments="",
        login_url="ftp://x", token_url="https://a.example/#x", keys_url="keys",
        domains="nowhere", hosts="a b:c",
    )  # fmt: skip

    assert page.status == 400
    assert len(page.errors) == 9


def test_the_same_is_not_connected_twice(lead, course, connected):
    lead.get("/admin/lti/new")
    draft = drafted(course)
    names = ("title", "issuer", "client_id", "deployments", "login_url", "token_url", "keys_url")

    page = lead.press("Connect", **{name: getattr(draft, name) for name in names})

    assert page.errors == ["A learning system with this address and this id is connected"]


def test_ended_on_its_page_it_is_gone(lead, connected, service):
    lead.get("/admin/lti")
    lead.follow("Northmoor Learning")

    page = lead.press("End it")

    assert "connected no more" in page.words
    assert service.platforms.all() == []


@pytest.mark.parametrize("path", ["/admin/lti", "/admin/lti/new", "/admin/lti/invite"])
def test_who_leads_a_part_connects_nothing(fresh_browser, service, people, course, path):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")
    part = fresh_browser().sign_in("dylan@northmoor.example")

    assert part.get(path).status == 403


def test_the_connection_is_looked_at_by_the_command(service, connected):
    (line,) = [one for one in service.connected.all() if one.name.startswith("lti:")]

    tried = service.connected.check(line)

    assert not tried.is_fault
    assert tried.words == "Its keys were found. Whether it takes scores shows with the first."
    assert connected.asked == ["/keys"]


def test_who_connected_and_ended_what_stands_in_the_trail(lead, anyone, service, people, course):
    register(anyone, invite(lead, course), course)
    (platform,) = service.platforms.all()
    service.platforms.change(people.efua, platform.platform_id, drafted(course))
    service.platforms.end(people.efua, platform.platform_id)

    kept = rows(service, audit, audit.c.action.like("lti.%"))
    assert [(row.action, row.actor) for row in kept] == [
        ("lti.invite", str(people.efua)),
        ("lti.connect", "service"),
        ("lti.change", str(people.efua)),
        ("lti.end", str(people.efua)),
    ]
    assert "Northmoor" not in str([row.details for row in kept])
    assert service.audit.verify() == service.audit.head()
    assert "Learning system connected" in lead.get("/admin/audit").words
