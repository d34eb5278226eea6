"""Times are aware UTC; days are calendar days in London."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


def london_day(at: datetime) -> date:
    """The calendar day in London at a time."""
    return at.astimezone(LONDON).date()


def day_begins(day: date, later: int = 0) -> datetime:
    """The moment at which a day begins in London, or one so many days later."""
    return datetime.combine(day + timedelta(later), time(), LONDON)


def has_ended(last_day: date | None, day: date) -> bool:
    """Whether a last day is over; nothing ends without one, and the last day itself counts."""
    return last_day is not None and last_day < day
