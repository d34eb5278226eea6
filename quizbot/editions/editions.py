"""Editions: modules as published, immutable; publishing; which one is current."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, insert, select

from questions.bank import Bank
from questions.checks import misfit
from questions.kinds import Question
from questions.module import Module
from questions.place import Place
from questions.register import Register, shipped_register
from quizbot.clock import Clock, london_day
from quizbot.editions.comparing import Difference, differences
from quizbot.errors import NotFound, OutOfDate
from quizbot.rules import retakes
from quizbot.rules.outcome import rule_in_words
from quizbot.rules.pick import Mode, why_not
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import bank_text, edition, new_id, person, publication, signature
from quizbot.words import is_showable

# The order in which a family meets the procedures; other modules follow by title.
ORDER = (
    "referrals",
    "assessments",
    "strategy-discussions",
    "section-47",
    "conferences",
    "core-groups",
    "information-sharing",
    "learning-from-reviews",
)

UNSIGNED = "No safeguarding lead has signed this edition yet, and this partnership asks for that."

LATEST = (
    select(
        publication.c.module,
        publication.c.edition_id,
        func.row_number()
        .over(
            partition_by=publication.c.module,
            order_by=(publication.c.published_at.desc(), publication.c.id.desc()),
        )
        .label("place"),
    )
).subquery()
_CURRENT = select(LATEST.c.module, LATEST.c.edition_id).where(LATEST.c.place == 1)
_CURRENT_OF = (
    select(publication.c.edition_id)
    .where(publication.c.module == bindparam("module"))
    .order_by(publication.c.published_at.desc(), publication.c.id.desc())
    .limit(1)
)
_CONTENT = select(
    edition.c.id, edition.c.label, edition.c.fingerprint, edition.c.content, edition.c.made_at
)


@dataclass(frozen=True)
class Edition:
    """A published module in memory; never changes, so whatever is made from it may be kept."""

    id: UUID
    label: str
    fingerprint: str
    module: Module

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Every question by its id."""
        return {question.id: question for question in self.module.questions}

    @cached_property
    def reading_order(self) -> tuple[Question, ...]:
        """Every question as somebody reads an edition: objective by objective."""
        places = {objective: at for at, objective in enumerate(self.module.objectives)}
        return tuple(sorted(self.module.questions, key=lambda q: places[q.objective]))


@dataclass(frozen=True)
class BankPublished:
    """What publishing one bank did."""

    module: str
    label: str
    is_new: bool


@dataclass(frozen=True)
class Offer:
    """A module as offered today: in assured mode too, or why practice only."""

    edition: Edition
    practice_only: str
    cannot_practise: str

    @property
    def module(self) -> Module:
        """The module offered."""
        return self.edition.module

    @property
    def rule(self) -> str:
        """The pass rule in words."""
        return rule_in_words(self.module)

    @property
    def retakes(self) -> str:
        """How long another attempt waits after some that were not passed, in words."""
        return retakes.rule(self.module)

    @property
    def questions_asked(self) -> int:
        """How many questions one attempt has."""
        return len(self.module.objectives) * self.module.questions_per_objective


@dataclass(frozen=True)
class History:
    """One publication: which edition was put before people, when, and by whom."""

    edition_id: UUID
    module: str
    title: str
    label: str
    fingerprint: str
    published_at: datetime
    published_by: str
    before: UUID | None
    is_current: bool


MOST_READ = 16  # modules
_READ: dict[str, Module] = {}


def _read(content: str) -> Module:
    """An edition's module; those read before a process forks are held by all of them together.

    It is kept by its fingerprint: the text is as long again as what is made of it.
    """
    key = _fingerprint(content)
    found = _READ.get(key)
    if found is None:
        if len(_READ) >= MOST_READ:
            _READ.clear()
        found = _READ[key] = Module.model_validate_json(content)
    return found


@dataclass(frozen=True)
class Editions:
    """Publishing and reading editions; contents are loaded on first use and kept."""

    database: Database
    audit: Audit
    now: Clock
    signature_needed: bool = False
    register: Callable[[], Register] = shipped_register  # read when it is first needed
    _loaded: dict[UUID, Edition] = field(default_factory=dict)
    _refusals: dict[tuple[UUID, Mode, date], str] = field(default_factory=dict)

    def by_id(self, edition_id: UUID) -> Edition:
        """An edition that is known to exist."""
        loaded = self._loaded.get(edition_id)
        if loaded is None:
            with self.database.reading() as connection:
                row = connection.execute(_CONTENT.where(edition.c.id == edition_id)).first()
            if row is None:
                raise NotFound("This edition is not here any more.")
            module = _read(row.content)
            loaded = Edition(row.id, row.label, row.fingerprint, module)
            self._loaded[edition_id] = loaded
        return loaded

    def current(self, module: str) -> Edition:
        """What a new attempt at a module is made from."""
        if not (module.isascii() and is_showable(module)):
            raise NotFound("There is no such questionnaire.")  # nor could a database be asked
        row = self.database.glance(_CURRENT_OF, {"module": module})
        if row is None:
            raise NotFound("There is no such questionnaire.")
        return self.by_id(row.edition_id)

    def all_current(self) -> list[Edition]:
        """The current edition of every module, in the order of the procedures."""
        return self.in_order(row.edition_id for row in self.database.look(_CURRENT, {}))

    def in_order(self, edition_ids: Iterable[UUID]) -> list[Edition]:
        """Editions of several modules, in the order of the procedures."""
        known = {module: place for place, module in enumerate(ORDER)}
        editions = map(self.by_id, edition_ids)
        return sorted(editions, key=lambda e: (known.get(e.module.id, 99), e.module.title))

    def offer(self, module: str) -> Offer:
        """A module and how it can be taken today."""
        return self._offer(self.current(module))

    def offers(self) -> list[Offer]:
        """Every module and how it can be taken today."""
        return [self._offer(current) for current in self.all_current()]

    def history(self) -> list[History]:
        """Every publication, module by module, the newest first."""
        query = (
            select(publication, edition.c.label, edition.c.fingerprint, person.c.name)
            .join(edition, edition.c.id == publication.c.edition_id)
            .outerjoin(person, person.c.id == publication.c.published_by)
            .order_by(publication.c.published_at, publication.c.id)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        last: dict[str, UUID] = {}
        found: list[History] = []
        newest = {row.module: row.id for row in rows}
        for row in rows:
            found.append(
                History(
                    edition_id=row.edition_id,
                    module=row.module,
                    title=self.by_id(row.edition_id).module.title,
                    label=row.label,
                    fingerprint=row.fingerprint[:12],
                    published_at=row.published_at,
                    published_by=row.name or "the operator",
                    before=last.get(row.module),
                    is_current=newest[row.module] == row.id,
                )
            )
            last[row.module] = row.edition_id
        known = {module: place for place, module in enumerate(ORDER)}
        found.reverse()
        return sorted(found, key=lambda line: (known.get(line.module, 99), line.module))

    def compared(self, before: UUID, after: UUID) -> list[Difference]:
        """What differs between two editions of one module."""
        old, new = self.by_id(before), self.by_id(after)
        if old.module.id != new.module.id:
            raise NotFound("These are editions of two different questionnaires.")
        return list(differences(old.module, new.module))

    def _offer(self, current: Edition) -> Offer:
        assured, practice = (self._refusal(current, mode) for mode in (Mode.ASSURED, Mode.PRACTICE))
        unsigned = UNSIGNED if self.signature_needed and not self.is_signed(current) else ""
        return Offer(current, practice_only=assured or unsigned, cannot_practise=practice)

    def is_signed(self, current: Edition) -> bool:
        """Whether a lead has signed what an edition says."""
        query = (
            select(signature.c.id)
            .join(edition, edition.c.content_fingerprint == signature.c.content_fingerprint)
            .where(edition.c.id == current.id, signature.c.module == current.module.id)
        )
        with self.database.reading() as connection:
            return connection.execute(query).first() is not None

    def _refusal(self, current: Edition, mode: Mode) -> str:
        key = (current.id, mode, london_day(self.now()))
        found = self._refusals.get(key)
        if found is None:
            if len(self._refusals) > 500:
                self._refusals.clear()
            found = self._refusals[key] = why_not(current.module, mode, key[2])
        return found

    def publish(
        self, banks: Iterable[Bank], place: Place, by: UUID | None = None
    ) -> list[BankPublished]:
        """Put each faultless bank before people; what has not changed is left alone."""
        return [
            self._publish(bank.module, place, by)
            for bank in banks
            if bank.module is not None and not bank.has_faults
        ]

    def publish_modules(
        self, modules: Iterable[Module], place: Place, by: UUID | None = None
    ) -> list[BankPublished]:
        """Put modules before people with a place's words; what has not changed is left alone."""
        return [self._publish(module, place, by) for module in modules]

    def publish_after(
        self,
        bank: Bank,
        place: Place,
        by: UUID,
        before: UUID | None,
        also: Callable[[Connection, UUID], None],
    ) -> BankPublished:
        """The same for one bank that was made from the edition `before`, with what goes with it.

        OutOfDate where another edition was published meanwhile; then nothing is done of `also`.
        """
        if bank.module is None or bank.has_faults:
            raise OutOfDate("It has faults: mend them first.")
        return self._publish(bank.module, place, by, only_after=(before,), also=also)

    def written(self, current: Edition) -> Module:
        """What an edition said before its slots were filled; as it is served where nobody knows."""
        query = (
            select(bank_text.c.content)
            .join(edition, edition.c.content_fingerprint == bank_text.c.content_fingerprint)
            .where(edition.c.id == current.id)
        )
        with self.database.reading() as connection:
            content = connection.execute(query).scalar()
        return current.module if content is None else _read(content)

    def keep_texts(self, banks: Iterable[Bank]) -> None:
        """Keep what banks say that were published before their text was kept."""
        packed = [_packed(_raw(bank.module)) for bank in banks if bank.module is not None]
        prints = {_fingerprint(text): text for text in packed}
        with self.database.reading() as connection:
            query = select(bank_text.c.content_fingerprint).where(
                bank_text.c.content_fingerprint.in_(prints)
            )
            known = set(connection.execute(query).scalars())
            served = set(
                connection.execute(
                    select(edition.c.content_fingerprint).where(
                        edition.c.content_fingerprint.in_(prints)
                    )
                ).scalars()
            )
        missing = (served & prints.keys()) - known
        if not missing:
            return
        with self.database.writing(queue="publish") as connection:
            for print_content in sorted(missing):
                self._keep_text(connection, print_content, prints[print_content])

    def _keep_text(self, connection: Connection, print_content: str, packed: str) -> None:
        values = {"content_fingerprint": print_content, "content": packed}
        self.database.insert_once(connection, bank_text, values)

    def unpublished(self, banks: Iterable[Bank], place: Place) -> list[str]:
        """The modules whose faultless banks say something else than people are asked."""
        served = {current.module.id: current.fingerprint for current in self.all_current()}
        return [
            bank.id
            for bank in banks
            if bank.module is not None
            and not bank.has_faults
            and served.get(bank.id) != _fingerprint(_served(bank.module, place))
        ]

    def _publish(
        self,
        module: Module,
        place: Place,
        by: UUID | None,
        only_after: tuple[UUID | None, ...] = (),
        also: Callable[[Connection, UUID], None] | None = None,
    ) -> BankPublished:
        packed = _packed(_raw(module))
        content = _served(module, place)
        print_served, print_content = _fingerprint(content), _fingerprint(packed)
        with self.database.writing(queue="publish") as connection:
            latest = connection.execute(
                select(edition.c.id, edition.c.fingerprint)
                .join(LATEST, LATEST.c.edition_id == edition.c.id)
                .where(LATEST.c.module == module.id, LATEST.c.place == 1)
            ).first()
            if only_after and (latest.id if latest else None) not in only_after:
                raise OutOfDate("Another edition was published meanwhile: look at it again.")
            self._keep_text(connection, print_content, packed)
            if latest is not None and latest.fingerprint == print_served:
                if also is not None:
                    also(connection, latest.id)
                return BankPublished(module.id, module.edition, is_new=False)
            edition_id = connection.execute(
                select(edition.c.id).where(
                    edition.c.module == module.id, edition.c.fingerprint == print_served
                )
            ).scalar()
            if edition_id is None:
                edition_id = new_id()
                connection.execute(
                    insert(edition).values(
                        id=edition_id,
                        module=module.id,
                        label=module.edition,
                        fingerprint=print_served,
                        content_fingerprint=print_content,
                        content=content,
                        made_at=self.now(),
                    )
                )
            connection.execute(
                insert(publication).values(
                    id=new_id(),
                    edition_id=edition_id,
                    module=module.id,
                    published_at=self.now(),
                    published_by=by,
                )
            )
            self.audit.add(
                connection, by or OPERATOR, "edition.publish", edition_id, fingerprint=print_served
            )
            if also is not None:
                also(connection, edition_id)
        return BankPublished(module.id, module.edition, is_new=True)


def resolve(module: Module, place: Place) -> Module:
    """The module with the place's words in its slots; what cannot be asked here says why."""
    head = place.fill({"summary": module.summary, "instructions": module.instructions})
    questions = tuple(_resolved(question, place) for question in module.questions)
    return module.model_copy(update={**head.content, "questions": questions})


def _resolved(question: Question, place: Place) -> Question:
    content = question.model_dump(mode="json", by_alias=True)
    if not (question.needs or question.held or question.slots_until or place.slots_in(content)):
        return question  # as most are
    if why := misfit(question, place, content):
        return question.model_copy(update={"held": why})
    filled = place.fill(content)
    switches = [place.settings[name] for name in question.needs if name in place.settings]
    off = [name for name in question.needs if not place.is_on(name)]
    days = [day for day in (filled.until, *(s.review_by for s in switches)) if day is not None]
    held = ""
    if filled.unfilled:
        held = f"not filled in here: {', '.join(filled.unfilled)}"
    elif off:
        held = f"not switched on here: {', '.join(off)}"
    extra = {"held": held, "slots_until": min(days, default=None)}
    packed = json.dumps({**filled.content, **extra}, default=str)
    return type(question).model_validate_json(packed)


def _raw(module: Module) -> Any:
    return module.model_dump(mode="json", by_alias=True)


def _served(module: Module, place: Place) -> str:
    return _packed(resolve(module, place).model_dump(mode="json", by_alias=True))


def _packed(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _fingerprint(packed: str) -> str:
    return hashlib.sha256(packed.encode()).hexdigest()
