"""Words as they are kept, compared and told: names, addresses, paths of units, days."""

import re
import unicodedata
from datetime import date

_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
# What turns the direction of the words around it: names could be made to read as others.
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def folded_address(address: str) -> str:
    """An e-mail address as it is kept and compared."""
    return address.strip().casefold()


def is_address(address: str) -> bool:
    """Whether this has the shape of an e-mail address."""
    return len(address) <= 254 and address.isprintable() and bool(_ADDRESS.fullmatch(address))


def tidy(words: str) -> str:
    """Words with single spaces, and each letter written in one way."""
    return unicodedata.normalize("NFC", " ".join(words.split()))


def is_showable(words: str, *, in_lines: bool = False) -> bool:
    """Whether words hold nothing that a page, a file or a database cannot show as it is.

    Where they may go over several lines, line ends and tabs are nothing unusual.
    """
    usual = "\n\t" if in_lines else ""
    return not any(
        letter in _TURNS or (unicodedata.category(letter) in ("Cc", "Cs") and letter not in usual)
        for letter in words
    )


def is_within(path: str, top: str) -> bool:
    """Whether a unit is this one or below it, by their paths: Agency/Team is within Agency."""
    return f"{path}/".startswith(f"{top}/")


def long_date(day: date) -> str:
    """21 November 2026."""
    return f"{day.day} {month_name(day)}"


def month_name(day: date) -> str:
    """November 2026."""
    return f"{day:%B %Y}"
