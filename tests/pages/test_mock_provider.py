"""Signing in by a provider that others wrote: discovery, keys, code and token as it makes them."""

import urllib.error
import urllib.request
import warnings
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import pytest

from quizbot.service import open_service
from tests.conftest import settings_for
from tests.signin.provider import NoRedirect

AMINA = "amina@northmoor.example"
pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    # It uses names that its own library will drop.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def mock():
    """The provider, on a port of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import User, run_server_in_thread

        users = [User(sub="amina-7", claims={"email": AMINA, "email_verified": True})]
        with run_server_in_thread(require_nonce=True, user_claims=users) as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture
def service(database_url, tmp_path, clock, mock):
    clock.at = datetime.now(UTC)
    file = tmp_path / "providers.toml"
    (tmp_path / "secret").write_text("any-word")
    file.write_text(
        f"""
        [[provider]]
        name = "council"
        title = "Northmoor Council"
        issuer = "{mock}"
        client_id = "knowledge"
        secret_file = "secret"
        domains = ["northmoor.example"]
        private = true
        """
    )
    opened = open_service(settings_for(database_url, tmp_path, oidc=file), clock)
    yield opened
    opened.close()


def chosen(address, **fields):
    """Where the provider sends the browser once somebody has chosen on its page."""
    try:
        body = urlencode(fields).encode()
        urllib.request.build_opener(NoRedirect).open(address, body)
    except urllib.error.HTTPError as answer:
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"
    raise AssertionError("it sent nobody back")


def away(visitor):
    visitor.get("/sign-in")
    return visitor.get("/sign-in/council").location


def test_a_person_signs_in(anyone, people):
    back = chosen(away(anyone), sub="amina-7")

    page = anyone.get(back, follow=True)

    assert page.heading == "My record"
    assert "Amina Rahman" in page.tree.all("header")[0].words


def test_an_address_without_a_word_that_it_is_verified_is_nobodys(anyone, people):
    back = chosen(away(anyone), sub=AMINA)

    page = anyone.get(back)

    assert page.heading == "Your account is not known here yet"


def test_who_says_no_is_asked_for_a_code(anyone, people):
    back = chosen(away(anyone), action="deny")

    page = anyone.get(back)

    assert "did not sign you in. Try again, or use a code." in page.words


def test_what_it_says_of_itself_is_in_order(service):
    tried = service.organisations.check("council", "http://127.0.0.1/sign-in/council/back")

    assert not tried.is_fault
    assert "its keys are there" in tried.words
