"""Sheets of a pack: a table as the spreadsheet has it, and what of it is printed. Pure.

What is printed is taken from the rows themselves, so that paper and spreadsheet cannot differ.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from quizbot.figures.board_lines import Figure, Line
from quizbot.figures.board_view import WHOLE
from quizbot.rules.suppress import Counted, publish

BESIDE = 4  # agencies beside the whole in one printed table: more do not fit on the page
PRINTED = "As printed"
HOW_MANY = "How many"  # what that column is called on paper
NUMBERS = ("People", "Of", "Share", "Interval from", "Interval to", PRINTED)

Row = tuple[str, ...]


@dataclass(frozen=True)
class Printed:
    """A table on paper."""

    caption: str
    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class PackSheet:
    """One table of the pack: its file, its section on paper with words, and what is printed."""

    name: str
    title: str
    head: Row
    rows: tuple[Row, ...]
    words: tuple[str, ...] = ()
    printed: tuple[Printed, ...] = field(default=())

    @property
    def file(self) -> str:
        """What its file is called."""
        return f"{self.name}.csv"

    def lines(self) -> Iterator[Row]:
        """The file's rows, its titles first."""
        yield self.head
        yield from self.rows


def listed(
    name: str,
    title: str,
    head: Row,
    rows: Iterable[Row],
    *,
    words: Sequence[str] = (),
    of: Sequence[str] = (),
) -> PackSheet:
    """A sheet that is printed as a list: all its columns, or those that are named."""
    kept = tuple(rows)
    at = [head.index(column) for column in of or head]
    titles = tuple(HOW_MANY if head[i] == PRINTED else head[i] for i in at)
    printed = Printed("", titles, tuple(tuple(r[i] for i in at) for r in kept))
    return PackSheet(name, title, head, kept, tuple(words), (printed,) if kept else ())


def by_agency(
    name: str, title: str, figures: Iterable[Figure], words: Sequence[str] = ()
) -> PackSheet:
    """A sheet of the board's figures: a row for each agency, printed beside one another."""
    head = ("Questionnaire", "What", "Agency", *NUMBERS)
    rows = tuple(
        (figure.title, figure.label or figure.title, line.agency, *numbers(line))
        for figure in figures
        for line in figure.all_lines
    )
    return PackSheet(name, title, head, rows, tuple(words), tuple(_beside(rows)))


def numbers(line: Line) -> Row:
    """A count with its denominator, share and interval, and as it is printed."""
    low, high = line.interval or (None, None)
    about = "about " if line.is_about else ""
    words = f"{line.words}\n{line.share_words}".strip()
    return (
        line.step or ("withheld" if line.people is None else f"{about}{line.people}"),
        "withheld" if line.of is None else str(line.of),
        *(f"{part:.0%}" if part is not None else "" for part in (line.share, low, high)),
        words,
    )


def whole(counted: Counted) -> Line:
    """A count of the whole partnership as it may be seen: by the rules of the board."""
    (shown,) = publish([counted]).lines
    return Line(WHOLE, shown.people, shown.of, shown.step or "")


def _beside(rows: Sequence[Row]) -> Iterator[Printed]:
    """For each questionnaire what was counted, the whole first, then its agencies a few at a time.

    Where each has one line alone, all are in one table.
    """
    what: dict[str, dict[str, dict[str, str]]] = {}
    for title, item, agency, *_, words in rows:
        what.setdefault(title, {}).setdefault(item, {})[agency] = words
    if all(list(items) == [title] for title, items in what.items()):
        what = {"": {title: items[title] for title, items in what.items()}}
    agencies = list(dict.fromkeys(row[2] for row in rows))
    for title, items in what.items():
        others = [one for one in agencies if one != WHOLE]
        for at in range(0, max(1, len(others)), BESIDE):
            columns = (WHOLE, *others[at : at + BESIDE])
            yield Printed(
                title,
                ("Questionnaire" if not title else "What", *columns),
                tuple(
                    (item, *(cells.get(agency, "") for agency in columns))
                    for item, cells in items.items()
                ),
            )
