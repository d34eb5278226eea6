"""What managers confirm of their people's understanding: dated, withdrawn, never edited."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from questions.module import Module
from quizbot.access import leads, may_see, must_manage, team
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Edition, Editions
from quizbot.errors import NotFound, OutOfDate, Refused
from quizbot.evidence.latest_attempts import NOTHING, Latest, latest, shown_in
from quizbot.outbox.notices import Notices
from quizbot.store.audit import Audit
from quizbot.store.database import Database, read_in
from quizbot.store.tables import attestation, new_id, person, post
from quizbot.words import to_mend

LONGEST_NOTE = 300
LONGEST_COMMENT = 500

# What a manager signs. A statement never changes: new words get a new version, and what was signed
# before is shown in its own.
STATEMENTS = {
    "2026-1": (
        "I have looked at the evidence ticked here and, on the strength of it, I am satisfied"
        " today that the people named understand the areas named well enough for the work they do"
        " for me. I say nothing about other areas or about days to come. This is a record of"
        " learning: it is not for discipline or capability procedures."
    )
}
STATEMENT = "2026-1"

QUIZ, DISCUSSION, PRACTICE = "quiz", "discussion", "practice"
EVIDENCE = {
    QUIZ: "What the questionnaire showed",
    DISCUSSION: "A discussion with them",
    PRACTICE: "Practice that I have observed",
}
_MAKER = person.alias("maker")
_CONFIRMED = (
    select(attestation, person.c.name, _MAKER.c.name.label("by"))
    .join(person, person.c.id == attestation.c.person_id)
    .join(_MAKER, _MAKER.c.id == attestation.c.made_by)
    .where(attestation.c.person_id == bindparam("whose"))
    .order_by(attestation.c.made_at.desc(), attestation.c.id.desc())
)


@dataclass(frozen=True)
class AttestationDraft:
    """What a manager is about to confirm."""

    module: str
    people: tuple[UUID, ...]
    objectives: tuple[str, ...]
    evidence: tuple[str, ...]
    statement: str
    note: str = ""


@dataclass(frozen=True)
class Candidate:
    """Somebody whose understanding could be confirmed, and what the questionnaire showed."""

    person_id: UUID
    name: str
    latest: Latest
    results: Mapping[str, bool]  # by objective that was asked: whether it was shown

    @property
    def shown(self) -> frozenset[str]:
        """The objectives that the latest attempt showed."""
        return frozenset(one for one, is_shown in self.results.items() if is_shown)


@dataclass(frozen=True)
class Blank:
    """What the form for one module offers."""

    module: str
    title: str
    objectives: Mapping[str, str]
    candidates: tuple[Candidate, ...]
    version: str
    statement: str


@dataclass(frozen=True)
class Made:
    """What confirming did: whom it was written down for now, and for whom the same stood there."""

    made: int
    already: int


@dataclass(frozen=True)
class UnconfirmedPass:
    """A pass that nobody has confirmed, and which areas it showed, by their titles."""

    attempt_id: UUID
    person_id: UUID
    name: str
    module: str
    title: str
    on: date
    shown: tuple[str, ...]
    not_shown: tuple[str, ...]


@dataclass(frozen=True)
class Confirmation:
    """A manager's statement as the person and those who may see them read it."""

    attestation_id: UUID
    person_id: UUID
    name: str
    title: str
    objectives: tuple[str, ...]
    evidence: tuple[str, ...]
    version: str
    statement: str
    note: str
    by: str
    made_on: date
    withdrawn_on: date | None
    reason: str
    comment: str
    commented_on: date | None
    can_be_withdrawn: bool

    @property
    def may_comment(self) -> bool:
        """Whether the person has not said anything about it yet."""
        return self.commented_on is None


@dataclass(frozen=True)
class Attestations:
    """Confirming, withdrawing, and the person's own word; who may do which is decided here."""

    database: Database
    editions: Editions
    notices: Notices
    audit: Audit
    now: Clock

    def blank(self, manager_id: UUID, module: str) -> Blank:
        """The form for a module, with a manager's people; NotFound where there is no module."""
        edition = self.editions.current(module)
        today = self._today()
        with self.database.reading() as connection:
            must_manage(connection, manager_id, today)
            mine = team(connection, manager_id, today)
            names = connection.execute(
                select(person.c.id, person.c.name).where(person.c.id.in_(mine))
            ).all()
            found = latest(connection, [row.id for row in names], [module])
            shown = shown_in(connection, (one.attempt_id for one in found.values()))
        return Blank(
            module,
            edition.module.title,
            edition.module.objectives,
            tuple(
                _candidate(row.id, row.name, found.get((row.id, module), NOTHING), shown)
                for row in sorted(names, key=lambda row: row.name.casefold())
            ),
            STATEMENT,
            STATEMENTS[STATEMENT],
        )

    def make(self, manager_id: UUID, draft: AttestationDraft) -> Made:
        """Write a statement down for each of the people; the same twice on a day is once."""
        with self.database.writing(queue="attestations") as connection:
            made = self._make_all(connection, manager_id, draft)
        return Made(made, len(set(draft.people)) - made)

    def unconfirmed(self, manager_id: UUID) -> tuple[UnconfirmedPass, ...]:
        """What a manager's people passed lately, and nobody has confirmed: person by person."""
        with self.database.reading() as connection:
            return self._unconfirmed(connection, manager_id)

    def confirm_shown(
        self, manager_id: UUID, attempts: Collection[UUID], evidence: Sequence[str], note: str
    ) -> Made:
        """Confirm of each of these passes what it showed; OutOfDate where one is there no more."""
        with self.database.writing(queue="attestations") as connection:
            found = {one.attempt_id: one for one in self._unconfirmed(connection, manager_id)}
            if not set(attempts) <= set(found):
                raise OutOfDate("Something you ticked has changed: look at it again, then confirm.")
            drafts = [
                _draft_of(found[one], self.editions.current(found[one].module), evidence, note)
                for one in dict.fromkeys(attempts)
            ]
            made = sum(self._make_all(connection, manager_id, draft) for draft in drafts)
        return Made(made, len(drafts) - made)

    def withdraw(self, by: UUID, attestation_id: UUID, reason: str) -> UUID:
        """Take a statement back with a reason; whose it was. It stays on record."""
        if not reason.strip():
            raise Refused("Say why, in a few words: it is kept with the record.")
        _check_words(reason, LONGEST_NOTE)
        with self.database.writing(queue="attestations") as connection:
            row = connection.execute(
                select(attestation).where(attestation.c.id == attestation_id)
            ).first()
            if row is None or not self._may_withdraw(connection, by, row.made_by, row.person_id):
                raise NotFound("There is no such confirmation.")
            if row.withdrawn_at is not None:
                raise Refused("It was withdrawn before, and stays so.")
            connection.execute(
                update(attestation)
                .where(attestation.c.id == attestation_id)
                .values(withdrawn_at=self.now(), withdrawn_by=by, reason=reason.strip())
            )
            self.audit.add(
                connection, by, "attestation.withdraw", row.person_id, attestation=attestation_id
            )
        person_id: UUID = row.person_id
        return person_id

    def comment(self, person_id: UUID, attestation_id: UUID, words: str) -> None:
        """The person's own word on a statement about them: once, and not changed afterwards."""
        if not words.strip():
            raise Refused("Write a few words, or leave it as it is.")
        _check_words(words, LONGEST_COMMENT)
        with self.database.writing(queue="attestations") as connection:
            own = (attestation.c.id == attestation_id, attestation.c.person_id == person_id)
            if connection.execute(select(attestation.c.id).where(*own)).first() is None:
                raise NotFound("There is no such confirmation.")
            changed = connection.execute(
                update(attestation)
                .where(*own, attestation.c.commented_at.is_(None))
                .values(comment=words.strip(), commented_at=self.now())
            )
            if not changed.rowcount:
                raise Refused("You have commented on it before: a comment is not changed.")
            self.audit.add(
                connection,
                person_id,
                "attestation.comment",
                person_id,
                attestation=attestation_id,
            )

    def mine(self, person_id: UUID) -> tuple[Confirmation, ...]:
        """What was confirmed of somebody, for themselves, the newest first."""
        return tuple(
            _told(row, self.editions.by_id(row.edition_id), can_be_withdrawn=False)
            for row in self.database.look(_CONFIRMED, {"whose": person_id})
        )

    def one(self, viewer_id: UUID, attestation_id: UUID) -> Confirmation:
        """One statement, for the person, who made it, and those who may see the person."""
        with self.database.reading() as connection:
            row = connection.execute(
                select(attestation).where(attestation.c.id == attestation_id)
            ).first()
            if row is None or not (
                viewer_id in (row.person_id, row.made_by)
                or may_see(connection, viewer_id, row.person_id, self._today())
            ):
                raise NotFound("There is no such confirmation.")
            every = self.of(connection, viewer_id, row.person_id)
        return next(one for one in every if one.attestation_id == attestation_id)

    def of(
        self, connection: Connection, viewer_id: UUID, person_id: UUID
    ) -> tuple[Confirmation, ...]:
        """Every statement about somebody whom the viewer may see, the newest first."""
        rows = read_in(connection, _CONFIRMED, {"whose": person_id})
        may = (
            viewer_id != person_id
            and bool(rows)
            and self._answers_for(connection, viewer_id, person_id)
        )
        return tuple(
            _told(
                row,
                self.editions.by_id(row.edition_id),
                can_be_withdrawn=row.withdrawn_at is None and (may or row.made_by == viewer_id),
            )
            for row in rows
        )

    # What the public methods stand on.

    def _make_all(self, connection: Connection, manager_id: UUID, draft: AttestationDraft) -> int:
        """How many were written down."""
        edition = self.editions.current(draft.module)
        _check(draft, edition)
        must_manage(connection, manager_id, self._today())
        mine = team(connection, manager_id, self._today())
        if not set(draft.people) <= set(connection.execute(mine).scalars()):
            raise NotFound("Somebody you chose is not in your team today.")
        found = latest(connection, draft.people, [draft.module])
        known = {one: found.get((one, draft.module), NOTHING) for one in draft.people}
        self._check_quiz(connection, draft, known)
        return sum(
            self._make(connection, manager_id, person_id, draft, edition, known[person_id])
            for person_id in dict.fromkeys(draft.people)
        )

    def _unconfirmed(self, connection: Connection, manager_id: UUID) -> tuple[UnconfirmedPass, ...]:
        today = self._today()
        must_manage(connection, manager_id, today)
        mine = list(connection.execute(team(connection, manager_id, today)).scalars())
        modules = {one.module.id: one.module for one in self.editions.all_current()}
        found = {
            key: known
            for key, known in latest(connection, mine, list(modules)).items()
            if known.waits(today)
        }
        results = shown_in(connection, (known.attempt_id for known in found.values()))
        people = select(person.c.id, person.c.name).where(person.c.id.in_(mine))
        names = {row.id: row.name for row in connection.execute(people)}
        passes = [
            _pass(names[who], who, modules[module], known, results[known.attempt_id])
            for (who, module), known in found.items()
            if known.attempt_id is not None
        ]
        order = list(modules)
        return tuple(
            sorted(
                (one for one in passes if one.shown),
                key=lambda one: (one.name.casefold(), one.person_id, order.index(one.module)),
            )
        )

    def _today(self) -> date:
        return london_day(self.now())

    def _answers_for(self, connection: Connection, by: UUID, person_id: UUID) -> bool:
        """Whether somebody manages this person today, or leads where they work."""
        mine = team(connection, by, self._today()).where(post.c.person_id == person_id)
        managed = connection.execute(mine).first() is not None
        return managed or leads(connection, by, person_id, self._today())

    def _may_withdraw(
        self, connection: Connection, by: UUID, made_by: UUID, person_id: UUID
    ) -> bool:
        if person_id == by:
            return False
        return made_by == by or self._answers_for(connection, by, person_id)

    def _check_quiz(
        self, connection: Connection, draft: AttestationDraft, known: Mapping[UUID, Latest]
    ) -> None:
        """The questionnaire proves nothing that it did not show."""
        if QUIZ not in draft.evidence:
            return
        if any(one.attempt_id is None for one in known.values()):
            raise Refused(
                "Somebody you chose has not taken this questionnaire, so it is no evidence of what"
                " they understand: untick it, or them."
            )
        if draft.evidence != (QUIZ,):
            return
        shown = shown_in(connection, (one.attempt_id for one in known.values()))
        for one in known.values():
            results = shown.get(one.attempt_id, {}) if one.attempt_id else {}
            if not all(results.get(objective) for objective in draft.objectives):
                raise Refused(
                    "The questionnaire did not show all of these areas for everybody you chose:"
                    " talk with them first and tick that too, or choose fewer areas or people."
                )

    def _make(
        self,
        connection: Connection,
        manager_id: UUID,
        person_id: UUID,
        draft: AttestationDraft,
        edition: Edition,
        known: Latest,
    ) -> bool:
        objectives = tuple(one for one in edition.module.objectives if one in draft.objectives)
        said = {
            "person_id": person_id,
            "module": draft.module,
            "objectives": " ".join(objectives),
            "evidence": " ".join(one for one in EVIDENCE if one in draft.evidence),
            "statement": draft.statement,
            "note": draft.note.strip(),
            "made_by": manager_id,
        }
        same = select(attestation.c.made_at).where(
            *(attestation.c[name] == value for name, value in said.items()),
            attestation.c.withdrawn_at.is_(None),
        )
        before = connection.execute(same.order_by(attestation.c.made_at.desc())).scalar()
        if before is not None and london_day(before) == self._today():
            return False
        attestation_id = new_id()
        connection.execute(
            insert(attestation).values(
                id=attestation_id,
                **said,
                edition_id=edition.id,
                attempt_id=known.attempt_id if QUIZ in draft.evidence else None,
                made_at=self.now(),
                reason="",
                comment="",
            )
        )
        self.audit.add(
            connection,
            manager_id,
            "attestation.make",
            person_id,
            attestation=attestation_id,
            module=draft.module,
            statement=draft.statement,
        )
        self.notices.tell_confirmed(connection, attestation_id, person_id, draft.module)
        return True


def _check(draft: AttestationDraft, edition: Edition) -> None:
    if not draft.people:
        raise Refused("Choose at least one person.")
    if not draft.objectives:
        raise Refused("Choose at least one area.")
    if not set(draft.objectives) <= set(edition.module.objectives):
        raise OutOfDate("The questionnaire has changed: look at its areas again, then confirm.")
    if not draft.evidence:
        raise Refused("Tick what you have looked at.")
    if not set(draft.evidence) <= set(EVIDENCE):
        raise Refused("Tick one of the kinds of evidence shown.")
    if draft.statement != STATEMENT:
        raise OutOfDate("The statement has changed: read it again, then confirm.")
    _check_words(draft.note, LONGEST_NOTE)


def _check_words(words: str, longest: int) -> None:
    if trouble := to_mend(words.replace("\r\n", "\n"), longest, in_lines=True):
        raise Refused(f"{trouble}.")


def _candidate(
    person_id: UUID, name: str, known: Latest, shown: Mapping[UUID, Mapping[str, bool]]
) -> Candidate:
    results = shown.get(known.attempt_id, {}) if known.attempt_id else {}
    return Candidate(person_id, name, known, results)


def _pass(
    name: str, person_id: UUID, module: Module, known: Latest, results: Mapping[str, bool]
) -> UnconfirmedPass:
    assert known.attempt_id is not None
    assert known.on is not None
    asked = [(title, results[one]) for one, title in module.objectives.items() if one in results]
    return UnconfirmedPass(
        attempt_id=known.attempt_id,
        person_id=person_id,
        name=name,
        module=module.id,
        title=module.title,
        on=known.on,
        shown=tuple(title for title, is_shown in asked if is_shown),
        not_shown=tuple(title for title, is_shown in asked if not is_shown),
    )


def _draft_of(
    one: UnconfirmedPass, edition: Edition, evidence: Sequence[str], note: str
) -> AttestationDraft:
    return AttestationDraft(
        one.module,
        (one.person_id,),
        tuple(key for key, title in edition.module.objectives.items() if title in one.shown),
        tuple(evidence),
        STATEMENT,
        note,
    )


def _told(row: Row[Any], edition: Edition, *, can_be_withdrawn: bool) -> Confirmation:
    titles = edition.module.objectives
    return Confirmation(
        attestation_id=row.id,
        person_id=row.person_id,
        name=row.name,
        title=edition.module.title,
        objectives=tuple(titles[one] for one in row.objectives.split()),
        evidence=tuple(EVIDENCE[one] for one in row.evidence.split()),
        version=row.statement,
        statement=STATEMENTS[row.statement],
        note=row.note,
        by=row.by,
        made_on=london_day(row.made_at),
        withdrawn_on=_day(row.withdrawn_at),
        reason=row.reason,
        comment=row.comment,
        commented_on=_day(row.commented_at),
        can_be_withdrawn=can_be_withdrawn,
    )


def _day(at: datetime | None) -> date | None:
    return london_day(at) if at is not None else None
