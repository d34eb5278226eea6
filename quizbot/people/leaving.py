"""What ends with a person's time here."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, update

from quizbot.access import is_open
from quizbot.signin import given_out
from quizbot.store.tables import post, role_grant


def close(connection: Connection, leavers: Iterable[UUID], today: date) -> None:
    """End what people who left could do: roles, sessions, linked chats, and managing others."""
    yesterday = date.fromordinal(today.toordinal() - 1)
    ids = list(leavers)
    given_out.end(connection, ids)
    connection.execute(
        update(role_grant)
        .where(
            role_grant.c.person_id.in_(ids),
            is_open(role_grant, today),
        )
        .values(ends_on=yesterday)
    )
    managed = (
        update(post).where(post.c.manager_id.in_(ids), is_open(post, today)).values(manager_id=None)
    )
    connection.execute(managed)
