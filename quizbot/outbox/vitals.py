"""What operators watch: what is owed and does not leave, and who is at work; nothing of anybody."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from quizbot.clock import Clock
from quizbot.store.database import Database
from quizbot.store.lease import is_held
from quizbot.store.tables import lease, notice

LATE = timedelta(minutes=15)  # how long a code may wait before something is wrong
RECENT = timedelta(days=7)

_OWED = (
    select(notice.c.state, func.count())
    .where(notice.c.state.in_(("queued", "sending")))
    .group_by(notice.c.state)
)
_LEASES = select(lease.c.name, lease.c.until, lease.c.done_on)


@dataclass(frozen=True)
class Signs:
    """How the service is at one time."""

    queued: int
    sending: int
    failed: int  # of the last week, or uncertain, and settled by nobody
    late_codes: int
    oldest_late: datetime | None
    at_work: frozenset[str]  # of "work" and "telegram", those that hold their lease
    day_done_on: date | None  # the last day whose work was done


@dataclass(frozen=True)
class Vitals:
    """Counts over everybody."""

    database: Database
    now: Clock

    def read(self) -> Signs:
        """Everything, in one look."""
        now = self.now()
        is_late = (
            notice.c.state == "queued",
            notice.c.goes_alone,
            notice.c.next_try_at < now - LATE,
        )
        is_failed = (
            notice.c.state.in_(("failed", "uncertain")),
            notice.c.settled_at.is_(None),
            notice.c.done_at > now - RECENT,
        )
        with self.database.reading() as connection:
            owed = {row.state: row[1] for row in connection.execute(_OWED)}
            late, oldest = connection.execute(
                select(func.count(), func.min(notice.c.made_at)).where(*is_late)
            ).one()
            failed = connection.execute(select(func.count()).where(*is_failed)).scalar_one()
            leases = connection.execute(_LEASES).all()
        return Signs(
            queued=owed.get("queued", 0),
            sending=owed.get("sending", 0),
            failed=failed,
            late_codes=late,
            oldest_late=oldest,
            at_work=frozenset(row.name for row in leases if is_held(row.until, now)),
            day_done_on=next((row.done_on for row in leases if row.name == "work"), None),
        )
