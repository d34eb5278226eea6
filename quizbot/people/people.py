"""Units, people, posts with managers, and grants of roles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import TextIO
from uuid import UUID

from sqlalchemy import Connection, func, select

from quizbot.access import (
    NO_SESSION,
    RIGHTS,
    Rights,
    Role,
    Session,
    has_address,
    is_below,
    is_here,
    is_open,
    live,
    must_lead,
    read_rights,
    rights,
)
from quizbot.cells import csv_lines
from quizbot.clock import Clock, london_day
from quizbot.errors import BadFile, NotAllowed, NotFound, OutOfDate, Refused
from quizbot.outbox.notices import Notices
from quizbot.people.file.apply import apply
from quizbot.people.file.columns import remember
from quizbot.people.file.days import DayOrder
from quizbot.people.file.ended_duties import ends_of
from quizbot.people.file.in_words import PlannedPerson, told_people
from quizbot.people.file.person_change import Kind
from quizbot.people.file.plan import Imported, Options, Plan
from quizbot.people.file.reading import COLUMNS
from quizbot.people.file.working_out import make_plan, state_of
from quizbot.people.finding import whose
from quizbot.people.guests import Guests
from quizbot.people.roles import end, give
from quizbot.standing.ended_duties import Endings
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import person, post, unit
from quizbot.words import how_many

__all__ = ["Imported", "Options", "People", "Plan", "UnitLine"]


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
    notices: Notices
    endings: Endings
    now: Clock

    def rights(self, person_id: UUID, session: Session | None = None) -> Rights:
        """What a person may do today; SignedOut where a session does not stand."""
        today = london_day(self.now())
        asked = {"person_id": person_id, "day": today}
        asked["session"] = session.id if session else NO_SESSION
        return read_rights(self.database.look(RIGHTS, asked), person_id, today, session)

    def must_see_editions(self, person_id: UUID) -> None:
        """NotAllowed unless somebody is a lead or an auditor of anything."""
        with self.database.reading() as connection:
            found = rights(connection, person_id, london_day(self.now()))
        if not (found.leads or found.auditor_of):
            raise NotAllowed("This page is for safeguarding leads and auditors.")

    def must_read_editions(self, person_id: UUID) -> None:
        """The same, or an author of questions: what is asked is no secret, who answered what is."""
        with self.database.reading() as connection:
            found = rights(connection, person_id, london_day(self.now()))
        if not (found.writes or found.auditor_of):
            raise NotAllowed("This page is for safeguarding leads, auditors and authors.")

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

    def whose(self, address: str) -> UUID:
        """The person with an address; NotFound where there is none."""
        with self.database.reading() as connection:
            found: UUID | None = connection.execute(
                select(person.c.id).where(has_address(address))
            ).scalar()
        if found is None:
            raise NotFound(f"Nobody has the address {address}.")
        return found

    def units_of(self, lead_id: UUID) -> list[UnitLine]:
        """The units that a lead leads, and all below; NotAllowed for everybody else."""
        with self.database.reading() as connection:
            over = must_lead(connection, lead_id, london_day(self.now())).lead_of
        return [line for line in self.units() if is_below(line.path, over)]

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
        starts_on = starts_on or london_day(self.now())
        with self.database.writing(queue="people") as connection:
            person_id = self._person_by_email(connection, email)
            unit_id = self._unit_by_path(connection, unit_path)
            give(connection, self.audit, person_id, role, unit_id, starts_on, ends_on, by)

    def revoke(self, email: str, role: Role, unit_path: str, by: UUID | None = None) -> None:
        """End a role today; what was done under it stands."""
        with self.database.writing(queue="people") as connection:
            person_id = self._person_by_email(connection, email)
            unit_id = self._unit_by_path(connection, unit_path)
            today = london_day(self.now())
            if not end(connection, self.audit, person_id, role, unit_id, today, by):
                raise NotFound(f"{email} is not {role} of {unit_path}.")

    def by_reference(self, words: str) -> UUID:
        """Who is here with a staff number or an address; NotFound otherwise."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            found = whose(connection, words, today)
        if found is None:
            raise NotFound(f"Nobody here has the number or address {words!r}.")
        return found

    def invite_guest(self, manager_id: UUID, name: str, email: str, until: date) -> UUID:
        """A candidate from outside in a manager's team, until a day; their id."""
        return Guests(self.database, self.audit, self.now).invite(manager_id, name, email, until)

    def export(self, out: TextIO, by: UUID | None = None) -> None:
        """Everybody's posts of today as a people file, which an import takes back unchanged."""
        today = london_day(self.now())
        with self.database.writing() as connection:
            self.audit.add(connection, by or OPERATOR, "export.people")
        chief = person.alias("chief")
        query = (
            select(
                person.c.staff_ref,
                person.c.name,
                person.c.email,
                unit.c.path,
                post.c.job,
                post.c.starts_on,
                func.coalesce(chief.c.staff_ref, chief.c.email),
            )
            .join(post, post.c.person_id == person.c.id)
            .join(unit, unit.c.id == post.c.unit_id)
            .outerjoin(chief, chief.c.id == post.c.manager_id)
            .where(is_here(today), ~person.c.is_guest)
            .where(is_open(post, today))
            .order_by(unit.c.path, person.c.name, person.c.id, post.c.starts_on)
        )
        with self.database.reading() as connection:
            rows = connection.execution_options(yield_per=1000).execute(query)
            out.writelines(csv_lines(chain([COLUMNS], rows)))

    def plan(
        self, path: Path, options: Options, lead_id: UUID | None = None, name: str = ""
    ) -> Plan:
        """What a file would do; close it afterwards. A lead's file speaks of their units only."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            over = must_lead(connection, lead_id, today).lead_of if lead_id else None
            plan = make_plan(connection, path, options, today, over, name)
            try:
                if not plan.is_refused:
                    plan.ends = list(ends_of(connection, self.endings, plan))
            except BaseException:
                plan.close()
                raise
            return plan

    def told(self, plan: Plan) -> Iterator[PlannedPerson]:
        """Everybody for whom a plan changes something, in words."""
        return told_people(plan)

    def told_by_kind(self, plan: Plan, most: int) -> list[tuple[Kind, int, list[PlannedPerson]]]:
        """The same for a page: the gravest first, how many of each kind, and the first of them."""
        found: dict[Kind, tuple[int, list[PlannedPerson]]] = {}
        for one in () if plan.is_refused else told_people(plan):
            count, some = found.get(one.kind, (0, []))
            found[one.kind] = (count + 1, [*some, one] if count < most else some)
        return [(kind, *found[kind]) for kind in Kind if kind in found]

    def apply(self, plan: Plan, *, confirm: bool = False, by: UUID | None = None) -> Imported:
        """Do what a plan says, all of it; Refused where people have changed since it was made."""
        if plan.is_refused:
            raise BadFile(*told_faults(plan))
        if plan.needs_confirming and not confirm:
            raise Refused(f"{plan.warning} Check the file, then confirm it.")
        with self.database.writing(queue="people") as connection:
            is_old = london_day(self.now()) != plan.today or state_of(connection) != plan.state
            if is_old:
                raise OutOfDate("Nothing was done: people were changed meanwhile. Look again.")
            apply(connection, plan, self.audit, self.notices, by or OPERATOR)
            act = (by or OPERATOR, "people.import", "")
            self.endings.settle(connection, plan.ends, act, confirm=confirm)
            if named := remember(connection, plan.options.columns):
                self.audit.add(connection, by or OPERATOR, "import.columns", columns=named)
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
        columns: Mapping[str, str] | None = None,
        days: DayOrder | None = None,
        titles_on: int | None = None,
        by: UUID | None = None,
    ) -> Imported:
        """Take in a people file: all of it, or on any fault nothing (BadFile lists them)."""
        options = Options(make_units, unit, complete, good_rows, columns or {}, days, titles_on)
        with self.plan(path, options) as plan:
            return self.apply(plan, confirm=confirm, by=by)

    def _person_by_email(self, connection: Connection, email: str) -> UUID:
        found: UUID | None = connection.execute(
            select(person.c.id).where(has_address(email), is_here(london_day(self.now())))
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


def told_faults(plan: Plan) -> tuple[str, tuple[str, ...]]:
    """That nothing was imported, and each fault in words."""
    more = plan.fault_count - len(plan.faults)
    lines = tuple(str(fault) for fault in plan.faults)
    count = how_many(plan.fault_count, "fault")
    return f"Nothing was imported: {count} in {plan.name}.", (
        *lines,
        *([f"and {more} more"] if more else []),
    )


def _nearest(path: str, known: Mapping[str, UUID]) -> str:
    close = get_close_matches(path.casefold(), list(known), n=1, cutoff=0.5)
    return f": did you mean {close[0]!r}" if close else ""
