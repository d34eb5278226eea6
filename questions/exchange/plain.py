"""Text with HTML as plain text, with a note of what went."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

from questions.exchange.model import NoSuchKind

LONGEST = 100_000  # letters of one text

_BLOCKS = {
    *"address article aside blockquote dd details div dl dt fieldset figcaption figure".split(),
    *"footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table tr ul".split(),
}
_UNSEEN = {"head", "noscript", "script", "style", "template", "title"}
_MEDIA = {
    "img": "an image",
    "svg": "a picture",
    "audio": "a sound",
    "video": "a film",
    "iframe": "a page of another site",
    "object": "an object",
    "embed": "an object",
    "canvas": "a picture",
    "math": "a formula",
}
_SHAPED = {"table": "a table", "sub": "lowered letters", "sup": "raised letters"}
_MARKED = {"b", "em", "i", "mark", "s", "strong", "u", "del", "ins", "strike"}


class Plain(NamedTuple):
    """Plain text; what went of its look, and what of it cannot be read."""

    text: str
    gone: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Flow:
    """Words as they come, with elements around them: plain text, and what could not be kept."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._hidden = 0
        self._gone: dict[str, None] = {}
        self._missing: dict[str, None] = {}

    def start(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """An element begins."""
        if tag in _UNSEEN:
            self._hidden += 1
            if tag in ("script", "style"):
                self._gone["what a browser would run or draw with"] = None
        if what := _MEDIA.get(tag):
            said = (attributes.get("alt") or "").strip()
            self._missing[what + (f" (“{said}”)" if said else "")] = None
        if what := _SHAPED.get(tag):
            self._gone[f"the form of {what}"] = None
        if tag in _MARKED:
            self._gone["bold, italics or lines under words"] = None
        address = (attributes.get("href") or "").strip()
        if tag == "a" and address:
            self._gone[f"a link to {address[:200]}"] = None
        if tag == "br":
            self._parts.append("\n")
        elif tag == "li":
            self._parts.append("\n– ")
        elif tag in ("td", "th"):
            self._parts.append(" ")
        elif tag in _BLOCKS:
            self._parts.append("\n\n")

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in _UNSEEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self._parts.append("\n\n")

    def words(self, text: str) -> None:
        """Words between elements; blanks of a source file are one blank."""
        if not self._hidden:
            self._parts.append(re.sub(r"\s+", " ", text))

    @property
    def text(self) -> str:
        """All of it as plain text."""
        text = re.sub(r" {2,}", " ", "".join(self._parts))
        return re.sub(r"\n{3,}", "\n\n", re.sub(r" ?\n ?", "\n", text)).strip()

    def plain(self) -> Plain:
        """The words, and what could not be kept, each once."""
        return Plain(self.text, tuple(self._gone), tuple(self._missing))


class _Reader(HTMLParser):
    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self._flow = flow

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._flow.start(tag, dict(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._flow.start(tag, dict(attrs))
        self._flow.end(tag)

    def handle_endtag(self, tag: str) -> None:
        self._flow.end(tag)

    def handle_data(self, data: str) -> None:
        self._flow.words(data)


def plain(html: str) -> Plain:
    """HTML as plain text, and what went."""
    html = re.sub(r"base64,[A-Za-z0-9+/=\s]*", "", html)
    if len(html) > LONGEST:
        raise NoSuchKind(f"has a text of more than {LONGEST:,} letters: shorten it")
    flow = Flow()
    reader = _Reader(flow)
    reader.feed(html)
    reader.close()
    return flow.plain()


@dataclass
class Texts:
    """What went of all the texts of one question."""

    gone: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def keep(self, found: Plain) -> str:
        """The words of a text; what went of it is kept for the report."""
        self.gone += found.gone
        self.missing += found.missing
        return found.text

    @property
    def notes(self) -> tuple[str, ...]:
        """What went and is not needed."""
        return tuple(f"{what} went: here is plain text alone" for what in dict.fromkeys(self.gone))

    @property
    def doubts(self) -> tuple[str, ...]:
        """What went and may be what the question was about."""
        return tuple(
            f"{what} could not come over: say in words what it shows, or withdraw the question"
            for what in dict.fromkeys(self.missing)
        )
