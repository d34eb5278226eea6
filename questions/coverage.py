"""What a bank covers: objectives, facts, lessons, must-knows, when it is looked at again."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from questions.kinds import Errs, OptionQuestion, Question, SeveralOf
from questions.lint.mix import Mix, errors_of, has_place, mix_of
from questions.lint.text import stem
from questions.module import Module
from questions.twins import groups

PLACED = 0.9  # of the questions say where in a source they rest
TEENAGERS = 1 / 4  # of the stories that tell a child's age have one of 13 to 17


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
    mix: Mix
    errors: dict[str, int]  # on which side wrong choices err, and how many do not say
    right_options: dict[str, int]  # of how many several-of questions are so many of so many right
    twin_groups: int
    with_place: int  # questions that say where in a source they rest
    told_ages: int  # stories that tell a child's age
    teenagers: int  # and of these, with a child of 13 to 17


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
        mix=mix_of(module),
        errors=_errors(asked),
        right_options=_counted(
            f"{len(q.key)} of {len(q.letters)}" for q in asked if isinstance(q, SeveralOf)
        ),
        twin_groups=len({*groups(asked).values()}),
        with_place=sum(any(has_place(place.at) for place in q.sources) for q in asked),
        told_ages=sum(bool(children_in(q)) for q in asked),
        teenagers=sum(any(13 <= age <= 17 for age in children_in(q)) for q in asked),
    )


def _errors(asked: Iterable[Question]) -> dict[str, int]:
    found = Counter({errs.value: 0 for errs in Errs})
    for question in asked:
        told = errors_of(question)
        found.update(errs.value for errs in told)
        if isinstance(question, OptionQuestion):
            silent = len(question.options) - len(question.key) - len(told)
            found.update({"not told": silent} if silent else {})
    return dict(found)


# "aged 15", "15-year-old", "Tom, 15," and "who is 15"; with weeks or months after it, a baby.
_AGE = re.compile(
    r"\b(?:aged (\d{1,2})|(\d{1,2})[- ]years?[- ]old|[A-Z][a-z]+, (\d{1,2})(?=,)"
    r"|(?:is|was|are|turned|turns|girl of|boy of|and|or) (\d{1,2})(?=[,.;?]| and\b| or\b))"
    r"(?! (?:day|week|month)s?\b)"
)
_BABY = re.compile(
    r"\b(?:baby|newborn|unborn|aged \d+ (?:day|week|month)s?|\w+[- ](?:week|month)s?[- ]old)\b",
    re.IGNORECASE,
)


def children_in(question: Question) -> tuple[int, ...]:
    """The ages of the children of a story, as far as figures tell them; a baby is 0."""
    text = stem(question)
    ages = [int(next(filter(None, found.groups()))) for found in _AGE.finditer(text)]
    if _BABY.search(text):
        ages.append(0)
    return tuple(age for age in ages if age < 18)


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
