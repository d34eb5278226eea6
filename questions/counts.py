"""Counts as they are said: a number and its noun."""

_MANY = {"person": "people", "agency": "agencies", "duty": "duties"}


def how_many(count: int, one: str, many: str = "") -> str:
    """1 question, 2 questions, 1,200 people; with a verb: 1 line is, 3 lines are."""
    return f"{count:,} {one if count == 1 else many or _MANY.get(one) or f'{one}s'}"
