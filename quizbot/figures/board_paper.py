"""The board's month on paper: a page of words with a picture, and the tables behind it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.editions.worth import EditionFigures
from quizbot.evidence import pdf
from quizbot.figures.board import Board
from quizbot.figures.board_lines import Figure, Line
from quizbot.figures.board_view import WHOLE, BoardView, name_of
from quizbot.figures.chart import as_svg
from quizbot.store.audit import Audit, TrailHead
from quizbot.words import long_date, month_name

BESIDE = 4  # agencies beside the whole in one table: more do not fit on the page
WORTH = "What a pass is worth"
WHERE_WORTH = "How often somebody would pass who does not know stands on each sources page."
Section = dict[str, Any]


@dataclass(frozen=True)
class BoardPapers:
    """Makes them; what a viewer may not see on the board's page is on no paper of theirs."""

    board: Board
    editions: Editions
    worth: EditionFigures
    audit: Audit
    place: str
    now: Clock

    def of_viewer(self, viewer_id: UUID, month: str = "") -> tuple[BoardView, bytes] | None:
        """A month as somebody sees it on the page; None before any count. It is recorded."""
        view = self.board.export(viewer_id, month)
        if view is None:
            return None
        # Working it out takes a second for each questionnaire: too long for who waits for a page.
        return view, self._printed(view, [section(WORTH, [WHERE_WORTH], [])])

    def of_month(self, month: str = "") -> bytes:
        """All of a month, for whoever runs the service; counted now if it was not before."""
        return self._printed(self.board.report(month), self._worth_of())

    def _printed(self, view: BoardView, worth: Iterable[Section]) -> bytes:
        title = f"Report for the board, {month_name(view.month)}"
        lines = [f"As counted on {long_date(view.counted_on)}."]
        sections = [*_first_page(view), *_tables_of(view), *worth]
        return report_paper(title, self.place, lines, sections, self.audit.head(), self.now())

    def _worth_of(self) -> Iterator[Section]:
        """How often somebody would pass who does not know; of each questionnaire that was read."""
        known = ((o.module.title, self.worth.of(o.edition)) for o in self.editions.offers())
        measured = [(title, found) for title, found in known if found]
        if measured:
            words = [f"{title}. {found.words} {found.rests_on}" for title, found in measured]
            yield section(WORTH, words, [])


def report_paper(
    title: str,
    place: str,
    lines: Sequence[str],
    sections: Sequence[Section],
    head: TrailHead,
    now: datetime,
) -> bytes:
    """A report as PDF, with the end of the audit trail as it is now."""
    data = {
        "title": title,
        "place": place,
        "lines": [*lines, f"Printed on {long_date(london_day(now))}."],
        "sections": sections,
        "head": {"number": head.number, "hash": head.hash},
    }
    return pdf.make("report", data, now)


def section(
    title: str, words: Sequence[str], tables: Sequence[tuple[str, Sequence[str], Any]]
) -> Section:
    """A heading with its paragraphs and tables, as the paper takes it."""
    made = [{"caption": caption, "head": head, "rows": rows} for caption, head, rows in tables]
    return {"title": title, "words": words, "tables": made}


def _first_page(view: BoardView) -> Iterator[Section]:
    """What a board reads: three sentences, the months as a picture, and a claim a questionnaire."""
    yield section("In short", [one.words for one in view.sentences], [])
    about = f"{view.title}: in date, of those asked, month by month"
    picture = {"svg": as_svg(view.chart), "words": f"{about}. The last month: {_last(view)}."}
    yield section(about, [], []) | {"picture": picture}
    yield section("In words", [figure.claim for figure in view.completion], [])


def _last(view: BoardView) -> str:
    return view.trend[-1].whole.words if view.trend else "nothing counted"


def _tables_of(view: BoardView) -> Iterator[Section]:
    in_date = _tables(view, "", "Questionnaire", view.completion)
    yield section("In date, of those asked", [], in_date) | {"begins_page": True}
    if view.changes:
        confirmed = _tables(view, "", "Change", view.changes)
        yield section("Changes of guidance confirmed, of those asked to", [], confirmed)
    for module, title in view.modules:
        shown, met = view.of_kind("objective", module), view.of_kind("belief", module)
        if shown or met:
            tables = _tables(view, "Shown, of those asked about it", "Objective", shown)
            tables += _tables(view, "Met, of those who missed its objective", "Misconception", met)
            yield section(title, [], tables)
    yield section("How it was counted", view.method, [])
    yield section("What the figures do not tell", view.limits, [])


def _tables(
    view: BoardView, caption: str, what: str, figures: Sequence[Figure]
) -> list[tuple[str, list[str], list[list[str]]]]:
    """The agencies a few at a time, always beside the whole."""
    made = []
    for at in range(0, max(1, len(view.agencies)), BESIDE):
        chosen = slice(at, at + BESIDE)
        head = [what, WHOLE, *map(name_of, view.agencies[chosen])]
        rows = [
            [figure.label or figure.title, *map(_cell, (figure.total, *figure.lines[chosen]))]
            for figure in figures
        ]
        made.append((caption if at == 0 else "", head, rows))
    return made if figures else []


def _cell(line: Line) -> str:
    return f"{line.words}\n{line.share_words}".strip()
