"""The dated facts about one person and one module on which standing rests."""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from quizbot.words import folded_job, is_within


@dataclass(frozen=True, slots=True)
class Post:
    """A place in a unit, from a day; open until `ends_on` is known."""

    unit: str
    job: str
    starts_on: date
    ends_on: date | None
    recorded_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """By when a rule asks, how often again, and between which days it is in force.

    `every_months` is None where once is enough; the window must be shorter than that period. A
    `refresher` that is "shrinking" asks less of what was shown twice: see `rules/shrinking.py`.
    """

    in_force_from: date
    in_force_to: date | None = None
    within_months: int = 0
    within_days: int = 0
    every_months: int | None = None
    window_days: int = 0
    grace_days: int = 0
    refresher: str = "full"


TERMS = tuple(field.name for field in fields(Terms))


def terms_of(rule: object) -> dict[str, Any]:
    """The terms of a rule, a draft or a row by their names."""
    return {name: getattr(rule, name) for name in TERMS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement(Terms):
    """A rule for the people of a unit and all below it, or for those of them in one job.

    `changed_on` is the day on which the terms last became stricter: sooner, more often, or for
    more people. A change that only gives time leaves it alone, so that editing excuses nobody.
    """

    id: UUID
    unit: str
    saved_on: date
    changed_on: date | None = None
    job: str = ""

    def covers(self, post: Post) -> bool:
        """Whether a post is of the unit or below, and of the job if one is named."""
        if self.job and folded_job(self.job) != folded_job(post.job):
            return False
        return is_within(post.unit, self.unit)


@dataclass(frozen=True, slots=True)
class Request:
    """A manager asks for the module by a day."""

    id: UUID
    made_on: date
    due_on: date
    withdrawn_on: date | None = None


class DispensationKind(StrEnum):
    """The four ways in which somebody may be treated otherwise than the rule says."""

    EXEMPTION = "exemption"
    EXTENSION = "extension"
    LEARNING = "recognised prior learning"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Dispensation:
    """One that was granted on `made_on`, for this module or for all.

    An exemption or pause covers `starts_on` to `ends_on`. An extension moves due days to `ends_on`.
    Recognised learning was learned on `starts_on`, and `ends_on` is its own end if it has one.
    """

    kind: DispensationKind
    made_on: date
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one person and one module; the order of things does not matter.

    `left_on` is the last day with us, `guest_until` a guest's last; a post that begins after it
    tells that the person is back. `passes` are the days of assured passes.
    """

    posts: tuple[Post, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    requests: tuple[Request, ...] = ()
    passes: tuple[date, ...] = ()
    dispensations: tuple[Dispensation, ...] = ()
    left_on: date | None = None
    guest_until: date | None = None
