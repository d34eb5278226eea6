"""What a lead does with people of their units: add, edit, move, leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, or_, select, update

from quizbot.access import GUEST, has_charge, is_below, is_open, knows, must_lead, places
from quizbot.clock import Clock, has_ended, london_day
from quizbot.errors import Mend, NotAllowed, NotFound
from quizbot.outbox.notices import Notices
from quizbot.people.file.days import AHEAD
from quizbot.people.file.person_change import ONE_DAY
from quizbot.people.forms import NewPost, checked_job, checked_manager, checked_post, checked_who
from quizbot.people.leaving import close
from quizbot.signin import given_out
from quizbot.signin.readdressed import readdress
from quizbot.standing.ended_duties import Endings
from quizbot.standing.standings import forget
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import new_id, person, post, role_grant, unit

ELSEWHERE = (
    "This person also works, or has a role, outside the units that you lead: ask a lead of all of"
    " these to change it."
)


@dataclass(frozen=True)
class Staff:
    """Each method is one transaction; who may do it to whom is asked first."""

    database: Database
    audit: Audit
    notices: Notices
    endings: Endings
    now: Clock

    def today(self) -> date:
        """The day in London."""
        return london_day(self.now())

    def add(self, lead_id: UUID, name: str, email: str, staff_ref: str, new: NewPost) -> UUID:
        """Somebody new, with a post; Mend says which field is wrong."""
        with self._leading(lead_id) as (connection, over):
            who = checked_who(connection, name, email, staff_ref, self.today())
            person_id = new_id()
            values = checked_post(connection, over, person_id, new, self.today())
            connection.execute(
                insert(person).values(
                    id=person_id, started_on=new.starts_on, is_guest=False, sign_in_epoch=0, **who
                )
            )
            connection.execute(insert(post).values(**values))
            self.audit.add(connection, lead_id, "person.add", person_id, unit=new.unit_id)
        return person_id

    def edit(self, lead_id: UUID, person_id: UUID, name: str, email: str, staff_ref: str) -> None:
        """Another name, address or number: only where somebody is wholly of the lead's units."""
        with self._knowing(lead_id, person_id) as (connection, _):
            if not has_charge(connection, lead_id, person_id, self.today()):
                raise NotAllowed(ELSEWHERE)
            who = checked_who(connection, name, email, staff_ref, self.today(), person_id)
            row = connection.execute(select(person).where(person.c.id == person_id)).one()
            other = [field for field, value in who.items() if getattr(row, field) != value]
            if other:
                connection.execute(update(person).where(person.c.id == person_id).values(**who))
                if "email" in other and row.email:
                    readdress(connection, self.notices, {person_id: row.email})
                self.audit.add(connection, lead_id, "person.edit", person_id, fields=other)

    def add_post(
        self,
        lead_id: UUID,
        person_id: UUID,
        new: NewPost,
        instead_of: UUID | None = None,
        *,
        confirm: bool = False,
    ) -> None:
        """A further post, or a move: the other post ends the day before. Who had left is back."""
        today = self.today()
        act = (lead_id, "post.add", person_id)
        with (
            self._knowing(lead_id, person_id) as (connection, over),
            self.endings.watched(
                connection, [person_id], act, until=new.starts_on - ONE_DAY, confirm=confirm
            ),
        ):
            values = checked_post(connection, over, person_id, new, self.today())
            if instead_of is not None:
                old = self._open_post(connection, over, instead_of, person_id)
                later = new.starts_on > old.starts_on
                self._end_post(connection, old, (new.starts_on if later else today) - ONE_DAY)
            self._let_return(connection, lead_id, person_id, new.starts_on)
            connection.execute(insert(post).values(**values))
            self.audit.add(
                connection, lead_id, "post.add", person_id, unit=new.unit_id, ended=instead_of
            )
            forget(connection, [person_id])

    def change_post(
        self,
        lead_id: UUID,
        post_id: UUID,
        job: str,
        manager: str,
        ends_on: date | None,
        *,
        confirm: bool = False,
    ) -> None:
        """Another job title, manager or last day of one post."""
        with self._leading(lead_id) as (connection, over):
            row = self._open_post(connection, over, post_id)
            job = checked_job(job)
            manager_id = checked_manager(connection, manager, row.person_id, self.today())
            if ends_on is not None and ends_on < row.starts_on:
                raise Mend(ends_on="The last day cannot be before the first day of the post")
            if ends_on is not None and ends_on > self.today() + AHEAD:
                raise Mend(ends_on="The last day is more than two years ahead: check the year")
            values = {"job": job, "manager_id": manager_id, "ends_on": ends_on}
            act = (lead_id, "post.change", row.person_id)
            with self.endings.watched(
                connection, [row.person_id], act, until=ends_on, confirm=confirm
            ):
                connection.execute(update(post).where(post.c.id == post_id).values(**values))
            self.audit.add(
                connection, lead_id, "post.change", row.person_id, post=post_id,
                manager=manager_id, ends_on=ends_on,
            )  # fmt: skip
            forget(connection, [row.person_id])

    def leave(
        self, lead_id: UUID, person_id: UUID, last_day: date, *, confirm: bool = False
    ) -> bool:
        """End somebody's posts, roles and sessions; nothing is deleted. Whether they left wholly.

        With posts elsewhere too, only those of the lead's units end.
        """
        today = self.today()
        with self._knowing(lead_id, person_id) as (connection, over):
            row = connection.execute(select(person).where(person.c.id == person_id)).one()
            if lead_id == person_id:
                raise NotAllowed("Ask another lead to note that you leave.")
            if has_ended(row.left_on, today):
                raise Mend(last_day="This person has left already")
            if abs((last_day - today).days) > AHEAD.days:
                raise Mend(last_day="The last day is more than two years away: check the year")
            held, roles = places(connection, person_id, today)
            wholly = all(is_below(path, over) for path in held)
            if wholly and not all(is_below(path, over) for path in roles):
                raise NotAllowed(ELSEWHERE)
            act = (lead_id, "person.leave", person_id)
            with self.endings.watched(
                connection, [person_id], act, until=last_day, confirm=confirm
            ):
                for line in self._open_posts(connection, over, person_id):
                    self._end_post(connection, line, last_day)
                if wholly:
                    self._note_leaving(connection, person_id, last_day)
            self.audit.add(
                connection, lead_id, "person.leave", person_id, last_day=last_day, wholly=wholly
            )
            forget(connection, [person_id])
        return wholly

    def stay(self, lead_id: UUID, person_id: UUID) -> None:
        """Somebody who was going to leave does not; roles that were ended are given anew."""
        with self._knowing(lead_id, person_id) as (connection, over):
            left_on = connection.execute(
                select(person.c.left_on).where(person.c.id == person_id, ~person.c.is_guest)
            ).scalar()
            if left_on is None or has_ended(left_on, self.today()):
                raise NotFound("This person is not about to leave.")
            ids = [row.id for row in self._open_posts(connection, over, person_id)]
            connection.execute(
                update(post)
                .where(post.c.id.in_(ids), post.c.ends_on == left_on)
                .values(ends_on=None)
            )
            connection.execute(update(person).where(person.c.id == person_id).values(left_on=None))
            self.audit.add(connection, lead_id, "person.stay", person_id)
            forget(connection, [person_id])

    # What the public methods stand on.

    @contextmanager
    def _leading(self, lead_id: UUID) -> Iterator[tuple[Connection, tuple[str, ...]]]:
        """A transaction of a lead, with the units they lead."""
        with self.database.writing(queue="people") as connection:
            yield connection, must_lead(connection, lead_id, self.today()).lead_of

    @contextmanager
    def _knowing(
        self, lead_id: UUID, person_id: UUID
    ) -> Iterator[tuple[Connection, tuple[str, ...]]]:
        """The same, about a person of these units."""
        with self.database.writing(queue="people") as connection:
            yield connection, knows(connection, lead_id, person_id, self.today()).lead_of

    def _open_post(
        self,
        connection: Connection,
        over: tuple[str, ...],
        post_id: UUID,
        person_id: UUID | None = None,
    ) -> Row[Any]:
        row = connection.execute(
            select(post, unit.c.path)
            .join(unit, unit.c.id == post.c.unit_id)
            .where(post.c.id == post_id, is_open(post, self.today()))
        ).first()
        if row is None or not is_below(row.path, over) or person_id not in (None, row.person_id):
            raise NotFound("There is no such post now in the units that you lead.")
        return row

    def _open_posts(
        self, connection: Connection, over: tuple[str, ...], person_id: UUID
    ) -> list[Row[Any]]:
        rows = connection.execute(
            select(post, unit.c.path)
            .join(unit, unit.c.id == post.c.unit_id)
            .where(post.c.person_id == person_id, is_open(post, self.today()))
        )
        return [row for row in rows if is_below(row.path, over)]

    def _end_post(self, connection: Connection, row: Row[Any], last: date) -> None:
        # A post that was still to begin ends before it does, and so was never held.
        if row.ends_on is None or row.ends_on > last:
            connection.execute(update(post).where(post.c.id == row.id).values(ends_on=last))

    def _note_leaving(self, connection: Connection, person_id: UUID, last_day: date) -> None:
        connection.execute(update(person).where(person.c.id == person_id).values(left_on=last_day))
        if last_day < self.today():
            close(connection, [person_id], self.today())
            return
        connection.execute(
            update(role_grant)
            .where(
                role_grant.c.person_id == person_id,
                or_(role_grant.c.ends_on.is_(None), role_grant.c.ends_on > last_day),
            )
            .values(ends_on=last_day)
        )

    def _let_return(
        self, connection: Connection, lead_id: UUID, person_id: UUID, starts_on: date
    ) -> None:
        """Who had left, or was a guest, is here again; whom they managed then they do not now."""
        row = connection.execute(select(person).where(person.c.id == person_id)).one()
        has_left = has_ended(row.left_on, self.today())
        guest = post.c.job == GUEST, post.c.person_id == person_id, is_open(post, self.today())
        for held in connection.execute(select(post).where(*guest)).all():
            self._end_post(connection, held, max(starts_on, self.today()) - ONE_DAY)
        if has_left:
            given_out.end(connection, [person_id])  # it does not come back with them
            connection.execute(
                update(post)
                .where(post.c.manager_id == person_id, is_open(post, self.today()))
                .values(manager_id=None)
            )
        if has_left or row.is_guest or (row.left_on is not None and starts_on > row.left_on):
            connection.execute(
                update(person).where(person.c.id == person_id).values(left_on=None, is_guest=False)
            )
            self.audit.add(connection, lead_id, "person.return", person_id)
