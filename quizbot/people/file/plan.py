"""What a people file would do: shown person by person, or applied as shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from quizbot.errors import Refused
from quizbot.people.file.days import DayOrder
from quizbot.people.file.person_change import Case, Change, HeldPost, Kind, KnownPerson, change_of
from quizbot.people.file.reading import Doubt, Fault
from quizbot.people.file.sheet import Sheet, as_id
from quizbot.standing.ended_duties import Ended
from quizbot.words import how_many


@dataclass(frozen=True)
class Options:
    """How a file is to be taken: `within` is a unit's path, for which the file may be complete."""

    make_units: bool = False
    unit: str | None = None
    complete: bool = False
    good_rows: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)  # ours by what the file calls them
    days: DayOrder | None = None  # what 03/04/2026 is, once somebody was asked
    titles_on: int | None = None  # the line with the titles, where somebody said it

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
        words += [how_many(self.posts, "post added", "posts added")]
        words += [how_many(self.ended, "post ended", "posts ended")] if self.ended else []
        words += [how_many(self.units, "unit made", "units made"), f"{self.same} as they were"]
        words += (
            [how_many(self.left_out, "line left out", "lines left out")] if self.left_out else []
        )
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
    doubts: list[Doubt] = field(default_factory=list)
    to_confirm: int = 0  # lines that are imported only when somebody has looked
    ends: list[Ended] = field(default_factory=list)  # what is overdue and would end

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
    def many_leave(self) -> bool:
        """Whether more than one in ten of a unit would leave it."""
        return self.leaving * 10 > self.in_unit

    @property
    def needs_confirming(self) -> bool:
        """Whether somebody must say that it is meant."""
        return self.many_leave or self.to_confirm > 0 or bool(self.ends)

    @property
    def warning(self) -> str:
        """What must be confirmed: how many leave, may be slips, or are overdue and would end."""
        parts = []
        if self.many_leave:
            parts.append(
                f"{self.leaving:,} of {how_many(self.in_unit, 'person')} of {self.options.unit}"
                " would leave, which is more than one in ten."
            )
        if self.to_confirm:
            parts.append(how_many(self.to_confirm, "line may be a slip.", "lines may be slips."))
        if self.ends:
            would = "would end or begin anew."
            one, more = f"overdue duty {would}", f"overdue duties {would}"
            parts.append(how_many(len(self.ends), one, more))
        return " ".join(parts)

    def new_units(self) -> list[str]:
        """Units that are made or opened again, from the top."""
        return [
            path for (path,) in self.sheet.all("SELECT path FROM unit WHERE is_new ORDER BY path")
        ]

    def people(self) -> Iterator[PersonLine]:
        """Everybody for whom something changes, by name."""
        concerned = self.sheet.all(
            "SELECT person, starts_on, is_known FROM becomes"
            " WHERE has_lines OR person IN (SELECT person FROM gone) ORDER BY name, person"
        )
        for person, starts_on, is_known in concerned:
            change = change_of(self._case(person))
            if change is None:
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
        called = KnownPerson(
            name, email, ref, known.left_on if known else None, bool(row and row[5])
        )
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


def _known(row: tuple[Any, ...]) -> KnownPerson:
    name, email, ref, left_on, is_guest = row
    return KnownPerson(name, email, ref, _day(left_on), bool(is_guest))


def _held(row: tuple[Any, ...]) -> HeldPost:
    id_, key, path, job, manager, starts_on, ends_on, is_within = row
    first = date.fromisoformat(starts_on)
    return HeldPost(
        as_id(id_), key, path, job, as_id(manager), first, _day(ends_on), bool(is_within)
    )


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
