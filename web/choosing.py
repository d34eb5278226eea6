"""Choosing people in a form, with words to find them by: what is ticked stays so all the while."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from flask import request

from quizbot.figures.team import Choosing
from web.current import person_id, service

LONGEST = 100
IN_SIGHT = 4  # people with their boxes on a phone's first screen


def choosing(ticked: Collection[str]) -> Choosing:
    """A manager's people, those ticked, and what is looked for, in the address or in the form."""
    words = " ".join(request.values.get("find", "")[:LONGEST].split())
    return Choosing.of(service().reports.pickable(person_id()), words, frozenset(ticked), pressed())


def offered(people: Choosing, hints: Mapping[UUID, str]) -> list[tuple[UUID, str, str]]:
    """Those to tick, each with a word on them: a hint of the form's own, or else their posts."""
    return [
        (one.person_id, one.name, hints.get(one.person_id) or "; ".join(one.posts))
        for one in people.shown
    ]


def few_chosen(
    people: Choosing, offered: Sequence[tuple[UUID, str, str]]
) -> list[tuple[UUID, str, str]]:
    """Those who are chosen, where they are so few that they stand alone and the rest is folded."""
    few = 0 < len(people.chosen) <= IN_SIGHT
    return [one for one in offered if few and one[0] in people.chosen]


def pressed() -> str:
    """Which button of the finding was pressed, if any: then the form is only shown again."""
    look = request.form.get("look", "")
    return look if look in ("some", "all", "none") else ""
