"""Who must take what by when, and where each stands."""

from collections.abc import Callable
from dataclasses import dataclass

from quizbot.editions.editions import Editions
from quizbot.outbox.notices import Notices
from quizbot.standing.change_lines import ChangeLines
from quizbot.standing.changes import Changes
from quizbot.standing.confirming import Confirmations
from quizbot.standing.dispensations import Dispensations
from quizbot.standing.due_calendars import DueCalendars
from quizbot.standing.duties import Duties
from quizbot.standing.ended_duties import Endings
from quizbot.standing.requests import Requests
from quizbot.standing.requirements import Rules
from quizbot.standing.standings import Standings
from quizbot.standing.tellings import Tellings
from quizbot.standing.unasked import Forgotten
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class StandingParts:
    """What the service has of this room."""

    standings: Standings
    endings: Endings
    duties: Duties
    due_calendars: DueCalendars
    requests: Requests
    dispensations: Dispensations
    rules: Rules
    changes: Changes
    change_lines: ChangeLines
    confirmations: Confirmations
    tellings: Tellings
    forgotten: Forgotten


def open_standing(
    core: Core, *, editions: Editions, notices: Notices, is_on: Callable[[str], bool]
) -> StandingParts:
    """Each with what it stands on, by name; `is_on` tells the place's switches."""
    standings = Standings(database=core.database, editions=editions, now=core.now)
    confirmations = Confirmations(
        database=core.database,
        editions=editions,
        standings=standings,
        register=editions.register,
        now=core.now,
    )
    endings = Endings(standings=standings, audit=core.audit)
    changes = Changes(
        database=core.database,
        editions=editions,
        confirmations=confirmations,
        audit=core.audit,
        register=editions.register,
        is_on=is_on,
        now=core.now,
    )
    duties = Duties(database=core.database, editions=editions, standings=standings)
    return StandingParts(
        standings=standings,
        endings=endings,
        duties=duties,
        due_calendars=DueCalendars(
            database=core.database, duties=duties, signer=core.signer, now=core.now
        ),
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
            endings=endings,
            audit=core.audit,
            now=core.now,
        ),
        forgotten=Forgotten(database=core.database, editions=editions, now=core.now),
        changes=changes,
        change_lines=ChangeLines(
            database=core.database, editions=editions, changes=changes, confirmations=confirmations
        ),
        confirmations=confirmations,
        tellings=Tellings(database=core.database, now=core.now),
    )
