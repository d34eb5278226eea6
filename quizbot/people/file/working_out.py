"""Working out on a sheet what a people file would do; nothing is written."""

from collections import Counter
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy import Connection, func, or_, select

from quizbot.access import is_below
from quizbot.errors import NotAllowed, NotFound
from quizbot.people.file.columns import remembered
from quizbot.people.file.doubts import find_doubts
from quizbot.people.file.matching import Checks
from quizbot.people.file.person_change import Kind
from quizbot.people.file.plan import Imported, Options, Plan
from quizbot.people.file.reading import read_people
from quizbot.people.file.sheet import Sheet
from quizbot.store.tables import audit, new_id

MOST_FAULTS = 500  # told at once: who mends so many knows what is the matter
# What changes people, posts, units or roles is in the audit trail under one of these.
CHANGES = ("people.%", "person.%", "post.%", "unit.%", "role.%")


def make_plan(
    connection: Connection,
    path: Path,
    options: Options,
    today: date,
    over: tuple[str, ...] | None = None,
    name: str = "",
) -> Plan:
    """Work out what a file would do; nothing is written. `over`: the units of the lead who asks."""
    options.check()
    options = replace(options, columns={**remembered(connection), **options.columns})
    state = state_of(connection)
    unit = options.unit.casefold() if options.unit else None
    folded = tuple(path.casefold() for path in over) if over is not None else None
    sheet = Sheet(today, unit)
    plan = Plan(name or path.name, today, options, state, sheet)
    try:
        sheet.take_database(connection)
        _check_unit(sheet, unit, over)
        rows = read_people(path, today, plan.name, options.columns, options.days, options.titles_on)
        sheet.take_lines(rows)
        checks = Checks(sheet, options.make_units, options.good_rows, folded)
        plan.fault_count = checks.run()
        plan.faults = sheet.faults(MOST_FAULTS)
        if not plan.is_refused:
            _add_units(sheet)
            find_doubts(sheet)
            plan.doubts = sheet.doubts(MOST_FAULTS)
            confirm = "SELECT COUNT(DISTINCT line) FROM doubt WHERE must_be_confirmed"
            plan.to_confirm = sheet.count(confirm)
            count_plan(plan)
    except BaseException:
        plan.close()
        raise
    return plan


def state_of(connection: Connection) -> int:
    """The number of the newest change of people, posts, units or roles."""
    changing = or_(*(audit.c.action.like(pattern) for pattern in CHANGES))
    return int(connection.execute(select(func.max(audit.c.number)).where(changing)).scalar() or 0)


def _check_unit(sheet: Sheet, unit: str | None, over: tuple[str, ...] | None) -> None:
    """The unit for which a file is said to be is one of ours, and of the lead's."""
    if unit is None:
        return
    live = [key for (key,) in sheet.all("SELECT key FROM unit WHERE ended_on IS NULL")]
    if unit not in live:
        close = get_close_matches(unit, live, n=1, cutoff=0.5) if len(live) <= 5000 else []
        paths = sheet.all("SELECT path FROM unit WHERE key = ?", close).fetchone() if close else ()
        hint = f": did you mean {paths[0]!r}?" if paths else "."
        raise NotFound(f"There is no unit {unit!r}{hint}")
    if over is not None and not is_below(unit, map(str.casefold, over)):
        raise NotAllowed("You lead another unit: choose one that is yours.")


def _add_units(sheet: Sheet) -> None:
    """Units that the file needs and that are not there, with all above them."""
    paths = sheet.all(
        "SELECT MIN(unit) FROM line WHERE is_bad = 0 AND unit_key NOT IN"
        " (SELECT key FROM unit WHERE ended_on IS NULL) GROUP BY unit_key"
    )
    for (path,) in sorted(paths):
        above = ""
        for part in path.split("/"):
            wanted = f"{above}/{part}" if above else part
            key = wanted.casefold()
            query = "SELECT path, ended_on FROM unit WHERE key = ?"
            found = sheet.all(query, (key,)).fetchone()
            if found is None:
                sheet.sql.execute(
                    "INSERT INTO unit VALUES (?, ?, ?, NULL, 1)", (key, new_id().bytes, wanted)
                )
            elif found[1]:
                sheet.sql.execute(
                    "UPDATE unit SET ended_on = NULL, is_new = 2 WHERE key = ?", (key,)
                )
            above = found[0] if found else wanted


def count_plan(plan: Plan) -> None:
    """The figures of a plan, and how many leave the unit for which the file is complete."""
    kinds: Counter[Kind] = Counter()
    posts = ended = leaving = 0
    for line in plan.people():
        kinds[line.change.kind] += 1
        posts += sum(change.before is None for change in line.change.posts)
        ended += sum(change.ends for change in line.change.posts)
        leaving += line.change.leaves_unit
    sheet, today = plan.sheet, plan.today.isoformat()
    speaks_of = sheet.count("SELECT COUNT(*) FROM becomes WHERE has_lines")
    touched = kinds.total() - kinds[Kind.LEAVES]
    plan.counts = Imported(
        joined=kinds[Kind.JOINS],
        returned=kinds[Kind.RETURNS],
        moved=kinds[Kind.MOVES],
        changed=kinds[Kind.CHANGES] + kinds[Kind.LOSES],
        left=kinds[Kind.LEAVES],
        posts=posts,
        ended=ended,
        units=sheet.count("SELECT COUNT(*) FROM unit WHERE is_new"),
        same=max(speaks_of - touched, 0),
        left_out=sheet.count("SELECT COUNT(*) FROM line WHERE is_bad"),
    )
    plan.leaving = leaving
    plan.in_unit = sheet.count(
        "SELECT COUNT(DISTINCT held.person) FROM held JOIN known ON known.id = held.person"
        " WHERE is_within AND (ends_on IS NULL OR ends_on >= :today) AND NOT is_guest"
        " AND (left_on IS NULL OR left_on >= :today)",
        {"today": today},
    )
