"""Where each person stands with every module, and whom and why it is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, exists, select

from quizbot.editions.editions import LATEST, Editions
from quizbot.rules import due
from quizbot.standing.standings import DATES, Standings
from quizbot.store.database import Database, read_in
from quizbot.store.tables import person, request, requirement, standing_cache, to_confirm

_RULES = select(requirement).where(requirement.c.id.in_(bindparam("ids", expanding=True)))
_REQUESTS = (
    select(request, person.c.name)
    .join(person, person.c.id == request.c.made_by)
    .where(request.c.id.in_(bindparam("ids", expanding=True)))
)
# Every module with the dates that are kept of one person: on each of their pages, so one statement.
_WAITING = (
    select(
        LATEST.c.edition_id,
        exists().where(to_confirm.c.person_id == bindparam("whose")).label("may_confirm"),
        *DATES,
    )
    .outerjoin(
        standing_cache,
        and_(
            standing_cache.c.module == LATEST.c.module,
            standing_cache.c.person_id == bindparam("whose"),
            standing_cache.c.holds_to >= bindparam("day"),
        ),
    )
    .where(LATEST.c.place == 1)
)


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


BY_RULE = "a rule of your partnership"


@dataclass(frozen=True)
class ModuleState:
    """How it is with one module, for one person, and by when something of it is due."""

    module: str
    title: str
    state: due.State
    due_on: date | None

    @property
    def is_owed(self) -> bool:
        """Whether somebody should take it, now or soon."""
        return self.state.rank > due.State.VALID.rank


@dataclass(frozen=True)
class ModuleDuty(ModuleState):
    """Where a person stands with one module, in words for them and for their manager."""

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


OneModule = TypeVar("OneModule", bound=ModuleState)


@dataclass(frozen=True)
class WhatWaits:
    """What somebody owes, the most urgent first, and whether they were ever asked to confirm a
    change, of which most never were."""

    owed: list[ModuleState]
    may_confirm: bool


@dataclass(frozen=True)
class Duties:
    """A person's own list, in words."""

    database: Database
    editions: Editions
    standings: Standings

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

    def owed_now(self, person_id: UUID) -> list[ModuleState]:
        """What somebody owes, the most urgent first, by the dates that are kept."""
        return self.what_waits(person_id).owed

    def what_waits(self, person_id: UUID) -> WhatWaits:
        """The same with what else may wait for them."""
        day = self.standings.today()
        rows = self.database.look(_WAITING, {"whose": person_id, "day": day})
        kept = {row.edition_id: due.Dates(*row[2:]) for row in rows if row.holds_to is not None}
        modules = {one.id: one.module for one in self.editions.in_order(r.edition_id for r in rows)}
        missing = [module.id for id_, module in modules.items() if id_ not in kept]
        made = self.standings.dates(person_id, missing, day) if missing else {}
        lines = []
        for edition_id, module in modules.items():
            dates = kept.get(edition_id) or made[module.id]
            state = due.state_from_dates(dates, day)
            due_on = due.due_from_dates(dates, day, state)
            lines.append(ModuleState(module.id, module.title, state, due_on))
        return WhatWaits(self.owed(lines), any(row.may_confirm for row in rows))

    @staticmethod
    def owed(duties: Iterable[OneModule]) -> list[OneModule]:
        """Of what concerns somebody, what they owe: the most urgent first."""
        owed = (duty for duty in duties if duty.is_owed)
        return sorted(owed, key=lambda duty: (-duty.state.rank, duty.due_on or date.max))


@dataclass(frozen=True)
class Behind:
    """By whom something is asked, why, and after how many months again."""

    by: str
    why: str
    again: int | None = None


@dataclass(frozen=True)
class Why:
    """What is behind duties, by the id of the rule or of the request."""

    reasons: Mapping[UUID, Behind]

    @classmethod
    def read(cls, connection: Connection, duties: Sequence[due.Duty]) -> "Why":
        rule_ids = {duty.requirement_id for duty in duties if duty.requirement_id}
        request_ids = {duty.request_id for duty in duties if duty.request_id}
        rules = read_in(connection, _RULES, {"ids": rule_ids}) if rule_ids else []
        asked = read_in(connection, _REQUESTS, {"ids": request_ids}) if request_ids else []
        return cls(
            {row.id: Behind(BY_RULE, row.reason, row.every_months) for row in rules}
            | {row.id: Behind(row.name, row.reason) for row in asked}
        )

    def ask(self, duty: due.Duty) -> Ask:
        """A duty in words."""
        behind = duty.request_id or duty.requirement_id
        assert behind is not None
        found = self.reasons[behind]
        return Ask(
            duty.state,
            found.by,
            found.why,
            duty.due_on,
            duty.valid_until,
            found.again,
            duty.request_id,
        )
