"""Who is told about somebody: their managers, and the leads of their units."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, Date, bindparam, select

from quizbot.access import Role, holds_post, is_here, live, live_posts
from quizbot.store.database import read_in
from quizbot.store.tables import person, post, role_grant, unit

Grants = Mapping[Role, Mapping[str, frozenset[UUID]]]

_DAY = bindparam("day", type_=Date)
_GRANTS = (
    select(role_grant.c.role, unit.c.path, role_grant.c.person_id)
    .join(unit, unit.c.id == role_grant.c.unit_id)
    .join(person, person.c.id == role_grant.c.person_id)
    .where(
        live(role_grant.c.starts_on, role_grant.c.ends_on, _DAY),
        is_here(_DAY),
        role_grant.c.role.in_([Role.MANAGER.value, Role.LEAD.value]),
    )
)
_HERE = select(person.c.id).where(is_here(_DAY), holds_post(person.c.id, _DAY)).subquery()
_PLACES = (
    select(post.c.person_id, unit.c.path, _HERE.c.id.label("manager_id"))
    .join(unit, unit.c.id == post.c.unit_id)
    .outerjoin(_HERE, _HERE.c.id == post.c.manager_id)
    .where(post.c.person_id.in_(bindparam("people", expanding=True)), live_posts(_DAY))
)


@dataclass(frozen=True)
class Place:
    """A live post: its unit's path, and its manager if there is one who is here."""

    path: str
    manager_id: UUID | None


@dataclass(frozen=True)
class Heads:
    """Managers and leads of some people on a day, looked up all at once."""

    grants: Grants
    places: Mapping[UUID, tuple[Place, ...]]

    def managers(self, about: UUID) -> set[UUID]:
        """Whom the posts name, or else the nearest upwards with a grant; there may be none."""
        named = {place.manager_id for place in self.places.get(about, ()) if place.manager_id}
        return (named - {about}) or self._nearest(about, Role.MANAGER)

    def leads(self, about: UUID) -> set[UUID]:
        """For each post, the leads of the nearest unit upwards that has any."""
        return self._nearest(about, Role.LEAD)

    def _nearest(self, about: UUID, role: Role) -> set[UUID]:
        found: set[UUID] = set()
        for place in self.places.get(about, ()):
            for path in upwards(place.path):
                if heads := self.grants.get(role, {}).get(path, frozenset()) - {about}:
                    found |= heads
                    break
        return found


def upwards(path: str) -> Iterator[str]:
    """A unit and those above it, the nearest first."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def read_grants(connection: Connection, day: date) -> Grants:
    """Managers and leads by grant, by the path of the unit: they are few."""
    found: dict[Role, dict[str, frozenset[UUID]]] = {Role.MANAGER: {}, Role.LEAD: {}}
    for role, path, person_id in read_in(connection, _GRANTS, {"day": day}):
        by_path = found[Role(role)]
        by_path[path] = by_path.get(path, frozenset()) | {person_id}
    return found


def read_heads(
    connection: Connection, people: Collection[UUID], day: date, grants: Grants
) -> Heads:
    """Who is told about these people on a day."""
    places: dict[UUID, tuple[Place, ...]] = defaultdict(tuple)
    if people:
        rows = read_in(connection, _PLACES, {"people": people, "day": day})
        for person_id, path, manager_id in rows:
            places[person_id] += (Place(path, manager_id),)
    return Heads(grants, places)
