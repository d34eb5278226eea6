"""Faults that let a guesser pass, and words that a reader stumbles over: a function a rule.

The rules W01 to W38 are those of the guide to writing questions; questions/README.md tells them in
short. A function is named for its rule: `w09_positive` finds what breaks W09.
"""

from collections.abc import Callable, Iterator
from typing import Any

from questions.findings import Finding, fault, warning
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


def lint(module: Module, *, is_whole: bool = True) -> Iterator[Finding]:
    """What breaks a rule of item writing and is not allowed where it is found.

    Rules of the whole bank wait until every question of it can be read.
    """
    found = list(_found(module, BANK_CHECKS if is_whole else ()))
    for question in module.asked:
        yield from (f for f in found if f.question == question.id and f.rule not in question.allow)
        broken = {finding.rule for finding in found if finding.question == question.id}
        yield from _needless(question, _file_of(module, question), broken)
    yield from (finding for finding in found if not finding.question)


def _found(module: Module, bank_checks: tuple[BankCheck, ...]) -> Iterator[Finding]:
    for question in module.asked:
        for check in CHECKS:
            for level, words in check(question):
                file = _file_of(module, question)
                yield Finding(level, file, question.id, rule_of(check), words)
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
