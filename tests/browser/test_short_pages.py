"""Long pages on a phone: what matters first, the rest folded, and all of it there for paper."""

import io
import re
import unicodedata

import pytest
from playwright.sync_api import ViewportSize
from pypdf import PdfReader

from tools.tour import MODULE

PHONE = ViewportSize(width=360, height=740)
HEIGHT = "document.documentElement.scrollHeight"
LONGEST = 4000
PATHS = {
    "A safeguarding lead": (
        "/privacy",
        f"/modules/{MODULE}/sources",
        "/admin",
        "/admin/reviews",
        "/admin/messages",
        "/admin/people",
        "/admin/requirements",
        "/admin/requirements/nobody",
        "/admin/requirements/new",
        "/admin/questions",
        "/admin/editions",
        "/admin/connections",
        "/admin/audit",
        "/admin/place",
        "/admin/reports",
        "/admin/changes",
        "/admin/questions",
        "/admin/drafts",
        f"/admin/drafts/publish/{MODULE}",
        "/admin/authors",
        "/admin/exchange",
        f"/admin/exchange/{MODULE}/moodle-xml",
        "/team",
        "/team/attest",
        f"/team/guide/{MODULE}",
        "/board",
        "/board/overdue",
        "/me",
    ),
    "A manager": (
        *("/team", "/team/attest", f"/team/guide/{MODULE}", "/me"),
        *("/team/requests", "/team/requests/new"),
    ),
    "A practitioner": ("/", "/me", f"/modules/{MODULE}"),
}


def letters_of(text):
    """What a text says, however it is spaced and its letters are joined."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", text))


def on_a_phone(come_in, role):
    taker = come_in(role)
    taker.page.set_viewport_size(PHONE)
    return taker


@pytest.mark.parametrize("role", PATHS)
def test_no_page_is_longer_than_five_screens_and_a_half(come_in, role):
    taker = on_a_phone(come_in, role)

    heights = {path: taker.open(path).evaluate(HEIGHT) for path in PATHS[role]}

    assert {path: found for path, found in heights.items() if found >= LONGEST} == {}


def test_what_is_reached_by_a_link_is_no_longer_either(come_in):
    practitioner = on_a_phone(come_in, "A practitioner")
    manager = on_a_phone(come_in, "A manager")

    practitioner.open("/me").locator("details:has(#taken) > summary").click()
    practitioner.page.locator("main a[href^='/attempts/']").last.click()
    manager.open("/team").locator("main table a[href^='/team/people/']").first.click()

    assert practitioner.page.evaluate(HEIGHT) < LONGEST
    assert manager.page.evaluate(HEIGHT) < LONGEST


def test_a_question_the_steps_of_its_draft_and_what_was_answered_are_no_longer(come_in):
    lead = on_a_phone(come_in, "A safeguarding lead")
    lead.open("/admin/questions").locator(".app-questions a").first.click()
    heights = {"question": lead.page.evaluate(HEIGHT)}
    lead.page.get_by_role("link", name="What people answered").click()
    heights["items"] = lead.page.evaluate(HEIGHT)
    lead.page.go_back()
    lead.page.get_by_role("link", name="Regrade").click()
    heights["regrade"] = lead.page.evaluate(HEIGHT)
    lead.page.go_back()
    lead.press("Edit")
    for step in ("asked", "answers", "reasons", "counts"):
        heights[step] = lead.page.evaluate(HEIGHT)
        lead.press("Save and continue")
    heights["draft"] = lead.page.evaluate(HEIGHT)

    assert {page: found for page, found in heights.items() if found >= LONGEST} == {}


def test_all_questions_of_an_attempt_are_a_line_each_on_a_phone(come_in):
    practitioner = on_a_phone(come_in, "A practitioner")
    practitioner.open("/me").locator("details:has(#taken) > summary").click()
    practitioner.page.locator("main a[href^='/attempts/']").last.click()

    practitioner.page.get_by_role("link", name="All questions, to print").click()

    folds = practitioner.page.locator(".app-reviewed > details")
    assert folds.count() == 14
    assert not any(one.get_attribute("open") is not None for one in folds.all())
    assert practitioner.page.evaluate(HEIGHT) < LONGEST


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("A safeguarding lead", "/privacy"),
        ("A safeguarding lead", "/admin/reviews"),
        ("A safeguarding lead", f"/team/guide/{MODULE}"),
        ("A safeguarding lead", f"/modules/{MODULE}/sources"),
        ("A safeguarding lead", "/board"),
        ("A practitioner", "/me"),
    ],
    ids=lambda value: value.strip("/").replace("/", "-").replace(" ", "-"),
)
def test_paper_opens_what_the_screen_folds(come_in, role, path):
    page = on_a_phone(come_in, role).open(path)
    folded = page.locator(".app-section:not([open]) > .app-section__in")
    held = [letters_of(one.text_content()) for one in folded.all()]

    paper = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf())).pages)

    printed = letters_of(paper)
    assert held
    assert [words[:15] for words in held if words[:15] not in printed] == []


def test_a_folded_part_is_opened_by_keyboard_and_known_by_its_heading(come_in):
    page = on_a_phone(come_in, None).open("/privacy")
    part = page.locator("details").first

    part.locator("summary").focus()
    page.keyboard.press("Enter")

    assert part.get_attribute("open") is not None
    assert part.locator("summary h3").inner_text().startswith("Who you are, and where you work")
