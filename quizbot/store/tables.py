"""The tables, and nothing else; outside data is checked before it comes here."""

import os
import time
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> UUID:
    """A version 7 UUID: random, but in order of time, so that indexes stay compact."""
    at = time.time_ns() // 1_000_000
    bits = (at & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    return UUID(int=bits & ~(0xF << 76) & ~(3 << 62) | 7 << 76 | 2 << 62)


class Unit(SQLModel, table=True):
    """A partnership, agency or team; `path` holds the names from the top, joined by slashes."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    parent_id: UUID | None = Field(default=None, foreign_key="unit.id", index=True)
    path: str = Field(unique=True, max_length=1000)
    kind: str = Field(max_length=20)
    name: str = Field(max_length=200)
    ended_on: date | None = None


class Person(SQLModel, table=True):
    """Somebody who works with children; the address is no identity, the id is.

    A guest's `left_on`, the last day here, is known from the start.
    """

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=200)
    email: str | None = Field(default=None, unique=True, max_length=254)
    staff_ref: str | None = Field(default=None, unique=True, max_length=64)
    started_on: date
    left_on: date | None = None
    is_guest: bool = False
    sign_in_epoch: int = 0


class Post(SQLModel, table=True):
    """A person's place in a unit from a day, with a manager; several at once are usual."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    unit_id: UUID = Field(foreign_key="unit.id", index=True)
    job: str = Field(max_length=200)
    manager_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    starts_on: date
    ends_on: date | None = None
    recorded_on: date


class RoleGrant(SQLModel, table=True):
    """A dated right over a unit and all below it."""

    __tablename__ = "role_grant"
    __table_args__ = (CheckConstraint("role IN ('manager', 'lead', 'auditor')", name="role"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    unit_id: UUID = Field(foreign_key="unit.id")
    role: str = Field(max_length=20)
    starts_on: date
    ends_on: date | None = None
    made_by: UUID | None = Field(default=None, foreign_key="person.id")


class SignIn(SQLModel, table=True):
    """One asked-for sign-in; an unknown address leaves the same row, without a person.

    `epoch` is the person's at the time, and ends it; `made_by` is who printed a slip. A code that
    was refused has the kind "refused", and opens nothing.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        Index("ix_sign_in_address_key_made_at", "address_key", "made_at"),
        Index("ix_sign_in_place_key_made_at", "place_key", "made_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    address_key: str = Field(max_length=64)
    kind: str = Field(max_length=10)
    made_at: datetime
    code_hash: str | None = Field(default=None, max_length=64)
    tries: int = 0
    used_at: datetime | None = None
    epoch: int | None = None
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    place_key: str | None = Field(default=None, max_length=64)


class Edition(SQLModel, table=True):
    """A module as published: immutable, slots filled."""

    __table_args__ = (UniqueConstraint("module", "fingerprint"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    module: str = Field(max_length=64)
    label: str = Field(max_length=20)
    fingerprint: str = Field(max_length=64)
    content_fingerprint: str = Field(max_length=64)
    content: str = Field(sa_column=Column(Text, nullable=False))
    made_at: datetime


class Publication(SQLModel, table=True):
    """Which edition was put before people, when and by whom; the last one is current."""

    __table_args__ = (Index("ix_publication_module_published_at", "module", "published_at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    edition_id: UUID = Field(foreign_key="edition.id")
    module: str = Field(max_length=64)
    published_at: datetime
    published_by: UUID | None = Field(default=None, foreign_key="person.id")


OPEN = "submitted_at IS NULL AND abandoned_at IS NULL"


class Attempt(SQLModel, table=True):
    """One person's way through a module, planned at the start; nothing changes once submitted.

    With a `scope` it is an update: it asks of these changes alone, as `rules/scope.py` writes them.
    """

    __table_args__ = (
        CheckConstraint("mode IN ('practice', 'assured')", name="mode"),
        CheckConstraint("(person_id IS NULL) <> (chat_key IS NULL)", name="whose"),
        Index(
            "uq_attempt_open_person",
            "person_id",
            "module",
            "mode",
            "scope",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        Index(
            "uq_attempt_open_chat",
            "chat_key",
            unique=True,
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
        # With mode and scope, so that no practice is read through in search of what counts.
        Index("ix_attempt_person_module", "person_id", "module", "mode", "scope", "submitted_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    chat_key: str | None = Field(default=None, max_length=64)
    module: str = Field(max_length=64)
    edition_id: UUID = Field(foreign_key="edition.id")
    mode: str = Field(max_length=10)
    scope: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    plan: str = Field(sa_column=Column(Text, nullable=False))
    started_at: datetime
    submitted_at: datetime | None = None
    abandoned_at: datetime | None = None
    passed: bool | None = None
    share: float | None = None


class Answer(SQLModel, table=True):
    """A question of an attempt as answered; without a reply it was flagged, or left open."""

    attempt_id: UUID = Field(foreign_key="attempt.id", primary_key=True)
    number: int = Field(primary_key=True)
    question_id: str = Field(max_length=64)
    objective: str = Field(max_length=64)
    reply: str = Field(max_length=16)
    is_right: bool
    flagged: bool = False
    answered_at: datetime | None = None


class AttemptObjective(SQLModel, table=True):
    """What a submitted assured attempt showed of one objective.

    `counted_on` is the day on which its misconceptions were told of, together with others': once.
    """

    __tablename__ = "attempt_objective"

    attempt_id: UUID = Field(foreign_key="attempt.id", primary_key=True)
    objective: str = Field(max_length=64, primary_key=True)
    asked: int
    right_count: int
    counted_on: date | None = None


class AttemptWithdrawn(SQLModel, table=True):
    """That an attempt counts for nothing any more, and why; the attempt itself stays as it was."""

    __tablename__ = "attempt_withdrawn"

    attempt_id: UUID = Field(foreign_key="attempt.id", primary_key=True)
    withdrawn_at: datetime
    withdrawn_by: UUID | None = Field(default=None, foreign_key="person.id")
    reason: str = Field(default="", max_length=300)


class AttemptMisconception(SQLModel, table=True):
    """A misconception met in a submitted assured attempt; for five people or more together."""

    __tablename__ = "attempt_misconception"

    attempt_id: UUID = Field(foreign_key="attempt.id", primary_key=True)
    question_id: str = Field(max_length=64, primary_key=True)
    misconception: str = Field(max_length=64, primary_key=True)


class Requirement(SQLModel, table=True):
    """A rule: people of a unit, or those in one job there, need a module in time and again."""

    __table_args__ = (Index("ix_requirement_module_unit_id", "module", "unit_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    module: str = Field(max_length=64)
    unit_id: UUID = Field(foreign_key="unit.id")
    job: str = Field(default="", max_length=200)
    within_days: int = 0
    within_months: int = 0
    every_months: int | None = None
    window_days: int = 0
    grace_days: int = 0
    saved_on: date
    changed_on: date | None = None
    in_force_from: date
    in_force_to: date | None = None
    reason: str = Field(max_length=500)
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    refresher: str = Field(
        default="full", max_length=10, sa_column_kwargs={"server_default": "full"}
    )


class Request(SQLModel, table=True):
    """A manager asks one person for one module by a day."""

    __table_args__ = (
        CheckConstraint("due_on >= made_on", name="not_past"),
        Index("ix_request_person_id_module", "person_id", "module"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    module: str = Field(max_length=64)
    made_on: date
    due_on: date
    reason: str = Field(default="", max_length=500)
    made_by: UUID = Field(foreign_key="person.id", index=True)
    withdrawn_on: date | None = None


class Dispensation(SQLModel, table=True):
    """Exemption, extension, recognised learning or pause; without a module it is for all."""

    __table_args__ = (
        CheckConstraint("kind IN ('exemption', 'extension', 'learning', 'pause')", name="kind"),
        Index("ix_dispensation_person_id_module", "person_id", "module"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    module: str | None = Field(default=None, max_length=64)
    kind: str = Field(max_length=20)
    made_on: date
    starts_on: date
    ends_on: date | None = None
    reason: str = Field(max_length=500)
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    withdrawn_on: date | None = None  # granted by mistake: from then on it never was


class ChangeAction(SQLModel, table=True):
    """What a lead did about a change of guidance: told people of it, or asked them to confirm it.

    `was`, `now` and `matters` are the change's words on that day, `modules` those that it touched
    and `asked_in` the one with its own questions. What is to be confirmed is in `to_confirm`. From
    `announced_on` a message of it is owed to everybody who was told.
    """

    __tablename__ = "change_action"
    __table_args__ = (
        CheckConstraint("action IN ('tell', 'ask')", name="action"),
        CheckConstraint("(action = 'ask') = (due_on IS NOT NULL)", name="due"),
        Index("ix_change_action_change", "change"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    change: str = Field(max_length=64)
    action: str = Field(max_length=10)
    unit_id: UUID = Field(foreign_key="unit.id")
    whom: str = Field(default="", max_length=10)
    jobs: str = Field(default="", sa_column=Column(Text, nullable=False))
    was: str = Field(sa_column=Column(Text, nullable=False))
    now: str = Field(sa_column=Column(Text, nullable=False))
    matters: str = Field(sa_column=Column(Text, nullable=False))
    starts_on: date
    modules: str = Field(sa_column=Column(Text, nullable=False))
    asked_in: str = Field(default="", max_length=64)
    due_on: date | None = None
    made_on: date
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    has_read: str = Field(default="", max_length=500)
    announced_on: date | None = None
    withdrawn_on: date | None = None
    withdrawn_by: UUID | None = Field(default=None, foreign_key="person.id")
    reason: str = Field(default="", max_length=500)


class ToConfirm(SQLModel, table=True):
    """Somebody is asked for the update of a change; by when, and until when, its action says."""

    __tablename__ = "to_confirm"
    __table_args__ = (Index("ix_to_confirm_person_id_action_id", "person_id", "action_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    action_id: UUID = Field(foreign_key="change_action.id", index=True)
    person_id: UUID = Field(foreign_key="person.id")


class LaterAsk(SQLModel, table=True):
    """That somebody was asked, some weeks after a pass, whether it changed practice.

    It says whether they are done with it, and never what they answered.
    """

    __tablename__ = "later_ask"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'answered', 'declined')", name="state"),
        Index("ix_later_ask_person_id_asked_on", "person_id", "asked_on"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    module: str = Field(max_length=64)
    agency: str = Field(max_length=1000)
    asked_on: date
    state: str = Field(max_length=10)


class LaterCount(SQLModel, table=True):
    """How many of an agency gave an answer about a module in a month: numbers, and no names."""

    __tablename__ = "later_count"

    month: date = Field(primary_key=True)
    module: str = Field(primary_key=True, max_length=64)
    agency: str = Field(primary_key=True, max_length=1000)
    item: str = Field(primary_key=True, max_length=64)
    people: int


class Attestation(SQLModel, table=True):
    """A manager's dated statement that understanding was confirmed; withdrawn, never edited.

    `objectives` and `evidence` hold ids in the order of their module and form, spaces between.
    """

    __table_args__ = (
        Index("ix_attestation_person_id_module", "person_id", "module", "made_at"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id")
    module: str = Field(max_length=64)
    edition_id: UUID = Field(foreign_key="edition.id")
    objectives: str = Field(sa_column=Column(Text, nullable=False))
    evidence: str = Field(max_length=60)
    statement: str = Field(max_length=20)
    attempt_id: UUID | None = Field(default=None, foreign_key="attempt.id")
    note: str = Field(default="", max_length=300)
    made_by: UUID = Field(foreign_key="person.id")
    made_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: UUID | None = Field(default=None, foreign_key="person.id")
    reason: str = Field(default="", max_length=300)
    comment: str = Field(default="", max_length=500)
    commented_at: datetime | None = None


class Certificate(SQLModel, table=True):
    """A pass on paper, every field as it was issued; withdrawn, never changed.

    `objectives` holds their titles, a line each; `issuer` is the partnership's name on that day.
    """

    __table_args__ = (
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(unique=True, max_length=16)
    attempt_id: UUID = Field(foreign_key="attempt.id", unique=True)
    name: str = Field(max_length=200)
    issuer: str = Field(sa_column=Column(Text, nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))
    edition: str = Field(max_length=20)
    fingerprint: str = Field(max_length=64)
    objectives: str = Field(sa_column=Column(Text, nullable=False))
    issued_on: date
    expires_on: date | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: UUID | None = Field(default=None, foreign_key="person.id")
    reason: str = Field(default="", max_length=300)


class PassportKey(SQLModel, table=True):
    """A key that signs certificates as credentials: only its public half, and since when.

    The private half is made from the installation's secret and the id. Ended, it signs no more and
    is still published, so that what it signed can be verified; withdrawn, it is not.
    """

    __tablename__ = "passport_key"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    public: str = Field(max_length=43)
    made_at: datetime
    ended_at: datetime | None = None
    withdrawn_at: datetime | None = None


class TrustedIssuer(SQLModel, table=True):
    """An issuer elsewhere whose certificates are taken; `issuer` is how these name it.

    `keys` is its key set, `keys_url` where that is fetched anew, if anywhere. With `at_once` what
    is brought in its person's own name is recognised without a lead.
    """

    __tablename__ = "trusted_issuer"
    __table_args__ = (
        Index(
            "uq_trusted_issuer_open",
            "issuer",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    issuer: str = Field(max_length=300)
    name: str = Field(max_length=200)
    keys: str = Field(sa_column=Column(Text, nullable=False))
    keys_url: str = Field(default="", max_length=300)
    keys_at: datetime
    at_once: bool = False
    made_by: UUID = Field(foreign_key="person.id", index=True)
    made_at: datetime
    ended_by: UUID | None = Field(default=None, foreign_key="person.id")
    ended_at: datetime | None = None


class BroughtCertificate(SQLModel, table=True):
    """A certificate from elsewhere whose signature held, and what a lead made of it.

    `print` is of its issuer and number: nobody brings the same again. `status` is where its issuer
    tells whether it was withdrawn; `doubt` is why that could not be asked. What was recognised is
    asked about again: last at `asked_at`, tried at `tried_at`, and withdrawn there since
    `withdrawn_at`; `granted_id` is the learning that it was recognised as, set aside since then.
    """

    __tablename__ = "brought_certificate"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'recognised', 'refused')", name="state"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    issuer_id: UUID = Field(foreign_key="trusted_issuer.id")
    print: str = Field(max_length=64, unique=True)
    number: str = Field(max_length=500)
    name: str = Field(max_length=200)
    title: str = Field(max_length=300)
    module: str = Field(default="", max_length=64)
    issued_on: date
    expires_on: date | None = None
    status: str = Field(sa_column=Column(Text, nullable=False))
    doubt: str = Field(default="", max_length=300)
    brought_at: datetime
    state: str = Field(max_length=10)
    decided_by: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    decided_at: datetime | None = None
    reason: str = Field(default="", max_length=300)
    granted_id: UUID | None = None
    asked_at: datetime | None = None
    tried_at: datetime | None = None
    withdrawn_at: datetime | None = None


class StandingCache(SQLModel, table=True):
    """Dates from which standing follows up to `holds_to`; made from facts, and again at will.

    `look_on` is the next day on which a notice may be owed: None until the ladder has looked.
    """

    __tablename__ = "standing_cache"
    __table_args__ = (Index("ix_standing_cache_module_person_id", "module", "person_id"),)

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    module: str = Field(max_length=64, primary_key=True)
    holds_to: date = Field(index=True)
    paused_from: date | None = None
    paused_to: date | None = None
    exempt_from: date | None = None
    exempt_to: date | None = None
    due_on: date | None = None
    lapses_after: date | None = None
    renew_from: date | None = None
    valid_until: date | None = None
    passed_on: date | None = None
    look_on: date | None = None


class BoardFigure(SQLModel, table=True):
    """What was counted for the board at the end of a month, or in the month that runs; no names.

    `people` of `of_people` are in date (kind "standing"), showed the objective `item`, confirmed
    the change `item`, or said `item` when they were asked later (kind "later"). Small numbers are
    in here: they are withheld when figures are read. No misconception is.
    """

    __tablename__ = "board_figure"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('standing', 'objective', 'belief', 'confirmed', 'later')", name="kind"
        ),
    )

    month: date = Field(primary_key=True)
    module: str = Field(primary_key=True, max_length=64)
    kind: str = Field(primary_key=True, max_length=10)
    item: str = Field(primary_key=True, max_length=64)
    agency: str = Field(primary_key=True, max_length=1000)
    counted_on: date
    people: int
    of_people: int


class BeliefFigure(SQLModel, table=True):
    """Whether a misconception was common among people of an agency who missed its objective.

    Of five people or more together, none of whose attempts was told of before: no number, no names.
    """

    __tablename__ = "belief_figure"

    month: date = Field(primary_key=True)
    agency: str = Field(primary_key=True, max_length=1000)
    module: str = Field(primary_key=True, max_length=64)
    objective: str = Field(primary_key=True, max_length=64)
    misconception: str = Field(primary_key=True, max_length=64)
    counted_on: date
    is_common: bool


class Notice(SQLModel, table=True):
    """A message the service owes somebody: a row before it is a message.

    A sign-in code or a digest goes alone. All else waits for its person's digest of the day, and
    shares that one's fate from the moment it is put into it.
    """

    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'uncertain', 'failed', 'cancelled')",
            name="state",
        ),
        Index("ix_notice_state_goes_alone_next_try_at", "state", "goes_alone", "next_try_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    key: str = Field(unique=True, max_length=200)
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    channel: str = Field(max_length=20)
    kind: str = Field(max_length=40)
    goes_alone: bool = True
    digest_id: UUID | None = Field(default=None, foreign_key="notice.id", index=True)
    payload: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(max_length=10)
    tries: int = 0
    made_at: datetime
    next_try_at: datetime
    done_at: datetime | None = None
    trouble: str = Field(default="", max_length=300)
    reason: str = Field(default="", max_length=20)
    settled_at: datetime | None = None


class Preference(SQLModel, table=True):
    """What a person chose about messages; without a row, everything is sent."""

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    nudges: bool
    snoozed_until: date | None = None
    changed_at: datetime


class Lease(SQLModel, table=True):
    """Who does a work that one alone may do, until when, and the last day that was done with."""

    name: str = Field(primary_key=True, max_length=40)
    holder: str = Field(max_length=64)
    until: datetime
    done_on: date | None = None


class ProblemReport(SQLModel, table=True):
    """What somebody found wrong with a question; never which option they chose."""

    __tablename__ = "problem_report"
    __table_args__ = (
        CheckConstraint("state IN ('new', 'answered', 'mended')", name="state"),
        Index("ix_problem_report_state_made_at", "state", "made_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    edition_id: UUID = Field(foreign_key="edition.id")
    question_id: str = Field(max_length=64)
    words: str = Field(max_length=500)
    reporter_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    made_at: datetime
    state: str = Field(max_length=10)
    answer: str = Field(default="", max_length=500)
    mended_in: str = Field(default="", max_length=20)
    answered_by: UUID | None = Field(default=None, foreign_key="person.id")
    answered_at: datetime | None = None


class Signature(SQLModel, table=True):
    """A lead's word that they checked what an edition says, before slots are filled."""

    __table_args__ = (Index("ix_signature_content_fingerprint", "content_fingerprint"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    content_fingerprint: str = Field(max_length=64)
    module: str = Field(max_length=64)
    signed_by: UUID | None = Field(default=None, foreign_key="person.id")
    name: str = Field(max_length=200)
    role: str = Field(max_length=200)
    checked: str = Field(max_length=500)
    signed_at: datetime


class ChatLink(SQLModel, table=True):
    """A chat that speaks for a person, as long as it is linked; its address is kept encrypted.

    `epoch` is the person's at the time: a change of theirs ends the link, as it ends sessions.
    `way` is the machine that takes messages to it, where its channel has several. Once unlinked,
    nothing is left of the address.
    """

    __tablename__ = "chat_link"
    __table_args__ = (
        Index(
            "uq_chat_link_address_key",
            "address_key",
            unique=True,
            sqlite_where=text("unlinked_at IS NULL"),
            postgresql_where=text("unlinked_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    channel: str = Field(max_length=20)
    address: str = Field(max_length=500)
    address_key: str = Field(max_length=64)
    way: str = Field(default="", max_length=500, sa_column_kwargs={"server_default": ""})
    epoch: int
    gets_notices: bool = False
    linked_at: datetime
    unlinked_at: datetime | None = None
    blocked_at: datetime | None = None


class LinkUsed(SQLModel, table=True):
    """What linked a chat once, and never does again, whatever becomes of that link."""

    __tablename__ = "link_used"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    used_at: datetime


class SessionEnded(SQLModel, table=True):
    """A web session that was signed out: a copy of its cookie is worth nothing any more."""

    __tablename__ = "session_ended"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    ended_at: datetime


class Account(SQLModel, table=True):
    """An account elsewhere that speaks for a person: `issuer` and `subject` say which it is.

    That of a learning system is known by its `deployment` too. Bound by its address it speaks as
    long as that is the person's (`address_key`); bound by a lead, until a lead ends it.
    """

    __table_args__ = (UniqueConstraint("issuer", "deployment", "subject"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    provider: str = Field(max_length=40)
    issuer: str = Field(max_length=500)
    deployment: str = Field(default="", max_length=255)
    subject: str = Field(max_length=255)
    address_key: str | None = Field(default=None, max_length=64)
    bound_at: datetime
    used_at: datetime | None = None


class AccountWaiting(SQLModel, table=True):
    """An account that is nobody's yet, with the number by which a lead can give it to somebody."""

    __tablename__ = "account_waiting"
    __table_args__ = (UniqueConstraint("issuer", "deployment", "subject"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    provider: str = Field(max_length=40)
    issuer: str = Field(max_length=500)
    deployment: str = Field(default="", max_length=255)
    subject: str = Field(max_length=255)
    calls_itself: str = Field(max_length=300)
    number_hash: str = Field(max_length=64, index=True)
    made_at: datetime


class AccountSession(SQLModel, table=True):
    """A web session that an account opened, so that the provider can end it; `sid` is its word.

    It is nobody's own: gone a day later, whatever became of the account.
    """

    __tablename__ = "account_session"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(index=True)
    sid: str = Field(default="", max_length=255)
    began_at: datetime


class LtiPlatform(SQLModel, table=True):
    """A learning system that is connected: what it calls itself and us, and where it is asked."""

    __tablename__ = "lti_platform"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    title: str = Field(max_length=100)
    issuer: str = Field(max_length=500)
    client_id: str = Field(max_length=255)
    deployments: str  # a JSON list; what names another is refused
    login_url: str = Field(max_length=1000)
    token_url: str = Field(max_length=1000)
    keys_url: str = Field(max_length=1000)
    audience: str = Field(default="", max_length=1000)  # of what we sign for its tokens
    hosts: str  # a JSON list: machines that may be asked besides
    domains: str  # a JSON list: for whose addresses it may speak
    are_verified: bool
    made_at: datetime


class LtiInvitation(SQLModel, table=True):
    """A link by which one learning system may connect itself, once."""

    __tablename__ = "lti_invitation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    word_hash: str = Field(max_length=64, unique=True)
    title: str = Field(max_length=100)
    address: str = Field(max_length=500)
    domains: str
    are_verified: bool
    made_at: datetime
    used_at: datetime | None = None


class LtiLaunch(SQLModel, table=True):
    """Somebody on the way in from a learning system: a mark that a launch was used, for a day."""

    __tablename__ = "lti_launch"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    state_hash: str = Field(max_length=64, unique=True)
    word_hash: str = Field(max_length=64, unique=True)
    platform_id: UUID = Field(foreign_key="lti_platform.id")
    kind: str = Field(max_length=10)
    told: str  # what the launch said that is needed further on
    made_at: datetime
    used_at: datetime | None = None


class LtiLink(SQLModel, table=True):
    """Where a learning system wants a person's results of a module: one of its line items.

    `target` is what the outbox of results calls it.
    """

    __tablename__ = "lti_link"
    __table_args__ = (UniqueConstraint("platform_id", "subject", "line_item"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    target: str = Field(max_length=60, unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    platform_id: UUID = Field(foreign_key="lti_platform.id")
    subject: str = Field(max_length=255)
    line_item: str = Field(max_length=1000)
    module: str = Field(max_length=64)
    made_at: datetime


class LtiKey(SQLModel, table=True):
    """A key with which we sign to learning systems: the public half, and the other sealed."""

    __tablename__ = "lti_key"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    public: str
    sealed: str
    made_at: datetime


class ConnectionState(SQLModel, table=True):
    """When a connection to another machine last worked, and what last went wrong."""

    __tablename__ = "connection_state"

    name: str = Field(primary_key=True, max_length=60)
    used_at: datetime | None = None
    fault_at: datetime | None = None
    fault: str = Field(default="", max_length=300)


class Outgoing(SQLModel, table=True):
    """What another system of the house is told of an attempt: which, and whether it has left."""

    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sent', 'failed', 'cancelled')", name="state"),
        UniqueConstraint("attempt_id", "target", "kind"),
        Index("ix_outgoing_target_state", "target", "state", "made_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    target: str = Field(max_length=60)
    attempt_id: UUID
    kind: str = Field(max_length=20)
    state: str = Field(max_length=10)
    made_at: datetime
    done_at: datetime | None = None
    trouble: str = Field(default="", max_length=300)


class Joined(SQLModel, table=True):
    """A record that became part of another of the same person: what it said, and how to undo it.

    `before` holds ids of what was moved, `state` a mark of the kept record as it was then.
    """

    other_id: UUID = Field(foreign_key="person.id", primary_key=True)
    keep_id: UUID = Field(foreign_key="person.id", index=True)
    joined_by: UUID | None = Field(default=None, foreign_key="person.id")
    joined_at: datetime
    name: str = Field(max_length=200)
    email: str | None = Field(default=None, max_length=254)
    staff_ref: str | None = Field(default=None, max_length=64)
    before: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))


class ColumnName(SQLModel, table=True):
    """What a column of people files is called elsewhere; it means nothing where it is left out."""

    __tablename__ = "column_name"

    title: str = Field(primary_key=True, max_length=200)
    means: str = Field(max_length=20)


class PlaceSetting(SQLModel, table=True):
    """A setting of the place saved on its page, and what its file said of it then, both as JSON."""

    __tablename__ = "place_setting"

    name: str = Field(primary_key=True, max_length=100)
    content: str = Field(sa_column=Column(Text, nullable=False))
    file_said: str = Field(sa_column=Column(Text, nullable=False))
    saved_at: datetime
    saved_by: UUID = Field(foreign_key="person.id")


class ChangeEntered(SQLModel, table=True):
    """A change of guidance that a lead entered, as JSON; taken back rather than deleted."""

    __tablename__ = "change_entered"

    change: str = Field(primary_key=True, max_length=64)
    content: str = Field(sa_column=Column(Text, nullable=False))
    made_at: datetime
    made_by: UUID = Field(foreign_key="person.id")
    withdrawn_at: datetime | None = None
    withdrawn_by: UUID | None = Field(default=None, foreign_key="person.id")
    reason: str = Field(max_length=500)


class ScimToken(SQLModel, table=True):
    """What a directory proves itself by: kept as a hash, ended rather than deleted."""

    __tablename__ = "scim_token"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=100)
    hash: str = Field(max_length=64, unique=True)
    last_four: str = Field(max_length=4)
    made_at: datetime
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    used_at: datetime | None = None
    ended_at: datetime | None = None


class ScimUser(SQLModel, table=True):
    """What a directory says of one person; `person_id` once that was taken in.

    `user_key` is the user's name in small letters, or the id of a user who was deleted.
    """

    __tablename__ = "scim_user"
    __table_args__ = (
        Index("ix_scim_user_person_id", "person_id"),
        Index("ix_scim_user_external_id", "external_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_key: str = Field(max_length=300, unique=True)
    external_id: str = Field(default="", max_length=300)
    content: str = Field(sa_column=Column(Text, nullable=False))
    is_active: bool
    is_deleted: bool = False
    version: int = 1
    made_at: datetime
    changed_at: datetime
    person_id: UUID | None = Field(default=None, foreign_key="person.id")


class ScimGroup(SQLModel, table=True):
    """What a directory groups people by."""

    __tablename__ = "scim_group"
    __table_args__ = (Index("ix_scim_group_external_id", "external_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name_key: str = Field(max_length=1000, unique=True)
    name: str = Field(max_length=1000)
    external_id: str = Field(default="", max_length=300)
    version: int = 1
    made_at: datetime
    changed_at: datetime


class ScimMember(SQLModel, table=True):
    """Who is in a group."""

    __tablename__ = "scim_member"
    __table_args__ = (Index("ix_scim_member_user_id", "user_id"),)

    group_id: UUID = Field(foreign_key="scim_group.id", primary_key=True)
    user_id: UUID = Field(foreign_key="scim_user.id", primary_key=True)


class ScimState(SQLModel, table=True):
    """How far what a directory said was taken in: one row."""

    __tablename__ = "scim_state"

    id: int = Field(primary_key=True)
    changes: int = 0
    taken: int = 0
    changed_at: datetime | None = None
    first_change_at: datetime | None = None
    taken_at: datetime | None = None
    fault: str = Field(default="", max_length=500)
    fault_at: datetime | None = None
    held: str = Field(default="", max_length=500)


class UpdateSeen(SQLModel, table=True):
    """A channel's update that was answered, and so is answered by nothing when it comes again."""

    __tablename__ = "update_seen"

    channel: str = Field(primary_key=True, max_length=20)
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    seen_at: datetime


class Huddle(SQLModel, table=True):
    """A group's question in progress: which, in what order, its polls; nothing of who is there.

    `moved_from` is the key that the group had before it moved: old buttons still come from there.
    `votes` are those of the round where the channel has no polls, each under a code of the vote.
    """

    chat_key: str = Field(primary_key=True, max_length=64)
    id: UUID = Field(default_factory=new_id, unique=True)
    edition_id: UUID = Field(foreign_key="edition.id")
    question_id: str = Field(max_length=64)
    shown_order: str = Field(max_length=16)
    round: int
    message: str = Field(default="", max_length=64)
    first_votes: str = Field(default="", max_length=200)
    votes: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    started_at: datetime
    moved_from: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})


class Pack(SQLModel, table=True):
    """An inspection pack that somebody asked for: how far it is, and until when it is kept."""

    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'making', 'done', 'failed', 'expired')",
            name="state",
        ),
        Index("ix_pack_asked_by_asked_at", "asked_by", "asked_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    asked_by: UUID = Field(foreign_key="person.id")
    first: date
    last: date
    asked_at: datetime
    state: str = Field(max_length=10)
    step: str = Field(default="", max_length=100)
    done: int = 0
    steps: int = 0
    tries: int = 0
    ends_at: datetime
    trouble: str = Field(default="", max_length=300)
    size: int = 0


class PackPart(SQLModel, table=True):
    """A portion of a pack's file, kept as long as the pack may be fetched."""

    __tablename__ = "pack_part"

    pack_id: UUID = Field(foreign_key="pack.id", primary_key=True)
    number: int = Field(primary_key=True)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ItemFigure(SQLModel, table=True):
    """What was counted of an edition's questions when enough people more had taken it; no names."""

    __tablename__ = "item_figure"

    module: str = Field(primary_key=True, max_length=64)
    content_fingerprint: str = Field(primary_key=True, max_length=64)
    counted_at: datetime
    attempts: int
    content: str = Field(sa_column=Column(Text, nullable=False))


class Regrade(SQLModel, table=True):
    """A lead's decision on a question found faulty: how it is judged, since when, and why.

    `print` is of the question as it was asked; it holds for the editions in `regrade_edition`,
    whatever is published later. With the decision "key" a `reply` is right as well. `done_at` is
    when it was carried out for all who had handed in by then.
    """

    __table_args__ = (
        CheckConstraint("decision IN ('credit', 'drop', 'key')", name="decision"),
        CheckConstraint("(decision = 'key') = (reply <> '')", name="reply"),
        UniqueConstraint("module", "question_id", "print", "decision", "reply"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    module: str = Field(max_length=64)
    question_id: str = Field(max_length=64)
    print: str = Field(max_length=64)
    decision: str = Field(max_length=10)
    reply: str = Field(default="", max_length=16)
    reason: str = Field(max_length=500)
    made_at: datetime
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    done_at: datetime | None = None


class RegradeEdition(SQLModel, table=True):
    """An edition that asked a question in the words that were found faulty."""

    __tablename__ = "regrade_edition"

    regrade_id: UUID = Field(foreign_key="regrade.id", primary_key=True)
    edition_id: UUID = Field(foreign_key="edition.id", primary_key=True, index=True)


class Regraded(SQLModel, table=True):
    """What a regrade made of a wrong answer, and of its attempt: beside the facts, never less.

    The answer counts as right, or is out of the attempt; `passed` and `share` are the attempt's by
    all decisions that were known then.
    """

    __table_args__ = (CheckConstraint("effect IN ('right', 'out')", name="effect"),)

    attempt_id: UUID = Field(foreign_key="attempt.id", primary_key=True)
    question_id: str = Field(primary_key=True, max_length=64)
    effect: str = Field(primary_key=True, max_length=10)
    regrade_id: UUID = Field(foreign_key="regrade.id", index=True)
    objective: str = Field(max_length=64)
    passed: bool
    share: float
    regraded_at: datetime


class BankText(SQLModel, table=True):
    """What an edition said before its slots were filled: a bank is edited and written from it."""

    __tablename__ = "bank_text"

    content_fingerprint: str = Field(primary_key=True, max_length=64)
    content: str = Field(sa_column=Column(Text, nullable=False))


class AuthorGrant(SQLModel, table=True):
    """Who may draft and read questions of one module, or of all where it names none."""

    __tablename__ = "author_grant"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    module: str = Field(max_length=64)
    starts_on: date
    ends_on: date | None = None
    made_by: UUID | None = Field(default=None, foreign_key="person.id")


class Draft(SQLModel, table=True):
    """A question, or a change of one, that is not published; published, it is what changed here.

    `content` is the newest version, `began` the question it was begun from, `base` the fingerprint
    of the national question beneath it.
    """

    __table_args__ = (
        CheckConstraint("act IN ('new', 'edit', 'withdraw', 'head')", name="act"),
        CheckConstraint("state IN ('open', 'published', 'dropped')", name="state"),
        Index(
            "uq_draft_open",
            "module",
            "question_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_draft_state_module", "state", "module"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    module: str = Field(max_length=64)
    question_id: str = Field(max_length=64)
    act: str = Field(max_length=10)
    began: str = Field(sa_column=Column(Text, nullable=False))
    content: str = Field(sa_column=Column(Text, nullable=False))
    version: int = 1
    state: str = Field(max_length=10)
    brought_from: str = Field(default="", max_length=200)
    position: int = 0  # among those that were brought in together
    doubts: str = Field(sa_column=Column(Text, nullable=False))
    problem_id: UUID | None = Field(default=None, foreign_key="problem_report.id")
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    made_at: datetime
    changed_by: UUID | None = Field(default=None, foreign_key="person.id")
    changed_at: datetime
    base: str = Field(default="", max_length=12)
    edition_id: UUID | None = Field(default=None, foreign_key="edition.id")
    published_at: datetime | None = None


class DraftVersion(SQLModel, table=True):
    """A draft as it was saved once: nothing that anybody wrote is lost."""

    __tablename__ = "draft_version"

    draft_id: UUID = Field(foreign_key="draft.id", primary_key=True)
    number: int = Field(primary_key=True)
    content: str = Field(sa_column=Column(Text, nullable=False))
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    made_at: datetime


class DraftNote(SQLModel, table=True):
    """What somebody said of one version of a draft: a comment, or that they have read and agree."""

    __tablename__ = "draft_note"
    __table_args__ = (CheckConstraint("kind IN ('comment', 'agree')", name="kind"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    draft_id: UUID = Field(foreign_key="draft.id", index=True)
    version: int
    kind: str = Field(max_length=10)
    words: str = Field(max_length=1000)
    made_by: UUID | None = Field(default=None, foreign_key="person.id")
    made_at: datetime


class Audit(SQLModel, table=True):
    """What was done, by whom, to what: ids only, each row bound to the one before by its hash."""

    number: int = Field(primary_key=True)
    at: datetime
    actor: str = Field(max_length=64)
    action: str = Field(max_length=40)
    subject: str = Field(max_length=64)
    details: str = Field(sa_column=Column(Text, nullable=False))
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


def _table(model: type[SQLModel]) -> Table:
    found: Any = model
    table: Table = found.__table__
    return table


# The same tables for statements: services write Core, which costs an eighth of the ORM.
unit = _table(Unit)
person = _table(Person)
post = _table(Post)
role_grant = _table(RoleGrant)
sign_in = _table(SignIn)
edition = _table(Edition)
publication = _table(Publication)
attempt = _table(Attempt)
answer = _table(Answer)
attempt_objective = _table(AttemptObjective)
attempt_misconception = _table(AttemptMisconception)
attempt_withdrawn = _table(AttemptWithdrawn)
requirement = _table(Requirement)
request = _table(Request)
dispensation = _table(Dispensation)
change_action = _table(ChangeAction)
to_confirm = _table(ToConfirm)
later_ask = _table(LaterAsk)
later_count = _table(LaterCount)
attestation = _table(Attestation)
certificate = _table(Certificate)
passport_key = _table(PassportKey)
trusted_issuer = _table(TrustedIssuer)
brought_certificate = _table(BroughtCertificate)
standing_cache = _table(StandingCache)
board_figure = _table(BoardFigure)
belief_figure = _table(BeliefFigure)
notice = _table(Notice)
preference = _table(Preference)
lease = _table(Lease)
problem_report = _table(ProblemReport)
signature = _table(Signature)
chat_link = _table(ChatLink)
link_used = _table(LinkUsed)
session_ended = _table(SessionEnded)
account = _table(Account)
account_waiting = _table(AccountWaiting)
account_session = _table(AccountSession)
lti_platform = _table(LtiPlatform)
lti_invitation = _table(LtiInvitation)
lti_launch = _table(LtiLaunch)
lti_link = _table(LtiLink)
lti_key = _table(LtiKey)
connection_state = _table(ConnectionState)
outgoing = _table(Outgoing)
joined = _table(Joined)
column_name = _table(ColumnName)
place_setting = _table(PlaceSetting)
change_entered = _table(ChangeEntered)
scim_token = _table(ScimToken)
scim_user = _table(ScimUser)
scim_group = _table(ScimGroup)
scim_member = _table(ScimMember)
scim_state = _table(ScimState)
update_seen = _table(UpdateSeen)
huddle = _table(Huddle)
pack = _table(Pack)
pack_part = _table(PackPart)
item_figure = _table(ItemFigure)
regrade = _table(Regrade)
regrade_edition = _table(RegradeEdition)
regraded = _table(Regraded)
bank_text = _table(BankText)
author_grant = _table(AuthorGrant)
draft = _table(Draft)
draft_version = _table(DraftVersion)
draft_note = _table(DraftNote)
audit = _table(Audit)
