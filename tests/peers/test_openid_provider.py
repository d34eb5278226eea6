"""A real browser between the service and a certified OpenID provider, both on loopback."""

import subprocess

import pytest
from playwright.sync_api import Browser, expect

from tools import chromium
from tools.peers import npm
from tools.running import Running, free_port
from tools.waiting import until

pytestmark = [pytest.mark.peers, pytest.mark.browser]
COUNCIL = "Sign in with Northmoor Council"


class Known(Running):
    """The service, and the provider beside it."""

    issuer: str


@pytest.fixture(scope="session")
def browser_type_launch_args():
    path = chromium.find()
    assert path, "No Chromium runs here: `python -m tools.chromium` gets one"
    return {"executable_path": path, "args": ["--no-sandbox"]}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The service with Amina in it, and the provider that it knows as Northmoor Council."""
    if not npm.is_made("openid"):
        pytest.skip("the npm package oidc-provider is not set up: `make test-peers` says why")
    folder, port = tmp_path_factory.mktemp("service"), free_port()
    running = Known(folder)
    running.issuer = f"http://127.0.0.1:{port}"
    (folder / "client-secret").write_text("a-secret-for-loopback-alone\n")
    (folder / "providers.toml").write_text(
        f"""
        [[provider]]
        name = "council"
        title = "Northmoor Council"
        issuer = "{running.issuer}"
        client_id = "the-knowledge"
        secret_file = "client-secret"
        domains = ["northmoor.example"]
        private = true
        """
    )
    running.environment["QUIZBOT_OIDC"] = str(folder / "providers.toml")
    log = folder / "provider.log"
    with log.open("wb") as out:
        node = npm.node()
        assert node
        words = [node, "server.mjs", str(port), running.url]
        peer = subprocess.Popen(words, cwd=npm.folder("openid"), stdout=out, stderr=out)
    try:
        until(lambda: "ready" in log.read_text(), 60, "the provider")
        running.start()
        unit = "Northmoor/Council/Assessment"
        running.add_people(f"P1,Amina Test,amina@northmoor.example,{unit},Nurse,2026-01-05,\n")
        yield running
    finally:
        running.kill()
        peer.kill()
        peer.wait()


@pytest.fixture
def page(browser: Browser):
    """A browser that was nowhere yet."""
    context = browser.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def sign_in(page, service, who="amina"):
    page.goto(f"{service.url}/sign-in")
    page.get_by_role("link", name=COUNCIL).click()
    page.get_by_placeholder("Enter any login").fill(who)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def test_somebody_signs_in_with_their_organisations_account(page, service):
    sign_in(page, service)

    expect(page.get_by_role("heading", level=1)).to_have_text("My record")
    expect(page.get_by_role("banner")).to_contain_text("Amina Test")


def test_an_account_of_nobody_here_is_shown_a_number_and_the_way_by_code(page, service):
    sign_in(page, service, "zoe")

    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is not known here yet")
    expect(page.get_by_role("link", name="Sign in with a code by e-mail")).to_be_visible()


def test_signing_out_goes_on_to_the_organisation_and_comes_back(page, service):
    sign_in(page, service)
    page.get_by_role("button", name="Sign out", exact=True).click()

    page.get_by_role("link", name="Sign out of Northmoor Council").click()
    page.get_by_role("button", name="Yes, sign me out").click()

    expect(page).to_have_url(f"{service.url}/")
    page.goto(f"{service.url}/sign-in")
    page.get_by_role("link", name=COUNCIL).click()
    expect(page.get_by_placeholder("Enter any login")).to_be_visible()


def test_who_signs_out_at_the_organisation_is_signed_out_here(page, service):
    sign_in(page, service)
    other = page.context.new_page()
    other.goto(f"{service.issuer}/session/end?client_id=the-knowledge")

    other.get_by_role("button", name="Yes, sign me out").click()

    page.goto(f"{service.url}/me")
    expect(page).to_have_url(f"{service.url}/sign-in")


def test_who_says_no_at_the_organisation_comes_back_to_the_code(page, service):
    page.goto(f"{service.url}/sign-in")
    page.get_by_role("link", name=COUNCIL).click()
    page.get_by_role("link", name="[ Cancel ]").click()

    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()
    expect(page.locator("main")).to_contain_text("did not sign you in")
