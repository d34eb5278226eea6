"""Who must take what by when, and where each stands."""

from dataclasses import dataclass

from quizbot.editions.editions import Editions
from quizbot.outbox.notices import Notices
from quizbot.standing.dispensations import Dispensations
from quizbot.standing.duties import Duties
from quizbot.standing.requests import Requests
from quizbot.standing.requirements import Rules
from quizbot.standing.standings import Standings
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class StandingParts:
    """What the service has of this room."""

    standings: Standings
    duties: Duties
    requests: Requests
    dispensations: Dispensations
    rules: Rules


def open_standing(core: Core, *, editions: Editions, notices: Notices) -> StandingParts:
    """Each with what it stands on, by name."""
    standings = Standings(database=core.database, editions=editions, now=core.now)
    return StandingParts(
        standings=standings,
        duties=Duties(database=core.database, editions=editions, standings=standings),
        requests=Requests(
            database=core.database,
            editions=editions,
            standings=standings,
            notices=notices,
            audit=core.audit,
            now=core.now,
        ),
        dispensations=Dispensations(
            database=core.database, standings=standings, audit=core.audit, now=core.now
        ),
        rules=Rules(
            database=core.database,
            editions=editions,
            standings=standings,
            audit=core.audit,
            now=core.now,
        ),
    )
