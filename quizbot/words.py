"""Words as they are kept and compared: names, addresses, and what a page can show."""

import re
import unicodedata

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


def is_showable(words: str) -> bool:
    """Whether words hold nothing that a page, a file or a database cannot show as it is."""
    return not any(unicodedata.category(letter) in ("Cc", "Cs") or letter in _TURNS
                   for letter in words)  # fmt: skip
