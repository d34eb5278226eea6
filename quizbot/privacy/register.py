"""The register of personal fields: what is kept, why, how long, who sees it, what erasing leaves.

Export, erasure, retention and the privacy page are made from it, and a test fails on a column that
it does not know.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from quizbot.access import ERASED

GUEST_MONTHS = 6  # after a guest's last day
LEAVER_YEARS = 6  # after anybody else's
TRAIN_MONTHS = 12  # practice, and what was never handed in
NOTICE_MONTHS = 24
LINK_DAYS = 30  # of a chat that is not linked any more


class Term(Enum):
    """How long something is kept, in words; `quizbot retention` does what they say."""

    PERSON = (
        f"while you work here, and {LEAVER_YEARS} years after; a guest’s, {GUEST_MONTHS} months"
        " after the last day"
    )
    TRAIN = (
        f"like the rest of your record; practice and what was never handed in, {TRAIN_MONTHS}"
        " months; a try in a chat without an account, a day"
    )
    CODE = "a day; a printed slip’s, until it has run out"
    LINK = f"while it is linked, and {LINK_DAYS} days after, without its address"
    MESSAGE = f"{NOTICE_MONTHS} months; of sign-in codes, a day"
    PACK = "a day; the pack itself, an hour"
    TRAIL = "always, for a trail with rows taken out would prove nothing: it holds no name"


class RegisterPart(Enum):
    """What the privacy page puts together under one heading."""

    RECORD = "Who you are, and where you work"
    TAKEN = "What you took, and what it showed"
    ASKED = "What is asked of you, and where you stand"
    SENT = "Signing in, messages and chats"
    DONE = "What you did for others, or decided"


@dataclass(frozen=True)
class OnErasure:
    """What erasing does with the rows: they go, or stay with their blanked fields as counts."""

    go: bool


GO, STAY = OnErasure(go=True), OnErasure(go=False)


@dataclass(frozen=True)
class Field:
    """A column in plain words; `blank` is what erasing puts there, where it puts anything.

    What is not `told` is in no export: it speaks of others, or only machines can read it.
    """

    what: str
    blanks: bool = False
    blank: str | bool | None = None
    told: bool = True


@dataclass(frozen=True)
class Holding:
    """What one table keeps of a person.

    `whose` names the columns that say whose row it is; `through` is the table that they belong to
    where it is another.
    """

    table: str
    title: str
    why: str
    seen_by: str
    term: Term
    whose: tuple[str, ...]
    fields: Mapping[str, Field]
    erased: OnErasure = STAY
    through: str = ""

    @property
    def part(self) -> RegisterPart:
        """Under which heading it stands; what a new table keeps belongs to the record."""
        return (
            RegisterPart.DONE if self.why == PROOF else PARTS.get(self.table, RegisterPart.RECORD)
        )

    @property
    def told_words(self) -> list[str]:
        """What is kept, field by field, in the words of the privacy page."""
        return [field.what for field in self.fields.values() if field.told]


@dataclass(frozen=True)
class RegisterLine:
    """One line of the register: a field, its purpose, how long it is kept and who sees it."""

    table: str
    field: str
    what: str
    why: str
    term: str
    seen_by: str


def told(what: str) -> Field:
    """A field that erasing leaves: without the rest it says nothing of anybody."""
    return Field(what)


def gone(what: str, blank: str | bool | None = "") -> Field:
    """A field that erasing blanks."""
    return Field(what, blanks=True, blank=blank)


def link(what: str) -> Field:
    """An id that says whose, or of what, a row is."""
    return Field(what, told=False)


YOU = "you alone"
MANAGERS = "you, your managers, safeguarding leads and auditors"
LEADS = "you, and safeguarding leads"
OPERATORS = "the people who run the service"
WRITERS = "you, safeguarding leads, and authors of the questionnaire"
PROOF = "to show what was decided, when and by whom"
TAKEN = "attempt answer attempt_objective attempt_withdrawn attempt_misconception regraded"
ASKED = "request to_confirm later_ask dispensation standing_cache"
SENT = "sign_in notice chat_link account preference"
DONE = (
    "change_action draft draft_version draft_note author_grant problem_report signature scim_token"
    " place_setting pack"
)
PARTS: Mapping[str, RegisterPart] = {
    **dict.fromkeys(f"{TAKEN} attestation certificate outgoing".split(), RegisterPart.TAKEN),
    **dict.fromkeys(ASKED.split(), RegisterPart.ASKED),
    **dict.fromkeys(SENT.split(), RegisterPart.SENT),
    **dict.fromkeys(DONE.split(), RegisterPart.DONE),
}

REGISTER: tuple[Holding, ...] = (
    Holding(
        "person",
        "Who you are",
        "to know you again, to write to you, and to list you under your name",
        MANAGERS,
        Term.PERSON,
        ("id",),
        {
            "id": link("the number by which all else is yours"),
            "name": gone("your name", ERASED),
            "email": gone("your e-mail address", None),
            "staff_ref": gone("your staff number", None),
            "started_on": told("the day you came"),
            "left_on": told("your last day"),
            "is_guest": told("whether you are a guest"),
            "sign_in_epoch": Field("a count that ends sessions", told=False),
        },
    ),
    Holding(
        "joined",
        "Another record of you that became part of this one",
        "to undo it, should these have been two people",
        LEADS,
        Term.PERSON,
        ("keep_id", "other_id"),
        {
            "keep_id": link("your record"),
            "other_id": link("the one that became part of it"),
            "joined_by": link("who joined them"),
            "joined_at": told("when"),
            "name": told("the name of the other"),
            "email": told("its e-mail address"),
            "staff_ref": told("its staff number"),
            "before": Field("which rows were moved", told=False),
            "state": Field("a mark by which it is seen that something followed", told=False),
        },
        GO,
    ),
    Holding(
        "joined",
        "Records that you joined",
        PROOF,
        LEADS,
        Term.PERSON,
        ("joined_by",),
        {"joined_by": link("who joined them"), "joined_at": told("when")},
    ),
    Holding(
        "post",
        "Where you work",
        "to know what your job asks of you, and who your manager is",
        MANAGERS,
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("whose it is"),
            "unit_id": told("the team"),
            "job": gone("your job"),
            "manager_id": Field("your manager", blanks=True, told=False),
            "starts_on": told("since when"),
            "ends_on": told("until when"),
            "recorded_on": told("the day it was written down"),
        },
    ),
    Holding(
        "role_grant",
        "Roles you were given",
        "to know what you may see and do",
        LEADS,
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("whose it is"),
            "unit_id": told("over which unit"),
            "role": told("the role"),
            "starts_on": told("since when"),
            "ends_on": told("until when"),
            "made_by": link("who gave it"),
        },
        GO,
    ),
    Holding(
        "role_grant",
        "Roles you gave",
        PROOF,
        LEADS,
        Term.PERSON,
        ("made_by",),
        {
            "made_by": link("who gave it"),
            "unit_id": told("over which unit"),
            "role": told("the role"),
            "starts_on": told("since when"),
            "ends_on": told("until when"),
        },
    ),
    Holding(
        "sign_in",
        "Signing in",
        "to check the code that you were sent, and to stop guessing",
        "nobody",
        Term.CODE,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("who asked"),
            "address_key": Field("a keyed hash of the address", told=False),
            "kind": told("by mail or by slip"),
            "made_at": told("when"),
            "code_hash": Field("a keyed hash of the code", told=False),
            "tries": told("how often a code was entered"),
            "used_at": told("when it was used"),
            "epoch": Field("the count that ends it", told=False),
            "made_by": link("who printed the slip"),
            "place_key": Field("a keyed hash of the network address it was asked from", told=False),
        },
        GO,
    ),
    Holding(
        "sign_in",
        "Slips you printed",
        "to end a slip when who printed it may not print it any more",
        "nobody",
        Term.CODE,
        ("made_by",),
        {
            "made_by": link("who printed it"),
            "made_at": told("when"),
            "used_at": told("when it was used"),
        },
    ),
    Holding(
        "attempt",
        "What you took",
        "to show you and your manager what you know, and to count for what is asked of you",
        f"{MANAGERS}; practice, {YOU}",
        Term.TRAIN,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("whose it is"),
            "chat_key": Field("a keyed hash of a chat without an account", told=False),
            "module": told("the questionnaire"),
            "edition_id": told("its edition"),
            "mode": told("practice, or for the record"),
            "scope": told("the changes it was about, where it was an update"),
            "plan": gone("which questions were drawn, in what order", "[]"),
            "started_at": told("begun"),
            "submitted_at": told("finished"),
            "abandoned_at": told("closed unfinished"),
            "passed": told("passed or not"),
            "share": told("the share of right answers"),
        },
    ),
    Holding(
        "answer",
        "What you answered",
        "to show you what you got right and wrong, and why",
        YOU,
        Term.TRAIN,
        ("person_id",),
        {
            "attempt_id": link("in which attempt"),
            "number": told("its number"),
            "question_id": told("the question"),
            "objective": told("what it is about"),
            "reply": gone("what you chose"),
            "is_right": told("right or wrong"),
            "flagged": gone("whether you marked it to look at again", False),
            "answered_at": gone("when", None),
        },
        through="attempt",
    ),
    Holding(
        "attempt_objective",
        "What an attempt showed",
        "to tell what you know from what is worth a look",
        MANAGERS,
        Term.TRAIN,
        ("person_id",),
        {
            "attempt_id": link("in which attempt"),
            "objective": told("the area"),
            "asked": told("questions asked"),
            "right_count": told("answered rightly"),
            "counted_on": told("counted, together with others, for what many believed"),
        },
        through="attempt",
    ),
    Holding(
        "attempt_withdrawn",
        "Attempts of yours that were withdrawn",
        "to tell that they count for nothing any more, and why",
        MANAGERS,
        Term.TRAIN,
        ("person_id",),
        {
            "attempt_id": link("which attempt"),
            "withdrawn_at": told("withdrawn"),
            "withdrawn_by": link("by whom"),
            "reason": gone("why"),
        },
        through="attempt",
    ),
    Holding(
        "attempt_withdrawn",
        "Attempts that you withdrew",
        PROOF,
        "you, whose they were, their managers and leads",
        Term.TRAIN,
        ("withdrawn_by",),
        {
            "withdrawn_by": link("by whom"),
            "withdrawn_at": told("withdrawn"),
            "reason": told("why"),
        },
    ),
    Holding(
        "attempt_misconception",
        "Wrong beliefs that an attempt met",
        "to see what many get wrong, so that it is talked about",
        f"{YOU}; others only that about half believed it, of five people or more together",
        Term.TRAIN,
        ("person_id",),
        {
            "attempt_id": link("in which attempt"),
            "question_id": told("the question"),
            "misconception": told("the belief"),
        },
        through="attempt",
    ),
    Holding(
        "request",
        "What you were asked for",
        "to ask you, to remind you, and to show that it was done",
        MANAGERS,
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("who was asked"),
            "module": told("the questionnaire"),
            "made_on": told("asked"),
            "due_on": told("by when"),
            "reason": gone("why"),
            "made_by": link("who asked"),
            "withdrawn_on": told("taken back"),
        },
        GO,
    ),
    Holding(
        "request",
        "What you asked others for",
        PROOF,
        "you, who was asked, their managers and leads",
        Term.PERSON,
        ("made_by",),
        {
            "made_by": link("who asked"),
            "module": told("the questionnaire"),
            "made_on": told("asked"),
            "due_on": told("by when"),
            "reason": told("why"),
            "withdrawn_on": told("taken back"),
        },
    ),
    Holding(
        "to_confirm",
        "Changes of guidance that you were asked to confirm",
        "to ask you, to remind you, and to show that it was done",
        MANAGERS,
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("who was asked"),
            "action_id": told("which change, and by when"),
        },
        GO,
    ),
    Holding(
        "later_ask",
        "That you were asked whether it changed practice",
        "to ask you once; what you answered is counted without your name, and not kept with this",
        YOU,
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("who was asked"),
            "module": told("the questionnaire"),
            "agency": told("your agency"),
            "asked_on": told("asked"),
            "state": told("whether you are done with it"),
        },
        GO,
    ),
    Holding(
        "change_action",
        "Changes of guidance that you told or asked others of",
        PROOF,
        "you, those it concerns and safeguarding leads",
        Term.PERSON,
        ("made_by", "withdrawn_by"),
        {
            "made_by": link("who told or asked"),
            "withdrawn_by": link("who took it back"),
            "change": told("the change"),
            "action": told("told, or asked"),
            "made_on": told("on"),
            "due_on": told("by when"),
            "has_read": gone("what you read"),
            "withdrawn_on": told("taken back"),
            "reason": gone("why"),
        },
    ),
    Holding(
        "dispensation",
        "Pauses, extensions and what was recognised",
        "to ask nothing of you while it stands",
        MANAGERS,
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("whose it is"),
            "module": told("the questionnaire, or all"),
            "kind": told("what was granted"),
            "made_on": told("granted"),
            "starts_on": told("from"),
            "ends_on": told("to"),
            "reason": gone("why"),
            "made_by": link("who granted it"),
            "withdrawn_on": told("taken back"),
        },
        GO,
    ),
    Holding(
        "dispensation",
        "What you granted",
        PROOF,
        "you, whom it is for, their managers and leads",
        Term.PERSON,
        ("made_by",),
        {
            "made_by": link("who granted it"),
            "module": told("the questionnaire, or all"),
            "kind": told("what was granted"),
            "made_on": told("granted"),
            "starts_on": told("from"),
            "ends_on": told("to"),
            "withdrawn_on": told("taken back"),
        },
    ),
    Holding(
        "attestation",
        "Your understanding, as confirmed",
        "to show that a manager confirmed what you understand, and on what evidence",
        MANAGERS,
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("whose understanding it is"),
            "module": told("the questionnaire"),
            "edition_id": told("its edition"),
            "objectives": told("the areas"),
            "evidence": told("on what evidence"),
            "statement": told("which wording was confirmed"),
            "attempt_id": link("the attempt behind it"),
            "note": gone("your manager’s note"),
            "made_by": link("who confirmed"),
            "made_at": told("when"),
            "withdrawn_at": told("withdrawn"),
            "withdrawn_by": link("by whom"),
            "reason": gone("why it was withdrawn"),
            "comment": gone("your comment"),
            "commented_at": told("commented"),
        },
    ),
    Holding(
        "attestation",
        "What you confirmed or withdrew",
        PROOF,
        "you, whom it is about, their managers and leads",
        Term.PERSON,
        ("made_by", "withdrawn_by"),
        {
            "made_by": link("who confirmed"),
            "withdrawn_by": link("who withdrew it"),
            "module": told("the questionnaire"),
            "made_at": told("when"),
            "note": told("the note"),
            "withdrawn_at": told("withdrawn"),
            "reason": told("why it was withdrawn"),
        },
    ),
    Holding(
        "certificate",
        "Certificates",
        "to show a pass to others; whoever has its code may check it",
        f"{MANAGERS}; whoever has the code",
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "code": told("the code"),
            "attempt_id": link("for which attempt"),
            "name": gone("your name as issued", ERASED),
            "issuer": told("who issued it"),
            "title": told("the questionnaire"),
            "edition": told("its edition"),
            "objectives": told("the areas"),
            "issued_on": told("issued"),
            "expires_on": told("expires"),
            "withdrawn_at": told("withdrawn"),
            "withdrawn_by": link("by whom"),
            "reason": gone("why it was withdrawn"),
        },
        through="attempt",
    ),
    Holding(
        "certificate",
        "Certificates that you withdrew",
        PROOF,
        "you, whose they were, their managers and leads",
        Term.PERSON,
        ("withdrawn_by",),
        {
            "withdrawn_by": link("by whom"),
            "title": told("the questionnaire"),
            "withdrawn_at": told("withdrawn"),
            "reason": told("why"),
        },
    ),
    Holding(
        "brought_certificate",
        "Certificates that you brought from elsewhere",
        "to recognise what you learned before, and nothing twice",
        LEADS,
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("whose it is"),
            "issuer_id": link("who issued it"),
            "print": Field("a hash by which the same is known again", told=False),
            "number": told("its number there"),
            "name": told("the name on it"),
            "title": told("what it is of"),
            "module": told("the questionnaire"),
            "issued_on": told("issued"),
            "expires_on": told("expires"),
            "status": Field("where its issuer tells whether it holds", told=False),
            "doubt": told("what could not be looked at"),
            "brought_at": told("brought"),
            "state": told("what became of it"),
            "decided_by": link("who decided"),
            "decided_at": told("decided"),
            "reason": told("why"),
            "granted_id": link("what it was recognised as"),
            "asked_at": told("when its issuer was last asked"),
            "tried_at": Field("when that was last tried", told=False),
            "withdrawn_at": told("withdrawn there since"),
        },
        GO,
    ),
    Holding(
        "brought_certificate",
        "Certificates from elsewhere on which you decided",
        PROOF,
        "you, whose they are, and leads",
        Term.PERSON,
        ("decided_by",),
        {
            "decided_by": link("who decided"),
            "title": told("what it is of"),
            "module": told("the questionnaire"),
            "state": told("what you decided"),
            "decided_at": told("when"),
        },
    ),
    Holding(
        "trusted_issuer",
        "Issuers of certificates that you trusted, or no longer",
        PROOF,
        LEADS,
        Term.PERSON,
        ("made_by", "ended_by"),
        {
            "made_by": link("who trusted it"),
            "ended_by": link("who took that back"),
            "issuer": told("the issuer"),
            "name": told("its name"),
            "at_once": told("whether a lead need not look"),
            "made_at": told("trusted"),
            "ended_at": told("taken back"),
        },
    ),
    Holding(
        "standing_cache",
        "Where you stand",
        "worked out from the rest every day, so that pages are quick",
        MANAGERS,
        Term.PERSON,
        ("person_id",),
        {
            "person_id": link("whose it is"),
            "module": told("the questionnaire"),
            "holds_to": told("worked out up to"),
            "look_on": Field("the day on which it is looked at again", told=False),
            "paused_from": told("paused from"),
            "paused_to": told("paused to"),
            "exempt_from": told("exempt from"),
            "exempt_to": told("exempt to"),
            "due_on": told("due"),
            "lapses_after": told("lapses after"),
            "renew_from": told("to be renewed from"),
            "valid_until": told("valid until"),
            "passed_on": told("first passed"),
        },
        GO,
    ),
    Holding(
        "notice",
        "Messages to you",
        "to send each once, and to know whether it arrived",
        f"{OPERATORS}; of those that failed, safeguarding leads",
        Term.MESSAGE,
        ("person_id",),
        {
            "id": link("its number"),
            "key": Field("what makes it come once", told=False),
            "person_id": link("to whom"),
            "channel": told("by which way"),
            "kind": told("what it was about"),
            "goes_alone": Field("whether it waits for others", told=False),
            "digest_id": link("the message that it was put into"),
            "payload": Field(
                "ids and days from which it is written; of a changed address the former one, until"
                " the message to it has left",
                told=False,
            ),
            "state": told("what became of it"),
            "tries": told("how often it was tried"),
            "made_at": told("made"),
            "next_try_at": Field("the next try", told=False),
            "done_at": told("done"),
            "trouble": told("what went wrong"),
            "reason": told("what kind of trouble that is"),
            "settled_at": told("dealt with"),
        },
        GO,
    ),
    Holding(
        "chat_link",
        "Chats that you linked",
        "to know that it is you who writes there, and to send messages there if you wish it",
        YOU,
        Term.LINK,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("whose it is"),
            "channel": told("on what"),
            "address": Field("the chat’s address, encrypted", told=False),
            "address_key": Field("a keyed hash of the address", told=False),
            "way": Field("the machine that takes messages there", told=False),
            "epoch": Field("the count that ends it", told=False),
            "gets_notices": told("whether messages go there"),
            "linked_at": told("linked"),
            "unlinked_at": told("unlinked"),
            "blocked_at": told("found blocked"),
        },
        GO,
    ),
    Holding(
        "account",
        "Accounts of your organisation that sign you in",
        "to know you again when you sign in with it",
        LEADS,
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("whose it is"),
            "provider": told("whose account it is"),
            "issuer": told("who vouches for it"),
            "deployment": told("where there, in a learning system"),
            "subject": told("what it is called there"),
            "address_key": Field("a keyed hash of the address by which it was found", told=False),
            "bound_at": told("bound to you"),
            "used_at": told("last used"),
        },
        GO,
    ),
    Holding(
        "lti_link",
        "Courses of a learning system that are told your results",
        "to send your score, and whether you passed, to the course from which you came",
        LEADS,
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "target": link("what the list of results calls it"),
            "person_id": link("whose it is"),
            "platform_id": link("in which learning system"),
            "subject": told("what you are called there"),
            "line_item": told("where there the score goes"),
            "module": told("the questionnaire"),
            "made_at": told("since when"),
        },
        GO,
    ),
    Holding(
        "outgoing",
        "What systems of your organisation were told of results",
        "to tell each of them once, and to take it back where a result is withdrawn",
        LEADS,
        Term.TRAIN,
        ("attempt_id",),
        {
            "id": link("its number"),
            "attempt_id": link("of which attempt"),
            "target": told("which system"),
            "kind": told("what it was told"),
            "state": told("whether it has left"),
            "made_at": told("owed"),
            "done_at": told("told"),
            "trouble": told("what went wrong"),
        },
        through="attempt",
    ),
    Holding(
        "preference",
        "What you chose about messages",
        "to leave you alone where you wish it",
        YOU,
        Term.PERSON,
        ("person_id",),
        {
            "person_id": link("whose it is"),
            "nudges": told("whether you are reminded"),
            "snoozed_until": told("no reminders before"),
            "changed_at": told("chosen"),
        },
        GO,
    ),
    Holding(
        "requirement",
        "Rules you made",
        PROOF,
        "everybody whom the rule concerns",
        Term.PERSON,
        ("made_by",),
        {
            "made_by": link("who made it"),
            "module": told("the questionnaire"),
            "saved_on": told("saved"),
            "reason": told("why"),
        },
    ),
    Holding(
        "publication",
        "Editions you published",
        PROOF,
        "everybody",
        Term.PERSON,
        ("published_by",),
        {
            "published_by": link("who published"),
            "module": told("the questionnaire"),
            "published_at": told("when"),
        },
    ),
    Holding(
        "author_grant",
        "Questionnaires that you may write for",
        "to know what you may draft and read",
        LEADS,
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("whose it is"),
            "module": told("the questionnaire, or all"),
            "starts_on": told("since when"),
            "ends_on": told("until when"),
            "made_by": link("who gave it"),
        },
        GO,
    ),
    Holding(
        "author_grant",
        "Authors whom you named",
        PROOF,
        LEADS,
        Term.PERSON,
        ("made_by",),
        {
            "made_by": link("who gave it"),
            "module": told("the questionnaire, or all"),
            "starts_on": told("since when"),
            "ends_on": told("until when"),
        },
    ),
    Holding(
        "draft",
        "Drafts of questions that you began",
        PROOF,
        WRITERS,
        Term.PERSON,
        ("made_by",),
        {
            "made_by": link("who began it"),
            "module": told("the questionnaire"),
            "question_id": told("the question"),
            "act": told("what it was to do"),
            "made_at": told("when"),
            "state": told("what became of it"),
        },
    ),
    Holding(
        "draft",
        "Drafts of questions that you changed last",
        PROOF,
        WRITERS,
        Term.PERSON,
        ("changed_by",),
        {
            "changed_by": link("who changed it"),
            "question_id": told("the question"),
            "changed_at": told("when"),
        },
    ),
    Holding(
        "draft_version",
        "Versions of questions that you wrote",
        "to show who wrote what, and that somebody else read it",
        WRITERS,
        Term.PERSON,
        ("made_by",),
        {
            "draft_id": link("of which draft"),
            "number": told("which version"),
            "content": told("the question as you wrote it"),
            "made_by": link("who wrote it"),
            "made_at": told("when"),
        },
    ),
    Holding(
        "draft_note",
        "What you said of drafts",
        "to show that somebody else read what was published",
        WRITERS,
        Term.PERSON,
        ("made_by",),
        {
            "id": link("its number"),
            "draft_id": link("of which draft"),
            "version": told("of which version"),
            "kind": told("whether you agreed"),
            "words": gone("what you said"),
            "made_by": link("who said it"),
            "made_at": told("when"),
        },
    ),
    Holding(
        "problem_report",
        "Problems that you reported",
        "to mend questions, and to tell you what became of it",
        "you, and safeguarding leads",
        Term.PERSON,
        ("reporter_id",),
        {
            "id": link("its number"),
            "reporter_id": Field("who reported", blanks=True, told=False),
            "edition_id": told("the edition"),
            "question_id": told("the question"),
            "words": gone("what you wrote"),
            "made_at": told("when"),
            "state": told("what became of it"),
            "answer": told("the answer"),
            "mended_in": told("mended in"),
            "answered_at": told("answered"),
        },
    ),
    Holding(
        "problem_report",
        "Reports that you answered",
        PROOF,
        "you, who reported, and safeguarding leads",
        Term.PERSON,
        ("answered_by",),
        {
            "answered_by": link("who answered"),
            "answer": gone("your answer"),
            "answered_at": told("when"),
        },
    ),
    Holding(
        "signature",
        "Editions that you checked and signed",
        "to show who answers for what is asked",
        "everybody",
        Term.PERSON,
        ("signed_by",),
        {
            "id": link("its number"),
            "signed_by": link("who signed"),
            "module": told("the questionnaire"),
            "name": gone("your name as signed", ERASED),
            "role": told("your role"),
            "checked": told("what you checked"),
            "signed_at": told("when"),
        },
    ),
    Holding(
        "scim_token",
        "Keys of a directory that you made",
        "to show who let a directory in",
        "leads",
        Term.PERSON,
        ("made_by",),
        {
            "id": link("its number"),
            "made_by": link("who made it"),
            "name": gone("what you called it", ERASED),
            "made_at": told("when"),
            "ended_at": told("when it was ended"),
        },
    ),
    Holding(
        "scim_user",
        "What your organisation’s directory says of you",
        "to keep your record in step with it",
        "you, and leads of all that it is for",
        Term.PERSON,
        ("person_id",),
        {
            "id": link("its number"),
            "person_id": link("whose it is"),
            "content": told("name, addresses, number, job, unit and manager as it sent them"),
            "is_active": told("works here, as it says"),
            "made_at": told("first sent"),
            "changed_at": told("last changed"),
        },
        GO,
    ),
    Holding(
        "change_entered",
        "Changes of guidance that you entered or took back",
        "to show who has read the text that people are asked by",
        "leads",
        Term.PERSON,
        ("made_by", "withdrawn_by"),
        {
            "change": told("the change"),
            "made_at": told("when it was entered"),
            "made_by": link("who entered it"),
            "withdrawn_at": told("when it was taken back"),
            "withdrawn_by": link("who took it back"),
            "reason": told("why"),
        },
    ),
    Holding(
        "place_setting",
        "Settings of the place that you saved",
        "to show who answers for local names and numbers",
        "leads",
        Term.PERSON,
        ("saved_by",),
        {
            "name": told("the setting"),
            "saved_at": told("when"),
            "saved_by": link("who saved it"),
        },
    ),
    Holding(
        "regraded",
        "Answers of yours that count as right, or are left out, after a question was found faulty",
        "so that nobody is held to a fault of ours",
        MANAGERS,
        Term.TRAIN,
        ("person_id",),
        {
            "attempt_id": link("in which attempt"),
            "question_id": told("the question"),
            "effect": told("right, or left out"),
            "regrade_id": link("by which decision"),
            "objective": told("what it is about"),
            "passed": told("passed with it"),
            "share": told("the share with it"),
            "regraded_at": told("when"),
        },
        through="attempt",
    ),
    Holding(
        "regrade",
        "Questions that you found faulty, and how they are judged since",
        PROOF,
        "everybody who met them, and safeguarding leads",
        Term.PERSON,
        ("made_by",),
        {
            "id": link("its number"),
            "made_by": link("who decided"),
            "module": told("the questionnaire"),
            "question_id": told("the question"),
            "decision": told("what was decided"),
            "reply": told("what is right as well"),
            "reason": told("why"),
            "made_at": told("when"),
        },
    ),
    Holding(
        "pack",
        "Inspection packs that you asked for",
        "to give them to you while they are kept, which is an hour",
        "you",
        Term.PACK,
        ("asked_by",),
        {
            "id": link("its number"),
            "asked_by": link("who asked"),
            "asked_at": told("when"),
            "first": told("from which month"),
            "last": told("to which month"),
            "state": told("what became of it"),
        },
    ),
    Holding(
        "audit",
        "What you did, and what was done about you",
        "to find out later who changed or saw what",
        "you, and leads and auditors of the whole partnership",
        Term.TRAIL,
        ("actor", "subject"),
        {
            "at": told("when"),
            "action": told("what"),
            "actor": link("by whom"),
            "subject": link("to whom or what"),
            "details": Field("ids, counts and days", told=False),
        },
    ),
)

# Columns that say nothing of a person: what is asked, how the place is made, what machines need.
NOT_PERSONAL: Mapping[str, frozenset[str]] = {
    "unit": frozenset({"id", "parent_id", "path", "kind", "name", "ended_on"}),
    "edition": frozenset(
        {"id", "module", "label", "fingerprint", "content_fingerprint", "content", "made_at"}
    ),
    "publication": frozenset({"id", "edition_id"}),
    "bank_text": frozenset({"content_fingerprint", "content"}),
    "draft": frozenset(
        {
            *("id", "began", "content", "version", "brought_from", "position", "doubts"),
            *("base", "edition_id", "published_at", "problem_id"),
        }
    ),
    "signature": frozenset({"content_fingerprint"}),
    "certificate": frozenset({"fingerprint"}),
    "passport_key": frozenset({"id", "public", "made_at", "ended_at", "withdrawn_at"}),
    "trusted_issuer": frozenset({"id", "keys", "keys_url", "keys_at"}),
    "board_figure": frozenset(
        {"month", "module", "kind", "item", "agency", "counted_on", "people", "of_people"}
    ),
    "change_action": frozenset(
        {
            "id",
            "unit_id",
            "whom",
            "jobs",
            "was",
            "now",
            "matters",
            "starts_on",
            "modules",
            "asked_in",
            "announced_on",
        }
    ),
    "later_count": frozenset({"month", "module", "agency", "item", "people"}),
    "pack": frozenset({"step", "done", "steps", "tries", "ends_at", "trouble", "size"}),
    "pack_part": frozenset({"pack_id", "number", "content"}),
    "belief_figure": frozenset(
        {"month", "agency", "module", "objective", "misconception", "counted_on", "is_common"}
    ),
    "requirement": frozenset(
        {
            *("id", "unit_id", "job", "within_days", "within_months", "every_months"),
            *("window_days", "grace_days", "changed_on", "in_force_from", "in_force_to"),
            "refresher",
        }
    ),
    "item_figure": frozenset(
        {"module", "content_fingerprint", "counted_at", "attempts", "content"}
    ),
    "regrade": frozenset({"print", "done_at"}),
    "regrade_edition": frozenset({"regrade_id", "edition_id"}),
    "link_used": frozenset({"id", "used_at"}),
    # Nobody's until a lead says whose: then it goes.
    "account_waiting": frozenset(
        {
            *("id", "provider", "issuer", "deployment", "subject"),
            *("calls_itself", "number_hash", "made_at"),
        }
    ),
    "lti_platform": frozenset(
        {
            *("id", "title", "issuer", "client_id", "deployments", "login_url", "token_url"),
            *("keys_url", "audience", "hosts", "domains", "are_verified", "made_at"),
        }
    ),
    "lti_invitation": frozenset(
        {"id", "word_hash", "title", "address", "domains", "are_verified", "made_at", "used_at"}
    ),
    # Of somebody on the way in, whom we may not know yet: gone a day later.
    "lti_launch": frozenset(
        {"id", "state_hash", "word_hash", "platform_id", "kind", "told", "made_at", "used_at"}
    ),
    "lti_key": frozenset({"id", "public", "sealed", "made_at"}),
    # Of a session, which is a day old at most; ids alone.
    "account_session": frozenset({"id", "account_id", "sid", "began_at"}),
    "connection_state": frozenset({"name", "used_at", "fault_at", "fault"}),
    "session_ended": frozenset({"id", "ended_at"}),
    "column_name": frozenset({"title", "means"}),
    "place_setting": frozenset({"content", "file_said"}),
    "change_entered": frozenset({"content"}),
    "scim_token": frozenset({"hash", "last_four", "used_at"}),
    "scim_user": frozenset({"user_key", "external_id", "is_deleted", "version"}),
    "scim_group": frozenset(
        {"id", "name_key", "name", "external_id", "version", "made_at", "changed_at"}
    ),
    "scim_member": frozenset({"group_id", "user_id"}),
    "scim_state": frozenset(
        {
            *("id", "changes", "taken", "changed_at", "first_change_at", "taken_at"),
            *("fault", "fault_at", "held"),
        }
    ),
    "update_seen": frozenset({"channel", "number", "seen_at"}),
    "huddle": frozenset(  # of a group, which is nobody
        {
            *("chat_key", "id", "edition_id", "question_id", "shown_order", "round"),
            *("message", "first_votes", "votes", "started_at", "moved_from"),
        }
    ),
    "lease": frozenset({"name", "holder", "until", "done_on"}),
    "audit": frozenset({"number", "previous", "hash"}),
    "alembic_version": frozenset({"version_num"}),
}


def lines() -> Iterator[RegisterLine]:
    """The register field by field."""
    for holding in REGISTER:
        for name, field in holding.fields.items():
            yield RegisterLine(
                holding.table,
                name,
                field.what,
                holding.why,
                holding.term.value,
                holding.seen_by,
            )
