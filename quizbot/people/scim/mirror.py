"""What a directory says of people and groups, kept as it said it; nobody is changed by it here."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from quizbot.clock import Clock
from quizbot.errors import NotFound, Refused
from quizbot.store.database import Database
from quizbot.store.tables import new_id, scim_group, scim_member, scim_state, scim_user

QUEUE = "scim"
PORTION = 500


class NameTaken(Refused):
    """Another has this name."""


class Stale(Refused):
    """It is not as it was when it was read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A user or a group as the directory said it, and how often that has changed."""

    id: UUID
    content: dict[str, Any]
    version: int
    made_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Mirror:
    """Users and groups of a directory."""

    database: Database
    now: Clock

    # Users

    def user(self, user_id: UUID) -> Kept:
        """One user; NotFound where there is none, or not any more."""
        with self.database.reading() as connection:
            return _user(connection, user_id)

    def users(
        self, first: int, count: int, *, name: str = "", external_id: str = ""
    ) -> tuple[list[Kept], int]:
        """Some users in the order in which they came, and how many there are; or one by name."""
        query = select(scim_user).where(~scim_user.c.is_deleted)
        if name:
            query = query.where(scim_user.c.user_key == name.casefold())
        if external_id:
            query = query.where(scim_user.c.external_id == external_id)
        with self.database.reading() as connection:
            rows, total = _page(connection, query, scim_user.c.id, first, count)
            return [_kept(row, json.loads(row.content)) for row in rows], total

    def add_user(self, content: dict[str, Any]) -> Kept:
        """A new user; NameTaken where another has the name."""
        with self.database.writing(queue=QUEUE) as connection:
            now, user_id = self.now(), new_id()
            values = self._values(connection, user_id, content)
            connection.execute(
                insert(scim_user).values(id=user_id, version=1, made_at=now, **values)
            )
            self._changed(connection)
        return Kept(user_id, content, 1, now, now)

    def put_user(self, user_id: UUID, content: dict[str, Any], seen: int) -> Kept:
        """What a user is now; Stale where they changed since version `seen`."""
        with self.database.writing(queue=QUEUE) as connection:
            before = _user(connection, user_id)
            if before.version != seen:
                raise Stale("This user was changed meanwhile: read it again.")
            if before.content == content:
                return before
            values = self._values(connection, user_id, content)
            connection.execute(
                update(scim_user)
                .where(scim_user.c.id == user_id)
                .values(version=seen + 1, **values)
            )
            self._changed(connection)
            return _user(connection, user_id)

    def delete_user(self, user_id: UUID, seen: int | None = None) -> None:
        """A user is gone from the directory; who they were leaves with the next taking in."""
        with self.database.writing(queue=QUEUE) as connection:
            before = _user(connection, user_id)
            if seen is not None and before.version != seen:
                raise Stale("This user was changed meanwhile: read it again.")
            connection.execute(delete(scim_member).where(scim_member.c.user_id == user_id))
            connection.execute(
                update(scim_user)
                .where(scim_user.c.id == user_id)
                .values(
                    user_key=str(user_id),
                    is_deleted=True,
                    is_active=False,
                    changed_at=self.now(),
                )
            )
            self._changed(connection)

    def _values(
        self, connection: Connection, user_id: UUID, content: dict[str, Any]
    ) -> dict[str, Any]:
        key = str(content.get("userName", "")).casefold()
        other = connection.execute(
            select(scim_user.c.id).where(scim_user.c.user_key == key, scim_user.c.id != user_id)
        ).first()
        if other is not None:
            raise NameTaken("Another user has this userName.")
        return {
            "user_key": key,
            "external_id": content.get("externalId") or "",
            "content": json.dumps(content, ensure_ascii=False),
            "is_active": content.get("active", True) is not False,
            "changed_at": self.now(),
        }

    # Groups

    def group(self, group_id: UUID, *, with_members: bool = True) -> Kept:
        """One group with who is in it."""
        with self.database.reading() as connection:
            return _group(connection, group_id, with_members=with_members)

    def groups(
        self, first: int, count: int, *, with_members: bool, name: str = "", external_id: str = ""
    ) -> tuple[list[Kept], int]:
        """Some groups in the order in which they came, and how many there are; or one by name."""
        query = select(scim_group)
        if name:
            query = query.where(scim_group.c.name_key == name.casefold())
        if external_id:
            query = query.where(scim_group.c.external_id == external_id)
        with self.database.reading() as connection:
            rows, total = _page(connection, query, scim_group.c.id, first, count)
            found = [_group(connection, row.id, with_members=with_members) for row in rows]
        return found, total

    def add_group(self, content: dict[str, Any], members: Sequence[UUID]) -> Kept:
        """A new group; NameTaken where another has the name."""
        with self.database.writing(queue=QUEUE) as connection:
            now, group_id = self.now(), new_id()
            values = self._named(connection, group_id, content)
            connection.execute(
                insert(scim_group).values(id=group_id, version=1, made_at=now, **values)
            )
            _put_members(connection, group_id, members)
            self._changed(connection)
            return _group(connection, group_id)

    def put_group(
        self, group_id: UUID, content: dict[str, Any], members: Sequence[UUID], seen: int
    ) -> Kept:
        """What a group is now; Stale where it changed since version `seen`."""
        with self.database.writing(queue=QUEUE) as connection:
            before = _group(connection, group_id)
            if before.version != seen:
                raise Stale("This group was changed meanwhile: read it again.")
            values = self._named(connection, group_id, content)
            connection.execute(
                update(scim_group)
                .where(scim_group.c.id == group_id)
                .values(version=seen + 1, **values)
            )
            _put_members(connection, group_id, members)
            self._changed(connection)
            return _group(connection, group_id)

    def delete_group(self, group_id: UUID, seen: int | None = None) -> None:
        """A group is gone from the directory."""
        with self.database.writing(queue=QUEUE) as connection:
            before = _group(connection, group_id, with_members=False)
            if seen is not None and before.version != seen:
                raise Stale("This group was changed meanwhile: read it again.")
            connection.execute(delete(scim_member).where(scim_member.c.group_id == group_id))
            connection.execute(delete(scim_group).where(scim_group.c.id == group_id))
            self._changed(connection)

    def _named(
        self, connection: Connection, group_id: UUID, content: dict[str, Any]
    ) -> dict[str, Any]:
        name = str(content.get("displayName", ""))
        other = connection.execute(
            select(scim_group.c.id).where(
                scim_group.c.name_key == name.casefold(), scim_group.c.id != group_id
            )
        ).first()
        if other is not None:
            raise NameTaken("Another group has this displayName.")
        return {
            "name": name,
            "name_key": name.casefold(),
            "external_id": content.get("externalId") or "",
            "changed_at": self.now(),
        }

    def _changed(self, connection: Connection) -> None:
        """Note that there is something to take in."""
        now = self.now()
        counted = connection.execute(
            update(scim_state)
            .where(scim_state.c.id == 1)
            .values(
                changes=scim_state.c.changes + 1,
                changed_at=now,
                first_change_at=func.coalesce(scim_state.c.first_change_at, now),
            )
        ).rowcount
        if not counted:
            connection.execute(
                insert(scim_state).values(
                    id=1, changes=1, taken=0, changed_at=now, first_change_at=now, fault="", held=""
                )
            )


def _page(
    connection: Connection, query: Select[Any], order: Any, first: int, count: int
) -> tuple[Sequence[Any], int]:
    rows = connection.execute(query.order_by(order).offset(first).limit(count)).all()
    if first == 0 and len(rows) < count:
        return rows, len(rows)  # that is all there are
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    return rows, total


def _user(connection: Connection, user_id: UUID) -> Kept:
    row = connection.execute(
        select(scim_user).where(scim_user.c.id == user_id, ~scim_user.c.is_deleted)
    ).first()
    if row is None:
        raise NotFound("There is no such user.")
    return _kept(row, json.loads(row.content))


def _group(connection: Connection, group_id: UUID, *, with_members: bool = True) -> Kept:
    row = connection.execute(select(scim_group).where(scim_group.c.id == group_id)).first()
    if row is None:
        raise NotFound("There is no such group.")
    content: dict[str, Any] = {"displayName": row.name}
    if row.external_id:
        content["externalId"] = row.external_id
    if with_members:
        members = connection.execute(
            select(scim_member.c.user_id)
            .where(scim_member.c.group_id == group_id)
            .order_by(scim_member.c.user_id)
        ).scalars()
        content["members"] = [{"value": str(one)} for one in members]
    return _kept(row, content)


def _kept(row: Row[Any], content: dict[str, Any]) -> Kept:
    return Kept(row.id, content, row.version, row.made_at, row.changed_at)


def _put_members(connection: Connection, group_id: UUID, members: Sequence[UUID]) -> None:
    """Make these the members; Refused where one is no user."""
    wanted = set(members)
    held = set(
        connection.execute(
            select(scim_member.c.user_id).where(scim_member.c.group_id == group_id)
        ).scalars()
    )
    new = wanted - held
    known: set[UUID] = set()
    for some in _portions(sorted(new)):
        known |= set(
            connection.execute(
                select(scim_user.c.id).where(scim_user.c.id.in_(some), ~scim_user.c.is_deleted)
            ).scalars()
        )
    if new - known:
        raise Refused(f"There is no user {min(new - known)} who could be a member.")
    for some in _portions(sorted(held - wanted)):
        connection.execute(
            delete(scim_member).where(
                scim_member.c.group_id == group_id, scim_member.c.user_id.in_(some)
            )
        )
    if new:
        connection.execute(
            insert(scim_member), [{"group_id": group_id, "user_id": one} for one in sorted(new)]
        )


def _portions(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + PORTION] for start in range(0, len(ids), PORTION))
