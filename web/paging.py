"""The way through a long list: the pages near this one, the first and the last."""

from collections.abc import Callable
from dataclasses import dataclass

REACH = 2  # pages on either side of this one


@dataclass(frozen=True)
class Paging:
    """Each page as number, address and whether it is this one; before and after it, if any."""

    pages: list[tuple[int, str, bool]]
    previous: str = ""
    next: str = ""


def paging(number: int, last: int, address: Callable[[int], str], reach: int = REACH) -> Paging:
    """Where the pages of a list are, seen from one of them."""
    near = [n for n in range(1, last + 1) if n in (1, last) or abs(n - number) <= reach]
    return Paging(
        [(n, address(n), n == number) for n in near],
        address(number - 1) if number > 1 else "",
        address(number + 1) if number < last else "",
    )
