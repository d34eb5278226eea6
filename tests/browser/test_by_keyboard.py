"""A whole questionnaire without a mouse, and its outcome on the manager's page."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.conftest import address
from tools.running import Chosen, Running, wrong_of

# What has the focus: its words, whether it can be seen to have it (a choice shows it on its label),
# what it stands for in a form, and whether it is checked.
FOCUSED = """() => {
    const e = document.activeElement;
    const label = e.labels && e.labels[0];
    const style = (of, part) => {
        const s = getComputedStyle(of, part);
        const outlined = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0;
        return outlined || s.boxShadow !== "none";
    };
    const box = e.getBoundingClientRect();
    return {
        words: (label || e).innerText.trim(),
        seen: (style(e) || (label && style(label, "::before"))) && box.width * box.height > 0,
        shown: e.selectedOptions ? e.selectedOptions[0].innerText.trim() : "",
        name: e.name || "", type: e.type || "", value: e.value || "", checked: e.checked || false,
    };
}"""


@dataclass
class Keyboard:
    """Somebody who uses Tab, arrows, Space and Enter, and sees where they are at each step."""

    page: Page

    def focused(self) -> dict:
        found = self.page.evaluate(FOCUSED)
        assert found["seen"], f"The focus cannot be seen on {found}"
        return found

    def tab(self) -> dict:
        self.page.keyboard.press("Tab")
        return self.focused()

    def tab_to(self, words: str) -> None:
        """On to what begins with these words; it must come within a page's worth of steps."""
        met = []
        for _ in range(60):
            met.append(self.tab()["words"])
            if met[-1].startswith(words):
                return
        raise AssertionError(f"{words!r} cannot be reached: {met}")

    def follow(self, words: str) -> None:
        """To a link or button, and Enter."""
        self.tab_to(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, texts: Chosen) -> None:
        """Mark these answers: by arrows where there is one to choose, else by Space."""
        found = self.tab()
        while not found["name"].startswith("reply"):
            found = self.tab()
        if isinstance(texts, list):
            for text in texts:
                for _ in range(2 * len(texts)):
                    if self.focused()["shown"] == text:
                        break
                    self.page.keyboard.press("ArrowDown" if _ < len(texts) else "ArrowUp")
                assert self.focused()["shown"] == text
                if text != texts[-1]:
                    self.tab()
            return
        if found["type"] == "radio":
            self.page.keyboard.press("Space")
            for _ in range(4):
                if self.focused()["words"] in texts:
                    break
                self.page.keyboard.press("ArrowDown")
            assert self.focused()["checked"]
            assert self.focused()["words"] in texts
            return
        while found["name"] == "reply":
            if (found["words"] in texts) != found["checked"]:
                self.page.keyboard.press("Space")
            found = self.tab()
        self.page.keyboard.press("Shift+Tab")

    def sign_in(self, running: Running, email: str) -> None:
        before = len(running.codes(email))
        self.tab_to("Your work e-mail address")
        self.page.keyboard.type(email)
        self.follow("Send me a code")
        self.tab_to("Six-digit code")
        self.page.keyboard.type(running.code(email, before))
        self.follow("Continue")

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()


def offered_by(page) -> set[str]:
    labels = page.locator("input[name=reply] + label, select#reply option[value]:not([value=''])")
    return set(labels.all_inner_texts())


def right_of(keys, page) -> Chosen:
    return keys.right(offered_by(page), page.locator("main").inner_text())


def wrong_to(keys, page) -> Chosen:
    return wrong_of(right_of(keys, page), offered_by(page))


def test_the_whole_journey_by_keyboard_alone(running, page, next_name):
    name = next_name()
    keys, keyboard = running.keys("referrals"), Keyboard(page)

    page.goto(running.url)
    keyboard.follow("Referrals")
    keyboard.follow("Sign in to have it count")
    keyboard.sign_in(running, address(name))
    assert keyboard.heading() == "Referrals"
    keyboard.follow("Start")
    for number in range(1, 15):
        assert f"Question {number} of 14" in page.locator("#progress").inner_text()
        keyboard.choose((wrong_to if number == 2 else right_of)(keys, page))
        if number == 2:
            keyboard.tab_to("Flag this question")
            page.keyboard.press("Space")
        keyboard.follow("Save and continue")

    assert keyboard.heading() == "Review your answers: Referrals"
    assert page.locator(".app-tag--flagged").count() == 1
    keyboard.follow("2. ")
    keyboard.choose(right_of(keys, page))
    keyboard.tab_to("Flag this question")
    page.keyboard.press("Space")
    keyboard.follow("Save and continue")
    assert page.locator(".app-tag--flagged").count() == 0
    keyboard.follow("Submit answers")
    assert keyboard.heading() == "Passed: Referrals"
    assert "You had 14 of 14 right" in page.locator(".app-result").inner_text()
    keyboard.follow("Sign out")

    keyboard.follow("Sign in")
    keyboard.sign_in(running, address("Carys"))
    keyboard.follow("My team")
    line = page.get_by_role("row").filter(has_text=f"{name} Test")
    column = page.locator("thead th").all_inner_texts().index("Referrals")
    assert line.locator("th, td").nth(column).inner_text().startswith("Passed")


def test_an_error_takes_the_focus_and_leads_to_the_field(running, page):
    keyboard = Keyboard(page)
    page.goto(f"{running.url}/sign-in")
    keyboard.follow("Send me a code")
    # It is given when the page is drawn, which may be after it was loaded.
    page.wait_for_function("document.activeElement !== document.body")

    assert keyboard.focused()["words"].startswith("There is a problem")
    keyboard.tab_to("Enter an e-mail address")
    page.keyboard.press("Enter")
    assert keyboard.focused()["name"] == "email"
