"""What an update is about: its changes, which of its questions are whose, and which are met; pure.

An attempt's scope is written as `k01-consent:2 k02-duty-to-share:2`: each change with how many of
the attempt's questions are its own, in their order. A whole attempt has none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quizbot.rules.outcome import Outcome
from quizbot.words import how_many


@dataclass(frozen=True)
class Part:
    """A change, and how many questions of an update are about it."""

    change: str
    count: int


def write_scope(parts: Sequence[Part]) -> str:
    """Parts as an attempt keeps them."""
    return " ".join(f"{part.change}:{part.count}" for part in parts)


def read_scope(scope: str) -> tuple[Part, ...]:
    """The parts of an update; none of a whole attempt."""
    pairs = (word.rpartition(":") for word in scope.split())
    return tuple(Part(change, int(count)) for change, _, count in pairs)


def titled(title: str, scope: str) -> str:
    """What an attempt is called in lists: an update is told from a whole one."""
    return f"Update: {title}" if scope else title


def outcome_words(scope: str, *, passed: bool) -> str:
    """What came of an attempt, in lists."""
    word = "confirmed" if scope else "passed"
    return word.capitalize() if passed else f"Not {word}"


def numbers_of(parts: Sequence[Part]) -> Iterator[tuple[Part, range]]:
    """Each part with the numbers of its questions."""
    at = 1
    for part in parts:
        yield part, range(at, at + part.count)
        at += part.count


def part_of(parts: Sequence[Part], number: int) -> tuple[int, bool]:
    """Which part a question is of, counted from 1, and whether it is the first of it; 0 of none."""
    for place, (_, numbers) in enumerate(numbers_of(parts), 1):
        if number in numbers:
            return place, number == numbers[0]
    return 0, False


def met(parts: Sequence[Part], right: Sequence[bool]) -> tuple[str, ...]:
    """The changes whose questions were all right; `right` tells of each question in its order."""
    return tuple(
        part.change
        for part, numbers in numbers_of(parts)
        if len(right) >= numbers[-1] and all(right[number - 1] for number in numbers)
    )


def judge_update(parts: Sequence[Part], right: Sequence[bool]) -> Outcome:
    """Whether every change was met, and why; of the module's areas it shows nothing."""
    confirmed, total = len(met(parts, right)), len(parts)
    of = f"{sum(right)} of {len(right)} right"
    if confirmed == total:
        what = (
            "the change is confirmed"
            if total == 1
            else f"all {how_many(total, 'change')} are confirmed"
        )
        why = f"You had {of}: {what}."
    else:
        what = "of the change" if total == 1 else "of a change"
        left = total - confirmed
        still = (
            "it is"
            if total == 1
            else f"{left} of {how_many(total, 'change')} {'is' if left == 1 else 'are'}"
        )
        why = f"You had {of}. Every question {what} has to be right, so {still} still to confirm."
    return Outcome(confirmed == total, len(right), sum(right), (), (), why)
