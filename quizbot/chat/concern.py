"""Words that sound like a child at risk, a disclosure or distress: answered at once, never kept.

Better once too often than not at all: what is not recognised is answered with the same numbers, so
that a word missing from `concern.toml` costs nobody anything. Nothing here is logged, and nothing
looks anything up.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from quizbot.service import Service

_WORD = re.compile(r"\?+(?=\w)|[^\W_]+")
_AGE = re.compile(
    r"\b(?:\d{1,2} ?(?:yrs?|years?|mths?|months?|wks?|weeks?|days?)[ -]?olds?|\d{1,2} ?y(?:r|/)?o\b"
    r"|\d{1,2}/(?:12|40|52|7)\b|u\d{1,2}s\b|yr ?\d{1,2}s? (?:girl|boy|pupil)|year \d{1,2} (?:girl|boy|pupil)"
    r"|(?:s?he'?s?|is|was|aged|they'?re|who'?s) (?:is |only |just |about |like |nearly |barely )*(?:\d{1,2}|NUMBER)"
    r"(?! ?(?:%|min|hour|hr|day|week|question|of|out|per|am|pm|o'?clock|right|wrong|minutes|more|:))\b"
    r"|NUMBER[ -](?:year|month|week)s?[ -]olds?)".replace(
        "NUMBER",
        "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
        "|sixteen|seventeen)",
    )
)
# A child who writes: "im 8", "i am only nine", "I'm in year 6".
_A_CHILD_WRITES = re.compile(
    r"\bi(?:'?m| am) (?:only |just |nearly |a )*(?:[5-9]|1[0-7]|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|thirteen|fourteen|fifteen|sixteen|seventeen)\b"
    r"(?! ?(?:%|min|hour|hr|day|week|month|question|of|out|per|am|pm|o'?clock|right|wrong|more|points|down|in\b|into|through))"
    r"|\bi(?:'?m| am) in (?:year|yr|y) ?\d"
)
_CONTRACTED = (("n't", "nt"), ("'ll", " will"), ("'ve", " have"), ("'re", " are"), ("'", ""))
_ONE_WORD = (("do not", "dont"), ("did not", "didnt"), ("does not", "doesnt"), ("will not", "wont"),
             ("can not", "cant"), ("is not", "isnt"), ("has not", "hasnt"), ("have not", "havent"),
             ("would not", "wouldnt"), ("i am", "im"), ("i have", "ive"))  # fmt: skip
_DOUBLED = re.compile(r"([^\W\d])\1+")
# Words with letters that English has not: two of them are a sentence in another language.
_OTHER_LETTERS = re.compile(r"\w*[^\W\d_a-zA-Z]\w*")


def sounds_like_concern(words: str) -> bool:
    """Whether words may be about a real child, a disclosure, or somebody in distress."""
    return shows_a_sign(words) or speaks_of_somebody(words)


def shows_a_sign(words: str) -> bool:
    """Whether words hold a sign of something wrong, and somebody it is about."""
    plain, said, lists = _plain(words), _spelt(words), _lists()
    if _A_CHILD_WRITES.search(plain) or lists["enough"].search(said) or said in _NOTHING_ELSE:
        return True
    if lists["foreign_who"].search(said) and lists["foreign_signs"].search(said):
        return True
    is_pointed = lists["pointed"].search(said) or lists["ours"].search(said)
    kinds = {kind for kind, signs in lists["signs"].items() if signs.search(said)}
    if _is_procedure(said):
        return bool(is_pointed and kinds - _EVERYDAY)
    if lists["terms"].search(said):
        return True
    is_somebody = is_pointed or any(lists[who].search(said) for who in ("child", "grown", "roles"))
    if kinds and (is_somebody or _AGE.search(plain)):
        return True
    return len(kinds & _GRAVE) >= 2 or len(kinds) >= 3


def speaks_of_somebody(words: str) -> bool:
    """Whether words are about a person, or in another language, and not about a questionnaire."""
    said, lists = _spelt(words), _lists()
    if _is_procedure(said):
        return False
    if len(_OTHER_LETTERS.findall(words)) >= 2:
        return True
    return bool(lists["pointed"].search(said) or lists["grown"].search(said))


def _is_procedure(said: str) -> bool:
    """Whether words are about the questionnaires, or a question in general such as they ask."""
    return any(_lists()[about].search(said) for about in ("questionnaire", "content", "general"))


_NOTHING_ELSE = frozenset(
    f" {words} "
    for words in ("help me", "help me please", "please help me", "im scared", "im so scared")
)
_EVERYDAY = frozenset(("night", "secret", "mind"))
_GRAVE = frozenset(("force", "body", "touch", "fear", "food", "online", "used", "drink", "mind"))


# How words are made plain


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").replace("`", "'").split())


def _spelt(words: str) -> str:
    """As one spells: text-speak put right, contractions whole, doubled letters once."""
    plain = _plain(words)
    for short, whole in _CONTRACTED:
        plain = plain.replace(short, whole)
    spelling = _told()["spelling"]
    plain = f" {' '.join(spelling.get(word, word) for word in _WORD.findall(plain))} "
    for parted, whole in _ONE_WORD:
        plain = plain.replace(f" {parted} ", f" {whole} ")
    return _DOUBLED.sub(r"\1", plain)


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@cache
def _lists() -> dict[str, Any]:
    told = _told()
    who = told["who"]
    return {
        "enough": any_of(told["enough"]),
        "terms": any_of(told["terms"]),
        "child": any_of(who["child"], plural=True),
        "grown": any_of(who["grown"], plural=True),
        "roles": any_of(who["roles"], plural=True),
        "pointed": any_of(who["pointed"]),
        "ours": any_of(f"my {one}" for one in (*who["child"], *who["grown"], *who["roles"])),
        "signs": {kind: any_of(signs) for kind, signs in told["signs"].items()},
        "questionnaire": any_of(told["questionnaire"]["words"]),
        "content": any_of(told["questionnaire"]["content"]),
        "general": re.compile(
            rf"^ (?:(?:so|and|but|hi|hello|please) )*{any_of(told['in_general']['words']).pattern}"
        ),
        "foreign_who": any_of(told["languages"]["who"]),
        "foreign_signs": any_of(told["languages"]["signs"]),
    }


def any_of(phrases: Iterable[str], *, plural: bool = False) -> re.Pattern[str]:
    """A pattern for any of some phrases as `concern.toml` writes them, each whole."""
    ending = "s?" if plural else ""
    made = (ending.join(("", "")) + _pattern(phrase) + ending for phrase in phrases)
    return re.compile(rf"(?<= )(?:{'|'.join(sorted(made, key=len, reverse=True))})(?= )")


def _pattern(phrase: str) -> str:
    spelling, parts = _told()["spelling"], []
    for word in phrase.replace("'", "").split():
        if word == "..":
            parts.append("(?:[^ ]+ ){0,4}")
            continue
        stem = word.rstrip("*")
        stem = spelling.get(stem, stem) if stem == word else stem
        stem = re.escape(_DOUBLED.sub(r"\1", stem)).replace(r"\ ", " ")
        parts.append(stem + (r"[^ ]*" if word.endswith("*") else "") + " ")
    return "".join(parts).rstrip()


def helplines() -> str:
    """Who listens to anybody, anywhere in the country."""
    return "Childline 0800 1111, Samaritans 116 123: free, day and night."


def where_to_turn(service: Service, first: str = "If a child is in danger now: 999.") -> str:
    """Whom to ring, by this place's own settings; a number that is not set is left out."""
    return "\n".join([first, *_teams(service), helplines()])


def _teams(service: Service) -> list[str]:
    lines = []
    for team, phone, when in (
        ("referral_team", "referral_phone", "referral_hours"),
        ("out_of_hours_team", "out_of_hours_phone", ""),
    ):
        called, number = service.place.text(team), service.place.text(phone)
        if called or number:
            hours = service.place.text(when) if when else "out of hours"
            lines.append(", ".join(part for part in (called, number, hours) if part) + ".")
    if lines and service.place.is_fictional:
        lines[-1] += " (This is a fictional place: its teams and numbers are made up.)"
    return lines


def answer(service: Service) -> str:
    """What is said at once to words that sound like a concern."""
    teams = "\n".join(_teams(service))
    return (
        "If anybody is in danger now, ring 999.\n\n"
        "This is not read by anyone, and nothing of it is kept here. If it is about a real child, or"
        f" somebody has told you something, please do not wait for this service:\n{teams}\n\n"
        "If it is about you, whatever your age, you need not be alone with it: Samaritans listen day"
        " and night on 116 123, and Childline, for everybody under 19, on 0800 1111.\n\n"
        "If you only meant a questionnaire, say /modules."
    )


def either(service: Service, first: str = "That was not understood.") -> str:
    """What is said where it is not clear what is meant: both ways, in six lines."""
    about = "If this is about a child, or about you, please do not wait. In danger now: 999."
    return (
        f"{first} It is not read by anyone, and not kept.\n{where_to_turn(service, about)}\n"
        "If you meant a questionnaire: say its name, or tap a button."
    )
