"""What pages show of changes of guidance: each change, what was done about it here, and who."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from questions.changing import Weighed
from questions.register import ChangeKind, Register
from quizbot.access import Rights, agency_of, is_below, live_posts, must_lead, rights
from quizbot.clock import day_begins
from quizbot.editions.editions import Editions
from quizbot.errors import NotAllowed, NotFound
from quizbot.rules.due import State
from quizbot.rules.updates import Held
from quizbot.standing.change_drafts import MAY_ASK, ChangeDraft
from quizbot.standing.changes import ChangeActed, Changes
from quizbot.standing.confirming import Confirmations
from quizbot.standing.standings import chunks
from quizbot.store.counted import PASSES
from quizbot.store.database import Database
from quizbot.store.tables import attempt, change_action, person, post, to_confirm, unit
from quizbot.words import how_many, long_date

ELSEWHERE = "Not in your units any more"
PAGE = 50  # people of a list that are shown together
HELD = {
    Held.RESTED: "Passed before it, and were asked what it touches",
    Held.WITHOUT: "Passed before it, and were not",
    Held.SINCE: "Passed since it came",
    Held.MET: "Have shown the new rule already",
}
STATES = {
    State.ASSIGNED: "To confirm",
    State.DUE_SOON: "To confirm soon",
    State.OVERDUE: "Late",
    State.PAUSED: "Paused",
}


@dataclass(frozen=True)
class TouchedLine:
    """A question that a change touches, where it is read, and what was decided of it."""

    href: str
    ask: str
    question_id: str
    module: str
    verdict: str  # "" where it is undecided
    why: str
    is_withdrawn: bool


@dataclass(frozen=True)
class ChangeLine:
    """One change as it stands here today, and what was done about it in a viewer's units."""

    weighed: Weighed
    source: str
    touched: tuple[TouchedLine, ...]
    acted: tuple[ChangeActed, ...]
    today: date

    @property
    def id(self) -> str:
        """The change's name."""
        return self.weighed.change.id

    @property
    def is_in_force(self) -> bool:
        """Whether the new rule is the one to go by here."""
        starts_on = self.weighed.starts_on
        return starts_on is not None and starts_on <= self.today

    @property
    def waits(self) -> bool:
        """Whether it is in force and nobody here was told or asked."""
        return self.is_in_force and bool(self.touched) and not self.acted

    @property
    def is_open(self) -> bool:
        """Whether people were told or asked, and that was not taken back."""
        return any(one.withdrawn_on is None for one in self.acted)

    @property
    def may_ask(self) -> bool:
        """Whether a lead may ask people now; doubt is answered by what they have read."""
        change = self.weighed.change
        return self.is_in_force and change.kind.may_ask and not self.weighed.lacks

    @property
    def must_read(self) -> bool:
        """Whether somebody has to read the text before anything is done."""
        return not self.weighed.change.doubt.is_small

    @property
    def whom(self) -> tuple[str, ...]:
        """Whom a lead may ask, the usual ones first."""
        return tuple(MAY_ASK.get(self.weighed.change.kind, ()))

    @property
    def undecided(self) -> int:
        """Of how many of its questions nobody decided whether they stand."""
        return sum(not one.verdict and not one.is_withdrawn for one in self.touched)

    @property
    def waits_words(self) -> str:
        """That what is undecided does not count, and from when, in a sentence."""
        starts_on = self.weighed.starts_on
        if starts_on is None:
            return "It counts until the new rule is in force here."
        since = "Until" if self.is_in_force else f"From {long_date(starts_on)} on, until"
        return f"{since} somebody has decided whether it stands, none of it counts."

    @property
    def in_force(self) -> str:
        """Since when, in words."""
        starts_on, change = self.weighed.starts_on, self.weighed.change
        if change.kind is ChangeKind.FUTURE:
            return "Made, and not known to be in force"
        if starts_on is None:
            return "Not in force here: your place says so"
        return f"{'In force since' if self.is_in_force else 'From'} {long_date(starts_on)}"

    @property
    def doubt(self) -> str:
        """How sure it is, in words."""
        change = self.weighed.change
        if change.doubt == change.date_doubt:
            return f"{change.doubt} of the change and of its date".capitalize()
        return f"{change.doubt} of the change, {change.date_doubt} of its date".capitalize()

    @property
    def questions(self) -> str:
        """How many questions it touches, in words."""
        words = f"{how_many(len(self.touched), 'question')} touched"
        return f"{words}, {self.undecided} undecided" if self.undecided else words

    @property
    def source_words(self) -> str:
        """The source, and from which of its editions to which."""
        change = self.weighed.change
        came = f"from {change.before} to {change.after}" if change.before else change.after
        return f"{self.source}, {came}"

    @property
    def by_module(self) -> tuple[tuple[str, tuple[TouchedLine, ...]], ...]:
        """Its questions by questionnaire, each with how many."""
        titles = dict.fromkeys(one.module for one in self.touched)
        groups = ((t, tuple(one for one in self.touched if one.module == t)) for t in titles)
        return tuple((f"{title}: {len(some)}", some) for title, some in groups)

    @property
    def why_not_ask(self) -> tuple[str, ...]:
        """What keeps people from being asked, whatever a lead has read."""
        if not self.weighed.change.kind.may_ask:
            return (f"it is {self.weighed.change.kind}, and nobody’s answer became wrong",)
        return self.weighed.lacks

    @property
    def done(self) -> str:
        """What was done about it, in words."""
        standing = [one for one in self.acted if one.withdrawn_on is None]
        asked = sum(one.asked for one in standing)
        if asked:
            return f"{sum(one.confirmed for one in standing)} of {asked} have confirmed it"
        if standing:
            return "People were told"
        return "Taken back" if self.acted else "Nobody was told or asked yet"


@dataclass(frozen=True)
class ConfirmerLine:
    """Somebody who is asked to confirm a change, and where that stands."""

    person_id: UUID
    name: str
    agency: str
    state: State | None
    words: str


@dataclass(frozen=True)
class AgencyConfirmed:
    """How many people of an agency were asked, and how many have confirmed."""

    agency: str
    asked: int
    confirmed: int


@dataclass(frozen=True)
class ActionSheet:
    """What was told or asked once: whom, by whom, why, and who has confirmed."""

    acted: ChangeActed
    was: str
    now: str
    matters: str
    made_by: str
    jobs: str
    has_read: str
    reason: str
    agencies: tuple[AgencyConfirmed, ...]
    people: tuple[ConfirmerLine, ...]
    unnamed: int  # who is not in the viewer's units any more
    number: int
    pages: int
    may_change: bool

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What is known of it, line by line."""
        facts = [
            ("Was", self.was),
            ("Now", self.now),
            ("What to do", self.matters),
            ("By", f"{self.made_by}, on {long_date(self.acted.made_on)}"),
            ("Where", f"{self.acted.unit}, {self.jobs}"),
        ]
        if self.has_read:
            facts.append(("Text that was read", self.has_read))
        if self.acted.due_on:
            count = f"{self.acted.confirmed} of {self.acted.asked}"
            facts += [("Asked by", long_date(self.acted.due_on)), ("Have confirmed it", count)]
        if self.acted.withdrawn_on:
            when = long_date(self.acted.withdrawn_on)
            facts.append(("Taken back", f"{when}: {self.reason}"))
        return facts


@dataclass(frozen=True)
class HeldList:
    """Who stands to a change in one way, by name."""

    title: str
    change: str
    people: tuple[tuple[UUID, str, str], ...]  # with their agency
    count: int
    number: int
    pages: int

    @property
    def words(self) -> str:
        """How many there are."""
        return how_many(self.count, "person")


@dataclass(frozen=True)
class ChangeLines:
    """What is read of changes; who may see it is decided here."""

    database: Database
    editions: Editions
    changes: Changes
    confirmations: Confirmations

    @property
    def register(self) -> Register:
        """The sources and their changes."""
        return self.changes.register()

    def all(self, viewer_id: UUID) -> list[ChangeLine]:
        """Every change, for leads and auditors: those to act on first, then the newest."""
        acted = self.changes.all(viewer_id)
        lines = [self._line(one, acted) for one in self.changes.weighed()]
        return sorted(lines, key=lambda line: line.weighed.starts_on or date.min, reverse=True)

    def one(self, change_id: str, viewer_id: UUID) -> ChangeLine:
        """One change; NotFound where the register has none of that name."""
        if change_id not in self.register.changes:
            raise NotFound("There is no such change of guidance.")
        acted = self.changes.all(viewer_id, change_action.c.change == change_id)
        return self._line(self.changes.weighed(change_id)[0], acted)

    def waiting(self, lead_id: UUID) -> int:
        """How many changes in force nobody was told of here, though somebody passed before."""
        with self.database.reading() as connection:
            over = must_lead(connection, lead_id, self.changes.today()).lead_of
            done = {
                row.change
                for row in connection.execute(
                    select(change_action.c.change, unit.c.path)
                    .join(unit, unit.c.id == change_action.c.unit_id)
                    .where(change_action.c.withdrawn_on.is_(None))
                )
                if is_below(row.path, over) or any(is_below(top, [row.path]) for top in over)
            }
            return sum(
                self._has_passed_before(connection, one)
                for one in self.changes.weighed()
                if one.change.id not in done
                and one.starts_on is not None
                and one.starts_on <= self.changes.today()
                and one.touched
            )

    def held(self, draft: ChangeDraft, held: Held, lead_id: UUID, number: int) -> HeldList:
        """Who stands to a draft's change in one way, by name and page by page."""
        found = self.changes.standing_to(draft, lead_id)
        ids = [person_id for person_id, how in found.items() if how is held]
        pages = max(1, -(-len(ids) // PAGE))
        number = min(max(number, 1), pages)
        with self.database.reading() as connection:
            named = self._named(connection, ids, (draft.unit,))
        ids.sort(key=lambda one: (named[one][0].casefold(), one))
        shown = ids[(number - 1) * PAGE : number * PAGE]
        people = tuple((one, *named[one]) for one in shown)
        return HeldList(HELD[held], draft.change, people, len(ids), number, pages)

    def action(self, action_id: UUID, viewer_id: UUID, number: int = 1) -> ActionSheet:
        """One telling or asking below a viewer's units; NotFound for everybody else."""
        found = self.changes.all(viewer_id, change_action.c.id == action_id)
        if not found:
            raise NotFound("There is no such telling or asking in your units.")
        acted = found[0]
        maker = person.alias("maker")
        with self.database.reading() as connection:
            seen = self._rights(connection, viewer_id)
            row = connection.execute(
                select(change_action, maker.c.name)
                .outerjoin(maker, maker.c.id == change_action.c.made_by)
                .where(change_action.c.id == action_id)
            ).one()
            asked = select(to_confirm.c.person_id).where(to_confirm.c.action_id == action_id)
            ids = list(connection.execute(asked.distinct()).scalars())
            over = (*seen.lead_of, *seen.auditor_of)
            named = self._named(connection, ids, over)
            met = {who for _, who in self.confirmations.met(connection, _pairs(acted, ids))}
            theirs = [one for one in ids if one in named]
            theirs.sort(key=lambda one: (one in met, named[one][0].casefold(), one))
            pages = max(1, -(-len(theirs) // PAGE))
            number = min(max(number, 1), pages)
            shown = theirs[(number - 1) * PAGE : number * PAGE]
            people = tuple(self._confirmers(connection, action_id, shown, named))
        return ActionSheet(
            acted=acted,
            was=row.was,
            now=row.now,
            matters=row.matters,
            made_by=row.name or "an operator, by command",
            jobs=", ".join(row.jobs.split("\n")) if row.jobs else "every job",
            has_read=row.has_read,
            reason=row.reason,
            agencies=_by_agency(ids, named, met),
            people=people,
            unnamed=len(ids) - len(theirs),
            number=number,
            pages=pages,
            may_change=acted.withdrawn_on is None and is_below(acted.unit, seen.lead_of),
        )

    # What the public methods are made of.

    def _rights(self, connection: Connection, viewer_id: UUID) -> Rights:
        found = rights(connection, viewer_id, self.changes.today())
        if not found.sees_board:
            raise NotAllowed("This page is for safeguarding leads and auditors.")
        return found

    def _line(self, one: Weighed, acted: Iterable[ChangeActed]) -> ChangeLine:
        ids = {edition.module.id: edition for edition in self.editions.all_current()}
        touched = tuple(
            TouchedLine(
                href=f"/admin/editions/{ids[it.module].id}/questions/{it.question.id}",
                ask=it.question.ask,
                question_id=it.question.id,
                module=ids[it.module].module.title,
                verdict=it.verdict.value if it.verdict else "",
                why=it.why,
                is_withdrawn=it.question.withdrawn is not None,
            )
            for it in one.touched
        )
        return ChangeLine(
            weighed=one,
            source=self.register.title_of(one.change.source),
            touched=touched,
            acted=tuple(it for it in acted if it.change == one.change.id),
            today=self.changes.today(),
        )

    def _has_passed_before(self, connection: Connection, one: Weighed) -> bool:
        assert one.starts_on is not None
        modules = {touched.module for touched in one.touched}
        query = PASSES.where(attempt.c.module.in_(modules)).limit(1)
        if one.starts_on > date.min:
            query = query.where(attempt.c.submitted_at < day_begins(one.starts_on))
            return connection.execute(query).first() is not None
        return False  # as old as anything here

    def _named(
        self, connection: Connection, ids: Iterable[UUID], over: tuple[str, ...]
    ) -> Mapping[UUID, tuple[str, str]]:
        """Names and agencies of those who have a post below some units today."""
        found: dict[UUID, tuple[str, str]] = {}
        for some in chunks(ids):
            rows = connection.execute(
                select(person.c.id, person.c.name, unit.c.path)
                .join(post, post.c.person_id == person.c.id)
                .join(unit, unit.c.id == post.c.unit_id)
                .where(person.c.id.in_(some), live_posts(self.changes.today()))
                .order_by(person.c.id, post.c.starts_on)
            )
            for row in rows:
                if is_below(row.path, over):
                    found.setdefault(row.id, (row.name, agency_of(row.path)))
        return found

    def _confirmers(
        self,
        connection: Connection,
        action_id: UUID,
        ids: list[UUID],
        named: Mapping[UUID, tuple[str, str]],
    ) -> Iterable[ConfirmerLine]:
        found = self.confirmations.of(connection, ids)
        for one in ids:
            mine = next(line for line in found[one] if line.action_id == action_id)
            words = f"Confirmed on {long_date(mine.met_on)}" if mine.met_on else "Not open"
            if mine.state is not None:
                words = f"{STATES.get(mine.state, 'To confirm')}: by {long_date(mine.due_on)}"
            yield ConfirmerLine(one, *named[one], mine.state, words)


def _pairs(acted: ChangeActed, people: Iterable[UUID]) -> list[tuple[str, UUID]]:
    return [(acted.change, one) for one in people]


def _by_agency(
    ids: Iterable[UUID], named: Mapping[UUID, tuple[str, str]], met: set[UUID]
) -> tuple[AgencyConfirmed, ...]:
    asked: defaultdict[str, list[UUID]] = defaultdict(list)
    for one in ids:
        asked[named[one][1] if one in named else ELSEWHERE].append(one)
    return tuple(
        AgencyConfirmed(name, len(people), sum(one in met for one in people))
        for name, people in sorted(asked.items())
    )
