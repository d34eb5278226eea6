"""Who may do and see what: decided here, by role and unit subtree, closed by default."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from quizbot.clock import has_ended
from quizbot.errors import NotAllowed, NotFound, SignedOut
from quizbot.store.database import read_in
from quizbot.store.tables import author_grant, person, post, role_grant, session_ended, unit
from quizbot.words import folded_address, is_within

ERASED = "Erased"  # the name of a record of which nothing is left
LATEST = timedelta(days=3653)  # that a right may last for: what is further ahead is a slip
GUEST = "Guest"  # the job of a candidate, whom no HR extract knows


class Role(StrEnum):
    """What a grant gives, over a unit and all below it."""

    MANAGER = "manager"
    LEAD = "lead"
    AUDITOR = "auditor"


@dataclass(frozen=True)
class ChatKey:
    """A chat that speaks for nobody, by a keyed hash of its address."""

    key: str


Who = UUID | ChatKey  # whose an attempt is: a person's, or that of a chat without an account


@dataclass(frozen=True)
class Session:
    """What a web session stands on: which it is, and the person's epoch when it began."""

    id: UUID
    epoch: int


@dataclass(frozen=True)
class Rights:
    """What one person may do on one day."""

    person_id: UUID
    name: str
    manages: bool
    lead_of: tuple[str, ...]
    auditor_of: tuple[str, ...]
    is_author: bool = False  # of some module; which, `writing` tells

    @property
    def writes(self) -> bool:
        """Whether this person may draft and read questions at all."""
        return self.leads or self.is_author

    @property
    def leads(self) -> bool:
        """Whether this is a safeguarding lead of anything."""
        return bool(self.lead_of)

    @property
    def sees_board(self) -> bool:
        """Leads and auditors see the partnership's figures."""
        return bool(self.lead_of or self.auditor_of)


def live(
    starts_on: ColumnElement[date],
    ends_on: ColumnElement[date],
    day: date | ColumnElement[date],
) -> ColumnElement[bool]:
    """Whether a dated row covers a day; the last day counts."""
    return and_(starts_on <= day, or_(ends_on.is_(None), ends_on >= day))


def live_posts(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether a post is held on a day."""
    return live(post.c.starts_on, post.c.ends_on, day)


def is_open(dated: FromClause, day: date) -> ColumnElement[bool]:
    """Whether a post or a grant covers a day or will: it has no last day, or one still to come."""
    return or_(dated.c.ends_on.is_(None), dated.c.ends_on >= day)


def has_address(address: str | ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a person's address is this one, however it was typed; a column is folded already."""
    return person.c.email == (folded_address(address) if isinstance(address, str) else address)


def is_here(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether a person has not left (the last day counts)."""
    return or_(person.c.left_on.is_(None), person.c.left_on >= day)


_OWN = post.alias("own")


def holds_post(whose: ColumnElement[Any], day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether somebody works here on a day: with a live post of their own that is no guest's.

    Who has none manages nobody, whatever the posts of others say.
    """
    return exists().where(
        _OWN.c.person_id == whose,
        _OWN.c.job != GUEST,
        live(_OWN.c.starts_on, _OWN.c.ends_on, day),
    )


def within(path: str) -> ColumnElement[bool]:
    """Whether a unit is this one or below it, on every database to the letter: LIKE is not."""
    return or_(unit.c.path == path, func.substr(unit.c.path, 1, len(path) + 1) == f"{path}/")


def granted_units(
    person_id: UUID | ColumnElement[UUID],
    roles: tuple[Role, ...],
    day: date | ColumnElement[date],
) -> Select[Any]:
    """Paths of the units over which a person holds one of the roles."""
    return (
        select(unit.c.path)
        .join(role_grant, role_grant.c.unit_id == unit.c.id)
        .where(
            role_grant.c.person_id == person_id,
            role_grant.c.role.in_([role.value for role in roles]),
            live(role_grant.c.starts_on, role_grant.c.ends_on, day),
        )
    )


_DAY = bindparam("day", type_=Date)
# In the statement that reads the person anyway, and so at no cost of its own.
has_ended_session = (
    exists()
    .where(session_ended.c.id == bindparam("session", type_=session_ended.c.id.type))
    .label("has_ended_session")
)
NO_SESSION = UUID(int=0)  # for who is known otherwise, as in a chat
RIGHTS = (
    select(
        person.c.name,
        person.c.left_on,
        person.c.sign_in_epoch,
        has_ended_session,
        and_(
            exists().where(
                post.c.manager_id == person.c.id, live(post.c.starts_on, post.c.ends_on, _DAY)
            ),
            holds_post(person.c.id, _DAY),
        ).label("has_reports"),
        exists()
        .where(
            author_grant.c.person_id == person.c.id,
            live(author_grant.c.starts_on, author_grant.c.ends_on, _DAY),
        )
        .label("is_author"),
        role_grant.c.role,
        unit.c.path,
    )
    .select_from(
        person.outerjoin(
            role_grant,
            and_(
                role_grant.c.person_id == person.c.id,
                live(role_grant.c.starts_on, role_grant.c.ends_on, _DAY),
            ),
        ).outerjoin(unit, unit.c.id == role_grant.c.unit_id)
    )
    .where(person.c.id == bindparam("person_id"))
)

_MANAGED = granted_units(bindparam("whose"), (Role.MANAGER,), _DAY)


def rights(
    connection: Connection, person_id: UUID, day: date, session: Session | None = None
) -> Rights:
    """What a person who is here may do; NotAllowed once they have left.

    With a web session, SignedOut where that does not stand any more.
    """
    given = {"person_id": person_id, "day": day, "session": session.id if session else NO_SESSION}
    return read_rights(read_in(connection, RIGHTS, given), person_id, day, session)


def read_rights(
    rows: Sequence[Row[*tuple[Any, ...]]],
    person_id: UUID,
    day: date,
    session: Session | None = None,
) -> Rights:
    """The same from the rows of RIGHTS."""
    if session is not None and not (rows and stands(session, rows[0])):
        raise SignedOut("Sign in to go on.")
    if not rows or has_ended(rows[0].left_on, day):
        raise (
            SignedOut("Sign in to go on.")
            if session is not None
            else NotAllowed("Your account is closed.")
        )

    def units(role: Role) -> tuple[str, ...]:
        return tuple(row.path for row in rows if row.role == role)

    manages = bool(rows[0].has_reports) or bool(units(Role.MANAGER))
    return Rights(
        person_id,
        rows[0].name,
        manages,
        units(Role.LEAD),
        units(Role.AUDITOR),
        bool(rows[0].is_author),
    )


def stands(session: Session, row: Row[*tuple[Any, ...]]) -> bool:
    """Whether a session is good, by a row with the person's epoch and `has_ended_session`."""
    return session.epoch == row.sign_in_epoch and not row.has_ended_session


def has_standing_session() -> ColumnElement[bool]:
    """The same as a condition, for a person's row, `session` and `epoch`."""
    ended = session_ended.c.id == bindparam("session", type_=session_ended.c.id.type)
    return and_(person.c.sign_in_epoch == bindparam("epoch"), ~exists().where(ended))


def team(connection: Connection, person_id: UUID, day: date) -> Select[Any]:
    """Ids of a manager's people on a day: live posts naming them, and those under their grants.

    A manager is not of their own team, and people who have left are of nobody's.
    """
    paths = [path for (path,) in read_in(connection, _MANAGED, {"whose": person_id, "day": day})]
    named = and_(post.c.manager_id == person_id, holds_post(post.c.manager_id, day))
    mine = [named, *(within(path) for path in paths)]
    return (
        select(post.c.person_id)
        .join(unit, unit.c.id == post.c.unit_id)
        .join(person, person.c.id == post.c.person_id)
        .where(or_(*mine), live_posts(day), is_here(day), post.c.person_id != person_id)
        .distinct()
    )


def must_manage(connection: Connection, person_id: UUID, day: date) -> Rights:
    """The rights of a manager; NotAllowed for everybody else."""
    found = rights(connection, person_id, day)
    if not found.manages:
        raise NotAllowed("This page is for managers. Nobody's post names you as their manager.")
    return found


def must_lead(connection: Connection, person_id: UUID, day: date) -> Rights:
    """The rights of a safeguarding lead; NotAllowed for everybody else."""
    found = rights(connection, person_id, day)
    if not found.leads:
        raise NotAllowed("This page is for safeguarding leads.")
    return found


def must_lead_whole(connection: Connection, person_id: UUID, day: date) -> Rights:
    """The rights of who leads all of it, for what concerns everybody; NotAllowed for others."""
    found = must_lead(connection, person_id, day)
    if all("/" in path for path in found.lead_of):
        raise NotAllowed("This is for who leads the whole partnership.")
    return found


@dataclass(frozen=True)
class Writing:
    """Whose questions somebody may draft and read: leads everywhere, authors in their modules."""

    person_id: UUID
    name: str
    is_lead: bool
    modules: tuple[str, ...]

    def may(self, module: str) -> bool:
        """Whether this is a module of theirs; a grant that names none is for all of them."""
        return self.is_lead or "" in self.modules or module in self.modules


def writing(connection: Connection, person_id: UUID, day: date) -> Writing:
    """What somebody may draft and read; NotAllowed for who may nothing of it."""
    found = rights(connection, person_id, day)
    modules = connection.execute(
        select(author_grant.c.module).where(
            author_grant.c.person_id == person_id,
            live(author_grant.c.starts_on, author_grant.c.ends_on, day),
        )
    ).scalars()
    may = Writing(person_id, found.name, found.leads, tuple(modules))
    if not (may.is_lead or may.modules):
        raise NotAllowed("This page is for safeguarding leads and authors of questions.")
    return may


def must_write(connection: Connection, person_id: UUID, module: str, day: date) -> Writing:
    """The same for one module; NotAllowed for who is no author of it."""
    may = writing(connection, person_id, day)
    if not may.may(module):
        raise NotAllowed("You are no author of this questionnaire: ask a safeguarding lead.")
    return may


def must_see_items(connection: Connection, person_id: UUID, module: str, day: date) -> None:
    """What people answer of a questionnaire's questions, all together: for who may write them."""
    must_write(connection, person_id, module, day)


def must_read_trail(connection: Connection, person_id: UUID, day: date) -> None:
    """The audit trail speaks of everybody: for leads and auditors of every unit at the top."""
    found = rights(connection, person_id, day)
    if not _covers_all(connection, (*found.lead_of, *found.auditor_of)):
        raise NotAllowed(
            "This page speaks of everybody, so it is for safeguarding leads and auditors of the"
            " whole partnership."
        )


def must_lead_all(connection: Connection, person_id: UUID, day: date) -> None:
    """What holds for everybody is decided by a safeguarding lead of every unit at the top."""
    if not may_lead_all(connection, person_id, day):
        raise NotAllowed(
            "This holds for everybody, so it is for a safeguarding lead of the whole partnership."
        )


def may_lead_all(connection: Connection, person_id: UUID, day: date) -> bool:
    """Whether a safeguarding lead leads every unit at the top; NotAllowed for everybody else."""
    return _covers_all(connection, must_lead(connection, person_id, day).lead_of)


def leads_of_all(connection: Connection, day: date) -> tuple[str, ...]:
    """The names of those who lead every unit at the top."""
    rows = connection.execute(
        select(person.c.id, person.c.name, unit.c.path)
        .join(role_grant, role_grant.c.person_id == person.c.id)
        .join(unit, unit.c.id == role_grant.c.unit_id)
        .where(
            role_grant.c.role == Role.LEAD.value,
            live(role_grant.c.starts_on, role_grant.c.ends_on, day),
            is_here(day),
        )
        .order_by(person.c.name)
    ).all()
    over: dict[UUID, list[str]] = {}
    for row in rows:
        over.setdefault(row.id, []).append(row.path)
    names = {row.id: row.name for row in rows}
    return tuple(names[one] for one, paths in over.items() if _covers_all(connection, paths))


def _covers_all(connection: Connection, over: Sequence[str]) -> bool:
    tops = connection.execute(
        select(unit.c.path).where(unit.c.parent_id.is_(None), unit.c.ended_on.is_(None))
    ).scalars()
    return bool(over) and all(is_below(top, over) for top in tops)


def leads(connection: Connection, by: UUID, person_id: UUID, day: date) -> bool:
    """Whether somebody is a lead over a unit in which this person has a live post."""
    over = rights(connection, by, day).lead_of
    return bool(over) and _has_post_below(connection, person_id, over, day)


def has_other_lead(connection: Connection, person_id: UUID, day: date) -> bool:
    """Whether somebody else who is here is a lead over a unit of this person's posts or roles."""
    held, roles = places(connection, person_id, day)
    rows = connection.execute(
        select(unit.c.path)
        .join(role_grant, role_grant.c.unit_id == unit.c.id)
        .join(person, person.c.id == role_grant.c.person_id)
        .where(
            role_grant.c.role == Role.LEAD.value,
            role_grant.c.person_id != person_id,
            live(role_grant.c.starts_on, role_grant.c.ends_on, day),
            is_here(day),
        )
    ).scalars()
    over = list(rows)
    return any(is_below(path, over) for path in (*held, *roles))


def may_see(connection: Connection, viewer_id: UUID, person_id: UUID, day: date) -> bool:
    """Whether outcomes of a person may be seen: by their managers, leads and auditors today."""
    mine = team(connection, viewer_id, day).where(post.c.person_id == person_id)
    if connection.execute(mine).first() is not None:
        return True
    found = rights(connection, viewer_id, day)
    over = (*found.lead_of, *found.auditor_of)
    return bool(over) and _has_post_below(connection, person_id, over, day)


def _has_post_below(
    connection: Connection, person_id: UUID, over: tuple[str, ...], day: date
) -> bool:
    paths = connection.execute(
        select(unit.c.path)
        .join(post, post.c.unit_id == unit.c.id)
        .join(person, person.c.id == post.c.person_id)
        .where(post.c.person_id == person_id, live_posts(day), is_here(day))
    ).scalars()
    return any(is_below(path, over) for path in paths)


def is_below(path: str, tops: Iterable[str]) -> bool:
    """Whether a unit is one of some, or below one of them."""
    return any(is_within(path, top) for top in tops)


def agency_of(path: str) -> str:
    """The agency of a unit, by its path: what stands right below the partnership."""
    return "/".join(path.split("/")[:2])


def places(connection: Connection, person_id: UUID, day: date) -> tuple[list[str], list[str]]:
    """Units of somebody's posts, held or to come, or else once held; and units of their roles."""
    posts = connection.execute(
        select(unit.c.path, is_open(post, day))
        .join(post, post.c.unit_id == unit.c.id)
        .where(post.c.person_id == person_id)
    ).all()
    held = [path for path, still in posts if still] or [path for path, _ in posts]
    roles = connection.execute(
        select(unit.c.path)
        .join(role_grant, role_grant.c.unit_id == unit.c.id)
        .where(role_grant.c.person_id == person_id, is_open(role_grant, day))
    ).scalars()
    return held, list(roles)


def knows(connection: Connection, by: UUID, person_id: UUID, day: date) -> Rights:
    """The rights of a lead over some unit of this person; NotFound for everybody else."""
    found = must_lead(connection, by, day)
    held, _ = places(connection, person_id, day)
    if not any(is_below(path, found.lead_of) for path in held):
        raise NotFound("There is no such person in the units that you lead.")
    return found


def has_charge(connection: Connection, by: UUID, person_id: UUID, day: date) -> bool:
    """Whether a lead may say who somebody is, and so could sign in as them.

    Only over people all of whose posts and roles are of the lead's units: a lead of one agency must
    not become, by a change of address, the lead of all.
    """
    over = rights(connection, by, day).lead_of
    held, roles = places(connection, person_id, day)
    return bool(held) and all(is_below(path, over) for path in (*held, *roles))


def can_be_mailed(connection: Connection, person_id: UUID) -> bool:
    """Whether there is an address to which a code can be mailed."""
    return bool(connection.execute(select(person.c.email).where(person.c.id == person_id)).scalar())


def must_print_slips(connection: Connection, by: UUID, person_id: UUID, day: date) -> None:
    """Slips are printed by who has charge of a person, or manages one who has no role.

    Only for somebody without an address: whoever holds a slip can sign in as that person and see
    all that they answered, and a person with an address has a way of their own.
    """
    is_in_charge = has_charge(connection, by, person_id, day)
    mine = team(connection, by, day).where(post.c.person_id == person_id)
    if not is_in_charge and connection.execute(mine).first() is None:
        raise NotFound("There is no such person among your people.")
    if can_be_mailed(connection, person_id):
        raise NotAllowed(
            "This person has a work address and signs in with a code that is mailed to it. A slip"
            " is for people without one. If the address is wrong, have it changed."
        )
    if not is_in_charge and places(connection, person_id, day)[1]:
        raise NotAllowed(
            "This person can see the records of others, so only a lead of all their units may print"
            " a sign-in slip for them."
        )
