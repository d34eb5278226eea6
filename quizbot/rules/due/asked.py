"""What requirements and requests ask of one person, worked out once for all days."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quizbot.rules.due.days import (
    FOREVER,
    NEVER,
    ONE_DAY,
    Span,
    common,
    days_after,
    joined,
    months_after,
    put_off,
)
from quizbot.rules.due.facts import (
    Dispensation,
    DispensationKind,
    Facts,
    Post,
    Request,
    Requirement,
)
from quizbot.rules.outcome import met_on

WEEK_AND_A_DAY = 8  # from the last day of one post to the first of the next: a week between them


@dataclass(frozen=True, slots=True)
class Run:
    """Days on which one duty goes on unbroken, when it was made and when it is first due."""

    days: Span
    made_on: date
    dues: frozenset[date]

    @property
    def first_due_on(self) -> date:
        """The earliest due day that any of its posts gives."""
        return min(self.dues)


@dataclass(frozen=True, slots=True)
class Asked:
    """One requirement or request: the days on which it is a duty, and what meets it until when."""

    requirement_id: UUID | None
    request_id: UUID | None
    live: tuple[Span, ...]
    runs: tuple[Run, ...]
    validity: tuple[tuple[date, date], ...] = ()  # from this day on, valid until that
    window_days: int = 0

    def run(self, day: date) -> Run:
        """The run of a day on which it is live."""
        return next(run for run in self.runs if day in run.days)


@dataclass(frozen=True, slots=True)
class Extension:
    """A later due day for what was asked before."""

    made_on: date
    until: date


def all_asked(facts: Facts) -> tuple[Asked, ...]:
    """Everything that is ever asked of the person."""
    held, here = _presence(facts)
    breaks = breaks_of(facts)
    found = [_required(facts, rule, held, breaks) for rule in facts.requirements]
    found += [_requested(facts, request, here) for request in facts.requests]
    return tuple(asked for asked in found if asked.live)


def breaks_of(facts: Facts, since: date = NEVER) -> tuple[Span, ...]:
    """The days of pauses and exemptions that were granted after a day."""
    kinds = (DispensationKind.PAUSE, DispensationKind.EXEMPTION)
    return spans_of(d for d in facts.dispensations if d.kind in kinds and d.made_on > since)


def spans_of(dispensations: Iterable[Dispensation]) -> tuple[Span, ...]:
    """The days that dispensations cover."""
    return joined(Span(d.starts_on, d.ends_on or FOREVER) for d in dispensations)


def extensions_of(facts: Facts) -> tuple[Extension, ...]:
    """Extensions, each with the day that it comes to."""
    return tuple(
        Extension(d.made_on, _chosen(facts, d.made_on, d.ends_on))
        for d in facts.dispensations
        if d.kind is DispensationKind.EXTENSION and d.ends_on
    )


def _chosen(facts: Facts, made_on: date, day: date) -> date:
    """A day that somebody chose, put off by what was granted after: they knew the rest."""
    return put_off(made_on, max(day, made_on), breaks_of(facts, since=made_on))


def _presence(facts: Facts) -> tuple[list[tuple[Post, Span]], list[Span]]:
    """The posts with the days on which each is held, and the days on which the person is here."""
    last = min(facts.left_on or FOREVER, facts.guest_until or FOREVER)
    held = []
    for post in facts.posts:
        ends_on = post.ends_on or FOREVER
        days = Span(post.starts_on, min(ends_on, last) if post.starts_on <= last else ends_on)
        # Somebody who moves on the day they start leaves a post that ended before it began.
        if days.first <= days.last:
            held.append((post, days))
    back = [days.first for _, days in held if days.first > last]
    here = [Span(NEVER, last)]
    return held, [*here, Span(min(back), FOREVER)] if back else here


def _requested(facts: Facts, request: Request, here: Sequence[Span]) -> Asked:
    """What a request asks, until it is met or withdrawn, and not while the person is gone."""
    met = met_on(request.made_on, facts.passes)
    closed_on = min(met or FOREVER, request.withdrawn_on or FOREVER)
    days = Span(request.made_on, closed_on if closed_on == FOREVER else closed_on - ONE_DAY)
    due_on = _chosen(facts, request.made_on, request.due_on)
    run = Run(days, request.made_on, frozenset((due_on,)))
    return Asked(None, request.id, common([days], here), (run,))


def _required(
    facts: Facts, rule: Requirement, held: Sequence[tuple[Post, Span]], breaks: Sequence[Span]
) -> Asked:
    """What a requirement asks, while it is in force and covers a post."""
    covered = [(post, days) for post, days in held if rule.covers(post)]
    in_force = Span(rule.in_force_from, rule.in_force_to or FOREVER)
    live = common(joined(days for _, days in covered), [in_force])
    if not live:
        return Asked(rule.id, None, (), ())
    runs = _runs(rule, covered, breaks)
    return Asked(rule.id, None, live, runs, _validity(facts, rule, breaks), rule.window_days)


def _runs(
    rule: Requirement, held: Sequence[tuple[Post, Span]], breaks: Sequence[Span]
) -> tuple[Run, ...]:
    """Unbroken runs of posts, put together in the order in which the posts became known.

    Where a run was known to have ended, a post that turns out to go on from it was recorded only
    after its due day, if that is past, so it is due in grace; a move known in time changes nothing.
    """

    def in_grace(day: date) -> date:
        return put_off(day, days_after(day, rule.grace_days), breaks)

    asked_on = max(rule.saved_on, rule.in_force_from)
    not_before = max(in_grace(day) for day in (asked_on, rule.changed_on) if day)
    runs: list[Run] = []
    for known_on, days, recorded_on in sorted(
        (max(post.recorded_on, days.first), days, post.recorded_on) for post, days in held
    ):
        within = days_after(months_after(days.first, rule.within_months), rule.within_days)
        due = max(put_off(days.first, within, breaks), not_before)
        run = Run(
            days,
            max(known_on, asked_on),
            frozenset([due if recorded_on <= due else in_grace(recorded_on)]),
        )
        for other in [other for other in runs if _touch(other.days, days)]:
            runs.remove(other)
            ended = known_on > days_after(other.days.last, WEEK_AND_A_DAY)
            dues = [in_grace(known_on) if ended and d < known_on else d for d in other.dues]
            run = Run(
                Span(min(run.days.first, other.days.first), max(run.days.last, other.days.last)),
                min(run.made_on, other.made_on),
                run.dues.union(dues),
            )
        runs.append(run)
    return tuple(runs)


def _touch(one: Span, other: Span) -> bool:
    """Whether no more than a week lies between two spans."""
    if other.first < one.first:
        one, other = other, one
    return other.first <= days_after(one.last, WEEK_AND_A_DAY)


@dataclass(slots=True)
class _Chain:
    """A validity that credits may carry on, always counted from the same day."""

    counted_from: date
    months: int
    end: date

    def carry_on(self, months: int, breaks: Sequence[Span]) -> None:
        """Make it valid for so many months more."""
        self.months += months
        whole = months_after(self.counted_from, self.months)
        self.end = put_off(self.counted_from, whole, breaks)


def _validity(
    facts: Facts, rule: Requirement, breaks: Sequence[Span]
) -> tuple[tuple[date, date], ...]:
    """From the day of each credit on: the last valid day, the best that any credits give."""
    credits_on: defaultdict[date, list[date]] = defaultdict(list)
    for day in facts.passes:
        credits_on[day].append(FOREVER)
    for learned in facts.dispensations:
        if learned.kind is DispensationKind.LEARNING:
            credits_on[learned.starts_on].append(learned.ends_on or FOREVER)
    best = NEVER
    chains: list[_Chain] = []
    found = []
    for day, own_ends in sorted(credits_on.items()):
        chains = [chain for chain in chains if day <= chain.end]
        for chain in chains:
            if rule.every_months and (chain.end - day).days <= rule.window_days:
                chain.carry_on(rule.every_months, breaks)
        for own_end in own_ends:
            chains += _alone(day, own_end, rule.every_months, breaks)
        best = max([best, *(chain.end for chain in chains)])
        found.append((day, best))
    return tuple(found)


def _alone(
    day: date, own_end: date, months: int | None, breaks: Sequence[Span]
) -> tuple[_Chain, ...]:
    """The validity that a credit gives by itself, counted from its day.

    Where its own end cuts it short it may be carried on from there as well: after a pause that is
    now and then the later day, and the person keeps the later.
    """
    end = months_after(day, months) if months else FOREVER
    if own_end >= end:
        return (_Chain(day, months or 0, put_off(day, end, breaks)),)
    end = put_off(day, own_end, breaks)
    return _Chain(day, months or 0, end), _Chain(end, 0, end)
