"""When messages that can wait may leave: not at night, nor on days that are quiet in England."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from quizbot.clock import LONDON, london_day
from quizbot.standing.working_days import SATURDAY, is_bank_holiday

ONE_DAY = timedelta(days=1)

IsQuietDay = Callable[[date], bool]


@dataclass(frozen=True)
class Quiet:
    """The hours and days, in London, on which nothing leaves but sign-in codes."""

    begins: time | None
    ends: time | None
    weekends: bool
    holidays: bool

    def allows(self, at: datetime) -> bool:
        """Whether a message that can wait may leave now."""
        return self.is_open_day(london_day(at)) and not self._is_quiet_hour(
            at.astimezone(LONDON).time()
        )

    def is_open_day(self, day: date) -> bool:
        """Whether messages leave on a day at all."""
        at_rest = self.weekends and day.weekday() >= SATURDAY
        return not at_rest and not (self.holidays and is_bank_holiday(day))

    @property
    def open_days(self) -> str:
        """On which days messages leave, in words."""
        if self.weekends:
            return "on working days" if self.holidays else "from Monday to Friday"
        return "on every day but bank holidays" if self.holidays else "on every day of the week"

    def last_open_day(self, day: date) -> date:
        """The day itself, or else the last one before it on which messages leave."""
        while not self.is_open_day(day):
            day -= ONE_DAY
        return day

    def opens_on(self, at: datetime) -> date:
        """The first day, today or later, on which messages leave after a moment."""
        day, now = london_day(at), at.astimezone(LONDON).time()
        is_over = self.begins and self.ends and self.begins > self.ends and now >= self.begins
        if is_over:
            day += ONE_DAY
        while not self.is_open_day(day):
            day += ONE_DAY
        return day

    def _is_quiet_hour(self, now: time) -> bool:
        if self.begins is None or self.ends is None:
            return False
        if self.begins < self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends


def read_quiet(hours: str, days: str) -> Quiet:
    """From settings such as `19:00-08:00` and `weekends, holidays`; `none` takes either away."""
    begins, ends = read_hours(hours)
    names = read_days(days)
    return Quiet(begins, ends, "weekends" in names, "holidays" in names)


def read_hours(text: str) -> tuple[time | None, time | None]:
    """Two times of the day; ValueError says what is wrong."""
    if text.strip().casefold() == "none":
        return None, None
    found = re.fullmatch(r"(\d\d?:\d\d)\s*[-–]\s*(\d\d?:\d\d)", text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not two times such as 19:00-08:00, nor `none`")
    try:
        begins, ends = (datetime.strptime(word, "%H:%M").time() for word in found.groups())  # noqa: DTZ007
    except ValueError:
        raise ValueError(f"{text!r} holds a time that no clock shows") from None
    if begins == ends:
        raise ValueError(f"{text!r} begins and ends at the same time: write `none` for no quiet")
    return begins, ends


def read_days(text: str) -> frozenset[str]:
    """Which of weekends and holidays are quiet; ValueError says what is wrong."""
    names = frozenset(word.strip().casefold() for word in text.split(","))
    if names == {"none"}:
        return frozenset()
    if unknown := sorted(names - {"weekends", "holidays"}):
        raise ValueError(f"{unknown[0]!r} is not one of: weekends, holidays, none")
    return names
