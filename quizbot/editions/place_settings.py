"""Settings of the place as leads save them on its page, laid over those of its file.

The later word counts: what was saved on the page stands until the file says something else of that
setting than it did then. So whoever keeps the file is never overruled without seeing it.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from questions.place import Place, Setting
from quizbot.errors import Refused
from quizbot.store.database import Database
from quizbot.store.tables import person, place_setting

FRESH = 5.0  # seconds in which nobody asks the database again


@dataclass(frozen=True)
class SavedSetting:
    """One setting as a lead saved it, and what the file said of it then."""

    setting: Setting
    file_said: str
    saved_at: datetime
    saved_by: str

    def counts(self, of_file: Setting | None) -> bool:
        """Whether it is the later word: the file says what it said then."""
        return packed(of_file) == self.file_said


def packed(setting: Setting | None) -> str:
    """A setting as it is kept and compared; nothing where there is none."""
    return json.dumps(setting.model_dump(mode="json"), sort_keys=True) if setting else ""


def saved_settings(connection: Connection) -> dict[str, SavedSetting]:
    """What was saved on the page, by name."""
    query = select(place_setting, person.c.name.label("who")).join(
        person, person.c.id == place_setting.c.saved_by
    )
    return {
        row.name: SavedSetting(
            Setting.model_validate_json(row.content), row.file_said, row.saved_at, row.who
        )
        for row in connection.execute(query)
    }


def keep_setting(
    connection: Connection,
    name: str,
    setting: Setting,
    of_file: Setting | None,
    at: datetime,
    by: UUID,
) -> None:
    """Put a setting beside the file, in place of what was saved before."""
    drop_setting(connection, name)
    connection.execute(
        insert(place_setting).values(
            name=name,
            content=packed(setting),
            file_said=packed(of_file),
            saved_at=at,
            saved_by=by,
        )
    )


def drop_setting(connection: Connection, name: str) -> None:
    """Let the file speak again."""
    connection.execute(delete(place_setting).where(place_setting.c.name == name))


def laid_over(place: Place, saved: Mapping[str, SavedSetting]) -> Place:
    """The place as both say it."""
    settings = dict(place.settings)
    for name, one in saved.items():
        if one.counts(settings.get(name)):
            settings[name] = one.setting
    return Place(settings)


@dataclass
class LiveSettings(Mapping[str, Setting]):
    """What a running service says of its place; what is saved on the page reaches it in seconds.

    `version` is another after each change. Where the database is away, it says what it said.
    """

    file: Place
    database: Database
    version: int = 0
    _now: Mapping[str, Setting] = field(init=False)
    _next: float = 0.0

    def __post_init__(self) -> None:
        self._now = self.file.settings

    def refresh(self, *, at_once: bool = False) -> None:
        """Ask the database, if that was not done just now."""
        if time.monotonic() < self._next and not at_once:
            return
        self._next = time.monotonic() + FRESH
        try:
            with self.database.reading() as connection:
                found = laid_over(self.file, saved_settings(connection)).settings
        except (SQLAlchemyError, Refused):
            return
        if found != self._now:
            self._now = found
            self.version += 1

    def __getitem__(self, name: str) -> Setting:
        return self._now[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)
