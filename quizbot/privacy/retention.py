"""What the register says is kept no longer: told first, and then deleted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, or_, select

from quizbot.access import ERASED
from quizbot.clock import Clock, day_begins, london_day
from quizbot.privacy.erasure import Erasure, does_not_count
from quizbot.privacy.register import (
    GUEST_MONTHS,
    LEAVER_YEARS,
    LINK_DAYS,
    NOTICE_MONTHS,
    TRAIN_MONTHS,
)
from quizbot.rules.due.days import months_after
from quizbot.signin.accounts import WAITS
from quizbot.signin.chats import SEEN_LASTS
from quizbot.signin.codes import SIGNED_IN_FOR
from quizbot.signin.slips import LASTS as SLIP_LASTS
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.clearing import delete_attempts, release_notices
from quizbot.store.database import Database
from quizbot.store.tables import (
    account_session,
    account_waiting,
    attempt,
    chat_link,
    huddle,
    link_used,
    lti_launch,
    notice,
    pack,
    pack_part,
    person,
    session_ended,
    sign_in,
    update_seen,
)

DAY = timedelta(days=1)
ENDED = ("sent", "uncertain", "failed", "cancelled")


@dataclass(frozen=True)
class Going:
    """How many rows of a table a rule lets go."""

    table: str
    rule: str
    rows: int


@dataclass(frozen=True)
class Rule:
    """A term with the rows that are beyond it, and how they go."""

    table: Table
    words: str
    which: ColumnElement[bool]
    delete: Callable[[Connection, ColumnElement[bool]], object]


@dataclass(frozen=True)
class Retention:
    """The same rules for what is told and for what is done."""

    database: Database
    audit: Audit
    erasure: Erasure
    now: Clock

    def look(self) -> list[Going]:
        """What would go today, by table and rule."""
        with self.database.reading() as connection:
            found = [
                Going("person", words, len(list(_people(connection, which))))
                for words, which in self._people_rules()
            ]
            for rule in self._rules():
                count = select(func.count()).select_from(rule.table).where(rule.which)
                rows = connection.execute(count).scalar_one()
                found.append(Going(rule.table.name, rule.words, rows))
        return found

    def run(self) -> list[Going]:
        """Let it go: each person, and then each rule, in a transaction of its own."""
        told = self.look()
        for _, which in self._people_rules():
            with self.database.reading() as connection:
                people = list(_people(connection, which))
            for person_id in people:
                self._erase_if_still(person_id, which)
        for rule in self._rules():
            with self.database.writing() as connection:
                rule.delete(connection, rule.which)
        if any(one.rows for one in told):
            rows: dict[str, int] = {}
            for one in told:
                rows[one.table] = rows.get(one.table, 0) + one.rows
            with self.database.writing() as connection:
                self.audit.add(connection, OPERATOR, "retention.run", rows=rows)
        return told

    def _erase_if_still(self, person_id: UUID, which: ColumnElement[bool]) -> None:
        """Looked at again under the lock: a leaver may have come back a moment ago."""
        with self.database.writing(queue="people") as connection:
            still = select(person.c.id).where(person.c.id == person_id, which)
            if connection.execute(still).first() is not None:
                self.erasure.erase_in(connection, person_id, "", OPERATOR)

    def _people_rules(self) -> Iterator[tuple[str, ColumnElement[bool]]]:
        today = london_day(self.now())
        for words, months, is_guest in (
            (f"guests, {GUEST_MONTHS} months after their last day", GUEST_MONTHS, True),
            (f"people who left, {LEAVER_YEARS} years after", 12 * LEAVER_YEARS, False),
        ):
            last = months_after(today, -months)
            yield (
                words,
                and_(
                    person.c.left_on < last,
                    person.c.is_guest if is_guest else ~person.c.is_guest,
                    or_(
                        person.c.name != ERASED,
                        person.c.email.is_not(None),
                        person.c.staff_ref.is_not(None),
                    ),
                ),
            )

    def _rules(self) -> Iterator[Rule]:
        now, today = self.now(), london_day(self.now())
        code, is_slip = now - DAY, sign_in.c.kind == "slip"
        yield Rule(
            sign_in,
            "sign-in codes and tries, after a day; slips, once used or run out",
            or_(
                and_(~is_slip, sign_in.c.made_at < code),
                and_(is_slip, sign_in.c.used_at < code),
                and_(is_slip, sign_in.c.made_at < now - SLIP_LASTS - DAY),
            ),
            lambda connection, which: connection.execute(delete(sign_in).where(which)),
        )
        is_code, is_over = notice.c.kind == "sign-in", notice.c.state.in_(ENDED)
        yield Rule(
            notice,
            "messages with a sign-in code, after a day",
            and_(is_over, is_code, notice.c.made_at < code),
            _delete_notices,
        )
        yield Rule(
            notice,
            f"other messages, after {NOTICE_MONTHS} months",
            and_(
                is_over,
                ~is_code,
                notice.c.made_at < day_begins(months_after(today, -NOTICE_MONTHS)),
            ),
            _delete_notices,
        )
        yield Rule(
            attempt,
            f"practice and what was never handed in, after {TRAIN_MONTHS} months",
            and_(
                attempt.c.person_id.is_not(None),
                does_not_count(),
                attempt.c.started_at < day_begins(months_after(today, -TRAIN_MONTHS)),
            ),
            delete_attempts,
        )
        yield Rule(
            attempt,
            "tries in a chat without an account, after a day",
            and_(attempt.c.person_id.is_(None), attempt.c.started_at < code),
            delete_attempts,
        )
        yield Rule(
            pack,
            "inspection packs, after a day",
            pack.c.asked_at < code,
            _delete_packs,
        )
        gone = select(person.c.id).where(person.c.left_on < today)
        yield Rule(
            chat_link,
            f"chats, {LINK_DAYS} days after they were unlinked, or when their person has left",
            or_(
                chat_link.c.unlinked_at < now - LINK_DAYS * DAY,
                chat_link.c.person_id.in_(gone),
            ),
            lambda connection, which: connection.execute(delete(chat_link).where(which)),
        )
        old = now - SEEN_LASTS
        yield Rule(
            update_seen,
            "numbers of messages that a chat answered, after two days",
            update_seen.c.seen_at < old,
            lambda connection, which: connection.execute(delete(update_seen).where(which)),
        )
        yield Rule(
            session_ended,
            "sessions that were signed out, once their cookies have run out",
            session_ended.c.ended_at < now - SIGNED_IN_FOR - DAY,
            lambda connection, which: connection.execute(delete(session_ended).where(which)),
        )
        yield Rule(
            account_session,
            "sessions opened by an organisation’s account, once their cookies have run out",
            account_session.c.began_at < now - SIGNED_IN_FOR - DAY,
            lambda connection, which: connection.execute(delete(account_session).where(which)),
        )
        yield Rule(
            account_waiting,
            "accounts that are nobody’s here, after seven days",
            account_waiting.c.made_at < now - WAITS,
            lambda connection, which: connection.execute(delete(account_waiting).where(which)),
        )
        yield Rule(
            lti_launch,
            "launches from learning systems, after a day",
            lti_launch.c.made_at < now - DAY,
            lambda connection, which: connection.execute(delete(lti_launch).where(which)),
        )
        yield Rule(
            link_used,
            "marks that a link was used, after two days",
            link_used.c.used_at < old,
            lambda connection, which: connection.execute(delete(link_used).where(which)),
        )
        yield Rule(
            huddle,
            "questions that a group left unfinished, after two days",
            huddle.c.started_at < old,
            lambda connection, which: connection.execute(delete(huddle).where(which)),
        )


def _people(connection: Connection, which: ColumnElement[bool]) -> Iterator[UUID]:
    yield from connection.execute(select(person.c.id).where(which).order_by(person.c.id)).scalars()


def _delete_notices(connection: Connection, which: ColumnElement[bool]) -> None:
    release_notices(connection, select(notice.c.id).where(which))
    connection.execute(delete(notice).where(which))


def _delete_packs(connection: Connection, which: ColumnElement[bool]) -> None:
    ids = select(pack.c.id).where(which)
    connection.execute(delete(pack_part).where(pack_part.c.pack_id.in_(ids)))
    connection.execute(delete(pack).where(which))
