"""What managers and boards see."""

from dataclasses import dataclass

from quizbot.drafting.authors import Authors
from quizbot.drafting.drafts import Drafts
from quizbot.editions.editions import Editions
from quizbot.editions.place import Places
from quizbot.editions.problems import Problems
from quizbot.editions.signatures import Signatures
from quizbot.editions.worth import EditionFigures
from quizbot.evidence.attestations import Attestations
from quizbot.evidence.beliefs import Beliefs
from quizbot.evidence.passport.brought import Brought
from quizbot.evidence.regrades import Regrades
from quizbot.figures.board import Board
from quizbot.figures.board_paper import BoardPapers
from quizbot.figures.confirmed import ConfirmedCounting
from quizbot.figures.counting import Counting
from quizbot.figures.desk import Desk
from quizbot.figures.items import Items
from quizbot.figures.overdue import Lateness
from quizbot.figures.pack.contents import PackContents
from quizbot.figures.pack.packs import Packs
from quizbot.figures.team import Reports
from quizbot.people.finding import Finder
from quizbot.people.people import People
from quizbot.reminders.undelivered import Troubles
from quizbot.standing.change_lines import ChangeLines
from quizbot.standing.changes import Changes
from quizbot.standing.confirming import Confirmations
from quizbot.standing.duties import Duties
from quizbot.standing.requests import Requests
from quizbot.standing.standings import Standings
from quizbot.standing.unasked import Forgotten
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class FiguresParts:
    """What the service has of this room."""

    reports: Reports
    counting: Counting
    board: Board
    board_papers: BoardPapers
    lateness: Lateness
    desk: Desk
    packs: Packs
    items: Items


def open_figures(
    core: Core,
    *,
    editions: Editions,
    standings: Standings,
    confirmations: Confirmations,
    duties: Duties,
    attestations: Attestations,
    brought: Brought,
    beliefs: Beliefs,
    problems: Problems,
    places: Places,
    troubles: Troubles,
    people: People,
    finder: Finder,
    change_lines: ChangeLines,
    forgotten: Forgotten,
    signatures: Signatures,
    worth: EditionFigures,
    drafts: Drafts,
    authors: Authors,
    changes: Changes,
    regrades: Regrades,
    requests: Requests,
    issuer: str,
) -> FiguresParts:
    """Each with what it stands on, by name."""
    counting = Counting(
        database=core.database,
        standings=standings,
        beliefs=beliefs,
        changes=ConfirmedCounting(confirmations),
        now=core.now,
    )
    lateness = Lateness(
        database=core.database,
        editions=editions,
        standings=standings,
        requests=requests,
        audit=core.audit,
        now=core.now,
    )
    board = Board(
        database=core.database,
        editions=editions,
        counting=counting,
        beliefs=beliefs,
        lateness=lateness,
        audit=core.audit,
        now=core.now,
    )
    return FiguresParts(
        lateness=lateness,
        desk=Desk(
            editions=editions,
            people=people,
            finder=finder,
            problems=problems,
            drafts=drafts,
            authors=authors,
            places=places,
            troubles=troubles,
            lateness=lateness,
            change_lines=change_lines,
            forgotten=forgotten,
            brought=brought,
            now=core.now,
        ),
        reports=Reports(
            database=core.database,
            editions=editions,
            standings=standings,
            confirmations=confirmations,
            duties=duties,
            attestations=attestations,
            audit=core.audit,
            now=core.now,
        ),
        counting=counting,
        board=board,
        board_papers=BoardPapers(
            board=board,
            editions=editions,
            worth=worth,
            audit=core.audit,
            place=issuer,
            now=core.now,
        ),
        items=Items(database=core.database, editions=editions, worth=worth, now=core.now),
        packs=Packs(
            database=core.database,
            contents=PackContents(
                database=core.database,
                editions=editions,
                signatures=signatures,
                worth=worth,
                board=board,
                counting=counting,
                changes=changes,
                regrades=regrades,
                audit=core.audit,
                now=core.now,
            ),
            audit=core.audit,
            place=issuer,
            now=core.now,
        ),
    )
