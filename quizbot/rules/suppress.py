"""Small numbers withheld so that no subtraction gives them back, and honest intervals; pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

SMALLEST = 5  # people: what rests on fewer of them, but not on none, is withheld


@dataclass(frozen=True)
class Counted:
    """How many people of how many, as counted."""

    people: int
    of: int

    @property
    def rest(self) -> int:
        """The others: what subtraction tells of whoever sees both numbers."""
        return self.of - self.people


@dataclass(frozen=True)
class Shown:
    """The same as it may be seen; None is withheld."""

    people: int | None
    of: int | None


@dataclass(frozen=True)
class Published:
    """The lines in the order in which they were given, and the sum of all of them."""

    lines: tuple[Shown, ...]
    total: Shown


def publish(lines: Sequence[Counted]) -> Published:
    """What may be seen of parts that add up to a whole; the first lines are the first withheld.

    Denominators come first, for the same people are the denominator of many figures: where 1 to 4
    were asked, a line is withheld whole, and so are others until the withheld ones make up five
    together. Then the counts: where 1 to 4 did, or 1 to 4 did not, the count is withheld, and so
    are others until both sides of the withheld ones make up five. Where that cannot be, the total
    is withheld in their stead. Which others go depends on their order and never on their own
    counts, so that the choice tells nothing.
    """
    asked = [at for at, line in enumerate(lines) if line.of]
    few = {at for at in asked if _is_small(lines[at].of)}
    whole = _hidden(few, asked, lambda hidden: sum(lines[at].of for at in hidden) >= SMALLEST)
    unseen = few if whole is None else whole
    small = {
        at
        for at in asked
        if at in unseen or _is_small(lines[at].people) or _is_small(lines[at].rest)
    }

    def is_mixed(hidden: set[int]) -> bool:
        people = sum(lines[at].people for at in hidden)
        return min(people, sum(lines[at].rest for at in hidden)) >= SMALLEST

    mixed = None if whole is None else _hidden(small, asked, is_mixed)
    withheld = small if mixed is None else mixed
    people, of = sum(line.people for line in lines), sum(line.of for line in lines)
    return Published(
        tuple(
            Shown(
                None if at in withheld else line.people,
                None if at in unseen else line.of,
            )
            for at, line in enumerate(lines)
        ),
        Shown(None if mixed is None else people, None if whole is None else of),
    )


def _is_small(people: int) -> bool:
    return 0 < people < SMALLEST


def _hidden(
    small: set[int], order: Sequence[int], is_safe: Callable[[set[int]], bool]
) -> set[int] | None:
    """Those that must go, and the fewest of the first that make it safe; None where none do."""
    if not small:
        return small
    for more in range(len(order) + 1):
        hidden = small | set(order[:more])
        if is_safe(hidden):
            return hidden
    return None


def wilson(people: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson: right for few people and near 0 and 1 as well."""
    z = 1.959964
    share = people / of
    middle = share + z * z / (2 * of)
    spread = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    whole = 1 + z * z / of
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)
