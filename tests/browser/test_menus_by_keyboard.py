"""Steps put in order and pairs put together, by keyboard alone, in a try that keeps nothing."""

from tests.browser.test_by_keyboard import Keyboard, right_of

BANK = "section-47"
# Whether a menu is as high as the words that are chosen in it, at its width and in its letters.
SHOWS_ALL = """menu => {
    const look = getComputedStyle(menu), words = document.createElement("div");
    const [left, right, top, bottom] = ["Left", "Right", "Top", "Bottom"]
        .map(side => parseFloat(look["padding" + side]));
    words.textContent = menu.selectedOptions[0].text;
    document.body.append(words);
    words.style.font = look.font;
    words.style.width = menu.clientWidth - left - right + "px";
    const needed = words.clientHeight;
    words.remove();
    return menu.clientHeight - top - bottom >= needed - 1;
}"""
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
                page.set_viewport_size({"width": 360, "height": 740})
                assert all(menu.evaluate(SHOWS_ALL) for menu in page.locator("select").all())
                keyboard.follow("Check answer")
                assert "That is right" in page.locator("main").inner_text()
                missing.remove(kind)
        if not missing:
            return
    raise AssertionError(f"Never asked: {missing}")
