"""Words as they are kept, compared and told: names, addresses, paths of units, days."""

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from string import ascii_lowercase, ascii_uppercase

import idna

from questions.counts import how_many as how_many  # as every room says a count
from quizbot.clock import london_day

MAILTO = "mailto:"  # what a spreadsheet puts in front of an address that was clicked on

_ATOM = r"[a-z0-9#$&'*+/=?^_`{|}~-]+"  # neither % nor !, by which some servers mail elsewhere
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+(?![0-9]+$){_LABEL}")
_LONGEST_LOCAL = 64
# How long what is kept of people and their posts may be, and why something was done; characters.
LONGEST = {"staff_ref": 64, "name": 200, "email": 254, "unit": 1000, "job": 200, "manager": 254}
LONGEST_REASON = 500
_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)
_BARE = str.maketrans("łøđı", "lodi")  # letters that Unicode does not split from their stroke
# What turns the direction of the words around it: names could be made to read as others.
_TURNS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# That, and Unicode's control characters and halves of letters (Cc, Cs).
_UNUSUAL = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_TURNS}]")
_UNUSUAL_IN_LINES = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_TURNS}]")

# What managers see of a person's attempts, as it is told everywhere: pages and files hold no more.
MANAGER_SEES = (
    "Of what counts, your manager sees whether you have begun, your score, whether you passed,"
    " which areas were shown, and the day. Never what you answered, and nothing of your practice."
)
AS_MANAGER_YOU_SEE = (
    "Of what counts, you see whether somebody has begun, their score, whether they passed, which"
    " areas were shown, and the day. Never what they answered, and nothing of their practice. This"
    " is not for discipline or capability procedures."
)


def folded_address(address: str) -> str:
    """An e-mail address as it is kept, compared and mailed to: one way to write each.

    Small letters where they are ASCII; foreign letters of the domain as the mail system writes them
    (xn--…). What is in front of the @ is nobody's to change, so a foreign letter there stays, and
    `is_address` refuses it.
    """
    given = address.strip().translate(_SMALL).removeprefix(MAILTO)
    local, at, domain = given.rpartition("@")
    if not domain.isascii():
        with suppress(UnicodeError):
            domain = idna.encode(domain, uts46=True).decode()
    return f"{local}{at}{domain}"


def is_address(address: str) -> bool:
    """Whether a folded address can be mailed to as it stands, by every server and no other way.

    No quotes, comments or routes: each mail program reads those in a way of its own, so that a code
    could reach another mailbox than the one that was written down.
    """
    found = _ADDRESS.fullmatch(address)
    return (
        found is not None
        and len(address) <= LONGEST["email"]
        and len(found["local"]) <= _LONGEST_LOCAL
        and "=?" not in address  # the beginning of an encoded word, which a header decodes
    )


def tidy(words: str) -> str:
    """Words with single spaces, and each letter written in one way."""
    return unicodedata.normalize("NFC", " ".join(words.split()))


def is_showable(words: str, *, in_lines: bool = False) -> bool:
    """Whether words hold nothing that a page, a file or a database cannot show as it is.

    Where they may go over several lines, line ends and tabs are nothing unusual.
    """
    return not (_UNUSUAL_IN_LINES if in_lines else _UNUSUAL).search(words)


def to_mend(words: str, longest: int, *, in_lines: bool = False) -> str:
    """What is to be mended in words that somebody typed, so that they can be kept; or nothing."""
    if len(words) > longest:
        return f"Shorten this to {longest} characters: it has {len(words):,}"
    if not is_showable(words, in_lines=in_lines):
        return "This holds characters that cannot be shown: type it anew"
    return ""


def has_no_shape(letters: str) -> bool:
    """Whether a letter is among these that looks like nothing, or otherwise on every machine.

    Control characters and halves of letters; those for private use, which one typeface shows as an
    ornament and another as a letter.
    """
    return any(
        unicodedata.category(letter) in ("Cc", "Cs", "Co") and letter not in "\n\t"
        for letter in letters
    )


def plain_letters(words: str) -> str:
    """Words without accents or capitals, for finding what is alike."""
    split = unicodedata.normalize("NFKD", words.casefold().translate(_BARE))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def folded_job(job: str) -> str:
    """A job as it is compared: as `lower` of SQL has it, by which the people of a job are found."""
    return job.lower()


def listed(parts: Sequence[str]) -> str:
    """One, two and three; nothing of none."""
    *most, last = parts or ("",)
    return f"{', '.join(most)} and {last}" if most else last


def is_within(path: str, top: str) -> bool:
    """Whether a unit is this one or below it, by their paths: Agency/Team is within Agency."""
    return f"{path}/".startswith(f"{top}/")


def short_date(day: date | datetime) -> str:
    """21 Nov 2026, on one line; of an instant, the day in London."""
    if isinstance(day, datetime):
        day = london_day(day)
    return f"{day.day} {day:%b %Y}".replace(" ", "\N{NO-BREAK SPACE}")


def day_words(day: date) -> str:
    """Wednesday 3 March 2027."""
    return f"{day:%A} {long_date(day)}"


def long_date(day: date) -> str:
    """21 November 2026; of an instant, the day in London."""
    if isinstance(day, datetime):
        day = london_day(day)
    return f"{day.day} {month_name(day)}"


def month_name(day: date) -> str:
    """November 2026; of an instant, the month in London."""
    if isinstance(day, datetime):
        day = london_day(day)
    return f"{day:%B %Y}"
