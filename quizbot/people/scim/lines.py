"""What a directory says of people, as lines of a people file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from quizbot.people.file.days import DayReader
from quizbot.people.file.matching import MEND
from quizbot.people.file.reading import Fault, PersonRow, row_of
from quizbot.words import folded_address, folded_job, is_address, is_within

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
STAFF = "urn:ietf:params:scim:schemas:extension:theknowledge:2.0:User"
NO_JOB = "Staff"  # where a directory tells none


@dataclass(frozen=True, slots=True)
class DirectoryUser:
    """One user: what was said, the groups they are in, and whose record they are."""

    user_id: UUID
    content: Mapping[str, Any]
    groups: Sequence[str]
    is_active: bool
    person_id: UUID | None

    @property
    def name(self) -> str:
        """How they are called: as shown, or as their names come together, or as they sign in."""
        parts = self.content.get("name", {})
        put_together = " ".join(filter(None, (parts.get("givenName"), parts.get("familyName"))))
        shown = self.content.get("displayName") or parts.get("formatted") or put_together
        return str(shown or self.content.get("userName", ""))

    @property
    def email(self) -> str:
        """The address at work, else the first, else the name by which they sign in."""
        given = [one for one in self.content.get("emails", ()) if one.get("value")]
        given.sort(key=lambda one: (one.get("type") != "work", not one.get("primary")))
        if given:
            return str(given[0]["value"])
        user_name = folded_address(str(self.content.get("userName", "")))
        return user_name if is_address(user_name) else ""

    @property
    def staff_ref(self) -> str:
        """Their number."""
        return str(self._enterprise.get("employeeNumber") or "")

    @property
    def job(self) -> str:
        """What they work as."""
        return str(self.content.get("title") or NO_JOB)

    @property
    def manager(self) -> str:
        """The id of their manager's user."""
        return str((self._enterprise.get("manager") or {}).get("value") or "")

    @property
    def department(self) -> str:
        """Where they are, if no group of theirs is a unit."""
        return str(self._enterprise.get("department") or "")

    @property
    def started_on(self) -> str:
        """The first day of their post, where the directory tells it."""
        return str((self.content.get(STAFF) or {}).get("startedOn") or "")

    @property
    def _enterprise(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.content.get(ENTERPRISE) or {}
        return found


class CertainDays(DayReader):
    """Days of a directory, which nobody can be asked about: 03/02/2026 is none."""

    def _of_numbers(self, value: str, line: int) -> str:  # noqa: ARG002
        return ""


@dataclass(frozen=True)
class UnitNames:
    """Finds the unit that a directory means: by its path, below the top one, or by its own name."""

    top: str
    paths: Sequence[str]
    by_key: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        known = {path.casefold(): path for path in self.paths}
        names: dict[str, set[str]] = {}
        for path in self.paths:
            if is_within(path.casefold(), self.top.casefold()):
                names.setdefault(path.rpartition("/")[2].casefold(), set()).add(path)
        found = {name: next(iter(some)) for name, some in names.items() if len(some) == 1}
        below = f"{self.top.casefold()}/"
        found |= {key.removeprefix(below): path for key, path in known.items()}
        object.__setattr__(self, "by_key", found | known)

    def find(self, words: str) -> str:
        """The unit's path; nothing where there is none of this name."""
        key = "/".join(part.strip() for part in words.casefold().split("/"))
        return self.by_key.get(key, "")


@dataclass(frozen=True)
class Lines:
    """The lines of all who are active and placed; those who are not, and why."""

    said: Sequence[DirectoryUser]
    units: UnitNames
    today: date
    starts: Mapping[UUID, Mapping[tuple[str, str], date]]  # of posts, by person, unit and job
    people: Mapping[str, UUID]  # by staff number and address, folded
    whose: dict[int, DirectoryUser] = field(default_factory=dict)  # by line
    waiting: list[tuple[DirectoryUser, str]] = field(default_factory=list)

    def rows(self) -> Iterator[PersonRow]:
        """One line for each unit of each."""
        by_id = {str(one.user_id): one for one in self.said}
        tells_managers = any(one.manager for one in self.said)
        days = CertainDays(self.today)
        number = 0
        for one in self.said:
            if not one.is_active:
                continue
            places = self._places(one)
            if not places:
                self.waiting.append((one, self._why(one)))
            for path in places:
                number += 1
                self.whose[number] = one
                cells = {
                    "staff_ref": one.staff_ref,
                    "name": one.name,
                    "email": one.email,
                    "unit": path,
                    "job": one.job,
                    "started_on": self._start(one, path),
                }
                if tells_managers:
                    boss = by_id.get(one.manager)
                    cells["manager"] = (boss.staff_ref or boss.email) if boss else ""
                yield row_of(number, cells, days)

    def _places(self, one: DirectoryUser) -> list[str]:
        found = [path for group in one.groups if (path := self.units.find(group))]
        if not found and one.department:
            found = [self.units.find(one.department)]
        return sorted({path for path in found if path})

    def _why(self, one: DirectoryUser) -> str:
        if one.department:
            return f"{one.department[:100]!r} is no unit here, and no group of theirs is one"
        return "no group of theirs is a unit here, and no department is told"

    def _start(self, one: DirectoryUser, path: str) -> str:
        """The first day of a post that is held; of somebody new the day that is told; else today.

        What a directory tells is the day on which somebody was hired, not that of a later post.
        """
        who = one.person_id or self.people.get(f"r{one.staff_ref.casefold()}")
        who = who or self.people.get(f"e{folded_address(one.email)}")
        held = self.starts.get(who, {}) if who else {}
        day = held.get((path.casefold(), folded_job(one.job)))
        if day is None and not held and one.started_on:
            return one.started_on.partition("T")[0]
        return (day or self.today).isoformat()


def named(fault: Fault, whose: Mapping[int, DirectoryUser]) -> str:
    """A fault with who it is about, instead of a line that nobody can see."""
    words = fault.words.replace(MEND, "").strip()
    who = whose.get(fault.line)
    where = f", {fault.column}" if fault.column else ""
    return f"{who.name if who else 'somebody'}{where}: {words}"
