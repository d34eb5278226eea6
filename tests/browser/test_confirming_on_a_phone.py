"""An update on a phone, from one's record to the outcome: taps are counted."""

import pytest
from playwright.sync_api import expect

from quizbot.service import open_service
from tests.browser import serving
from tests.changed import changed
from tests.conftest import settings_for

PHONE = {"width": 360, "height": 740}
EMAIL = "amina@northmoor.example"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def site(people, database_url, tmp_path, clock):
    """A site on which Amina is to confirm a change; its address, its service and its pages."""
    with serving.listening() as server:
        address = serving.address_of(server)
        opened = open_service(settings_for(database_url, tmp_path, public_url=address), clock)
        known = changed(opened, clock, people.amina).service
        yield address, known, serving.open_to_browsers(server, known)
        opened.close()


class Thumb:
    """Somebody with a phone, who taps."""

    def __init__(self, page):
        self.page = page
        self.taps = 0

    def tap(self, role, name):
        found = self.page.get_by_role(role, name=name)
        self.taps += 1
        if role == "radio":
            found.check()
            return
        with self.page.expect_navigation():
            found.click()


@on_sqlite
def test_a_change_is_confirmed_in_eight_taps(site, browser, tmp_path):
    address, known, app = site
    context = serving.signed_in(browser, address, app, known, EMAIL)
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(f"{address}/me")
    thumb = Thumb(page)
    page.screenshot(path=tmp_path / "card.png")

    thumb.tap("button", "Confirm now")
    expect(page.locator("h1")).to_have_text("What changed")
    page.screenshot(path=tmp_path / "change.png")
    thumb.tap("link", "2 questions on this")
    for _ in range(2):
        expect(page.locator("#progress")).to_contain_text("of 2, update")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        thumb.tap("radio", "Boil it")
        thumb.tap("button", "Save and continue")
    thumb.tap("button", "Submit answers")

    expect(page.locator("h1")).to_have_text("Confirmed: Tea making")
    page.screenshot(path=tmp_path / "outcome.png", full_page=True)
    assert thumb.taps <= 8
    context.close()
