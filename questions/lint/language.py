"""Rules about words: plain English, house style, pain and blame: W31 to W34."""

import re
from functools import cache

from questions.counts import how_many
from questions.findings import Level
from questions.kinds import Question
from questions.lint.said import Check, Said
from questions.lint.text import (
    NUMBER_WORDS,
    any_of,
    everything,
    feedback,
    listed,
    lists,
    reading_grade,
    sentences_in,
    stem,
    texts,
    words_in,
)
from questions.place import SLOT

HIGHEST_GRADE = 8
LONGEST_MEAN = 15

_ABBREVIATION = re.compile(r"(?<![\w.])[A-Z][A-Z]+s?\b")
_KEY_AS_ADJECTIVE = re.compile(
    r"\bkey (?!(?:to|is|in|for|and|or|of|was|safe|stage|workers?)\b)[a-z]+",
    re.IGNORECASE,
)


def w31_plain(question: Question) -> Said:
    """Readers include volunteers, new staff and people who read English as a second language."""
    read = everything(question)
    sentences = [sentence for text in read for sentence in sentences_in(text)]
    for sentence in sentences:
        count = len(words_in(sentence))
        if count > 25:
            level: Level = "fault" if count > 35 else "warning"
            words = f"a sentence has {how_many(count, 'word')}, at most 25"
            yield level, f'{words}: split "{_start(sentence)} …"'
    mean = sum(len(words_in(sentence)) for sentence in sentences) / len(sentences)
    if mean > LONGEST_MEAN:
        yield "warning", f"its sentences have {mean:.0f} words on average, at most {LONGEST_MEAN}"
    grade = reading_grade(read)
    if grade > HIGHEST_GRADE:
        words = f"reading grade {grade:.1f}, at most {HIGHEST_GRADE}: shorter sentences and words"
        yield "warning", words
    yield from _not_spelt_out(" ".join(read))
    plain: dict[str, str] = lists("words")["plain"]
    for word in dict.fromkeys(w.casefold() for t in read for w in listed("plain").findall(t)):
        yield "warning", f'"{word}" has a plain word: {plain[word]}'
    for found in dict.fromkeys(f for text in read for f in _KEY_AS_ADJECTIVE.findall(text)):
        yield "warning", f'"{found}": say "main" or "important", or say why it matters'


def _start(sentence: str) -> str:
    return " ".join(sentence.split()[:5])


def _not_spelt_out(text: str) -> Said:
    known = set(lists("words")["abbreviations"])
    for short in dict.fromkeys(_ABBREVIATION.findall(SLOT.sub("", text))):
        is_known = short in known or short.removesuffix("s") in known
        if not is_known and not _is_spelt_out(short, text):
            yield "warning", f'"{short}" is not spelt out where it is first used: do, or avoid it'


def _is_spelt_out(short: str, text: str) -> bool:
    """Whether a text says "local authority designated officer (LADO)", or the other way round."""
    before, bracket, _ = text.partition(f"({short})")
    if not bracket or short in before:
        return bool(re.search(rf"^.*?\b{short} \([a-z]", text)) and before.count(short) <= 1
    long = [word for word in re.findall(r"[a-z]+", before.casefold()) if word not in _LINKS]
    return "".join(word[0] for word in long[-len(short) :]) == short.casefold()


_LINKS = ("of", "the", "and", "for", "in", "to", "on", "a")


_CONTRACTION = re.compile(r"\b\w+n['’]t\b", re.IGNORECASE)
_UNITS = r"(?:(?:working|calendar|school) )?(?:minute|hour|day|week|month|year)s?"
_SMALL_NUMBER = "|".join(word for word, number in NUMBER_WORDS.items() if 0 < number < 10)
_BIG_NUMBER = "|".join(word for word, number in NUMBER_WORDS.items() if number >= 10)
# A sentence may begin with a number in letters; elsewhere limits and big numbers are figures.
_LIMIT_IN_LETTERS = re.compile(
    rf"(?i:\b(?:within|in under|no later than|at most|up to|every) (?:the )?)"
    rf"(?:{_SMALL_NUMBER}) {_UNITS}\b"
    rf"|(?<=[a-z,;:] )(?:{_SMALL_NUMBER}) (?:working|calendar) days?\b"
)
_BIG_IN_LETTERS = re.compile(rf"(?<=[a-z,;:] )(?:{_BIG_NUMBER})\b")
_SECTION = re.compile(r"\bs\.? ?\d+\b|\bsect?\. ?\d+|\bS\d{2}\b|\bsec \d+")
_AMPERSAND = re.compile(r"\w*\s?&\s?\w*")


@cache
def _style() -> re.Pattern[str]:
    return any_of(lists("words")["style"], 0)


def w32_house_style(question: Question) -> Said:
    """One voice, easy to scan and to translate."""
    text = SLOT.sub("slot", "\n\n".join(everything(question)))
    style: dict[str, str] = lists("words")["style"]
    for word in dict.fromkeys(_CONTRACTION.findall(text)):
        yield "warning", f'"{word}": write it in full'
    for pattern in (_LIMIT_IN_LETTERS, _BIG_IN_LETTERS):
        for words in dict.fromkeys(pattern.findall(text)):
            yield "warning", f'"{words}": write the number in figures'
    for word in dict.fromkeys(_style().findall(text)):
        yield "warning", f'"{word}": write "{style[word]}"'
    for word in dict.fromkeys(_SECTION.findall(text)):
        yield "warning", f'"{word}": write "section" and its number'
    for word in dict.fromkeys(_AMPERSAND.findall(text)):
        yield "warning", f'"{word}": write "and"'


def w33_no_more_pain(question: Question) -> Said:
    """Some readers have lived through what the story tells."""
    if question.sensitive != "none":
        return
    text = " ".join((stem(question), *texts(question), *question.menus))
    found = dict.fromkeys(word.casefold() for word in listed("sensitive").findall(text))
    if found:
        shown = ", ".join(f'"{word}"' for word in found)
        yield "warning", f'speaks of {shown}: is `sensitive` "mild" or "strong"?'


_CHILD = r"(?:child|baby|toddler|girl|boy|pupil|infant|he|she|they|(?-i:[A-Z][a-z]+))"
_ABUSER = r"(?:adult|abuser|perpetrator|offender|exploiter|older|groomer|[2-9]\d-year-old)"
_CARE = r"(?:appointment|clinic|check|dentist|review)"
_BLAME = (
    r"\bput(?:s|ting)? (?:him|her|them|your|my)sel(?:f|ves) at risk\b",
    r"\bpromiscu\w+",
    r"\bstreet[- ]?wise\b",
    r"\bchild prostitut\w+|\b(?:teenage|underage|young) prostitut\w+",
    r"\blifestyle choices?\b",
    r"\battention[- ]?seek\w+",
    r"\bchild(?:ish|hood)? porn\w*|\bkiddie porn\w*",
    rf"\bin a (?:sexual )?relationship with (?:\w+ ){{0,5}}?{_ABUSER}\b",
    r"\bconsent(?:ed|ing|s)? to (?:the |having )?(?:sex\w*|intercourse)\b|\bconsensual sex\b",
    r"\billegal (?:im)?migrants?\b",
    r"\bfail(?:s|ed|ing)? to (?:engage|attend)\b",
    r"\bhard[- ]to[- ]reach\b",
    r"\bbroken homes?\b",
    rf"\b{_CHILD}(?:, aged [\w ]+,)? did not attend (?:\w+ ){{0,4}}{_CARE}",
)
_BLAMES = re.compile("|".join(_BLAME), re.IGNORECASE)


def w34_no_blame(question: Question) -> Said:
    """Words that blame the child change decisions."""
    for text in (stem(question), *texts(question), *question.menus, *feedback(question)):
        for found in _BLAMES.finditer(text):
            yield "fault", f'"{found[0]}" puts the blame in the wrong place: say what others did'


CHECKS: tuple[Check, ...] = (w31_plain, w32_house_style, w33_no_more_pain, w34_no_blame)
