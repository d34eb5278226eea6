"""Long texts in pieces that a channel takes: at paragraphs, else at sentences, else at words."""

import re
from collections.abc import Iterator

from quizbot.chat.said import LONGEST_TEXT, Button, Message

_ENDS = (r"(?<=\n\n)", r"(?<=\n)", r"(?<=[.!?…:;])\s", r"\s")


def length(words: str) -> int:
    """In UTF-16 units."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def pieces(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """A text as few pieces, each as long as a message may be; nothing is lost but blanks."""
    return list(_pieces(text.strip(), longest)) or [""]


def _pieces(text: str, longest: int) -> Iterator[str]:
    while length(text) > longest:
        at = _end(text, longest)
        yield text[:at].rstrip()
        text = text[at:].lstrip()
    if text:
        yield text


def _end(text: str, longest: int) -> int:
    most = longest
    while length(text[:most]) > longest:  # what stands outside the first plane counts twice
        most -= max(1, (length(text[:most]) - longest) // 2)
    for end in _ENDS:
        found = [m.end() for m in re.finditer(end, text[:most]) if m.end() > most // 3]
        if found:
            return found[-1]
    return most


def messages(
    text: str, rows: tuple[tuple[Button, ...], ...] = (), *, edits: bool = False
) -> tuple[Message, ...]:
    """A text as messages: the first takes the place of the one tapped on, the last has the rows."""
    parts = pieces(text)
    last = len(parts) - 1
    return tuple(
        Message(part, rows if at == last else (), edits and at == 0)
        for at, part in enumerate(parts)
    )
