"""Rules about what is told after the answer: W29 and W30."""

import re

from questions.counts import how_many
from questions.kinds import Question
from questions.lint.said import Check, Said
from questions.lint.text import feedback, keys_and_others, texts, whys, words_in

# Letters differ from person to person, for options are shuffled.
_NAMES_LETTER = re.compile(
    r"\b[Tt]he (?:right|correct) answer (?:is|was)\b|(?:^|[.!?] )The answer (?:is|was)\b"
    r"|\b(?:[Oo]ption|[Aa]nswer|[Cc]hoice) [A-H1-6]\b"
    r"|\b(?:[Oo]ption|[Cc]hoice) (?:one|two|three|four)\b"
    r"|\bthe (?:first|second|third|fourth|last) (?:option|answer|choice)\b",
)


def _bare(text: str) -> str:
    return " ".join(words_in(text)).casefold()


def w29_say_why(question: Question) -> Said:
    """The learning happens in the reasons."""
    for text, why in zip(texts(question), whys(question), strict=True):
        count = len(words_in(why))
        if not 8 <= count <= 60:
            yield (
                "fault",
                f'the reason for "{text}" has {how_many(count, "word")}: say why in 8 to 60',
            )
    for text in feedback(question):
        if found := _NAMES_LETTER.search(text):
            yield "fault", f'"{found[0]}" in a reason: options are shuffled, so say what is right'
    keys, _ = keys_and_others(question)
    if {_bare(text) for text in feedback(question)} & {_bare(text) for text in keys}:
        yield "fault", "a reason repeats the right answer: say why it is right"


_BELITTLING = re.compile(
    r"\b(?:obviously|clearly|simply|of course|should(?: really)? have known|surely|needless to say"
    r"|everyone knows|any(?:one|body) (?:knows|can see)|as you should know|silly|stupid|foolish"
    r"|common sense|just(?! (?:as|before|after|over|under|in case)\b))\b|\b[Ww]rong!",
    re.IGNORECASE,
)
# "Say clearly what you saw" is advice, not scorn.
_ADVICE = re.compile(
    r"\b(?:say|said|speak|write|written|explain|record|ask|state|put|tell|mark|think)(?: \w+){0,3} "
    r"(?:clearly|simply)\b|\bclearly and\b",
    re.IGNORECASE,
)


def w30_kind(question: Question) -> Said:
    """People who feel foolish stop learning."""
    for text in feedback(question):
        for word in _BELITTLING.findall(_ADVICE.sub("", text)):
            yield "warning", f'"{word}" in a reason can make somebody feel foolish: leave it out'


CHECKS: tuple[Check, ...] = (w29_say_why, w30_kind)
