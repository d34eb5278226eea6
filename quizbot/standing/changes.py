"""Changes of guidance: what telling or asking would do, doing it, and taking it back.

Nothing lapses by a change: validity stays, and what is to be confirmed stands beside it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from questions.changing import Weighed, weigh
from questions.register import Register, RuleChange
from quizbot.access import GUEST, is_below, is_here, live_posts, must_lead, within
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.rules import updates
from quizbot.rules.updates import ChangeHistory, Held
from quizbot.standing.change_drafts import (
    ChangeDraft,
    ChangePreview,
    HeldBy,
    faults_of,
    modules_of,
    whom_of,
)
from quizbot.standing.confirming import Confirmations
from quizbot.standing.histories import Points, histories
from quizbot.standing.requests import check_reason
from quizbot.standing.standings import chunks
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import change_action, new_id, person, post, to_confirm, unit


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

    def today(self) -> date:
        """The day in London."""
        return london_day(self.now())

    def weighed(self) -> list[Weighed]:
        """Every change against what is asked here today."""
        return [self._weigh(change) for change in self.register().changes.values()]

    def preview(self, draft: ChangeDraft, lead_id: UUID | None = None) -> ChangePreview:
        """What the draft would do; changes nothing."""
        with self.database.reading() as connection:
            return self._worked_out(connection, draft, lead_id)[0]

    def apply(self, draft: ChangeDraft, seen: str, lead_id: UUID | None = None) -> UUID:
        """Do what was previewed; `seen` is the fingerprint of the previewed draft."""
        if seen != draft.fingerprint:
            raise Refused("This was changed after its preview: look at the preview again.")
        with self.database.writing(queue="duties") as connection:
            preview, people = self._worked_out(connection, draft, lead_id)
            if not draft.asks and self._was_told(connection, draft):
                raise Refused("It was told there already: take that back before you tell it anew.")
            if not people:
                raise Refused("That would reach nobody, so there is nothing to do.")
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
                for some in chunks(people):
                    rows = [
                        {"id": new_id(), "action_id": action_id, "person_id": who} for who in some
                    ]
                    connection.execute(insert(to_confirm), rows)
            self.audit.add(
                connection,
                lead_id or OPERATOR,
                "change.ask" if draft.asks else "change.tell",
                action_id,
                change=draft.change,
                people=len(people),
                due_on=draft.due_on,
            )
        return action_id

    def withdraw(self, action_id: UUID, reason: str, lead_id: UUID | None = None) -> bool:
        """Take back what was told or asked; it stays on record. Whether it was not so already."""
        if not reason.strip():
            raise Mend(reason="Say why, in a few words.")
        check_reason(reason)
        with self.database.writing(queue="duties") as connection:
            row = connection.execute(
                select(change_action, unit.c.path)
                .join(unit, unit.c.id == change_action.c.unit_id)
                .where(change_action.c.id == action_id)
            ).first()
            if row is None:
                raise NotFound("There is no such telling or asking.")
            self._must_lead(connection, lead_id, row.path)
            if row.withdrawn_on is not None:
                return False
            connection.execute(
                update(change_action)
                .where(change_action.c.id == action_id)
                .values(withdrawn_on=self.today(), withdrawn_by=lead_id, reason=reason.strip())
            )
            self.audit.add(
                connection,
                lead_id or OPERATOR,
                "change.withdraw",
                action_id,
                change=row.change,
            )
        return True

    def all(self, lead_id: UUID | None = None) -> list[ChangeActed]:
        """What was told and asked below a lead's units, the newest first."""
        with self.database.reading() as connection:
            over = self._over(connection, lead_id)
            rows = connection.execute(
                select(change_action, unit.c.path)
                .join(unit, unit.c.id == change_action.c.unit_id)
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
        modules = [edition.module for edition in self.editions.all_current()]
        return weigh(change, modules, self.is_on, self.today())

    def _change(self, draft: ChangeDraft) -> RuleChange:
        change = self.register().changes.get(draft.change)
        if change is None:
            raise NotFound(f"There is no change {draft.change!r}: `quizbot banks changes` has all.")
        return change

    def _worked_out(
        self, connection: Connection, draft: ChangeDraft, lead_id: UUID | None
    ) -> tuple[ChangePreview, list[UUID]]:
        change = self._change(draft)
        one = self._weigh(change)
        self._must_lead(connection, lead_id, draft.unit)
        self._unit(connection, draft.unit)
        if faults := dict(faults_of(draft, one, self.today())):
            raise Mend(**faults)
        starts_on = one.starts_on or date.min
        agencies = self._people(connection, draft)
        if draft.jobs and not agencies:
            raise Mend(jobs=f"Nobody in {draft.unit} has the job {' or '.join(draft.jobs)} today.")
        known = dict(
            histories(
                connection, Points.of(change, self.editions), modules_of(one, draft), agencies
            )
        )
        already = self._open(connection, draft.change, known) if draft.asks else set()
        by_agency: defaultdict[str, Counter[Held]] = defaultdict(Counter)
        by_module: defaultdict[str, Counter[Held]] = defaultdict(Counter)
        people = []
        for person_id, history in known.items():
            held = updates.held(history, starts_on)
            by_agency[agencies[person_id]][held] += 1
            for module in modules_of(one, draft):
                by_module[module][updates.held(_in_module(history, module), starts_on)] += 1
            if draft.asks:
                is_reached = updates.is_asked(history, starts_on, whom_of(draft, change))
            else:
                is_reached = held is not Held.NOTHING
            if is_reached and person_id not in already:
                people.append(person_id)
        preview = ChangePreview(
            draft=draft,
            change=change,
            asked_in=one.asked_in,
            total=_held_by("", sum(by_agency.values(), Counter[Held]())),
            by_agency=tuple(_held_by(name, by_agency[name]) for name in sorted(by_agency)),
            by_module=tuple(_held_by(name, counted) for name, counted in by_module.items()),
            already=len(already),
            people=len(people),
        )
        return preview, people

    def _people(self, connection: Connection, draft: ChangeDraft) -> dict[UUID, str]:
        """Who works in the unit and one of the jobs today, each with their agency."""
        query = (
            select(post.c.person_id, unit.c.path)
            .join(unit, unit.c.id == post.c.unit_id)
            .join(person, person.c.id == post.c.person_id)
            .where(
                within(draft.unit),
                live_posts(self.today()),
                is_here(self.today()),
                post.c.job != GUEST,
            )
            .order_by(post.c.person_id, post.c.starts_on)
        )
        if draft.jobs:
            jobs = [job.lower() for job in draft.jobs]
            query = query.where(func.lower(post.c.job).in_(jobs))
        found: dict[UUID, str] = {}
        for row in connection.execute(query):
            found.setdefault(row.person_id, "/".join(row.path.split("/")[:2]))
        return found

    def _open(
        self, connection: Connection, change_id: str, known: dict[UUID, ChangeHistory]
    ) -> set[UUID]:
        """Those who are asked for the change already, and have not shown the new rule."""
        asked = connection.execute(
            select(to_confirm.c.person_id)
            .join(change_action, change_action.c.id == to_confirm.c.action_id)
            .where(change_action.c.change == change_id, change_action.c.withdrawn_on.is_(None))
        ).scalars()
        return {
            person_id
            for person_id in asked
            if person_id in known and updates.met_on(known[person_id]) is None
        }

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
        asked = select(to_confirm.c.person_id).where(to_confirm.c.action_id == action_id)
        people = [(change_id, who) for who in connection.execute(asked.distinct()).scalars()]
        return len(people), len(self.confirmations.met(connection, people))

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

    def _must_lead(self, connection: Connection, lead_id: UUID | None, path: str) -> None:
        over = self._over(connection, lead_id)
        if over is not None and not is_below(path, over):
            raise NotAllowed("You can ask the units that you lead, and those below.")


def _in_module(history: ChangeHistory, module: str) -> ChangeHistory:
    return ChangeHistory(
        tuple(took for took in history.passes if took.module == module),
        tuple(one for one in history.learned if one[0] in ("", module)),
        history.updates,
    )


def _held_by(name: str, counted: Counter[Held]) -> HeldBy:
    return HeldBy(
        name,
        met=counted[Held.MET],
        rested=counted[Held.RESTED],
        without=counted[Held.WITHOUT],
        since=counted[Held.SINCE],
    )
