"""Who of a team needs a manager first, and for what; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quizbot.figures.team.cells import Cell, TeamLine
from quizbot.rules.retakes import FOR_MANAGERS


@dataclass(frozen=True)
class Matter:
    """One module of somebody who needs attention."""

    module: str
    title: str
    words: str
    on: date | None
    is_due: bool = False  # soon, or since some time


@dataclass(frozen=True)
class Need:
    """Somebody who needs attention, with everything of one sort that they need it for."""

    person_id: UUID
    name: str
    matters: tuple[Matter, ...]

    @property
    def first_on(self) -> date:
        """The earliest day among them."""
        return min((matter.on for matter in self.matters if matter.on), default=date.max)

    @property
    def due(self) -> tuple[str, ...]:
        """The modules for which asking again makes sense: a new request sets earlier passes aside,
        and what is due in a long time needs none."""
        return tuple(matter.module for matter in self.matters if matter.is_due)


@dataclass(frozen=True)
class Waiting:
    """People who passed a module lately, and nobody has confirmed it since."""

    module: str
    title: str
    people: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True)
class Attention:
    """What needs a manager first; nobody is twice in one list, and late comes before the rest."""

    late: tuple[Need, ...]
    failed_twice: tuple[Need, ...]
    untouched: tuple[Need, ...]
    waiting: tuple[Waiting, ...]

    @property
    def retakes(self) -> str:
        """What not passing twice leads to."""
        return FOR_MANAGERS

    @property
    def is_empty(self) -> bool:
        """Whether all is well."""
        return not (self.late or self.failed_twice or self.untouched or self.waiting)


def attention_for(lines: Sequence[TeamLine], modules: Mapping[str, str], today: date) -> Attention:
    """Sort a team's lines into what needs attention."""
    late, failed, untouched = [], [], []
    waiting: dict[str, list[tuple[UUID, str]]] = {module: [] for module in modules}
    for line in lines:
        late += _need(line, (_asked(c) for c in line.cells if c.is_late))
        called = [cell for cell in line.cells if not cell.is_set_aside]
        failed += _need(line, (_failed(c) for c in called if c.latest.failed_twice))
        untouched += _need(
            line, (_asked(c) for c in line.cells if c.is_untouched and not c.is_late)
        )
        for cell in line.cells:  # a pause sets aside what is asked, not what was shown
            if cell.latest.waits(today):
                waiting[cell.module].append((line.person_id, line.name))
    return Attention(
        tuple(sorted(late, key=lambda need: need.first_on)),
        tuple(failed),
        tuple(sorted(untouched, key=lambda need: need.first_on)),
        tuple(Waiting(one, modules[one], tuple(found)) for one, found in waiting.items() if found),
    )


def _need(line: TeamLine, matters: Iterable[Matter]) -> list[Need]:
    found = tuple(matters)
    return [Need(line.person_id, line.name, found)] if found else []


def _asked(cell: Cell) -> Matter:
    words = cell.state.words.lower() + (" since" if cell.is_late else ", due")
    is_due = cell.is_pressing
    return Matter(cell.module, cell.title, words, cell.due_on, is_due)


def _failed(cell: Cell) -> Matter:
    return Matter(cell.module, cell.title, "not passed twice, last on", cell.latest.on)
