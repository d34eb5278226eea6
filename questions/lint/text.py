"""Words, sentences and syllables, as the rules count them."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from questions.kinds import OptionQuestion, Question

# A slot is one word, whatever the place will put there.
_WORD = re.compile(r"\{[^{}]*\}|[A-Za-z]+(?:['’-][A-Za-z]+)*|\d+(?:[.:,]\d+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]*[A-Z0-9{])|\n\s*\n")
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
).split()
NUMBER_WORDS = {word: number for number, word in enumerate(_NUMBERS)} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
}
_SMALL = set(
    "a an the of to in on at by for from with and or but as if is are was were be been has have "
    "had do does did it its he she they them his her their him you your i my we our us this that "
    "these those there here who whom whose which what when where how why not no so than then now "
    "will would can could should may might must about into out up off over under after before "
    "also too very some any each other another one all more most only just because since while "
    "until unless".split()
)
_ENDINGS = (
    "ations ation ments ment ings ions ing ion ally ness able ible ive ity ies ied ers red ral "
    "al er ed es um ate ly s y e"
).split()


@cache
def lists(name: str) -> dict[str, Any]:
    """The lists that authors may add to: `words` and `names`."""
    return tomllib.loads(Path(__file__).parent.with_name(f"{name}.toml").read_text("utf-8"))


def any_of(words: Iterable[str], flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """A pattern for any of some words or phrases, each whole; the longest first."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", flags)


@cache
def listed(name: str) -> re.Pattern[str]:
    """A pattern for what one list of words.toml holds."""
    return any_of(lists("words")[name])


@lru_cache(20_000)
def words_in(text: str) -> tuple[str, ...]:
    """The words, numbers and slots of a text."""
    return tuple(_WORD.findall(text))


@lru_cache(20_000)
def sentences_in(text: str) -> tuple[str, ...]:
    """The sentences of a text; a question mark ends one, and so does an empty line."""
    return tuple(part for part in _SENTENCE_END.split(text.strip()) if words_in(part))


@lru_cache(20_000)
def root(word: str) -> str:
    """A word without its ending, so that "refer" and "referral" are one."""
    word = word.casefold().removesuffix("'s").removesuffix("’s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


@lru_cache(20_000)
def roots(text: str) -> frozenset[str]:
    """What a text speaks of: its words without their endings and without the small ones."""
    return frozenset(
        str(NUMBER_WORDS.get(word.casefold(), root(word)))
        for word in words_in(text)
        if word.casefold() not in _SMALL
    )


def number_in(text: str) -> float | None:
    """The first number of a text, with its unit turned into hours; else None."""
    found = re.search(r"(\d+(?:\.\d+)?)(?:\s+(?:working\s+)?(hour|day|week|month|year))?", text)
    if found is None:
        return None
    hours = {"hour": 1, "day": 24, "week": 168, "month": 730, "year": 8760}
    return float(found[1]) * hours.get(found[2], 24)


@lru_cache(20_000)
def syllables(word: str) -> int:
    """About how many syllables a word has: groups of vowels, without silent endings."""
    word = re.sub(r"[^a-z]", "", word.casefold())
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]es$|[^aeiouytd]ed$", word)
    return max(1, groups - bool(silent and groups > 1))


def reading_grade(texts: list[str]) -> float:
    """The Flesch–Kincaid grade, with each approved technical term as one short word."""
    sentences = [s for text in texts for s in sentences_in(listed("terms").sub("term", text))]
    words = [word for sentence in sentences for word in words_in(sentence)]
    if not words:
        return 0.0
    heard = sum(1 if word[0] == "{" or word[0].isdigit() else syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * heard / len(words) - 15.59


def stem(question: Question) -> str:
    """What is read before the options."""
    return f"{question.scenario.strip()} {question.ask}".strip()


def texts(question: Question) -> list[str]:
    """What can be chosen, in the bank's order."""
    return [question.text_of(letter) for letter in question.letters]


def columns(question: Question) -> list[list[str]]:
    """What stands side by side and so must look alike: options, steps, or either side of pairs."""
    return [texts(question), *([list(question.menus)] if question.kind == "match" else [])]


def keys_and_others(question: Question) -> tuple[list[str], list[str]]:
    """The right options and the wrong ones; nothing where all are used, as with menus."""
    if not isinstance(question, OptionQuestion):
        return [], []
    right = [option.text for option in question.options if option.right]
    return right, [option.text for option in question.options if not option.right]


def whys(question: Question) -> list[str]:
    """The reason given with each option, step or pair."""
    return [line.why for line in question.lines("", question.letters)]


def feedback(question: Question) -> list[str]:
    """All that is told after the answer."""
    return [*whys(question), question.because]


def everything(question: Question) -> list[str]:
    """All that a person reads, but for what a review is quoted as teaching."""
    shown = [question.scenario, question.ask, *(t for side in columns(question) for t in side)]
    return [*shown, *feedback(question)]
