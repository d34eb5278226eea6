"""What was asked of a manager's people, by whomever, and is not done."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from quizbot.figures.team.cells import TeamLine
from quizbot.figures.team.steps import OpenRequest
from quizbot.standing.standings import chunks
from quizbot.store.tables import person, request


def open_requests(
    connection: Connection, manager_id: UUID, lines: Sequence[TeamLine]
) -> dict[tuple[UUID, str], OpenRequest]:
    """By person and module the newest request that is neither met nor withdrawn."""
    passed = {
        (line.person_id, cell.module): cell.latest.passed_on
        for line in lines
        for cell in line.cells
    }
    pressing = [line.person_id for line in lines if any(cell.is_pressing for cell in line.cells)]
    found: dict[tuple[UUID, str], OpenRequest] = {}
    for some in chunks(pressing):
        for row in connection.execute(
            select(
                request.c.person_id,
                request.c.module,
                request.c.made_on,
                request.c.due_on,
                request.c.made_by,
                person.c.name,
            )
            .join(person, person.c.id == request.c.made_by)
            .where(request.c.person_id.in_(some), request.c.withdrawn_on.is_(None))
            .order_by(request.c.id)
        ):
            passed_on = passed.get((row.person_id, row.module))
            if passed_on is None or passed_on < row.made_on:
                by = "you" if row.made_by == manager_id else row.name
                found[row.person_id, row.module] = OpenRequest(by, row.made_on, row.due_on)
    return found
