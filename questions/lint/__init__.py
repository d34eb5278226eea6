"""Faults that let a guesser pass, and words that a reader stumbles over: a function a rule.

The rules W01 to W38 are those of the guide to writing questions; questions/README.md tells them in
short. A function is named for its rule: `w09_positive` finds what breaks W09.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from questions.findings import Finding, Level, fault, warning
from questions.kinds import Question
from questions.lint import feedback, language, mix, options, people, stem, whole
from questions.lint.said import BankCheck, Check
from questions.module import Module

CHECKS: tuple[Check, ...] = (
    *stem.CHECKS,
    *options.CHECKS,
    *feedback.CHECKS,
    *language.CHECKS,
    *people.CHECKS,
    *mix.CHECKS,
)
BANK_CHECKS: tuple[BankCheck, ...] = (*whole.CHECKS, *mix.BANK_CHECKS)


def rule_of(check: Callable[..., Any]) -> str:
    """The rule that a function is named for."""
    return check.__name__[:3].upper()


RULES = frozenset([*map(rule_of, CHECKS), *map(rule_of, BANK_CHECKS)])
# Of all questions together: a place whose own move the shares is told so, and may ask them.
SHARES: tuple[BankCheck, ...] = (mix.w37_mixed,)


def lint(
    module: Module, *, is_whole: bool = True, is_changed_here: bool = False
) -> Iterator[Finding]:
    """What breaks a rule of item writing and is not allowed where it is found.

    Rules of the whole bank wait until every question of it can be read.
    """
    of_bank = list(_found_in_bank(module, BANK_CHECKS if is_whole else ()))
    if is_changed_here:
        of_all = [rule_of(check) for check in SHARES]
        of_bank = [replace(f, level="warning") if f.rule in of_all else f for f in of_bank]
    for question in module.asked:
        found = [*_found(module, question), *(f for f in of_bank if f.question == question.id)]
        yield from (finding for finding in found if finding.rule not in question.allow)
        broken = {finding.rule for finding in found}
        yield from _needless(question, _file_of(module, question), broken)
    yield from (finding for finding in of_bank if not finding.question)


def shares(module: Module) -> Iterator[Finding]:
    """What is wrong with the shares of all questions, in a bank as it is before a place adds."""
    yield from _found_in_bank(module, SHARES)


def lint_one(module: Module, question: Question) -> Iterator[Finding]:
    """What one of a module's questions breaks, allowed or not; nothing where it is not asked."""
    if question.withdrawn is not None:
        return
    yield from _found(module, question)
    yield from (f for f in _found_in_bank(module, BANK_CHECKS) if f.question == question.id)


@dataclass(frozen=True)
class _Written:
    """A question, known by all that is written in it."""

    words: str
    question: Question = field(compare=False)


# A publication is weighed again and again, and most of its questions are as they were.
@lru_cache(4_000)
def _said_of(written: _Written) -> tuple[tuple[str, Level, str], ...]:
    return tuple(
        (rule_of(check), level, words)
        for check in CHECKS
        for level, words in check(written.question)
    )


def _found(module: Module, question: Question) -> Iterator[Finding]:
    file = _file_of(module, question)
    for rule, level, words in _said_of(_Written(question.model_dump_json(), question)):
        yield Finding(level, file, question.id, rule, words)


def _found_in_bank(module: Module, bank_checks: tuple[BankCheck, ...]) -> Iterator[Finding]:
    files = {question.id: _file_of(module, question) for question in module.asked}
    for bank_check in bank_checks:
        for level, question_id, words in bank_check(module):
            file = files.get(question_id, f"{module.id}/module.toml")
            yield Finding(level, file, question_id, rule_of(bank_check), words)


def _file_of(module: Module, question: Question) -> str:
    return f"{module.id}/{question.objective}.toml"


def _needless(question: Question, file: str, broken: set[str]) -> Iterator[Finding]:
    for rule in question.allow:
        if rule not in RULES:
            words = f"`allow` names {rule!r}: a rule is one of W01 to W38"
            yield fault(file, question.id, "allow", words)
        elif rule not in broken:
            words = f"`allow` is not needed for {rule}, which finds nothing here: take it away"
            yield warning(file, question.id, "allow", words)
