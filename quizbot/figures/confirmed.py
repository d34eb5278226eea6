"""Who has confirmed a change of guidance, of those who were asked, counted for the board."""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, bindparam, or_, select

from quizbot.evidence.agencies import HOMES, of_day
from quizbot.rules.due import State
from quizbot.standing.confirming import Confirmations, Confirming
from quizbot.store.database import streamed
from quizbot.store.tables import change_action, to_confirm

LEFT = (State.ASSIGNED, State.DUE_SOON, State.OVERDUE)
_ASKED = (
    select(to_confirm.c.person_id, HOMES.c.unit_id)
    .distinct()
    .join(change_action, change_action.c.id == to_confirm.c.action_id)
    .join(HOMES, HOMES.c.person_id == to_confirm.c.person_id)
    .where(
        HOMES.c.place == 1,
        change_action.c.made_on <= bindparam("day"),
        or_(
            change_action.c.withdrawn_on.is_(None),
            change_action.c.withdrawn_on > bindparam("day"),
        ),
    )
)

# unit, module and change → people; a pause between pieces
Asked = Generator[None, None, tuple[Counter[tuple[UUID, str, str]], Counter[tuple[UUID, str, str]]]]


@dataclass(frozen=True)
class ConfirmedCounting:
    """Counts people once a change, in the agency of the post they have held longest."""

    confirmations: Confirmations

    def pieces(self, connection: Connection, day: date) -> Asked:
        """How many have confirmed each change by a day, and how many were asked, unit by unit."""
        confirmed: Counter[tuple[UUID, str, str]] = Counter()
        asked: Counter[tuple[UUID, str, str]] = Counter()
        with streamed(connection, _ASKED, of_day(day)) as portions:
            for some in portions:
                units: dict[UUID, UUID] = {row.person_id: row.unit_id for row in some}
                for person_id, lines in self.confirmations.of(connection, [*units], day).items():
                    for module, change, has_met in counted_of(lines, day):
                        asked[units[person_id], module, change] += 1
                        confirmed[units[person_id], module, change] += has_met
                yield
        return confirmed, asked


def counted_of(lines: Sequence[Confirming], day: date) -> Iterator[tuple[str, str, bool]]:
    """In which module one person is asked for each change on a day, and whether they met it.

    Whoever is paused or exempt and has not met it is left out, as in all that the board counts.
    """
    by_change: defaultdict[str, list[Confirming]] = defaultdict(list)
    for one in lines:
        is_back = one.withdrawn_on is not None and one.withdrawn_on <= day
        if one.made_on <= day and not is_back:
            by_change[one.change].append(one)
    for change, some in by_change.items():
        has_met = any(one.met_on is not None and one.met_on <= day for one in some)
        if has_met or any(one.state in LEFT for one in some):
            yield some[0].asked_in, change, has_met


def labels_of(connection: Connection) -> dict[str, str]:
    """What each change that was asked about tells people to do: the newest words of each."""
    rows = connection.execute(
        select(change_action.c.change, change_action.c.matters)
        .where(change_action.c.action == "ask")
        .order_by(change_action.c.id)
    )
    return {row.change: row.matters for row in rows}
