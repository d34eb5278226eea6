"""What people's passes have to do with a change: the facts for the pure rules, by chunks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, bindparam, or_, select

from questions.kinds import Question
from questions.panel import Kind, print_of
from questions.register import RuleChange
from questions.touching import Touch, is_own, touched
from quizbot.clock import london_day
from quizbot.editions.editions import Editions
from quizbot.rules.scope import met, read_scope
from quizbot.rules.updates import ChangeHistory, Took
from quizbot.standing.standings import chunks
from quizbot.store.counted import PASSES, is_held_right, is_update
from quizbot.store.database import read_in
from quizbot.store.tables import answer, attempt, dispensation

_PEOPLE = attempt.c.person_id.in_(bindparam("people", expanding=True))
_MODULES = attempt.c.module.in_(bindparam("modules", expanding=True))
_ATTEMPTS = answer.c.attempt_id.in_(bindparam("attempts", expanding=True))
# Made ready once, and read for whichever people are given.
_PASSED = PASSES.add_columns(attempt.c.id, attempt.c.edition_id).where(_PEOPLE, _MODULES)
_ANSWERED = select(answer.c.attempt_id, answer.c.question_id, is_held_right()).where(
    _ATTEMPTS, answer.c.question_id.in_(bindparam("questions", expanding=True))
)
_UPDATED = select(attempt.c.id, attempt.c.person_id, attempt.c.scope, attempt.c.submitted_at).where(
    _PEOPLE, _MODULES, is_update(), attempt.c.submitted_at.is_not(None)
)
_RIGHT = select(answer.c.attempt_id, is_held_right()).where(_ATTEMPTS).order_by(answer.c.number)
_LEARNED = select(dispensation.c.person_id, dispensation.c.module, dispensation.c.starts_on).where(
    dispensation.c.person_id.in_(bindparam("people", expanding=True)),
    dispensation.c.kind == "learning",
    dispensation.c.withdrawn_on.is_(None),
    or_(
        dispensation.c.module.is_(None),
        dispensation.c.module.in_(bindparam("modules", expanding=True)),
    ),
)


@dataclass(frozen=True)
class EditionPoints:
    """What of a change an edition asks: questions whose answer it touches, and the change's own."""

    touched: frozenset[str]
    own: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Every question that matters for the change."""
        return self.touched | self.own


@dataclass(frozen=True)
class Points:
    """What each edition asks of a change, as it was published: a pass rested on what it asked then.

    A question that is the change's own today was so before anybody said it, if it was the same.
    """

    change: RuleChange
    editions: Editions
    own: Mapping[str, str]  # with what is asked and right in each
    _asked: dict[UUID, EditionPoints] = field(default_factory=dict)

    @classmethod
    def of(cls, change: RuleChange, editions: Editions) -> "Points":
        """The points of a change, its own questions by the editions of today."""
        own = {
            question.id: print_of(question, Kind.INFORMED)
            for edition in editions.all_current()
            for question in edition.module.questions
            if is_own(question, change.id)
        }
        return cls(change, editions, own)

    def in_edition(self, edition_id: UUID) -> EditionPoints:
        """What one edition asks of the change."""
        if edition_id not in self._asked:
            module = self.editions.by_id(edition_id).module
            found = touched(self.change, module)
            self._asked[edition_id] = EditionPoints(
                frozenset(id_ for id_, how in found.items() if how is Touch.ANSWER),
                frozenset(question.id for question in module.questions if self._is_own(question)),
            )
        return self._asked[edition_id]

    def _is_own(self, question: Question) -> bool:
        is_same = question.id in self.own and self.own[question.id] == print_of(
            question, Kind.INFORMED
        )
        return is_same or is_own(question, self.change.id)


def histories(
    connection: Connection, points: Points, modules: Iterable[str], people: Iterable[UUID]
) -> Iterator[tuple[UUID, ChangeHistory]]:
    """What each of these people passed and learned in the modules; five queries a chunk at most."""
    modules = tuple(modules)
    for chunk in chunks(people):
        passes = _passes(connection, points, modules, chunk)
        learned = _learned(connection, modules, chunk)
        updates = updates_of(connection, points.change.id, modules, chunk)
        for person_id in chunk:
            yield (
                person_id,
                ChangeHistory(
                    tuple(passes.get(person_id, ())),
                    tuple(learned.get(person_id, ())),
                    tuple(updates.get(person_id, ())),
                ),
            )


def _passes(
    connection: Connection, points: Points, modules: tuple[str, ...], people: list[UUID]
) -> Mapping[UUID, list[Took]]:
    rows = read_in(connection, _PASSED, {"people": people, "modules": modules})
    editions = {row.edition_id for row in rows}
    interesting = frozenset[str]().union(*(points.in_edition(one).all for one in editions))
    asked: defaultdict[UUID, dict[str, bool]] = defaultdict(dict)
    if interesting:
        for some in chunks(row.id for row in rows):
            given = {"attempts": some, "questions": sorted(interesting)}
            for one in read_in(connection, _ANSWERED, given):
                asked[one.attempt_id][one.question_id] = one.is_right
    found: defaultdict[UUID, list[Took]] = defaultdict(list)
    for row in rows:
        mine = asked.get(row.id, {})
        edition = points.in_edition(row.edition_id)
        own = [is_right for id_, is_right in mine.items() if id_ in edition.own]
        found[row.person_id].append(
            Took(
                module=row.module,
                on=london_day(row.submitted_at),
                rested=not edition.touched.isdisjoint(mine),
                right=all(own) if own else None,
            )
        )
    return found


def updates_of(
    connection: Connection, change_id: str, modules: tuple[str, ...], people: list[UUID]
) -> Mapping[UUID, list[date]]:
    """The days on which people's updates had every question of a change right."""
    taken = read_in(connection, _UPDATED, {"people": people, "modules": modules})
    rows = [row for row in taken if any(p.change == change_id for p in read_scope(row.scope))]
    right: defaultdict[UUID, list[bool]] = defaultdict(list)
    for some in chunks(row.id for row in rows):
        for given in read_in(connection, _RIGHT, {"attempts": some}):
            right[given.attempt_id].append(given.is_right)
    found: defaultdict[UUID, list[date]] = defaultdict(list)
    for row in rows:
        if change_id in met(read_scope(row.scope), right[row.id]):
            found[row.person_id].append(london_day(row.submitted_at))
    return found


def _learned(
    connection: Connection, modules: tuple[str, ...], people: list[UUID]
) -> Mapping[UUID, list[tuple[str, date]]]:
    rows = read_in(connection, _LEARNED, {"people": people, "modules": modules})
    found: defaultdict[UUID, list[tuple[str, date]]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append((row.module or "", row.starts_on))
    return found
