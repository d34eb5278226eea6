"""Requirements: rules for whole units, never saved without their preview; and cycle health."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from quizbot.access import (
    GUEST,
    holds_post,
    is_below,
    is_here,
    is_open,
    live_posts,
    must_lead,
    within,
)
from quizbot.clock import Clock, has_ended, london_day
from quizbot.editions.editions import Editions
from quizbot.editions.robots import MOST, passes_shortest
from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.rules import due
from quizbot.rules.shrinking import Refresher
from quizbot.standing.ended_duties import Ended, Endings, in_words
from quizbot.standing.rule_terms import first_and_again, kept
from quizbot.standing.standings import Standings, as_rule, forget
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import new_id, person, post, requirement, unit
from quizbot.words import LONGEST, LONGEST_REASON, folded_job, how_many, long_date, to_mend

SOON = timedelta(days=14)
# The largest number that a rule may have in each.
NUMBERS = {
    "within_days": 3650,
    "within_months": 120,
    "every_months": 120,
    "window_days": 3650,
    "grace_days": 3650,
}
SHOWN = 50  # names a page lists before it only counts
JOBS_SHOWN = 10
SHRINKS = "What somebody showed in their last two attempts is asked with half its questions."
A_GAP = "It was overdue when a post or a rule ended, and nothing was learned since"
NO_RULE = "No rule covers their post"
NO_MANAGER = "Their manager has no post any more, so nobody hears when they are late"


@dataclass(frozen=True, kw_only=True)
class Draft(due.Terms):
    """A requirement as somebody means it, before it is one."""

    unit: str
    modules: tuple[str, ...]
    job: str = ""
    reason: str = ""

    @property
    def terms(self) -> str:
        """By when, and whether again."""
        return first_and_again(kept(self))

    @property
    def fingerprint(self) -> str:
        """Binds a saved rule to the preview that was looked at."""
        content = json.dumps(asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Named:
    """Somebody in a list, with what is to be said of them."""

    person_id: UUID
    name: str
    words: str = ""


@dataclass(frozen=True)
class Preview:
    """What a rule would do today, before it is one; people counted once over all its modules."""

    draft: Draft
    titles: tuple[str, ...]  # of the draft's modules
    people: int
    satisfied: int
    due_within_14_days: int
    without_manager: tuple[Named, ...]
    without_address: tuple[Named, ...]
    first_due_on: date | None
    last_due_on: date | None
    jobs: tuple[str, ...] | None = None
    guessing: float = 0.0  # the share of the shortest refreshers that guessing would pass
    ends: tuple[Ended, ...] = ()  # what is overdue and would end with a change

    @property
    def ended(self) -> tuple[str, ...]:
        """In words, what is overdue and would end with a change."""
        return tuple(in_words(self.ends))

    @property
    def shrinks(self) -> str:
        """What a refresher that shrinks asks, and how often guessing would pass the shortest."""
        count = round(self.guessing * 1000)
        often = f"{count} of 1,000 times" if count else "fewer than 1 of 1,000 times"
        return f"{SHRINKS} At its shortest, guessing passes {often}."

    @property
    def words(self) -> str:
        """The rule as people say it."""
        draft = self.draft
        who = f"Everyone in {draft.unit}" + (f", job {draft.job}" if draft.job else "")
        return f"{who}: {', '.join(self.titles)}, {draft.terms}."

    @property
    def no_such_job(self) -> str:
        """What to say where nobody has the job; `jobs` are then those that there are."""
        if self.jobs is None:
            return ""
        nobody = f"Nobody in {self.draft.unit} has the job “{self.draft.job}”."
        if not self.jobs:
            return f"{nobody} Nobody has any job there."
        more = f" and {len(self.jobs) - JOBS_SHOWN} more" if len(self.jobs) > JOBS_SHOWN else ""
        return f"{nobody} The jobs there are {', '.join(self.jobs[:JOBS_SHOWN])}{more}."

    @property
    def lines(self) -> tuple[str, ...]:
        """The same in words, for a page and for a terminal."""
        said = [self.no_such_job] if self.no_such_job else []
        said += [
            f"It asks {how_many(self.people, 'person')}.",
            f"Of them have done it already: {self.satisfied}.",
            f"Would be due within 14 days: {self.due_within_14_days}.",
            f"Without a manager, so nobody hears when they are late: {len(self.without_manager)}.",
            f"Without an e-mail address, so they need a slip: {len(self.without_address)}.",
        ]
        if self.draft.refresher == Refresher.SHRINKING:
            said.append(self.shrinks)
        if self.first_due_on and self.last_due_on:
            said.append(f"First due day {self.first_due_on}, last {self.last_due_on}.")
        return tuple(said)


@dataclass(frozen=True)
class RuleLine:
    """A requirement as lists show it."""

    requirement_id: UUID
    module: str
    title: str
    draft: Draft
    saved_on: date
    changed_on: date | None

    def is_in_force(self, day: date) -> bool:
        """Whether it asks anything on a day."""
        ends = self.draft.in_force_to
        return self.draft.in_force_from <= day and (ends is None or ends >= day)


@dataclass(frozen=True)
class Health:
    """Who will never be asked again, whose overdue duty ended, or of whom nobody hears, and why:
    all of them counted, the first by name."""

    why: str
    count: int
    people: tuple[Named, ...]

    @property
    def has_page(self) -> bool:
        """Whether a page of its own lists them, unit by unit."""
        return self.why == NO_RULE


@dataclass(frozen=True)
class Rules:
    """Requirements over the units of a lead; from the command line over all."""

    database: Database
    editions: Editions
    standings: Standings
    endings: Endings
    audit: Audit
    now: Clock

    def today(self) -> date:
        """The day in London."""
        return london_day(self.now())

    def preview(
        self, draft: Draft, lead_id: UUID | None = None, rule_id: UUID | None = None
    ) -> Preview:
        """What the rule would do, in place of the one that is changed; changes nothing."""
        with self.database.reading() as connection:
            self._check(connection, draft, lead_id)
            preview = self._preview(connection, draft)
            if rule_id is None:
                return preview
            row, path = self._rule(connection, rule_id)
            changed = self._changed(row, path, draft)
            return replace(preview, ends=tuple(self._ended(connection, row, path, changed)))

    def save(self, draft: Draft, seen: str, lead_id: UUID | None = None) -> list[UUID]:
        """Make the rule, one row a module; `seen` is the fingerprint of the previewed draft."""
        if seen != draft.fingerprint:
            raise Refused("The rule was changed after its preview: look at the preview again.")
        today = self.today()
        with self.database.writing(queue="duties") as connection:
            unit_id = self._check(connection, draft, lead_id)
            made = []
            for module in draft.modules:
                if self._is_there(connection, draft, module, unit_id):
                    continue
                rule_id = new_id()
                connection.execute(
                    insert(requirement).values(
                        id=rule_id,
                        module=module,
                        unit_id=unit_id,
                        saved_on=today,
                        made_by=lead_id,
                        job=draft.job,
                        reason=draft.reason,
                        **due.terms_of(draft),
                    )
                )
                self.audit.add(
                    connection,
                    lead_id or OPERATOR,
                    "requirement.save",
                    rule_id,
                    module=module,
                    unit=unit_id,
                    job=draft.job,
                    terms=kept(draft),
                )
                made.append(rule_id)
            if made:
                forget(connection, _people_of(draft.unit))
        return made

    def change(
        self,
        rule_id: UUID,
        draft: Draft,
        seen: str,
        lead_id: UUID | None = None,
        *,
        confirm: bool = False,
    ) -> bool:
        """Change a rule's terms; a stricter one counts as saved today, with its grace.

        False where they are so already: then nothing is changed. What this ends although it is
        overdue must be confirmed.
        """
        if seen != draft.fingerprint:
            raise Refused("The rule was changed after its preview: look at the preview again.")
        with self.database.writing(queue="duties") as connection:
            row, path = self._rule(connection, rule_id)
            self._check(connection, draft, lead_id)
            if (path, (row.module,), row.job) != (draft.unit, draft.modules, draft.job):
                raise Refused("Whom a rule asks for what cannot be changed: end it, make another.")
            if draft == _draft(row, path):
                return False
            changed = self._changed(row, path, draft)
            ended = self._ended(connection, row, path, changed)
            act = (lead_id or OPERATOR, "requirement.change", rule_id)
            self.endings.settle(connection, ended, act, confirm=confirm)
            values = {
                "reason": draft.reason,
                "changed_on": changed.changed_on,
                **due.terms_of(draft),
            }
            connection.execute(
                update(requirement).where(requirement.c.id == rule_id).values(**values)
            )
            self.audit.add(
                connection,
                lead_id or OPERATOR,
                "requirement.change",
                rule_id,
                before=kept(row),
                after=kept(draft),
                reason_changed=draft.reason != row.reason,
            )
            forget(connection, _people_of(path))
        return True

    def end(
        self,
        rule_id: UUID,
        last_day: date,
        lead_id: UUID | None = None,
        *,
        confirm: bool = False,
    ) -> None:
        """Let a rule end with a day; what was asked until then stays on record.

        What this ends although it is overdue must be confirmed.
        """
        with self.database.writing(queue="duties") as connection:
            row, path = self._rule(connection, rule_id)
            self._must_lead(connection, lead_id, path)
            if last_day < row.in_force_from - timedelta(days=1):
                raise Refused("The last day cannot be before the rule began.")
            changed = replace(as_rule(row, path), in_force_to=last_day)
            ended = self._ended(connection, row, path, changed)
            act = (lead_id or OPERATOR, "requirement.end", rule_id)
            self.endings.settle(connection, ended, act, confirm=confirm)
            connection.execute(
                update(requirement).where(requirement.c.id == rule_id).values(in_force_to=last_day)
            )
            self.audit.add(
                connection, lead_id or OPERATOR, "requirement.end", rule_id, last_day=last_day
            )
            forget(connection, _people_of(path))

    def all(self, lead_id: UUID | None = None) -> list[RuleLine]:
        """The requirements below a lead's units, those in force first."""
        titles = {e.module.id: e.module.title for e in self.editions.all_current()}
        with self.database.reading() as connection:
            over = _over(connection, lead_id, self.today())
            rows = connection.execute(
                select(requirement, unit.c.path)
                .join(unit, unit.c.id == requirement.c.unit_id)
                .order_by(unit.c.path, requirement.c.module, requirement.c.id)
            ).all()
        lines = [
            RuleLine(
                row.id,
                row.module,
                titles.get(row.module, row.module),
                _draft(row, row.path),
                row.saved_on,
                row.changed_on,
            )
            for row in rows
            if over is None or is_below(row.path, over)
        ]
        return sorted(lines, key=lambda line: not line.is_in_force(self.today()))

    def one(self, rule_id: UUID, lead_id: UUID | None = None) -> RuleLine:
        """One requirement; NotFound where there is none below the lead's units."""
        for line in self.all(lead_id):
            if line.requirement_id == rule_id:
                return line
        raise NotFound("There is no such rule.")

    def health(self, lead_id: UUID | None = None) -> list[Health]:
        """Who will never be asked again, or was overdue until an edit ended it, and why."""
        today = self.today()
        with self.database.reading() as connection:
            over = _over(connection, lead_id, today)
            found: dict[str, list[Named]] = {}
            for named, why in self._unasked(connection, over, today):
                found.setdefault(why, []).append(named)
            for named in _left_without_manager(connection, over, today):
                found.setdefault(NO_MANAGER, []).append(named)
        return [Health(why, len(people), tuple(people[:SHOWN])) for why, people in found.items()]

    # What the public methods are made of.

    def _check(self, connection: Connection, draft: Draft, lead_id: UUID | None) -> UUID:
        """The unit's id, when the draft makes sense and the lead may make it."""
        self._must_lead(connection, lead_id, draft.unit)
        faults = dict(_faults(draft, set(self.standings.modules()), self.today()))
        if not faults and draft.refresher == Refresher.SHRINKING:
            faults = dict(self._guessable(draft))
        if faults:
            raise Mend(**faults)
        unit_id: UUID | None = connection.execute(
            select(unit.c.id).where(unit.c.path == draft.unit, unit.c.ended_on.is_(None))
        ).scalar()
        if unit_id is None:
            raise NotFound(f"There is no unit {draft.unit!r}.")
        return unit_id

    def _guessing(self, draft: Draft) -> float:
        """The share of its shortest refreshers that guessing passes, of the worst of a draft's."""
        if draft.refresher != Refresher.SHRINKING:
            return 0.0
        editions = (self.editions.current(module) for module in draft.modules)
        return max(passes_shortest(edition, self.today()) for edition in editions)

    def _guessable(self, draft: Draft) -> Iterator[tuple[str, str]]:
        """A refresher that shrinks is not for what guessing could then pass."""
        for module in draft.modules:
            current = self.editions.current(module)
            if (share := passes_shortest(current, self.today())) > MOST:
                often = f"{share * 1000:.0f} of 1,000 attempts"
                what = f"guessing would pass {current.module.title} in {often}"
                yield "refresher", f"At its shortest, {what}: keep its refresher full."

    def _must_lead(self, connection: Connection, lead_id: UUID | None, path: str) -> None:
        over = _over(connection, lead_id, self.today())
        if over is not None and not is_below(path, over):
            raise NotAllowed("You can make rules for the units that you lead, and those below.")

    def _preview(self, connection: Connection, draft: Draft) -> Preview:
        today = self.today()
        rules = [_rule_of(draft, today) for _ in draft.modules]
        people = connection.execute(
            select(person.c.id, person.c.name, person.c.email)
            .where(person.c.id.in_(_people_of(draft.unit, draft.job)), is_here(today))
            .order_by(person.c.name)
        ).all()
        managed = set(
            connection.execute(
                select(post.c.person_id).where(
                    post.c.manager_id.is_not(None),
                    holds_post(post.c.manager_id, today),
                    live_posts(today),
                )
            ).scalars()
        )
        touched: set[UUID] = set()
        unmet: set[UUID] = set()
        dues: dict[UUID, date] = {}
        rule_of = dict(zip(draft.modules, rules, strict=True))
        ids = [row.id for row in people]
        for person_id, module, facts in self.standings.facts(connection, ids, draft.modules):
            alone = replace(facts, requirements=(rule_of[module],), requests=())
            for duty in due.standing(alone, max(today, draft.in_force_from)).duties:
                touched.add(person_id)
                if duty.due_on is not None:
                    unmet.add(person_id)
                    dues[person_id] = min(duty.due_on, dues.get(person_id, duty.due_on))
        asked = [row for row in people if row.id in touched]
        return Preview(
            draft=draft,
            titles=tuple(self.editions.current(one).module.title for one in draft.modules),
            people=len(asked),
            satisfied=len(touched - unmet),
            due_within_14_days=sum(day <= today + SOON for day in dues.values()),
            without_manager=tuple(Named(r.id, r.name) for r in asked if r.id not in managed),
            without_address=tuple(Named(r.id, r.name) for r in asked if not r.email),
            first_due_on=min(dues.values(), default=None),
            last_due_on=max(dues.values(), default=None),
            jobs=_other_jobs(connection, draft, today) if draft.job else None,
            guessing=self._guessing(draft),
        )

    def _is_there(self, connection: Connection, draft: Draft, module: str, unit_id: UUID) -> bool:
        rows = connection.execute(
            select(requirement).where(
                requirement.c.module == module, requirement.c.unit_id == unit_id
            )
        )
        same = replace(draft, modules=(module,))
        return any(replace(_draft(row, draft.unit), reason=draft.reason) == same for row in rows)

    def _rule(self, connection: Connection, rule_id: UUID) -> tuple[Row[Any], str]:
        row = connection.execute(
            select(requirement, unit.c.path)
            .join(unit, unit.c.id == requirement.c.unit_id)
            .where(requirement.c.id == rule_id)
        ).first()
        if row is None:
            raise NotFound("There is no such rule.")
        return row, row.path

    def _changed(self, row: Row[Any], path: str, draft: Draft) -> due.Requirement:
        """A rule with other terms; stricter ones count as saved today."""
        stricter = _is_stricter(draft, _draft(row, path))
        changed_on = self.today() if stricter else row.changed_on
        return replace(as_rule(row, path), changed_on=changed_on, **due.terms_of(draft))

    def _ended(
        self, connection: Connection, row: Row[Any], path: str, changed: due.Requirement
    ) -> list[Ended]:
        """What is overdue by a rule and would not be so any more with its new terms."""
        people = connection.execute(
            _people_of(path, row.job).where(is_open(post, self.today())).distinct()
        ).scalars()
        late = self.endings.late(connection, list(people))
        before = {
            key: facts
            for key, facts in self.endings.facts(connection, late).items()
            if key[1] == row.module
        }
        after = {
            key: replace(
                facts,
                requirements=tuple(changed if r.id == row.id else r for r in facts.requirements),
            )
            for key, facts in before.items()
        }
        until = dict.fromkeys(late, changed.in_force_to) if changed.in_force_to else {}
        return self.endings.between(connection, before, after, until)

    def _unasked(
        self, connection: Connection, over: tuple[str, ...] | None, today: date
    ) -> Iterator[tuple[Named, str]]:
        """Each person and module that nothing will ever ask for again, with the reason."""
        query = select(person.c.id, person.c.name).where(is_here(today), ~person.c.is_guest)
        if over is not None:
            below = select(post.c.person_id).join(unit, unit.c.id == post.c.unit_id)
            parts = [below.where(within(path)) for path in over]
            query = query.where(person.c.id.in_(parts[0].union(*parts[1:]).subquery().select()))
        names = {row.id: row.name for row in connection.execute(query.order_by(person.c.name))}
        practice_only = {offer.module.id for offer in self.editions.offers() if offer.practice_only}
        titles = {e.module.id: e.module.title for e in self.editions.all_current()}
        facts = self.standings.facts(connection, list(names), list(titles))
        for person_id, module, known in facts:
            why = _never_again(known, today, practice_only=module in practice_only)
            if why:
                yield Named(person_id, names[person_id], titles[module]), why
            if (found := due.gap(known, today)) is not None:
                words = f"{titles[module]}, {_gap(found)}"
                yield Named(person_id, names[person_id], words), A_GAP


def _gap(found: due.Gap) -> str:
    """What was overdue since when, and what is asked now."""
    words = f"overdue from {long_date(found.overdue_since)} until {long_date(found.ended_on)}"
    if found.due_on is None:
        return f"{words}, and asked for no more"
    return f"{words}, and now due on {long_date(found.due_on)}"


def _never_again(facts: due.Facts, today: date, *, practice_only: bool) -> str:
    """Why nothing will ask this person again; nothing where something will."""
    live = [p for p in facts.posts if not has_ended(p.ends_on, today)]
    if not live:
        return "They have no post, so no rule can reach them"
    rules = [
        rule
        for rule in facts.requirements
        if (rule.in_force_to is None or rule.in_force_to >= today)
        and any(rule.covers(held) for held in live)
    ]
    if not rules:
        return NO_RULE
    if practice_only:
        return "The questionnaire can only be practised, so nobody can pass it"
    for granted in facts.dispensations:
        if granted.ends_on is None and granted.kind is due.DispensationKind.EXEMPTION:
            return "They are exempt without an end"
        if granted.ends_on is None and granted.kind is due.DispensationKind.PAUSE:
            return "They are paused without an end"
    if all(rule.every_months is None for rule in rules) and facts.passes:
        return "They have passed, and the rule does not ask again"
    return ""


def _faults(draft: Draft, modules: set[str], today: date) -> Iterator[tuple[str, str]]:
    """What makes no sense, each by the field that is to be mended."""
    if not draft.modules:
        yield "modules", "Choose at least one questionnaire."
    for module in draft.modules:
        if module not in modules:
            yield "modules", f"There is no questionnaire {module!r}."
    numbers = {
        "within_days": ("Days to start with", draft.within_days, 0),
        "within_months": ("Months to start with", draft.within_months, 0),
        "every_months": ("Months until it is asked again", draft.every_months or 1, 1),
        "window_days": ("Days in which it can be renewed early", draft.window_days, 0),
        "grace_days": ("Days of grace", draft.grace_days, 0),
    }
    for field, (name, value, least) in numbers.items():
        most = NUMBERS[field]
        if not least <= value <= most:
            yield field, f"{name}: {value} is not between {least} and {most}."
    if draft.every_months and draft.window_days >= draft.every_months * 28:
        yield "window_days", "The days for early renewal must be fewer than the whole period."
    if draft.window_days and not draft.every_months:
        yield "every_months", "Early renewal needs a period after which it is asked again."
    if draft.refresher not in set(Refresher):
        yield "refresher", f"The refresher is full or shrinking, not {draft.refresher!r}."
    if draft.refresher == Refresher.SHRINKING and not draft.every_months:
        yield (
            "every_months",
            "A refresher that shrinks needs a period after which it is asked again.",
        )
    if draft.in_force_to is not None and draft.in_force_to < draft.in_force_from:
        yield "in_force_to", "The rule would end before it begins."
    if abs((draft.in_force_from - today).days) > 3650:
        yield "in_force_from", "The day it begins is more than ten years away: check the year."
    if not draft.reason.strip():
        yield "reason", "Say why, in a few words: people are told it."
    for name, longest in (("reason", LONGEST_REASON), ("job", LONGEST["job"])):
        if trouble := to_mend(getattr(draft, name), longest, in_lines=name == "reason"):
            yield name, f"{trouble}."


def _is_stricter(draft: due.Terms, before: due.Terms) -> bool:
    """Sooner, more often, or from an earlier day: what may take time from somebody."""

    def first_days(of: due.Terms) -> int:
        return of.within_months * 30 + of.within_days

    return (
        first_days(draft) < first_days(before)
        or (draft.every_months or 10**6) < (before.every_months or 10**6)
        or draft.grace_days < before.grace_days
        or draft.window_days < before.window_days
        or draft.in_force_from < before.in_force_from
        or (draft.in_force_to or date.max) > (before.in_force_to or date.max)
    )


def _draft(row: Row[Any], path: str) -> Draft:
    return Draft(
        unit=path, modules=(row.module,), job=row.job, reason=row.reason, **due.terms_of(row)
    )


def _rule_of(draft: Draft, today: date) -> due.Requirement:
    """What a draft would ask for if it were saved today."""
    return due.Requirement(
        id=new_id(), unit=draft.unit, saved_on=today, job=draft.job, **due.terms_of(draft)
    )


def _left_without_manager(
    connection: Connection, over: tuple[str, ...] | None, today: date
) -> Iterator[Named]:
    """People whose post names a manager who has no post any more."""
    chief = person.alias("chief")
    query = (
        select(person.c.id, person.c.name, chief.c.name.label("manager"), unit.c.path)
        .join(post, post.c.person_id == person.c.id)
        .join(unit, unit.c.id == post.c.unit_id)
        .join(chief, chief.c.id == post.c.manager_id)
        .where(live_posts(today), is_here(today), ~holds_post(chief.c.id, today))
        .order_by(person.c.name)
    )
    for row in connection.execute(query):
        if over is None or is_below(row.path, over):
            yield Named(row.id, row.name, f"manager {row.manager}")


def _people_of(path: str, job: str = "") -> Select[Any]:
    """Everybody who has or had a post in a unit or below."""
    query = select(post.c.person_id).join(unit, unit.c.id == post.c.unit_id).where(within(path))
    return query.where(func.lower(post.c.job) == folded_job(job)) if job else query


def _other_jobs(connection: Connection, draft: Draft, today: date) -> tuple[str, ...] | None:
    """The jobs of a unit, those spelt most alike first; None where somebody has the draft's."""
    rows = connection.execute(
        select(post.c.job)
        .join(unit, unit.c.id == post.c.unit_id)
        .where(
            within(draft.unit),
            is_open(post, today),
            post.c.job != GUEST,
        )
        .distinct()
    )
    meant, jobs = folded_job(draft.job), sorted(rows.scalars())
    if any(folded_job(job) == meant for job in jobs):
        return None
    alike = {job: SequenceMatcher(None, meant, folded_job(job)).ratio() for job in jobs}
    return tuple(sorted(jobs, key=lambda job: -alike[job]))


def _over(connection: Connection, lead_id: UUID | None, day: date) -> tuple[str, ...] | None:
    """The units of a lead; None, which is all, for the operator."""
    return None if lead_id is None else must_lead(connection, lead_id, day).lead_of
