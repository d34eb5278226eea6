"""Where each person of a team is with each module."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quizbot.evidence.latest_attempts import Latest
from quizbot.rules.due import State
from quizbot.standing.change_lines import STATES


@dataclass(frozen=True)
class ChangeCell:
    """Where one person is with one change of guidance: to confirm, or confirmed on a day."""

    change: str
    module: str
    was: str
    now: str
    matters: str
    state: State | None
    due_on: date
    met_on: date | None

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        if self.met_on:
            return "Confirmed"
        return STATES.get(self.state, self.state.words) if self.state else ""

    @property
    def kind(self) -> str:
        """Which shape and colour goes with the words."""
        return "passed" if self.met_on else str(self.state)

    @property
    def is_late(self) -> bool:
        """Whether its day is over."""
        return self.state is State.OVERDUE

    @property
    def is_left(self) -> bool:
        """Whether it is for them to do; a pause or an exemption lets it rest."""
        return self.state in (State.ASSIGNED, State.DUE_SOON, State.OVERDUE)


@dataclass(frozen=True)
class Cell:
    """Where one person is with one module."""

    module: str
    title: str
    state: State
    due_on: date | None
    valid_until: date | None  # while it is valid, and where that ends
    latest: Latest

    @property
    def words(self) -> str:
        """The standing in words; where nothing is required, what came of it all the same."""
        if self.state is not State.NOT_REQUIRED:
            return self.state.words
        if self.latest.on:
            return "Not passed"
        return "Begun" if self.latest.has_begun else self.state.words

    @property
    def kind(self) -> str:
        """Which shape and colour goes with the words."""
        if self.state is not State.NOT_REQUIRED:
            return self.state.value
        if self.latest.on:
            return "not-passed"
        return "open" if self.latest.has_begun else "not-required"

    @property
    def is_late(self) -> bool:
        """Whether it is overdue or has lapsed."""
        return self.state in (State.OVERDUE, State.LAPSED)

    @property
    def is_pressing(self) -> bool:
        """Whether asking makes sense today: it is late, or due soon."""
        return self.is_late or self.state is State.DUE_SOON

    @property
    def is_set_aside(self) -> bool:
        """Whether nothing is asked of them now: a pause or an exemption."""
        return self.state in (State.PAUSED, State.EXEMPT)

    @property
    def is_untouched(self) -> bool:
        """Whether it is asked by a day that has come near, and was never begun."""
        return self.is_pressing and not self.latest.on and not self.latest.has_begun


@dataclass(frozen=True)
class TeamLine:
    """One person of a team, module by module."""

    person_id: UUID
    name: str
    cells: tuple[Cell, ...]
    changes: tuple[ChangeCell, ...] = ()  # of guidance, that they are asked to confirm

    @property
    def due_on(self) -> date:
        """The earliest day by which something is due; far ahead where nothing is."""
        return min((cell.due_on for cell in self.cells if cell.due_on), default=date.max)
