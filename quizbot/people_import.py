"""Taking in a people file: planned on a sheet, then shown person by person, or applied as shown."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, or_, select

from quizbot.errors import NotAllowed, NotFound, Refused
from quizbot.people_change import Case, Change, Held, Kind, Known, change_of
from quizbot.people_check import Checks
from quizbot.people_file import Fault, read_people
from quizbot.people_sheet import Sheet, as_id
from quizbot.tables import audit, new_id

MOST_FAULTS = 500  # told at once: who mends so many knows what is the matter
# What changes people, posts, units or roles is in the audit trail under one of these.
CHANGES = ("people.%", "person.%", "post.%", "unit.%", "role.%")


@dataclass(frozen=True)
class Options:
    """How a file is to be taken: `within` is a unit's path, for which the file may be complete."""

    make_units: bool = False
    unit: str | None = None
    complete: bool = False
    good_rows: bool = False

    def check(self) -> None:
        """Refused where two of them cannot go together."""
        if self.complete and not self.unit:
            raise Refused("Name the unit for which the file is complete.")
        if self.complete and self.good_rows:
            raise Refused("A file of which lines are left out is not complete: choose one of both.")


@dataclass(frozen=True)
class Imported:
    """What an import does, or did, in numbers."""

    joined: int = 0
    returned: int = 0
    moved: int = 0
    changed: int = 0
    left: int = 0
    posts: int = 0
    ended: int = 0
    units: int = 0
    same: int = 0
    left_out: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether all is as the file says already."""
        done = (self.joined, self.returned, self.moved, self.changed, self.left, self.units)
        return not any(done)

    def __str__(self) -> str:
        words = [f"{self.joined} joined", f"{self.changed} changed"]
        words += [f"{self.returned} returned"] if self.returned else []
        words += [f"{self.moved} moved"] if self.moved else []
        words += [f"{self.left} left"] if self.left else []
        words += [f"{self.posts} posts added"]
        words += [f"{self.ended} posts ended"] if self.ended else []
        words += [f"{self.units} units made", f"{self.same} as they were"]
        words += [f"{self.left_out} lines left out"] if self.left_out else []
        return ", ".join(words)


@dataclass(frozen=True)
class PersonLine:
    """One person of a plan: their change, and what it needs from the sheet."""

    person_id: UUID
    change: Change
    first_day: date | None  # of somebody new
    loses_manager: int  # people whose manager this was


@dataclass
class Plan:
    """All that an import would do: worked out once, read as often as one likes, then closed."""

    name: str
    today: date
    options: Options
    state: int  # the newest change of people when it was made: another since, and it is out of date
    sheet: Sheet
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    counts: Imported = field(default_factory=Imported)
    leaving: int = 0
    in_unit: int = 0

    def close(self) -> None:
        """Let go of the sheet."""
        self.sheet.close()

    def __enter__(self) -> "Plan":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_refused(self) -> bool:
        """Whether there are faults, and only a whole file was to be taken."""
        return bool(self.fault_count) and not self.options.good_rows

    @property
    def needs_confirming(self) -> bool:
        """Whether more than one in ten of a unit would leave it."""
        return self.leaving * 10 > self.in_unit

    @property
    def warning(self) -> str:
        """How many of how many leave."""
        return (
            f"{self.leaving} of {self.in_unit} people of {self.options.unit} would leave, which is"
            " more than one in ten."
        )

    def new_units(self) -> list[str]:
        """Units that are made or opened again, from the top."""
        return [
            path for (path,) in self.sheet.all("SELECT path FROM unit WHERE is_new ORDER BY path")
        ]

    def people(self, kinds: frozenset[Kind] | None = None) -> Iterator[PersonLine]:
        """Everybody for whom something changes, by name."""
        concerned = self.sheet.all(
            "SELECT person, starts_on, is_known FROM becomes"
            " WHERE has_lines OR person IN (SELECT person FROM gone) ORDER BY name, person"
        )
        for person, starts_on, is_known in concerned:
            change = change_of(self._case(person))
            if change is None or (kinds is not None and change.kind not in kinds):
                continue
            first = None if is_known else date.fromisoformat(starts_on)
            person_id = UUID(bytes=person)
            loses = self._reports(person) if change.kind is Kind.LEAVES else 0
            yield PersonLine(person_id, change, first, loses)

    def _case(self, person: bytes) -> Case:
        row = self.sheet.all("SELECT * FROM known WHERE id = ?", (person,)).fetchone()
        known = _known(row[1:]) if row else None
        name, email, ref = self.sheet.all(
            "SELECT name, email, ref FROM becomes WHERE person = ?", (person,)
        ).fetchone()
        called = Known(name, email, ref, known.left_on if known else None, bool(row and row[5]))
        held = self.sheet.all(
            "SELECT id, unit_key, path, job, manager, starts_on, ends_on, is_within FROM held"
            " WHERE person = ?",
            (person,),
        )
        said = self.sheet.all(
            "SELECT NULL, line.unit_key, unit.path, job, manager_person, starts_on, NULL,"
            " within(unit_key) FROM line JOIN unit ON unit.key = line.unit_key"
            " WHERE person = ? AND is_bad = 0 ORDER BY unit_key, job",
            (person,),
        )
        return Case(
            known=known,
            called=called,
            held=[_held(row) for row in held],
            said=[_held(row) for row in said],
            today=self.today,
            is_complete=self.options.complete,
            tells_manager=self.sheet.tells_manager,
        )

    def _reports(self, person: bytes) -> int:
        """People who lose their manager because this one leaves."""
        query = (
            "SELECT COUNT(DISTINCT person) FROM held WHERE manager = ?"
            " AND (ends_on IS NULL OR ends_on >= ?)"
        )
        return self.sheet.count(query, (person, self.today.isoformat()))

    def name_of(self, person_id: UUID | None) -> str:
        """How somebody will be called."""
        if person_id is None:
            return "nobody"
        query = "SELECT name FROM becomes WHERE person = ?"
        found = self.sheet.all(query, (person_id.bytes,)).fetchone()
        return str(found[0]) if found else "somebody unknown"


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
    state = state_of(connection)
    unit = options.unit.casefold() if options.unit else None
    folded = tuple(path.casefold() for path in over) if over is not None else None
    sheet = Sheet(today, unit)
    plan = Plan(name or path.name, today, options, state, sheet)
    try:
        sheet.take_database(connection)
        _check_unit(sheet, unit, over)
        sheet.take_lines(read_people(path, today, plan.name))
        checks = Checks(sheet, options.make_units, options.good_rows, folded)
        plan.fault_count = checks.run()
        plan.faults = sheet.faults(MOST_FAULTS)
        if not plan.is_refused:
            _add_units(sheet)
            _count(plan)
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
    if over is not None and not any(f"{unit}/".startswith(f"{path.casefold()}/") for path in over):
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


def _count(plan: Plan) -> None:
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


def _known(row: tuple[Any, ...]) -> Known:
    name, email, ref, left_on, is_guest = row
    return Known(name, email, ref, _day(left_on), bool(is_guest))


def _held(row: tuple[Any, ...]) -> Held:
    id_, key, path, job, manager, starts_on, ends_on, is_within = row
    first = date.fromisoformat(starts_on)
    return Held(as_id(id_), key, path, job, as_id(manager), first, _day(ends_on), bool(is_within))


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
