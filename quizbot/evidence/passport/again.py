"""Recognised certificates are asked about again: their issuers may withdraw them later on.

At night, some of them, each at least every thirty days. Who does not answer is asked in the next
night, and nothing changes until then. What is withdrawn there does not count here any more, and
counts again where the issuer says that it was a mistake.
"""

import json
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Date, Row, Select, and_, bindparam, func, or_, select, update

from quizbot.access import is_here, leads
from quizbot.clock import Clock, london_day
from quizbot.evidence.passport.issuers import Issuers
from quizbot.evidence.passport.status import GoneBack, look
from quizbot.outbox.notices import Notices
from quizbot.outgoing import Unreachable
from quizbot.reminders.overseers import read_grants, read_heads
from quizbot.standing.dispensations import Dispensations
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import brought_certificate, dispensation, person, trusted_issuer

MOST = 500  # certificates of a night
EVERY = timedelta(days=27)  # so that none is older than thirty days, though a night fails
EVERY_GONE = timedelta(days=6)  # what was withdrawn by mistake is not to wait a month
GIVES_UP = 3  # askings without an answer after which an issuer is left alone until the next night
LOOKS_UP = 0.4  # seconds of waiting after which the worker may do something else
OWN_WORDS = "Certificate of "  # with which the reason of what was recognised begins
GONE, STANDS = "gone-back", "stands-again"  # kinds of notice, to who holds it

T = TypeVar("T")

_DAY = bindparam("day", type_=Date)
_BROUGHT = brought_certificate.c
_asked_at = func.coalesce(_BROUGHT.asked_at, _BROUGHT.decided_at)
_DUE = (
    select(brought_certificate, trusted_issuer.c.issuer)
    .join(trusted_issuer, trusted_issuer.c.id == _BROUGHT.issuer_id)
    .join(person, person.c.id == _BROUGHT.person_id)
    .where(
        _BROUGHT.state == "recognised",
        _BROUGHT.status != "[]",
        is_here(_DAY),
        or_(_BROUGHT.expires_on.is_(None), _BROUGHT.expires_on >= _DAY),
        or_(
            _asked_at <= bindparam("before"),
            and_(_BROUGHT.withdrawn_at.is_not(None), _asked_at <= bindparam("before_gone")),
        ),
    )
    .order_by(func.coalesce(_BROUGHT.tried_at, _BROUGHT.decided_at), _BROUGHT.id)
)


@dataclass(frozen=True)
class GrantedLearning:
    """What a certificate was recognised as, and since when that does not count."""

    id: UUID
    withdrawn_on: date | None


@dataclass(frozen=True)
class AskedAgain:
    """Whether what was recognised still holds where it was issued."""

    database: Database
    issuers: Issuers
    dispensations: Dispensations
    notices: Notices
    audit: Audit
    now: Clock

    def night(self) -> Iterator[None]:
        """Ask about some; between the pieces, and while an issuer is slow, others may work."""
        silent: Counter[str] = Counter()
        known: dict[str, bytes] = {}  # a list is of many certificates
        asked = 0
        for row in self._due():
            if silent[row.issuer] >= GIVES_UP:
                continue
            if asked == MOST:
                return
            if not self._is_to_be_asked(row):
                continue
            asked += 1
            answered = yield from _beside(partial(self._ask, row, known))
            if answered is None:
                silent[row.issuer] += 1
            yield

    def _ask(self, row: Row[Any], known: dict[str, bytes]) -> bool | None:
        """Ask about one, and write down what is told; None where nobody answers."""
        trusted = self.issuers.find(row.issuer)
        if trusted is None:
            return True
        trusted = self.issuers.fresh(trusted)
        is_silent = False

        def ask(url: str) -> bytes:
            nonlocal is_silent
            if url not in known:
                try:
                    known[url] = self.issuers.ask(trusted, url)
                except Unreachable:
                    is_silent = True
                    raise
            return known[url]

        statuses = json.loads(row.status)
        try:
            doubt = look(statuses, row.number, trusted.issuer, trusted.keys, ask, self.now())
        except GoneBack:
            self._note(row, is_gone=True)
            return True
        if doubt:
            self._put(row.id, tried_at=self.now())
        else:
            self._note(row, is_gone=False)
        return None if is_silent else True

    def _due(self) -> list[Row[Any]]:
        """What is to be asked about, what was not tried for longest first."""
        now = self.now()
        given = {"day": london_day(now), "before": now - EVERY, "before_gone": now - EVERY_GONE}
        return self.database.look(_DUE, given)

    def _is_to_be_asked(self, row: Row[Any]) -> bool:
        """Not where its issuer is trusted no more, or a lead has taken back what it was for."""
        with self.database.reading() as connection:
            granted = _granted(connection, row)
        if granted is None or (row.withdrawn_at is None and granted.withdrawn_on is not None):
            self._put(row.id, asked_at=self.now())
            return False
        return self.issuers.find(row.issuer) is not None

    def _note(self, row: Row[Any], *, is_gone: bool) -> None:
        """What its issuer says of it now; told where that is something else than before."""
        now = self.now()
        with self.database.writing(queue="duties") as connection:
            here = brought_certificate.c.id == row.id
            current = connection.execute(select(brought_certificate).where(here)).first()
            granted = _granted(connection, row)
            if current is None or granted is None:
                return
            values: dict[str, Any] = {"asked_at": now, "tried_at": now}
            if is_gone and current.withdrawn_at is None and granted.withdrawn_on is None:
                values |= {"withdrawn_at": now, "granted_id": granted.id}
                self.dispensations.set_aside_in(connection, granted.id, row.person_id)
                self._tell(connection, row, "passport.gone-back", GONE, now)
            elif not is_gone and current.withdrawn_at is not None:
                values |= {"withdrawn_at": None}
                self.dispensations.restore_in(connection, granted.id, row.person_id)
                self._tell(connection, row, "passport.stands-again", STANDS, now)
            connection.execute(update(brought_certificate).where(here).values(**values))

    def _tell(
        self, connection: Connection, row: Row[Any], act: str, kind: str, now: datetime
    ) -> None:
        """Its holder, and the lead who recognised it, or else those who lead them now."""
        today = london_day(now)
        self.audit.add(connection, "service", act, row.person_id, brought=row.id, module=row.module)
        payload = {"brought": row.id.hex, "about": row.person_id.hex, "module": row.module}
        key = f"{kind}:{row.id.hex}:{today.isoformat()}"
        self.notices.owe(connection, key, row.person_id, kind, payload)
        to = {row.decided_by}
        if row.decided_by is None or not leads(connection, row.decided_by, row.person_id, today):
            heads = read_heads(connection, [row.person_id], today, read_grants(connection, today))
            to = set(heads.leads(row.person_id))
        for lead_id in sorted(to - {row.person_id}):
            lead_key = f"{key}:{lead_id.hex}"
            self.notices.owe(connection, lead_key, lead_id, f"{kind}-lead", payload)

    def _put(self, brought_id: UUID, **values: datetime) -> None:
        with self.database.writing() as connection:
            here = brought_certificate.c.id == brought_id
            connection.execute(update(brought_certificate).where(here).values(**values))


def _granted(connection: Connection, row: Row[Any]) -> GrantedLearning | None:
    """The learning that was recognised for a certificate."""
    found = connection.execute(_learning_of(row)).first()
    return None if found is None else GrantedLearning(found.id, found.withdrawn_on)


def _learning_of(row: Row[Any]) -> Select[Any]:
    table = dispensation
    query = select(table.c.id, table.c.withdrawn_on)
    if row.granted_id is not None:
        return query.where(table.c.id == row.granted_id)
    return query.where(
        table.c.person_id == row.person_id,
        table.c.kind == "learning",
        table.c.module == row.module,
        table.c.starts_on == row.issued_on,
        table.c.ends_on.is_(None) if row.expires_on is None else table.c.ends_on == row.expires_on,
        table.c.reason.startswith(OWN_WORDS),
    ).order_by(table.c.withdrawn_on.is_(None).desc(), table.c.id.desc())


def _beside(call: Callable[[], T]) -> Generator[None, None, T]:
    """What another machine is asked, in a thread: whoever waits for it may do other things."""
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(copy_context().run, call)
        while not wait([asking], LOOKS_UP).done:
            yield
        return asking.result()
