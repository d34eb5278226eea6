"""A place's settings: local names, numbers and rules, and how they fill slots in what is asked."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from questions.findings import Finding, fault, parsed, read_text, sentences, warning
from questions.kinds import Strict, Words

SLOT = re.compile(r"\{([^{}]*)\}")
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
SHIPPED = Path(__file__).with_name("place.toml")

# What the footer of every page and the answers about a real child need, and as what.
CONTACTS = {
    "partnership_name": "text",
    "referral_team": "text",
    "referral_phone": "telephone",
    "out_of_hours_team": "text",
    "out_of_hours_phone": "telephone",
}

EMERGENCY = {"999", "112"}
_SHAPES = {
    "text": (re.compile(r"[^\n{}]{1,300}"), "one line of at most 300 characters, without braces"),
    "telephone": (re.compile(r"\+?[0-9][0-9 ]{1,18}[0-9]"), "digits and spaces"),
    "email": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "an e-mail address"),
    "url": (re.compile(r"https?://\S+"), "an address that begins with https://"),
}


class Setting(Strict):
    """One setting of a place: who keeps it right, and when they look at it again."""

    type: Literal["text", "telephone", "email", "url", "days", "switch"]
    value: bool | int | str = ""
    owner: Words
    review_by: date

    @property
    def is_filled(self) -> bool:
        """Switches and numbers always say something; words may still be empty."""
        return not (isinstance(self.value, str) and not self.value.strip())

    def misfit(self) -> str:
        """What is wrong with the value for its type, or nothing."""
        match self.type:
            case "switch":
                fits, wanted = isinstance(self.value, bool), "true or false, without quotes"
            case "days":
                whole = isinstance(self.value, int) and not isinstance(self.value, bool)
                fits, wanted = whole and 0 < int(self.value) < 1000, "a number of days, no quotes"
            case _:
                shape, wanted = _SHAPES[self.type]
                words = str(self.value)
                fits = not self.is_filled or bool(shape.fullmatch(words) and _is_one_line(words))
                fits = fits and isinstance(self.value, str)
                if self.type == "telephone" and re.sub(r"\D", "", words) in EMERGENCY:
                    return (
                        f"`value` must be a team's own number, not {words.strip()}: that is for"
                        " emergencies, and every page tells it already"
                    )
        return "" if fits else f"`value` must be {wanted}, not {self.value!r}"


@dataclass(frozen=True)
class Filled:
    """Words with their slots filled: what is still unfilled, and until when the rest may stand."""

    content: Any
    unfilled: tuple[str, ...]
    until: date | None


@dataclass(frozen=True)
class Place:
    """The settings of one place, by name."""

    settings: Mapping[str, Setting]

    def text(self, name: str) -> str:
        """A setting's words, or nothing where it is not set."""
        setting = self.settings.get(name)
        return str(setting.value).strip() if setting else ""

    def is_on(self, name: str) -> bool:
        """Whether a switch is on; a switch that is not set is off."""
        setting = self.settings.get(name)
        return bool(setting and setting.value is True)

    @property
    def is_fictional(self) -> bool:
        """Whether this is the shipped example or another that says it is made up."""
        return self.is_on("place_is_fictional")

    def slots_in(self, content: Any) -> tuple[str, ...]:
        """The names of all slots in a text or in anything made of texts."""
        return tuple(
            dict.fromkeys(name for text in _braced(content) for name in SLOT.findall(text))
        )

    def braced_in(self, content: Any) -> list[str]:
        """Every text with a brace in anything made of texts."""
        return _braced(content)

    def fill(self, content: Any) -> Filled:
        """The same content with each slot replaced by the place's words."""
        names = self.slots_in(content)
        used = [name for name in names if name in self.settings]
        filled = {name for name in used if self.settings[name].is_filled}
        days = [self.settings[name].review_by for name in filled]
        words = {name: self.text(name) for name in filled}
        unfilled = tuple(name for name in names if name not in filled)
        said = _replaced(content, words) if words else content
        return Filled(said, unfilled, min(days, default=None))


def _braced(content: Any) -> list[str]:
    found: list[str] = []
    left = [content]
    while left:
        one = left.pop()
        if isinstance(one, str):
            if "{" in one or "}" in one:
                found.append(one)
        elif isinstance(one, dict):
            left += reversed(one.values())
        elif isinstance(one, list | tuple):
            left += reversed(one)
    return found


def _replaced(content: Any, words: Mapping[str, str]) -> Any:
    if isinstance(content, str):
        return SLOT.sub(lambda slot: words.get(slot[1], slot[0]), content)
    if isinstance(content, Mapping):
        return {name: _replaced(value, words) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_replaced(value, words) for value in content]
    return content


def read_place(path: Path, today: date) -> tuple[Place, list[Finding]]:
    """A place's settings and all that is wrong with the file; what is wrong is left out."""
    shown = path.name
    text = read_text(path, shown)
    if isinstance(text, Finding):
        return Place({}), [text]
    settings: dict[str, Setting] = {}
    findings: list[Finding] = []
    read = _read(text, shown)
    if isinstance(read, Finding):
        return Place({}), [read]
    for name, found in read:
        if isinstance(found, Setting):
            settings[name] = found
            findings += _weighed(shown, name, found, today)
        else:
            findings += found
    for name in CONTACTS:
        if words := _unfit(name, settings.get(name)):
            findings.append(fault(shown, name, "place", words))
    return Place(settings), findings


# Looked at each night, and most nights it says what it said.
@lru_cache(16)
def _read(text: str, shown: str) -> tuple[tuple[str, Setting | tuple[Finding, ...]], ...] | Finding:
    """Each setting of a file by its name, or what is wrong with it."""
    content = parsed(text, shown)
    if isinstance(content, Finding):
        return content
    return tuple((name, _setting(name, raw, shown)) for name, raw in _flat(content))


def _setting(name: str, raw: Any, shown: str) -> Setting | tuple[Finding, ...]:
    if not NAME.fullmatch(name) or not isinstance(raw, Mapping):
        words = "a setting is [lower_case_name] and four lines below it"
        return (fault(shown, name, "place", words),)
    try:
        setting = Setting.model_validate(raw)
    except ValidationError as error:
        return tuple(fault(shown, name, "place", words) for words in sentences(error, Setting))
    if misfit := setting.misfit():
        return (fault(shown, name, "place", misfit),)
    return setting


def _unfit(name: str, setting: Setting | None) -> str:
    """Why a setting that every page shows cannot be shown, or nothing."""
    if setting is None:
        return "is missing: every page shows it, so add it"
    if not any(letter.isalnum() for letter in str(setting.value)):
        return "is empty: every page shows it, so fill it"
    if setting.type != CONTACTS[name]:
        return f"`type` must be {CONTACTS[name]!r}, not {setting.type!r}: every page shows it"
    return ""


def _is_one_line(words: str) -> bool:
    """Whether no letter breaks the line or stands for nothing at all."""
    return not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in words)


def _weighed(shown: str, name: str, setting: Setting, today: date) -> Iterator[Finding]:
    if not setting.is_filled:
        yield warning(shown, name, "place", "is empty: questions that need it are not asked")
    if setting.review_by < today:
        yield warning(
            shown,
            name,
            "place",
            f"was to be looked at by {setting.review_by}: questions that need it are not asked",
        )


def _flat(tables: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names are tables in tables: a table with a `type` that is no table is a setting."""
    for name, value in tables.items():
        dotted = f"{prefix}{name}"
        deeper = isinstance(value, Mapping) and not isinstance(value.get("type", {}), str)
        if deeper and any(isinstance(inner, Mapping) for inner in value.values()):
            yield from _flat(value, f"{dotted}.")
        else:
            yield dotted, value
