"""Reports on paper: the board's month, a manager's team, the modules. The page's own numbers."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from quizbot.clock import london_day
from quizbot.evidence import pdf
from quizbot.figures.board_view import WHOLE, BoardView, Figure, Line, name_of
from quizbot.service import Service
from quizbot.store.audit import OPERATOR
from quizbot.words import long_date, month_name

BESIDE = 4  # agencies beside the whole in one table: more do not fit on the page
Section = dict[str, Any]


def board(service: Service, month: str = "") -> bytes:
    """A month for the board: claims in words, every number with its denominator, the method."""
    view = service.board.report(month)
    title = f"Report for the board, {month_name(view.month)}"
    lines = [f"As counted on {long_date(view.counted_on)}."]
    return paper(service, title, lines, [*_board(view), *_worth(service)])


def team(service: Service, address: str) -> bytes:
    """A manager's people and where each stands; that it was taken is recorded."""
    manager_id = service.people.whose(address)
    found = service.reports.team(manager_id)
    with service.database.writing() as connection:
        service.audit.add(
            connection, OPERATOR, "team.export", manager_id, kind="pdf", people=len(found.lines)
        )
    rows = [
        [line.name, cell.title, cell.words, _day(cell.due_on), _day(cell.valid_until)]
        for line in found.lines
        for cell in line.cells
    ]
    words = [
        f"The team of {service.people.rights(manager_id).name}.",
        f"{len(found.lines)} people with {len(found.modules)} questionnaires.",
        "Standing and days only, never what anybody answered.",
        "This is not for discipline or capability procedures.",
    ]
    head = ["Name", "Questionnaire", "Standing", "Due", "Valid until"]
    return paper(service, "Report on a team", words, [section("People", [], [("", head, rows)])])


def modules(service: Service) -> bytes:
    """What is asked at present: each module, its edition, its objectives and what rests on it."""
    sections = []
    for offer in service.editions.offers():
        module = offer.module
        words = [
            module.summary,
            f"Edition {module.edition}, {len(module.asked)} questions.",
            f"One attempt has {offer.questions_asked} questions. {offer.rule}",
            f"Fingerprint: {offer.edition.fingerprint}",
        ]
        if offer.practice_only:
            words.append(f"Practice only: {offer.practice_only}")
        counts = [
            [title, str(sum(question.objective == name for question in module.asked))]
            for name, title in module.objectives.items()
        ]
        sections.append(section(module.title, words, [("", ["Objective", "Questions"], counts)]))
    return paper(service, "Report on the questionnaires", [], sections)


def paper(service: Service, title: str, lines: Sequence[str], sections: Sequence[Section]) -> bytes:
    """The report as PDF, with the end of the audit trail as it is now."""
    now = service.now()
    head = service.audit.head()
    data = {
        "title": title,
        "place": service.place.text("partnership_name"),
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


def _day(value: date | None) -> str:
    return long_date(value) if value else ""


def _board(view: BoardView) -> Iterator[Section]:
    claims = [figure.claim for figure in view.completion]
    yield section("In words", claims, [])
    in_date = _tables(view, "", "Questionnaire", view.completion)
    yield section("In date, of those asked", [], in_date)
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


def _worth(service: Service) -> Iterator[Section]:
    """How often somebody would pass who does not know; of each questionnaire that was read."""
    known = ((o.module.title, service.figures.of(o.edition)) for o in service.editions.offers())
    measured = [(title, found) for title, found in known if found]
    if measured:
        words = [f"{title}. {found.words} {found.rests_on}" for title, found in measured]
        yield section("What a pass is worth", words, [])


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
