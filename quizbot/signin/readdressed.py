"""When somebody's address becomes another: what the old one opened is shut, and it is told so."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from quizbot.outbox.mail import Mail
from quizbot.outbox.notices import ADDRESS_CHANGED, Notices
from quizbot.signin import given_out
from quizbot.store.tables import new_id


def readdress(connection: Connection, notices: Notices, former: Mapping[UUID, str]) -> None:
    """End what was given out to people whose former address this was, and write to that."""
    given_out.end(connection, former)
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
