"""What a digest says of changes of guidance, and some weeks after a pass; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quizbot.reminders.letter_parts import BUTTON, LetterPart
from quizbot.rules.due import State
from quizbot.rules.later import VOLUNTARY
from quizbot.words import day_words, how_many, long_date

CHANGED = "Guidance has changed"


@dataclass(frozen=True)
class ToldLine:
    """A change that somebody was told of: nothing is asked of them."""

    was: str
    now: str
    matters: str
    starts_on: date


@dataclass(frozen=True)
class ConfirmLine:
    """A change that somebody is asked to confirm, however often they were asked."""

    module: str
    title: str
    was: str
    now: str
    matters: str
    state: State
    due_on: date


@dataclass(frozen=True)
class LaterLine:
    """Two questions that somebody may answer about a questionnaire."""

    id: UUID
    title: str


def later_parts(lines: Sequence[LaterLine], public_url: str) -> Iterator[LetterPart]:
    """Whether it changed practice: for whoever likes to answer."""
    for one in lines:
        yield LetterPart(f"Did it change practice? {one.title}", "h2")
        yield LetterPart(f"You passed it some weeks ago. {VOLUNTARY}")
        yield LetterPart("Answer two questions", "a", f"{public_url}/later/{one.id}")


def brief_later(lines: Sequence[LaterLine]) -> Iterator[str]:
    """The same for a chat."""
    for one in lines:
        yield f"• Did it change practice? Two questions on {one.title}, if you like: a tap each."


def one_change_subject(one: ConfirmLine, today: date) -> str:
    """The subject of a letter that asks for this and nothing else."""
    if one.state is State.OVERDUE:
        return f"{CHANGED}: it was to be confirmed by {long_date(one.due_on)}"
    if one.due_on == today:
        return f"{CHANGED}: please confirm it today"
    return f"{CHANGED}: please confirm it by {long_date(one.due_on)}"


def confirm_when(one: ConfirmLine, today: date) -> str:
    """By when, in a sentence."""
    day = day_words(one.due_on)
    if one.state is State.OVERDUE:
        return f"It was to be confirmed by {day}. Please do it soon, or talk to your manager."
    if one.due_on == today:
        return "Today is the day by which it is to be confirmed."
    return f"Please confirm it by {day}."


def to_confirm_parts(
    lines: Sequence[ConfirmLine], public_url: str, today: date
) -> Iterator[LetterPart]:
    """Each with was, now and what to do; what is asked in one questionnaire has one button."""
    for module in dict.fromkeys(one.module for one in lines):
        mine = [one for one in lines if one.module == module]
        yield LetterPart(f"{CHANGED}: {mine[0].title}", "h2")
        for one in mine:
            yield from _changed(one)
            yield LetterPart(confirm_when(one, today))
        yield LetterPart("What you have passed stays valid. It takes two or three minutes.")
        what = "it" if len(mine) == 1 else f"these {how_many(len(mine), 'change')}"
        yield LetterPart(f"Confirm {what}", BUTTON, f"{public_url}/modules/{module}?asked")


def told_parts(lines: Sequence[ToldLine], public_url: str) -> Iterator[LetterPart]:
    """What was told, and that nothing is asked."""
    if not lines:
        return
    yield LetterPart(CHANGED, "h2")
    for one in lines:
        yield from _changed(one)
        yield LetterPart(f"Since {long_date(one.starts_on)}.")
    yield LetterPart("Nothing is asked of you: what you have passed stays valid.")
    yield LetterPart("Read it again on your record", "a", f"{public_url}/me")


def brief_changes(
    asked: Sequence[ConfirmLine], told: Sequence[ToldLine], public_url: str, today: date
) -> Iterator[str]:
    """The same for a chat."""
    for one in asked:
        yield f"• {one.title}\n{_in_lines(one)}\n{confirm_when(one, today)}"
    if asked:
        yield f"What you have passed stays valid. Confirm it here with /me, or on {public_url}/me"
    for line in told:
        yield f"• {_in_lines(line)}\nNothing is asked of you."


def _changed(one: ConfirmLine | ToldLine) -> Iterator[LetterPart]:
    yield LetterPart(f"Was: {one.was}")
    yield LetterPart(f"Now: {one.now}")
    yield LetterPart(f"What to do: {one.matters}")


def _in_lines(one: ConfirmLine | ToldLine) -> str:
    return f"Was: {one.was}\nNow: {one.now}\nWhat to do: {one.matters}"
