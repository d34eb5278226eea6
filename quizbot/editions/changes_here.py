"""Changes of guidance that leads enter here: of a local procedure, or before a release has them.

What is entered joins the register. Each questionnaire that it touches gets a new edition, in which
the touched questions wait from the day of the new rule until somebody has decided of them.
"""

import hashlib
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from questions.changing import weigh
from questions.lint.mix import has_place
from questions.made_here import unfitted
from questions.module import Module
from questions.place import Place
from questions.register import (
    HERE,
    ChangeKind,
    Doubt,
    LocalChange,
    Register,
    RuleChange,
    shipped_register,
)
from questions.touching import document_of, fitted
from quizbot.access import must_lead_all
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Editions, resolve
from quizbot.errors import Mend, NotFound, OutOfDate, Refused
from quizbot.rules.pick import Mode, why_not
from quizbot.store.audit import Audit
from quizbot.store.database import Database
from quizbot.store.tables import change_action, change_entered, person
from quizbot.words import is_showable, to_mend

FRESH = 5.0  # seconds in which nobody asks the database again
AHEAD = timedelta(days=5 * 366)
EARLIEST = date(1989, 1, 1)  # no procedure of ours is older than the Children Act
LONGEST = {"after": 120, "was": 400, "now": 400, "matters": 300, "has_read": 500}
MISSING = {
    "after": "Say which text has the new rule, as the text calls itself: a version or a day",
    "was": "Say what was right before, in a sentence",
    "now": "Say what is right now, in a sentence",
    "matters": "Say what people are to do differently, in a sentence",
    "has_read": "Say which text you have read",
}
KINDS = (ChangeKind.REVERSED, ChangeKind.NEW_DUTY, ChangeKind.WORDING)


@dataclass
class RegisterHere:
    """The shipped register with what leads entered; what one process keeps reaches all in seconds.

    Where the database is away, it says what it said.
    """

    database: Database
    _kept: Register | None = None
    _entered: tuple[str, ...] = ()
    _next: float = 0.0

    def read(self, *, at_once: bool = False) -> Register:
        """The register as it is now; the same object as long as nothing was entered."""
        if self._kept is not None and time.monotonic() < self._next and not at_once:
            return self._kept
        self._next = time.monotonic() + FRESH
        query = select(change_entered.c.content).where(change_entered.c.withdrawn_at.is_(None))
        try:
            with self.database.reading() as connection:
                entered = tuple(
                    connection.execute(query.order_by(change_entered.c.change)).scalars()
                )
        except (SQLAlchemyError, Refused):
            return self._kept or shipped_register()
        if self._kept is None or entered != self._entered:
            local = map(LocalChange.model_validate_json, entered)
            self._kept = shipped_register().with_local(local) if entered else shipped_register()
            self._entered = entered
        return self._kept


@dataclass(frozen=True)
class CitingQuestion:
    """A question as it is listed below the place that it cites."""

    question_id: str
    ask: str
    title: str


@dataclass(frozen=True)
class CitedDocument:
    """A source that is cited here: where in it, by which questions; "" where that has no number."""

    id: str
    title: str
    by_place: Mapping[str, tuple[CitingQuestion, ...]]

    @cached_property
    def questions(self) -> frozenset[str]:
        """The ids of all that cite it."""
        return frozenset(one.question_id for lines in self.by_place.values() for one in lines)


@dataclass(frozen=True, kw_only=True)
class ChangeToEnter:
    """What a lead means to enter of a source: was, now, from when, and what rests on it."""

    source: str
    after: str
    in_force: date
    questions: tuple[str, ...]
    was: str
    now: str
    matters: str
    kind: ChangeKind
    roles: tuple[str, ...]
    has_read: str

    @cached_property
    def fingerprint(self) -> str:
        """Binds what is entered to what was looked at."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class EnteringPreview:
    """What entering a change would do: which questions would wait, and what no longer counts."""

    touched: tuple[CitingQuestion, ...]
    waits_from: date
    no_more: tuple[tuple[str, str], ...]  # questionnaires that would be practice only, and why
    to_sign: tuple[str, ...]  # those whose new edition a lead has to sign before it counts


@dataclass(frozen=True)
class EnteredBy:
    """Who entered a change, and when."""

    name: str
    at: datetime


@dataclass(frozen=True)
class ChangesHere:
    """Entering changes of guidance and taking them back; who may is decided here."""

    database: Database
    editions: Editions
    audit: Audit
    place: Place
    register: RegisterHere
    now: Clock
    _whole: list[tuple[object, tuple[CitedDocument, ...]]] = field(default_factory=list, init=False)

    def documents(self, lead_id: UUID) -> tuple[CitedDocument, ...]:
        """Every source that a question here cites, those that most cite first."""
        self._must_lead(lead_id)
        current = self.editions.all_current()
        key = tuple(edition.id for edition in current)
        if not self._whole or self._whole[0][0] != key:
            titled = {id_: one.title for id_, one in shipped_register().sources.items()}
            found = tuple(_documents([edition.module for edition in current], titled))
            self._whole[:] = [(key, found)]
        return self._whole[0][1]

    def document(self, lead_id: UUID, source: str) -> CitedDocument:
        """One of them; NotFound where nothing here cites it."""
        for one in self.documents(lead_id):
            if one.id == source:
                return one
        raise NotFound("No question here cites such a source.")

    def preview(self, lead_id: UUID, draft: ChangeToEnter) -> EnteringPreview:
        """What entering it would do; Mend with what is wrong in it, by field."""
        document = self.document(lead_id, draft.source)
        today = london_day(self.now())
        if faults := dict(_faults(draft, document, today)):
            raise Mend(**faults)
        change = _change_of(draft, "here-preview")
        register = self.register.read(at_once=True)
        tried = register.with_local([LocalChange(change=change, source_title=document.title)])
        modules = [edition.module for edition in self.editions.all_current()]
        titles = {module.id: module.title for module in modules}
        weighed = weigh(change, modules, self.place.is_on, today)
        day = max(today, draft.in_force)
        changed = list(self._refitted(tried))
        return EnteringPreview(
            touched=tuple(
                CitingQuestion(one.question.id, one.question.ask, titles[one.module])
                for one in weighed.touched
                if one.question.withdrawn is None
            ),
            waits_from=draft.in_force,
            no_more=tuple(
                (new.title, why)
                for old, new in changed
                if (why := why_not(resolve(new, self.place), Mode.ASSURED, day))
                and not why_not(resolve(old, self.place), Mode.ASSURED, day)
            ),
            to_sign=tuple(new.title for _, new in changed if self.editions.signature_needed),
        )

    def enter(self, lead_id: UUID, draft: ChangeToEnter, seen: str) -> str:
        """Put a previewed change into the register and publish what it touches; the change's id."""
        if seen != draft.fingerprint:
            raise OutOfDate("This was changed after its preview: look at the preview again.")
        self.preview(lead_id, draft)
        document = self.document(lead_id, draft.source)
        with self.database.writing(queue="publish") as connection:
            must_lead_all(connection, lead_id, london_day(self.now()))
            # Those taken back as well: decisions may still name them.
            taken = set(connection.execute(select(change_entered.c.change)).scalars())
            change = _change_of(draft, _new_name(draft.matters, taken))
            kept = LocalChange(change=change, source_title=document.title)
            connection.execute(
                insert(change_entered).values(
                    change=change.id,
                    content=kept.model_dump_json(by_alias=True),
                    made_at=self.now(),
                    made_by=lead_id,
                    reason="",
                )
            )
            self.audit.add(connection, lead_id, "change.enter", change.id, in_force=change.in_force)
        self._publish(lead_id)
        return change.id

    def take_back(self, lead_id: UUID, change_id: str, reason: str) -> bool:
        """Take a change out of the register; it stays on record. Whether it was still in it."""
        if not reason.strip():
            raise Mend(reason="Say why, in a few words.")
        if len(reason) > LONGEST["has_read"] or not is_showable(reason, in_lines=True):
            raise Mend(reason="Say why in a few plain words.")
        with self.database.writing(queue="publish") as connection:
            must_lead_all(connection, lead_id, london_day(self.now()))
            row = connection.execute(
                select(change_entered).where(change_entered.c.change == change_id)
            ).first()
            if row is None:
                raise NotFound("No change of this name was entered here.")
            if row.withdrawn_at is not None:
                return False
            acted = select(change_action.c.id).where(
                change_action.c.change == change_id, change_action.c.withdrawn_on.is_(None)
            )
            if connection.execute(acted).first() is not None:
                raise Mend(reason="People were told or asked of it: take that back first.")
            connection.execute(
                update(change_entered)
                .where(change_entered.c.change == change_id)
                .values(withdrawn_at=self.now(), withdrawn_by=lead_id, reason=reason.strip())
            )
            self.audit.add(connection, lead_id, "change.remove", change_id)
        self._publish(lead_id)
        return True

    def entered(self, change_id: str) -> EnteredBy | None:
        """Who entered a change that is in the register; None where it came with a release."""
        query = (
            select(person.c.name, change_entered.c.made_at)
            .join(person, person.c.id == change_entered.c.made_by)
            .where(change_entered.c.change == change_id, change_entered.c.withdrawn_at.is_(None))
        )
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        return EnteredBy(row.name, row.made_at) if row else None

    def may_enter(self, person_id: UUID) -> bool:
        """Whether somebody leads the whole partnership: a change holds for everybody."""
        try:
            self._must_lead(person_id)
        except Refused:
            return False
        return True

    def _publish(self, lead_id: UUID) -> None:
        register = self.register.read(at_once=True)
        modules = [new for _, new in self._refitted(register)]
        self.editions.publish_modules(modules, self.place, lead_id)

    def _refitted(self, register: Register) -> Iterator[tuple[Module, Module]]:
        """The modules that say something else with another register: as they are, and then."""
        for current in self.editions.all_current():
            old = self.editions.written(current)
            new, _ = fitted(unfitted(old, register), register, self.place.is_on)
            if new != old:
                yield old, new

    def _must_lead(self, person_id: UUID) -> None:
        with self.database.reading() as connection:
            must_lead_all(connection, person_id, london_day(self.now()))


def _documents(modules: Sequence[Module], titled: Mapping[str, str]) -> Iterator[CitedDocument]:
    """What questions cite; what the register has is called as it is there, on every page alike."""
    titles = dict(titled)
    citing: defaultdict[str, dict[str, dict[str, CitingQuestion]]] = defaultdict(dict)
    for module in modules:
        for question in module.asked:
            line = CitingQuestion(question.id, question.ask, module.title)
            for cited in question.sources:
                if cited.id not in module.sources:
                    continue
                document = document_of(cited.id, module.sources)
                titles.setdefault(document, module.sources[cited.id].title)
                place = cited.at if has_place(cited.at) else ""
                citing[document].setdefault(place, {})[question.id] = line
    found = [
        CitedDocument(
            name,
            titles[name],
            {place: tuple(places[place].values()) for place in sorted(places, key=_numbered)},
        )
        for name, places in citing.items()
    ]
    yield from sorted(found, key=lambda one: (-len(one.questions), one.title))


def _numbered(place: str) -> list[tuple[int, str]]:
    """Places in the order of their numbers: 3.9 stands before 3.12."""
    parts = re.findall(r"\d+|\D+", place)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _faults(
    draft: ChangeToEnter, document: CitedDocument, today: date
) -> Iterator[tuple[str, str]]:
    for name, longest in LONGEST.items():
        words = getattr(draft, name)
        if trouble := to_mend(words, longest, in_lines=True):
            yield name, trouble
        elif not words.strip():
            yield name, MISSING[name]
    if draft.kind not in KINDS:
        yield "kind", "Choose what it does to people who knew the old rule"
    if draft.in_force < EARLIEST:
        yield "in_force", "This day is too long ago: check the year"
    elif draft.in_force > today + AHEAD:
        yield "in_force", "This day is more than five years ahead: check the year"
    if not {*draft.questions} <= document.questions:
        yield "questions", "Somebody changed these questions meanwhile: choose again"
    elif not draft.questions:
        yield "questions", "Tick the questions that rest on it: otherwise it would concern nobody"


def _change_of(draft: ChangeToEnter, name: str) -> RuleChange:
    return RuleChange.model_validate(
        {
            "id": name,
            "source": draft.source,
            "to": draft.after.strip(),
            "in_force": draft.in_force,
            "questions": draft.questions,
            "was": draft.was.strip(),
            "now": draft.now.strip(),
            "matters": draft.matters.strip(),
            "kind": draft.kind,
            "roles": draft.roles or ("all",),
            # Whoever enters it has read the text, and says which.
            "doubt": Doubt.NONE,
            "date_doubt": Doubt.NONE,
            "note": draft.has_read.strip(),
        }
    )


def _new_name(matters: str, taken: set[str]) -> str:
    """A name of its own in the register, of its words, as decisions in files have it."""
    words = re.findall(r"[a-z0-9]+", matters.casefold())[:7]
    slug = f"{HERE}{'-'.join(words) or 'change'}"[:55].rstrip("-")
    number, name = 2, slug
    while name in taken:
        name, number = f"{slug}-{number}", number + 1
    return name
