"""Who is where, and who may do what there."""

from dataclasses import dataclass
from pathlib import Path

from quizbot.outbox.notices import Notices
from quizbot.people.file.uploads import Uploads
from quizbot.people.finding import Finder
from quizbot.people.guests import Guests
from quizbot.people.joining import Joining
from quizbot.people.people import People
from quizbot.people.roles import Roles
from quizbot.people.scim.door import ScimDoor
from quizbot.people.scim.mirror import Mirror
from quizbot.people.scim.settling import Settling
from quizbot.people.scim.tokens import Tokens
from quizbot.people.staff import Staff
from quizbot.people.units import Units
from quizbot.standing.ended_duties import Endings
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class PeopleParts:
    """What the service has of this room."""

    people: People
    finder: Finder
    staff: Staff
    roles: Roles
    joining: Joining
    units: Units
    guests: Guests
    uploads: Uploads
    scim: ScimDoor
    scim_tokens: Tokens
    directory: Settling


def open_people(
    core: Core, *, notices: Notices, endings: Endings, uploads_folder: Path, directory_top: str
) -> PeopleParts:
    """Each with what it stands on, by name."""
    directory = Settling(
        database=core.database,
        audit=core.audit,
        notices=notices,
        endings=endings,
        now=core.now,
        top=directory_top,
    )
    tokens = Tokens(database=core.database, audit=core.audit, now=core.now, top=directory_top)
    return PeopleParts(
        people=People(
            database=core.database,
            audit=core.audit,
            notices=notices,
            endings=endings,
            now=core.now,
        ),
        finder=Finder(database=core.database, now=core.now),
        staff=Staff(
            database=core.database,
            audit=core.audit,
            notices=notices,
            endings=endings,
            now=core.now,
        ),
        roles=Roles(database=core.database, audit=core.audit, now=core.now),
        joining=Joining(database=core.database, audit=core.audit, now=core.now),
        units=Units(database=core.database, audit=core.audit, endings=endings, now=core.now),
        guests=Guests(database=core.database, audit=core.audit, now=core.now),
        uploads=Uploads(folder=uploads_folder),
        scim=ScimDoor(
            mirror=Mirror(database=core.database, now=core.now),
            tokens=tokens,
            directory=directory,
            is_open=bool(directory_top),
        ),
        scim_tokens=tokens,
        directory=directory,
    )
