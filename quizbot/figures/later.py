"""Whether it changed practice, counted for the board: who answered, and what; of twelve months."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, case, func, select

from quizbot.rules.later import ANSWERED, FIGURES
from quizbot.store.database import read_in
from quizbot.store.tables import later_ask, later_count

_ASKED = (
    select(
        later_ask.c.module,
        later_ask.c.agency,
        func.sum(case((later_ask.c.state == ANSWERED, 1), else_=0)).label("answered"),
        func.count().label("asked"),
    )
    .where(later_ask.c.asked_on >= bindparam("first"), later_ask.c.asked_on <= bindparam("day"))
    .group_by(later_ask.c.module, later_ask.c.agency)
)
_SAID = (
    select(
        later_count.c.module,
        later_count.c.agency,
        later_count.c.item,
        func.sum(later_count.c.people).label("people"),
    )
    .where(later_count.c.month >= bindparam("first"), later_count.c.month <= bindparam("day"))
    .group_by(later_count.c.module, later_count.c.agency, later_count.c.item)
)
Later = dict[tuple[str, str, str], tuple[int, int]]  # module, item, agency → people, of how many


def later_figures(connection: Connection, day: date) -> Later:
    """Each of the figures, by module and agency, of the twelve months up to a day."""
    first = (day.replace(day=1) - timedelta(days=334)).replace(day=1)
    found: Later = {}
    given = {"first": first, "day": day}
    for row in read_in(connection, _ASKED, given):
        found[row.module, ANSWERED, row.agency] = (row.answered, row.asked)
    said = read_in(connection, _SAID, given)
    people = {(row.module, row.agency, row.item): int(row.people) for row in said}
    of: Counter[tuple[str, str, str]] = Counter()
    for (module, agency, item), count in people.items():
        of[module, agency, item.partition(":")[0]] += count
    for module, agency in {(row.module, row.agency) for row in said}:
        for figure in FIGURES[1:]:
            total = of[module, agency, figure.item.partition(":")[0]]
            count = people.get((module, agency, figure.item), 0)
            found[module, figure.item, agency] = (count, total)
    return found
