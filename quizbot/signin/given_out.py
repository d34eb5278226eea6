"""What was given out to somebody, and its end: sessions, chats, codes, slips and links to link by.

Each is made for the person's epoch of that moment, and whatever takes it compares: after the epoch
has been counted on it is worth nothing. It is counted on here, and nowhere else: when somebody
signs out everywhere, has another address, leaves, comes back, or has a role ended.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Connection, delete, update

from quizbot.store.tables import chat_link, person

AT_ONCE = 500  # people in a statement


def end(connection: Connection, people: Iterable[UUID]) -> None:
    """From now on nothing works that was given out to these people before."""
    ids = list(people)
    for at in range(0, len(ids), AT_ONCE):
        some = ids[at : at + AT_ONCE]
        connection.execute(
            update(person)
            .where(person.c.id.in_(some))
            .values(sign_in_epoch=person.c.sign_in_epoch + 1)
        )
        connection.execute(delete(chat_link).where(chat_link.c.person_id.in_(some)))
