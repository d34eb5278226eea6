"""Rows that are to go, with all that hangs on them."""

from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, delete, select, update

from quizbot.store.tables import (
    answer,
    attempt,
    attempt_misconception,
    attempt_objective,
    attempt_withdrawn,
    notice,
    regraded,
)

HANG_ON = (answer, attempt_objective, attempt_misconception, attempt_withdrawn, regraded)


def delete_attempts(connection: Connection, which: ColumnElement[bool]) -> int:
    """Attempts with all that hangs on them; how many there were."""
    ids = select(attempt.c.id).where(which)
    for table in HANG_ON:
        connection.execute(delete(table).where(table.c.attempt_id.in_(ids)))
    return connection.execute(delete(attempt).where(which)).rowcount


def release_notices(connection: Connection, ids: Select[tuple[UUID]]) -> None:
    """Let notices go from the message that they were put into, so that either may be deleted."""
    connection.execute(update(notice).where(notice.c.digest_id.in_(ids)).values(digest_id=None))
