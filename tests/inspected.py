"""A page as fetched: what a person can read and press there, and everything wrong with how it is
made."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from werkzeug.datastructures import Headers

from tools.markup import Element, Markup

FIELDS = ("input", "select", "textarea")
HEADERS = {
    "Content-Type": r"text/html; charset=utf-8",
    "Content-Security-Policy": r"(?=.*default-src 'none')(?=.*frame-ancestors 'none').*",
    "X-Content-Type-Options": r"nosniff",
    "Referrer-Policy": r"same-origin",
    "Cache-Control": r"no-store",
}
# A page that another may show in a frame stands on a word in its address and on no cookie.
IN_A_FRAME = r"(?=.*default-src 'none')(?=.*frame-ancestors (?!'none')).*"


@dataclass
class Page:
    """What came back for one request; `location` where it sends the browser on."""

    path: str
    status: int
    headers: Headers
    body: str

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers.get("Location", "")

    @property
    def is_html(self) -> bool:
        """Whether this is a page to look at, and not a redirect or a file."""
        return self.headers.get("Content-Type", "").startswith("text/html") and not self.location

    @property
    def is_framed(self) -> bool:
        """Whether a course may show this page within its own."""
        policy = self.headers.get("Content-Security-Policy", "")
        return self.path.startswith("/lti/") and bool(re.fullmatch(IN_A_FRAME, policy))

    @cached_property
    def _built(self) -> Markup:
        return Markup(self.body)

    @property
    def tree(self) -> Element:
        """The whole page."""
        return self._built.root

    @property
    def main(self) -> Element:
        """The page's own part, without header and footer."""
        return self.tree.all("main")[0]

    @property
    def words(self) -> str:
        """What the page itself says."""
        return self.main.words

    @property
    def heading(self) -> str:
        """Its h1."""
        return self.tree.all("h1")[0].words

    @property
    def title(self) -> str:
        """What the browser's tab says."""
        return self.tree.all("title")[0].words

    @property
    def errors(self) -> list[str]:
        """What the error summary asks to mend."""
        return [
            link.words
            for box in self.main.all(class_="govuk-error-summary")
            for link in box.all("a")
        ]

    @property
    def notes(self) -> list[str]:
        """What has just happened elsewhere."""
        return [box.words for box in self.main.all(class_="app-feedback--note")]

    @property
    def choices(self) -> dict[str, str]:
        """The words that can be chosen, by the letter that stands for them."""
        if self.menus:
            offered = self.menus[0].all("option")
            return {option["value"]: option.words for option in offered if option["value"]}
        labels = {label["for"]: label.words for label in self.main.all("label")}
        return {
            found["value"]: labels[found["id"]] for found in self.main.all("input", name="reply")
        }

    @property
    def menus(self) -> list["Element"]:
        """The menus that an answer is given with, if it is."""
        return [one for one in self.main.all("select") if one["name"].startswith("reply-")]

    @property
    def chosen(self) -> set[str]:
        """The letters that are chosen already."""
        return {
            found["value"] for found in self.main.all("input", name="reply") if "checked" in found
        }

    @property
    def buttons(self) -> list[str]:
        """What can be pressed, in the page's own part."""
        return [button.words for button in self.main.all("button")]

    @property
    def links(self) -> dict[str, str]:
        """Where the page's own links lead, by their words."""
        return {link.words: link["href"] for link in self.main.all("a")}

    @property
    def menu(self) -> list[str]:
        """The links on top."""
        return [link.words for nav in self.tree.all("nav") for link in nav.all("a")]

    def form(self, button: str) -> Element:
        """The form that a button sends."""
        found = [b for b in self.tree.all("button") if b.words == button]
        assert found, f"{self.path} has no button {button!r}, only {self.buttons}"
        form = found[0].within("form")
        assert form is not None
        return form

    def faults(self) -> list[str]:
        """Everything wrong with how this page is made."""
        checks = (_headers, _frame, _heading, _ids, _fields, _forms, _inline, _names, _sentences)
        return [*self._built.faults, *(fault for check in checks for fault in check(self))]


Faults = Iterator[str]


def _headers(page: Page) -> Faults:
    framed = {"Content-Security-Policy": IN_A_FRAME} if page.is_framed else {}
    for name, wanted in {**HEADERS, **framed}.items():
        if not re.fullmatch(wanted, page.headers.get(name, "")):
            yield f"header {name} is {page.headers.get(name)!r}"
    if "unsafe" in page.headers.get("Content-Security-Policy", ""):
        yield "the content policy allows what is unsafe"


def _sentences(page: Page) -> Faults:
    """A template that ends a line swallows the space there: two sentences would be one word."""
    for found in page.tree.all("p", "li", "dd"):
        for glued in re.findall(r"(?<![@\w.])\w*[a-z0-9)][.!?][A-Z][a-z]+", found.words):
            yield f"no space after a sentence: {glued}"


def _frame(page: Page) -> Faults:
    html = page.tree.all("html")
    if len(html) != 1 or html[0]["lang"] != "en-GB":
        yield "the language is not en-GB"
    if len(page.tree.all("head")[0].all("title")) != 1:  # a picture may have one of its own
        yield "there is not exactly one title"
    for tag in ("main", "header", "footer"):
        if len(page.tree.all(tag)) != 1:
            yield f"there is not exactly one {tag}"
    footer = page.tree.all("footer")[0]
    telephones = [link["href"] for link in footer.all("a") if link["href"].startswith("tel:")]
    if "tel:999" not in telephones or len(telephones) < 3:
        yield "the footer does not carry 999 and the referral contacts"


def _heading(page: Page) -> Faults:
    headings = page.tree.all("h1", "h2", "h3", "h4", "h5", "h6")
    if [h.tag for h in headings].count("h1") != 1:
        yield "there is not exactly one h1"
        return
    title = page.title.removeprefix("Error: ")
    if not title.startswith(page.heading):
        yield f"the title {page.title!r} does not begin with the heading {page.heading!r}"
    if not title.endswith(" – The Knowledge"):
        yield f"the title {page.title!r} does not name the service"
    if bool(page.errors) != page.title.startswith("Error: "):
        yield "the title does not tell of the errors, or tells of none"
    levels = [int(h.tag[1]) for h in headings if "govuk-error-summary__title" not in h["class"]]
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"h{after} follows h{before}"


def _ids(page: Page) -> Faults:
    ids = [element["id"] for element in page.tree.inner if "id" in element]
    yield from {f"id {id_!r} is there twice" for id_ in ids if ids.count(id_) > 1}
    for element in page.tree.inner:
        names = [*element["aria-describedby"].split(), *element["aria-labelledby"].split()]
        if element.tag == "label":
            names.append(element["for"])
        if element.tag == "a" and element["href"].startswith("#"):
            names.append(element["href"][1:])
        yield from (
            f"<{element.tag}> names {n!r}, which is not there" for n in names if n not in ids
        )


def _fields(page: Page) -> Faults:
    labels = {label["for"]: label.words for label in page.tree.all("label")}
    for found in page.tree.all(*FIELDS):
        if found["type"] == "hidden":
            continue
        if not (labels.get(found["id"]) or found["aria-label"]):
            yield f"field {found['name']!r} has no label"
        if found["type"] == "radio":
            group = found.within("fieldset")
            if group is None or not any(legend.words for legend in group.all("legend")):
                yield f"choices {found['name']!r} have no legend"


def _framed_forms(page: Page) -> Faults:
    """What a course shows of ours: nothing of a session, no menu, and a choice alone goes out."""
    if page.tree.all("nav") or "csrf_token" in page.body:
        yield "a page in a frame has a menu, or a form of a session"
    if page.headers.getlist("Set-Cookie"):
        yield "a page in a frame sets a cookie"
    for form in page.tree.all("form"):
        fields = [found["name"] for found in form.all("input", type="hidden")]
        if not form["action"].startswith("/lti/choose/") and fields != ["JWT"]:
            yield f"form {form['action']!r} leaves the site"
        if not form.all("button"):
            yield f"form {form['action']!r} has no button"


def _forms(page: Page) -> Faults:
    if page.is_framed:
        yield from _framed_forms(page)
        return
    for form in page.tree.all("form"):
        tokens = [f["value"] for f in form.all("input", name="csrf_token")]
        if form["method"].lower() == "post" and (len(tokens) != 1 or len(tokens[0]) < 16):
            yield f"form {form['action']!r} has no token"
        if not form["action"].startswith("/"):
            yield f"form {form['action']!r} leaves the site"
        if not form.all("button"):
            yield f"form {form['action']!r} has no button"


def _inline(page: Page) -> Faults:
    for element in page.tree.inner:
        is_ours = page.is_framed and re.fullmatch(r"/static/\w+/lti\.js", element["src"])
        if element.tag == "script" and is_ours and not element.words:
            continue
        if element.tag in ("script", "style", "iframe", "object"):
            yield f"there is a <{element.tag}>"
        for name in element.attributes:
            if name == "style" or name.startswith("on"):
                yield f"<{element.tag}> has {name}"
        if element["href"].startswith("javascript:"):
            yield "a link runs a script"


def _names(page: Page) -> Faults:
    for element in page.tree.all("a", "button"):
        if not (element.words or element["aria-label"]):
            yield f"<{element.tag} href={element['href']!r}> has no words"
    for table in page.tree.all("table"):
        if not table.all("caption"):
            yield "a table has no caption"
