"""Where people stand: facts from the tables, standing by the pure rules, and the cache of dates."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from quizbot.access import GUEST, is_here
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions
from quizbot.rules import due
from quizbot.store.counted import PASSES
from quizbot.store.database import EVERY, Database, read_in, stay_out_of, write_in
from quizbot.store.tables import (
    attempt,
    dispensation,
    person,
    post,
    request,
    requirement,
    standing_cache,
    unit,
)

RENEWING = "standing"  # the queue of those who work dates out and keep them
CHUNK = 400  # people at a time: memory stays flat however many there are

Item = TypeVar("Item")
Fact = TypeVar("Fact")

_KINDS = {kind.name.lower(): kind for kind in due.DispensationKind}


@dataclass(frozen=True)
class Standings:
    """Standing of people with modules, today unless a day is given."""

    database: Database
    editions: Editions
    now: Clock

    def today(self) -> date:
        """The day in London."""
        return london_day(self.now())

    def modules(self) -> tuple[str, ...]:
        """Every module there is, in order."""
        return tuple(edition.module.id for edition in self.editions.all_current())

    def everybody(self, connection: Connection) -> list[UUID]:
        """Everybody there is, in the order in which they came."""
        return list(connection.execute(select(person.c.id).order_by(person.c.id)).scalars())

    def facts(
        self, connection: Connection, people: Sequence[UUID], modules: Sequence[str]
    ) -> Iterator[tuple[UUID, str, due.Facts]]:
        """The facts of some people, module by module; a handful of queries a chunk."""
        rules = by_module(read_in(connection, _RULES, {}))
        for chunk in chunks(people):
            yield from self._facts_of(connection, chunk, modules, rules)

    def presence(
        self, connection: Connection, wanted: Iterable[tuple[UUID, str]]
    ) -> dict[tuple[UUID, str], due.Facts]:
        """What holds for whatever is asked of people in modules: posts, what was granted, the last
        day. It is half of what all their facts cost."""
        found: dict[tuple[UUID, str], due.Facts] = {}
        for chunk in chunks(wanted):
            people = list(dict.fromkeys(person_id for person_id, _ in chunk))
            here = _here(connection, people)
            granted = self._grouped(connection, _GRANTED, here.granted, _dispensation)
            for key in chunk:
                person_id, _ = key
                found[key] = due.Facts(
                    posts=tuple(here.posts[person_id]),
                    dispensations=(*granted.get((person_id, ""), ()), *granted.get(key, ())),
                    left_on=here.left.get(person_id),
                )
        return found

    def of(
        self,
        connection: Connection,
        people: Sequence[UUID],
        modules: Sequence[str],
        day: date | None = None,
    ) -> dict[tuple[UUID, str], due.Standing]:
        """Standing with its duties, worked out from the facts."""
        day = day or self.today()
        return {
            (person_id, module): due.standing(facts, day)
            for person_id, module, facts in self.facts(connection, people, modules)
        }

    def renewed(
        self, connection: Connection, person_id: UUID, module: str, day: date
    ) -> due.Standing:
        """Standing on a day with a fact of this transaction; today's is kept in place of what was.

        What was kept is held first: whoever changes another fact meanwhile forgets it afterwards.
        """
        stay_out_of(connection, RENEWING)
        one = {"of_person": person_id, "of_module": module}
        is_kept = day == self.today() and bool(read_in(connection, _HELD, one))
        ((_, _, facts),) = self.facts(connection, [person_id], [module])
        if is_kept:
            dates = due.cached_dates(facts, day)
            values = {f"new_{name}": getattr(dates, name) for name in _DATES}
            write_in(connection, _RENEW, {**one, **values})
        return due.standing(facts, day)

    def dates(self, person_id: UUID, modules: Sequence[str], day: date) -> dict[str, due.Dates]:
        """The dates of one person's standing, from the facts."""
        with self.database.reading() as connection:
            facts = list(self.facts(connection, [person_id], modules))
        return {module: due.cached_dates(one, day) for _, module, one in facts}

    def cached(
        self,
        connection: Connection,
        people: Sequence[UUID],
        modules: Sequence[str],
        day: date | None = None,
    ) -> dict[tuple[UUID, str], due.Dates]:
        """The dates of standing, from the cache as far as it reaches, else from the facts."""
        day = day or self.today()
        found: dict[tuple[UUID, str], due.Dates] = {}
        for chunk in chunks(people):
            given = {"people": chunk, "modules": modules, "day": day}
            for person_id, module, *dates in read_in(connection, _CACHED, given):
                found[person_id, module] = due.Dates(*dates)
        missing = list(
            dict.fromkeys(p for p in people if any((p, module) not in found for module in modules))
        )
        if not missing:
            return found
        for person_id, module, facts in self.facts(connection, missing, modules):
            if (person_id, module) not in found:
                found[person_id, module] = due.cached_dates(facts, day)
        return found

    def _facts_of(
        self,
        connection: Connection,
        people: list[UUID],
        modules: Sequence[str],
        rules: Mapping[str, tuple[due.Requirement, ...]],
    ) -> Iterator[tuple[UUID, str, due.Facts]]:
        here = _here(connection, people)
        requests = self._grouped(connection, _REQUESTS, here.requested, _request)
        passes = self._grouped(connection, _PASSES, people, _pass)
        granted = self._grouped(connection, _GRANTED, here.granted, _dispensation)
        for person_id in people:
            mine = tuple(here.posts[person_id])
            for_all = granted.get((person_id, ""), ())
            for module in modules:
                key = (person_id, module)
                yield (
                    person_id,
                    module,
                    due.Facts(
                        posts=mine,
                        requirements=tuple(
                            rule
                            for rule in rules.get(module, ())
                            if any(rule.covers(held) for held in mine)
                        ),
                        requests=requests.get(key, ()),
                        passes=passes.get(key, ()),
                        dispensations=(*for_all, *granted.get(key, ())),
                        left_on=here.left.get(person_id),
                    ),
                )

    def _grouped(
        self,
        connection: Connection,
        query: Select[Any],
        people: list[UUID],
        make: Callable[[Row[Any]], tuple[str, Fact]],
    ) -> dict[tuple[UUID, str], tuple[Fact, ...]]:
        found: dict[tuple[UUID, str], list[Fact]] = defaultdict(list)
        for row in read_in(connection, query, {"people": people}) if people else ():
            module, value = make(row)
            found[row.person_id, module].append(value)
        return {key: tuple(values) for key, values in found.items()}

    def to_look_at(
        self, connection: Connection, modules: Sequence[str], day: date
    ) -> Sequence[UUID]:
        """Of whom a notice may be owed on a day: the ladder said so, or has not looked yet."""
        given = {"day": day, "modules": len(modules)}
        return [row.id for row in read_in(connection, _TO_LOOK_AT, given)]

    def forget_looks(self, connection: Connection) -> None:
        """Have the ladder look at everybody anew: it is another one now."""
        connection.execute(update(standing_cache).values(look_on=None))

    def renew_cache(self, day: date | None = None, *, everything: bool = False) -> int:
        """Make what is missing or has run out, or all of it; how many rows were written."""
        return sum(self.renewing(day, everything=everything))

    def renewing(self, day: date | None = None, *, everything: bool = False) -> Iterator[int]:
        """The same chunk by chunk, for whoever has other things to do between them."""
        day, modules = day or self.today(), self.modules()
        if not modules:
            return
        if everything:
            with self.database.writing() as connection:
                connection.execute(delete(standing_cache))
        given = {"day": day, "modules": len(modules), "most": EVERY}
        people = [row.id for row in self.database.look(_WITHOUT, given)]
        for chunk in chunks(people):
            with self.database.writing(queue=RENEWING) as connection:
                written = self._renew(connection, chunk, modules, day)
            yield written

    def renew_few(self, most: int = 1000) -> None:
        """Make what facts of today have made missing, so that a list of the cached has everybody.

        Where more people than that are missing, the night's work has not been yet: it does them.
        """
        day, modules = self.today(), self.modules()
        with self.database.reading() as connection:
            if _is_whole(connection, day, len(modules)):
                return
            given = {"day": day, "modules": len(modules), "most": most + 1}
            people = [row.id for row in read_in(connection, _WITHOUT, given)]
        if not modules or len(people) > most:
            return
        for chunk in chunks(people):
            with self.database.writing(queue=RENEWING) as connection:
                self._renew(connection, chunk, modules, day)

    def _renew(
        self, connection: Connection, chunk: list[UUID], modules: Sequence[str], day: date
    ) -> int:
        return self.keep(
            connection,
            chunk,
            [
                (person_id, module, due.cached_dates(facts, day), None)
                for person_id, module, facts in self.facts(connection, chunk, modules)
            ],
        )

    def keep(
        self,
        connection: Connection,
        people: list[UUID],
        made: Iterable[tuple[UUID, str, due.Dates, date | None]],
    ) -> int:
        """Cache these dates, each with the day of the next look, in place of what there was.

        Called in the transaction in which the facts were read.
        """
        write_in(connection, _FORGET, {"people": people})
        rows = [
            {"person_id": person_id, "module": module, "look_on": look_on}
            | {name: getattr(dates, name) for name in _DATES}
            for person_id, module, dates, look_on in made
        ]
        write_in(connection, _KEEP, rows)
        return len(rows)


def _is_whole(connection: Connection, day: date, modules: int) -> bool:
    """Whether all dates are cached for a day, by two counts, which takes a tenth as long."""
    ((kept, people),) = read_in(connection, _COUNTS, {"day": day})
    return bool(kept == people * modules)


def forget(connection: Connection, people: Collection[UUID] | Select[Any] | None = None) -> None:
    """A fact of these people has changed, or of everybody: their dates are worked out anew.

    Called in the transaction of the change, so that no cached date outlives its fact.
    """
    stay_out_of(connection, RENEWING)
    if people is None:
        connection.execute(delete(standing_cache))
    elif isinstance(people, Select):
        connection.execute(delete(standing_cache).where(standing_cache.c.person_id.in_(people)))
    else:
        for chunk in chunks(people):
            write_in(connection, _FORGET, {"people": chunk})


def forget_one(connection: Connection, person_id: UUID, module: str) -> None:
    """The same of one person, where the fact has to do with one module alone."""
    stay_out_of(connection, RENEWING)
    write_in(connection, _FORGET_ONE, {"of_person": person_id, "of_module": module})


def look_again(connection: Connection, module: str, people: Select[Any]) -> None:
    """More is asked of these people in a module: the ladder looks at them the next time."""
    connection.execute(
        update(standing_cache)
        .where(standing_cache.c.module == module, standing_cache.c.person_id.in_(people))
        .values(look_on=None)
    )


def state_column(day: date) -> ColumnElement[str]:
    """The state on a day as SQL."""
    return _state(lambda bound: bound.limit(day))


def limits_of(day: date) -> dict[str, date]:
    """What is given to a statement in which STATE is."""
    return {_limit(bound): bound.limit(day) for _, bounds in due.RANGES for bound in bounds}


def _limit(bound: due.Bound) -> str:
    return f"day_{bound.shift}"


def _state(limit: Callable[[due.Bound], Any]) -> ColumnElement[str]:
    """Made from the same list of boundaries as the pure rules."""
    whens = [
        (
            and_(*(bound.compare(standing_cache.c[bound.name], limit(bound)) for bound in bounds)),
            state.value,
        )
        for state, bounds in due.RANGES
        if bounds
    ]
    last = due.RANGES[-1][0].value
    return case(*whens, else_=last)


def requirements_by_module(connection: Connection) -> dict[str, tuple[due.Requirement, ...]]:
    """Every requirement there ever was, by module: they are few."""
    return by_module(connection.execute(_RULES))


def by_module(rows: Iterable[Row[Any]]) -> dict[str, tuple[due.Requirement, ...]]:
    """Rows of requirements as the pure rules take them, by module."""
    found: dict[str, list[due.Requirement]] = defaultdict(list)
    for row in rows:
        found[row.module].append(as_rule(row, row.path))
    return {module: tuple(rules) for module, rules in found.items()}


def as_rule(row: Row[Any], path: str) -> due.Requirement:
    """A requirement's row as the pure rules take it."""
    return due.Requirement(
        id=row.id,
        unit=path,
        saved_on=row.saved_on,
        changed_on=row.changed_on,
        job=row.job,
        **due.terms_of(row),
    )


def chunks(many: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """People, or whatever else, in portions that a statement can name."""
    portion: list[Item] = []
    for one in many:
        portion.append(one)
        if len(portion) == size:
            yield portion
            portion = []
    if portion:
        yield portion


# The state on whatever day is given.
STATE = _state(lambda bound: bindparam(_limit(bound))).label("state")
_DATES = tuple(due.Dates.__dataclass_fields__)
DATES = tuple(standing_cache.c[name] for name in _DATES)  # as `due.Dates` takes them

# Made ready once, and read for whichever people are given.
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
_KEEP = insert(standing_cache)
_FORGET = delete(standing_cache).where(standing_cache.c.person_id.in_(_PEOPLE))
_THE_ONE = (
    standing_cache.c.person_id == bindparam("of_person"),
    standing_cache.c.module == bindparam("of_module"),
)
_HELD = select(standing_cache.c.person_id).where(*_THE_ONE).with_for_update()
_RENEW = (
    update(standing_cache)
    .where(*_THE_ONE)
    .values(look_on=None, **{name: bindparam(f"new_{name}") for name in _DATES})
)
_FORGET_ONE = delete(standing_cache).where(*_THE_ONE)
_RULES = select(requirement, unit.c.path).join(unit, unit.c.id == requirement.c.unit_id)
_CACHED = select(
    standing_cache.c.person_id,
    standing_cache.c.module,
    *DATES,
).where(
    standing_cache.c.person_id.in_(_PEOPLE),
    standing_cache.c.module.in_(bindparam("modules", expanding=True)),
    standing_cache.c.holds_to >= bindparam("day"),
)
# People whose dates are all there and reach to a day.
_HOLDING = (
    select(standing_cache.c.person_id)
    .where(standing_cache.c.holds_to >= bindparam("day"))
    .group_by(standing_cache.c.person_id)
    .having(func.count() >= bindparam("modules"))
)
_WITHOUT = (
    select(person.c.id)
    .where(person.c.id.not_in(_HOLDING))
    .order_by(person.c.id)
    .limit(bindparam("most"))
)
_COUNTS = select(
    select(func.count())
    .where(standing_cache.c.holds_to >= bindparam("day"))
    .scalar_subquery()
    .label("kept"),
    select(func.count()).select_from(person).scalar_subquery().label("people"),
)
_WAITING = select(standing_cache.c.person_id).where(
    or_(standing_cache.c.look_on.is_(None), standing_cache.c.look_on <= bindparam("day"))
)
_TO_LOOK_AT = (
    select(person.c.id)
    .where(
        is_here(bindparam("day", type_=Date)),
        or_(person.c.id.in_(_WAITING), person.c.id.not_in(_HOLDING)),
    )
    .order_by(person.c.id)
)
_POSTS = (
    select(
        person.c.id.label("person_id"),
        person.c.left_on,
        unit.c.path,
        post.c.job,
        post.c.starts_on,
        post.c.ends_on,
        post.c.recorded_on,
        exists().where(request.c.person_id == person.c.id).label("has_requests"),
        exists().where(dispensation.c.person_id == person.c.id).label("has_grants"),
    )
    .outerjoin(post, and_(post.c.person_id == person.c.id, post.c.job != GUEST))
    .outerjoin(unit, unit.c.id == post.c.unit_id)
    .where(person.c.id.in_(_PEOPLE))
)
_REQUESTS = select(request).where(request.c.person_id.in_(_PEOPLE))
_PASSES = PASSES.where(attempt.c.person_id.in_(_PEOPLE))
_GRANTED = select(dispensation).where(
    dispensation.c.withdrawn_on.is_(None), dispensation.c.person_id.in_(_PEOPLE)
)


@dataclass(frozen=True)
class _Here:
    """When people left, their posts, and of whom more is to be read: of most it is not."""

    left: dict[UUID, date | None]
    posts: defaultdict[UUID, list[due.Post]]
    requested: list[UUID]
    granted: list[UUID]


def _here(connection: Connection, people: Sequence[UUID]) -> _Here:
    """Of a guest's no posts: rules are for who works here."""
    left: dict[UUID, date | None] = {}
    posts: defaultdict[UUID, list[due.Post]] = defaultdict(list)
    requested, granted = dict[UUID, None](), dict[UUID, None]()
    for row in read_in(connection, _POSTS, {"people": people}):
        left[row.person_id] = row.left_on
        if row.path is not None:
            held = due.Post(row.path, row.job, row.starts_on, row.ends_on, row.recorded_on)
            posts[row.person_id].append(held)
        if row.has_requests:
            requested[row.person_id] = None
        if row.has_grants:
            granted[row.person_id] = None
    return _Here(left, posts, list(requested), list(granted))


def _request(row: Row[Any]) -> tuple[str, due.Request]:
    return row.module, due.Request(row.id, row.made_on, row.due_on, row.withdrawn_on)


def _pass(row: Row[Any]) -> tuple[str, date]:
    return row.module, london_day(row.submitted_at)


def _dispensation(row: Row[Any]) -> tuple[str, due.Dispensation]:
    granted = due.Dispensation(_KINDS[row.kind], row.made_on, row.starts_on, row.ends_on)
    return row.module or "", granted
