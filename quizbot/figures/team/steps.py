"""One next step for each person of a team who needs their manager, the most urgent first; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from quizbot.figures.team.cells import Cell, TeamLine
from quizbot.words import short_date

MOST_NAMED = 2  # questionnaires in a line
AT_FIRST = 5  # people: what a manager with five minutes can do


class Act(StrEnum):
    """What a manager does next for somebody."""

    ASK = "ask"
    TALK = "talk"
    MORE_TIME = "more-time"
    CONFIRM = "confirm"
    WAIT = "wait"


@dataclass(frozen=True)
class OpenRequest:
    """A request that is open."""

    by: str  # "you", or a name
    made_on: date
    due_on: date


@dataclass(frozen=True)
class NextStep:
    """Somebody, what they need their manager for, and what to do about it next."""

    person_id: UUID
    name: str
    act: Act
    cells: tuple[Cell, ...]
    matters: tuple[str, ...]  # in words
    asked: tuple[str, ...]  # what was asked of them and is open, in words
    since: date

    @property
    def modules(self) -> tuple[str, ...]:
        """The questionnaires that it is about."""
        return tuple(cell.module for cell in self.cells)

    @property
    def titles(self) -> tuple[str, ...]:
        """Their titles."""
        return tuple(cell.title for cell in self.cells)


@dataclass(frozen=True)
class Steps:
    """Whom to see to, whom to leave in peace since they were asked, and what is to be confirmed."""

    people: tuple[NextStep, ...] = ()
    asked: tuple[NextStep, ...] = ()  # asked already, with days left: nothing to do
    to_confirm: int = 0  # people
    passes: int = 0  # of those

    @property
    def first(self) -> tuple[NextStep, ...]:
        """Those whom a manager sees first."""
        return self.people[:AT_FIRST]

    @property
    def rest(self) -> tuple[NextStep, ...]:
        """Those behind them."""
        return self.people[AT_FIRST:]


Requests = Mapping[tuple[UUID, str], OpenRequest]


def steps_for(lines: Sequence[TeamLine], requests: Requests, today: date) -> Steps:
    """What a team's lines ask of their manager, given the requests that are open."""
    steps = [step for line in lines for step in _step(line, requests, today)]
    waiting = [sum(cell.latest.waits(today) for cell in line.cells) for line in lines]
    return Steps(
        tuple(sorted((one for one in steps if one.act is not Act.WAIT), key=_urgency)),
        tuple(sorted((one for one in steps if one.act is Act.WAIT), key=_urgency)),
        sum(map(bool, waiting)),
        sum(waiting),
    )


def _urgency(step: NextStep) -> tuple[bool, bool, date]:
    is_late = any(cell.is_late for cell in step.cells)
    return not is_late, step.act is Act.CONFIRM, step.since


def _step(line: TeamLine, requests: Requests, today: date) -> Iterator[NextStep]:
    called = [cell for cell in line.cells if not cell.is_set_aside]
    pressing = [cell for cell in called if cell.is_late or cell.is_untouched]
    failed = [cell for cell in called if cell.latest.failed_twice]
    passed = [cell for cell in called if cell.latest.waits(today)]
    asked = {
        cell.module: found
        for cell in called
        if (found := requests.get((line.person_id, cell.module))) is not None
    }
    act, about = _next(pressing, failed, passed, asked, today)
    if not about:
        return
    said = [cell for cell in called if cell in pressing or cell in failed or cell in about]
    yield NextStep(
        line.person_id,
        line.name,
        act,
        tuple(about),
        tuple(_matters(said)),
        tuple(_requests(said, asked)),
        min((cell.due_on for cell in said if cell.due_on), default=date.max),
    )


def _next(
    pressing: Sequence[Cell],
    failed: Sequence[Cell],
    passed: Sequence[Cell],
    asked: Mapping[str, OpenRequest],
    today: date,
) -> tuple[Act, Sequence[Cell]]:
    """What to do, and for which questionnaires: a talk before a reminder, and one at a time."""
    unasked = [cell for cell in pressing if cell.module not in asked]
    run_out = [
        cell for cell in pressing if cell not in unasked and asked[cell.module].due_on < today
    ]
    if failed:
        return Act.TALK, failed
    if unasked:
        return Act.ASK, unasked
    if run_out:
        is_at_it = any(cell.latest.has_begun or cell.latest.on for cell in run_out)
        return (Act.MORE_TIME if is_at_it else Act.TALK), run_out
    return (Act.WAIT, pressing) if pressing else (Act.CONFIRM, passed)


def _matters(cells: Sequence[Cell]) -> Iterator[str]:
    """Everything late together since the first day, what is due soon, and the rest one by one."""
    late = [cell for cell in cells if cell.is_late]
    if late:
        yield f"Late since {_first(late)}: {_titles(late)}"
    soon = [cell for cell in cells if cell.is_untouched and not cell.is_late]
    if soon:
        yield f"Due {_first(soon)}, not begun: {_titles(soon)}"
    failed = [cell for cell in cells if cell.latest.failed_twice]
    if failed:
        yield f"Not passed twice running: {_titles(failed)}"
    passed = [cell for cell in cells if cell not in late + soon + failed]
    if passed:
        yield f"Passed lately: {_titles(passed)}"


def _requests(cells: Sequence[Cell], asked: Mapping[str, OpenRequest]) -> Iterator[str]:
    """What the same was asked for, by the same, is named together."""
    alike: dict[OpenRequest, list[Cell]] = {}
    for cell in cells:
        if cell.module in asked:
            alike.setdefault(asked[cell.module], []).append(cell)
    for one, of in alike.items():
        days = (
            f"{one.made_on.day} {one.made_on:%b} by {one.by}, for {one.due_on.day} {one.due_on:%b}"
        )
        yield f"Asked {days}: {_titles(of)}"


def _first(cells: Sequence[Cell]) -> str:
    return short_date(min(cell.due_on for cell in cells if cell.due_on))


def _titles(cells: Sequence[Cell]) -> str:
    """All of them, or of many the first two: the person's page has the others."""
    if len(cells) > MOST_NAMED:
        return f"{cells[0].title}, {cells[1].title} and {len(cells) - 2} more"
    return ", ".join(cell.title for cell in cells)
