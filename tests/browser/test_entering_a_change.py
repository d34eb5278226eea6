"""A lead enters a change of guidance in a browser, sees what it does, and takes it out again."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_every_page import faults

PHONE = {"width": 360, "height": 740}
MATTERS = "Write the reasons down before you ring."


def fill(page):
    """The form, typed, with one question of one place."""
    page.get_by_label("What was right before?").fill("Ring first, write later.")
    page.get_by_label("What is right now?").fill("Write the reasons down, then ring.")
    page.get_by_label("What are people to do differently?").fill(MATTERS)
    for part, value in (("Day", "2"), ("Month", "11"), ("Year", "2026")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Which text has it?").fill("Version 9")
    page.get_by_label("Which text have you read").fill("Version 9, page 3.")
    page.get_by_label("What was right is wrong now").check()
    place = page.locator("details").filter(has_text="questions").first
    if place.get_attribute("open") is None:  # what is looked for faults has every fold open
        place.locator("summary").click()
    place.get_by_role("checkbox").nth(1).check()


def test_a_lead_enters_a_change_on_a_phone_and_takes_it_out(come_in):
    taker, axe = come_in("A safeguarding lead"), Axe()
    page = taker.page
    taker.open("/admin/changes")
    page.get_by_role("link", name="Enter a change that is not here").click()
    page.get_by_role("link", name="Making and response to a referral").first.click()
    assert faults(axe, page) == []
    page.set_viewport_size(PHONE)

    page.get_by_role("button", name="See what it would do").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what was right before")
    assert faults(axe, page) == []
    page.set_viewport_size(PHONE)
    fill(page)
    page.get_by_role("button", name="See what it would do").click()
    expect(page.locator("h1")).to_have_text("What entering it does")
    assert faults(axe, page) == []
    page.get_by_role("button", name="Change it first").click()
    expect(page.get_by_label("Which text has it?")).to_have_value("Version 9")
    page.get_by_role("button", name="See what it would do").click()
    page.get_by_role("button", name="Enter it").click()

    expect(page.locator("h1")).to_have_text(MATTERS)
    expect(page.locator("main")).to_contain_text("1 question touched, 1 undecided")
    assert faults(axe, page) == []
    page.get_by_label("Why?").fill("It was tried out.")
    page.get_by_role("button", name="Take it out").click()
    expect(page.locator("main")).to_contain_text("Taken out of the register.")
    expect(page.locator("main")).not_to_contain_text(MATTERS)
