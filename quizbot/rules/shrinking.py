"""A refresher that shrinks: which areas need one question instead of two, and by which rule; pure.

What the plan leaves open is decided thus:

- Every rule that asks the person again must say so; the shortest of their periods is the one.
- What a manager asked for by a day is asked in full.
- An area keeps all its questions while a change of guidance in it is to be confirmed.
- Where a module asks more than two of an area, half of them stay: never under half of the whole.
- One question that stands for an area has to be right; a must-know stays one in any case. Whoever
  misses an area gets all its questions the next time, for then it was not shown in both attempts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from questions.module import Module
from quizbot.clock import has_ended
from quizbot.rules.due.days import months_after
from quizbot.rules.due.facts import Facts
from quizbot.rules.outcome import met_on, rule_in_words
from quizbot.words import how_many

LATEST = 2  # attempts in which an area was shown


class Refresher(StrEnum):
    """How a rule asks again: everything, or less of what was shown twice."""

    FULL = "full"
    SHRINKING = "shrinking"


@dataclass(frozen=True)
class Showed:
    """What an assured attempt showed: on which day, and which objectives."""

    on: date
    objectives: frozenset[str]


@dataclass(frozen=True)
class Shorter:
    """A refresher of which some areas have fewer questions."""

    module: Module
    areas: tuple[str, ...]

    @property
    def asked(self) -> int:
        """How many questions it has."""
        per = self.module.questions_per_objective
        whole = len(self.module.objectives) * per
        return whole - len(self.areas) * (per - kept_of(per))

    @property
    def words(self) -> str:
        """Which are fewer and why, before the start."""
        whole = len(self.module.objectives) * self.module.questions_per_objective
        titles = "; ".join(self.module.objectives[area] for area in self.areas)
        return (
            f"For you it is shorter: {how_many(self.asked, 'question')} instead of {whole}. You"
            f" showed these areas in your last two attempts, so each has fewer: {titles}. Every"
            " essential point is asked all the same, and everything that changed."
        )

    @property
    def rule(self) -> str:
        """The pass rule in words, as it is for this person."""
        return rule_in_words(self.module, self.areas)


def kept_of(per_objective: int) -> int:
    """How many questions an area keeps of so many: one of two, and never under half."""
    return (per_objective + 1) // 2


def months_of(facts: Facts, today: date) -> int | None:
    """The period of the rules by which a person's refresher shrinks; None where it does not."""
    live = [post for post in facts.posts if not has_ended(post.ends_on, today)]
    rules = [
        rule
        for rule in facts.requirements
        if rule.every_months
        and rule.in_force_from <= today
        and not has_ended(rule.in_force_to, today)
        and any(rule.covers(post) for post in live)
    ]
    asked = any(
        one.withdrawn_on is None and met_on(one.made_on, facts.passes) is None
        for one in facts.requests
    )
    if asked or not rules or any(rule.refresher != Refresher.SHRINKING for rule in rules):
        return None
    return min(rule.every_months for rule in rules if rule.every_months)


def fewer(
    module: Module,
    latest: Sequence[Showed],
    today: date,
    months: int | None,
    owed: Collection[str] = (),
) -> tuple[str, ...]:
    """The objectives that have fewer questions, in the module's order.

    `latest` are the assured attempts that were handed in, the newest first; `owed` the objectives
    in which something is to be confirmed.
    """
    if months is None or len(latest) < LATEST or months_after(latest[0].on, months) < today:
        return ()
    if module.questions_per_objective < 2:
        return ()
    shown = frozenset.intersection(*(one.objectives for one in latest[:LATEST]))
    return tuple(one for one in module.objectives if one in shown and one not in owed)
