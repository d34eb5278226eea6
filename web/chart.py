"""Where the points of a line chart lie; pure. The page shows the same numbers in a table beside."""

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, TOP, WIDTH, HEIGHT = 48, 16, 560, 200
RIGHT, BOTTOM = LEFT + WIDTH, TOP + HEIGHT


@dataclass(frozen=True)
class Point:
    """A share where it is drawn, and how far its interval reaches."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Chart:
    """One or more rows of shares over the same months; a withheld one leaves a gap."""

    labels: tuple[tuple[float, str], ...]
    lines: tuple[tuple[Point | None, ...], ...]
    right: float = RIGHT
    bottom: float = BOTTOM

    @property
    def grid(self) -> list[tuple[float, str]]:
        """Heights of 0, 25, 50, 75 and 100 %."""
        return [(height(part / 4), f"{part * 25}%") for part in range(5)]

    def strokes(self, line: int) -> list[str]:
        """The points of a line from gap to gap, as SVG has them."""
        parts: list[list[str]] = [[]]
        for point in self.lines[line]:
            if point is None:
                parts.append([])
            else:
                parts[-1].append(f"{point.x:g},{point.y:g}")
        return [" ".join(part) for part in parts if len(part) > 1]


def height(share: float) -> float:
    """How far from the top a share is drawn."""
    return round(TOP + HEIGHT * (1 - share), 1)


def chart(
    labels: Sequence[str],
    lines: Sequence[Sequence[tuple[float, tuple[float, float]] | None]],
) -> Chart:
    """Shares with their intervals, drawn from left to right."""
    step = WIDTH / max(1, len(labels))
    places = [round(LEFT + step * (at + 0.5), 1) for at in range(len(labels))]
    return Chart(
        labels=tuple(zip(places, labels, strict=True)),
        lines=tuple(
            tuple(
                Point(x, height(found[0]), height(found[1][0]), height(found[1][1]))
                if found
                else None
                for x, found in zip(places, line, strict=True)
            )
            for line in lines
        ),
    )


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
