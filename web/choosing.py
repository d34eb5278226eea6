"""Choosing people in a form, with words to find them by: what is ticked stays so all the while."""

from collections.abc import Collection

from flask import request

from quizbot.figures.team import Choosing
from web.current import person_id, service

LONGEST = 100


def choosing(ticked: Collection[str]) -> Choosing:
    """A manager's people, those ticked, and what is looked for, in the address or in the form."""
    words = " ".join(request.values.get("find", "")[:LONGEST].split())
    return Choosing.of(service().reports.pickable(person_id()), words, frozenset(ticked), pressed())


def pressed() -> str:
    """Which button of the finding was pressed, if any: then the form is only shown again."""
    look = request.form.get("look", "")
    return look if look in ("some", "all", "none") else ""
