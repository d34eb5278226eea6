"""How the words of a message are made plain, and looked for in the lists of `concern.toml`."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from quizbot.words import plain_letters

_WORD = re.compile(r"[^\W_]+")
_DOUBLED = re.compile(r"([^\W\d])\1+")
_CONTRACTED = (("n't", "nt"), ("'ll", " will"), ("'ve", " have"), ("'re", " are"), ("'", ""))
_ONE_WORD = (("do not", "dont"), ("did not", "didnt"), ("does not", "doesnt"), ("will not", "wont"),
             ("can not", "cant"), ("is not", "isnt"), ("has not", "hasnt"), ("have not", "havent"),
             ("would not", "wouldnt"), ("i am", "im"), ("i have", "ive"))  # fmt: skip


@cache
def told() -> dict[str, Any]:
    """The lists, as they are written."""
    return tomllib.loads(Path(__file__).with_name("concern.toml").read_text("utf-8"))


def lowered(words: str) -> str:
    """In small letters, with plain apostrophes and one space between."""
    return " ".join(words.casefold().replace("’", "'").replace("`", "'").split())


def words_of(words: str) -> list[str]:
    """The words alone, without apostrophes, as they are typed."""
    return _WORD.findall(lowered(words).replace("'", ""))


def spelt(words: str) -> str:
    """As one spells: text-speak put right, contractions whole, no accents, doubled letters once."""
    plain = lowered(words)
    for short, whole in _CONTRACTED:
        plain = plain.replace(short, whole)
    spelling = told()["spelling"]
    plain = " ".join(spelling.get(word, word) for word in _WORD.findall(plain))
    plain = f" {' '.join(plain.split())} "
    for parted, whole in _ONE_WORD:
        plain = plain.replace(f" {parted} ", f" {whole} ")
    return " ".join(_once(word) for word in plain.split(" "))


def _once(word: str) -> str:
    """A word without accents, its doubled letters once."""
    if word in told()["doubled"]:
        return word
    return _DOUBLED.sub(r"\1", plain_letters(word))


def any_of(phrases: Iterable[str], *, plural: bool = False) -> re.Pattern[str]:
    """A pattern for any of some phrases as `concern.toml` writes them, each whole."""
    ending = "s?" if plural else ""
    made = (_pattern(phrase) + ending for phrase in phrases)
    return re.compile(rf"(?<= )(?:{'|'.join(sorted(made, key=len, reverse=True))})(?= )")


def _pattern(phrase: str) -> str:
    spelling, parts = told()["spelling"], []
    for word in phrase.replace("'", "").split():
        if word == "..":
            parts.append("(?:[^ ]+ ){0,4}")
            continue
        stem = word.rstrip("*")
        stem = spelling.get(stem, stem) if stem == word else stem
        stem = re.escape(" ".join(map(_once, stem.split(" ")))).replace(r"\ ", " ")
        parts.append(stem + (r"[^ ]*" if word.endswith("*") else "") + " ")
    return "".join(parts).rstrip()
