"""A manager's people module by module, and what of it one look shows; pure, from what was read."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from quizbot.figures.team.attention import Attention
from quizbot.figures.team.cells import Cell, TeamLine
from quizbot.figures.team.steps import Steps
from quizbot.figures.team.to_confirm import TeamChange
from quizbot.rules.due import State

A_PAGE = 25  # people
LONGEST_NAME = 100


LOOKS: Mapping[str, tuple[str, Callable[[Cell], bool]]] = {
    "late": ("Overdue or lapsed", lambda cell: cell.is_late),
    "failed-twice": ("Not passed twice running", lambda cell: cell.latest.failed_twice),
    "untouched": ("Asked, and never begun", lambda cell: cell.is_untouched),
    **{
        state.value: (state.words, lambda cell, kind=state.value: cell.kind == kind)  # type: ignore[misc]
        for state in State
        if state is not State.NOT_REQUIRED
    },
    "not-passed": ("Not passed", lambda cell: cell.kind == "not-passed"),
    "open": ("Begun", lambda cell: cell.kind == "open"),
    "not-required": (State.NOT_REQUIRED.words, lambda cell: cell.kind == "not-required"),
}
SORTS = {"name": "Name", "due": "Day it is due"}


@dataclass(frozen=True)
class View:
    """What of the team is looked at, as the address has it; what is not known is left out."""

    state: str = ""
    module: str = ""
    name: str = ""
    sort: str = "name"
    columns: str = ""  # "all": those too of which nobody is asked anything

    @classmethod
    def read(cls, given: Mapping[str, str], modules: Mapping[str, str]) -> "View":
        """From an address; an unknown choice is no choice."""
        state, module, sort = given.get("state", ""), given.get("module", ""), given.get("sort", "")
        return cls(
            state if state in LOOKS else "",
            module if module in modules else "",
            " ".join(given.get("name", "")[:LONGEST_NAME].split()),
            sort if sort in SORTS else "name",
            "all" if given.get("columns") == "all" else "",
        )

    @property
    def fields(self) -> dict[str, str]:
        """What an address needs to show the same."""
        usual = View()
        return {
            name: value
            for name in ("state", "module", "name", "sort", "columns")
            if (value := getattr(self, name)) != getattr(usual, name)
        }

    @property
    def covers(self) -> tuple[str, ...]:
        """What tells it from another look at the same team, in whatever order either has it."""
        return self.state, self.module, self.name.casefold()

    def of(self, modules: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """The modules that are looked at."""
        return tuple(one for one in modules if self.module in ("", one[0]))

    def narrow(self, lines: Iterable[TeamLine]) -> Iterator[TeamLine]:
        """The lines that are looked at, each with the modules that are."""
        fits = LOOKS[self.state][1] if self.state else None
        for line in lines:
            cells = tuple(cell for cell in line.cells if self.module in ("", cell.module))
            if self.names(line.name) and (fits is None or any(map(fits, cells))):
                yield TeamLine(line.person_id, line.name, cells, line.changes)

    def names(self, name: str) -> bool:
        """Whether somebody's name is looked for."""
        return self.name.casefold() in name.casefold()

    @property
    def is_narrow(self) -> bool:
        """Whether something is left out."""
        return bool(self.state or self.module or self.name)


@dataclass(frozen=True)
class Seen:
    """The lines and modules that a view shows, all pages of it."""

    view: View
    modules: tuple[tuple[str, str], ...]
    lines: tuple[TeamLine, ...]
    people: int

    @property
    def folded(self) -> tuple[str, ...]:
        """Titles of the modules left out of sight, since they are required of nobody who is shown.

        Nothing is folded where one sort of standing, or one module, is what was looked for.
        """
        if self.view.columns or self.view.state or self.view.module or not self._asked_for:
            return ()
        return tuple(
            title for at, (_, title) in enumerate(self.modules) if at not in self._asked_for
        )

    @property
    def columns(self) -> tuple[int, ...]:
        """Which modules are in sight, counted from 0."""
        everyone = range(len(self.modules))
        return tuple(at for at in everyone if not self.folded or at in self._asked_for)

    @cached_property
    def _asked_for(self) -> frozenset[int]:
        return frozenset(
            at
            for line in self.lines
            for at, cell in enumerate(line.cells)
            if not cell.is_set_aside and cell.state not in (State.NOT_REQUIRED, State.PASSED)
        )

    @property
    def pages(self) -> int:
        """How many pages there are; one where nobody is shown."""
        return max(1, -(-len(self.lines) // A_PAGE))

    def page(self, number: int) -> tuple[TeamLine, ...]:
        """The lines of a page, counted from 1."""
        return self.lines[(number - 1) * A_PAGE : number * A_PAGE]

    def nearest(self, number: str) -> int:
        """The page that an address means: the first where it is none, the last where it is past."""
        wanted = int(number[:6]) if number.isascii() and number.isdigit() else 1
        return min(max(wanted, 1), self.pages)

    @property
    def tally(self) -> tuple[tuple[str, str, int], ...]:
        """How often each standing is seen, the most frequent first: words, kind, count."""
        counts = Counter((cell.words, cell.kind) for line in self.lines for cell in line.cells)
        return tuple((words, kind, count) for (words, kind), count in counts.most_common())

    @property
    def total(self) -> int:
        """How many standings there are to see."""
        return len(self.lines) * len(self.modules)


@dataclass(frozen=True)
class Team:
    """A manager's people, the modules there are, and what needs attention."""

    modules: tuple[tuple[str, str], ...]
    lines: tuple[TeamLine, ...]
    attention: Attention
    steps: Steps
    changes: tuple[TeamChange, ...] = ()

    @property
    def changes_left(self) -> tuple[TeamChange, ...]:
        """The changes of guidance that somebody has still to confirm."""
        return tuple(one for one in self.changes if one.left)

    @property
    def changes_done(self) -> tuple[TeamChange, ...]:
        """Those that everybody has confirmed who was asked."""
        return tuple(one for one in self.changes if not one.left)

    def view(self, given: Mapping[str, str]) -> View:
        """What an address asks to see of this team."""
        return View.read(given, dict(self.modules))

    def seen(self, view: View) -> Seen:
        """What a view shows."""
        lines = list(view.narrow(self.lines))
        if view.sort == "due":
            lines.sort(key=lambda line: line.due_on)  # by name where the day is the same
        return Seen(view, view.of(self.modules), tuple(lines), len(self.lines))
