"""What a lead means to do about a change, what keeps it from being done, and what it would do."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from questions.changing import Weighed
from questions.register import ChangeKind, RuleChange
from quizbot.rules.updates import Whom
from quizbot.standing.requests import LATEST
from quizbot.standing.working_days import is_working_day, working_day
from quizbot.words import LONGEST_REASON, how_many, long_date, to_mend

MAY_ASK = {
    ChangeKind.REVERSED: (Whom.RESTED, Whom.EVERYBODY),
    ChangeKind.NEW_DUTY: (Whom.BEFORE, Whom.EVERYBODY),
}


@dataclass(frozen=True, kw_only=True)
class ChangeDraft:
    """What a lead means to do about a change: to tell people, or with a day to ask them.

    `jobs` are those that it concerns here; where the change is not for all, they are named, or
    `every_job` is.
    """

    change: str
    unit: str
    due_on: date | None = None
    whom: Whom | None = None  # the kind's own, unless everybody is asked
    jobs: tuple[str, ...] = ()
    every_job: bool = False
    has_read: str = ""

    @property
    def asks(self) -> bool:
        """Whether people are asked to confirm, and not told alone."""
        return self.due_on is not None

    @property
    def fingerprint(self) -> str:
        """Binds what is done to the preview that was looked at."""
        content = json.dumps(asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class HeldBy:
    """How many people of an agency, or with a credit in a module, stand to a change how."""

    name: str
    met: int
    rested: int
    without: int
    since: int


@dataclass(frozen=True)
class ChangePreview:
    """What a draft would do today; nobody by name."""

    draft: ChangeDraft
    change: RuleChange
    asked_in: str
    total: HeldBy
    by_agency: tuple[HeldBy, ...]
    by_module: tuple[HeldBy, ...]
    already: int  # asked before, and not done
    people: int  # who would be told, or asked

    @property
    def lines(self) -> tuple[str, ...]:
        """The same in words, for a page and for a terminal."""
        total, due_on = self.total, self.draft.due_on
        what = (
            f"ask {how_many(self.people, 'person')} by {long_date(due_on)}"
            if due_on
            else (f"tell {how_many(self.people, 'person')}")
        )
        return (
            f"Was: {self.change.was}",
            f"Now: {self.change.now}",
            f"It concerns {', '.join(self.change.roles)}.",
            f"Have shown the new rule already: {total.met}.",
            f"Passed before it, and were asked what it touches: {total.rested}.",
            f"Passed before it, and were not: {total.without}.",
            f"Passed since it came: {total.since}.",
            f"Are asked already: {self.already}.",
            f"It would {what}.",
        )


def whom_of(draft: ChangeDraft, change: RuleChange) -> Whom:
    """Whom the draft asks: those of the kind, unless it says otherwise."""
    return draft.whom or MAY_ASK[change.kind][0]


def modules_of(one: Weighed, draft: ChangeDraft) -> tuple[str, ...]:
    """The modules whose passes it is about: that rest on it, or to be told, that speak of it."""
    if draft.asks:
        return tuple(dict.fromkeys((*one.modules, one.asked_in)))
    return tuple(dict.fromkeys(touched.module for touched in one.touched))


def faults_of(draft: ChangeDraft, one: Weighed, today: date) -> Iterator[tuple[str, str]]:
    """What keeps a draft from being done, each by the field that is to be mended."""
    change = one.change
    if one.starts_on is None or one.starts_on > today:
        yield "change", "It is not in force here yet, so nobody is told or asked: it waits."
    elif not one.touched:
        yield "change", "It touches no question that is published here."
    elif draft.asks:
        yield from _asking_faults(draft, one, today)
    if not change.doubt.is_small and not draft.has_read.strip():
        yield "has_read", f"There is {change.doubt} doubt of it: read the text, and say which."
    if not change.is_for_all and draft.asks and not draft.jobs and not draft.every_job:
        concerns = ", ".join(change.roles)
        yield "jobs", f"It concerns {concerns}: name the jobs here, or say that it is every job."
    if draft.jobs and draft.every_job:
        yield "jobs", "Name the jobs, or say that it is every job: not both."
    if trouble := to_mend(draft.has_read, LONGEST_REASON, in_lines=True):
        yield "has_read", f"{trouble}."


def _asking_faults(draft: ChangeDraft, one: Weighed, today: date) -> Iterator[tuple[str, str]]:
    change, due_on = one.change, draft.due_on
    if not change.kind.may_ask:
        yield "change", f"It is {change.kind}: nobody's answer became wrong, so tell it."
        return
    if words := "; ".join(one.lacks):
        yield "change", f"Nobody can be asked for it yet: {words}."
    if whom_of(draft, change) not in MAY_ASK[change.kind]:
        allowed = " or ".join(MAY_ASK[change.kind])
        yield "whom", f"For a change that is {change.kind}, ask {allowed}."
    if due_on is not None:
        yield from day_faults(due_on, today)


def day_faults(due_on: date, today: date) -> Iterator[tuple[str, str]]:
    """What is wrong with a day by which people are asked to confirm."""
    if due_on < today:
        yield "due_on", "The day is in the past: choose today or a day to come."
    if due_on > today + LATEST:
        yield "due_on", "The day is more than two years ahead: check the year."
    elif due_on >= today and not is_working_day(due_on):
        nearest = long_date(working_day(due_on))
        yield "due_on", f"Nobody is at work on that day: choose a working day, such as {nearest}."
