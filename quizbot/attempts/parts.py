"""Taking a questionnaire, alone, as a try, or in a group."""

import secrets
from dataclasses import dataclass

from quizbot.attempts.attempts import Attempts
from quizbot.attempts.huddles import Huddles
from quizbot.attempts.refreshing import Refreshers
from quizbot.attempts.tryout import TryOut
from quizbot.attempts.updating import Updates
from quizbot.editions.editions import Editions
from quizbot.evidence.certificates import Certificates
from quizbot.evidence.regrades import Regrades
from quizbot.outbox.notices import Notices
from quizbot.outbox.results import Results
from quizbot.standing.confirming import Confirmations
from quizbot.standing.standings import Standings
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class AttemptsParts:
    """What the service has of this room."""

    attempts: Attempts
    updates: Updates
    try_out: TryOut
    huddles: Huddles


def open_attempts(
    core: Core,
    *,
    editions: Editions,
    standings: Standings,
    confirmations: Confirmations,
    notices: Notices,
    certificates: Certificates,
    regrades: Regrades,
    results: Results,
) -> AttemptsParts:
    """Each with what it stands on, by name."""
    return AttemptsParts(
        attempts=Attempts(
            database=core.database,
            editions=editions,
            notices=notices,
            certificates=certificates,
            regrades=regrades,
            results=results,
            confirmations=confirmations,
            refreshers=Refreshers(database=core.database, standings=standings, now=core.now),
            now=core.now,
            seed=_seed,
        ),
        updates=Updates(
            database=core.database,
            editions=editions,
            confirmations=confirmations,
            now=core.now,
            seed=_seed,
        ),
        try_out=TryOut(editions=editions, signer=core.signer, now=core.now),
        huddles=Huddles(database=core.database, editions=editions, now=core.now, seed=_seed),
    )


def _seed() -> int:
    return secrets.randbits(64)
