"""What a question can name: sources, places, words of the place, names, beliefs, checked facts."""

from collections.abc import Mapping
from dataclasses import dataclass

from questions.lint.people import name_groups
from questions.module import Module
from questions.place import Place
from questions.register import Register
from questions.touching import OLD_RULE, OLD_RULE_SAYS
from quizbot.editions.place import place_words


@dataclass(frozen=True)
class Offered:
    """What a question can name; beliefs are those that some question or draft uses."""

    sources: Mapping[str, str]
    places: tuple[str, ...]
    slots: tuple[tuple[str, str], ...]
    switches: tuple[tuple[str, str], ...]
    beliefs: Mapping[str, str]
    facts: Mapping[str, str]
    names: tuple[tuple[str, tuple[str, ...]], ...]


def offered(
    module: Module, place: Place, register: Register, drafted: Mapping[str, str]
) -> Offered:
    """What a question of a module can name; `drafted` are the beliefs of its open drafts."""
    settings = place.settings
    cited = {
        one.at for question in module.asked for one in question.sources if one.at != "not numbered"
    }
    return Offered(
        sources={name: one.title for name, one in register.sources.items()},
        places=tuple(sorted(cited)),
        slots=tuple(
            (name, place.text(name) or "empty")
            for name, setting in sorted(settings.items())
            if setting.type != "switch"
        ),
        switches=tuple(
            (name, place_words().get(name, name))
            for name, setting in sorted(settings.items())
            if setting.type == "switch"
        ),
        beliefs=_beliefs(module, drafted),
        facts=_facts(module, register),
        names=_names(),
    )


def _beliefs(module: Module, drafted: Mapping[str, str]) -> dict[str, str]:
    used = {belief for question in module.asked for belief in question.beliefs()}
    known = {name: says for name, says in module.misconceptions.items() if name in used}
    return {**drafted, **known, OLD_RULE: OLD_RULE_SAYS}


def _facts(module: Module, register: Register) -> dict[str, str]:
    """Every checked fact that a question here rests on, with words that tell what it is about.

    A change of guidance says what the fact is now; else the reason of the question says it that
    names the fewest others.
    """
    said = {fact: one.now for one in register.changes.values() for fact in one.facts}
    found: dict[str, str] = {}
    for question in sorted(module.asked, key=lambda one: len(one.facts)):
        for fact in question.facts:
            found.setdefault(fact, said.get(fact, question.because))
    return dict(sorted(found.items(), key=lambda one: (one[0][:1], len(one[0]), one[0])))


def _names() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The names for people in stories, by the families that give them."""
    groups: dict[str, list[str]] = {}
    for name, (group, _) in name_groups().items():
        groups.setdefault(group, []).append(name)
    return tuple(
        (group.replace("-", " ").replace("_", " ").capitalize(), tuple(sorted(names)))
        for group, names in groups.items()
    )
