"""When somebody's address becomes another: what the old one opened is shut, and it is told so."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, update

from quizbot.outbox.mail import Mail
from quizbot.outbox.notices import ADDRESS_CHANGED, Notices
from quizbot.store.tables import new_id, person, sign_in

_EPOCH = (
    update(person)
    .where(person.c.id == bindparam("whose"))
    .values(sign_in_epoch=person.c.sign_in_epoch + 1)
)
_CODES = (
    update(sign_in)
    .where(sign_in.c.person_id == bindparam("whose"), sign_in.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
)


def readdress(
    connection: Connection, notices: Notices, former: Mapping[UUID, str], at: datetime
) -> None:
    """End sessions and waiting codes of people whose former address this was, and write to it."""
    if not former:
        return
    connection.execute(_EPOCH, [{"whose": whose} for whose in former])
    connection.execute(_CODES, [{"whose": whose, "at": at} for whose in former])
    for whose, address in former.items():
        key = f"{ADDRESS_CHANGED}:{new_id()}"
        notices.owe(connection, key, whose, ADDRESS_CHANGED, {"to": address}, goes_alone=True)


def told(payload: dict[str, Any]) -> Mail | None:
    """What the former address is told; never the new one, for the mailbox may be another's now."""
    if not payload.get("to"):
        return None
    return Mail(
        to=str(payload["to"]),
        subject="Your address at The Knowledge was changed",
        text=(
            "The e-mail address with which you sign in to The Knowledge was changed, and this one"
            " no longer opens your record. Wherever you were signed in, you are signed out.\n\n"
            "If you or your employer asked for this, you need do nothing.\n\n"
            "If nobody did, tell your manager or your safeguarding lead today.\n"
        ),
    )
