"""The board's figures as values: lines with denominators, shares, intervals, and words for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from quizbot.access import is_below
from quizbot.figures.board_lines import Figure, Line
from quizbot.figures.board_words import BoardSentence, LateSummary, changed, least, what_next
from quizbot.figures.chart import Chart, chart
from quizbot.figures.counting import BELIEF, CONFIRMED, LATER, OBJECTIVE, STANDING

WHOLE = "All agencies"
TOO_FEW, DIFFERS = "Too few to tell", "Differs between agencies"
KINDS = {
    STANDING: "In date, of those asked",
    OBJECTIVE: "Objective shown, of those asked about it",
    BELIEF: "Misconception met, of those who missed its objective",
    LATER: "Did it change practice, as answered some weeks later",
    CONFIRMED: "Change of guidance confirmed, of those asked to",
}
COLUMNS = (
    "Month",
    "Counted on",
    "Agency",
    "Questionnaire",
    "Figure",
    "What",
    "People",
    "Of",
    "Share",
    "Interval from",
    "Interval to",
)
METHOD = """\
Everybody who is here is counted once, in the agency of the post they have held longest.
Guests, and people whose post is in no agency, are not counted.

In date are those asked to take a questionnaire, by a rule or by a request, whose pass is valid on
the day. Whoever is paused, exempt or not required to take it is in no denominator, and is never
counted as not in date.

Objectives are from each person's latest submitted assured attempt. An objective is shown when all
its questions were right. Whoever was not asked about it is not in its denominator. Practice never
counts.

A change of guidance is confirmed by those who have shown the new rule, of those who were asked to
confirm it. Whoever is paused or exempt and has not shown it is in no denominator.

Where fewer than five people did, or did not, that is said in place of the number. Of fewer than ten
people nothing is said, and of fewer than five not even how many they are. The total is made from
what is said alone, and so it may be only about right: agencies of five to nine people are in it
together, or not at all where there is one alone, and smaller ones are not. How many did,
where it is withheld, could still be any of five numbers or more.

A misconception is never told as a number, only as met by about half or more, or by fewer, of those
in an agency who missed its objective. It is told of five people or more together whose attempts
were not told of before, at most once a month, and stays until the next such five. No two figures
rest on the same answer, so that none can be subtracted from another."""
LIMITS = """\
A pass shows what somebody knew on a day, with the sources open, not what they do at work.

The interval (95%, after Wilson) tells how far chance alone could move a share; small groups have
wide ones. Agencies differ in who is asked and when: their shares are no ranking.

Who compares two months sees a change, and it may be of few people."""


@dataclass(frozen=True)
class Month:
    """One month of the trend: the whole, and one agency if one was chosen."""

    month: date
    whole: Line
    own: Line | None


@dataclass(frozen=True)
class BoardView:
    """Everything of the board's page."""

    month: date
    counted_on: date
    months: tuple[date, ...]
    agencies: tuple[str, ...]
    modules: tuple[tuple[str, str], ...]
    module: str
    agency: str
    figures: tuple[Figure, ...]
    trend: tuple[Month, ...]
    before: tuple[Figure, ...] = ()  # who was in date in the month before
    month_before: date | None = None
    lead_of: tuple[str, ...] = ()  # where this viewer may see by name who is late
    late: LateSummary | None = None

    @property
    def sentences(self) -> tuple[BoardSentence, ...]:
        """What a board reads first."""
        return (
            changed(self.completion, self.before, self.month_before),
            least(self.of_kind(OBJECTIVE)),
            what_next(self.completion, self.late),
        )

    @property
    def chart(self) -> Chart:
        """The months drawn: the whole, and the chosen agency if there is one."""
        lines = [[drawn(month.whole) for month in self.trend]]
        if self.agency:
            lines.append([drawn(month.own) for month in self.trend])
        return chart([f"{month.month:%b %y}" for month in self.trend], lines)

    def where_late(self, module: str, column: int) -> str:
        """Where a number of a table leads: to who is late there, for whoever may see them by name.

        Column 0 is the whole, then come the agencies.
        """
        if column == 0:
            is_seen, unit = any("/" not in path for path in self.lead_of), {}
        else:
            agency = self.agencies[column - 1]
            is_seen, unit = is_below(agency, self.lead_of), {"unit": agency}
        return f"/board/overdue?{urlencode({**unit, 'module': module})}" if is_seen else ""

    @property
    def method(self) -> list[str]:
        """How it was counted, in paragraphs."""
        return [" ".join(words.split()) for words in METHOD.split("\n\n")]

    @property
    def limits(self) -> list[str]:
        """What the figures do not tell, in paragraphs."""
        return [" ".join(words.split()) for words in LIMITS.split("\n\n")]

    @cached_property
    def names(self) -> dict[str, str]:
        """What each agency is called here: its path without the partnership's name."""
        return {agency: name_of(agency) for agency in self.agencies}

    @property
    def title(self) -> str:
        """The chosen module's title."""
        return dict(self.modules)[self.module]

    def of_kind(self, kind: str, module: str = "") -> tuple[Figure, ...]:
        """The figures of a kind, of one module or of all."""
        return tuple(f for f in self.figures if f.kind == kind and module in ("", f.module))

    @property
    def completion(self) -> tuple[Figure, ...]:
        """Who is in date, module by module."""
        return self.of_kind(STANDING)

    @property
    def objectives(self) -> tuple[Figure, ...]:
        """What was shown of the chosen module."""
        return self.of_kind(OBJECTIVE, self.module)

    @property
    def changes(self) -> tuple[Figure, ...]:
        """Who has confirmed the changes of guidance that people were asked about."""
        return self.of_kind(CONFIRMED)

    @property
    def later(self) -> tuple[Figure, ...]:
        """Whether the chosen module changed practice, as people said some weeks later."""
        return self.of_kind(LATER, self.module)

    @property
    def beliefs(self) -> tuple[Figure, ...]:
        """Which misconceptions were met in the chosen module."""
        return self.of_kind(BELIEF, self.module)

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The same lines as a table for a spreadsheet, its titles first."""
        yield COLUMNS
        head = (f"{self.month:%Y-%m}", self.counted_on.isoformat())
        for figure in self.figures:
            for line in figure.all_lines:
                low, high = line.interval or (None, None)
                yield (
                    *head,
                    line.agency,
                    figure.title,
                    KINDS[figure.kind],
                    figure.label,
                    line.step or f"{'about ' if line.is_about else ''}{_number(line.people)}",
                    "" if figure.kind == BELIEF else _number(line.of),
                    *(
                        f"{part:.1%}" if part is not None else ""
                        for part in (line.share, low, high)
                    ),
                )


def drawn(line: Line | None) -> tuple[float, tuple[float, float]] | None:
    """A share and its interval, where there is one to be seen."""
    if line is None or line.share is None or line.interval is None:
        return None
    return line.share, line.interval


def name_of(agency: str) -> str:
    """What an agency is called: the last name of its path."""
    return agency.rpartition("/")[2]


def _number(people: int | None) -> str:
    return "withheld" if people is None else str(people)
