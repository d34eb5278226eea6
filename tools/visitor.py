"""Somebody at the service over real HTTP: cookies, forms and redirects, and nothing else."""

import http.client
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tools.running import Chosen, Running

FORM = "application/x-www-form-urlencoded"


class Fetched(HTMLParser):
    """A page as fetched: where it is, its title and words, its form's token and choices."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.path = urlsplit(url).path
        self.html = html
        self.title = html.partition("<title>")[2].partition("</title>")[0]
        self.words = " ".join(re.sub(r"<[^>]+>", " ", html).split())
        self.token = ""
        self.button = ""  # where a link that looks like a button leads
        self.choices: dict[str, str] = {}
        self.chosen: set[tuple[str, str]] = set()  # field and letter
        self._menu = ""
        self._reply: dict[str, str | None] = {}
        self._label = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") == "csrf_token":
            self.token = given["value"] or ""
        elif tag == "input" and given.get("name") == "reply":
            self._reply = given
        elif tag == "a" and given.get("class") == "govuk-button":
            self.button = given["href"] or ""
        elif tag == "label" and (given["for"] or "").startswith("reply"):
            self._label = self._reply.get("value") or ""
            if self._reply and "checked" in self._reply:
                self.chosen.add(("reply", self._label))
        elif tag == "select" and (given.get("name") or "").startswith("reply-"):
            self._menu = given["name"] or ""
        elif tag == "option" and self._menu and given["value"]:
            self._label = given["value"] if self._menu == "reply-1" else ""
            if "selected" in given:
                self.chosen.add((self._menu, given["value"]))

    def handle_data(self, data: str) -> None:
        if self._label:
            self.choices[self._label] = self.choices.get(self._label, "") + data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("label", "option"):
            self._label = ""
        elif tag == "select":
            self._menu = ""

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


@dataclass
class Visitor:
    """One browser's cookies, at one running service."""

    running: Running
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
        connection = http.client.HTTPConnection("127.0.0.1", self.running.port, timeout=20)
        headers = {**dict(request.header_items()), "Content-Type": FORM}
        connection.request("POST", path, self._form(fields), headers)
        connection.close()

    def sign_in(self, email: str) -> Fetched:
        """By the code that is mailed."""
        before = len(self.running.codes(email))
        self.get("/sign-in")
        self.post("/sign-in", ("email", email))
        return self.post("/sign-in/code", ("code", self.running.code(email, before)))

    def _form(self, fields: tuple[tuple[str, str], ...]) -> bytes:
        return urlencode([("csrf_token", self.token), *fields]).encode()

    def _fetch(self, request: Request) -> Fetched:
        with build_opener(HTTPCookieProcessor(self.jar)).open(request, timeout=20) as answer:
            page = Fetched(answer.url, answer.read().decode())
        self.token = page.token or self.token
        return page
