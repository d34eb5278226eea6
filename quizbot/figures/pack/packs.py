"""Inspection packs: asked for on a page, made by the worker piece by piece, kept for an hour."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, update

from quizbot.access import must_read_trail
from quizbot.clock import Clock, london_day
from quizbot.errors import NotAllowed, NotFound, Refused
from quizbot.figures.pack.bound import bind
from quizbot.figures.pack.contents import Making, PackContents, Period
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import new_id, pack, pack_part

LOG = logging.getLogger(__name__)
LASTS = timedelta(hours=1)
PORTION = 256 * 1024
TRIES = 2  # after so many a worker is no longer stopped by it
SHOWN = 10  # packs of somebody, the newest
OPEN = ("waiting", "making")
NOT_MADE = (
    "It was not made within an hour. Ask for it again; if that happens once more, ask whoever runs"
    " the service whether the worker is running."
)
STOPPED = (
    "The worker was stopped twice while it made this. Ask for fewer months, or ask whoever runs the"
    " service to look into its log."
)
BROKEN = (
    "Something went wrong on our side, and the service's log says what. Ask for it again; if that"
    " happens once more, tell whoever runs the service."
)
_ANY = select(pack.c.id).where(pack.c.state.in_((*OPEN, "done"))).limit(1)
GONE = "This pack is not here any more: it is kept for an hour. Ask for it again."


@dataclass(frozen=True)
class PackState:
    """A pack as its page shows it."""

    id: UUID
    period: Period
    asked_at: datetime
    state: str
    step: str
    done: int
    steps: int
    ends_at: datetime
    trouble: str
    size: int

    @property
    def is_open(self) -> bool:
        """Whether it is still being waited for."""
        return self.state in OPEN

    @property
    def kilobytes(self) -> int:
        """How large its file is."""
        return self.size // 1024 + 1


@dataclass(frozen=True)
class Packs:
    """Only for who may see everybody's figures and the trail; each sees their own packs."""

    database: Database
    contents: PackContents
    audit: Audit
    place: str
    now: Clock

    def may_ask(self, viewer_id: UUID) -> bool:
        """Whether somebody may have one."""
        try:
            self._must_see(viewer_id)
        except NotAllowed:
            return False
        return True

    def months(self, viewer_id: UUID) -> tuple[date, ...]:
        """The months that can be asked for, the newest first; NotAllowed."""
        self._must_see(viewer_id)
        today = london_day(self.now())
        begun = self.contents.board.begun() or today
        month, found = today.replace(day=1), []
        while month >= begun.replace(day=1):
            found.append(month)
            month = (month - timedelta(days=1)).replace(day=1)
        return tuple(found)

    def ask(self, viewer_id: UUID, first: str, last: str) -> UUID:
        """Have one made; the one that is being made for them already, if there is one."""
        self._must_see(viewer_id)
        period = self.contents.period(first, last)
        self.tidy()
        with self.database.writing(queue="pack") as connection:
            found: UUID | None = connection.execute(
                select(pack.c.id).where(pack.c.asked_by == viewer_id, pack.c.state.in_(OPEN))
            ).scalar()
            if found is not None:
                return found
            pack_id = new_id()
            connection.execute(
                insert(pack).values(
                    id=pack_id,
                    asked_by=viewer_id,
                    first=period.first,
                    last=period.last,
                    asked_at=self.now(),
                    state="waiting",
                    step="",
                    done=0,
                    steps=len(self.contents.steps()) + 1,
                    tries=0,
                    ends_at=self.now() + LASTS,
                    trouble="",
                    size=0,
                )
            )
            self.audit.add(connection, viewer_id, "pack.ask", pack_id, **_told(period))
        return pack_id

    def of(self, viewer_id: UUID) -> tuple[PackState, ...]:
        """What somebody asked for, the newest first."""
        self._must_see(viewer_id)
        query = (
            select(pack).where(pack.c.asked_by == viewer_id).order_by(pack.c.id.desc()).limit(SHOWN)
        )
        with self.database.reading() as connection:
            return tuple(self._state(row) for row in connection.execute(query))

    def fetch(self, viewer_id: UUID, pack_id: UUID) -> tuple[PackState, Iterator[bytes]]:
        """A pack's file in portions, and what it is; that it was taken is recorded."""
        self._must_see(viewer_id)
        with self.database.reading() as connection:
            row = connection.execute(
                select(pack).where(pack.c.id == pack_id, pack.c.asked_by == viewer_id)
            ).first()
        found = self._state(row) if row is not None else None
        if found is None or found.state != "done":
            raise NotFound(GONE)
        with self.database.writing() as connection:
            self.audit.add(connection, viewer_id, "pack.export", pack_id, **_told(found.period))
        return found, self._portions(pack_id)

    def make_now(self, out: IO[bytes], first: str, last: str) -> Period:
        """One for whoever runs the service, at once."""
        period = self.contents.period(first, last)
        making = Making(period, [])
        for step in self.contents.steps():
            for _ in step.make(making):
                pass
        self._bind(making, out)
        with self.database.writing() as connection:
            self.audit.add(connection, OPERATOR, "pack.export", **_told(period))
        return period

    def work(self) -> Iterator[None]:
        """Make what waits, one after another; a pause after each piece. For the worker alone.

        What stands as being made was begun by a worker that is gone: it is made anew, but not for
        ever.
        """
        if self.database.glance(_ANY, {}) is None:
            return
        self.tidy()
        while (row := self._next()) is not None:
            yield from self._make(row)

    def tidy(self) -> None:
        """End what has had its hour, and delete its file."""
        now = self.now()
        late, over = pack.c.ends_at <= now, select(pack.c.id).where(pack.c.state != "done")
        with self.database.reading() as connection:
            old = select(pack.c.id).where(late, pack.c.state.in_((*OPEN, "done"))).limit(1)
            if connection.execute(old).first() is None:
                return
        with self.database.writing(queue="pack") as connection:
            connection.execute(
                update(pack)
                .where(late, pack.c.state.in_(OPEN))
                .values(state="failed", trouble=NOT_MADE)
            )
            connection.execute(
                update(pack).where(late, pack.c.state == "done").values(state="expired")
            )
            connection.execute(delete(pack_part).where(pack_part.c.pack_id.in_(over)))

    def _next(self) -> Row[Any] | None:
        query = select(pack).where(pack.c.state.in_(OPEN), pack.c.ends_at > self.now())
        with self.database.reading() as connection:
            row = connection.execute(query.order_by(pack.c.id).limit(1)).first()
        if row is None:
            return None
        if row.tries >= TRIES:
            self._note(row.id, state="failed", trouble=STOPPED)
            return self._next()
        return row

    def _make(self, row: Row[Any]) -> Iterator[None]:
        steps = self.contents.steps()
        making = Making(Period(row.first, row.last), [])
        self._note(row.id, state="making", tries=row.tries + 1, done=0, steps=len(steps) + 1)
        try:
            for number, step in enumerate(steps):
                self._note(row.id, step=step.words, done=number)
                yield
                yield from step.make(making)
            self._note(row.id, step="Printing", done=len(steps))
            yield
            with TemporaryFile() as file:
                self._bind(making, file)
                self._keep(row.id, file)
        except Refused as error:
            self._note(row.id, state="failed", trouble=str(error)[:300])
        except Exception:  # codes go on being mailed, whatever is wrong with a paper
            LOG.exception("The inspection pack %s could not be made.", row.id)
            self._note(row.id, state="failed", trouble=BROKEN)
        yield

    def _bind(self, making: Making, out: IO[bytes]) -> None:
        bind(out, making.sheets, period=making.period, place=self.place, at=self.now())

    def _keep(self, pack_id: UUID, file: IO[bytes]) -> None:
        size = file.tell()
        file.seek(0)
        with self.database.writing(queue="pack") as connection:
            connection.execute(delete(pack_part).where(pack_part.c.pack_id == pack_id))
            number = 0
            while content := file.read(PORTION):
                connection.execute(
                    insert(pack_part).values(pack_id=pack_id, number=number, content=content)
                )
                number += 1
            connection.execute(
                update(pack)
                .where(pack.c.id == pack_id, pack.c.state == "making")
                .values(state="done", size=size, done=pack.c.steps, ends_at=self.now() + LASTS)
            )

    def _portions(self, pack_id: UUID) -> Iterator[bytes]:
        number = 0
        while True:
            query = select(pack_part.c.content).where(
                pack_part.c.pack_id == pack_id, pack_part.c.number == number
            )
            with self.database.reading() as connection:
                content: bytes | None = connection.execute(query).scalar()
            if content is None:
                return
            yield content
            number += 1

    def _note(self, pack_id: UUID, **values: Any) -> None:
        with self.database.writing() as connection:
            connection.execute(
                update(pack).where(pack.c.id == pack_id, pack.c.state.in_(OPEN)).values(**values)
            )

    def _state(self, row: Row[Any]) -> PackState:
        """As it is now: an hour ends also while no worker runs."""
        state, trouble = row.state, row.trouble
        if row.ends_at <= self.now():
            if state in OPEN:
                state, trouble = "failed", NOT_MADE
            elif state == "done":
                state = "expired"
        return PackState(
            id=row.id,
            period=Period(row.first, row.last),
            asked_at=row.asked_at,
            state=state,
            step=row.step,
            done=row.done,
            steps=row.steps,
            ends_at=row.ends_at,
            trouble=trouble,
            size=row.size,
        )

    def _must_see(self, viewer_id: UUID) -> None:
        with self.database.reading() as connection:
            must_read_trail(connection, viewer_id, london_day(self.now()))


def _told(period: Period) -> dict[str, str]:
    return {"first": f"{period.first:%Y-%m}", "last": f"{period.last:%Y-%m}"}
