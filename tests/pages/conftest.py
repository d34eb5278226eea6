"""Browsers for tests of pages: each page they fetch is inspected, and forms are filled as found."""

import email
import email.policy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from quizbot.access import has_address
from quizbot.service import Service
from quizbot.signin.codes import SignedIn
from quizbot.store.tables import person
from quizbot.work import Work
from tests.inspected import Page
from tools.markup import Element
from web import create_app
from web.auth import as_kept, first_page

Fields = list[tuple[str, str]]


def mails(service: Service) -> list[tuple[str, str, str]]:
    """Every message in the mail folder, in the order of their notices: to, subject, text."""
    folder = Path(service.settings.mail_url.removeprefix("file:"))
    found = []
    for path in sorted(folder.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body()
        assert body is not None
        found.append((str(message["To"]), str(message["Subject"]), body.get_content()))
    return found


def newest_code(service: Service, address: str) -> str:
    """The six digits last mailed to an address; the worker sends what was asked for before."""
    work = Work(service)
    assert work.lease.take()
    work.send_codes()
    work.lease.let_go()
    return [subject[:6] for to, subject, _ in mails(service) if to == address][-1]


@dataclass
class Visitor:
    """Somebody with a browser of their own."""

    app: Flask
    service: Service
    client: FlaskClient = field(init=False)
    token: str = ""
    begins_at: str = "/"  # the page that is open before any was asked for
    _page: Page | None = None
    history: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    @property
    def page(self) -> Page:
        """The page that is open."""
        if self._page is None:
            self.get(self.begins_at)
        assert self._page is not None
        return self._page

    def get(self, path: str, *, follow: bool = False) -> Page:
        """Open an address."""
        return self._come(path, self.client.get(path), follow=follow)

    def post(self, path: str, fields: Iterable[tuple[str, str]] = (), **headers: str) -> Page:
        """Send fields, and the token of the last form seen; redirects are not followed."""
        return self._send(path, [("csrf_token", self.token), *fields], headers)

    def send(self, path: str, fields: Iterable[tuple[str, str]] = ()) -> Page:
        """Send fields as `post` does, and go where that leads."""
        return self._follow(self.post(path, fields))

    def press(self, button: str, *, follow: bool = True, **given: str | Iterable[str]) -> Page:
        """Fill in the form of a button on the page that is open, send it, and go where it leads."""
        form = self.page.form(button)
        fields = [pair for pair in filled(form) if pair[0] not in given]
        for name, values in given.items():
            chosen = [values] if isinstance(values, str) else list(values)
            if name == "reply" and self.page.menus:
                fields += [(f"reply-{n}", letter) for n, letter in enumerate(chosen, 1)]
            else:
                fields += [(name, value) for value in chosen]
        (pressed, *_) = [one for one in form.all("button") if one.words == button]
        if pressed["name"] and pressed["name"] not in given:
            fields.append((pressed["name"], pressed["value"]))
        sent = self._send(form["action"], fields, {})
        return self._follow(sent) if follow else sent

    def follow(self, words: str) -> Page:
        """Go where a link of the page's own part leads."""
        return self.get(self.page.links[words])

    def sign_in(self, address: str) -> "Visitor":
        """As after a code: in a session of their own, on the page that it leads to.

        That is asked for once somebody looks at it: for a lead it is a tenth of a second.
        """
        with self.service.database.reading() as connection:
            who = select(person.c.id, person.c.sign_in_epoch).where(has_address(address))
            signed_in = SignedIn(*connection.execute(who).one())
        with self.client.session_transaction() as session:
            session.permanent = True
            session.update(as_kept(signed_in), n=address)
        self.token = self.app.extensions["form_token"](address)
        with self.app.app_context():
            self.begins_at, self._page = first_page(signed_in), None
        return self

    def sign_in_by_code(self, address: str) -> "Visitor":
        """By the code that is mailed."""
        self.get("/sign-in")
        self.press("Send me a code", email=address)
        self.press("Continue", code=newest_code(self.service, address))
        return self

    def cookie(self, name: str) -> str:
        """A cookie's value, as any path of the site would get it."""
        paths = ("/", "/try")
        found = (self.client.get_cookie(name, path=path) for path in paths)
        return next((cookie.value for cookie in found if cookie is not None), "")

    def _send(self, path: str, fields: Fields, headers: dict[str, str]) -> Page:
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        return self._come(path, self.client.post(path, data=data, headers=headers), follow=False)

    def _come(self, path: str, response, *, follow: bool) -> Page:
        page = Page(path, response.status_code, response.headers, response.get_data(as_text=True))
        self.history.append(page)
        if page.is_html:
            assert page.faults() == [], path
            self._page = page
            for found in page.tree.all("input", name="csrf_token"):
                self.token = found["value"]
        return self._follow(page) if follow else page

    def _follow(self, page: Page) -> Page:
        for _ in range(5):
            if not page.location:
                return page
            assert page.status == 303, f"{page.path} answers with {page.status}"
            page = self.get(page.location)
        raise AssertionError(f"{page.path} leads round in a circle")


def filled(form: Element) -> Fields:
    """What a browser would send of a form as it stands."""
    return [
        (found["name"], found["value"])
        for found in form.all("input")
        if found["type"] not in ("radio", "checkbox") or "checked" in found
    ]


def standing_on(service: Service, applications: list[Flask]) -> Flask:
    """The one application, its pages standing on this service."""
    if not applications:
        applications.append(create_app(service))
    app = applications[0]
    app.extensions["quizbot"] = service
    return app


@pytest.fixture
def app(service: Service, applications: list[Flask]) -> Flask:
    """The pages, standing on this test's service."""
    return standing_on(service, applications)


@pytest.fixture
def fresh_browser(app: Flask, service: Service) -> Callable[[], Visitor]:
    """Another browser, with no cookie yet, for each call."""
    return lambda: Visitor(app, service)


@pytest.fixture
def anyone(fresh_browser) -> Visitor:
    """Somebody without an account."""
    return fresh_browser()


@pytest.fixture
def amina_page(fresh_browser, people) -> Visitor:
    """Amina, signed in."""
    return fresh_browser().sign_in("amina@northmoor.example")


@pytest.fixture
def bashir_page(fresh_browser, people) -> Visitor:
    """Bashir, who may not see Amina's things."""
    return fresh_browser().sign_in("bashir@northmoor.example")


@pytest.fixture
def carys_page(fresh_browser, people) -> Visitor:
    """Carys, who manages Amina."""
    return fresh_browser().sign_in("carys@northmoor.example")


@pytest.fixture
def efua_page(fresh_browser, people) -> Visitor:
    """Efua, who leads the partnership."""
    return fresh_browser().sign_in("efua@northmoor.example")


def attempt_path(page: Page) -> str:
    """The attempt that a page belongs to, such as /attempts/0193…"""
    return "/".join(urlsplit(page.path).path.split("/")[:3])


@dataclass(frozen=True)
class Keys:
    """What is right, looked up by what a page tells and what can be chosen on it."""

    service: Service

    def question(self, page: Page):
        """The question that a page asks."""
        offered = set(page.choices.values())
        found = [
            question
            for current in self.service.editions.all_current()
            for question in current.module.asked
            if {question.text_of(letter) for letter in question.letters} == offered
            # Twins offer the same: their stories tell them apart.
            and " ".join(question.scenario.split()) in page.words
            and " ".join(question.ask.split()) in page.words
        ]
        assert len(found) == 1, page.path
        return found[0]

    def right(self, page: Page) -> list[str]:
        """The letters to choose on this page; with menus, one a menu."""
        question = self.question(page)
        if page.menus:
            letters = {text: letter for letter, text in page.choices.items()}
            return [letters[question.text_of(letter)] for letter in question.key]
        texts = {question.text_of(letter) for letter in question.key}
        return [letter for letter, text in page.choices.items() if text in texts]

    def wrong(self, page: Page) -> list[str]:
        """One letter that is wrong on this page; with menus, all the other way round."""
        right = self.right(page)
        if page.menus:
            return right[::-1]
        # Where each option is right, one alone is too few.
        return [next((letter for letter in page.choices if letter not in right), right[0])]


@pytest.fixture
def keys(service) -> Keys:
    return Keys(service)


@pytest.fixture
def take(keys):
    """Takes a whole attempt from its module's page.

    `wrong_at` numbers are answered wrongly; with `misses_one`, the first that is not essential.
    """

    def take(
        visitor: Visitor, start: str, wrong_at: Iterable[int] = (), *, misses_one: bool = False
    ) -> Page:
        visitor.get("/modules/referrals")
        visitor.press(start)
        button = visitor.page.buttons[0]
        for number in range(1, 15):
            page = visitor.page
            is_missed = misses_one and keys.question(page).must_know is None
            misses_one = misses_one and not is_missed
            is_wrong = is_missed or number in wrong_at
            visitor.press(button, reply=keys.wrong(page) if is_wrong else keys.right(page))
            if button == "Check answer":
                visitor.follow("Continue" if number < 14 else "See the outcome")
        return visitor.press("Submit answers") if button == "Save and continue" else visitor.page

    return take
