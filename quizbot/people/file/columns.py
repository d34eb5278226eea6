"""What titles of other systems mean: said once by command or page, remembered for the next file."""

import csv
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, insert, select

from quizbot.errors import Refused
from quizbot.people.file.reading import MEANINGS, folded_title
from quizbot.store.tables import column_name

LONGEST = 200


def read_columns(given: Iterable[str]) -> dict[str, str]:
    """What was typed as Theirs=ours, with commas between; nothing behind the = leaves it out."""
    columns = {}
    for cell in (cell for words in given for cell in next(csv.reader([words]), [])):
        theirs, is_given, ours = cell.rpartition("=")
        title, ours = folded_title(theirs), folded_title(ours)
        if not is_given or not title:
            raise Refused(f'{cell[:60]!r} is not of the form "Employee Number=staff_ref".')
        if ours and ours not in MEANINGS:
            known = ", ".join(MEANINGS)
            raise Refused(f"{ours[:60]!r} is no column of ours. These are: {known}.")
        columns[title] = ours
    return columns


def remembered(connection: Connection) -> dict[str, str]:
    """What titles meant in the files that were taken in before."""
    rows = connection.execute(select(column_name.c.title, column_name.c.means))
    return {row.title: row.means for row in rows}


def remember(connection: Connection, columns: Mapping[str, str]) -> list[str]:
    """Keep what titles mean; our columns of which that is new."""
    known = remembered(connection)
    folded = {folded_title(title): ours for title, ours in columns.items()}
    new = {
        title: ours
        for title, ours in folded.items()
        if known.get(title) != ours and len(title) <= LONGEST
    }
    if new:
        connection.execute(delete(column_name).where(column_name.c.title.in_(new)))
        rows = [{"title": title, "means": ours} for title, ours in new.items()]
        connection.execute(insert(column_name), rows)
    return sorted(set(new.values()))
