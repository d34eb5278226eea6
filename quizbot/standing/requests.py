"""Requests: a manager asks one person for one module by a day, and takes it back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, or_, select, update

from quizbot.access import Rights, is_here, live_posts, must_manage, rights, team, within
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import NotFound, Refused
from quizbot.outbox.notices import Notices
from quizbot.rules.outcome import met_on
from quizbot.standing.standings import Standings, chunks, forget
from quizbot.store.audit import Audit
from quizbot.store.counted import PASSES
from quizbot.store.database import Database
from quizbot.store.tables import attempt, new_id, person, post, request, unit
from quizbot.words import LONGEST_REASON, to_mend

LATEST = timedelta(days=730)  # nobody plans further ahead, and a slip of the year shows itself
A_PAGE = 25  # requests


@dataclass(frozen=True)
class AskOutcome:
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
class Requests:
    """Asking, taking back and telling; who may do which is decided here."""

    database: Database
    editions: Editions
    standings: Standings
    notices: Notices
    audit: Audit
    now: Clock

    def today(self) -> date:
        """The day in London."""
        return london_day(self.now())

    def ask(
        self,
        manager_id: UUID,
        people: Sequence[UUID],
        modules: Sequence[str],
        due_on: date,
        reason: str = "",
    ) -> AskOutcome:
        """Ask some of one's people for some modules by a day; twice for one day is once.

        Managers ask their team, and leads whoever is in the units that they lead.

        What the same manager asked of somebody before for another day, and is not done, is
        withdrawn: a module is asked for once, by the day that was said last.
        """
        today = self.today()
        self._check_request(people, modules, due_on, reason)
        asked = already = replaced = 0
        with self.database.writing(queue="duties") as connection:
            may_ask = must_ask(connection, manager_id, today)
            must_be_to_ask(connection, may_ask, people, today)
            before = self._open(connection, manager_id, people)
            for person_id in dict.fromkeys(people):
                for module in dict.fromkeys(modules):
                    earlier = before.get((person_id, module), [])
                    if any(row.due_on == due_on for row in earlier):
                        already += 1
                        continue
                    for row in earlier:
                        self._withdraw(connection, manager_id, row.id, row.person_id)
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
        return AskOutcome(asked, already, replaced)

    def withdraw(self, manager_id: UUID, request_id: UUID) -> None:
        """Take a request back; it stays on record, and twice changes nothing."""
        with self.database.writing(queue="duties") as connection:
            row = connection.execute(select(request).where(request.c.id == request_id)).first()
            if row is None:
                raise NotFound("There is no such request.")
            if row.made_by != manager_id:
                must_be_theirs(connection, manager_id, [row.person_id], self.today())
            if row.withdrawn_on is not None:
                return
            self._withdraw(connection, manager_id, row.id, row.person_id)
            forget(connection, [row.person_id])

    def by(self, manager_id: UUID) -> list[RequestLine]:
        """What a manager has asked for, the newest first, and what became of it."""
        titles = {e.module.id: e.module.title for e in self.editions.all_current()}
        with self.database.reading() as connection:
            must_ask(connection, manager_id, self.today())
            rows = connection.execute(
                select(request, person.c.name)
                .join(person, person.c.id == request.c.person_id)
                .where(request.c.made_by == manager_id)
                .order_by(request.c.id.desc())
            ).all()
            passes = pass_days(connection, {row.person_id for row in rows})
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
                met_on=met_on(row.made_on, passes.get((row.person_id, row.module), ())),
                withdrawn_on=row.withdrawn_on,
            )
            for row in rows
        ]

    def page(self, manager_id: UUID, words: str = "", number: int = 1) -> RequestPage:
        """The same a page at a time, of those whose name and questionnaire hold all the words."""
        lines = self.by(manager_id)
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

    # What the public methods are made of.

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
        check_reason(reason)

    def _open(
        self, connection: Connection, manager_id: UUID, people: Sequence[UUID]
    ) -> dict[tuple[UUID, str], list[Row[Any]]]:
        """What a manager has asked of people that is neither done nor withdrawn, by module."""
        found: dict[tuple[UUID, str], list[Row[Any]]] = {}
        for some in chunks(people):
            passes = pass_days(connection, set(some))
            rows = connection.execute(
                select(request).where(
                    request.c.person_id.in_(some),
                    request.c.made_by == manager_id,
                    request.c.withdrawn_on.is_(None),
                )
            )
            for row in rows:
                key = (row.person_id, row.module)
                if met_on(row.made_on, passes.get(key, ())) is None:
                    found.setdefault(key, []).append(row)
        return found

    def _withdraw(
        self, connection: Connection, by: UUID, request_id: UUID, person_id: UUID
    ) -> None:
        connection.execute(
            update(request).where(request.c.id == request_id).values(withdrawn_on=self.today())
        )
        self.audit.add(connection, by, "request.withdraw", person_id, request=request_id)


def must_be_theirs(
    connection: Connection, manager_id: UUID, people: Sequence[UUID], day: date
) -> None:
    """Only people of a manager's own team on that day; NotFound for everybody else."""
    mine = set(connection.execute(team(connection, manager_id, day)).scalars())
    if not set(people) <= mine:
        raise NotFound("Somebody you chose is not in your team today.")


def must_ask(connection: Connection, person_id: UUID, day: date) -> Rights:
    """The rights of a manager or a lead; NotAllowed for everybody else."""
    found = rights(connection, person_id, day)
    return found if found.leads else must_manage(connection, person_id, day)


def must_be_to_ask(connection: Connection, by: Rights, people: Sequence[UUID], day: date) -> None:
    """Only people of one's team, or in the units that one leads; NotFound for everybody else."""
    if not by.lead_of:
        must_be_theirs(connection, by.person_id, people, day)
        return
    mine = team(connection, by.person_id, day)
    for some in chunks(people):
        found = set(connection.execute(mine.where(post.c.person_id.in_(some))).scalars())
        found |= set(
            connection.execute(
                select(post.c.person_id)
                .join(unit, unit.c.id == post.c.unit_id)
                .join(person, person.c.id == post.c.person_id)
                .where(
                    post.c.person_id.in_(some),
                    live_posts(day),
                    is_here(day),
                    or_(*(within(path) for path in by.lead_of)),
                )
            ).scalars()
        )
        if not set(some) <= found:
            raise NotFound("Somebody you chose is neither in your team nor in your units today.")


def still_open(
    connection: Connection, people: Collection[UUID], today: date
) -> set[tuple[UUID, str]]:
    """People and modules for which a request by a day that is not over stands."""
    found: set[tuple[UUID, str]] = set()
    for some in chunks(people):
        found |= {
            (row.person_id, row.module)
            for row in connection.execute(
                select(request.c.person_id, request.c.module).where(
                    request.c.person_id.in_(some),
                    request.c.withdrawn_on.is_(None),
                    request.c.due_on >= today,
                )
            )
        }
    return found


def check_reason(reason: str) -> None:
    """A reason is short, and can be shown."""
    if trouble := to_mend(reason.replace("\r\n", "\n"), LONGEST_REASON, in_lines=True):
        raise Refused(f"The reason cannot be kept. {trouble}.")


def pass_days(
    connection: Connection, people: Collection[UUID]
) -> dict[tuple[UUID, str], list[date]]:
    """By person and module: the days on which it was passed, so that a request may be met."""
    found: dict[tuple[UUID, str], list[date]] = {}
    for row in connection.execute(PASSES.where(attempt.c.person_id.in_(people))):
        found.setdefault((row.person_id, row.module), []).append(london_day(row.submitted_at))
    return found
