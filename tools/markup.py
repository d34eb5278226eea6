"""HTML as a tree: what is on a page, for tests and for the tools that visit pages."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset("br hr img input link meta wbr".split())


@dataclass
class Element:
    """An element of a page, with what is in it."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    of_page: list["Element"] = field(default_factory=list, repr=False)
    first: int = 0
    last: int | None = None
    content: list["Element | str"] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    @property
    def words(self) -> str:
        """All its text, with single spaces."""
        texts = (
            part if isinstance(part, str) else "" if part.tag == "wbr" else f" {part.words} "
            for part in self.content
        )
        return " ".join("".join(texts).split())

    @property
    def text(self) -> str:
        """All its text as it is written."""
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    @property
    def inner(self) -> list["Element"]:
        """Every element below, in the page's order."""
        return self.of_page[self.first : self.last]

    def all(self, *tags: str, **attributes: str) -> list["Element"]:
        """Elements below with one of these tags and these attributes (class: among others)."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            element
            for element in self.inner
            if (not tags or element.tag in tags)
            and all(value in element[name].split() or value == element[name]
                    for name, value in wanted.items())
        ]  # fmt: skip

    def within(self, tag: str) -> "Element | None":
        """The nearest element around this one with a tag."""
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        return above


class Markup(HTMLParser):
    """Builds the tree, and notes tags that do not fit: our templates close all they open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = self.here = Element("", {})
        self.faults: list[str] = []
        self.feed(html)
        if self.here is not self.root:
            self.faults.append(f"<{self.here.tag}> is not closed")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) < len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        of_page = self.root.of_page
        made = Element(tag, given, self.here, of_page, first=len(of_page) + 1)
        of_page.append(made)
        self.here.content.append(made)
        if tag in VOID:
            made.last = made.first
        else:
            self.here = made

    def handle_endtag(self, tag: str) -> None:
        if self.here.tag != tag:
            self.faults.append(f"</{tag}> closes <{self.here.tag}>")
        self.here.last = len(self.root.of_page)
        if self.here.parent is not None:
            self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.content.append(data)
