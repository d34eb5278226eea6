"""Units, people, posts with managers, and grants of roles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, func, insert, or_, select, update

from quizbot.access import Rights, Role, is_here, live, must_lead, rights
from quizbot.audit import OPERATOR, Audit
from quizbot.clock import Clock, london_day
from quizbot.db import Database
from quizbot.errors import BadFile, NotFound, OutOfDate, Refused
from quizbot.people_apply import apply
from quizbot.people_file import folded_address
from quizbot.people_import import Imported, Options, Plan, make_plan, state_of
from quizbot.tables import new_id, person, post, role_grant, unit

__all__ = ["Imported", "Options", "People", "Plan", "UnitLine", "folded_address"]


@dataclass(frozen=True)
class UnitLine:
    """A unit as lists show it."""

    unit_id: UUID
    path: str
    kind: str
    people: int


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

    def plan(
        self, path: Path, options: Options, lead_id: UUID | None = None, name: str = ""
    ) -> Plan:
        """What a file would do; close it afterwards. A lead's file speaks of their units only."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            over = must_lead(connection, lead_id, today).lead_of if lead_id else None
            return make_plan(connection, path, options, today, over, name)

    def apply(self, plan: Plan, *, confirm: bool = False, by: UUID | None = None) -> Imported:
        """Do what a plan says, all of it; Refused where people have changed since it was made."""
        if plan.fault_count and not plan.options.good_rows:
            raise BadFile(*told(plan))
        if plan.needs_confirming and not confirm:
            raise Refused(f"{plan.warning} Check the file, then confirm it.")
        with self.database.writing(queue="people") as connection:
            is_old = london_day(self.now()) != plan.today or state_of(connection) != plan.state
            if is_old:
                raise OutOfDate("Nothing was done: people were changed meanwhile. Look again.")
            apply(connection, plan, self.audit, by or OPERATOR)
        return plan.counts

    def import_file(
        self,
        path: Path,
        *,
        make_units: bool = False,
        unit: str | None = None,
        complete: bool = False,
        good_rows: bool = False,
        confirm: bool = False,
        by: UUID | None = None,
    ) -> Imported:
        """Take in a people file: all of it, or on any fault nothing (BadFile lists them)."""
        options = Options(make_units, unit, complete, good_rows)
        with self.plan(path, options) as plan:
            return self.apply(plan, confirm=confirm, by=by)

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
        rows = connection.execute(
            select(unit.c.path, unit.c.id).where(unit.c.ended_on.is_(None))
        ).all()
        known = {row.path.casefold(): row.id for row in rows}
        wanted: UUID | None = known.get(path.casefold())
        if wanted is None:
            raise NotFound(f"There is no unit {path!r}{_nearest(path, known)}.")
        return wanted


def told(plan: Plan) -> tuple[str, tuple[str, ...]]:
    """That nothing was imported, and each fault in words."""
    more = plan.fault_count - len(plan.faults)
    lines = tuple(str(fault) for fault in plan.faults)
    count = "1 fault" if plan.fault_count == 1 else f"{plan.fault_count} faults"
    return f"Nothing was imported: {count} in {plan.name}.", (
        *lines,
        *([f"and {more} more"] if more else []),
    )


def _nearest(path: str, known: Mapping[str, UUID]) -> str:
    close = get_close_matches(path.casefold(), list(known), n=1, cutoff=0.5)
    return f": did you mean {close[0]!r}" if close else ""


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
