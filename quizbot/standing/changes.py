"""Changes of guidance: what telling or asking would do, doing it, and taking it back.

Nothing lapses by a change: validity stays, and what is to be confirmed stands beside it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, insert, select, true, update

from questions.changing import Weighed, weigh
from questions.register import Register, RuleChange
from quizbot.access import is_below, must_lead, rights
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.rules import updates
from quizbot.rules.updates import Held
from quizbot.standing.change_drafts import (
    ChangeDraft,
    ChangePreview,
    HeldBy,
    day_faults,
    faults_of,
    modules_of,
    whom_of,
)
from quizbot.standing.confirming import Confirmations
from quizbot.standing.holdings import Whose, holdings
from quizbot.standing.requests import check_reason
from quizbot.standing.standings import chunks, look_again
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database, streamed, write_in
from quizbot.store.tables import change_action, new_id, to_confirm, unit
from quizbot.words import how_many, long_date


@dataclass(frozen=True)
class ChangeActed:
    """What was done about a change, and what became of it."""

    action_id: UUID
    change: str
    unit: str
    due_on: date | None
    made_on: date
    withdrawn_on: date | None
    asked: int
    confirmed: int

    @property
    def words(self) -> str:
        """What was done, in a line."""
        if self.due_on is None:
            return f"Told in {self.unit} on {long_date(self.made_on)}"
        people = how_many(self.asked, "person")
        return f"Asked {people} in {self.unit} to confirm it by {long_date(self.due_on)}"


_TO_CONFIRM = insert(to_confirm)


@dataclass(frozen=True)
class WorkedOut:
    """What a draft would do, whom it reaches, and what was done of the change when that was read.

    `people` holds sixteen bytes for each: there may be a hundred thousand.
    """

    preview: ChangePreview
    people: bytearray
    asked: tuple[UUID, ...]

    def each(self) -> Iterator[UUID]:
        """Whom it reaches."""
        for at in range(0, len(self.people), 16):
            yield UUID(bytes=bytes(self.people[at : at + 16]))


@dataclass(frozen=True)
class Changes:
    """Telling people of changes and asking them; what a lead may do is decided here."""

    database: Database
    editions: Editions
    confirmations: Confirmations
    audit: Audit
    register: Callable[[], Register]  # read when it is first needed: few processes ever do
    is_on: Callable[[str], bool]
    now: Clock
    # Weighing reads every question; what came of it holds for a day and its editions.
    _weighed: dict[tuple[str, date | None], Weighed] = field(init=False, default_factory=dict)
    _weighed_of: list[tuple[object, ...]] = field(init=False, default_factory=list)

    def today(self) -> date:
        """The day in London."""
        return london_day(self.now())

    def weighed(self, change_id: str = "") -> list[Weighed]:
        """Every change, or one, against what is asked here today."""
        known = self.register().changes
        return [self._weigh(known[one]) for one in ([change_id] if change_id else known)]

    def preview(self, draft: ChangeDraft, lead_id: UUID | None = None) -> ChangePreview:
        """What the draft would do; changes nothing."""
        with self.database.reading() as connection:
            return self._worked_out(connection, draft, lead_id).preview

    def apply(self, draft: ChangeDraft, seen: str, lead_id: UUID | None = None) -> UUID:
        """Do what was previewed; `seen` is the fingerprint of the previewed draft.

        Whom it reaches is worked out before the transaction, so that nobody's answer waits for it.
        """
        if seen != draft.fingerprint:
            raise Refused("This was changed after its preview: look at the preview again.")
        with self.database.reading() as connection:
            found = self._worked_out(connection, draft, lead_id)
        preview, people = found.preview, found.people
        with self.database.writing(queue="duties") as connection:
            self._must_lead(connection, lead_id, draft.unit)
            if not draft.asks and self._was_told(connection, draft):
                raise Refused("It was told there already: take that back before you tell it anew.")
            if not people:
                raise Refused("That would reach nobody, so there is nothing to do.")
            if self._asked(connection, draft.change) != found.asked:
                raise Refused("Somebody else told or asked of it meanwhile: look at it again.")
            one, action_id = self._weigh(preview.change), new_id()
            connection.execute(
                insert(change_action).values(
                    id=action_id,
                    change=draft.change,
                    action="ask" if draft.asks else "tell",
                    unit_id=self._unit(connection, draft.unit),
                    whom=(whom_of(draft, preview.change) if draft.asks else ""),
                    jobs="\n".join(draft.jobs),
                    was=preview.change.was,
                    now=preview.change.now,
                    matters=preview.change.matters,
                    starts_on=one.starts_on,
                    modules=" ".join(modules_of(one, draft)),
                    asked_in=one.asked_in,
                    due_on=draft.due_on,
                    made_on=self.today(),
                    made_by=lead_id,
                    has_read=draft.has_read.strip(),
                )
            )
            if draft.asks:
                _ask_each(connection, action_id, found.each(), one.asked_in)
            self.audit.add(
                connection,
                lead_id or OPERATOR,
                "change.ask" if draft.asks else "change.tell",
                action_id,
                change=draft.change,
                people=preview.people,
                due_on=draft.due_on,
            )
        return action_id

    def withdraw(self, action_id: UUID, reason: str, lead_id: UUID | None = None) -> bool:
        """Take back what was told or asked; it stays on record. Whether it was not so already."""
        if not reason.strip():
            raise Mend(reason="Say why, in a few words.")
        check_reason(reason)
        with self.database.writing(queue="duties") as connection:
            row = self._action(connection, action_id, lead_id)
            if row.withdrawn_on is not None:
                return False
            self._take_back(connection, action_id, reason, lead_id)
            self.audit.add(
                connection,
                lead_id or OPERATOR,
                "change.withdraw",
                action_id,
                change=row.change,
            )
        return True

    def correct(
        self, action_id: UUID, due_on: date, reason: str, lead_id: UUID | None = None
    ) -> UUID:
        """Ask the same people by another day; the first asking stays on record."""
        today = self.today()
        faults = dict(day_faults(due_on, today))
        if not reason.strip():
            faults["reason"] = "Say why, in a few words."
        if faults:
            raise Mend(**faults)
        check_reason(reason)
        with self.database.writing(queue="duties") as connection:
            row = self._action(connection, action_id, lead_id)
            if row.withdrawn_on is not None:
                raise Refused("It was taken back before: ask anew.")
            if row.due_on is None:
                raise Refused("Nobody was asked by a day: people were told.")
            if row.due_on == due_on:
                raise Mend(due_on="It is asked by that day already: choose another.")
            new = {name: value for name, value in row._asdict().items() if name != "path"}
            new |= {"id": new_id(), "due_on": due_on, "made_on": today, "made_by": lead_id}
            connection.execute(insert(change_action).values(**new))
            asked = select(to_confirm.c.person_id).where(to_confirm.c.action_id == action_id)
            people = connection.execute(asked.distinct()).scalars().all()
            _ask_each(connection, new["id"], people, row.asked_in)
            self._take_back(connection, action_id, reason, lead_id)
            self.audit.add(
                connection,
                lead_id or OPERATOR,
                "change.correct",
                new["id"],
                change=row.change,
                replaces=action_id,
                due_on=due_on,
            )
        made: UUID = new["id"]
        return made

    def standing_to(self, draft: ChangeDraft, lead_id: UUID | None = None) -> dict[UUID, Held]:
        """How each person of whom a draft speaks stands to its change."""
        change = self._change(draft)
        one = self._weigh(change)
        with self.database.reading() as connection:
            self._must_lead(connection, lead_id, draft.unit)
            self._unit(connection, draft.unit)
            points, modules = self.confirmations.points(change), modules_of(one, draft)
            whose = Whose(draft.unit, draft.jobs, self.today())
            starts_on = one.starts_on or date.min
            found = holdings(connection, points, modules, whose, starts_on)
            return {stands.person_id: stands.held for stands in found}

    def all(
        self, viewer_id: UUID | None = None, which: ColumnElement[bool] | None = None
    ) -> list[ChangeActed]:
        """What was told and asked below the units of a lead or auditor, the newest first."""
        with self.database.reading() as connection:
            over = self._seen(connection, viewer_id)
            rows = connection.execute(
                select(change_action, unit.c.path)
                .join(unit, unit.c.id == change_action.c.unit_id)
                .where(true() if which is None else which)
                .order_by(change_action.c.id.desc())
            ).all()
            return [
                ChangeActed(
                    row.id,
                    row.change,
                    row.path,
                    row.due_on,
                    row.made_on,
                    row.withdrawn_on,
                    *self._confirmed(connection, row.id, row.change),
                )
                for row in rows
                if over is None or is_below(row.path, over)
            ]

    # What the public methods are made of.

    def _weigh(self, change: RuleChange) -> Weighed:
        current = self.editions.all_current()
        holds_for = (self.today(), self.register(), *(edition.id for edition in current))
        if self._weighed_of != [holds_for]:
            self._weighed.clear()
            self._weighed_of[:] = [holds_for]
        key = (change.id, change.starts_on(self.is_on))
        found = self._weighed.get(key)
        if found is None:
            modules = [edition.module for edition in current]
            found = self._weighed[key] = weigh(change, modules, self.is_on, self.today())
        return found

    def _change(self, draft: ChangeDraft) -> RuleChange:
        change = self.register().changes.get(draft.change)
        if change is None:
            raise NotFound(f"There is no change {draft.change!r}: the list of changes has all.")
        return change

    def _worked_out(
        self, connection: Connection, draft: ChangeDraft, lead_id: UUID | None
    ) -> WorkedOut:
        change = self._change(draft)
        one = self._weigh(change)
        self._must_lead(connection, lead_id, draft.unit)
        self._unit(connection, draft.unit)
        if faults := dict(faults_of(draft, one, self.today())):
            raise Mend(**faults)
        asked = self._asked(connection, draft.change)
        points, modules = self.confirmations.points(change), modules_of(one, draft)
        whose = Whose(draft.unit, draft.jobs, self.today())
        by_agency: defaultdict[str, Counter[Held]] = defaultdict(Counter)
        by_module = {module: Counter[Held]() for module in modules}
        already, people = 0, bytearray()
        for stands in holdings(connection, points, modules, whose, one.starts_on or date.min):
            held = stands.held
            by_agency[stands.agency][held] += 1
            for module, mine in stands.by_module.items():
                by_module[module][mine] += 1
            if draft.asks and stands.is_asked and held is not Held.MET:
                already += 1
            elif (
                updates.asks(whom_of(draft, change), held)
                if draft.asks
                else held is not Held.NOTHING
            ):
                people += stands.person_id.bytes
        if draft.jobs and not by_agency:
            raise Mend(jobs=f"Nobody in {draft.unit} has the job {' or '.join(draft.jobs)} today.")
        preview = ChangePreview(
            draft=draft,
            change=change,
            asked_in=one.asked_in,
            total=_held_by("", sum(by_agency.values(), Counter[Held]())),
            by_agency=tuple(_held_by(name, by_agency[name]) for name in sorted(by_agency)),
            by_module=tuple(_held_by(name, counted) for name, counted in by_module.items()),
            already=already,
            people=len(people) // 16,
        )
        return WorkedOut(preview, people, asked)

    def _asked(self, connection: Connection, change_id: str) -> tuple[UUID, ...]:
        """What was told and asked of a change, and not taken back."""
        actions = select(change_action.c.id).where(
            change_action.c.change == change_id, change_action.c.withdrawn_on.is_(None)
        )
        return tuple(connection.execute(actions.order_by(change_action.c.id)).scalars())

    def _was_told(self, connection: Connection, draft: ChangeDraft) -> bool:
        """Whether the same people were told of the change, and that was not taken back."""
        told = select(change_action.c.id).where(
            change_action.c.change == draft.change,
            change_action.c.action == "tell",
            change_action.c.unit_id == self._unit(connection, draft.unit),
            change_action.c.jobs == "\n".join(draft.jobs),
            change_action.c.withdrawn_on.is_(None),
        )
        return connection.execute(told).first() is not None

    def _confirmed(
        self, connection: Connection, action_id: UUID, change_id: str
    ) -> tuple[int, int]:
        """How many were asked, and how many of them have shown the new rule."""
        query = select(to_confirm.c.person_id).where(to_confirm.c.action_id == action_id)
        asked = confirmed = 0
        with streamed(connection, query.distinct()) as portions:
            for some in portions:
                people = [(change_id, row.person_id) for row in some]
                asked += len(people)
                confirmed += len(self.confirmations.met(connection, people))
        return asked, confirmed

    def _action(
        self, connection: Connection, action_id: UUID, lead_id: UUID | None
    ) -> Row[*tuple[Any, ...]]:
        """A telling or asking that a lead may change; for other leads there is none."""
        row = connection.execute(
            select(change_action, unit.c.path)
            .join(unit, unit.c.id == change_action.c.unit_id)
            .where(change_action.c.id == action_id)
        ).first()
        over = self._over(connection, lead_id)
        if row is None or not (over is None or is_below(row.path, over)):
            raise NotFound("There is no such telling or asking.")
        return row

    def _take_back(
        self, connection: Connection, action_id: UUID, reason: str, lead_id: UUID | None
    ) -> None:
        connection.execute(
            update(change_action)
            .where(change_action.c.id == action_id)
            .values(withdrawn_on=self.today(), withdrawn_by=lead_id, reason=reason.strip())
        )

    def _unit(self, connection: Connection, path: str) -> UUID:
        query = select(unit.c.id).where(unit.c.path == path, unit.c.ended_on.is_(None))
        unit_id: UUID | None = connection.execute(query).scalar()
        if unit_id is None:
            raise NotFound(f"There is no unit {path!r}.")
        return unit_id

    def _over(self, connection: Connection, lead_id: UUID | None) -> tuple[str, ...] | None:
        if lead_id is None:
            return None
        return tuple(must_lead(connection, lead_id, self.today()).lead_of)

    def _seen(self, connection: Connection, viewer_id: UUID | None) -> tuple[str, ...] | None:
        if viewer_id is None:
            return None
        found = rights(connection, viewer_id, self.today())
        if not found.sees_board:
            raise NotAllowed("This page is for safeguarding leads and auditors.")
        return (*found.lead_of, *found.auditor_of)

    def _must_lead(self, connection: Connection, lead_id: UUID | None, path: str) -> None:
        over = self._over(connection, lead_id)
        if over is not None and not is_below(path, over):
            raise NotAllowed("You can ask the units that you lead, and those below.")


def _ask_each(
    connection: Connection, action_id: UUID, people: Iterable[UUID], asked_in: str
) -> None:
    for some in chunks(people):
        rows = [{"id": new_id(), "action_id": action_id, "person_id": who} for who in some]
        write_in(connection, _TO_CONFIRM, rows)
    asked = select(to_confirm.c.person_id).where(to_confirm.c.action_id == action_id)
    look_again(connection, asked_in, asked)


def _held_by(name: str, counted: Counter[Held]) -> HeldBy:
    return HeldBy(
        name,
        met=counted[Held.MET],
        rested=counted[Held.RESTED],
        without=counted[Held.WITHOUT],
        since=counted[Held.SINCE],
    )
