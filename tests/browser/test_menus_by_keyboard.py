"""Steps put in order and pairs put together, by keyboard alone, in a try that keeps nothing."""

from tests.browser.test_by_keyboard import Keyboard, right_of

BANK = "section-47"
MOST_TRIES = 25


def kind_of(page) -> str:
    """Which of the two kinds a page asks, or neither."""
    if not page.locator("select[name=reply-1]").count():
        return ""
    return "in order" if page.locator("label[for=reply]").inner_text() == "Place 1" else "match"


def test_both_kinds_with_menus_are_answered_by_keyboard(running, page):
    keys, keyboard, missing = running.keys(BANK), Keyboard(page), {"in order", "match"}

    for _ in range(MOST_TRIES):  # chance asks few of them
        page.goto(f"{running.url}/modules/{BANK}")
        page.get_by_role("button", name="Try it now").click()
        total = int(page.locator("progress").get_attribute("max") or 0)
        for number in range(1, total + 1):
            page.goto(f"{running.url}/try/{BANK}/questions/{number}")
            if (kind := kind_of(page)) in missing:
                keyboard.choose(right_of(keys, page))
                keyboard.follow("Check answer")
                assert "That is right" in page.locator("main").inner_text()
                missing.remove(kind)
        if not missing:
            return
    raise AssertionError(f"Never asked: {missing}")
