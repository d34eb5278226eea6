"""What is withheld so that no subtraction gives it back, and honest intervals; pure.

Two rules, one for each kind of figure.

*Misconceptions* would give an answer away: who chose one is for nobody to know. So no number of
them is told, only whether about half or more of those who missed an objective met it (`is_common`),
of five people or more of one agency, guests not counted. Whoever showed the objective is left out:
everybody knows that they met nothing, and counting them would hide nobody. Each attempt is told of
once, in one agency, at most once a month, and what was told then stays. So no two figures rest on
the same answer: there is nothing to subtract, whoever is invited, moved, removed or asked again,
and whichever days, pages, questionnaires and totals are compared. Either step leaves three numbers
of people possible or more, so that even one who tells their own answer gives nobody else's away.

*Other counts*, of who is in date and who showed an objective, add up to totals (`publish`). Where
fewer than five did, or did not, that is said in place of the number; of fewer than ten people
nothing is; of fewer than five not even how many they are. Totals are made from what is said alone,
and so are only about right: whoever subtracts gets back what they saw. How many did, where it is
withheld, could still be any of five numbers or more, also to somebody who knows this rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

SMALLEST = 5  # people: fewer are not told of
ALONE = 2 * SMALLEST  # people: of fewer, even a step would leave too few numbers


class Coarse(StrEnum):
    """What is said in place of a number."""

    FEW = "fewer than 5"
    NEARLY_ALL = "all but fewer than 5"


@dataclass(frozen=True)
class Counted:
    """How many people of how many, as counted."""

    people: int
    of: int


@dataclass(frozen=True)
class Shown:
    """The same as it may be seen; None is withheld, a step may stand in its place."""

    people: int | None
    of: int | None
    step: Coarse | None = None
    is_about: bool = False


@dataclass(frozen=True)
class Published:
    """The lines in the order in which they were given, and the sum of what is said of them."""

    lines: tuple[Shown, ...]
    total: Shown


def publish(lines: Sequence[Counted]) -> Published:
    """What may be seen of parts that add up to a whole.

    Lines of five to nine people, where there are several, are in the total as one line together;
    one alone, and lines of fewer than five, are not in it.
    """
    shown = tuple(_shown(line) for line in lines)
    parts = [line for line in shown if _says(line)]
    few = [line for line in lines if SMALLEST <= line.of < ALONE]
    if len(few) > 1:
        parts.append(_shown(Counted(sum(one.people for one in few), sum(one.of for one in few))))
    total = Shown(
        sum(_about(part) for part in parts),
        sum(part.of or 0 for part in parts),
        is_about=any(part.step for part in parts),
    )
    is_left = any(line.of for line in lines) and not total.of
    return Published(shown, Shown(None, None) if is_left else total)


def _shown(line: Counted) -> Shown:
    if line.of == 0:
        return Shown(0, 0)
    if line.of < ALONE:
        return Shown(None, line.of if line.of >= SMALLEST else None)
    if line.people < SMALLEST:
        return Shown(None, line.of, Coarse.FEW)
    if line.of - line.people < SMALLEST:
        return Shown(None, line.of, Coarse.NEARLY_ALL)
    return Shown(line.people, line.of)


def _says(line: Shown) -> bool:
    return line.people is not None or line.step is not None


def _about(line: Shown) -> int:
    """The middle of what a line may be, or the number itself."""
    if line.step is Coarse.FEW:
        return SMALLEST // 2
    if line.step is Coarse.NEARLY_ALL:
        return (line.of or 0) - SMALLEST // 2
    return line.people or 0


def is_common(people: int, of: int) -> bool | None:
    """Whether about half or more of those who missed an objective met a misconception.

    None where they are too few for anything to be told.
    """
    return None if of < SMALLEST else 2 * people >= of


def wilson(people: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson: right for few people and near 0 and 1 as well."""
    z = 1.959964
    share = people / of
    middle = share + z * z / (2 * of)
    spread = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)
