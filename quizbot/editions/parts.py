"""What is asked: the editions, and what hangs on them."""

from dataclasses import dataclass
from pathlib import Path

from questions.place import Place
from quizbot.editions.changes_here import ChangesHere, RegisterHere
from quizbot.editions.editions import Editions
from quizbot.editions.place import Places
from quizbot.editions.place_settings import LiveSettings
from quizbot.editions.problems import Problems
from quizbot.editions.signatures import Signatures
from quizbot.editions.worth import EditionFigures
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class EditionsParts:
    """What the service has of this room."""

    editions: Editions
    changes_here: ChangesHere
    figures: EditionFigures
    places: Places
    problems: Problems
    signatures: Signatures


def open_editions(
    core: Core,
    *,
    place: Place,
    live: LiveSettings | None,
    place_file: Path,
    local_banks: Path | None,
    signature_needed: bool,
) -> EditionsParts:
    """Each with what it stands on, by name."""
    register = RegisterHere(core.database)
    editions = Editions(
        database=core.database,
        audit=core.audit,
        now=core.now,
        signature_needed=signature_needed,
        register=register.read,
    )
    return EditionsParts(
        editions=editions,
        changes_here=ChangesHere(
            database=core.database,
            editions=editions,
            audit=core.audit,
            place=place,
            register=register,
            now=core.now,
        ),
        figures=EditionFigures(now=core.now),
        places=Places(
            database=core.database,
            editions=editions,
            audit=core.audit,
            file=place_file,
            local_banks=local_banks,
            in_use=place,
            now=core.now,
            live=live,
        ),
        problems=Problems(
            database=core.database, editions=editions, audit=core.audit, now=core.now
        ),
        signatures=Signatures(
            database=core.database, editions=editions, audit=core.audit, now=core.now
        ),
    )
