"""Journeys with a mouse: without scripts, back and forth, in two tabs and on two devices."""

import io
from unicodedata import normalize

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import number_of

FETCHED = """performance.getEntriesByType("resource")
    .reduce((sum, one) => sum + one.transferSize, 0)"""
ALL_RIGHT = "You had 14 of 14 right"


def came(page):
    """Every request of a page that will have come by the time one looks."""
    seen = []
    page.on("requestfinished", lambda request: seen.append(request))
    return seen


def size(requests):
    """How many bytes travelled to the browser, heads and packed bodies."""
    sizes = [request.sizes() for request in requests]
    return sum(one["responseHeadersSize"] + one["responseBodySize"] for one in sizes)


def answers(page):
    """Which answers are chosen on a question's page."""
    return page.locator("input[name=reply]:checked + label").all_inner_texts()


def test_a_practice_is_told_question_by_question(taker, email):
    taker.sign_in(email)
    taker.start("Start practice")
    taker.choose(right=False)
    taker.press("Check answer")
    expect(taker.page.get_by_text("That is not right")).to_be_visible()
    taker.press("Continue")
    taker.answer_all("Check answer")
    taker.press("See the outcome")

    expect(taker.page.locator("h1")).to_have_text("Practice finished: Referrals")
    expect(taker.page.locator(".app-result")).to_contain_text("You had 13 of 14 right")
    expect(taker.page.get_by_role("heading", name="To look at again: 1")).to_be_visible()


def test_anyone_tries_it_without_scripts(browser, browser_context_args, at):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    anyone = at(context.new_page())
    anyone.start("Try it now")
    anyone.answer_all("Check answer")
    anyone.press("See the outcome")

    expect(anyone.page.locator(".app-result")).to_contain_text(ALL_RIGHT)
    assert all(cookie["httpOnly"] for cookie in context.cookies())
    context.close()


def test_it_counts_without_scripts_too(browser, browser_context_args, at, email):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    taker = at(context.new_page())
    taker.sign_in(email)
    taker.start("Start")
    taker.choose(right=True)
    taker.press("Save and continue")
    taker.answer_rest()
    taker.press("Submit answers")

    expect(taker.page.locator("h1")).to_have_text("Passed: Referrals")
    context.close()


def test_back_leads_to_the_question_although_an_answer_was_missed_there(taker, email):
    page = taker.page
    taker.sign_in(email)
    taker.start("Start")
    taker.press("Save and continue")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    taker.choose(right=True)
    taker.press("Save and continue")
    assert number_of(page) == 2

    page.go_back()

    assert number_of(page) == 1
    expect(page.locator(".govuk-error-summary")).to_have_count(0)


def test_back_and_reload_lose_and_double_nothing(taker, email):
    page = taker.page
    taker.sign_in(email)
    taker.start("Start")
    taker.choose(right=True)
    first = answers(page)
    taker.press("Save and continue")
    taker.choose(right=True)
    taker.press("Save and continue")
    page.go_back()
    page.go_back()
    page.reload()

    assert number_of(page) == 1
    assert answers(page) == first
    taker.press("Save and continue")
    page.reload()
    assert number_of(page) == 2
    taker.answer_rest()
    page.reload()
    taker.press("Submit answers")
    page.reload()
    expect(page.locator(".app-result")).to_contain_text(ALL_RIGHT)
    page.go_back()
    expect(page.locator("h1")).to_have_text("Passed: Referrals")
    taker.open("/me")
    assert page.locator("main a[href^='/attempts/']").count() == 1


def test_two_tabs_at_one_question_leave_one_answer(taker, at, email):
    taker.sign_in(email)
    taker.start("Start")
    other = at(taker.page.context.new_page())
    other.open("/me")
    other.page.get_by_role("link", name="Continue Referrals").click()
    taker.choose(right=False)
    other.choose(right=True)
    right = answers(other.page)
    taker.press("Save and continue")
    other.press("Save and continue")
    taker.page.go_back()
    taker.page.reload()

    assert answers(taker.page) == right
    other.answer_rest()
    other.press("Submit answers")
    expect(other.page.locator(".app-result")).to_contain_text(ALL_RIGHT)
    taker.press("Save and continue")
    expect(taker.page.get_by_text("handed in")).to_be_visible()
    expect(taker.page.locator(".app-result")).to_contain_text(ALL_RIGHT)


def test_in_practice_the_first_of_two_tabs_stands(taker, at, email):
    taker.sign_in(email)
    taker.start("Start practice")
    other = at(taker.page.context.new_page())
    other.page.goto(taker.page.url)
    taker.choose(right=True)
    other.choose(right=False)
    taker.press("Check answer")
    other.press("Check answer")

    expect(other.page.get_by_text("your first answer stands")).to_be_visible()
    expect(other.page.get_by_text("That is right")).to_be_visible()


def test_begun_on_one_device_and_finished_on_another(taker, at, another_device, email):
    taker.sign_in(email)
    taker.start("Start")
    taker.choose(right=True)
    taker.press("Save and continue")
    phone = at(another_device.new_page())
    phone.sign_in(email)
    phone.page.get_by_role("link", name="Continue Referrals").click()

    assert number_of(phone.page) == 2
    phone.answer_rest()
    taker.page.goto(taker.page.url.replace("/questions/2", "/review"))
    assert taker.page.locator(".app-tag--answered").count() == 14
    taker.press("Submit answers")
    phone.press("Submit answers")
    expect(phone.page.locator(".app-result")).to_contain_text(ALL_RIGHT)


def test_a_double_click_on_start_begins_once(taker, email):
    taker.sign_in(email)
    taker.open("/modules/referrals")
    taker.button("Start").dblclick()
    taker.page.wait_for_url("**/questions/1")
    taker.open("/me")

    assert taker.page.locator("main a[href^='/attempts/']").count() == 1


def printed_by(page):
    """How many sheets a page takes, and all that is on them."""
    sheets = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    words = " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())
    return len(sheets), normalize("NFKC", words)  # two letters may be printed as one: Kofi


def test_the_outcome_prints_what_was_missed_on_three_pages_and_everything_on_demand(taker, email):
    taker.sign_in(email)
    taker.start("Start")
    taker.answer_rest(wrong=3)
    taker.press("Submit answers")
    asked = taker.page.locator(".app-reviewed h3").all_text_contents()

    sheets, words = printed_by(taker.page)
    taker.page.get_by_role("link", name="All questions, to print").click()
    more_sheets, everything = printed_by(taker.page)

    assert sheets <= 3
    assert [one in words for one in asked] == 3 * [True] + 11 * [False]
    assert len(asked) == 14
    assert [one for one in asked if one not in everything] == []
    assert more_sheets > sheets
    assert "Sign out" not in words
    assert "Why not the other" in everything


def test_a_code_asked_for_right_after_another_is_mailed_as_well(taker, email):
    """The worker has just looked then: it looks again soon."""
    seen = []
    for _ in range(4):
        before = len(taker.running.codes(email))
        taker.open("/sign-in")
        taker.page.get_by_label("Your work e-mail address").fill(email)
        taker.press("Send me a code")
        seen.append(taker.running.code(email, before))

    assert len(set(seen)) == 4


@pytest.mark.parametrize("first", ["/", "/modules/referrals", "/sign-in"])
def test_a_first_visit_is_four_requests_and_forty_kilobytes_at_most(taker, first):
    seen = came(taker.page)
    taker.open(first)
    taker.page.wait_for_load_state("networkidle")

    # Whether a browser asks for what a home screen needs, and when, is its own affair: one more.
    needed = [one.url for one in seen if not one.url.endswith("/manifest.webmanifest")]
    assert 2 <= len(needed) <= 4, needed
    assert len(seen) <= len(needed) + 1
    assert size(seen) < 40_000


def test_the_next_question_travels_in_four_kilobytes(taker, email):
    taker.sign_in(email)
    taker.start("Start")
    taker.choose(right=True)
    seen = came(taker.page)
    taker.press("Save and continue")
    taker.page.wait_for_load_state("networkidle")

    pages = [one for one in seen if one.resource_type == "document"]
    assert [one.method for one in pages] == ["POST", "GET"]
    assert size(pages) < 4_000
    assert taker.page.evaluate(FETCHED) == 0  # style and icon are here already
