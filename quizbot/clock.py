"""Times are aware UTC; days are calendar days in London."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


def london_day(at: datetime) -> date:
    """The calendar day in London at a time."""
    return at.astimezone(LONDON).date()


def in_words(day: date) -> str:
    """21 November 2026."""
    return f"{day.day} {day:%B %Y}"
