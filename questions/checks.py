"""What must fit together within a module: names, keys, slots; a function a rule."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import partial
from itertools import takewhile
from typing import Any

from pydantic import ValidationError

from questions.findings import Finding, fault, sentences, warning
from questions.kinds import OptionQuestion, Question
from questions.module import Module
from questions.place import SLOT, Place
from questions.twins import groups, same_key, same_options


def check_module(
    module: Module, place: Place, today: date, *, is_whole: bool = True
) -> Iterator[Finding]:
    """Everything that does not fit, in the module's own file and question by question.

    What no question has is told only where every question could be read.
    """
    head = f"{module.id}/module.toml"
    for words_of in (*MODULE_CHECKS, *(WHOLE_CHECKS if is_whole else ())):
        for rule, words in words_of(module):
            yield fault(head, "", rule, words)
    if is_whole:
        yield from _unused(module, head)
    texts = {"summary": module.summary, "instructions": module.instructions}
    yield from _slots(texts, head, "", place)
    of_questions = question_checks(module)
    for question in module.questions:
        shown = f"{module.id}/{question.objective}.toml"
        for rule_words_of in of_questions:
            for rule, words in rule_words_of(question, module):
                yield fault(shown, question.id, rule, words)
        yield from _place_findings(question, shown, place)
        if question.withdrawn is None and question.review_by < today:
            words = f"was to be looked at by {question.review_by}: until then it does not count"
            yield warning(shown, question.id, "W06", words)


Said = Iterator[tuple[str, str]]
Twins = Mapping[str, frozenset[str]]


def _must_knows(module: Module) -> Said:
    owned = [must_know.objective for must_know in module.must_knows.values()]
    for name, must_know in module.must_knows.items():
        objective = must_know.objective
        if objective not in module.objectives:
            yield "must-know", f"must-know {name} names an unknown objective {objective!r}"
        elif owned.count(objective) > 1:
            yield "must-know", f"objective {objective!r} has more than one must-know: at most one"


def _must_knows_asked(module: Module) -> Said:
    for name in module.must_knows:
        if not any(question.must_know == name for question in module.asked):
            yield "must-know", f"must-know {name} has no question: write three"


def _pass_rule(module: Module) -> Said:
    if module.objective_minimum > module.questions_per_objective:
        yield "rule", "`objective_minimum` is more than is asked: nobody can pass"


def _objectives(module: Module) -> Said:
    for name in module.objectives:
        if not any(question.objective == name for question in module.asked):
            words = f"objective {name!r} has no question: add the file {name}.toml or remove it"
            yield "objective", words


def _changes(module: Module) -> Said:
    if module.changes[-1].edition != module.edition:
        yield "edition", f"the last of `changes` is not edition {module.edition}: say what changed"


def _objective(question: Question, module: Module) -> Said:
    if question.objective not in module.objectives:
        known = ", ".join(module.objectives)
        yield "objective", f"the file's name is no objective of module.toml: {known}"


def _misconceptions(question: Question, module: Module) -> Said:
    for belief in dict.fromkeys(question.beliefs()):
        if belief not in module.misconceptions:
            near = _near(belief, module.misconceptions)
            yield "misconception", f"misconception {belief!r} is not in module.toml{near}"


def _sources(question: Question, module: Module) -> Said:
    for citation in question.sources:
        if citation.id not in module.sources:
            near = _near(citation.id, module.sources)
            yield "source", f"source {citation.id!r} is not in module.toml{near}"


def _must_know(question: Question, module: Module) -> Said:
    if question.must_know is None:
        return
    must_know = module.must_knows.get(question.must_know)
    if must_know is None:
        near = _near(question.must_know, module.must_knows)
        yield "must-know", f"must-know {question.must_know!r} is not in module.toml{near}"
    elif must_know.objective != question.objective:
        owner = must_know.objective
        yield "must-know", f"must-know {question.must_know!r} belongs to objective {owner!r}"


def _rivals(question: Question, module: Module) -> Said:
    ids = {other.id for other in module.questions} - {question.id}
    for other in question.not_with:
        if other not in ids:
            yield "not-with", f"`not_with` names {other!r}, which is no other question here"


def _twin(question: Question, module: Module) -> Said:
    """A twin has the same options and another key: then the options alone tell nothing."""
    if question.twin is None:
        return
    others = {other.id: other for other in module.questions if other.id != question.id}
    twin = others.get(question.twin)
    if twin is None:
        near = _near(question.twin, others)
        yield "twin", f"`twin` names {question.twin!r}, which is no other question here{near}"
    elif not same_options(question, twin):
        words = "it needs the same kind and the same options, word for word"
        yield "twin", f"is no twin of {twin.id!r}: {words}"


def _twin_keys(twins: Twins, question: Question, module: Module) -> Said:
    if question.withdrawn:
        return
    group = twins.get(question.id, frozenset())
    # Told where the later of the two stands.
    for other in takewhile(lambda one: one.id != question.id, module.asked):
        if other.id in group and same_options(question, other) and same_key(question, other):
            words = "twins need different answers, or the options give them away"
            yield "twin", f"has the same right answer as its twin {other.id!r}: {words}"


def _errs(question: Question, _: Module) -> Said:
    """Every wrong option tells on which side it errs."""
    if not isinstance(question, OptionQuestion) or question.withdrawn:
        return
    for number, option in enumerate(question.options, 1):
        if not option.right and option.errs is None:
            words = 'is wrong but does not say how: add errs = "less", "more" or "fact"'
            yield "errs", f"option {number} {words}"


MODULE_CHECKS: tuple[Callable[[Module], Said], ...] = (
    _must_knows,
    _pass_rule,
    _changes,
)
WHOLE_CHECKS: tuple[Callable[[Module], Said], ...] = (_must_knows_asked, _objectives)


def question_checks(module: Module) -> tuple[Callable[[Question, Module], Said], ...]:
    """What is looked at in each question of a module, whose twins are put together once."""
    return (
        _objective,
        _misconceptions,
        _sources,
        _must_know,
        _rivals,
        _twin,
        partial(_twin_keys, groups(module.questions)),
        _errs,
    )


def _unused(module: Module, head: str) -> Iterator[Finding]:
    used = {belief for question in module.asked for belief in question.beliefs()}
    for name in module.misconceptions:
        if name not in used:
            words = f"misconception {name!r} is not used by any question"
            yield warning(head, "", "misconception", words)


def _place_findings(question: Question, shown: str, place: Place) -> Iterator[Finding]:
    for switch in question.needs:
        if switch not in place.settings or place.settings[switch].type != "switch":
            words = f"`needs` names {switch!r}, which is no switch of the place"
            yield fault(shown, question.id, "slot", words)
    content = question.model_dump(mode="json", by_alias=True)
    texts = place.braced_in(content)
    yield from _slots(texts, shown, question.id, place)
    if texts and (why := misfit(question, place, content)):
        yield warning(shown, question.id, "slot", f"{why}: the question is not asked")


def misfit(question: Question, place: Place, content: Any = None) -> str:
    """Why a question is none with this place's words in it; nothing where it is one.

    Its `content` need not be given, and is not made again where it is.
    """
    content = content or question.model_dump(mode="json", by_alias=True)
    names = place.slots_in(content)
    if not names:
        return ""
    try:
        type(question).model_validate_json(json.dumps(place.fill(content).content))
    except ValidationError as error:
        told = "; ".join(sentences(error, type(question)))
        return f"with this place's words for {', '.join(names)}: {told}"
    return ""


def _slots(content: Any, shown: str, question: str, place: Place) -> Iterator[Finding]:
    for name in place.slots_in(content):
        setting = place.settings.get(name)
        if setting is None:
            words = f"slot {{{name}}} is no setting of the place{_near(name, place.settings)}"
            yield fault(shown, question, "slot", words)
        elif setting.type == "switch":
            words = f"slot {{{name}}} is a switch: name it in `needs` instead"
            yield fault(shown, question, "slot", words)
        elif not setting.is_filled and not question:
            words = (
                f"slot {{{name}}} is not filled in place.toml: everybody would see it, so fill it"
            )
            yield fault(shown, question, "slot", words)
        elif not setting.is_filled:
            words = f"slot {{{name}}} is not filled in place.toml: the question is not asked"
            yield warning(shown, question, "slot", words)
    if any(brace in SLOT.sub("", text) for text in place.braced_in(content) for brace in "{}"):
        yield fault(shown, question, "slot", "a brace stands alone: a slot is {referral_team}")


def _near(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f": did you mean {close[0]!r}?" if close else ": add it there or correct the name"
