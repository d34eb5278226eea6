"""A rule's terms as the audit trail keeps them: numbers and days alone, and what they say."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row

from quizbot.rules import due
from quizbot.words import how_many, listed, long_date


def kept(rule: due.Terms | Row[Any]) -> dict[str, Any]:
    """The terms of a rule or a row, to be kept; its reason is somebody's own words, so never."""
    return {name: value for name, value in due.terms_of(rule).items() if value and value != "full"}


def first_and_again(terms: Mapping[str, Any]) -> str:
    """By when, and whether again."""
    parts = [_span(terms.get(f"within_{unit}s", 0), unit) for unit in ("month", "day")]
    within = listed([part for part in parts if part])
    first = f"within {within} of starting" if within else "on the first day"
    months = terms.get("every_months")
    if not months:
        return f"{first}, once"
    again = f"{first}, and again every {'month' if months == 1 else _span(months, 'month')}"
    return f"{again}, shorter where it was shown twice" if terms.get("refresher") else again


def said(terms: Mapping[str, Any]) -> str:
    """All of what was kept, in words."""
    parts = [first_and_again(terms)]
    if window := _span(terms.get("window_days", 0), "day"):
        parts.append(f"renewed up to {window} early")
    if grace := _span(terms.get("grace_days", 0), "day"):
        parts.append(f"{grace} of grace")
    days = [_day(terms[name]) for name in ("in_force_from", "in_force_to") if terms.get(name)]
    return ", ".join([*parts, "from " + " to ".join(days)] if days else parts)


def _day(kept_day: Any) -> str:
    return long_date(date.fromisoformat(str(kept_day)))


def _span(count: int, unit_word: str) -> str:
    return how_many(count, unit_word) if count else ""
