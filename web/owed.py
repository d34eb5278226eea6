"""What somebody owes, as cards: the most urgent first, each with the button to take it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from quizbot.attempts.attempts import AttemptLine
from quizbot.attempts.updating import UpdateOffer
from quizbot.rules.pick import Mode
from quizbot.standing.duties import ModuleDuty


@dataclass(frozen=True)
class Card:
    """A questionnaire that is owed, and what its button says."""

    duty: ModuleDuty
    button: str


def cards(owed: Iterable[ModuleDuty], lines: Iterable[AttemptLine]) -> list[Card]:
    """What is owed, and how far one is with it."""
    begun = {
        line.module: line
        for line in lines
        if line.is_open and line.mode is Mode.ASSURED and not line.is_update
    }
    return [Card(duty, _button(begun.get(duty.module))) for duty in owed]


def most_urgent_first(
    owed: Iterable[Card], to_confirm: Iterable[UpdateOffer]
) -> list[Card | UpdateOffer]:
    """All that waits for somebody in one list: questionnaires, and changes to confirm."""
    return sorted([*to_confirm, *owed], key=_urgency)


def _urgency(one: Card | UpdateOffer) -> tuple[int, date]:
    what = one.duty if isinstance(one, Card) else one
    return -what.state.rank, what.due_on or date.max


def _button(line: AttemptLine | None) -> str:
    return f"Continue {line.answered} of {line.total}" if line else "Start"
