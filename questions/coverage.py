"""What a bank covers: objectives, facts, lessons, must-knows, when it is looked at again."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from questions.module import Module


@dataclass(frozen=True)
class Coverage:
    """What the questions of one module are about, counted."""

    module: str
    questions: int
    objectives: dict[str, dict[str, int]]
    facts_used: dict[str, int]
    facts_skipped: tuple[str, ...]
    lessons: dict[str, int]
    review_by: dict[str, int]
    must_knows: dict[str, tuple[str, ...]]
    in_check: dict[str, str]


def coverage(module: Module) -> Coverage:
    """What a module's questions cover; those that are withdrawn do not count."""
    asked = module.asked
    facts = Counter(fact for question in asked for fact in dict.fromkeys(question.facts))
    return Coverage(
        module=module.id,
        questions=len(asked),
        objectives={
            objective: _counted(f"{q.level} {q.kind}" for q in asked if q.objective == objective)
            for objective in module.objectives
        },
        facts_used={fact: facts[fact] for fact in sorted(facts, key=_in_order)},
        facts_skipped=_skipped(facts),
        lessons=_counted(q.lesson.review for q in asked if q.lesson),
        review_by=_counted(f"{q.review_by:%Y-%m}" for q in asked),
        must_knows={
            name: tuple(q.id for q in asked if q.must_know == name) for name in module.must_knows
        },
        in_check={q.id: q.check for q in asked if q.check},
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _in_order(fact: str) -> tuple[str, int]:
    letters, number = _parts(fact)
    return letters, int(number or 0)


def _parts(fact: str) -> tuple[str, str]:
    found = re.fullmatch(r"(\D*)(\d*).*", fact)
    return (found[1], found[2]) if found else (fact, "")


def _skipped(facts: Counter[str]) -> tuple[str, ...]:
    """Numbers up to the highest used that no question uses; beyond it nothing is known here."""
    used: dict[str, dict[int, int]] = {}
    for fact in facts:
        letters, number = _parts(fact)
        if number:
            used.setdefault(letters, {})[int(number)] = len(number)
    return tuple(
        f"{letters}{number:0{min(numbers.values())}}"
        for letters, numbers in sorted(used.items())
        for number in range(1, max(numbers))
        if number not in numbers
    )
