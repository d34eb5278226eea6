"""Candidates and others from outside, invited by a manager until a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from quizbot.access import GUEST, Role, granted_units, has_address, is_open, live_posts, must_manage
from quizbot.clock import Clock, has_ended, london_day
from quizbot.errors import Mend, NotAllowed
from quizbot.signin import given_out
from quizbot.standing.standings import forget
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import new_id, person, post, unit
from quizbot.words import LONGEST, folded_address, is_address, tidy, to_mend

LONGEST_STAY = timedelta(days=90)
REFUSED = (
    "This address cannot be invited. If its owner works with children here, ask your safeguarding"
    " lead to add them to your team."
)


@dataclass(frozen=True)
class Guests:
    """Who is invited holds a post as guest in the manager's unit, so that the manager sees them."""

    database: Database
    audit: Audit
    now: Clock

    def invite(self, manager_id: UUID, name: str, email: str, until: date) -> UUID:
        """A guest with this address, here until a day; one of their own stays longer or returns."""
        with self.database.writing(queue="people") as connection:
            return self.invite_in(connection, manager_id, name, email, until)

    def invite_in(
        self, connection: Connection, manager_id: UUID, name: str, email: str, until: date
    ) -> UUID:
        """The same inside a transaction of the caller's."""
        today = london_day(self.now())
        must_manage(connection, manager_id, today)
        name, email = _checked(name, email, until, today)
        known = connection.execute(select(person).where(has_address(email))).first()
        if known is not None:
            self._must_be_free(connection, known.id, manager_id, today, is_guest=known.is_guest)
        person_id: UUID = known.id if known else new_id()
        if known is None:
            connection.execute(
                insert(person).values(
                    id=person_id, name=name, email=email, started_on=today, left_on=until,
                    is_guest=True, sign_in_epoch=0,
                )
            )  # fmt: skip
        else:
            # The name as it was: whoever invites again does not rename.
            connection.execute(update(person).where(person.c.id == person_id).values(left_on=until))
            if has_ended(known.left_on, today):
                given_out.end(connection, [person_id])  # it does not come back with them
        self._give_post(connection, person_id, manager_id, until, today)
        self.audit.add(connection, manager_id, "person.guest", person_id, until=until)
        forget(connection, [person_id])
        return person_id

    def name_of(self, guest_id: UUID) -> str:
        """The name under which a guest is known, whoever has typed another since."""
        with self.database.reading() as connection:
            query = select(person.c.name).where(person.c.id == guest_id)
            return str(connection.execute(query).scalar_one())

    def _must_be_free(
        self,
        connection: Connection,
        person_id: UUID,
        manager_id: UUID,
        today: date,
        *,
        is_guest: bool,
    ) -> None:
        """Only a guest whose time is over, or of the same manager; nothing is told of others."""
        held = connection.execute(
            select(post.c.manager_id).where(post.c.person_id == person_id, is_open(post, today))
        ).scalars()
        if not is_guest or any(chief != manager_id for chief in held):
            raise Mend(email=REFUSED)

    def _give_post(
        self, connection: Connection, person_id: UUID, manager_id: UUID, until: date, today: date
    ) -> None:
        longer = connection.execute(
            update(post)
            .where(
                post.c.person_id == person_id, post.c.manager_id == manager_id, is_open(post, today)
            )
            .values(ends_on=until)
        ).rowcount
        if not longer:
            connection.execute(
                insert(post).values(
                    id=new_id(), person_id=person_id, unit_id=_unit(connection, manager_id, today),
                    job=GUEST, manager_id=manager_id, starts_on=today, ends_on=until,
                    recorded_on=today,
                )
            )  # fmt: skip


def _checked(name: str, email: str, until: date, today: date) -> tuple[str, str]:
    name, email = tidy(name), folded_address(email)
    faults = {}
    if not name:
        faults["name"] = "Enter the name of the person you invite"
    elif trouble := to_mend(name, LONGEST["name"]):
        faults["name"] = trouble
    if not is_address(email):
        faults["email"] = "Enter an e-mail address, such as name@example.org"
    if until < today:
        faults["until"] = "The last day is in the past: choose today or a day to come"
    elif until > today + LONGEST_STAY:
        faults["until"] = f"A guest stays {LONGEST_STAY.days} days at most: choose an earlier day"
    if faults:
        raise Mend(**faults)
    return name, email


def _unit(connection: Connection, manager_id: UUID, today: date) -> UUID:
    """The manager's own unit, or else one that they were given, or that of their people."""
    own = select(post.c.unit_id).where(post.c.person_id == manager_id, live_posts(today))
    given = select(unit.c.id).where(
        unit.c.path.in_(granted_units(manager_id, (Role.MANAGER,), today))
    )
    theirs = select(post.c.unit_id).where(post.c.manager_id == manager_id, live_posts(today))
    for query in (own, given, theirs):
        found: Sequence[UUID] = connection.execute(query).scalars().all()
        if found:
            return min(found)
    raise NotAllowed("You manage nobody today, so you cannot invite a guest.")
