"""What an import changes, person by person, in words and as plain values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quizbot.people.file.person_change import HeldPost, Kind, KnownPerson, PostChange
from quizbot.people.file.plan import PersonLine, Plan
from quizbot.words import how_many, long_date

VERBS = {
    Kind.LEAVES: "leaves",
    Kind.LOSES: "loses a post",
    Kind.RETURNS: "returns",
    Kind.JOINS: "joins",
    Kind.MOVES: "moves",
    Kind.CHANGES: "changes",
}


@dataclass(frozen=True)
class PlannedPerson:
    """One person of a plan, as a page or a terminal shows them."""

    name: str
    who: str  # the staff number, or else the address
    kind: Kind
    details: tuple[str, ...]

    @property
    def heading(self) -> str:
        """Who does what."""
        return f"{self.name} ({self.who}) {VERBS[self.kind]}"

    def as_values(self) -> dict[str, Any]:
        """For a program."""
        return {
            "name": self.name,
            "who": self.who,
            "kind": self.kind.value,
            "details": list(self.details),
        }


def told_people(plan: Plan) -> Iterator[PlannedPerson]:
    """Everybody for whom a plan changes something."""
    for line in plan.people():
        after = line.change.after
        who = after.staff_ref or after.email or "no number"
        yield PlannedPerson(after.name, who, line.change.kind, tuple(_details(plan, line)))


def _details(plan: Plan, line: PersonLine) -> Iterator[str]:
    change = line.change
    if change.before is not None:
        yield from _renamed(change.before, change.after)
    if change.kind is Kind.LEAVES and change.after.left_on:
        yield f"last day {long_date(change.after.left_on)}; roles and sessions end"
    elif change.before and change.before.left_on and change.after.left_on is None:
        yield f"had {long_date(change.before.left_on)} as last day"
    for post in change.posts:
        yield from _post(plan, post)
    if line.loses_manager:
        people = how_many(line.loses_manager, "person loses", "people lose")
        yield f"{people} their manager"


def _renamed(before: KnownPerson, after: KnownPerson) -> Iterator[str]:
    fields = (("name", "name"), ("email", "e-mail address"), ("staff_ref", "staff number"))
    for field, title in fields:
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield f"{title}: {old or 'none'} → {new}"
    if before.is_guest and not after.is_guest:
        yield "was a guest"


def _post(plan: Plan, post: PostChange) -> Iterator[str]:
    before, after = post.before, post.after
    if before is None:
        manager = plan.name_of(after.manager_id) if after.manager_id else ""
        by = f", manager {manager}" if manager else ", without a manager"
        yield f"begins {_place(after)} on {long_date(after.starts_on)}{by}"
        return
    if post.ends:
        assert after.ends_on is not None
        yield f"ends {_place(before)} on {long_date(after.ends_on)}"
        return
    if before.ends_on and after.ends_on is None:
        yield f"goes on with {_place(before)}, which had ended on {long_date(before.ends_on)}"
    if before.job != after.job:
        yield f"{_place(before)}: job → {after.job}"
    if before.starts_on != after.starts_on:
        old, new = long_date(before.starts_on), long_date(after.starts_on)
        yield f"{_place(before)}: start {old} → {new}"
    if before.manager_id != after.manager_id:
        old, new = plan.name_of(before.manager_id), plan.name_of(after.manager_id)
        yield f"{_place(before)}: manager {old} → {new}"


def _place(post: HeldPost) -> str:
    return f"{post.path}, {post.job}"
