"""Reports on paper: the board's month, a manager's team, the modules. The page's own numbers."""

from collections.abc import Sequence
from datetime import date

from quizbot.figures.board_paper import Section, report_paper, section
from quizbot.service import Service
from quizbot.store.audit import OPERATOR
from quizbot.words import how_many, long_date


def board(service: Service, month: str = "") -> bytes:
    """A month for the board: words and a picture first, every number with its denominator."""
    return service.board_papers.of_month(month)


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
    people = how_many(len(found.lines), "person")
    words = [
        f"The team of {service.people.rights(manager_id).name}.",
        f"{people} with {how_many(len(found.modules), 'questionnaire')}.",
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
            f"Edition {module.edition}, {how_many(len(module.asked), 'question')}.",
            f"One attempt has {how_many(offer.questions_asked, 'question')}. {offer.rule}",
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
    now, place = service.now(), service.place.text("partnership_name")
    return report_paper(title, place, lines, sections, service.audit.head(), now)


def _day(value: date | None) -> str:
    return long_date(value) if value else ""
