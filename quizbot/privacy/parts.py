"""What is kept of people, how long, and what was done with it."""

from dataclasses import dataclass

from quizbot.editions.editions import Editions
from quizbot.privacy.erasure import Erasure
from quizbot.privacy.own_data import OwnData
from quizbot.privacy.retention import Retention
from quizbot.privacy.trail import Trail
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class PrivacyParts:
    """What the service has of this room."""

    trail: Trail
    own_data: OwnData
    erasure: Erasure
    retention: Retention


def open_privacy(core: Core, *, editions: Editions) -> PrivacyParts:
    """Each with what it stands on, by name."""
    erasure = Erasure(database=core.database, audit=core.audit, now=core.now)
    return PrivacyParts(
        trail=Trail(database=core.database, now=core.now),
        own_data=OwnData(database=core.database, editions=editions, audit=core.audit, now=core.now),
        erasure=erasure,
        retention=Retention(
            database=core.database, audit=core.audit, erasure=erasure, now=core.now
        ),
    )
