"""Walks a browser through every page in every state, as the people do who meet them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page

from tools.running import Keys, Running, wrong_of
from tools.visitor import FORM, Fetched

MODULE = "referrals"
# What an operator has set for all that the tour opens.
SET = {
    "QUIZBOT_TEAMS_APP": "6f0b3c1e-2a44-4c5d-9e0f-7b1d2c3a4e5f",
    "QUIZBOT_TEAMS_SECRET": "never used",
}
KINDS = ("one", "several")
TOLD = ("wrong", "right")
TEAM = "Northmoor/Council/Assessment"
PEOPLE = f"""\
T1,Amina Rahman,amina@tour.example,{TEAM},Social worker,2026-01-05,T3
T2,Gwen Okafor-Llewellyn,gwen@tour.example,{TEAM},Social worker,2026-02-02,T3
T3,Carys Evans,carys@tour.example,{TEAM},Team manager,2020-03-02,
T4,Huw Price,huw@tour.example,{TEAM},Family support worker,2024-09-01,T3
T5,Idris Bello,idris@tour.example,{TEAM},Student,2026-09-01,T3
"""


@dataclass(frozen=True)
class Taker:
    """A person at the service in a browser, who knows what is right."""

    running: Running
    keys: Keys
    page: Page

    def open(self, path: str) -> Page:
        """Go to an address."""
        self.page.goto(self.running.url + path)
        return self.page

    def press(self, name: str) -> None:
        """Press a button, or follow a link that looks like one, and wait for what comes."""
        with self.page.expect_navigation():
            self.button(name).click()

    def button(self, name: str) -> Locator:
        """A button, or a link that looks like one, by its words."""
        return self.page.locator(".govuk-button").get_by_text(name, exact=True)

    def sign_in(self, email: str) -> None:
        """With the code that is mailed."""
        self.open("/sign-in")
        self.enter(email)

    def enter(self, email: str, button: str = "Send me a code") -> None:
        """From the page that asks for the address, wherever one was before."""
        before = len(self.running.codes(email))
        self.page.get_by_label("Your work e-mail address").fill(email)
        self.press(button)
        self.page.get_by_label("Six-digit code").fill(self.running.code(email, before))
        self.press("Continue")

    def start(self, mode: str) -> None:
        """Begin the module: "Start", "Start practice" or "Try it now"."""
        self.open(f"/modules/{MODULE}")
        self.press(mode)

    @property
    def kind(self) -> str:
        """What this question is answered with."""
        if self.page.locator("select[name^=reply-]").count():
            return "menus"
        return "several" if self.page.locator("input[type=checkbox][name=reply]").count() else "one"

    @property
    def kinds(self) -> list[str]:
        """What the module's questions are answered with."""
        return [
            *KINDS,
            *(["menus"] if self.keys.has_menus else []),
        ]

    def choose(self, *, right: bool) -> None:
        """Mark an answer: the right one; or a wrong one, where it can be half right."""
        menus = self.page.locator("select[name^=reply-]")
        told = self.page.locator("main").inner_text()
        if menus.count():
            offered = menus.first.locator("option").all_inner_texts()[1:]
            key = self.keys.right(offered, told)
            for at, text in enumerate(key if right else wrong_of(key, set(offered))):
                menus.nth(at).select_option(label=text)
            return
        labels = self.page.locator("label[for^=reply]")
        texts = labels.all_inner_texts()
        key = self.keys.right(texts, told)
        wrong = [text for text in texts if text not in key]
        chosen = key if right else {*wrong[:1], *(sorted(key)[:1] if len(key) > 1 else ())}
        for at, text in enumerate(texts):
            if text in chosen:
                labels.nth(at).click()

    def answer_all(self, button: str) -> None:
        """Answer rightly from here to the end, question by question."""
        while self.button(button).count():
            self.choose(right=True)
            self.press(button)
            if self.button("Continue").count():
                self.press("Continue")

    def answer_rest(self, *, wrong: int = 0) -> None:
        """The same without drawing the pages, then the page after.

        The first so many are answered wrongly of those that alone do not decide.
        """
        where, cookies = self.page.url, self.page.request
        while (asked := Fetched(where, cookies.get(where).text())).choices:
            key = self.keys.right(asked.offered, asked.words)
            is_wrong = wrong > 0 and not self.keys.is_essential(asked.offered, asked.words)
            chosen = wrong_of(key, asked.offered) if is_wrong else key
            wrong -= is_wrong
            fields = [("csrf_token", asked.token), *asked.fields(chosen)]
            sent = cookies.post(where, data=urlencode(fields), headers={"Content-Type": FORM})
            button = Fetched(sent.url, sent.text()).button
            where = self.running.url + button if button else sent.url
        self.page.goto(where)


def tour(browser: Browser, running: Running) -> Iterator[tuple[str, Page]]:
    """Each state by a name, with the page that shows it; the people of `PEOPLE` are taken in."""
    running.add_people(PEOPLE)
    keys = running.keys(MODULE)

    contexts = [browser.new_context(locale="en-GB") for _ in range(4)]
    anyone, amina, gwen, carys = (Taker(running, keys, each.new_page()) for each in contexts)
    yield from _outside(anyone)
    yield from _trying(anyone)
    yield from _signing_in(amina)
    yield from _practising(gwen)
    yield from _taking(amina)
    yield from _linking(amina, running)
    yield from _managing(carys, anyone)
    for context in contexts:
        context.close()


def _outside(anyone: Taker) -> Iterator[tuple[str, Page]]:
    yield "first-page", anyone.open("/")
    yield "module-signed-out", anyone.open(f"/modules/{MODULE}")
    yield "module-from-a-letter", anyone.open(f"/modules/{MODULE}?asked")
    yield "sources", anyone.open(f"/modules/{MODULE}/sources")
    yield "privacy", anyone.open("/privacy")
    yield "accessibility", anyone.open("/accessibility")
    yield "not-found", anyone.open("/modules/alchemy")
    yield "certificate-unknown", anyone.open("/certificates?code=K7MP")
    yield "sign-in-first", anyone.open("/team")


def _trying(anyone: Taker) -> Iterator[tuple[str, Page]]:
    """Each kind of question as asked, left alone, answered wrongly and answered rightly."""
    page, missing = anyone.page, {f"try-{kind}-{told}" for kind in anyone.kinds for told in TOLD}
    while missing:  # chance may ask too few of a kind
        anyone.start("Try it now")
        while missing and anyone.button("Check answer").count():
            kind = anyone.kind
            is_first = f"try-{kind}-wrong" in missing
            if is_first:
                yield f"try-{kind}", page
                anyone.press("Check answer")
                yield f"try-{kind}-error", page
            anyone.choose(right=not is_first)
            anyone.press("Check answer")
            state = f"try-{kind}-{'wrong' if is_first else 'right'}"
            if state in missing:
                missing.remove(state)
                yield state, page
            if anyone.button("Continue").count():
                anyone.press("Continue")
    anyone.answer_rest()
    anyone.open(f"/try/{MODULE}/outcome")
    yield "try-outcome", page


def _signing_in(amina: Taker) -> Iterator[tuple[str, Page]]:
    yield "sign-in", amina.open("/sign-in")
    amina.press("Send me a code")
    yield "sign-in-error", amina.page
    amina.page.get_by_label("Your work e-mail address").fill("nobody@tour.example")
    amina.press("Send me a code")
    yield "code", amina.page
    amina.page.get_by_label("Six-digit code").fill("12345")
    amina.press("Continue")
    yield "code-error", amina.page
    amina.sign_in("amina@tour.example")
    yield "record-empty", amina.page
    yield "module-signed-in", amina.open(f"/modules/{MODULE}")
    yield "not-allowed", amina.open("/team")
    yield "not-found-signed-in", amina.open("/attempts/00000000-0000-7000-8000-000000000000")
    yield "first-page-signed-in", amina.open("/")
    amina.page.get_by_role("button", name="Sign out").click()
    yield "signed-out", amina.page


def _practising(gwen: Taker) -> Iterator[tuple[str, Page]]:
    gwen.sign_in("gwen@tour.example")
    gwen.start("Start practice")
    yield "practice-question", gwen.page
    gwen.choose(right=False)
    gwen.press("Check answer")
    yield "practice-wrong", gwen.page
    gwen.press("Continue")
    yield "module-resume", gwen.open(f"/modules/{MODULE}")
    gwen.press("Continue practice (1 of 14)")
    gwen.answer_rest(wrong=1)
    yield "practice-outcome", gwen.page
    gwen.start("Start")
    gwen.answer_rest()
    gwen.press("Submit answers")
    yield "outcome-passed", gwen.page
    yield "record-passed", gwen.open("/me")
    gwen.page.get_by_role("link", name=", issued").first.click()
    yield "certificate", gwen.page


def _taking(amina: Taker) -> Iterator[tuple[str, Page]]:
    amina.sign_in("amina@tour.example")
    amina.start("Start")
    yield "question", amina.page
    amina.press("Save and continue")
    yield "question-error", amina.page
    amina.choose(right=False)
    amina.page.get_by_label("Flag this question").check()
    amina.press("Save and continue")
    amina.page.get_by_text("Skip for now").click()
    amina.answer_rest(wrong=2)
    yield "review", amina.page
    amina.page.locator(".app-task a").first.click()
    yield "question-answered", amina.page
    yield "record-open", amina.open("/me")
    amina.page.get_by_role("link", name="Continue").click()
    amina.page.get_by_role("button", name="Review your answers").click()
    amina.press("Submit answers")
    yield "review-asked-once-more", amina.page
    amina.press("Submit with 1 unanswered")
    yield "outcome-not-passed", amina.page
    amina.page.get_by_role("link", name="All questions, to print").click()
    yield "outcome-whole", amina.page
    amina.start("Start practice")
    yield "record", amina.open("/me")


def _linking(amina: Taker, running: Running) -> Iterator[tuple[str, Page]]:
    asked = re.search(r"/me/chats/confirm\S+", running.quizbot("chat", typed="/link\n"))
    assert asked is not None
    yield "chat-confirm", amina.open(asked[0])
    amina.press("Link this chat")
    yield "record-chat", amina.page
    amina.press("Link a chat in Telegram")
    yield "chat-begin", amina.page
    amina.open("/me")
    amina.press("Link a chat in Microsoft Teams")
    yield "chat-begin-in-teams", amina.page


def _managing(carys: Taker, huw: Taker) -> Iterator[tuple[str, Page]]:
    carys.sign_in("carys@tour.example")
    huw.sign_in("huw@tour.example")
    huw.start("Start")
    yield "team", carys.open("/team")
    yield "team-narrowed", carys.open("/team?state=late")
    yield "team-guide", carys.open(f"/team/guide/{MODULE}")
    carys.press("Confirm what was understood")
    yield "confirm", carys.page
    carys.press("Confirm")
    yield "confirm-faulty", carys.page
    carys.page.get_by_label("Huw Price").check()
    for name in ("objectives", "statement"):
        carys.page.locator(f"input[name={name}]").first.check()
    carys.page.get_by_label("A discussion with them").check()
    carys.press("Confirm")
    carys.page.locator("table").get_by_role("link", name="Huw Price").click()
    yield "person", carys.page
    made = carys.page.locator("a[href^='/team/attest/']").first
    made.evaluate("link => link.closest('details')?.setAttribute('open', '')")
    made.click()
    yield "confirmation", carys.page
    huw.open("/me").locator("a[href^='/me/confirmations/']").first.click()
    yield "confirmation-of-me", huw.page
