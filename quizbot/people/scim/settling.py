"""Taking in what a directory said: planned, checked and refused like a file, then applied.

What a file would have to be confirmed for is held back, and a lead is asked: many who leave, lines
that may be slips, overdue duties that would end. Everything else goes on.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from quizbot.access import is_open
from quizbot.clock import Clock, london_day
from quizbot.errors import NotAllowed, OutOfDate, Refused
from quizbot.outbox.notices import Notices
from quizbot.people.file.apply import apply
from quizbot.people.file.doubts import find_doubts, name_key
from quizbot.people.file.ended_duties import ends_of
from quizbot.people.file.in_words import PlannedPerson, told_people
from quizbot.people.file.matching import Checks
from quizbot.people.file.plan import Imported, Options, Plan
from quizbot.people.file.reading import PersonRow
from quizbot.people.file.sheet import Sheet
from quizbot.people.file.working_out import MOST_FAULTS, count_plan, state_of
from quizbot.people.scim.lines import DirectoryUser, Lines, UnitNames, named
from quizbot.people.scim.tokens import must_lead_top
from quizbot.standing.ended_duties import Endings
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import (
    person,
    post,
    scim_group,
    scim_member,
    scim_state,
    scim_token,
    scim_user,
    unit,
)
from quizbot.words import folded_job

ACTOR = "directory"
QUIET = timedelta(seconds=15)  # a directory sends people one by one: it is let finish
PATIENCE = timedelta(seconds=60)  # and after so long it is taken in whether it is quiet or not
GONE_BY_MISTAKE = timedelta(days=30)
SHOWN = 50
WRONG_KEY = "It called with a key that is wrong, cut off or ended: a lead makes a new one."
_LINK = (
    update(scim_user).where(scim_user.c.id == bindparam("whose")).values(person_id=bindparam("who"))
)


class MirrorSheet(Sheet):
    """A sheet for which the file is complete as to people of the directory, wherever they are."""

    managed: frozenset[bytes] = frozenset()

    def _held(self, row: Row[Any], paths: dict[bytes, tuple[str, str]]) -> tuple[Any, ...]:
        *others, is_within = super()._held(row, paths)
        return (*others, is_within and row.person_id.bytes in self.managed)


@dataclass(frozen=True)
class MirrorChecks(Checks):
    """The checks of a file; who was taken in before is known by that alone."""

    linked: tuple[tuple[bytes, int], ...] = ()

    def _identify(self) -> None:
        super()._identify()
        self.sheet.sql.executemany("UPDATE line SET person = ? WHERE line = ?", self.linked)


@dataclass(frozen=True)
class HeldPlan:
    """A plan as a lead looks at it: what waits to be confirmed, and who cannot be taken in."""

    warning: str
    people: tuple[PlannedPerson, ...]
    count: int
    doubts: tuple[str, ...]
    faults: tuple[str, ...]
    waiting: tuple[str, ...]
    waiting_count: int
    seen: str


@dataclass(frozen=True)
class ScimState:
    """How the connection to a directory is, for who looks after it."""

    is_on: bool
    top: str
    last_use: datetime | None
    last_fault: str
    last_fault_at: datetime | None
    taken_at: datetime | None
    held: str
    users: int
    groups: int


@dataclass
class _Working:
    """A plan with what it was made from."""

    plan: Plan
    lines: Lines


@dataclass(frozen=True)
class Settling:
    """Takes in what a directory said, below the unit that the setting names."""

    database: Database
    audit: Audit
    notices: Notices
    endings: Endings
    now: Clock
    top: str

    def state(self) -> ScimState:
        """On or off, last used, last fault: read anew, in five small statements."""
        with self.database.reading() as connection:
            row = connection.execute(select(scim_state).where(scim_state.c.id == 1)).first()
            used = connection.execute(select(scim_token.c.used_at)).scalars()
            last_use = max((at for at in used if at), default=None)
            users = connection.execute(
                select(scim_user.c.id).where(~scim_user.c.is_deleted)
            ).scalars()
            groups = connection.execute(select(scim_group.c.id)).scalars()
            fault, fault_at = (row.fault, row.fault_at) if row else ("", None)
            if self.top and not _has_unit(connection, self.top):
                fault, fault_at = _no_unit(self.top), self.now()
            return ScimState(
                is_on=bool(self.top),
                top=self.top,
                last_use=last_use,
                last_fault=fault,
                last_fault_at=fault_at,
                taken_at=row.taken_at if row else None,
                held=row.held if row else "",
                users=len(list(users)),
                groups=len(list(groups)),
            )

    def note_wrong_key(self) -> None:
        """Somebody called with a key such as we make that does not work; told once a minute."""
        with self.database.reading() as connection:
            row = connection.execute(select(scim_state).where(scim_state.c.id == 1)).first()
        now = self.now()
        if row and row.fault == WRONG_KEY and now - row.fault_at < PATIENCE:
            return
        told = {"fault": WRONG_KEY, "fault_at": now}
        statement = self.database.insert(scim_state).on_conflict_do_update(
            index_elements=["id"], set_=told
        )
        with self.database.writing(queue="scim") as connection:
            connection.execute(statement, {"id": 1, "changes": 0, "taken": 0, "held": "", **told})

    def work(self) -> bool:
        """Take in what was said, once the directory is quiet; whether there was anything to do."""
        if not self.top:
            return False
        now = self.now()
        with self.database.reading() as connection:
            row = connection.execute(select(scim_state).where(scim_state.c.id == 1)).first()
        if row is None or row.changes == row.taken or row.changed_at is None:
            return False
        is_quiet = now - row.changed_at >= QUIET
        if not is_quiet and now - (row.first_change_at or now) < PATIENCE:
            return False
        self.take_in()
        return True

    def take_in(self) -> Imported:
        """Apply all that needs no confirming; what does is held, and what cannot be is told."""
        try:
            return self._take_in()
        except OutOfDate:
            return Imported()  # people were changed meanwhile: the next round looks again
        except Refused as refusal:
            self._note(fault=str(refusal))
            return Imported()

    def may_confirm(self, lead_id: UUID) -> bool:
        """Whether somebody leads all that the directory is for."""
        try:
            self._must_lead(lead_id)
        except NotAllowed:
            return False
        return True

    def held(self, lead_id: UUID) -> HeldPlan:
        """What waits for a lead, and who cannot be taken in."""
        self._must_lead(lead_id)
        with self.database.reading() as connection:
            working = self._plan(connection, is_cautious=False)
        with working.plan as plan:
            found = list(told_people(plan)) if plan.needs_confirming else []
            names = [f"{one.name}: {why}" for one, why in working.lines.waiting]
            whose = working.lines.whose
            return HeldPlan(
                warning=plan.warning if plan.needs_confirming else "",
                people=tuple(found[:SHOWN]),
                count=len(found),
                doubts=tuple(named(one.fault, whose) for one in plan.doubts[:SHOWN]),
                faults=tuple(named(one, whose) for one in plan.faults[:SHOWN]),
                waiting=tuple(names[:SHOWN]),
                waiting_count=len(names),
                seen=f"{plan.state}-{plan.today}-{plan.counts}",
            )

    def confirm(self, lead_id: UUID, seen: str) -> Imported:
        """Apply what was held, as it was shown."""
        self._must_lead(lead_id)
        return self._take_in(lead_id, seen)

    def _take_in(self, lead_id: UUID | None = None, seen: str = "") -> Imported:
        with self.database.reading() as connection:
            changes = connection.execute(
                select(scim_state.c.changes).where(scim_state.c.id == 1)
            ).scalar()
            working = self._plan(connection, is_cautious=False)
            held = ""
            if working.plan.needs_confirming and lead_id is None:
                held = working.plan.warning
                working.plan.close()
                working = self._plan(connection, is_cautious=True)
        with working.plan as plan:
            if lead_id is not None and seen != f"{plan.state}-{plan.today}-{plan.counts}":
                raise OutOfDate("People were changed meanwhile: look again.")
            with self.database.writing(queue="people") as connection:
                if london_day(self.now()) != plan.today or state_of(connection) != plan.state:
                    raise OutOfDate("People were changed meanwhile: look again.")
                actor = lead_id or ACTOR
                apply(connection, plan, self.audit, self.notices, actor)
                if lead_id is not None:
                    self.endings.settle(connection, plan.ends, (actor, "scim.confirm", ""),
                                        confirm=True)  # fmt: skip
                    self.audit.add(connection, actor, "scim.confirm", **vars(plan.counts))
                self._link(connection, working)
                fault = "; ".join(named(one, working.lines.whose) for one in plan.faults[:3])
                if plan.fault_count > 3:
                    fault += f"; and {plan.fault_count - 3} more"
                self._put_state(
                    connection, taken=changes or 0, taken_at=self.now(), held=held[:500],
                    fault=fault[:500], fault_at=self.now() if fault else None,
                )  # fmt: skip
                connection.execute(
                    update(scim_state)
                    .where(scim_state.c.id == 1, scim_state.c.changes == (changes or 0))
                    .values(first_change_at=None)
                )
            return plan.counts

    def _link(self, connection: Connection, working: _Working) -> None:
        """Remember whose record each user is, and forget who was deleted and has left."""
        sheet = working.plan.sheet
        rows = sheet.all("SELECT line, person FROM line WHERE is_bad = 0 AND person IS NOT NULL")
        found = {working.lines.whose[line].user_id: UUID(bytes=who) for line, who in rows}
        known = {one.user_id: one.person_id for one in working.lines.said}
        new = [
            {"whose": user_id, "who": person_id}
            for user_id, person_id in found.items()
            if known[user_id] != person_id
        ]
        if new:
            connection.execute(_LINK, new)
        left = select(person.c.id).where(person.c.left_on < working.plan.today)
        connection.execute(
            delete(scim_user).where(
                scim_user.c.is_deleted,
                scim_user.c.person_id.is_(None) | scim_user.c.person_id.in_(left),
            )
        )

    def _plan(self, connection: Connection, *, is_cautious: bool) -> _Working:
        """What would change; cautious where all that needs confirming is left out."""
        today = london_day(self.now())
        lines = self._lines(connection, today)
        state = state_of(connection)
        options = Options(unit=self.top, complete=True, good_rows=True)
        sheet = MirrorSheet(today, self.top.casefold())
        plan = Plan("the directory", today, options, state, sheet)
        working = _Working(plan, lines)
        try:
            rows = list(lines.rows())
            self._fill(connection, sheet, lines, rows, is_cautious=is_cautious)
            linked = tuple(
                (said.person_id.bytes, number)
                for number, said in lines.whose.items()
                if said.person_id is not None
            )
            checks = MirrorChecks(sheet, good_rows=True, over=(self.top.casefold(),), linked=linked)
            plan.fault_count = checks.run()
            whole_people(checks)
            plan.faults = sheet.faults(MOST_FAULTS)
            find_doubts(sheet)
            forgive_new_names(sheet, linked)
            plan.doubts = [one for one in sheet.doubts(MOST_FAULTS) if one.must_be_confirmed]
            confirm = "SELECT COUNT(DISTINCT line) FROM doubt WHERE must_be_confirmed"
            plan.to_confirm = sheet.count(confirm)
            if is_cautious and plan.to_confirm:
                leave_out_doubts(checks)
                plan.doubts, plan.to_confirm = [], 0
            count_plan(plan)
            plan.ends = list(ends_of(connection, self.endings, plan))
            if is_cautious and plan.ends:
                leave_out(checks, {ended.person_id for ended in plan.ends})
                count_plan(plan)
                plan.ends = []
        except BaseException:
            plan.close()
            raise
        return working

    def _fill(
        self,
        connection: Connection,
        sheet: MirrorSheet,
        lines: Lines,
        rows: list[PersonRow],
        *,
        is_cautious: bool,
    ) -> None:
        placed = {one.user_id for one in lines.whose.values()}
        waits = {one.person_id for one, _ in lines.waiting}
        managed = {
            one.person_id
            for one in lines.said
            if one.person_id is not None and one.person_id not in waits
        }
        still = {one.person_id for one in lines.said if one.user_id in placed}
        if is_cautious and self._many_leave(connection, managed, managed - still, lines.today):
            managed &= still
        sheet.managed = frozenset(one.bytes for one in managed)
        sheet.take_database(connection)
        if sheet.count("SELECT COUNT(*) FROM unit WHERE key = ? AND ended_on IS NULL",
                       (self.top.casefold(),)) == 0:  # fmt: skip
            raise Refused(_no_unit(self.top))
        sheet.take_lines(rows)

    def _many_leave(
        self, connection: Connection, managed: set[Any], gone: set[Any], today: date
    ) -> bool:
        """Whether more than one in ten of the directory's people would leave."""
        here = {
            row.person_id
            for row in connection.execute(
                select(post.c.person_id)
                .join(unit, unit.c.id == post.c.unit_id)
                .join(person, person.c.id == post.c.person_id)
                .where(is_open(post, today), person.c.left_on.is_(None))
            )
        }
        return len(gone & here) * 10 > len(managed & here)

    def _lines(self, connection: Connection, today: date) -> Lines:
        groups: dict[UUID, list[str]] = {}
        for row in connection.execute(
            select(scim_member.c.user_id, scim_group.c.name).join(
                scim_group, scim_group.c.id == scim_member.c.group_id
            )
        ):
            groups.setdefault(row.user_id, []).append(row.name)
        said = [
            DirectoryUser(
                row.id,
                json.loads(row.content),
                groups.get(row.id, ()),
                row.is_active,
                row.person_id,
            )
            for row in connection.execute(select(scim_user).order_by(scim_user.c.id))
        ]
        paths = connection.execute(select(unit.c.path).where(unit.c.ended_on.is_(None))).scalars()
        # Who comes back soon goes on with the post that ended with their going.
        recent = post.c.ends_on.is_(None) | (post.c.ends_on >= today - GONE_BY_MISTAKE)
        held = connection.execute(
            select(post.c.person_id, unit.c.path, post.c.job, post.c.starts_on)
            .join(unit, unit.c.id == post.c.unit_id)
            .join(person, person.c.id == post.c.person_id)
            .where(is_open(post, today) | (person.c.left_on.is_not(None) & recent))
        )
        starts: dict[UUID, dict[tuple[str, str], date]] = {}
        for who, path, job, starts_on in held:
            starts.setdefault(who, {})[path.casefold(), folded_job(job)] = starts_on
        people: dict[str, UUID] = {}
        known = select(person.c.id, person.c.staff_ref, person.c.email)
        for who, staff_ref, email in connection.execute(known):
            if staff_ref:
                people[f"r{staff_ref.casefold()}"] = who
            if email:
                people[f"e{email}"] = who
        return Lines(said, UnitNames(self.top, list(paths)), today, starts, people)

    def _note(self, fault: str) -> None:
        with self.database.writing(queue="people") as connection:
            self._put_state(connection, fault=fault[:500], fault_at=self.now(),
                            changed_at=self.now())  # fmt: skip

    def _put_state(self, connection: Connection, **values: Any) -> None:
        connection.execute(update(scim_state).where(scim_state.c.id == 1).values(**values))

    def _must_lead(self, lead_id: UUID) -> None:
        with self.database.reading() as connection:
            must_lead_top(connection, lead_id, london_day(self.now()), self.top)


def _has_unit(connection: Connection, top: str) -> bool:
    paths = connection.execute(select(unit.c.path).where(unit.c.ended_on.is_(None))).scalars()
    return any(path.casefold() == top.casefold() for path in paths)


def _no_unit(top: str) -> str:
    return f"QUIZBOT_SCIM: there is no unit {top!r}."


def forgive_new_names(sheet: Sheet, linked: tuple[tuple[bytes, int], ...]) -> None:
    """Whom the directory has by the same id and a name in common married, whatever the address.

    Somebody with neither may have been given the account of who had it before: that stays a doubt.
    """
    for who, line in linked:
        query = "SELECT words FROM doubt WHERE line = ? AND title = 'name'"
        if sheet.all(query, (line,)).fetchone() is None:
            continue
        names = (
            "SELECT known.name, becomes.name FROM known JOIN becomes ON person = id WHERE id = ?"
        )
        row = sheet.all(names, (who,)).fetchone()
        if row and set(name_key(row[0]).split()) & set(name_key(row[1]).split()):
            sheet.sql.execute("DELETE FROM doubt WHERE line = ? AND title = 'name'", (line,))


def whole_people(checks: Checks) -> None:
    """Who has a line that cannot be taken keeps all of what they have."""
    marked = checks.sheet.sql.execute(
        "UPDATE line SET is_bad = 1 WHERE is_bad = 0 AND person IN"
        " (SELECT person FROM line WHERE is_bad = 1 AND person IS NOT NULL)"
    ).rowcount
    if marked:
        checks.again()


def leave_out_doubts(checks: Checks) -> None:
    """Leave out the lines of which a lead has to say that they are meant."""
    checks.sheet.sql.execute(
        "UPDATE line SET is_bad = 1 WHERE line IN (SELECT line FROM doubt WHERE must_be_confirmed)"
    )
    checks.sheet.sql.execute(
        "UPDATE line SET is_bad = 1 WHERE is_bad = 0 AND person IN"
        " (SELECT person FROM line WHERE is_bad = 1 AND person IS NOT NULL)"
    )
    checks.again()


def leave_out(checks: Checks, people: set[UUID]) -> None:
    """Leave out all lines of some people."""
    checks.sheet.sql.executemany(
        "UPDATE line SET is_bad = 1 WHERE person = ?", ((one.bytes,) for one in people)
    )
    checks.again()
