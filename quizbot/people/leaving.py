"""What ends with a person's time here."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, delete, update

from quizbot.access import is_open
from quizbot.store.tables import chat_link, person, post, role_grant


def close(connection: Connection, leavers: Iterable[UUID], today: date) -> None:
    """End what people who left could do: roles, sessions, linked chats, and managing others."""
    yesterday = date.fromordinal(today.toordinal() - 1)
    ids = list(leavers)
    connection.execute(
        update(person).where(person.c.id.in_(ids)).values(sign_in_epoch=person.c.sign_in_epoch + 1)
    )
    connection.execute(delete(chat_link).where(chat_link.c.person_id.in_(ids)))
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
