"""What every room of a partnership's service stands on."""

from dataclasses import dataclass

from quizbot.clock import Clock
from quizbot.signing import Signer
from quizbot.store.audit import Audit
from quizbot.store.database import Database


@dataclass(frozen=True, kw_only=True)
class Core:
    """The database, the trail of acts in it, the key and the clock."""

    database: Database
    audit: Audit
    signer: Signer
    now: Clock
