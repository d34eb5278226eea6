"""What managers and boards see."""

from dataclasses import dataclass

from quizbot.editions.editions import Editions
from quizbot.evidence.attestations import Attestations
from quizbot.figures.board import Board
from quizbot.figures.counting import Counting
from quizbot.figures.team import Reports
from quizbot.standing.duties import Duties
from quizbot.standing.standings import Standings
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class FiguresParts:
    """What the service has of this room."""

    reports: Reports
    counting: Counting
    board: Board


def open_figures(
    core: Core,
    *,
    editions: Editions,
    standings: Standings,
    duties: Duties,
    attestations: Attestations,
) -> FiguresParts:
    """Each with what it stands on, by name."""
    counting = Counting(
        database=core.database, editions=editions, standings=standings, now=core.now
    )
    return FiguresParts(
        reports=Reports(
            database=core.database,
            editions=editions,
            standings=standings,
            duties=duties,
            attestations=attestations,
            audit=core.audit,
            now=core.now,
        ),
        counting=counting,
        board=Board(
            database=core.database,
            editions=editions,
            counting=counting,
            audit=core.audit,
            now=core.now,
        ),
    )
