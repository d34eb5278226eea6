"""A service that one learning system is connected to, and the way in from it."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from quizbot.lti.platforms import PlatformDraft
from quizbot.service import open_service
from tests.conftest import settings_for
from tests.lti.learning_system import running
from tests.pages.conftest import (  # noqa: F401
    amina_page,
    anyone,
    app,
    fresh_browser,
    keys,
    take,
)

DOMAIN = "northmoor.example"


@pytest.fixture
def service(database_url, tmp_path, clock):
    clock.at = datetime.now(UTC)
    settings = settings_for(database_url, tmp_path, lti=True, lti_private=True)
    opened = open_service(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def course(service):
    """A learning system beside us."""
    with running(tool_keys=service.own_keys.published) as system:
        yield system


def drafted(system, **given):
    """It, as a lead types it in."""
    own = {
        "title": "Northmoor Learning",
        "issuer": system.name_of_it,
        "client_id": system.client_id,
        "deployments": system.deployment,
        "login_url": f"{system.address}/auth",
        "token_url": f"{system.address}/token",
        "keys_url": f"{system.address}/keys",
        "domains": DOMAIN,
        "are_verified": True,
    }
    return PlatformDraft(**{**own, **given})


@pytest.fixture
def connected(course, service, people):
    """The same, connected by a lead."""
    service.platforms.add(people.efua, drafted(course))
    return course


def sent_there(visitor, system):
    """What the learning system is asked by a browser that we sent to it."""
    sent = visitor.client.post("/lti/login", data=system.login())
    assert sent.status_code == 303, sent.get_data(as_text=True)
    return dict(parse_qsl(urlsplit(sent.headers["Location"]).query))


def launched(visitor, system):
    """The address at which a launch goes on, once it is proven; or the page that refuses it."""
    return arrived(visitor, system.authorize(sent_there(visitor, system)))


def arrived(visitor, fields):
    """The same with what the learning system posts."""
    sent = visitor.client.post("/lti/launch", data=fields)
    page = visitor._come("/lti/launch", sent, follow=False)
    return page.location or page


def opened(visitor, address, where="document", **given):
    """Open it in a tab of its own, or in a frame."""
    sent = visitor.client.get(address, headers={"Sec-Fetch-Dest": where, **given})
    return visitor._come(address, sent, follow=False)


def come_in(visitor, system):
    """All of it, in a tab of its own; the page on which it ends."""
    return visitor._follow(opened(visitor, launched(visitor, system)))


def fault(service):
    """What was last noted of the learning system."""
    (platform,) = service.platforms.all()
    return service.connections.of(platform.name).fault
