"""What is asked of people: requests by managers, dispensations, and each person's own list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from quizbot.access import has_address, leads, must_manage, team
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.outbox.notices import Notices
from quizbot.rules import due
from quizbot.standing.standings import Standings, chunks, forget
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import attempt, dispensation, new_id, person, post, request, requirement
from quizbot.words import long_date

LATEST = timedelta(days=730)  # nobody plans further ahead, and a slip of the year shows itself
LONGEST_REASON = 500
A_PAGE = 25  # requests


@dataclass(frozen=True)
class Ask:
    """Why a module is asked of somebody: by whom or by which rule, by when, and where it stands."""

    state: due.State
    by: str
    why: str
    due_on: date | None
    valid_until: date | None
    again_after_months: int | None
    request_id: UUID | None


@dataclass(frozen=True)
class ModuleDuty:
    """Where a person stands with one module, in words for them and for their manager."""

    module: str
    title: str
    state: due.State
    due_on: date | None
    valid_until: date | None
    until: date | None
    asks: tuple[Ask, ...]

    @property
    def is_asked(self) -> bool:
        """Whether something is to be done, now or in time."""
        return bool(self.asks)

    @property
    def lasts_to(self) -> date | None:
        """The last day of what is said of it: of a pause or an exemption, or of being valid."""
        is_held = self.state in (due.State.PAUSED, due.State.EXEMPT)
        return self.until if is_held else self.valid_until

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to say of it."""
        return self.state is not due.State.NOT_REQUIRED


@dataclass(frozen=True)
class Asked:
    """What asking did: who was asked now, who had been asked for that day before, and how many of
    those asked now had been asked for another day, which counts no longer."""

    asked: int
    already: int
    replaced: int = 0


@dataclass(frozen=True)
class RequestLine:
    """A request as its maker sees it."""

    request_id: UUID
    person_id: UUID
    name: str
    module: str
    title: str
    made_on: date
    due_on: date
    reason: str
    met_on: date | None
    withdrawn_on: date | None

    @property
    def is_open(self) -> bool:
        """Whether it still asks for something."""
        return self.met_on is None and self.withdrawn_on is None


@dataclass(frozen=True)
class RequestPage:
    """A page of what a manager has asked for, open requests first; how many there are in all."""

    lines: tuple[RequestLine, ...]
    found: int
    still_open: int  # of those found
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are; one where nothing is found."""
        return max(1, -(-self.found // A_PAGE))


@dataclass(frozen=True)
class Duties:
    """Asking, granting and telling; who may do which is decided here."""

    database: Database
    editions: Editions
    standings: Standings
    notices: Notices
    audit: Audit
    now: Clock

    def today(self) -> date:
        """The day in London."""
        return london_day(self.now())

    def mine(self, person_id: UUID) -> tuple[ModuleDuty, ...]:
        """Every module as it concerns one person, in the order of the procedures."""
        modules = {edition.module.id: edition.module for edition in self.editions.all_current()}
        with self.database.reading() as connection:
            found = self.standings.of(connection, [person_id], list(modules))
            why = Why.read(connection, [duty for s in found.values() for duty in s.duties])
        return tuple(
            ModuleDuty(
                module=module.id,
                title=module.title,
                state=standing.state,
                due_on=standing.due_on,
                valid_until=standing.valid_until,
                until=standing.until,
                asks=tuple(why.ask(duty) for duty in standing.duties),
            )
            for module in modules.values()
            for standing in (found[person_id, module.id],)
        )

    def whose(self, address: str) -> UUID:
        """The person with an address; NotFound where there is none."""
        with self.database.reading() as connection:
            found: UUID | None = connection.execute(
                select(person.c.id).where(has_address(address))
            ).scalar()
        if found is None:
            raise NotFound(f"Nobody has the address {address}.")
        return found

    def ask(
        self,
        manager_id: UUID,
        people: Sequence[UUID],
        modules: Sequence[str],
        due_on: date,
        reason: str = "",
    ) -> Asked:
        """Ask some of a manager's people for some modules by a day; twice for one day is once.

        What the same manager asked of somebody before for another day, and is not done, is
        withdrawn: a module is asked for once, by the day that was said last.
        """
        today = self.today()
        self._check_request(people, modules, due_on, reason)
        asked = already = replaced = 0
        with self.database.writing(queue="duties") as connection:
            must_manage(connection, manager_id, today)
            self._must_be_theirs(connection, manager_id, people)
            before = self._open(connection, manager_id, people)
            for person_id in dict.fromkeys(people):
                for module in dict.fromkeys(modules):
                    earlier = before.get((person_id, module), [])
                    if any(row.due_on == due_on for row in earlier):
                        already += 1
                        continue
                    for row in earlier:
                        self._withdraw(connection, manager_id, row)
                    replaced += bool(earlier)
                    asked += 1
                    request_id = new_id()
                    connection.execute(
                        insert(request).values(
                            id=request_id,
                            person_id=person_id,
                            module=module,
                            made_on=today,
                            due_on=due_on,
                            reason=reason.strip(),
                            made_by=manager_id,
                        )
                    )
                    self.audit.add(
                        connection,
                        manager_id,
                        "request.make",
                        person_id,
                        request=request_id,
                        module=module,
                        due_on=due_on,
                    )
                    self.notices.tell_requested(connection, [request_id])
            forget(connection, list(people))
        return Asked(asked, already, replaced)

    def withdraw(self, manager_id: UUID, request_id: UUID) -> None:
        """Take a request back; it stays on record, and twice changes nothing."""
        with self.database.writing(queue="duties") as connection:
            row = connection.execute(select(request).where(request.c.id == request_id)).first()
            if row is None:
                raise NotFound("There is no such request.")
            if row.made_by != manager_id:
                self._must_be_theirs(connection, manager_id, [row.person_id])
            if row.withdrawn_on is not None:
                return
            self._withdraw(connection, manager_id, row)
            forget(connection, [row.person_id])

    def requests_by(self, manager_id: UUID) -> list[RequestLine]:
        """What a manager has asked for, the newest first, and what became of it."""
        titles = {e.module.id: e.module.title for e in self.editions.all_current()}
        with self.database.reading() as connection:
            must_manage(connection, manager_id, self.today())
            rows = connection.execute(
                select(request, person.c.name)
                .join(person, person.c.id == request.c.person_id)
                .where(request.c.made_by == manager_id)
                .order_by(request.c.id.desc())
            ).all()
            passes = _passes(connection, {row.person_id for row in rows})
        return [
            RequestLine(
                request_id=row.id,
                person_id=row.person_id,
                name=row.name,
                module=row.module,
                title=titles.get(row.module, row.module),
                made_on=row.made_on,
                due_on=row.due_on,
                reason=row.reason,
                met_on=_met_on(row, passes.get((row.person_id, row.module), ())),
                withdrawn_on=row.withdrawn_on,
            )
            for row in rows
        ]

    def request_page(self, manager_id: UUID, words: str = "", number: int = 1) -> RequestPage:
        """The same a page at a time, of those whose name and questionnaire hold all the words."""
        lines = self.requests_by(manager_id)
        wanted = words.casefold().split()
        found = [
            line
            for line in lines
            if all(word in f"{line.name} {line.title}".casefold() for word in wanted)
        ]
        found.sort(key=lambda line: not line.is_open)
        number = min(max(1, number), max(1, -(-len(found) // A_PAGE)))
        return RequestPage(
            tuple(found[(number - 1) * A_PAGE : number * A_PAGE]),
            len(found),
            sum(line.is_open for line in found),
            len(lines),
            number,
        )

    def grant(
        self,
        by: UUID,
        person_id: UUID,
        kind: due.DispensationKind,
        module: str | None,
        starts_on: date,
        ends_on: date | None,
        reason: str,
    ) -> UUID:
        """Grant a dispensation. Leads grant all kinds below their units, managers extensions.

        An extension runs to `ends_on`; recognised learning was learned on `starts_on`.
        """
        today = self.today()
        self._check_grant(kind, module, starts_on, ends_on, reason)
        with self.database.writing(queue="duties") as connection:
            self._must_grant(connection, by, person_id, kind)
            self._must_change_something(connection, person_id, kind, module, starts_on, ends_on)
            granted_id = new_id()
            connection.execute(
                insert(dispensation).values(
                    id=granted_id,
                    person_id=person_id,
                    module=module,
                    kind=kind.name.lower(),
                    made_on=today,
                    starts_on=today if kind is due.DispensationKind.EXTENSION else starts_on,
                    ends_on=ends_on,
                    reason=reason.strip(),
                    made_by=by,
                )
            )
            self.audit.add(
                connection,
                by,
                "dispensation.grant",
                person_id,
                dispensation=granted_id,
                kind=kind.name.lower(),
                module=module,
                starts_on=starts_on,
                ends_on=ends_on,
            )
            forget(connection, [person_id])
        return granted_id

    def end_grant(self, by: UUID, granted_id: UUID) -> bool:
        """End a pause or exemption today: what it covered until yesterday stands.

        An extension, or learning that was recognised, is taken back as if it had never been;
        whether it was one of these.
        """
        today = self.today()
        with self.database.writing(queue="duties") as connection:
            row = connection.execute(
                select(dispensation).where(dispensation.c.id == granted_id)
            ).first()
            if row is None:
                raise NotFound("There is no such dispensation.")
            kind = due.DispensationKind[row.kind.upper()]
            self._must_grant(connection, by, row.person_id, kind)
            if kind not in (due.DispensationKind.PAUSE, due.DispensationKind.EXEMPTION):
                self._take_back(connection, by, row)
                return True
            last = max(row.starts_on, today) - timedelta(days=1)
            if row.ends_on is not None and row.ends_on <= last:
                return False
            connection.execute(
                update(dispensation).where(dispensation.c.id == granted_id).values(ends_on=last)
            )
            self.audit.add(
                connection, by, "dispensation.end", row.person_id, dispensation=granted_id
            )
            forget(connection, [row.person_id])
        return False

    def _take_back(self, connection: Connection, by: UUID, row: Any) -> None:
        if row.withdrawn_on is not None:
            return
        connection.execute(
            update(dispensation)
            .where(dispensation.c.id == row.id)
            .values(withdrawn_on=self.today())
        )
        self.audit.add(connection, by, "dispensation.withdraw", row.person_id, dispensation=row.id)
        forget(connection, [row.person_id])

    # What the public methods check.

    def _check_request(
        self, people: Sequence[UUID], modules: Sequence[str], due_on: date, reason: str
    ) -> None:
        today = self.today()
        if not people:
            raise Refused("Choose at least one person.")
        if not modules:
            raise Refused("Choose at least one questionnaire.")
        known = set(self.standings.modules())
        if unknown := [module for module in modules if module not in known]:
            raise NotFound(f"There is no questionnaire {unknown[0]!r}.")
        if due_on < today:
            raise Refused("The day is in the past: choose today or a day to come.")
        if due_on > today + LATEST:
            raise Refused("The day is more than two years ahead: check the year.")
        _check_reason(reason)

    def _check_grant(
        self,
        kind: due.DispensationKind,
        module: str | None,
        starts_on: date,
        ends_on: date | None,
        reason: str,
    ) -> None:
        today = self.today()
        if not reason.strip():
            raise Refused("Say why, in a few words: it is kept with the record.")
        _check_reason(reason)
        if module is not None and module not in self.standings.modules():
            raise NotFound(f"There is no questionnaire {module!r}.")
        if ends_on is not None and ends_on < starts_on:
            raise Refused("The last day cannot be before the first.")
        if kind is due.DispensationKind.EXTENSION:
            if ends_on is None or ends_on < today:
                raise Refused("An extension needs a new day, today or later.")
            if ends_on > today + LATEST:
                raise Refused("The new day is more than two years ahead: check the year.")
        if kind is due.DispensationKind.LEARNING and starts_on > today:
            raise Refused("Learning cannot be recognised before it has happened.")

    def _must_change_something(
        self,
        connection: Connection,
        person_id: UUID,
        kind: due.DispensationKind,
        module: str | None,
        starts_on: date,
        ends_on: date | None,
    ) -> None:
        """What would be granted without any effect is a slip, and is told as one."""
        if kind is due.DispensationKind.EXTENSION:
            modules = [module] if module else self.standings.modules()
            found = self.standings.of(connection, [person_id], modules)
            duties = [duty for standing in found.values() for duty in standing.duties]
            days = [duty.due_on for duty in duties if duty.due_on]
            later = [day for duty in duties if (day := duty.due_on or duty.valid_until)]
            if ends_on is not None and days and min(later) >= ends_on:
                raise Mend(ends=f"It is due on {long_date(min(days))} already.")
            return
        same = select(dispensation.c.id).where(
            dispensation.c.person_id == person_id,
            dispensation.c.withdrawn_on.is_(None),
            dispensation.c.kind == kind.name.lower(),
            dispensation.c.module.is_(None) if module is None else dispensation.c.module == module,
            dispensation.c.starts_on == starts_on,
            dispensation.c.ends_on.is_(None)
            if ends_on is None
            else dispensation.c.ends_on == ends_on,
        )
        if connection.execute(same).first() is not None:
            raise Mend(kind="The same is granted already, for the same days.")
        began_on = connection.execute(
            select(func.min(post.c.starts_on)).where(post.c.person_id == person_id)
        ).scalar()
        if kind is due.DispensationKind.PAUSE and began_on is not None and starts_on < began_on:
            raise Mend(starts=f"They began on {long_date(began_on)}: no pause can start before.")

    def _must_grant(
        self, connection: Connection, by: UUID, person_id: UUID, kind: due.DispensationKind
    ) -> None:
        if leads(connection, by, person_id, self.today()):
            return
        if kind is not due.DispensationKind.EXTENSION:
            raise NotAllowed("Only a safeguarding lead can grant this. You can give an extension.")
        self._must_be_theirs(connection, by, [person_id])

    def _must_be_theirs(
        self, connection: Connection, manager_id: UUID, people: Sequence[UUID]
    ) -> None:
        mine = set(connection.execute(team(connection, manager_id, self.today())).scalars())
        if not set(people) <= mine:
            raise NotFound("Somebody you chose is not in your team today.")

    def _open(
        self, connection: Connection, manager_id: UUID, people: Sequence[UUID]
    ) -> dict[tuple[UUID, str], list[Any]]:
        """What a manager has asked of people that is neither done nor withdrawn, by module."""
        found: dict[tuple[UUID, str], list[Any]] = {}
        for some in chunks(people):
            passes = _passes(connection, set(some))
            rows = connection.execute(
                select(request).where(
                    request.c.person_id.in_(some),
                    request.c.made_by == manager_id,
                    request.c.withdrawn_on.is_(None),
                )
            )
            for row in rows:
                key = (row.person_id, row.module)
                if _met_on(row, passes.get(key, ())) is None:
                    found.setdefault(key, []).append(row)
        return found

    def _withdraw(self, connection: Connection, by: UUID, row: Any) -> None:
        connection.execute(
            update(request).where(request.c.id == row.id).values(withdrawn_on=self.today())
        )
        self.audit.add(connection, by, "request.withdraw", row.person_id, request=row.id)


def _check_reason(reason: str) -> None:
    if len(reason) > LONGEST_REASON:
        raise Refused(f"The reason is longer than {LONGEST_REASON} characters: shorten it.")
    if any(ord(letter) < 32 and letter not in "\r\n\t" for letter in reason):
        raise Refused("The reason holds characters that cannot be shown: type it anew.")


def _passes(connection: Connection, people: set[UUID]) -> dict[tuple[UUID, str], list[date]]:
    found: dict[tuple[UUID, str], list[date]] = {}
    rows = connection.execute(
        select(attempt.c.person_id, attempt.c.module, attempt.c.submitted_at).where(
            attempt.c.person_id.in_(people), attempt.c.mode == "assured", attempt.c.passed
        )
    )
    for row in rows:
        found.setdefault((row.person_id, row.module), []).append(london_day(row.submitted_at))
    return found


def _met_on(row: Any, passes: Sequence[date]) -> date | None:
    """A request is met by a pass on or after the day it was made, by nothing earlier."""
    return min((day for day in passes if day >= row.made_on), default=None)


@dataclass(frozen=True)
class Why:
    """The rows behind duties, to tell by whom and why."""

    rules: dict[UUID, Any]
    requests: dict[UUID, Any]

    @classmethod
    def read(cls, connection: Connection, duties: Sequence[due.Duty]) -> "Why":
        rule_ids = {duty.requirement_id for duty in duties if duty.requirement_id}
        request_ids = {duty.request_id for duty in duties if duty.request_id}
        rules = connection.execute(select(requirement).where(requirement.c.id.in_(rule_ids)))
        asked = connection.execute(
            select(request, person.c.name)
            .join(person, person.c.id == request.c.made_by)
            .where(request.c.id.in_(request_ids))
        )
        return cls({row.id: row for row in rules}, {row.id: row for row in asked})

    def ask(self, duty: due.Duty) -> Ask:
        """A duty in words."""
        if duty.request_id is not None:
            row = self.requests[duty.request_id]
            by, why, again = row.name, row.reason, None
        else:
            assert duty.requirement_id is not None
            row = self.rules[duty.requirement_id]
            by, why, again = "a rule of your partnership", row.reason, row.every_months
        return Ask(duty.state, by, why, duty.due_on, duty.valid_until, again, duty.request_id)
