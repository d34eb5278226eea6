"""Rules about what is asked, and about the story before it: W01 to W13."""

import re
from functools import cache

from questions.counts import how_many
from questions.kinds import Authority, Question
from questions.lint.said import Check, Said
from questions.lint.text import (
    NUMBER_WORDS,
    any_of,
    keys_and_others,
    listed,
    lists,
    sentences_in,
    stem,
    texts,
    words_in,
)
from questions.place import SLOT

_ASKING = r"(?:who|whom|whose|what|when|where|which|why|how)"
_TWO_ASKED = re.compile(rf"\b{_ASKING}\b.*(?:\band\b|,)\s+(?:\w+\s+)?{_ASKING}\b", re.IGNORECASE)
_FACT = re.compile(r"[A-Z]\d{1,3}")


def w01_one_idea(question: Question) -> Said:
    """A question asks one thing; facts that it names are numbers of a fact sheet."""
    if _TWO_ASKED.search(question.ask) or question.ask.count("?") > 1:
        yield "warning", "asks two things: a wrong answer would not tell which; make two questions"
    for fact in question.facts:
        if not _FACT.fullmatch(fact):
            yield "fault", f"{fact!r} in `facts` is no number of a fact sheet, such as R13"


_NUMBERED = r"(?:chapter|paragraph|page|section|article|clause|subsection)s?"
_ASKS_FOR_PLACE = re.compile(
    rf"\b(?:which|what) {_NUMBERED}\b"
    r"|\b(?:which|what) (?:part|schedule) of (?:the |Working |an? )?(?:\w+ )?(?:Act|guidance)\b"
    rf"|\bwhere in (?:the )?(?:Act|guidance|Working Together|document)\b"
    rf"|\b{_NUMBERED} number\b",
    re.IGNORECASE,
)
_IS_PLACE = re.compile(
    rf"(?:in |under |the )*(?:{_NUMBERED}|s\.?)\s*\d+\w*(?:\(\w+\))*(?: of .{{1,60}})?\.?",
    re.IGNORECASE,
)


def w02_what_matters(question: Question) -> Said:
    """Nobody at work needs to know the number of a paragraph."""
    are_places = all(_IS_PLACE.fullmatch(text) for text in texts(question))
    if _ASKS_FOR_PLACE.search(question.ask) or are_places:
        yield "fault", "asks for the number of a section, chapter or page: ask what it means to do"


_RECITE = re.compile(r"(?:please )?(?:define|list|state|name|recite)\b", re.IGNORECASE)
_DEFINITION = re.compile(r"\b(?:definition|defined)\b", re.IGNORECASE)


def w03_use_the_rule(question: Question) -> Said:
    """Staff use a rule; they do not recite it."""
    if _RECITE.match(question.ask) or _DEFINITION.search(question.ask):
        yield "warning", "asks to define or list: ask what to do with it instead"


_OPINION = re.compile(
    r"\b(?:in your (?:opinion|view|experience)|do you (?:think|feel|believe|prefer|like)"
    r"|would you (?:prefer|rather|like)|most important quality|your favourite)\b",
    re.IGNORECASE,
)


def w04_a_source_not_an_opinion(question: Question) -> Said:
    """What two experts would argue about is not ready."""
    if _OPINION.search(question.ask):
        yield "fault", "asks for an opinion: ask what a source says or what should be done"


_UNITS = r"(?:working |calendar )?(?:hour|day|week|month|year)s?"
_COUNT = rf"(?:\d+|{'|'.join(NUMBER_WORDS)})"
_LIMIT = re.compile(
    r"\b(?:within|every|at least|at most|no later than|up to|in under) (?:the )?"
    rf"{_COUNT} {_UNITS}\b"
    rf"|\b{_COUNT} (?:working|calendar) {_UNITS}\b",
    re.IGNORECASE,
)


def w05_local_is_local(question: Question) -> Said:
    """A local rule is told as this place's own, not as everybody's."""
    if question.authority is not Authority.LOCAL:
        return
    if not SLOT.search(stem(question)):
        words = 'if it is the same in every area, say so: allow = { W05 = "the same everywhere" }'
        yield "fault", f"rests on local procedure, but scenario and ask name no slot; {words}"
    keys, _ = keys_and_others(question)
    if any(_LIMIT.search(text) for text in (stem(question), *keys)):
        yield "warning", "rests on local procedure, but writes out a time limit: use a slot for it"


_WT = re.compile(r"\bWorking Together\b[^.?!]{0,40}?\b(20[01]\d|202[0-5])\b")
_GOLDEN = re.compile(r"\bseven golden rules\b", re.IGNORECASE)


@cache
def _outdated() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What is outdated: abbreviations, which are told by their capitals, and words."""
    outdated: dict[str, str] = lists("words")["outdated"]
    short = [word for word in outdated if re.fullmatch(r"[A-Z]{3,}s?", word)]
    return any_of(short, 0), any_of(word for word in outdated if word not in short)


def w06_as_it_is_now(question: Question) -> Said:
    """The law and its words as they are now."""
    text = " ".join((stem(question), *texts(question), *question.menus, question.because))
    outdated: dict[str, str] = lists("words")["outdated"]
    now = {word.casefold(): today for word, today in outdated.items()}
    found = (word for pattern in _outdated() for word in pattern.findall(text))
    for word in dict.fromkeys(found):
        yield "warning", f'"{word}" is outdated: today it is {now[word.casefold()]}'
    for year in _WT.findall(text):
        yield "warning", f"Working Together {year} was replaced by the 2026 edition"
    if _GOLDEN.search(text) and "2024" not in text:
        yield "warning", '"the seven golden rules" belong to the advice of 2024: say so'


_OPEN_END = re.compile(r"(?::|…|\.\.\.|_{2,}|-{2,}|–|,)\s*$")


def w07_complete(question: Question) -> Said:
    """Cover the options: an able colleague could answer."""
    if not question.ask.rstrip().endswith("?"):
        yield "fault", '`ask` does not end with "?": make it a whole question'
    elif len(words_in(question.ask)) < 5:
        yield "fault", "`ask` has fewer than five words: make it a question that stands alone"
    if _OPEN_END.search(question.scenario) or re.search(r"_{2,}|…", question.ask):
        yield "fault", "leaves a gap or an open end for the options to fill: ask a whole question"


def w08_only_what_is_needed(question: Question) -> Said:
    """Detail that the answer does not need tests reading, and can distress."""
    count = len(words_in(stem(question)))
    if count > 120:
        yield (
            "fault",
            f"scenario and ask have {how_many(count, 'word')}: at most 90, and never over 120",
        )
    elif count > 90:
        yield "warning", f"scenario and ask have {how_many(count, 'word')}: at most 90"


_NEGATIVE = re.compile(
    r"\b(?:not|never|except|(?<!at )(?<!At )least|incorrect|false|wrong|cannot|\w+n['’]t)\b",
    re.IGNORECASE,
)
_WHETHER = re.compile(r"\bwhether or not\b|\bor not\b", re.IGNORECASE)


def w09_positive(question: Question) -> Said:
    """People miss the word "not"."""
    for word in _NEGATIVE.findall(_WHETHER.sub("", question.ask)):
        yield "fault", f'asks with "{word}", which readers miss: ask for what is right'


_WHICH_TRUE = re.compile(
    r"\bwhich (?:one |\w+ )?(?:of (?:the following|these|those|the \w+) )?(?:\w+ )?"
    r"(?:statements?|(?:is|are) (?:true|correct|false|incorrect|right|wrong))\b",
    re.IGNORECASE,
)
_TRUE_OR_FALSE = re.compile(
    r"\b(?:true|right|correct) or (?:false|wrong|incorrect)\b", re.IGNORECASE
)


def w10_no_which_is_true(question: Question) -> Said:
    """One question, not four true-or-false ones."""
    if _WHICH_TRUE.search(question.ask) or _TRUE_OR_FALSE.search(question.ask):
        yield "fault", "asks which statement is true, so four things at once: ask one question"


_YOU = re.compile(
    r"\byou (?:are|work|manage|coach|run|teach|chair|lead|volunteer|supervise|answer|look after"
    r"|care|support|help|foster|nurse|train|drive|visit|take|have|represent)\b",
    re.IGNORECASE,
)


def w11_role(question: Question) -> Said:
    """What is right to do depends on who you are."""
    if question.level != "apply":
        return
    text = stem(question)
    if not _YOU.search(text) and not listed("roles").search(text):
        yield "warning", 'asks what to do without saying who: "You are a school nurse. …"'


_PLAIN_UN = re.compile(
    r"un(?:less|til|der\w*|it\w*|ion\w*|ique\w*|ivers\w*|iform\w*|cle\w*|iso\w*|born|i|ified|ify)",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:not|never|without|no(?! longer than\b)(?! later than\b)(?! more than\b)|cannot|\w+n['’]t"
    r"|un[a-z]{3,}|refus(?:e|es|ed|ing|al)|fail(?:s|ed|ing|ure)?)\b",
    re.IGNORECASE,
)


def w12_one_negative(question: Question) -> Said:
    """Knowledge is tested, not alertness."""
    for text in (stem(question), *texts(question)):
        for sentence in (part for s in sentences_in(text) for part in re.split(r"[:;]\s", s)):
            found = _negatives(sentence)
            if len(found) > 1:
                in_one_breath = any(len(_negatives(part)) > 1 for part in _CLAUSE.split(sentence))
                shown = ", ".join(f'"{word}"' for word in found)
                words = f"a sentence says no twice ({shown}): say it the plain way round"
                yield ("fault" if in_one_breath else "warning"), words


# "No speech, so not asked" is harder than it need be; "not without" is a riddle.
_CLAUSE = re.compile(r", | (?:and|but|so|because) ")


def _negatives(text: str) -> list[str]:
    return [word for word in _NO.findall(text) if not _PLAIN_UN.fullmatch(word)]


_FIRST = re.compile(
    r"\bfirst\b(?=\s*[?,.;:]|$)|\b(?:do|act|call|tell|ask|ring|speak|contact|happen|come) first\b"
    r"|\bfirst (?:thing|step|action|priority|task|move|call|response)\b"
)
_RANKED_LOWER = re.compile(
    r"(?<!their )(?<!her )(?<!his )\bbest\b(?! interests?)|(?<!at )\bmost\b(?! of\b)(?! recent)"
    r"|\bmain\b(?! carers?| category| parent)"
)
_RANKED = re.compile(r"\b(?:first|best|most|main|next)\b", re.IGNORECASE)
_ASKS_TO_ACT = re.compile(
    r"\b(?:should|would|could|must|do|can|will|might|need)\b[^?]*\b(?:you|do)\b", re.IGNORECASE
)
_WORD_NOT = re.compile(r"\b(?:not|never|except|least|incorrect|false|wrong|cannot)\b")


def w13_show_what_ranks(question: Question) -> Said:
    """The word that makes one of several good answers the right one must not be missed."""
    for pattern in (_FIRST, _RANKED_LOWER):
        if found := pattern.search(question.ask):
            word = next(w for w in ("first", "best", "most", "main") if w in found[0])
            yield "warning", f'"{word}" decides which answer is right: write {word.upper()}'
    if "W09" in question.allow and _WORD_NOT.search(question.ask):
        yield "warning", "a negative word that is allowed must be seen: write it in capitals"
    actions = lists("words")["actions"]
    first_words = [words[0].casefold() for text in texts(question) if (words := words_in(text))]
    acts = sum(word in actions for word in first_words)
    asks_to_act = _ASKS_TO_ACT.search(question.ask) and not _RANKED.search(question.ask)
    if question.kind == "one-of" and acts >= 3 and asks_to_act:
        yield "warning", "several options are things to do: ask for the FIRST or BEST of them"


CHECKS: tuple[Check, ...] = (
    w01_one_idea,
    w02_what_matters,
    w03_use_the_rule,
    w04_a_source_not_an_opinion,
    w05_local_is_local,
    w06_as_it_is_now,
    w07_complete,
    w08_only_what_is_needed,
    w09_positive,
    w10_no_which_is_true,
    w11_role,
    w12_one_negative,
    w13_show_what_ranks,
)
