"""What becomes of one person when a people file speaks of them, or does not: pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from quizbot.access import GUEST
from quizbot.clock import has_ended
from quizbot.words import folded_job

ONE_DAY = timedelta(days=1)


class Kind(StrEnum):
    """What an import does with a person, the gravest first."""

    LEAVES = "leaves"
    LOSES = "loses posts"
    RETURNS = "returns"
    JOINS = "joins"
    MOVES = "moves"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person as the database has them, or will."""

    name: str
    email: str | None
    staff_ref: str | None
    left_on: date | None = None
    is_guest: bool = False


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post, of the database or new (then without an id); `is_within`: where the file is complete.

    The path is how the unit is written; its key tells which it is.
    """

    post_id: UUID | None
    unit_key: str
    path: str
    job: str
    manager_id: UUID | None
    starts_on: date
    ends_on: date | None
    is_within: bool

    def is_open(self, day: date) -> bool:
        """Whether it is held on a day or will be."""
        return not has_ended(self.ends_on, day)


@dataclass(frozen=True, slots=True)
class PostChange:
    """A post that begins (`before` is None), is mended, or ends."""

    before: HeldPost | None
    after: HeldPost

    @property
    def ends(self) -> bool:
        """Whether it gets a last day, or an earlier one."""
        return self.before is not None and self.after.ends_on not in (None, self.before.ends_on)


@dataclass(frozen=True, slots=True)
class Case:
    """One person before the file: as known, as they will be called, what they hold, and the lines.

    A line is a post as the file has it; `tells_manager` says whether it has such a column.
    """

    known: KnownPerson | None
    called: KnownPerson
    held: Sequence[HeldPost]
    said: Sequence[HeldPost]
    today: date
    is_complete: bool = False
    tells_manager: bool = True

    @property
    def yesterday(self) -> date:
        """The last day of what the file of today does not know any more."""
        return self.today - ONE_DAY

    @property
    def has_left(self) -> bool:
        """Whether the last day is over."""
        return self.known is not None and has_ended(self.known.left_on, self.today)

    @property
    def is_guest(self) -> bool:
        """Whether this was a candidate until now."""
        return self.known is not None and self.known.is_guest


@dataclass(frozen=True, slots=True)
class Change:
    """All that an import does with one person."""

    kind: Kind
    before: KnownPerson | None
    after: KnownPerson
    posts: tuple[PostChange, ...]
    leaves_unit: bool  # of the unit for which the file is complete, nothing is left


def change_of(case: Case) -> Change | None:
    """What changes for a person; None where all is as the file says."""
    pairs = [(row, _held(case, row)) for row in case.said]
    kept = [change for row, held in pairs if (change := _row_change(case, row, held))]
    named = {held.post_id for _, held in pairs if held}
    begin = {c.after.starts_on for c in kept if c.before is None}
    # What is still to begin counts each time, so that the same file says the same again.
    begin |= {row.starts_on for row in case.said if row.starts_on > case.today}
    posts = (*kept, *_ends(case, named, begin))
    after = _after(case, posts)
    if case.known == after and not posts:
        return None
    return Change(_kind(case, after, posts), case.known, after, posts, _leaves_unit(case, posts))


def _held(case: Case, row: HeldPost) -> HeldPost | None:
    """The post of which a line speaks: the same unit and job, held now or ended by mistake.

    Of several, the one that began on the day told, else the newest: never the one that happens to
    be read first.
    """
    same = [
        held
        for held in case.held
        if (held.unit_key, folded_job(held.job)) == (row.unit_key, folded_job(row.job))
    ]
    same.sort(key=lambda held: (held.starts_on == row.starts_on, held.starts_on, str(held.post_id)))
    same.reverse()
    for held in same:
        is_over = held.ends_on is not None and row.starts_on > held.ends_on
        if held.is_open(case.today) and not is_over:
            return held
    return next((held for held in same if held.starts_on == row.starts_on), None)


def _row_change(case: Case, row: HeldPost, held: HeldPost | None) -> PostChange | None:
    """A line as a change: a new post, a mended one, or nothing."""
    if held is None:
        return PostChange(None, row)
    is_open = held.is_open(case.today) and not case.has_left
    keeps_manager = is_open and not case.tells_manager
    after = replace(
        held,
        job=row.job,
        manager_id=held.manager_id if keeps_manager else row.manager_id,
        starts_on=row.starts_on,
        ends_on=held.ends_on if is_open else None,
    )
    return PostChange(held, after) if after != held else None


def _ends(case: Case, named: set[UUID | None], begin: set[date]) -> list[PostChange]:
    """Posts that the file ends: those it does not name where it is complete, and a guest's.

    A move ends the old post the day before the new one begins. Where no new one begins later, what
    is not in the file of today was held until yesterday; or never, if it was still to begin.
    """
    found = []
    for held in case.held:
        is_meant = case.is_complete and held.is_within
        is_meant |= bool(case.said) and case.is_guest and held.job == GUEST
        if not is_meant or held.post_id in named or not held.is_open(case.today):
            continue
        later = [day for day in begin if day > held.starts_on]
        last = min(later) - ONE_DAY if later else case.yesterday
        after = replace(held, ends_on=min(last, held.ends_on or last))
        found += [PostChange(held, after)] if after != held else []
    return found


def _after(case: Case, posts: Sequence[PostChange]) -> KnownPerson:
    """The person afterwards: still here, back, or gone."""
    left_on = case.known.left_on if case.known else None
    if case.said:
        is_back = left_on is not None and any(row.starts_on > left_on for row in case.said)
        stays_so = left_on if not (case.has_left or is_back or case.is_guest) else None
        return replace(case.called, left_on=stays_so, is_guest=False)
    ended = {change.after.post_id: change.after for change in posts}
    stays = any(ended.get(held.post_id, held).is_open(case.today) for held in case.held)
    return replace(case.called, left_on=left_on if stays else case.yesterday)


def _leaves_unit(case: Case, posts: Sequence[PostChange]) -> bool:
    after = {c.after.post_id: c.after for c in posts if c.before}
    before = [h for h in case.held if h.is_within and h.is_open(case.today)]
    begin = any(c.before is None and c.after.is_within for c in posts)
    goes = all(not after.get(h.post_id, h).is_open(case.today) for h in before)
    return case.is_complete and bool(before) and goes and not begin


def _kind(case: Case, after: KnownPerson, posts: Sequence[PostChange]) -> Kind:
    if case.known is None or (case.is_guest and not after.is_guest):
        return Kind.JOINS
    if case.has_left:
        return Kind.RETURNS
    if after.left_on is not None and after.left_on != case.known.left_on:
        return Kind.LEAVES
    if not any(change.ends for change in posts):
        return Kind.CHANGES
    return Kind.MOVES if any(change.before is None for change in posts) else Kind.LOSES
