"""Nobody will ever ask them: people whom no rule reaches, by unit, and the rule that would."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import Connection, func, select

from quizbot.access import is_below, is_here, live_posts, must_lead
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.errors import NotFound
from quizbot.rules import due
from quizbot.standing.standings import as_rule, chunks
from quizbot.store.database import Database
from quizbot.store.tables import person, post, requirement, unit
from quizbot.words import folded_job, listed

A_PAGE = 50
MOST_OTHERS = 2


@dataclass(frozen=True, slots=True)
class UnaskedPost:
    """A post of somebody whom no rule asks for some questionnaires, or for any."""

    person_id: UUID
    unit: str
    job: str


@dataclass(frozen=True)
class UnaskedUnit:
    """A unit with people whom no rule reaches, and the rule that would, as a form filled in."""

    unit_id: UUID
    path: str
    people: int
    never: int  # those of them whom no rule asks for anything
    missing: str  # questionnaires, in words
    rule_href: str

    @property
    def pages(self) -> int:
        """How many pages its people fill."""
        return pages_of(self.people)


@dataclass(frozen=True)
class UnaskedPerson:
    """Somebody whom no rule asks for these questionnaires."""

    person_id: UUID
    name: str
    job: str
    missing: str  # in words


@dataclass(frozen=True)
class Unasked:
    """All of them as a page shows them, by unit."""

    units: tuple[UnaskedUnit, ...]
    people: int
    never: int

    @property
    def pages(self) -> int:
        """How many pages of units there are."""
        return pages_of(len(self.units))

    def page(self, number: int) -> tuple[UnaskedUnit, ...]:
        """The units of a page, counted from 1."""
        return self.units[(number - 1) * A_PAGE : number * A_PAGE]


@dataclass(frozen=True)
class Forgotten:
    """Whom no rule in force, or to come, ever asks; of a lead's units."""

    database: Database
    editions: Editions
    now: Clock

    def count(self, lead_id: UUID) -> int:
        """How many people no rule asks for anything."""
        with self.database.reading() as connection:
            found = self._find(connection, lead_id)
        return sum(found.is_never(one) for one in found.missing)

    def of(self, lead_id: UUID) -> Unasked:
        """Every unit with somebody whom no rule reaches."""
        with self.database.reading() as connection:
            return self._all(connection, self._find(connection, lead_id))

    def _all(self, connection: Connection, found: "_Reach") -> Unasked:
        by_unit: dict[str, list[UnaskedPost]] = defaultdict(list)
        for one in found.posts:
            by_unit[one.unit].append(one)
        units = connection.execute(select(unit.c.path, unit.c.id))
        lines = [
            found.unit_line(row.path, row.id, by_unit[row.path])
            for row in units
            if row.path in by_unit
        ]
        return Unasked(
            units=tuple(sorted(lines, key=lambda line: line.path.casefold().split("/"))),
            people=len(found.missing),
            never=sum(found.is_never(one) for one in found.missing),
        )

    def people(
        self, lead_id: UUID, unit_id: UUID, number: int
    ) -> tuple[UnaskedUnit, list[UnaskedPerson]]:
        """One unit of the lead's, and a page of its people by name."""
        with self.database.reading() as connection:
            found = self._find(connection, lead_id)
            path = connection.execute(select(unit.c.path).where(unit.c.id == unit_id)).scalar()
            if path is None or not is_below(path, found.over):
                raise NotFound("There is no such unit.")
            line = found.unit_line(path, unit_id, [one for one in found.posts if one.unit == path])
            jobs: dict[UUID, set[str]] = defaultdict(set)
            for one in found.posts:
                if one.unit == path:
                    jobs[one.person_id].add(one.job)
            names: dict[UUID, str] = {}
            for ids in chunks(jobs):
                rows = connection.execute(
                    select(person.c.id, person.c.name).where(person.c.id.in_(ids))
                )
                names |= {row.id: row.name for row in rows}
        by_name = sorted(names, key=lambda one: (names[one].casefold(), str(one)))
        shown = by_name[(number - 1) * A_PAGE : number * A_PAGE]
        return line, [
            UnaskedPerson(
                person_id=one,
                name=names[one],
                job=", ".join(sorted(jobs[one])),
                missing=found.in_words(found.missing[one]),
            )
            for one in shown
        ]

    def _find(self, connection: Connection, lead_id: UUID) -> "_Reach":
        today = london_day(self.now())
        over = must_lead(connection, lead_id, today).lead_of
        titles = {e.module.id: e.module.title for e in self.editions.all_current()}
        rules = _rules(connection, today)
        covered: dict[tuple[str, str], frozenset[str]] = {}
        query = (
            select(post.c.person_id, unit.c.path, post.c.job)
            .join(unit, unit.c.id == post.c.unit_id)
            .join(person, person.c.id == post.c.person_id)
            .where(live_posts(today), is_here(today), ~person.c.is_guest)
        )
        asked: dict[UUID, frozenset[str]] = {}
        posts: list[UnaskedPost] = []
        for row in connection.execute(query):
            key = (row.path, folded_job(row.job))
            if key not in covered:
                covered[key] = _covered(row.path, row.job, rules, today)
            asked[row.person_id] = asked.get(row.person_id, frozenset()) | covered[key]
            posts.append(UnaskedPost(row.person_id, row.path, row.job))
        is_theirs = cache(lambda path: is_below(path, over))
        missing = {
            one.person_id: frozenset(titles) - asked[one.person_id]
            for one in posts
            if is_theirs(one.unit) and frozenset(titles) - asked[one.person_id]
        }
        return _Reach(
            titles=titles,
            rules=rules,
            over=over,
            missing=missing,
            posts=[one for one in posts if one.person_id in missing and is_theirs(one.unit)],
        )


@dataclass(frozen=True)
class _Reach:
    titles: Mapping[str, str]
    rules: Mapping[str, list[due.Requirement]]
    missing: Mapping[UUID, frozenset[str]]
    posts: Sequence[UnaskedPost]
    over: tuple[str, ...]  # the units of the lead who asks

    def is_never(self, person_id: UUID) -> bool:
        return len(self.missing[person_id]) == len(self.titles)

    def in_words(self, modules: Set[str]) -> str:
        """Questionnaires by title, in their order; where it is most of them, the others."""
        missing = [title for module, title in self.titles.items() if module in modules]
        others = [title for module, title in self.titles.items() if module not in modules]
        if not others:
            return "All questionnaires"
        if len(others) <= MOST_OTHERS and len(others) < len(missing):
            return f"All but {listed(others)}"
        return ", ".join(missing)

    @cached_property
    def all_rules(self) -> list[due.Requirement]:
        return [rule for rules in self.rules.values() for rule in rules]

    def unit_line(self, path: str, unit_id: UUID, posts: Sequence[UnaskedPost]) -> UnaskedUnit:
        people = {one.person_id for one in posts}
        modules = frozenset[str]().union(*(self.missing[one] for one in people))
        jobs = {folded_job(one.job): one.job for one in posts}
        given = [("unit", path)]
        given += [("modules", module) for module in self.titles if module in modules]
        if len(jobs) == 1 and self._has_rule_of_a_job(path):
            given += [("job", job) for job in jobs.values()]
        if like := self._nearest(path):
            given.append(("like", str(like)))
        else:
            given.append(("example", "refresher"))
        return UnaskedUnit(
            unit_id=unit_id,
            path=path,
            people=len(people),
            never=sum(map(self.is_never, people)),
            missing=self.in_words(modules),
            rule_href=f"/admin/requirements/new?{urlencode(given)}",
        )

    def _has_rule_of_a_job(self, path: str) -> bool:
        """Whether rules reach some jobs of a unit and not others."""
        anywhere = [rule for rule in self.all_rules if rule.job]
        return any(rule.covers(_post(path, rule.job, rule.in_force_from)) for rule in anywhere)

    def _nearest(self, path: str) -> UUID | None:
        """The rule whose terms the new one is given: of a unit as near in the tree as there is."""
        parts = path.split("/")

        def nearness(rule: due.Requirement) -> tuple[int, str]:
            theirs = rule.unit.split("/")
            same = next(
                (n for n, (a, b) in enumerate(zip(parts, theirs, strict=False)) if a != b),
                min(len(parts), len(theirs)),
            )
            return same, str(rule.id)

        theirs = [rule for rule in self.all_rules if is_below(rule.unit, self.over)]
        best = max(theirs, key=nearness, default=None)
        return best.id if best else None


def _rules(connection: Connection, today: date) -> dict[str, list[due.Requirement]]:
    """Rules in force or to come, by module."""
    query = (
        select(requirement, unit.c.path)
        .join(unit, unit.c.id == requirement.c.unit_id)
        .where(func.coalesce(requirement.c.in_force_to, today) >= today)
    )
    found: dict[str, list[due.Requirement]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.module].append(as_rule(row, row.path))
    return found


def _covered(
    path: str, job: str, rules: Mapping[str, list[due.Requirement]], today: date
) -> frozenset[str]:
    held = _post(path, job, today)
    return frozenset(
        module for module, given in rules.items() if any(rule.covers(held) for rule in given)
    )


def _post(path: str, job: str, day: date) -> due.Post:
    return due.Post(path, job, day, None, day)


def pages_of(count: int) -> int:
    """How many pages a list of so many has."""
    return max(1, -(-count // A_PAGE))
