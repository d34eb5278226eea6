"""What a set of answers shows: pass or not, by objective, and must-knows missed; pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from questions.module import Module
from quizbot.words import how_many, listed


def is_shown(asked: Any, right: Any) -> Any:
    """Whether an objective is shown: all that was asked of it was right, and something was asked.

    Of two numbers, or of two columns that hold them.
    """
    return (asked > 0) & (right == asked)


def met_on(made_on: date, passes: Iterable[date]) -> date | None:
    """When a request was met: by the first pass on or after its day, by nothing earlier."""
    return min((day for day in passes if day >= made_on), default=None)


@dataclass(frozen=True)
class Marked:
    """One answer as judged."""

    objective: str
    is_right: bool
    must_know: str | None = None


@dataclass(frozen=True)
class ObjectiveResult:
    """What was shown of one objective: shown only when every question on it was right."""

    objective: str
    title: str
    asked: int
    right: int

    @property
    def is_shown(self) -> bool:
        """All that was asked was right, and something was asked."""
        return bool(is_shown(self.asked, self.right))


@dataclass(frozen=True)
class Outcome:
    """Pass or not and why, the share (0 to 1), and every objective in the module's order."""

    passed: bool
    asked: int
    right: int
    objectives: tuple[ObjectiveResult, ...]
    must_knows_missed: tuple[str, ...]
    why: str

    @property
    def share(self) -> float:
        """Right answers of all asked, 0 to 1."""
        return self.right / self.asked if self.asked else 0.0


def right_needed(module: Module, asked: int) -> int:
    """How many right answers the pass share asks for; 0.8 of 14 is 12."""
    return ceil(round(module.pass_share * asked, 6))


def judge(module: Module, answers: Sequence[Marked]) -> Outcome:
    """Enough right in all, in every objective, and every must-know."""
    asked = Counter(answer.objective for answer in answers)
    shown = Counter(answer.objective for answer in answers if answer.is_right)
    results = tuple(
        ObjectiveResult(objective, title, asked[objective], shown[objective])
        for objective, title in module.objectives.items()
    )
    right = shown.total()
    missed = tuple(
        dict.fromkeys(
            module.must_knows[answer.must_know].says
            for answer in answers
            if answer.must_know and not answer.is_right
        )
    )
    # One question that stands for an area in a shorter refresher has to be right.
    weak = [r for r in results if r.right < min(module.objective_minimum, r.asked)]
    needed = right_needed(module, len(answers))
    passed = bool(answers) and right >= needed and not weak and not missed
    why = _why(right, len(answers), needed, weak, missed)
    return Outcome(passed, len(answers), right, results, missed, why)


def _why(
    right: int,
    asked: int,
    needed: int,
    weak: Sequence[ObjectiveResult],
    missed: Sequence[str],
) -> str:
    """One sentence, told after a pass and after a fail."""
    of = f"{right} of {asked} right"
    reasons = []
    if right < needed:
        reasons.append(f"at least {needed} are needed")
    if weak:
        areas = "one area" if len(weak) == 1 else how_many(len(weak), "area")
        reasons.append(f"too few were right in {areas}")
    if missed:
        essentials = "one essential point was" if len(missed) == 1 else "essential points were"
        reasons.append(f"{essentials} missed")
    if not reasons:
        return f"You had {of}, enough in every area, and every essential point."
    return f"You had {of}, but {listed(reasons)}."


def rule_in_words(module: Module, fewer: Sequence[str] = ()) -> str:
    """The pass rule as told before the start: what may go wrong, not a formula.

    With `fewer` areas that have but half of their questions, as in a shorter refresher.
    """
    per, minimum = module.questions_per_objective, module.objective_minimum
    half = (per + 1) // 2
    asked = len(module.objectives) * per - len(fewer) * (per - half)
    in_one, in_half = per - minimum, half - min(minimum, half)
    room = (len(module.objectives) - len(fewer)) * in_one + len(fewer) * in_half
    may_miss = min(asked - right_needed(module, asked), room)
    parts = [_at_most(may_miss)]
    if minimum and may_miss > in_one:
        parts.append(f"not more than {_number(in_one)} in any one area")
        if in_one == 1:
            parts[-1] = "not both in one area" if may_miss == 2 else "not two in one area"
    if fewer and may_miss and not in_half:
        parts.append("none where an area has one question")
    if module.must_knows and may_miss:
        parts.append("and none of the essential points")
    return f"To pass, you may have {', '.join(parts)}."


def _at_most(count: int) -> str:
    return "no answer wrong" if count == 0 else f"at most {_number(count)} wrong"


def _number(count: int) -> str:
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[count] if count < len(words) else str(count)
