"""Dispensations: exemption, pause, extension, recognised learning; granted, ended, taken back."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from quizbot.access import has_other_lead, leads
from quizbot.clock import Clock, london_day
from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.rules import due
from quizbot.standing.requests import LATEST, check_reason, must_be_theirs
from quizbot.standing.standings import Standings, forget
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import dispensation, new_id, post
from quizbot.words import long_date


@dataclass(frozen=True)
class Dispensations:
    """Granting and ending; who may do which is decided here."""

    database: Database
    standings: Standings
    audit: Audit
    now: Clock

    def today(self) -> date:
        """The day in London."""
        return london_day(self.now())

    def grant(
        self,
        by: UUID,
        person_id: UUID,
        kind: due.DispensationKind,
        module: str | None,
        starts_on: date,
        ends_on: date | None,
        reason: str,
    ) -> UUID:
        """Grant a dispensation. Leads grant all kinds below their units, managers extensions.

        An extension runs to `ends_on`; recognised learning was learned on `starts_on`.
        """
        given = (by, person_id, kind, module, starts_on, ends_on, reason)
        with self.database.writing(queue="duties") as connection:
            return self.grant_in(connection, *given)

    def grant_in(
        self,
        connection: Connection,
        by: UUID,
        person_id: UUID,
        kind: due.DispensationKind,
        module: str | None,
        starts_on: date,
        ends_on: date | None,
        reason: str,
    ) -> UUID:
        """The same in the transaction of what it is granted for; refused before it is written."""
        today = self.today()
        self._check_grant(kind, module, starts_on, ends_on, reason)
        self._must_grant(connection, by, person_id, kind)
        self._must_change_something(connection, person_id, kind, module, starts_on, ends_on)
        granted_id = new_id()
        connection.execute(
            insert(dispensation).values(
                id=granted_id,
                person_id=person_id,
                module=module,
                kind=kind.name.lower(),
                made_on=today,
                starts_on=today if kind is due.DispensationKind.EXTENSION else starts_on,
                ends_on=ends_on,
                reason=reason.strip(),
                made_by=by,
            )
        )
        self.audit.add(
            connection,
            by,
            "dispensation.grant",
            person_id,
            dispensation=granted_id,
            kind=kind.name.lower(),
            module=module,
            starts_on=starts_on,
            ends_on=ends_on,
            **_own(by, person_id),
        )
        forget(connection, [person_id])
        return granted_id

    def end(self, by: UUID, granted_id: UUID) -> bool:
        """End a pause or exemption today: what it covered until yesterday stands.

        An extension, or learning that was recognised, is taken back as if it had never been;
        whether it was one of these.
        """
        today = self.today()
        with self.database.writing(queue="duties") as connection:
            row = connection.execute(
                select(dispensation).where(dispensation.c.id == granted_id)
            ).first()
            if row is None:
                raise NotFound("There is no such dispensation.")
            kind = due.DispensationKind[row.kind.upper()]
            self._must_grant(connection, by, row.person_id, kind)
            if kind not in (due.DispensationKind.PAUSE, due.DispensationKind.EXEMPTION):
                if row.withdrawn_on is None:
                    self._take_back(connection, by, granted_id, row.person_id)
                return True
            last = max(row.starts_on, today) - timedelta(days=1)
            if row.ends_on is not None and row.ends_on <= last:
                return False
            connection.execute(
                update(dispensation).where(dispensation.c.id == granted_id).values(ends_on=last)
            )
            self.audit.add(
                connection,
                by,
                "dispensation.end",
                row.person_id,
                dispensation=granted_id,
                **_own(by, row.person_id),
            )
            forget(connection, [row.person_id])
        return False

    def set_aside_in(self, connection: Connection, granted_id: UUID, person_id: UUID) -> None:
        """Have learning count no more, in the transaction of what says so elsewhere."""
        self._set_aside(connection, granted_id, person_id, self.today())

    def restore_in(self, connection: Connection, granted_id: UUID, person_id: UUID) -> None:
        """Have it count again, as if it had always counted."""
        self._set_aside(connection, granted_id, person_id, None)

    def _set_aside(
        self, connection: Connection, granted_id: UUID, person_id: UUID, day: date | None
    ) -> None:
        connection.execute(
            update(dispensation).where(dispensation.c.id == granted_id).values(withdrawn_on=day)
        )
        forget(connection, [person_id])

    def _take_back(
        self, connection: Connection, by: UUID, granted_id: UUID, person_id: UUID
    ) -> None:
        self._set_aside(connection, granted_id, person_id, self.today())
        self.audit.add(
            connection,
            by,
            "dispensation.withdraw",
            person_id,
            dispensation=granted_id,
            **_own(by, person_id),
        )

    # What the public methods check.

    def _check_grant(
        self,
        kind: due.DispensationKind,
        module: str | None,
        starts_on: date,
        ends_on: date | None,
        reason: str,
    ) -> None:
        today = self.today()
        if not reason.strip():
            raise Refused("Say why, in a few words: it is kept with the record.")
        check_reason(reason)
        if module is not None and module not in self.standings.modules():
            raise NotFound(f"There is no questionnaire {module!r}.")
        if ends_on is not None and ends_on < starts_on:
            raise Refused("The last day cannot be before the first.")
        if kind is due.DispensationKind.EXTENSION:
            if ends_on is None or ends_on < today:
                raise Refused("An extension needs a new day, today or later.")
            if ends_on > today + LATEST:
                raise Refused("The new day is more than two years ahead: check the year.")
        if kind is due.DispensationKind.LEARNING and starts_on > today:
            raise Refused("Learning cannot be recognised before it has happened.")

    def _must_change_something(
        self,
        connection: Connection,
        person_id: UUID,
        kind: due.DispensationKind,
        module: str | None,
        starts_on: date,
        ends_on: date | None,
    ) -> None:
        """What would be granted without any effect is a slip, and is told as one."""
        if kind is due.DispensationKind.EXTENSION:
            modules = [module] if module else self.standings.modules()
            found = self.standings.of(connection, [person_id], modules)
            duties = [duty for standing in found.values() for duty in standing.duties]
            days = [duty.due_on for duty in duties if duty.due_on]
            later = [day for duty in duties if (day := duty.due_on or duty.valid_until)]
            if ends_on is not None and days and min(later) >= ends_on:
                raise Mend(ends=f"It is due on {long_date(min(days))} already.")
            return
        same = select(dispensation.c.id).where(
            dispensation.c.person_id == person_id,
            dispensation.c.withdrawn_on.is_(None),
            dispensation.c.kind == kind.name.lower(),
            dispensation.c.module.is_(None) if module is None else dispensation.c.module == module,
            dispensation.c.starts_on == starts_on,
            dispensation.c.ends_on.is_(None)
            if ends_on is None
            else dispensation.c.ends_on == ends_on,
        )
        if connection.execute(same).first() is not None:
            raise Mend(kind="The same is granted already, for the same days.")
        began_on = connection.execute(
            select(func.min(post.c.starts_on)).where(post.c.person_id == person_id)
        ).scalar()
        if kind is due.DispensationKind.PAUSE and began_on is not None and starts_on < began_on:
            raise Mend(starts=f"They began on {long_date(began_on)}: no pause can start before.")

    def _must_grant(
        self, connection: Connection, by: UUID, person_id: UUID, kind: due.DispensationKind
    ) -> None:
        if by == person_id and has_other_lead(connection, person_id, self.today()):
            raise NotAllowed("Nobody grants anything to themself: ask another lead.")
        if leads(connection, by, person_id, self.today()):
            return
        if kind is not due.DispensationKind.EXTENSION:
            raise NotAllowed("Only a safeguarding lead can grant this. You can give an extension.")
        must_be_theirs(connection, by, [person_id], self.today())


def _own(by: UUID, person_id: UUID) -> dict[str, bool]:
    """The mark of what somebody did in their own cause, where there is no other lead to do it."""
    return {"to_themself": True} if by == person_id else {}
