"""The pages around an organisation's account, as a browser and a screen reader meet them."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_every_page import faults
from tests.signin.provider import SECRET, running, table
from tools.running import Running


@pytest.fixture(scope="module")
def council():
    """A provider whose accounts are nobody's here at first."""
    with running(claims={"email": "zoe@else.example", "name": "Zoe <b>Test</b>"}) as issuer:
        yield issuer


@pytest.fixture(scope="module")
def known(council, tmp_path_factory, set_up_in):
    """The service that knows the provider, with Amina and a lead."""
    folder = tmp_path_factory.mktemp("organisation")
    service = set_up_in(Running(folder, loaded=True))
    (folder / "client-secret").write_text(SECRET)
    more = {"domains": ["northmoor.example"], "private": True}
    (folder / "providers.toml").write_text(table("council", "Northmoor Council", council, **more))
    service.environment["QUIZBOT_OIDC"] = str(folder / "providers.toml")
    service.start()
    try:
        unit = "Northmoor/Council/Assessment"
        service.add_people(f"O1,Amina Test,amina@northmoor.example,{unit},Nurse,2026-01-05,\n")
        yield service
    finally:
        service.kill()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_around_an_account_has_a_fault(browser, known, council, width, scheme):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-GB"
    )
    page, axe, seen = context.new_page(), Axe(), {}
    page.goto(f"{known.url}/sign-in")
    seen["sign in"] = faults(axe, page)
    page.get_by_role("link", name="Sign in with Northmoor Council").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is not known here yet")
    seen["nobody's"] = faults(axe, page)
    page.goto(f"{known.url}/signed-out/council")
    expect(page.get_by_role("link", name="Sign out of Northmoor Council")).to_be_visible()
    seen["out"] = faults(axe, page)
    is_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")

    assert {name: found for name, found in seen.items() if found} == {}
    assert not is_wide
    context.close()
