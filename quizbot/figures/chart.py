"""A line chart: where its points lie, and as a picture; pure. A table beside has the numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

# Narrow, so that the words beside the axes are as large as those around it on a phone.
LEFT, TOP, WIDTH, HEIGHT = 46, 30, 306, 190
MOST_LABELS = 4  # of months: more would run into each other
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
    left: float = LEFT
    right: float = RIGHT
    box: str = f"0 0 {RIGHT + 8} {BOTTOM + 34}"
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
    every = -(-len(labels) // MOST_LABELS)
    written = [at for at in range(len(labels)) if (len(labels) - 1 - at) % max(1, every) == 0]
    return Chart(
        labels=tuple((places[at], labels[at]) for at in written),
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


def as_svg(drawn: Chart) -> str:
    """The chart as a picture for paper, in one line."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{drawn.box}">']
    words = '<text font-family="Libertinus Serif" font-size="13"'
    for y, share in drawn.grid:
        parts += [
            f'<line x1="{drawn.left}" x2="{drawn.right}" y1="{y}" y2="{y}" stroke="#999999"/>',
            f'{words} x="{drawn.left - 6}" y="{y + 4}" text-anchor="end">{share}</text>',
        ]
    for x, month in drawn.labels:
        parts.append(f'{words} x="{x}" y="{drawn.bottom + 22}" text-anchor="middle">{month}</text>')
    for number, points in enumerate(drawn.lines):
        dashes = ' stroke-dasharray="7 5"' if number else ""
        stroke = f'fill="none" stroke="#0d5c63" stroke-width="2"{dashes}'
        parts += [f'<polyline points="{one}" {stroke}/>' for one in drawn.strokes(number)]
        for point in filter(None, points):
            bar = f'x1="{point.x}" x2="{point.x}" y1="{point.low}" y2="{point.high}"'
            parts += [
                f'<line {bar} stroke="#0d5c63" stroke-width="1.5" opacity="0.55"/>',
                f'<circle cx="{point.x}" cy="{point.y}" r="4" fill="#0d5c63"/>',
            ]
    return "".join([*parts, "</svg>"])
