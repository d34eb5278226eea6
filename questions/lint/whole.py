"""Rules about a bank as a whole: W03, W16, W28 and W35."""

import re
from collections import Counter
from functools import lru_cache

from questions.counts import how_many
from questions.kinds import OneOf, Question
from questions.lint.people import roles_of_names
from questions.lint.said import BankCheck, SaidOfBank
from questions.lint.text import NUMBER_WORDS, keys_and_others, listed, lists, stem
from questions.module import Module
from questions.twins import groups

FEWEST = 8  # with fewer questions a share says nothing


def w03_half_apply(module: Module) -> SaidOfBank:
    """At least half of a bank asks what to do."""
    asked = module.asked
    applied = sum(question.level == "apply" for question in asked)
    if asked and applied * 2 < len(asked):
        yield (
            "fault",
            "",
            f"{applied} of {how_many(len(asked), 'question')} apply a rule: at least half must",
        )


def w16_key_is_seldom_longest(module: Module) -> SaidOfBank:
    """The right answer is the longest about as often as any other option."""
    found = [q for q in module.asked if isinstance(q, OneOf) and not q.keeps_order]
    if len(found) < FEWEST:
        return
    longest = sum(_is_longest(question) for question in found)
    allowed = sum(0.43 if len(question.options) == 3 else 0.35 for question in found)
    if longest > allowed:
        share = f"{longest:.0f} of {how_many(len(found), 'question')}"
        words = f"the right answer is the longest in {share}"
        yield "warning", "", f"{words}: at most {allowed:.0f}, or length can be guessed from"


def _is_longest(question: Question) -> float:
    keys, others = keys_and_others(question)
    sizes = [len(text) for text in (*keys, *others)]
    return (len(keys[0]) == max(sizes)) / sizes.count(max(sizes))


def w28_no_answer_elsewhere(module: Module) -> SaidOfBank:
    """A story does not tell the answer to another question of the same attempt."""
    stems = {question.id: _runs(stem(question)) for question in module.asked}
    twins = groups(module.questions)
    for question in module.asked:
        keys, others = keys_and_others(question)
        # What a wrong option says too cannot be what gives the right one away.
        telling = {r for key in keys for r in _runs(key)} - {r for o in others for r in _runs(o)}
        telling -= stems[question.id]
        if not telling:
            continue
        for other in module.asked:
            is_kept_apart = (
                other.id in question.not_with
                or question.id in other.not_with
                or other.id in twins.get(question.id, ())
            )
            shared = telling & stems[other.id]
            if shared and other is not question and not is_kept_apart:
                run = min(shared).replace("_", " ")
                words = f'its answer ("{run}") is in the story of {other.id}'
                yield "warning", question.id, f"{words}: name that in `not_with`, or change one"


@lru_cache(20_000)
def _runs(text: str) -> frozenset[str]:
    """Every three words in a row that say something, numbers as figures."""
    found: set[str] = set()
    terms_as_words = listed("terms").sub(lambda term: "_".join(term[0].split()), text)
    for sentence in re.split(r"[.?!,;:]\s", terms_as_words):
        words = [_figure(word) for word in sentence.casefold().split()]
        for run in zip(words, words[1:], words[2:], strict=False):
            if sum(_says_something(word) for word in run) >= 2:
                found.add(" ".join(run))
    return frozenset(found)


def _figure(word: str) -> str:
    bare = word.strip(".?!,;:'\"’”()")
    return str(NUMBER_WORDS.get(bare, bare))


def _says_something(word: str) -> bool:
    return len(word) >= 5 or word.isdigit()


def w35_fair_roles(module: Module) -> SaidOfBank:
    """No group of names has the worrying parts, or the helping ones."""
    everybody, harmful, protective = roles_of_names(module)
    for part, counted in (("do harm", harmful), ("protect", protective)):
        for tags in (("girls", "boys", "either"), tuple(lists("names")["groups"])):
            yield from _uneven(part, counted, everybody, tags)


def _uneven(
    part: str, counted: Counter[str], everybody: Counter[str], tags: tuple[str, ...]
) -> SaidOfBank:
    parts, people = sum(counted[tag] for tag in tags), sum(everybody[tag] for tag in tags)
    if parts < 4:
        return
    for tag in tags:
        share, fair = counted[tag] / parts, everybody[tag] / people
        if counted[tag] >= 3 and share > 2 * fair:
            words = f"of those who {part}, {share:.0%} have names of the group {tag!r}"
            yield "warning", "", f"{words}, against {fair:.0%} of all: share the parts out"


CHECKS: tuple[BankCheck, ...] = (
    w03_half_apply,
    w16_key_is_seldom_longest,
    w28_no_answer_elsewhere,
    w35_fair_roles,
)
