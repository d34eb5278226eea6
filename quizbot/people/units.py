"""The tree of units as leads keep it: add, rename, move, end."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, select, update

from quizbot.access import is_below, is_open, must_lead, within
from quizbot.clock import Clock, london_day
from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.people.file.apply import KINDS, add_unit
from quizbot.people.file.reading import DEEPEST
from quizbot.standing.ended_duties import Endings
from quizbot.standing.standings import forget
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import new_id, post, unit
from quizbot.words import LONGEST, how_many, is_showable, tidy


@dataclass(frozen=True)
class UnitCard:
    """A unit as its page shows it; people of it and all below."""

    unit_id: UUID
    path: str
    name: str
    parent_id: UUID | None
    people: int
    units_below: int
    is_top: bool  # of the units that the lead leads


@dataclass(frozen=True)
class Units:
    """Each method is one transaction; a lead keeps the units that they lead, and all below."""

    database: Database
    audit: Audit
    endings: Endings
    now: Clock

    def card(self, lead_id: UUID, unit_id: UUID) -> UnitCard:
        """One unit; NotFound where it is not the lead's."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            row, over = _led(connection, lead_id, unit_id, today)
            below = select(func.count()).where(
                unit.c.ended_on.is_(None), within(row.path), unit.c.id != unit_id
            )
            return UnitCard(
                unit_id=unit_id,
                path=row.path,
                name=row.name,
                parent_id=row.parent_id,
                people=_people(connection, row.path, today),
                units_below=connection.execute(below).scalar_one(),
                is_top=row.path in over,
            )

    def add(self, lead_id: UUID, parent_id: UUID, name: str) -> UUID:
        """A new unit below one of the lead's; one that had ended is open again."""
        with self.database.writing(queue="people") as connection:
            parent, _ = _led(connection, lead_id, parent_id, london_day(self.now()), "parent")
            path = _path(parent.path, name)
            found = _by_path(connection, path)
            if found is not None and found.ended_on is None:
                raise Mend(name=f"{found.path} is there already")
            unit_id: UUID = found.id if found is not None else new_id()
            if found is not None:
                connection.execute(update(unit).where(unit.c.id == unit_id).values(ended_on=None))
            else:
                add_unit(connection, unit_id, parent_id, path)
            self.audit.add(connection, lead_id, "unit.add", unit_id, parent=parent_id)
        return unit_id

    def rename(self, lead_id: UUID, unit_id: UUID, name: str) -> None:
        """Another name; everything below goes with it."""
        with self.database.writing(queue="people") as connection:
            row, _ = _led(connection, lead_id, unit_id, london_day(self.now()))
            path = _path(row.path.rpartition("/")[0], name)
            if path == row.path:
                return
            self._place(connection, row, path, row.parent_id)
            self.audit.add(connection, lead_id, "unit.rename", unit_id)

    def move(self, lead_id: UUID, unit_id: UUID, parent_id: UUID, *, confirm: bool = False) -> None:
        """Below another unit; never below itself. Rules of the units above go with the place."""
        today = london_day(self.now())
        with self.database.writing(queue="people") as connection:
            row, over = _led(connection, lead_id, unit_id, today)
            parent, _ = _led(connection, lead_id, parent_id, today, "parent")
            if row.path in over:
                raise NotAllowed("You lead this unit: a lead of the unit above it may move it.")
            if is_below(parent.path, (row.path,)):
                raise Mend(parent="A unit cannot be moved below itself")
            if parent.id == row.parent_id:
                return
            people = list(connection.execute(_people_of(row.path, today)).scalars())
            act = (lead_id, "unit.move", unit_id)
            with self.endings.watched(connection, people, act, confirm=confirm):
                self._place(connection, row, _path(parent.path, row.name), parent_id)
            self.audit.add(
                connection, lead_id, "unit.move", unit_id, before=row.parent_id, after=parent_id
            )

    def end(self, lead_id: UUID, unit_id: UUID) -> None:
        """No more of it, nor of the units below; refused while anybody is in one of them."""
        today = london_day(self.now())
        with self.database.writing(queue="people") as connection:
            row, over = _led(connection, lead_id, unit_id, today)
            if row.path in over:
                raise NotAllowed("You lead this unit: a lead of the unit above it may end it.")
            people = _people(connection, row.path, today)
            if people:
                are = how_many(people, "person is", "people are")
                raise Refused(f"{are} in {row.path} or below. Move them or end their posts first.")
            ended = connection.execute(
                update(unit)
                .where(within(row.path), unit.c.ended_on.is_(None))
                .values(ended_on=today)
            ).rowcount
            self.audit.add(connection, lead_id, "unit.end", unit_id, units=ended)

    def _place(
        self, connection: Connection, row: Row[Any], path: str, parent_id: UUID | None
    ) -> None:
        """Give a unit another path, and all below it theirs; standing is worked out anew."""
        other = _by_path(connection, path)
        if other is not None and other.id != row.id:
            state = "was there before" if other.ended_on else "is there already"
            raise Mend(name=f"{other.path} {state}: choose another name")
        below = connection.execute(
            select(unit.c.id, unit.c.path).where(within(row.path)).order_by(unit.c.path)
        ).all()
        longest = max(len(line.path) for line in below) - len(row.path) + len(path)
        deepest = max(line.path.count("/") for line in below)
        if longest > LONGEST["unit"] or deepest - row.path.count("/") + path.count("/") >= DEEPEST:
            raise Mend(
                name=f"Units have at most {DEEPEST} levels and names in all 1,000 characters"
            )
        for line in below:
            moved = path + line.path[len(row.path) :]
            kind = KINDS[min(moved.count("/"), len(KINDS) - 1)]
            connection.execute(
                update(unit).where(unit.c.id == line.id).values(path=moved, kind=kind)
            )
        connection.execute(
            update(unit)
            .where(unit.c.id == row.id)
            .values(name=path.rpartition("/")[2], parent_id=parent_id)
        )
        forget(connection)


def _led(
    connection: Connection, lead_id: UUID, unit_id: UUID, today: date, field: str = ""
) -> tuple[Row[Any], tuple[str, ...]]:
    """A live unit of a lead's, and which they lead; `field` is what to mend where it is not."""
    over = must_lead(connection, lead_id, today).lead_of
    row = connection.execute(
        select(unit).where(unit.c.id == unit_id, unit.c.ended_on.is_(None))
    ).first()
    if row is None or not is_below(row.path, over):
        if field:
            raise Mend(**{field: "Choose one of the units that you lead"})
        raise NotFound("There is no such unit among those that you lead.")
    return row, over


def _path(above: str, name: str) -> str:
    """Where a unit of a name is, below another."""
    given = tidy(name)
    if not given:
        raise Mend(name="Enter the name of the unit")
    if len(given) > 200 or not is_showable(given):
        raise Mend(name="Enter a name of at most 200 plain characters")
    if "/" in given:
        raise Mend(name="Leave out the slash: it stands between units")
    path = f"{above}/{given}" if above else given
    if path.count("/") >= DEEPEST or len(path) > LONGEST["unit"]:
        raise Mend(name=f"Units have at most {DEEPEST} levels and names in all 1,000 characters")
    return path


def _by_path(connection: Connection, path: str) -> Row[*tuple[Any, ...]] | None:
    """A unit by its path, however it is written; ended ones keep theirs."""
    rows = connection.execute(select(unit.c.id, unit.c.path, unit.c.ended_on))
    return next((row for row in rows if row.path.casefold() == path.casefold()), None)


def _people(connection: Connection, path: str, today: date) -> int:
    """How many people have a post in a unit or below, held or to come."""
    people = _people_of(path, today).subquery()
    return connection.execute(select(func.count()).select_from(people)).scalar_one()


def _people_of(path: str, today: date) -> Select[Any]:
    """Who they are."""
    return (
        select(post.c.person_id)
        .distinct()
        .join(unit, unit.c.id == post.c.unit_id)
        .where(within(path), is_open(post, today))
    )
