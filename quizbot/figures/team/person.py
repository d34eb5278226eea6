"""One person for their manager, lead or auditor: never a reply, never a misconception."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from quizbot.access import live_posts
from quizbot.clock import has_ended, london_day
from quizbot.editions.editions import Edition, Editions
from quizbot.evidence.attestations import Confirmation
from quizbot.evidence.latest_attempts import latest, shown_in
from quizbot.figures.team.cells import ChangeCell
from quizbot.rules.outcome import met_on
from quizbot.rules.pick import Mode
from quizbot.rules.scope import titled
from quizbot.standing.duties import ModuleDuty
from quizbot.standing.requests import pass_days
from quizbot.store.counted import is_passed, share_of
from quizbot.store.tables import (
    attempt,
    attempt_withdrawn,
    dispensation,
    person,
    post,
    request,
    unit,
)

TAKEN_SHOWN = 50  # the newest: nobody reads further back on a page


@dataclass(frozen=True)
class ObjectiveLine:
    """What somebody's latest assured attempt showed of one objective."""

    title: str
    is_shown: bool


@dataclass(frozen=True)
class Taken:
    """An assured attempt as others than its person see it."""

    module: str
    title: str
    on: date
    passed: bool
    share: float
    attempt_id: UUID
    withdrawn_on: date | None
    is_update: bool


@dataclass(frozen=True)
class RequestReport:
    """A request to somebody, by whom, what became of it, and whether the viewer may withdraw it."""

    request_id: UUID
    title: str
    by: str
    made_on: date
    due_on: date
    reason: str
    met_on: date | None
    withdrawn_on: date | None
    can_be_withdrawn: bool


@dataclass(frozen=True)
class Granted:
    """A dispensation as those who may grant see it."""

    granted_id: UUID
    kind: str
    title: str
    starts_on: date
    ends_on: date | None
    reason: str
    by: str
    is_own_cause: bool  # granted by the person themself: there was no other lead
    made_on: date
    withdrawn_on: date | None
    can_be_ended: bool
    can_be_taken_back: bool


@dataclass(frozen=True)
class PersonReport:
    """All that may be seen of one person, and what the viewer may do."""

    person_id: UUID
    name: str
    posts: tuple[str, ...]
    modules: tuple[ModuleDuty, ...]
    objectives: Mapping[str, tuple[ObjectiveLine, ...]]
    taken: tuple[Taken, ...]
    requests: tuple[RequestReport, ...]
    changes: tuple[ChangeCell, ...]
    confirmed: tuple[Confirmation, ...]
    granted: tuple[Granted, ...]
    viewer_leads: bool
    viewer_manages: bool
    needs_slip: bool  # has no address to which a code could be mailed


def name_of(connection: Connection, person_id: UUID) -> str:
    """A person's name."""
    found: str = connection.execute(
        select(person.c.name).where(person.c.id == person_id)
    ).scalar_one()
    return found


def posts_of(connection: Connection, person_id: UUID, today: date) -> tuple[str, ...]:
    """What somebody does today and where, in words."""
    rows = connection.execute(
        select(post.c.job, unit.c.path)
        .join(unit, unit.c.id == post.c.unit_id)
        .where(post.c.person_id == person_id, live_posts(today))
        .order_by(post.c.starts_on)
    )
    return tuple(f"{row.job}, {row.path}" for row in rows)


def taken_by(
    connection: Connection, person_id: UUID, titles: Mapping[str, str]
) -> tuple[Taken, ...]:
    """What somebody took and handed in, the newest first."""
    rows = connection.execute(
        select(
            *(attempt.c.id, attempt.c.module, attempt.c.submitted_at),
            *(attempt.c.scope, is_passed(), share_of(), attempt_withdrawn.c.withdrawn_at),
        )
        .outerjoin(attempt_withdrawn, attempt_withdrawn.c.attempt_id == attempt.c.id)
        .where(
            attempt.c.person_id == person_id,
            attempt.c.mode == Mode.ASSURED.value,
            attempt.c.submitted_at.is_not(None),
        )
        .order_by(attempt.c.submitted_at.desc())
        .limit(TAKEN_SHOWN)
    )
    return tuple(
        Taken(
            row.module,
            titled(titles.get(row.module, row.module), row.scope),
            london_day(row.submitted_at),
            row.passed,
            row.share,
            row.id,
            london_day(row.withdrawn_at) if row.withdrawn_at else None,
            bool(row.scope),
        )
        for row in rows
    )


def objectives_of(
    connection: Connection, editions: Editions, person_id: UUID, modules: Sequence[str]
) -> dict[str, tuple[ObjectiveLine, ...]]:
    """What somebody's latest attempt at each module showed, objective by objective."""
    found = latest(connection, [person_id], modules)
    by_attempt = {known.attempt_id: known for known in found.values() if known.attempt_id}
    shown = shown_in(connection, by_attempt)
    return {
        module: _objectives(editions.by_id(known.edition_id), shown[known.attempt_id])
        for (_, module), known in found.items()
        if known.attempt_id and known.edition_id
    }


def requests_to(
    connection: Connection,
    person_id: UUID,
    titles: Mapping[str, str],
    viewer_id: UUID,
    *,
    viewer_manages: bool,
) -> tuple[RequestReport, ...]:
    """What managers asked of somebody, the newest first, and what became of it.

    Whoever manages the person may withdraw it, and whoever asked: as `duties.withdraw` has it.
    """
    days = pass_days(connection, [person_id])
    rows = connection.execute(
        select(request, person.c.name.label("by"))
        .join(person, person.c.id == request.c.made_by)
        .where(request.c.person_id == person_id)
        .order_by(request.c.id.desc())
    )
    return tuple(
        _asked(
            row,
            titles,
            days.get((person_id, row.module), ()),
            may_withdraw=viewer_manages or row.made_by == viewer_id,
        )
        for row in rows
    )


def granted_to(
    connection: Connection, person_id: UUID, titles: Mapping[str, str], today: date
) -> tuple[Granted, ...]:
    """Every dispensation somebody was given, the newest first."""
    rows = connection.execute(
        select(dispensation, person.c.name.label("by"))
        .outerjoin(person, person.c.id == dispensation.c.made_by)
        .where(dispensation.c.person_id == person_id)
        .order_by(dispensation.c.id.desc())
    )
    return tuple(_granted(row, titles, today) for row in rows)


def _objectives(edition: Edition, shown: Mapping[str, bool]) -> tuple[ObjectiveLine, ...]:
    """In the module's order; an objective that was not asked is left out, never "not shown"."""
    return tuple(
        ObjectiveLine(title, shown[objective])
        for objective, title in edition.module.objectives.items()
        if objective in shown
    )


def _asked(
    row: Row[Any], titles: Mapping[str, str], days: Sequence[date], *, may_withdraw: bool
) -> RequestReport:
    met = met_on(row.made_on, days)
    return RequestReport(
        request_id=row.id,
        title=titles.get(row.module, row.module),
        by=row.by,
        made_on=row.made_on,
        due_on=row.due_on,
        reason=row.reason,
        met_on=met,
        withdrawn_on=row.withdrawn_on,
        can_be_withdrawn=may_withdraw and met is None and row.withdrawn_on is None,
    )


def _granted(row: Row[Any], titles: Mapping[str, str], today: date) -> Granted:
    ends = row.kind in ("pause", "exemption") and not has_ended(row.ends_on, today)
    return Granted(
        granted_id=row.id,
        kind="recognised learning" if row.kind == "learning" else row.kind,
        title=titles.get(row.module, row.module) if row.module else "all questionnaires",
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        reason=row.reason,
        by=row.by or "the service",
        is_own_cause=row.made_by == row.person_id,
        made_on=row.made_on,
        withdrawn_on=row.withdrawn_on,
        can_be_ended=ends,
        can_be_taken_back=row.kind in ("learning", "extension") and row.withdrawn_on is None,
    )
