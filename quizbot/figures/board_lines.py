"""One number of the board with its denominator, and a figure of several; words for both."""

from dataclasses import dataclass

from quizbot.rules.suppress import wilson
from quizbot.words import how_many

COMMON, LESS = "About half or more", "Fewer than half"


@dataclass(frozen=True)
class Line:
    """One number of an agency, or of the whole; None is withheld, a step may stand for it."""

    agency: str
    people: int | None
    of: int | None
    step: str = ""  # what is said in place of a number
    is_about: bool = False

    @property
    def is_withheld(self) -> bool:
        """Whether the number may not be seen."""
        return self.people is None

    @property
    def share(self) -> float | None:
        """People of those asked, 0 to 1."""
        return self.people / self.of if self.people is not None and self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Between what the share may be, 95 %."""
        return wilson(self.people, self.of) if self.people is not None and self.of else None

    @property
    def words(self) -> str:
        """The number with its denominator, or the step."""
        if self.step:
            words = self.step[:1].upper() + self.step[1:]
            return words if self.of is None else f"{words}, of {self.of}"
        if self.of == 0:
            return "Nobody asked"
        if self.people is None:
            return "Withheld" if self.of is None else f"Withheld, of {self.of}"
        about = "About " if self.is_about else ""
        return f"{about}{self.people} of {self.of}"

    @property
    def share_words(self) -> str:
        """The share with its interval, such as "30%, 18% to 45%"."""
        if self.share is None or self.interval is None:
            return ""
        low, high = self.interval
        return f"{self.share:.0%}, {low:.0%} to {high:.0%}"

    @property
    def level(self) -> int:
        """How deep to shade it: 0 for nobody or nothing to be seen, up to 4."""
        if self.step:
            return 4 if self.step == COMMON else 0
        return 0 if not self.share else min(4, 1 + int(self.share * 8))


@dataclass(frozen=True)
class Figure:
    """One thing counted, agency by agency as far as the viewer may see, and of the whole."""

    module: str
    title: str
    kind: str
    item: str
    label: str
    lines: tuple[Line, ...]
    total: Line

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """The whole first, then the agencies."""
        return (self.total, *self.lines)

    @property
    def claim(self) -> str:
        """The whole's number as a sentence that claims no more than was counted."""
        total = self.total
        if total.of == 0:
            return f"{self.title}: nobody is asked to take it."
        if total.of is None or total.people is None or total.interval is None:
            return f"{self.title}: the numbers are too small to be told."
        low, high = total.interval
        about = "about " if total.is_about else ""
        return (
            f"{self.title}: of {how_many(total.of, 'person who is', 'people who are')} asked to"
            f" take it, {about}{total.people} are in date, which is {total.share:.0%} (95% interval"
            f" {low:.0%} to {high:.0%})."
        )
