"""Faults sown on purpose: every rule finds its own, and leaves good questions alone."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from questions.lint import RULES
from tests.gate.samples import checked, question

LEAST_RECALL = 0.95
LEAST_PRECISION = 0.90


@dataclass(frozen=True)
class Sown:
    """One example: what is changed in the sample, its rule, and what should be found."""

    rule: str
    number: int
    is_bad: bool
    level: str
    also: frozenset[str]
    changes: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.rule} {'bad' if self.is_bad else 'good'} {self.number}: {dict(self.changes)}"

    @property
    def expected(self) -> set[str]:
        """The rules that should find something."""
        return {*self.also, self.rule} if self.is_bad else set(self.also)

    def questions(self) -> list[dict[str, Any]]:
        """The bank that it makes."""
        repeated = [
            {name: value for name, value in change.items() if name != "times"}
            for change in self.changes.get("bank", [self.changes])
            for _ in range(change.get("times", 1))
        ]
        return [question(**{"id": f"sample-{at}", **change}) for at, change in enumerate(repeated)]


def corpus() -> list[Sown]:
    """Every example of corpus.toml."""
    tables = tomllib.loads(Path(__file__).with_name("corpus.toml").read_text("utf-8"))
    return [
        Sown(
            rule,
            number,
            kind == "bad",
            example.pop("level", table["level"]),
            frozenset(example.pop("also", ())),
            example,
        )
        for rule, table in tables.items()
        for kind in ("bad", "good")
        for number, example in enumerate(table[kind], 1)
    ]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Sown, dict[str, set[str]]]]:
    """Each example with the rules that found something in it, and at what level."""
    folder = tmp_path_factory.mktemp("corpus")
    results = []
    for at, sown in enumerate(corpus()):
        levels: dict[str, set[str]] = defaultdict(set)
        for finding in checked(folder / f"bank-{at}", *sown.questions()).findings:
            if finding.rule in RULES:
                levels[finding.rule].add(finding.level)
        results.append((sown, levels))
    return results


def test_every_rule_has_at_least_four_bad_and_two_good_examples():
    tables = tomllib.loads(Path(__file__).with_name("corpus.toml").read_text("utf-8"))

    assert tables.keys() == RULES
    assert not [r for r, table in tables.items() if len(table["bad"]) < 4 or len(table["good"]) < 2]


def test_the_rules_find_what_was_sown_and_little_else(found):
    bad = [(sown, levels) for sown, levels in found if sown.is_bad]
    missed = [sown for sown, levels in bad if sown.rule not in levels]
    hits = sum(len(levels.keys() & sown.expected) for sown, levels in found)
    stray = [(sown, levels.keys() - sown.expected) for sown, levels in found]
    false = [(sown, sorted(rules)) for sown, rules in stray if rules]
    recall = 1 - len(missed) / len(bad)
    precision = hits / (hits + sum(len(rules) for _, rules in false))

    print(f"\n{len(found)} examples, {len(bad)} of them bad")
    print(f"recall {recall:.1%}, precision {precision:.1%}")
    for sown in missed:
        print(f"missed: {sown}")
    for sown, rules in false:
        print(f"false alarm: {', '.join(rules)} in {sown}")
    assert recall >= LEAST_RECALL
    assert precision >= LEAST_PRECISION


def test_a_fault_is_told_as_a_fault_and_a_warning_as_a_warning(found):
    wrong = [
        f"{sown}: {levels[sown.rule]}"
        for sown, levels in found
        if sown.is_bad and sown.rule in levels and sown.level not in levels[sown.rule]
    ]

    assert not wrong, "\n".join(wrong)
