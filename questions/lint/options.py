"""Rules about options, and about steps and pairs where the rule means something: W14 to W27."""

import re
from collections import Counter
from statistics import mean

from questions.kinds import MenuQuestion, Question
from questions.lint.said import Check, Said
from questions.lint.text import (
    columns,
    keys_and_others,
    listed,
    lists,
    number_in,
    root,
    roots,
    stem,
    texts,
    words_in,
)

_STARTS_WITH_NUMBER = re.compile(r"\s*[£]?\d")


def w14_all_different(question: Question) -> Said:
    """Every option is a real one; their number is held by the format."""
    for side in columns(question):
        seen: set[tuple[str, ...]] = set()
        for text in side:
            plain = tuple(word.casefold() for word in words_in(text))
            if plain in seen:
                yield "fault", f'"{text}" says the same as another: change or remove one'
            seen.add(plain)


# How an option begins: with a thing, with a time or reason, or with something to do.
_A_THING = frozenset("a an the her his their your our my its this that these those".split())
_A_TIME = frozenset("within because when after before until while once if unless during by".split())


def _begins_with(text: str) -> str:
    """What kind of thing an option is, as its first word tells; nothing where that is not sure."""
    first = words_in(text)[0].casefold()
    if first in _A_THING:
        return "a thing"
    if first in _A_TIME:
        return "a time or reason"
    return "something to do" if first in lists("words")["actions"] else ""


def w15_same_kind(question: Question) -> Said:
    """The odd one out gives the game away."""
    for side in columns(question):
        ends = {text.rstrip()[-1] if text.rstrip()[-1] in ".?!;," else "" for text in side}
        if len(ends) > 1:
            yield "warning", "some end with a full stop and some do not: end all in one way"
        letters = [text.lstrip("\"'“‘(")[:1] for text in side]
        if len({letter.isupper() for letter in letters if letter.isalpha()}) > 1:
            yield "warning", "some begin with a capital and some do not: begin all in one way"
        numbers = [bool(_STARTS_WITH_NUMBER.match(text)) for text in side]
        if any(numbers) and not all(numbers):
            yield "warning", "some are numbers and some are not: make all of one kind"
        kinds = {_begins_with(text) for text in side} - {""}
        if len(kinds) > 1 and "a thing" in kinds:
            words = " and some are ".join(sorted(kinds))
            yield "warning", f"some are {words}, by their first word: begin all alike"


def w16_key_is_not_longest(question: Question) -> Said:
    """Writers pad the right answer, and guessers know it."""
    keys, others = keys_and_others(question)
    if not keys or not others or question.keeps_order:
        return
    ratio = mean(map(len, keys)) / mean(map(len, others))
    if ratio <= 1.25 or max(map(len, keys)) <= max(map(len, others)):
        return
    words = f"the right answer is the longest, {ratio:.2f} times the others: even them out"
    yield ("fault" if ratio > 1.5 else "warning"), words


_AT_ALL = re.compile(
    r"\b(?:at|after|above) all\b|\ball (?:right|day|night|the same|along|over)\b", re.IGNORECASE
)


def w17_no_absolutes(question: Question) -> Said:
    """Absolute words are mostly wrong, so people cross them out."""
    keys, others = keys_and_others(question)
    pattern = listed("absolutes")
    if any(pattern.search(_AT_ALL.sub("", text)) for text in keys):
        return
    for text in others:
        for word in pattern.findall(_AT_ALL.sub("", text)):
            yield "warning", f'"{word}" in a wrong option alone gives it away: say it without'


_AS_AS = re.compile(r"\bas (?:soon|often|regularly) as\b|\bhow (?:soon|often)\b", re.IGNORECASE)


def w18_no_vague_amounts(question: Question) -> Said:
    """ "Often" means different things to different people."""
    for text in (text for side in columns(question) for text in side):
        for word in listed("vague").findall(_AS_AS.sub("", text)):
            yield "warning", f'"{word}" in "{text}" is vague: say how much or how long'


_ALL_ABOVE = re.compile(
    r"\b(?:all|none|both|neither|any|each)(?: of)?(?: the)?"
    r"(?: (?:above|below|these|those|options|answers)\b| [A-F] (?:and|or|nor) [A-F]\b)",
    re.IGNORECASE,
)
# A letter must be a capital, for "an answer a child gives" is none.
_LETTER = re.compile(r"\b(?:[Oo]ption|[Aa]nswer|[Cc]hoice) [A-H]\b|\b[A-F] (?:and|or|nor) [A-F]\b")


def w19_no_all_of_the_above(question: Question) -> Said:
    """Options are shuffled: none can speak of another."""
    for text in texts(question):
        if _ALL_ABOVE.search(text) or _LETTER.search(text):
            yield "fault", f'"{text}" speaks of other options: each must stand alone'


_OPEN_RANGE = re.compile(
    r"\b(?:up to|at least|at most|less than|fewer than|more than|no more than|or more|or less)\b",
    re.IGNORECASE,
)


def w20_no_overlap(question: Question) -> Said:
    """Where one option includes another, neither can be the answer."""
    if isinstance(question, MenuQuestion):
        return
    options = texts(question)
    if sum(bool(_OPEN_RANGE.search(text)) for text in options) > 1:
        yield "warning", "two options are ranges, which may overlap: give each its own figure"
    if question.keeps_order:
        return
    meant = [roots(text) for text in options]
    # A thing and its opposite share their words, and are far from each other.
    negative = [_is_negative(text) for text in options]
    for small, text, says_no in zip(meant, options, negative, strict=True):
        if small and any(
            small < large and says_no == other for large, other in zip(meant, negative, strict=True)
        ):
            yield "warning", f'"{text}" is contained in another option: set them apart'


def w21_numbers_in_order(question: Question) -> Said:
    """Numbers are easiest to compare in order."""
    if isinstance(question, MenuQuestion):
        return
    options = texts(question)
    numbers = [number_in(text) for text in options]
    if question.keeps_order:
        found = [number for number in numbers if number is not None]
        if found != sorted(found):
            yield "warning", "the numbers are not in order: put the smallest first"
    elif None not in numbers and len({re.sub(r"\d+", "", text) for text in options}) == 1:
        yield "warning", "only the number differs: begin with it, so that they are shown in order"


def w22_no_convergence(question: Question) -> Said:
    """The option that shares most with the others is often the right one."""
    keys, others = keys_and_others(question)
    if len(keys) != 1 or not others:
        return
    counted = Counter(word for text in (*keys, *others) for word in roots(text))
    shared = {
        text: sum(counted[word] for word in roots(text) if counted[word] > 1)
        for text in (*keys, *others)
    }
    if shared[keys[0]] >= max(shared[text] for text in others) + 2:
        yield "warning", "the right answer shares most words with the others: vary it or them"


def _long_roots(text: str) -> set[str]:
    return {root(word) for word in words_in(text) if len(word) >= 5}


def w23_no_clang(question: Question) -> Said:
    """A word of the story that is in the right answer alone points to it."""
    keys, others = keys_and_others(question)
    if not keys or not others:
        return
    in_every_key = frozenset.intersection(*(roots(text) for text in keys))
    in_others = frozenset().union(*(roots(text) for text in others))
    for word in sorted((_long_roots(stem(question)) & in_every_key) - in_others):
        whole = next(w for text in keys for w in words_in(text) if root(w) == word)
        yield "warning", f'"{whole}" is in the question and the right answer alone: it points there'


_ENDS_WITH_ARTICLE = re.compile(r"\b(?:an?|the)\W*$", re.IGNORECASE)
_ONE = re.compile(r"(?:an?|one|this|that) ", re.IGNORECASE)
_MANY = re.compile(
    r"(?:two|three|four|five|several|some|many|these|those|both|various) "
    r"|(?:the )?(?:\w+ )?[a-z]+(?<![sui'’])s(?:$|\.$| (?:of|in|from|who|and)\b)",
    re.IGNORECASE,
)


def w24_grammar_fits(question: Question) -> Said:
    """ "An" before a gap tells that the answer begins with a vowel."""
    if _ENDS_WITH_ARTICLE.search(question.ask):
        yield "fault", "`ask` ends with an article, which gives the answer away: ask a question"
    options = texts(question)
    one, many = (sum(bool(p.match(text)) for text in options) for p in (_ONE, _MANY))
    if one and many and one + many == len(options):
        yield "warning", "some options are one thing and some are several: make them agree"


def w25_real_mistakes(question: Question) -> Said:
    """A wrong answer stands for what somebody believes; options name theirs by the format."""
    if isinstance(question, MenuQuestion) and not question.mixups:
        yield "warning", "names no `mixup`: say which two people take for each other, and why"


_JOKE = re.compile(
    r"\b(?:do(?:es)? nothing|ignor(?:e|es|ing)|laugh\w*|joke)\b|!|(?:^|\band )go home\b",
    re.IGNORECASE,
)


def w26_no_jokes(question: Question) -> Said:
    """Every option could be said by a tired, well-meaning colleague."""
    for text in texts(question):
        if found := _JOKE.search(text):
            yield (
                "warning",
                f'"{found[0]}": nobody would choose this option; use a mistake people make',
            )


_NEGATED = re.compile(
    r"\bcannot\b|\b(can|do|does|did|is|are|was|must|should)n['’]t\b", re.IGNORECASE
)
_DOES = {"do", "does", "did"}
_NOT = {"not", "never", "no"}


def _in_full(text: str) -> list[str]:
    """The words of a text, "cannot" and "don't" as two."""
    plain = _NEGATED.sub(lambda no: f"{no[1] or 'can'} not", text)
    return [word.casefold() for word in words_in(plain)]


def _is_negative(text: str) -> bool:
    return not _NOT.isdisjoint(_in_full(text))


def w27_no_lonely_opposites(question: Question) -> Said:
    """Two opposites alone look like the answer and its shadow."""
    options = texts(question)
    bare = [tuple(w for w in _in_full(text) if w not in _NOT | _DOES) for text in options]
    negative = [_is_negative(text) for text in options]
    pairs = sum(
        bare[one] == bare[other] and negative[one] != negative[other]
        for other in range(len(bare))
        for one in range(other)
    )
    if pairs == 1:
        yield "warning", "two options are opposites and the rest are not: have two pairs, or none"


CHECKS: tuple[Check, ...] = (
    w14_all_different,
    w15_same_kind,
    w16_key_is_not_longest,
    w17_no_absolutes,
    w18_no_vague_amounts,
    w19_no_all_of_the_above,
    w20_no_overlap,
    w21_numbers_in_order,
    w22_no_convergence,
    w23_no_clang,
    w24_grammar_fits,
    w25_real_mistakes,
    w26_no_jokes,
    w27_no_lonely_opposites,
)
