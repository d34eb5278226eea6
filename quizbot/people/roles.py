"""Roles given with dates, to deputies, assistants, leads and auditors, and their end."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from quizbot.access import LATEST, Role, is_below, is_open, knows, live, must_lead
from quizbot.clock import Clock, has_ended, london_day
from quizbot.errors import Mend, NotAllowed, NotFound
from quizbot.people.forms import checked_unit
from quizbot.signin import given_out
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import new_id, person, role_grant, unit
from quizbot.words import long_date


@dataclass(frozen=True)
class Roles:
    """What a lead gives over the units that are theirs, and takes back."""

    database: Database
    audit: Audit
    now: Clock

    def give(
        self,
        lead_id: UUID,
        person_id: UUID,
        role: Role,
        unit_id: UUID,
        starts_on: date,
        ends_on: date | None,
    ) -> None:
        """A role over a unit of the lead's, for no longer than the lead's own."""
        today = london_day(self.now())
        with self.database.writing(queue="people") as connection:
            over = knows(connection, lead_id, person_id, today).lead_of
            path = checked_unit(connection, over, unit_id)
            if lead_id == person_id:
                raise NotAllowed("Nobody gives a role to themselves: ask another lead.")
            if not _is_here(connection, person_id, today):
                raise NotAllowed("This person has left: roles are for people who are here.")
            if starts_on < today:
                raise Mend(starts_on="The first day cannot be in the past")
            if max(starts_on, ends_on or starts_on) > today + LATEST:
                raise Mend(ends_on="This is more than ten years ahead: check the year")
            own = _own_end(connection, lead_id, path, today)
            if own is not None and (ends_on is None or ends_on > own):
                words = f"Your own role ends on {long_date(own)}: give this one until then"
                raise Mend(ends_on=words)
            give(connection, self.audit, person_id, role, unit_id, starts_on, ends_on, lead_id)

    def end(self, lead_id: UUID, grant_id: UUID) -> UUID:
        """End a role over a unit of the lead's from today; whose it was."""
        today = london_day(self.now())
        with self.database.writing(queue="people") as connection:
            over = must_lead(connection, lead_id, today).lead_of
            row = connection.execute(
                select(role_grant, unit.c.path)
                .join(unit, unit.c.id == role_grant.c.unit_id)
                .where(
                    role_grant.c.id == grant_id,
                    is_open(role_grant, today),
                )
            ).first()
            if row is None or not is_below(row.path, over):
                raise NotFound("There is no such role in the units that you lead.")
            if row.person_id == lead_id:
                raise NotAllowed("Ask another lead to end your own role.")
            connection.execute(
                update(role_grant)
                .where(role_grant.c.id == grant_id)
                .values(ends_on=today - timedelta(days=1))
            )
            given_out.end(connection, [row.person_id])
            self.audit.add(
                connection, lead_id, "role.revoke", row.person_id, role=row.role, unit=row.unit_id
            )
        found: UUID = row.person_id
        return found


def give(
    connection: Connection,
    audit: Audit,
    person_id: UUID,
    role: Role,
    unit_id: UUID,
    starts_on: date,
    ends_on: date | None,
    by: UUID | None,
) -> None:
    """Give a role over a unit and all below it; twice changes nothing."""
    if ends_on is not None and ends_on < starts_on:
        raise Mend(ends_on="The last day of a role cannot be before its first.")
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
    days = {"starts_on": starts_on, "ends_on": ends_on}
    connection.execute(
        insert(role_grant).values(
            id=new_id(), person_id=person_id, unit_id=unit_id, role=role.value, made_by=by, **days
        )
    )
    audit.add(
        connection, by or OPERATOR, "role.grant", person_id, role=role.value, unit=unit_id, **days
    )


def end(
    connection: Connection,
    audit: Audit,
    person_id: UUID,
    role: Role,
    unit_id: UUID,
    today: date,
    by: UUID | None,
) -> bool:
    """End a role over a unit from today; whether there was one. What was done under it stands."""
    ended = connection.execute(
        update(role_grant)
        .where(
            role_grant.c.person_id == person_id,
            role_grant.c.unit_id == unit_id,
            role_grant.c.role == role.value,
            is_open(role_grant, today),
        )
        .values(ends_on=today - timedelta(days=1))
    ).rowcount
    if ended:
        given_out.end(connection, [person_id])
        audit.add(
            connection, by or OPERATOR, "role.revoke", person_id, role=role.value, unit=unit_id
        )
    return bool(ended)


def _is_here(connection: Connection, person_id: UUID, today: date) -> bool:
    left_on = connection.execute(select(person.c.left_on).where(person.c.id == person_id)).scalar()
    return not has_ended(left_on, today)


def _own_end(connection: Connection, lead_id: UUID, path: str, today: date) -> date | None:
    """Until when a lead leads a unit; None without end."""
    rows = connection.execute(
        select(unit.c.path, role_grant.c.ends_on)
        .join(role_grant, role_grant.c.unit_id == unit.c.id)
        .where(
            role_grant.c.person_id == lead_id,
            role_grant.c.role == Role.LEAD.value,
            live(role_grant.c.starts_on, role_grant.c.ends_on, today),
        )
    )
    ends = [row.ends_on for row in rows if is_below(path, [row.path])]
    return None if None in ends else max(ends) + timedelta(0)
