"""Rules about the people in stories: W35."""

import re
from collections import Counter
from functools import cache, lru_cache

from questions.kinds import Question
from questions.lint.said import Check, Said
from questions.lint.text import (
    any_of,
    everything,
    feedback,
    listed,
    lists,
    stem,
    texts,
    words_in,
)
from questions.module import Module
from questions.place import SLOT

_NAME = r"[A-Z][a-z]+(?:-[A-Z][a-z]+)*"  # Lily-Mae is one name
_CAPITAL = re.compile(rf"(?<![.?!:] )(?<![.?!]['\"’”] )(?<=[\w,;'’) (–-] )['\"“‘(]?({_NAME})\b")
_TITLED = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? ({_NAME})")
# Who is given an age, or belongs to a family, is a person.
_PERSON = re.compile(
    rf"(?<![\w-])({_NAME})(?=, (?:aged )?\d|['’]s (?:\w+ )?(?:mother|father|mum|dad|parents?|sister"
    r"|brother|aunt|uncle|gran\w*|step\w+|home|school|plan|partner|family)\b)"
    rf"|\b(?:called|named) ({_NAME})"
)
_NOT_A_NAME = frozenset(
    "The A An Your Her His Their My Our That This Each Every One Another Somebody Nobody Children "
    "Child Parents Mother Father Baby".split()
)
_ANONYMOUS = re.compile(r"\b(?:Baby|Child) [A-Z]\b")


@cache
def name_groups() -> dict[str, tuple[str, str]]:
    """Every approved name with its group and gender."""
    return {
        name: (group, gender)
        for group, genders in lists("names")["groups"].items()
        for gender, names in genders.items()
        for name in names
    }


def is_approved(name: str) -> bool:
    """Whether a name is listed, or each part of a double one is."""
    return name in name_groups() or all(part in name_groups() for part in name.split("-"))


@cache
def _known() -> frozenset[str]:
    """Words that may have a capital without being a name: the parts of listed proper names too."""
    listed_words = " ".join(lists("words")["proper"]).split()
    return frozenset(word.partition("'")[0] for word in listed_words)


def w35_names(question: Question) -> Said:
    """Names are from the list, and none is a real child's."""
    blocked = frozenset(lists("names")["blocked"]["names"])
    # A reason may name a review and the area it comes from; a story may not.
    story = SLOT.sub("slot", "\n\n".join((stem(question), *texts(question), *question.menus)))
    for found in dict.fromkeys(_ANONYMOUS.findall(story)):
        yield "fault", f'"{found}" sounds like a real review: give a child in a story a name'
    text = "\n\n".join((story, *feedback(question)))
    people = {name for found in _PERSON.findall(text) for name in found if name} - _NOT_A_NAME
    people |= set(_TITLED.findall(text))
    capitals = {word for part in re.split(r"\n+", story) for word in _CAPITAL.findall(part)}
    for name in sorted((people | capitals) - _known()):
        if is_approved(name):
            continue
        if name in blocked:
            words = "is the first name of a child in a well-known review: choose another"
            yield "fault", f'"{name}" {words}'
        elif name in people:
            yield "fault", f'"{name}" is not an approved name: choose one from questions/names.toml'
        else:
            words = "if a name or a place, choose another; if a term, add it to words.toml"
            yield "warning", f'"{name}" is not known: {words}'


_IDENTITY = any_of(lists("words")["identity"], re.NOFLAG)  # "Black", not "black"


def w35_needed(question: Question) -> Said:
    """A story tells of ethnicity, faith, disability or class where the answer turns on it."""
    later = "\n".join((*texts(question), *question.menus, *feedback(question)))
    if (found := _IDENTITY.search(stem(question))) and not _IDENTITY.search(later):
        words = (
            "and neither an option nor a reason speaks of it: leave it out, or say why in `allow`"
        )
        yield "warning", f'"{found[0]}" is told of somebody, {words}'


_HARMS = re.compile(
    r"\b([A-Z][a-z]+)(?: \w+){0,2} (?:hit|hits|hitting|hurts?|attack\w*|abus(?:ed|es|ing)"
    r"|threaten\w*|beats?|shouts?|kicks?|assault\w*|neglect\w*|harmed|shook|bullies|bullied|groomed"
    r"|exploit(?:s|ed))\b"
)


@cache
def _protects() -> re.Pattern[str]:
    """A name with a role to its name: "Priya is a police sergeant"."""
    role = listed("roles").pattern
    return re.compile(
        rf"\b([A-Z][a-z]+)(?:,| is| works as)? (?:an?|the|your) (?:\w+ ){{0,3}}{role}"
    )


def roles_of_names(module: Module) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How often each name group and gender appears: in all, doing harm, and protecting."""
    everybody, harmful, protective = Counter[str](), Counter[str](), Counter[str]()
    for question in module.asked:
        named = _named_in(" ".join(everything(question)))
        for counted, names in zip((everybody, harmful, protective), named, strict=True):
            for name in names:
                counted.update(name_groups()[name])
    return everybody, harmful, protective


@lru_cache(20_000)
def _named_in(text: str) -> tuple[frozenset[str], ...]:
    """The approved names in a text: all, those that do harm, and those that protect."""
    here = {re.split("['’-]", word)[0] for word in words_in(text)}  # a double name: its first
    return tuple(
        frozenset(names) & name_groups().keys()
        for names in (here, _HARMS.findall(text), _protects().findall(text))
    )


CHECKS: tuple[Check, ...] = (w35_names, w35_needed)
