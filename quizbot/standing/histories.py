"""What people's passes have to do with a change: the facts for the pure rules, by chunks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select

from questions.kinds import Question
from questions.panel import Kind, print_of
from questions.register import RuleChange
from questions.touching import Touch, is_own, touched
from quizbot.clock import london_day
from quizbot.editions.editions import Editions
from quizbot.rules import updates
from quizbot.rules.scope import met, read_scope
from quizbot.rules.updates import ChangeHistory, Took
from quizbot.standing.standings import chunks
from quizbot.store.counted import PASSES, is_held_right, is_update
from quizbot.store.database import read_in
from quizbot.store.tables import answer, attempt

_PEOPLE = attempt.c.person_id.in_(bindparam("people", expanding=True))
_MODULES = attempt.c.module.in_(bindparam("modules", expanding=True))
_ATTEMPTS = answer.c.attempt_id.in_(bindparam("attempts", expanding=True))
# Made ready once, and read for whichever people are given.
_PASSED = PASSES.add_columns(attempt.c.id, attempt.c.edition_id).where(_PEOPLE, _MODULES)
_ANSWERED = select(answer.c.attempt_id, answer.c.question_id, is_held_right()).where(
    _ATTEMPTS, answer.c.question_id.in_(bindparam("questions", expanding=True))
)
_UPDATED = (
    select(
        attempt.c.id,
        attempt.c.person_id,
        attempt.c.scope,
        attempt.c.submitted_at,
        is_held_right(),
    )
    .join(answer, answer.c.attempt_id == attempt.c.id)
    .where(_PEOPLE, _MODULES, is_update(), attempt.c.submitted_at.is_not(None))
    .order_by(attempt.c.id, answer.c.number)
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


def shown_on(
    connection: Connection,
    asked: Sequence[Points],
    modules: Sequence[str],
    people: Iterable[UUID],
) -> dict[tuple[str, UUID], date]:
    """The first day on which each of these people showed each of the changes; others are left out.

    However many changes there are, they are read together: three queries a chunk of people.
    """
    found: dict[tuple[str, UUID], date] = {}
    for chunk in chunks(people):
        given = {"people": chunk, "modules": modules}
        took = _took(connection, asked, read_in(connection, _PASSED, given))
        updated = _updated(read_in(connection, _UPDATED, given))
        for points in asked:
            for person_id in chunk:
                key = (points.change.id, person_id)
                history = ChangeHistory(tuple(took[key]), (), tuple(updated[key]))
                if (day := updates.met_on(history)) is not None:
                    found[key] = day
    return found


def _took(
    connection: Connection, asked: Sequence[Points], passes: Sequence[Row[Any]]
) -> Mapping[tuple[str, UUID], list[Took]]:
    """The passes in which a change's own questions were asked, by change and person."""
    editions = {row.edition_id for row in passes}
    own = {
        (points.change.id, edition_id): points.in_edition(edition_id).own
        for points in asked
        for edition_id in editions
    }
    wanted = frozenset[str]().union(*own.values())
    given: defaultdict[UUID, dict[str, bool]] = defaultdict(dict)
    if wanted:
        with_own = {edition_id for (_, edition_id), ids in own.items() if ids}
        for some in chunks(row.id for row in passes if row.edition_id in with_own):
            values = {"attempts": some, "questions": sorted(wanted)}
            for one in read_in(connection, _ANSWERED, values):
                given[one.attempt_id][one.question_id] = one.is_right
    found: defaultdict[tuple[str, UUID], list[Took]] = defaultdict(list)
    for row in passes:
        if not (answers := given.get(row.id)):
            continue
        for points in asked:
            change_id = points.change.id
            right = [answers[id_] for id_ in own[change_id, row.edition_id] if id_ in answers]
            if right:
                took = Took(row.module, london_day(row.submitted_at), right=all(right))
                found[change_id, row.person_id].append(took)
    return found


def _updated(rows: Sequence[Row[Any]]) -> Mapping[tuple[str, UUID], list[date]]:
    """The days on which people's updates had every question of a change right."""
    found: defaultdict[tuple[str, UUID], list[date]] = defaultdict(list)
    for _, answered in groupby(rows, attrgetter("id")):
        given = list(answered)
        first = given[0]
        for change_id in met(read_scope(first.scope), [row.is_right for row in given]):
            found[change_id, first.person_id].append(london_day(first.submitted_at))
    return found
