"""Finding people of a lead's units, and telling what is known of one."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from quizbot.access import (
    GUEST,
    Role,
    has_address,
    has_charge,
    holds_post,
    is_below,
    is_here,
    is_open,
    knows,
    live,
    live_posts,
    must_lead,
    places,
    within,
)
from quizbot.clock import Clock, has_ended, london_day
from quizbot.store.database import Database
from quizbot.store.tables import person, post, role_grant, unit
from quizbot.words import folded_address, tidy

A_PAGE = 16


@dataclass(frozen=True)
class FoundLine:
    """One person in a list."""

    person_id: UUID
    name: str
    staff_ref: str | None
    email: str | None
    left_on: date | None
    is_guest: bool
    posts: tuple[tuple[str, str], ...]  # unit and job


@dataclass(frozen=True)
class Found:
    """A page of a list of people."""

    lines: tuple[FoundLine, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // A_PAGE))


@dataclass(frozen=True)
class PostLine:
    """A post of somebody in the lead's units."""

    post_id: UUID
    unit: str
    job: str
    manager: str | None
    manager_reference: str
    starts_on: date
    ends_on: date | None
    is_open: bool


@dataclass(frozen=True)
class RoleLine:
    """A role of somebody over one of the lead's units, in force or to come."""

    grant_id: UUID
    role: str
    unit: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Card:
    """All that a lead sees of one person here; `may_change` who they are, or only their posts."""

    person_id: UUID
    name: str
    email: str | None
    staff_ref: str | None
    started_on: date
    left_on: date | None
    has_left: bool
    is_guest: bool
    posts: tuple[PostLine, ...]
    roles: tuple[RoleLine, ...]
    is_elsewhere: bool  # has posts now, or roles, outside the lead's units
    may_change: bool
    is_me: bool

    @property
    def open_posts(self) -> tuple[PostLine, ...]:
        """What is held, or will be."""
        return tuple(line for line in self.posts if line.is_open)


@dataclass(frozen=True)
class Finder:
    """Reading only; whose units they are is asked first."""

    database: Database
    now: Clock

    def find(
        self,
        lead_id: UUID,
        words: str = "",
        number: int = 1,
        *,
        with_left: bool = False,
        unmanaged: bool = False,
    ) -> Found:
        """People of a lead's units by a part of the name, the address or the staff number.

        Those who have left, too, or only those whom nobody manages.
        """
        today = london_day(self.now())
        with self.database.reading() as connection:
            over = must_lead(connection, lead_id, today).lead_of
            wanted = [_of_units(over, today), *said(words)]
            wanted += [] if with_left and not unmanaged else [is_here(today)]
            wanted += [_is_unmanaged(connection, over, today)] if unmanaged else []
            total = connection.execute(select(func.count(person.c.id)).where(*wanted)).scalar_one()
            number = min(max(1, number), max(1, -(-total // A_PAGE)))
            rows = connection.execute(
                select(person)
                .where(*wanted)
                .order_by(func.lower(person.c.name), person.c.id)
                .limit(A_PAGE)
                .offset((number - 1) * A_PAGE)
            ).all()
            posts = _open_posts(connection, [row.id for row in rows], over, today)
        lines = tuple(
            FoundLine(
                person_id=row.id,
                name=row.name,
                staff_ref=row.staff_ref,
                email=row.email,
                left_on=row.left_on,
                is_guest=row.is_guest,
                posts=tuple(posts.get(row.id, ())),
            )
            for row in rows
        )
        return Found(lines, total, number)

    def count_unmanaged(self, lead_id: UUID) -> int:
        """How many people of a lead's units nobody manages, so that nobody hears of them."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            over = must_lead(connection, lead_id, today).lead_of
            whom = (is_here(today), _is_unmanaged(connection, over, today))
            return connection.execute(select(func.count(person.c.id)).where(*whom)).scalar_one()

    def card(self, lead_id: UUID, person_id: UUID) -> Card:
        """One person of a lead's units; NotFound for all others."""
        today = london_day(self.now())
        with self.database.reading() as connection:
            over = knows(connection, lead_id, person_id, today).lead_of
            row = connection.execute(select(person).where(person.c.id == person_id)).one()
            return Card(
                person_id=person_id,
                name=row.name,
                email=row.email,
                staff_ref=row.staff_ref,
                started_on=row.started_on,
                left_on=row.left_on,
                has_left=has_ended(row.left_on, today),
                is_guest=row.is_guest,
                posts=tuple(_posts(connection, person_id, over, today)),
                roles=tuple(_roles(connection, person_id, over, today)),
                is_elsewhere=not all(
                    is_below(path, over)
                    for paths in places(connection, person_id, today)
                    for path in paths
                ),
                may_change=has_charge(connection, lead_id, person_id, today),
                is_me=lead_id == person_id,
            )


def whose(connection: Connection, words: str, today: date) -> UUID | None:
    """Who is here with a staff number, or else an address."""
    known = or_(has_number(words), has_address(words))
    query = select(person.c.id, person.c.staff_ref).where(known, is_here(today))
    rows = connection.execute(query).all()
    nearest = min(rows, key=lambda row: unlike(row.staff_ref, words), default=None)
    return nearest.id if nearest else None


def has_number(words: str) -> ColumnElement[bool]:
    """Whether somebody has this staff number, whatever its capitals."""
    return func.lower(person.c.staff_ref) == func.lower(tidy(words))


def unlike(staff_ref: str | None, words: str) -> tuple[bool, bool]:
    """How far a staff number is from what was typed: least where they are the same."""
    given = tidy(words)
    return staff_ref != given, (staff_ref or "").lower() != given.lower()


def _of_units(over: tuple[str, ...], today: date) -> ColumnElement[bool]:
    """People with a post in some units; of those without any open post, who once had one there."""
    mine = and_(
        post.c.person_id == person.c.id,
        post.c.unit_id == unit.c.id,
        or_(*(within(path) for path in over)),
    )
    now = exists().where(mine, is_open(post, today))
    elsewhere = exists().where(post.c.person_id == person.c.id, is_open(post, today))
    return or_(now, and_(~elsewhere, exists().where(mine)))


def _is_unmanaged(
    connection: Connection, over: tuple[str, ...], today: date
) -> ColumnElement[bool]:
    """People with a post in some units whom no post of theirs and no grant gives a manager.

    Leads answer for themselves.
    """
    granted = connection.execute(
        select(unit.c.path)
        .join(role_grant, role_grant.c.unit_id == unit.c.id)
        .join(person, person.c.id == role_grant.c.person_id)
        .where(
            role_grant.c.role == Role.MANAGER.value,
            live(role_grant.c.starts_on, role_grant.c.ends_on, today),
            is_here(today),
        )
        .distinct()
    ).scalars()
    here = select(person.c.id).where(is_here(today), holds_post(person.c.id, today))
    mine = and_(
        post.c.person_id == person.c.id,
        post.c.unit_id == unit.c.id,
        post.c.job != GUEST,
        live_posts(today),
    )
    managed = or_(post.c.manager_id.in_(here.correlate(None)), *(within(path) for path in granted))
    leads = exists().where(
        role_grant.c.person_id == person.c.id,
        role_grant.c.role == Role.LEAD.value,
        live(role_grant.c.starts_on, role_grant.c.ends_on, today),
    )
    return and_(
        exists().where(mine, or_(*(within(path) for path in over))),
        ~exists().where(mine, managed),
        ~leads,
    )


def said(words: str) -> list[ColumnElement[bool]]:
    """Each word stands somewhere in the name; or the whole is a part of the address or number."""
    given = " ".join(words.split())[:200]
    if not given:
        return []
    by_name = and_(*(person.c.name.icontains(word, autoescape=True) for word in given.split()))
    return [
        or_(
            by_name,
            person.c.email.contains(folded_address(given), autoescape=True),
            person.c.staff_ref.istartswith(given, autoescape=True),
        )
    ]


def _open_posts(
    connection: Connection, people: list[UUID], over: tuple[str, ...], today: date
) -> dict[UUID, list[tuple[str, str]]]:
    rows = connection.execute(
        select(post.c.person_id, unit.c.path, post.c.job)
        .join(unit, unit.c.id == post.c.unit_id)
        .where(post.c.person_id.in_(people), is_open(post, today))
        .order_by(unit.c.path)
    )
    found: dict[UUID, list[tuple[str, str]]] = {}
    for row in rows:
        if is_below(row.path, over):
            found.setdefault(row.person_id, []).append((row.path, row.job))
    return found


def _posts(
    connection: Connection, person_id: UUID, over: tuple[str, ...], today: date
) -> list[PostLine]:
    chief = person.alias("chief")
    rows = connection.execute(
        select(
            post,
            unit.c.path,
            chief.c.name.label("manager"),
            func.coalesce(chief.c.staff_ref, chief.c.email, "").label("reference"),
        )
        .join(unit, unit.c.id == post.c.unit_id)
        .outerjoin(chief, chief.c.id == post.c.manager_id)
        .where(post.c.person_id == person_id)
        .order_by(post.c.starts_on.desc(), post.c.id.desc())
    )
    return [
        PostLine(
            post_id=row.id,
            unit=row.path,
            job=row.job,
            manager=row.manager,
            manager_reference=row.reference,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            is_open=not has_ended(row.ends_on, today),
        )
        for row in rows
        if is_below(row.path, over)
    ]


def _roles(
    connection: Connection, person_id: UUID, over: tuple[str, ...], today: date
) -> list[RoleLine]:
    rows = connection.execute(
        select(role_grant, unit.c.path)
        .join(unit, unit.c.id == role_grant.c.unit_id)
        .where(
            role_grant.c.person_id == person_id,
            is_open(role_grant, today),
        )
        .order_by(role_grant.c.starts_on)
    )
    return [
        RoleLine(row.id, row.role, row.path, row.starts_on, row.ends_on)
        for row in rows
        if is_below(row.path, over)
    ]
