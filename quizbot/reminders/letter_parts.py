"""What a letter is made of: one source, as plain text and as HTML that mail programs show."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from css_inline import CSSInliner

WIDTH = 72
BUTTON = "button"
LINKS = ("a", BUTTON)

# Dark text on white is said outright: a mail program that darkens letters turns both.
STYLE = """
body { margin: 0; padding: 16px; background: #e9f1f0; }
div { max-width: 576px; margin: 0 auto; padding: 20px 24px 12px; border-top: 6px solid #0b3d44; background: #ffffff; }
h2 { margin: 24px 0 8px; font: bold 19px/1.3 Arial, Helvetica, sans-serif; color: #0b0c0c; }
p { margin: 0 0 14px; font: 16px/1.5 Arial, Helvetica, sans-serif; color: #0b0c0c; }
a { color: #0a5a63; }
a.button { display: inline-block; padding: 11px 18px; background: #0d5c63; font-weight: bold; color: #ffffff; text-decoration: none; }
"""  # noqa: E501


@dataclass(frozen=True)
class LetterPart:
    """A heading, a paragraph, or a link with its words: plain, or as a button."""

    words: str
    kind: str = "p"
    url: str = ""


def as_text(parts: Iterable[LetterPart]) -> str:
    """In lines that are short, with links whole."""
    paragraphs = []
    for part in parts:
        if part.kind in LINKS:
            paragraphs.append(f"{part.words}:\n{part.url}")
        elif part.kind == "h2":
            paragraphs.append(f"{_wrapped(part.words)}\n{'-' * min(len(part.words), WIDTH)}")
        else:
            paragraphs.append(_wrapped(part.words))
    return "\n\n".join(paragraphs) + "\n"


def as_html(subject: str, parts: Iterable[LetterPart]) -> str:
    """The same words; each element has its own style, and nothing is fetched."""
    lines = [
        "<!doctype html>",
        '<html lang="en-GB">',
        '<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(subject)}</title><style>{STYLE}</style></head>",
        "<body><div>",
    ]
    for part in parts:
        words = escape(part.words)
        if part.kind in LINKS:
            named = ' class="button"' if part.kind == BUTTON else ""
            lines.append(f'<p><a{named} href="{escape(part.url)}">{words}</a></p>')
        else:
            lines.append(f"<{part.kind}>{words}</{part.kind}>")
    return _inliner().inline("\n".join([*lines, "</div></body>", "</html>", ""]))


@cache
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner  # for whoever sends letters, not for every process

    return CSSInliner(load_remote_stylesheets=False)


def _wrapped(words: str) -> str:
    return textwrap.fill(words, WIDTH, break_long_words=False, break_on_hyphens=False)
