"""Units, people, posts with managers, and grants of roles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, or_, select, update

from quizbot.access import Rights, Role, is_here, live, must_lead, rights
from quizbot.audit import OPERATOR, Audit
from quizbot.clock import Clock, london_day
from quizbot.db import Database
from quizbot.errors import BadFile, NotFound, Refused
from quizbot.people_file import Fault, PersonRow, folded_address, read_people
from quizbot.tables import new_id, person, post, role_grant, unit

KINDS = ("partnership", "agency", "team")  # by depth; deeper ones are teams too

__all__ = ["Imported", "People", "UnitLine", "folded_address"]


@dataclass(frozen=True)
class UnitLine:
    """A unit as lists show it."""

    unit_id: UUID
    path: str
    kind: str
    people: int


@dataclass(frozen=True)
class Imported:
    """What an import did, in numbers."""

    joined: int
    changed: int
    posts: int
    units: int
    same: int

    def __str__(self) -> str:
        return (
            f"{self.joined} joined, {self.changed} changed, {self.posts} posts added,"
            f" {self.units} units made, {self.same} as they were"
        )


@dataclass(frozen=True)
class People:
    """Who works where, and who may do what."""

    database: Database
    audit: Audit
    now: Clock

    def rights(self, person_id: UUID, epoch: int | None = None) -> Rights:
        """What a person may do today; SignedOut where a session's epoch does not stand."""
        with self.database.reading() as connection:
            return rights(connection, person_id, london_day(self.now()), epoch)

    def are_there_any(self) -> bool:
        """Whether anybody is known yet."""
        with self.database.reading() as connection:
            return connection.execute(select(person.c.id).limit(1)).first() is not None

    def units(self) -> list[UnitLine]:
        """Every unit that has not ended, in the order of the tree, with its own live posts."""
        today = london_day(self.now())
        counted = (
            select(post.c.unit_id, func.count(post.c.person_id.distinct()).label("people"))
            .where(live(post.c.starts_on, post.c.ends_on, today))
            .group_by(post.c.unit_id)
            .subquery()
        )
        query = (
            select(unit.c.id, unit.c.path, unit.c.kind, func.coalesce(counted.c.people, 0))
            .outerjoin(counted, counted.c.unit_id == unit.c.id)
            .where(unit.c.ended_on.is_(None))
        )
        with self.database.reading() as connection:
            lines = [UnitLine(*row) for row in connection.execute(query)]
        return sorted(lines, key=lambda line: line.path.casefold().split("/"))

    def units_of(self, lead_id: UUID) -> list[UnitLine]:
        """The units that a lead leads, and all below; NotAllowed for everybody else."""
        with self.database.reading() as connection:
            over = must_lead(connection, lead_id, london_day(self.now())).lead_of
        return [
            line
            for line in self.units()
            if any(f"{line.path}/".startswith(f"{top}/") for top in over)
        ]

    def grant(
        self,
        email: str,
        role: Role,
        unit_path: str,
        starts_on: date | None = None,
        ends_on: date | None = None,
        by: UUID | None = None,
    ) -> None:
        """Give a person a role over a unit and all below it; twice changes nothing."""
        today = london_day(self.now())
        starts_on = starts_on or today
        if ends_on is not None and ends_on < starts_on:
            raise Refused("The last day of a role cannot be before its first.")
        with self.database.writing(queue="people") as connection:
            person_id = self._person_by_email(connection, email)
            unit_id = self._unit_by_path(connection, unit_path)
            same = connection.execute(
                select(role_grant.c.id).where(
                    role_grant.c.person_id == person_id,
                    role_grant.c.unit_id == unit_id,
                    role_grant.c.role == role.value,
                    live(role_grant.c.starts_on, role_grant.c.ends_on, starts_on),
                    role_grant.c.ends_on.is_not_distinct_from(ends_on),
                )
            ).first()
            if same is not None:
                return
            grant_id = new_id()
            connection.execute(
                insert(role_grant).values(
                    id=grant_id,
                    person_id=person_id,
                    unit_id=unit_id,
                    role=role.value,
                    starts_on=starts_on,
                    ends_on=ends_on,
                    made_by=by,
                )
            )
            self.audit.add(
                connection,
                by or OPERATOR,
                "role.grant",
                person_id,
                role=role.value,
                unit=unit_id,
                starts_on=starts_on,
                ends_on=ends_on,
            )

    def revoke(self, email: str, role: Role, unit_path: str, by: UUID | None = None) -> None:
        """End a role today; what was done under it stands."""
        today = london_day(self.now())
        with self.database.writing(queue="people") as connection:
            person_id = self._person_by_email(connection, email)
            unit_id = self._unit_by_path(connection, unit_path)
            ended = connection.execute(
                update(role_grant)
                .where(
                    role_grant.c.person_id == person_id,
                    role_grant.c.unit_id == unit_id,
                    role_grant.c.role == role.value,
                    or_(role_grant.c.ends_on.is_(None), role_grant.c.ends_on >= today),
                )
                .values(ends_on=_day_before(today))
            ).rowcount
            if not ended:
                raise NotFound(f"{email} is not {role.value} of {unit_path}.")
            self.audit.add(
                connection, by or OPERATOR, "role.revoke", person_id, role=role.value, unit=unit_id
            )

    def import_file(
        self, path: Path, *, make_units: bool = False, by: UUID | None = None
    ) -> Imported:
        """Take in a people file: all of it, or on any fault nothing (BadFile lists them all)."""
        rows: list[PersonRow] = []
        faults: list[Fault] = []
        for item in read_people(path):
            (rows if isinstance(item, PersonRow) else faults).append(item)  # type: ignore[arg-type]
        with self.database.writing(queue="people") as connection:
            known = _Known.read(connection)
            faults += known.faults(rows, make_units=make_units)
            if faults:
                lines = tuple(str(f) for f in sorted(faults, key=lambda f: (f.line, f.column)))
                raise BadFile(f"Nothing was imported: {len(faults)} faults in {path.name}.", lines)
            imported = self._take_in(connection, rows, known)
            self.audit.add(
                connection, by or OPERATOR, "people.import", "", rows=len(rows), **vars(imported)
            )
        return imported

    def _take_in(self, connection: Connection, rows: list[PersonRow], known: "_Known") -> Imported:
        today = london_day(self.now())
        units_before = len(known.units)
        for row in rows:
            known.unit_id(connection, row.unit)
        joined = self._write_people(connection, rows, known)
        posts, changed_posts = self._write_posts(connection, rows, known, today)
        changed = known.changed | changed_posts - known.joined
        return Imported(
            joined=joined,
            changed=len(changed),
            posts=posts,
            units=len(known.units) - units_before,
            same=len({row.who for row in rows}) - joined - len(changed),
        )

    def _write_people(self, connection: Connection, rows: list[PersonRow], known: "_Known") -> int:
        new: dict[UUID, dict[str, Any]] = {}
        for row in rows:
            person_id = known.find(row)
            values = {"name": row.name, "email": row.email, "staff_ref": row.staff_ref}
            if person_id is None:
                person_id = new_id()
                new[person_id] = {
                    "id": person_id,
                    **values,
                    "started_on": row.started_on,
                    "is_guest": False,
                    "sign_in_epoch": 0,
                }
                known.joined.add(person_id)
            elif person_id in new:
                first = min(new[person_id]["started_on"], row.started_on)
                new[person_id]["started_on"] = first
            elif known.people[person_id] != values:
                connection.execute(update(person).where(person.c.id == person_id).values(**values))
                known.changed.add(person_id)
            known.note(person_id, row)
        if new:
            connection.execute(insert(person), list(new.values()))
        return len(new)

    def _write_posts(
        self, connection: Connection, rows: list[PersonRow], known: "_Known", today: date
    ) -> tuple[int, set[UUID]]:
        """Posts in a second pass, so that a manager may stand below their people in the file."""
        existing = {
            (row.person_id, row.unit_id, row.job): row
            for row in connection.execute(
                select(post).where(or_(post.c.ends_on.is_(None), post.c.ends_on >= today))
            )
        }
        new: list[dict[str, Any]] = []
        changed: set[UUID] = set()
        for row in rows:
            person_id = known.find(row)
            assert person_id is not None
            unit_id = known.unit_id(connection, row.unit)
            manager_id = known.manager(row.manager) if row.manager else None
            found = existing.get((person_id, unit_id, row.job))
            if found is None:
                new.append(
                    {
                        "id": new_id(),
                        "person_id": person_id,
                        "unit_id": unit_id,
                        "job": row.job,
                        "manager_id": manager_id,
                        "starts_on": row.started_on,
                        "recorded_on": today,
                    }
                )
                changed.add(person_id)
            elif found.manager_id != manager_id:
                connection.execute(
                    update(post).where(post.c.id == found.id).values(manager_id=manager_id)
                )
                changed.add(person_id)
        if new:
            connection.execute(insert(post), new)
        return len(new), changed

    def _person_by_email(self, connection: Connection, email: str) -> UUID:
        found: UUID | None = connection.execute(
            select(person.c.id).where(
                person.c.email == folded_address(email), is_here(london_day(self.now()))
            )
        ).scalar()
        if found is None:
            raise NotFound(f"Nobody here has the address {email}. Import them first.")
        return found

    def _unit_by_path(self, connection: Connection, path: str) -> UUID:
        known = _Known.read_units(connection)
        wanted = known.get(path.casefold())
        if wanted is None:
            raise NotFound(f"There is no unit {path!r}{_nearest(path, known)}.")
        return wanted


class _Known:
    """What the database holds before an import, looked up by what a file says."""

    def __init__(
        self, units: dict[str, UUID], people: dict[UUID, dict[str, Any]], left: set[UUID]
    ) -> None:
        self.units = units
        self.people = people
        self.left = left
        self.by_ref = {p["staff_ref"]: id_ for id_, p in people.items() if p["staff_ref"]}
        self.by_email = {p["email"]: id_ for id_, p in people.items() if p["email"]}
        self.joined: set[UUID] = set()
        self.changed: set[UUID] = set()

    @staticmethod
    def read_units(connection: Connection) -> dict[str, UUID]:
        """Live units by their folded path."""
        rows = connection.execute(select(unit.c.path, unit.c.id).where(unit.c.ended_on.is_(None)))
        return {path.casefold(): unit_id for path, unit_id in rows}

    @classmethod
    def read(cls, connection: Connection) -> "_Known":
        """Everything an import compares with."""
        people = connection.execute(
            select(person.c.id, person.c.name, person.c.email, person.c.staff_ref, person.c.left_on)
        ).all()
        known = {p.id: {"name": p.name, "email": p.email, "staff_ref": p.staff_ref} for p in people}
        left = {p.id for p in people if p.left_on is not None}
        return cls(cls.read_units(connection), known, left)

    def find(self, row: PersonRow) -> UUID | None:
        """Whom a row speaks of: by `staff_ref`, or else by address."""
        if row.staff_ref and row.staff_ref in self.by_ref:
            return self.by_ref[row.staff_ref]
        found = self.by_email.get(row.email or "")
        if found and row.staff_ref and self.people[found]["staff_ref"] not in (None, row.staff_ref):
            return None
        return found

    def note(self, person_id: UUID, row: PersonRow) -> None:
        """Remember a row's person for the rows and managers that follow."""
        values = {"name": row.name, "email": row.email, "staff_ref": row.staff_ref}
        self.people[person_id] = values
        if row.staff_ref:
            self.by_ref[row.staff_ref] = person_id
        if row.email:
            self.by_email[row.email] = person_id

    def manager(self, reference: str) -> UUID | None:
        """A manager by `staff_ref` or address."""
        return self.by_ref.get(reference) or self.by_email.get(folded_address(reference))

    def unit_id(self, connection: Connection, path: str) -> UUID:
        """A unit by its path; made, with all above it, where it is not there yet."""
        found = self.units.get(path.casefold())
        if found is not None:
            return found
        above, _, name = path.rpartition("/")
        parent_id = self.unit_id(connection, above) if above else None
        depth = path.count("/")
        unit_id = new_id()
        connection.execute(
            insert(unit).values(
                id=unit_id,
                parent_id=parent_id,
                path=path,
                kind=KINDS[min(depth, len(KINDS) - 1)],
                name=name,
            )
        )
        self.units[path.casefold()] = unit_id
        return unit_id

    def faults(self, rows: list[PersonRow], *, make_units: bool) -> list[Fault]:
        """What only shows when rows are held against each other and against the database."""
        found: list[Fault] = []
        refs = {row.staff_ref for row in rows if row.staff_ref}
        emails = {row.email for row in rows if row.email}
        owners: dict[str, str] = {}
        names: dict[str, PersonRow] = {}
        for row in rows:
            found += self._row_faults(row, refs, emails, make_units=make_units)
            if row.email and owners.setdefault(row.email, row.who) != row.who:
                words = f"belongs to {owners[row.email]!r} on another line: one address, one person"
                found.append(Fault(row.line, "email", words))
            first = names.setdefault(row.who, row)
            if (first.name, first.email) != (row.name, row.email):
                words = f"{row.who!r} has another name or address on line {first.line}"
                found.append(Fault(row.line, "name", words))
        return found

    def _row_faults(
        self, row: PersonRow, refs: set[str], emails: set[str], *, make_units: bool
    ) -> Iterable[Fault]:
        if not make_units and row.unit.casefold() not in self.units:
            words = f"{row.unit!r} is not a unit{_nearest(row.unit, self.units)}"
            yield Fault(row.line, "unit", f"{words}. Use --make-units to make it.")
        owner = self.by_email.get(row.email or "")
        if owner and row.staff_ref and self.people[owner]["staff_ref"] not in (None, row.staff_ref):
            words = "belongs to somebody with another staff_ref: one address, one person"
            yield Fault(row.line, "email", words)
        if row.manager is None:
            return
        folded = folded_address(row.manager)
        if row.manager == row.staff_ref or folded == row.email:
            yield Fault(row.line, "manager", "nobody is their own manager")
        elif row.manager not in refs and folded not in emails:
            manager = self.manager(row.manager)
            if manager is None:
                words = f"{row.manager!r} is in neither the file nor the database"
                yield Fault(row.line, "manager", words)
            elif manager in self.left:
                yield Fault(row.line, "manager", f"{row.manager!r} has left")


def _nearest(path: str, known: Mapping[str, UUID]) -> str:
    close = get_close_matches(path.casefold(), list(known), n=1, cutoff=0.5)
    return f": did you mean {close[0]!r}" if close else ""


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
