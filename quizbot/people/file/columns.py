"""What titles of other systems mean: said once by command or page, remembered for the next file."""

import csv
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, insert, select

from quizbot.errors import Refused
from quizbot.people.file.reading import COLUMNS, folded_title
from quizbot.store.tables import column_name

LONGEST = 200
# What systems of HR call ours, without spaces and marks: offered, and taken only when chosen.
_LIKELY = {
    "staff_ref": "staffref staffnumber staffid employeenumber employeeno employeeid employeeref"
    " personnelnumber payrollnumber payrollno assignmentnumber personnumber",
    "name": "fullname employeename staffname displayname personname",
    "email": "emailaddress workemail workemailaddress mail businessemail",
    "unit": "team department organisation organization orgunit orgpath service division",
    "job": "jobtitle position positiontitle post posttitle role title",
    "started_on": "startdate started hiredate datestarted assignmentstartdate poststartdate"
    " positionstartdate dateofjoining joined",
    "manager": "managerid managernumber manageremail linemanager linemanageremail reportsto"
    " supervisor boss manageremployeenumber managerstaffnumber",
}


def read_columns(given: Iterable[str]) -> dict[str, str]:
    """What was typed as Theirs=ours, with commas between; nothing behind the = leaves it out."""
    columns = {}
    for cell in (cell for words in given for cell in next(csv.reader([words]), [])):
        theirs, is_given, ours = cell.rpartition("=")
        title, ours = folded_title(theirs), folded_title(ours)
        if not is_given or not title:
            raise Refused(f'{cell[:60]!r} is not of the form "Employee Number=staff_ref".')
        if ours and ours not in COLUMNS:
            raise Refused(f"{ours[:60]!r} is no column of ours. These are: {', '.join(COLUMNS)}.")
        columns[title] = ours
    return columns


def likely_columns(titles: Iterable[str]) -> dict[str, str]:
    """What titles are likely to mean, each of ours once."""
    found: dict[str, str] = {}
    for title in titles:
        bare = "".join(filter(str.isalnum, title.casefold()))
        ours = next((name for name, known in _LIKELY.items() if bare in known.split()), "")
        if ours and ours not in found.values():
            found[title] = ours
    return found


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
