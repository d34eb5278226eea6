"""Standing on any day, the dates to cache for it, and the days on which it changes."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from uuid import UUID

from quizbot.rules.due.asked import Asked, Extension, all_asked, extensions_of, spans_of
from quizbot.rules.due.days import FOREVER, NEVER, ONE_DAY, Span
from quizbot.rules.due.facts import DispensationKind, Facts
from quizbot.rules.due.ranges import Dates, State, due_from_dates, state_from_dates, turns

_day_of_credit = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Duty:
    """Why a module is asked of somebody: by a requirement or by a request, and where that stands.

    `made_on` is when it came about: asked for, or first in force for a post that was known of.
    `valid_until` is the last valid day, past or to come; None without a credit or without an end.
    Once lapsed, and while valid with an end after which it is at once due again, `lapses_after` is
    that day, and `renew_from` the first on which to renew before it.
    """

    state: State
    due_on: date | None
    valid_until: date | None
    requirement_id: UUID | None = None
    request_id: UUID | None = None
    made_on: date = NEVER
    renew_from: date | None = None
    lapses_after: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands with a module on a day; duties worst first.

    While paused or exempt there is no due day, `until` is the last day of it, and the duties are
    those that wait behind it.
    """

    state: State
    due_on: date | None
    valid_until: date | None
    until: date | None
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Days on which standing stays the same, both ends included."""

    first: date
    last: date
    state: State
    due_on: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class _Timeline:
    """The facts, worked out once for all days."""

    asked: tuple[Asked, ...]
    extensions: tuple[Extension, ...]
    pauses: tuple[Span, ...]
    exemptions: tuple[Span, ...]
    first_pass: date | None
    turns: list[date]  # days on which something begins or ceases to count

    def on(self, day: date) -> Iterator[tuple[Asked, Dates]]:
        """What is asked on a day, each with its own dates."""
        for asked in self.asked:
            if any(day in span for span in asked.live):
                yield asked, _dates_of(asked, self.extensions, day)

    def dates(self, parts: Sequence[Dates], day: date) -> Dates:
        """The dates of all that is asked on a day as one: the earliest of each."""
        paused, after_pause = _this_or_next(self.pauses, day)
        exempt, after_exemption = _this_or_next(self.exemptions, day)
        at = bisect_right(self.turns, day)
        turn = min(
            self.turns[at] if at < len(self.turns) else FOREVER, after_pause, after_exemption
        )
        if turn != FOREVER:
            turn -= ONE_DAY
        return Dates(
            holds_to=min([turn, *[part.holds_to for part in parts]]),
            paused_from=paused.first if paused else None,
            paused_to=paused.last if paused else None,
            exempt_from=exempt.first if exempt else None,
            exempt_to=exempt.last if exempt else None,
            due_on=_earliest([part.due_on for part in parts]),
            lapses_after=_earliest([part.lapses_after for part in parts]),
            renew_from=_earliest([part.renew_from for part in parts]),
            valid_until=_earliest([part.valid_until for part in parts]),
            passed_on=self.first_pass,
        )

    def next_change(self, dates: Dates, day: date) -> date:
        """The next day on which standing may be another, or the end of the calendar."""
        after = dates.holds_to if dates.holds_to == FOREVER else dates.holds_to + ONE_DAY
        return min([after, *turns(dates, day)])


def standing(facts: Facts, day: date) -> Standing:
    """Where the person stands with the module on a day."""
    return standing_and_dates(facts, day)[0]


def cached_dates(facts: Facts, day: date) -> Dates:
    """What to cache on a day: the state of every day from then up to `holds_to` follows from it.

    Most histories need nothing more until a new fact comes: due soon, overdue, renew soon, lapsed
    and the next pause come about by comparison. The dates end where a post, a rule, a request or a
    second break begins or ends, and at the end of a validity that is not at once due again.
    """
    timeline = _timeline(facts)
    return timeline.dates([part for _, part in timeline.on(day)], day)


def standing_and_dates(facts: Facts, day: date) -> tuple[Standing, Dates]:
    """Both at the price of one."""
    timeline = _timeline(facts)
    found = list(timeline.on(day))
    dates = timeline.dates([part for _, part in found], day)
    state = state_from_dates(dates, day)
    until = {State.PAUSED: dates.paused_to, State.EXEMPT: dates.exempt_to}.get(state)
    duties = sorted((_duty(asked, part, day) for asked, part in found), key=_worst_first)
    told = Standing(
        state,
        due_from_dates(dates, day, state),
        _or_none(dates.valid_until),
        _or_none(until),
        tuple(duties),
    )
    return told, dates


def next_change(facts: Facts, day: date) -> date | None:
    """The next day on which standing may be another than on this one, as far as facts tell."""
    timeline = _timeline(facts)
    dates = timeline.dates([part for _, part in timeline.on(day)], day)
    return _or_none(timeline.next_change(dates, day))


def segments(facts: Facts) -> tuple[Segment, ...]:
    """The whole calendar in stretches of the same standing, in order and without a gap."""
    timeline = _timeline(facts)
    found: list[Segment] = []
    day = NEVER
    while day < FOREVER:
        dates = timeline.dates([part for _, part in timeline.on(day)], day)
        change = timeline.next_change(dates, day)
        last = change if change == FOREVER else change - ONE_DAY
        state = state_from_dates(dates, day)
        same = (
            state,
            due_from_dates(dates, day, state),
            _or_none(dates.valid_until),
        )
        if found and same == (found[-1].state, found[-1].due_on, found[-1].valid_until):
            found[-1] = Segment(found[-1].first, last, *same)
        else:
            found.append(Segment(day, last, *same))
        day = change
    return tuple(found)


def _timeline(facts: Facts) -> _Timeline:
    asked = all_asked(facts)
    extensions = extensions_of(facts)
    days = {extension.made_on for extension in extensions}
    for each in asked:
        days.update(span.first for span in each.live)
        days.update(span.last + ONE_DAY for span in each.live if span.last < FOREVER)
        days.update(day for day, _ in each.validity)
    return _Timeline(
        asked,
        extensions,
        spans_of(d for d in facts.dispensations if d.kind is DispensationKind.PAUSE),
        spans_of(d for d in facts.dispensations if d.kind is DispensationKind.EXEMPTION),
        min(facts.passes, default=None),
        sorted(days),
    )


def _dates_of(asked: Asked, extensions: Sequence[Extension], day: date) -> Dates:
    """The dates of one duty on a day on which it is live."""
    run = asked.run(day)
    made_before = [e.until for e in extensions if run.made_on <= e.made_on <= day]
    due_on = max([run.first_due_on, *made_before])
    at = bisect_right(asked.validity, day, key=_day_of_credit)
    if at == 0:
        return Dates(due_on=due_on)
    _, end = asked.validity[at - 1]
    if end == FOREVER:
        return Dates(valid_until=end)
    due_on = max(due_on, end)
    if end < day:
        return Dates(due_on=due_on, lapses_after=due_on, valid_until=end)
    renew_from = end - timedelta(days=asked.window_days)
    if due_on == end:
        return Dates(lapses_after=end, renew_from=renew_from, valid_until=end)
    return Dates(holds_to=end, renew_from=renew_from, valid_until=end)


def _duty(asked: Asked, dates: Dates, day: date) -> Duty:
    return Duty(
        state_from_dates(dates, day),
        dates.due_on,
        _or_none(dates.valid_until),
        asked.requirement_id,
        asked.request_id,
        asked.run(day).made_on,
        dates.renew_from,
        dates.lapses_after,
    )


def _worst_first(duty: Duty) -> tuple[int, date, str]:
    why = duty.requirement_id or duty.request_id
    return -duty.state.rank, duty.due_on or FOREVER, str(why)


def _this_or_next(spans: Sequence[Span], day: date) -> tuple[Span | None, date]:
    """The span that covers a day or else the next, and the first day of the one after it."""
    if not spans:
        return None, FOREVER
    to_come = [span for span in spans if span.last >= day]
    return (
        to_come[0] if to_come else None,
        to_come[1].first if len(to_come) > 1 else FOREVER,
    )


def _earliest(days: Sequence[date | None]) -> date | None:
    return min([day for day in days if day is not None], default=None)


def _or_none(day: date | None) -> date | None:
    return None if day == FOREVER else day
