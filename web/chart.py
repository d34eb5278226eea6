"""Where shares lie, one below the other; pure. A table beside has the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, TOP, WIDTH = 48, 16, 560
ROW = 22


@dataclass(frozen=True)
class Bar:
    """A share in a row of its own: the interval from left to right, and another share beside."""

    label: str
    y: float
    x: float
    low: float
    high: float
    beside: float | None


@dataclass(frozen=True)
class Shares:
    """Shares one below the other, over a grid from 0 to 100 %."""

    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """How far it reaches down."""
        return TOP + ROW * len(self.bars) + ROW

    @property
    def bottom(self) -> int:
        """Where the grid ends."""
        return TOP + ROW * len(self.bars)

    @property
    def grid(self) -> list[tuple[float, str]]:
        """Where 0, 25, 50, 75 and 100 % are."""
        return [(across(part / 4), f"{part * 25}%") for part in range(5)]


def across(share: float) -> float:
    """How far from the left a share is drawn."""
    return round(LEFT + WIDTH * share, 1)


def shares(
    rows: Sequence[tuple[str, tuple[float, tuple[float, float]], float | None]],
) -> Shares:
    """Rows of a label, a share with its interval, and a share to compare it with, if there is."""
    return Shares(
        tuple(
            Bar(
                label=label,
                y=TOP + ROW * (at + 0.5),
                x=across(share),
                low=across(low),
                high=across(high),
                beside=None if beside is None else across(beside),
            )
            for at, (label, (share, (low, high)), beside) in enumerate(rows)
        )
    )
