"""A change of guidance from the lead's decision to the pack: asked, confirmed, seen, counted."""

import csv
import io
import threading
import zipfile

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from quizbot.service import open_service
from tests.browser.test_confirming_on_a_phone import PHONE, Thumb, bounded, on_sqlite
from tests.changed import publish, renew, resting, take, with_changes
from tests.conftest import settings_for
from tests.figures.test_confirmed import colleagues
from tests.pages.conftest import Visitor
from web import create_app

MATTERS = "Do not wait for an answer."


@pytest.fixture
def site(people, database_url, tmp_path, clock):
    """A site where the rule has changed since twelve of the police and Amina passed."""
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    address = f"http://127.0.0.1:{server.port}"
    opened = open_service(settings_for(database_url, tmp_path, public_url=address), clock)
    known = with_changes(opened)
    publish(known, resting())
    others = colleagues(known, 12, "Northmoor/Council/Assessment")
    for who in (*others, people.amina):
        take(known, who)
    clock.forward(days=20)
    by_objective = resting()
    renew(by_objective["leaves"])
    publish(known, by_objective)
    known.counting.month(clock.at.date())
    app = create_app(known)
    server.app = bounded(app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address, known, app, others
    server.shutdown()
    thread.join()
    opened.close()


@pytest.fixture
def come(site, browser):
    """Somebody's page, signed in; a phone where that is wanted."""
    address, known, app, _ = site
    contexts = []

    def come(name, **more):
        context = browser.new_context(locale="en-GB", **more)
        contexts.append(context)
        visitor = Visitor(app, known).sign_in(f"{name}@northmoor.example")
        context.add_cookies(
            [
                {"name": cookie.key, "value": cookie.value, "url": address}
                for cookie in visitor.client._cookies.values()
            ]
        )
        page = context.new_page()
        page.set_default_timeout(8000)
        return page

    yield come
    for context in contexts:
        context.close()


def words_of(page):
    return " ".join(page.locator("main").inner_text().split())


def ask(page, address):
    """Choose the change, say whom to ask by when, look at the preview, and ask."""
    page.goto(f"{address}/admin")
    page.get_by_role("link", name="change of guidance that nobody was told of here").click()
    page.get_by_role("link", name=MATTERS).click()
    page.get_by_label("Ask people to confirm it").check()
    page.get_by_label("Where?").select_option("Northmoor")
    for part, value in (("Day", "29"), ("Month", "1"), ("Year", "2027")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Those whose pass rested on the old rule").check()
    page.get_by_role("button", name="See whom it would reach").click()
    expect(page.locator("h1")).to_have_text("Whom asking would reach")
    assert "It would ask 13 people by 29 January 2027." in words_of(page)
    page.get_by_role("button", name="Ask 13 people").click()
    expect(page.locator("main")).to_contain_text("They are asked to confirm it")


def confirm(page, address):
    """From the record to the outcome, with a thumb."""
    page.goto(f"{address}/me")
    thumb = Thumb(page)
    thumb.tap("button", "Confirm now")
    thumb.tap("link", "2 questions on this")
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        thumb.tap("radio", "Boil it")
        thumb.tap("button", "Save and continue")
    thumb.tap("button", "Submit answers")
    expect(page.locator("h1")).to_have_text("Confirmed: Tea making")


@on_sqlite
def test_a_lead_asks_people_confirm_and_the_manager_the_board_and_the_pack_say_so(
    site, come, clock
):
    address, known, _, others = site
    efua, carys = come("efua"), come("carys")

    ask(efua, address)
    carys.goto(f"{address}/team")
    carys.get_by_text("Changes of guidance to confirm: 1").click()
    assert "0 of 1 have confirmed it" in words_of(carys)

    confirm(come("amina", viewport=PHONE, has_touch=True), address)

    carys.reload()
    carys.get_by_text("Changes that everybody has confirmed: 1").click()
    assert "1 of 1 has confirmed it" in words_of(carys)

    known.counting.month(clock.at.date())
    efua.goto(f"{address}/board")
    assert "Fewer than 5, of 13" in words_of(efua)
    for who in others[:6]:
        take(known, who)
    known.counting.month(clock.at.date())
    efua.reload()
    assert "7 of 13" in words_of(efua)

    efua.get_by_role("link", name="Inspection pack").click()
    efua.get_by_role("button", name="Make the pack").click()
    list(known.packs.work())
    efua.goto(f"{address}/board/pack")
    with efua.expect_download() as waiting:
        efua.get_by_role("link", name="Download").click()
    with zipfile.ZipFile(waiting.value.path()) as pack:
        (name,) = [one for one in pack.namelist() if one.endswith("confirmed.csv")]
        rows = list(csv.reader(io.StringIO(pack.read(name).decode("utf-8-sig"))))
    assert ["Tea making", MATTERS, "All agencies", "7", "13"] in [row[:5] for row in rows]
