"""A form's fields as checked values, or what to mend; what was typed is never lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from werkzeug.datastructures import MultiDict

from quizbot.people.people import UnitLine
from quizbot.words import LONGEST_REASON, to_mend

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


@dataclass
class Form:
    """Reads fields one by one and gathers what is wrong, by field; what was said first stands."""

    fields: MultiDict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    is_expired: bool = False  # it is told among the errors, so that nothing is done with it

    def text(self, name: str, longest: int = LONGEST_REASON, missing: str = "") -> str:
        """A line or a few of words; `missing` says what to do where there must be some."""
        value = self.fields.get(name, "").replace("\r\n", "\n").strip()
        if missing and not value:
            self.errors.setdefault(name, missing)
        elif trouble := to_mend(value, longest, in_lines=True):
            self.errors.setdefault(name, trouble)
        return value

    def number(self, name: str, least: int, most: int, default: int = 0) -> int:
        """A whole number; empty is the default."""
        value = self.fields.get(name, "").strip()
        if not value:
            return default
        is_whole = value.isascii() and value.isdigit() and len(value) < 10
        if not (is_whole and least <= int(value) <= most):
            self.errors.setdefault(name, f"Enter a whole number from {least} to {most}")
            return default
        return int(value)

    def day(self, name: str, missing: str = "") -> date | None:
        """A day from three fields; None where all are empty and that is allowed."""
        typed = self.typed_day(name)
        if not any(typed):
            if missing:
                self.errors.setdefault(name, missing)
            return None
        day, month, year = (part.strip().casefold() for part in typed)
        try:
            return date(int(year), _month(month), int(day))
        except (ValueError, OverflowError):
            self.errors.setdefault(name, "Enter a real day, such as 30 6 2027")
            return None

    def typed_day(self, name: str) -> tuple[str, str, str]:
        """The three fields of a day as they were typed."""
        day, month, year = (
            self.fields.get(f"{name}-{part}", "")[:20] for part in ("day", "month", "year")
        )
        return day, month, year

    def choice(self, name: str, known: Sequence[str], missing: str) -> str:
        """One of a few; `missing` says what to do where none was chosen."""
        value = self.fields.get(name, "")
        if value not in known:
            self.errors.setdefault(name, gone(missing) if value else missing)
            return ""
        return value

    def choices(self, name: str, known: Sequence[str], missing: str) -> list[str]:
        """Some of a few, each once, in the order in which they are known.

        What cannot be chosen, or not any more, is told as that and left out.
        """
        chosen = set(self.fields.getlist(name))
        found = [value for value in known if value in chosen]
        if not chosen:
            self.errors.setdefault(name, missing)
        elif not found:
            self.errors.setdefault(name, gone(missing))
        elif len(found) < len(chosen):
            self.errors.setdefault(name, left_out(len(chosen) - len(found), len(chosen)))
        return found

    @property
    def confirm(self) -> bool:
        """Whether somebody said that it is meant."""
        return self.fields.get("confirm") == "yes"


def gone(missing: str) -> str:
    """That what was chosen cannot be chosen, and what to do."""
    again = f"{missing[:1].lower()}{missing[1:]}"
    return f"What you chose cannot be chosen here, or not any more: {again}"


def left_out(count: int, ticked: int) -> str:
    """That some of what was ticked cannot be chosen."""
    what = f"{count} of the {ticked} that you ticked cannot be chosen here, or not any more"
    return f"{what}: look at the others, which stay ticked, and send it again"


MOST_MENUS = 8


def replied(fields: MultiDict[str, str]) -> tuple[str, ...]:
    """The letters of an answer: every `reply`, or one a menu, "" where none was chosen."""
    if "reply-1" not in fields:
        return tuple(fields.getlist("reply"))
    names = (f"reply-{number}" for number in range(1, MOST_MENUS + 1))
    return tuple(fields[name] for name in names if name in fields)


def as_uuid(value: str) -> UUID | None:
    """An id from a form, if it is one."""
    try:
        return UUID(value)
    except ValueError:
        return None


def units_by_path(units: Iterable[UnitLine], missing: str) -> list[tuple[str, str]]:
    """Units to choose one from; its path is sent."""
    return [("", missing), *((unit.path, unit.path) for unit in units)]


def units_by_id(units: Iterable[UnitLine]) -> list[tuple[str, str]]:
    """Units to choose one from; its id is sent."""
    return [("", "Choose a unit"), *((str(unit.unit_id), unit.path) for unit in units)]


def typed(day: date | None) -> tuple[str, str, str]:
    """A day as three fields show it."""
    return (str(day.day), str(day.month), str(day.year)) if day else ("", "", "")


def _month(value: str) -> int:
    if value.isdigit():
        return int(value)
    found = [at for at, name in enumerate(MONTHS, 1) if len(value) > 2 and name.startswith(value)]
    if len(found) != 1:
        raise ValueError(value)
    return found[0]
