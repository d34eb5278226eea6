"""Somebody at the service over real HTTP: cookies, forms and redirects, and nothing else."""

import http.client
import re
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Protocol
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tools.markup import Element, Markup
from tools.running import Chosen
from tools.waiting import until

FORM = "application/x-www-form-urlencoded"


class Fetched:
    """A page as fetched: where it is, its title and words, its form's token and choices."""

    def __init__(self, url: str, html: str) -> None:
        page = Markup(html).root
        self.path = urlsplit(url).path
        self.html = html
        self.title = html.partition("<title>")[2].partition("</title>")[0]
        self.words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
        self.token = _last(page.all("input", name="csrf_token"), "value")
        # Where a link that looks like a button leads.
        self.button = _last([a for a in page.all("a") if a["class"] == "govuk-button"], "href")
        self.choices: dict[str, str] = {}
        self.chosen: set[tuple[str, str]] = set()  # field and letter
        labels = {label["for"]: label.text for label in page.all("label")}
        for reply in page.all("input", name="reply"):
            self.choices[reply["value"]] = labels[reply["id"]]
            if "checked" in reply:
                self.chosen.add(("reply", reply["value"]))
        for menu in page.all("select"):
            options = [option for option in menu.all("option") if option["value"]]
            if menu["name"] == "reply-1":
                self.choices = {option["value"]: option.text for option in options}
            if menu["name"].startswith("reply-"):
                taken = [option["value"] for option in options if "selected" in option]
                self.chosen |= {(menu["name"], letter) for letter in taken}

    def fields(self, chosen: Chosen) -> list[tuple[str, str]]:
        """What the form sends when these words are chosen."""
        letters = {text.strip(): letter for letter, text in self.choices.items()}
        if isinstance(chosen, list):
            return [(f"reply-{n}", letters[text]) for n, text in enumerate(chosen, 1)]
        return [("reply", letters[text]) for text in sorted(chosen)]

    @property
    def offered(self) -> set[str]:
        """The words that can be chosen here."""
        return {text.strip() for text in self.choices.values()}


class Served(Protocol):
    """A service that runs, on one machine or on many."""

    @property
    def url(self) -> str:
        """What people open."""

    def codes(self, email: str) -> list[str]:
        """The codes mailed to an address, the newest last."""


@dataclass
class Visitor:
    """One browser's cookies, at one running service."""

    running: Served
    jar: CookieJar = field(default_factory=CookieJar)
    token: str = ""

    def get(self, path: str) -> Fetched:
        """A page, wherever it leads."""
        return self._fetch(Request(self.running.url + path))

    def post(self, path: str, *fields: tuple[str, str]) -> Fetched:
        """What comes of a form, with the token of the page before."""
        return self._fetch(Request(self.running.url + path, self._form(fields)))

    def post_and_hang_up(self, path: str, *fields: tuple[str, str]) -> None:
        """Send a form and be gone before the answer comes."""
        request = Request(self.running.url + path)
        self.jar.add_cookie_header(request)
        connection = http.client.HTTPConnection(urlsplit(self.running.url).netloc, timeout=60)
        headers = {**dict(request.header_items()), "Content-Type": FORM}
        connection.request("POST", path, self._form(fields), headers)
        connection.close()

    def sign_in(self, email: str) -> Fetched:
        """By the code that is mailed."""
        before = len(self.running.codes(email))
        self.get("/sign-in")
        self.post("/sign-in", ("email", email))
        until(lambda: len(self.running.codes(email)) > before, 60, f"the code for {email}")
        return self.post("/sign-in/code", ("code", self.running.codes(email)[-1]))

    def _form(self, fields: tuple[tuple[str, str], ...]) -> bytes:
        return urlencode([("csrf_token", self.token), *fields]).encode()

    def _fetch(self, request: Request) -> Fetched:
        with build_opener(HTTPCookieProcessor(self.jar)).open(request, timeout=60) as answer:
            page = Fetched(answer.url, answer.read().decode())
        self.token = page.token or self.token
        return page


def _last(elements: list[Element], attribute: str) -> str:
    """What the last of them says, if there is one."""
    return elements[-1][attribute] if elements else ""
