"""How long another system is left alone after it took nothing: longer each time, or as it asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_PAUSE = timedelta(hours=1)
FIRST_PAUSE = timedelta(seconds=10)


@dataclass
class HeldBack:
    """Since how many times, and until when."""

    times: int = 0
    until: datetime | None = None

    def is_on(self, now: datetime) -> bool:
        """Whether it is left alone now."""
        return self.until is not None and now < self.until

    def lengthen(self, now: datetime, wanted: str = "") -> None:
        """It took nothing once more; `wanted` is how long it asks for, as its header says."""
        self.times += 1
        pause = min(FIRST_PAUSE * 2 ** min(self.times - 1, 10), LONGEST_PAUSE)
        self.until = now + max(pause, min(_asked_for(wanted, now), LONGEST_PAUSE))


def _asked_for(wanted: str, now: datetime) -> timedelta:
    """How long a system asks to be left alone: seconds, or a date."""
    if wanted.isascii() and wanted.isdigit():
        return timedelta(seconds=min(int(wanted[:9]), 86400))
    try:
        return parsedate_to_datetime(wanted) - now
    except (ValueError, TypeError):
        return timedelta()
