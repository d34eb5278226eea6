"""What a team is to confirm of changes of guidance, and where that stands; never a reply."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quizbot.figures.team.cells import ChangeCell, TeamLine
from quizbot.rules.due import State
from quizbot.standing.confirming import Confirming


@dataclass(frozen=True)
class Confirmer:
    """Somebody of a team who is asked to confirm a change."""

    person_id: UUID
    name: str
    cell: ChangeCell


@dataclass(frozen=True)
class TeamChange:
    """One change of guidance that some of a team are asked to confirm."""

    matters: str
    was: str
    now: str
    people: tuple[Confirmer, ...]  # the late first, the confirmed last

    @property
    def left(self) -> tuple[Confirmer, ...]:
        """Those who have not confirmed it."""
        return tuple(one for one in self.people if not one.cell.met_on)

    @property
    def late(self) -> int:
        """How many of them are late."""
        return sum(one.cell.is_late for one in self.people)

    @property
    def share(self) -> str:
        """How many have confirmed it, of how many."""
        count = len(self.people) - len(self.left)
        return f"{count} of {len(self.people)} {'has' if count == 1 else 'have'} confirmed it"


def change_cells(asked: Iterable[Confirming], modules: Iterable[str]) -> tuple[ChangeCell, ...]:
    """What one person is to confirm in some modules, each change once, the newest first.

    Of several askings the most urgent counts; what was taken back is shown to nobody.
    """
    by_change: defaultdict[str, list[Confirming]] = defaultdict(list)
    known = set(modules)
    for one in asked:
        if one.asked_in in known and one.withdrawn_on is None and (one.met_on or one.state):
            by_change[one.change].append(one)
    return tuple(_cell(some) for some in by_change.values())


def changes_of(lines: Iterable[TeamLine]) -> tuple[TeamChange, ...]:
    """The changes that a team is to confirm, those first of which most is late or left."""
    people: defaultdict[str, list[Confirmer]] = defaultdict(list)
    for line in lines:
        for cell in line.changes:
            people[cell.change].append(Confirmer(line.person_id, line.name, cell))
    found = [_team_change(some) for some in people.values()]
    return tuple(sorted(found, key=lambda one: (-one.late, -len(one.left), one.matters)))


def _cell(asked: Sequence[Confirming]) -> ChangeCell:
    newest = asked[0]
    state = max((one.state for one in asked if one.state), key=_rank, default=None)
    return ChangeCell(
        newest.change,
        newest.asked_in,
        newest.was,
        newest.now,
        newest.matters,
        state,
        min(one.due_on for one in asked),
        newest.met_on,
    )


def _rank(state: State) -> int:
    return state.rank


def _team_change(people: Iterable[Confirmer]) -> TeamChange:
    ordered = tuple(sorted(people, key=_urgency))
    newest = ordered[0].cell
    return TeamChange(newest.matters, newest.was, newest.now, ordered)


def _urgency(one: Confirmer) -> tuple[bool, bool, date, str]:
    cell = one.cell
    return cell.met_on is not None, not cell.is_late, cell.due_on, one.name.casefold()
