"""Arithmetic with calendar days: months that clip, spans, and days that do not count."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
NEVER = date.min
FOREVER = date.max


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days in a row, both ends included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def days_after(day: date, count: int) -> date:
    """So many days later, and never beyond the end of the calendar."""
    try:
        return day + timedelta(count)
    except OverflowError:
        return FOREVER


def months_after(day: date, count: int) -> date:
    """The same day so many months later, or that month's last: 31 August + 6 is 28 February."""
    years, month = divmod(day.month - 1 + count, 12)
    year = day.year + years
    last = 28 if day.day <= 28 else monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days in as few spans as will do, in order."""
    in_order = sorted(spans)
    if len(in_order) < 2:
        return tuple(in_order)
    found: list[Span] = []
    for span in in_order:
        if found and span.first <= days_after(found[-1].last, 1):
            found[-1] = Span(found[-1].first, max(found[-1].last, span.last))
        else:
            found.append(span)
    return tuple(found)


def common(spans: Iterable[Span], others: Sequence[Span]) -> tuple[Span, ...]:
    """The days that are in one of these and in one of those."""
    found = []
    for one in spans:
        for other in others:
            first, last = max(one.first, other.first), min(one.last, other.last)
            if first <= last:
                found.append(Span(first, last))
    return tuple(found)


def put_off(start: date, end: date, breaks: Sequence[Span]) -> date:
    """The end of a term in which the days of breaks after its start do not count.

    A break that begins after the end comes too late, and one without an end moves nothing: nobody
    can say yet by how much. A term of no days ends on the first day that counts.
    """
    if not breaks:
        return end
    first = min(start + ONE_DAY, end)
    for span in breaks:
        if span.first > end or span.last == FOREVER:
            break
        if span.last >= first:
            end = days_after(end, (span.last - max(span.first, first)).days + 1)
    return end
