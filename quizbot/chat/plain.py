"""What plain words mean: a command, or the name of a questionnaire.

A command is taken only where the message is the command: one of the phrases of `plain.toml`, and
nothing beside it but a please. Everything longer may be about a child, and is answered as such.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

LONGEST = 12  # words of what is read as a command
LEAST_FOR_A_SLIP = 5  # letters of a word that is understood with a slip
_SLASH = re.compile(r"/([^\s@]*)(?:@\S*)?\s*(.*)", re.DOTALL)
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{64}")
_LETTERS = re.compile(r"([a-h])(?:[\s,.;&+/]*(?:and\s+)?([a-h]))*[.!)]?")


def slash(words: str) -> tuple[str, str]:
    """The name after the slash and what follows it, on its line or on the next."""
    found = _SLASH.fullmatch(words)
    return (found[1].casefold(), found[2].strip()) if found else ("", words)


def is_payload(words: str) -> bool:
    """Whether words are what a deep link carries, and no words at all."""
    return bool(_PAYLOAD.fullmatch(words))


def is_around(words: str) -> bool:
    """Whether words are nothing but what may follow a command: please, thanks."""
    return bool(said := _said(words)) and _without(said, (), _told()["around"]["after"]) == ""


def is_letters(words: str) -> bool:
    """Whether somebody typed the letters of an answer, each once, and nothing else."""
    plain = words.strip().casefold()
    if not _LETTERS.fullmatch(plain) or plain.rstrip(".!)") in _told()["letters"]["words"]:
        return False
    letters = re.findall(r"[a-h]", re.sub(r"\band\b", "", plain))
    return len(set(letters)) == len(letters)


def command_meant(words: str) -> str:
    """The command that a message is; nothing where it is none, or more than that."""
    said = _said(words)
    if not said:
        return "help" if words.strip() and not words.strip().strip("?") else ""
    if said.count(" ") >= LONGEST:
        return ""
    around, phrases = _told()["around"], _phrases("commands")
    if _told_thanks(said):
        return "thanks"
    bare = _without(said, around["before"], around["after"])
    found = phrases.get(said) or phrases.get(bare) or _nearly(bare, phrases)
    # To ask how to unlink is not to do it: what stops for now offers the button.
    return "pause" if found == "stop" and not said.startswith(bare) else found


def button_meant(words: str) -> str:
    """Which button under a question somebody types instead of tapping it; nothing where none."""
    return _phrases("buttons").get(_said(words), "")


def module_meant(words: str, titles: Mapping[str, str], *, whole: bool = False) -> str:
    """The questionnaire that is named, by id and title; nothing where none is, or several are.

    With `whole` the words are nothing but its name.
    """
    names = _told()["names"]
    around = (
        frozenset(names["around"]) if whole else frozenset((*names["around"], *names["beyond"]))
    )
    said = _stems(words, around)
    ids = {id_: _stems(id_.replace("-", " "), around) for id_ in titles}
    known = {id_: _stems(title, around) | ids[id_] for id_, title in titles.items()}
    if whole:
        fitting = [id_ for id_ in titles if said <= known[id_] and said & ids[id_]]
        fitting = [id_ for id_ in fitting if ids[id_] <= said] or fitting
        return fitting[0] if len(fitting) == 1 else ""
    if not said:
        return ""
    named = [id_ for id_ in titles if ids[id_] <= said] or [
        id_ for id_ in titles if said <= known[id_]
    ]
    return named[0] if len(named) == 1 else "" if named else module_nearly_meant(words, titles)


def module_nearly_meant(words: str, titles: Mapping[str, str]) -> str:
    """The questionnaire whose name is written with a slip; nothing where words say more."""
    said = _stems(words, frozenset(_told()["names"]["around"]))
    if not 0 < len(said) <= 3:
        return ""
    ids = {" ".join(sorted(_stems(id_.replace("-", " "), frozenset()))): id_ for id_ in titles}
    near = get_close_matches(" ".join(sorted(said)), list(ids), 1, 0.75)
    return ids[near[0]] if near else ""


def phrases() -> Mapping[str, list[str]]:
    """What is understood as a command, by its name."""
    told: Mapping[str, list[str]] = _told()["commands"]
    return told


# How words are made plain


def _said(words: str) -> str:
    """The words alone, with one space between them: no case, apostrophe or other mark."""
    plain = words.casefold().replace("’", "").replace("'", "")
    return " ".join(re.findall(r"[^\W_]+", plain))


def _without(said: str, before: Collection[str], after: Collection[str]) -> str:
    """Words without what may stand around them."""
    shorter = said
    while True:
        for phrase in before:
            shorter = shorter.removeprefix(f"{phrase} ")
        for phrase in after:
            shorter = f" {shorter}".removesuffix(f" {phrase}").strip()
        if shorter == said:
            return said
        said = shorter


def _told_thanks(said: str) -> bool:
    """Whether somebody says thanks and what for, in few and harmless words."""
    first = said.removeprefix("ok ").removeprefix("okay ")
    is_thanks = any(f"{first} ".startswith(f"{one} ") for one in _told()["commands"]["thanks"])
    return is_thanks and set(said.split()) <= set(_told()["around"]["thanks"])


def _nearly(said: str, phrases: Mapping[str, str]) -> str:
    """What a single word means that has a slip."""
    if len(said) < LEAST_FOR_A_SLIP or " " in said:
        return ""
    single = [one for one in phrases if len(one) >= LEAST_FOR_A_SLIP and " " not in one]
    near = get_close_matches(said, single, 1, 0.85)
    return phrases[near[0]] if near and phrases[near[0]] != "stop" else ""


def _stems(words: str, around: Collection[str]) -> frozenset[str]:
    meant = _told()["names"]["meant"]
    plain = " ".join(meant.get(word, word) for word in _said(words).split()).split()
    return frozenset(word.rstrip("s") or word for word in plain if word not in around)


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@cache
def _phrases(of: str) -> dict[str, str]:
    """Each phrase of a kind, and what it means."""
    return {phrase: name for name, phrases in _told()[of].items() for phrase in phrases}
