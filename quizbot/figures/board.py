"""The board's figures as they may be seen: with denominators, and small numbers withheld."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, or_, select

from quizbot.access import Rights, is_below, rights
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Edition, Editions
from quizbot.errors import NotAllowed, NotFound
from quizbot.evidence.beliefs import Beliefs, Told
from quizbot.figures.board_lines import COMMON, LESS, Figure, Line
from quizbot.figures.board_view import DIFFERS, TOO_FEW, WHOLE, BoardView, Month, name_of
from quizbot.figures.confirmed import labels_of
from quizbot.figures.counting import (
    BELIEF,
    CONFIRMED,
    LATER,
    OBJECTIVE,
    STANDING,
    Counting,
    month_end,
)
from quizbot.figures.overdue import Lateness
from quizbot.rules.later import FIGURES
from quizbot.rules.suppress import Counted, publish
from quizbot.store.audit import OPERATOR, Audit
from quizbot.store.database import Database
from quizbot.store.tables import board_figure, publication
from quizbot.words import month_name

TREND = 12  # months


@dataclass(frozen=True)
class Board:
    """Every method asks first who is asking; what is seen was suppressed over the whole before."""

    database: Database
    editions: Editions
    counting: Counting
    beliefs: Beliefs
    lateness: Lateness
    audit: Audit
    now: Clock

    def view(
        self, viewer_id: UUID, month: str = "", module: str = "", agency: str = ""
    ) -> BoardView | None:
        """The page of a month, a module's details and an agency's trend; None before any count."""
        with self.database.reading() as connection:
            found = _rights(connection, viewer_id, london_day(self.now()))
            view = self._view(connection, _tops(found), month, module, agency, every_module=False)
        return view and self._with_late(view, found)

    def export(self, viewer_id: UUID, month: str = "") -> BoardView | None:
        """The same with every module's details, for a file; who took it is recorded."""
        with self.database.reading() as connection:
            found = _rights(connection, viewer_id, london_day(self.now()))
            view = self._view(connection, _tops(found), month, "", "", every_module=True)
        if view is None:
            return None
        self._record(viewer_id, view)
        return self._with_late(view, found)

    def report(self, month: str = "") -> BoardView:
        """All of a month for whoever runs the service, counted now if it was not before."""
        today = london_day(self.now())
        first = self.month(month, today)
        self.counting.month(min(month_end(first), today))
        with self.database.reading() as connection:
            view = self._view(connection, None, f"{first:%Y-%m}", "", "", every_module=True)
        if view is None:
            raise NotFound("There is no agency to count yet: make units, or import people.")
        self._record(OPERATOR, view)
        return view

    def month(self, given: str, default: date) -> date:
        """The first day of a month of which something can be counted; NotFound says why not."""
        today = london_day(self.now())
        first = _month(given) if given else default.replace(day=1)
        if first > today:
            raise NotFound(f"{month_name(first)} has not begun.")
        if (begun := self.begun()) and first < begun.replace(day=1):
            raise NotFound(
                f"Nothing was published before {month_name(begun)}: there is nothing to count."
            )
        return first

    def whole(self, month: date) -> BoardView | None:
        """All of a month that was counted, for what is recorded elsewhere."""
        with self.database.reading() as connection:
            return self._view(connection, None, f"{month:%Y-%m}", "", "", every_module=True)

    def begun(self) -> date | None:
        """The day on which something was asked here first."""
        with self.database.reading() as connection:
            at = connection.execute(select(func.min(publication.c.published_at))).scalar()
        return london_day(at) if at else None

    def _with_late(self, view: BoardView, found: Rights) -> BoardView:
        """With who is late, for who may see them by name."""
        if not found.leads:
            return view
        late = self.lateness.summary(found.person_id)
        return replace(view, late=late, lead_of=found.lead_of)

    def _record(self, who: UUID | str, view: BoardView) -> None:
        with self.database.writing() as connection:
            self.audit.add(
                connection,
                who,
                "board.export",
                month=f"{view.month:%Y-%m}",
                agencies=len(view.agencies),
            )

    def _view(
        self,
        connection: Connection,
        tops: tuple[str, ...] | None,
        month: str,
        module: str,
        agency: str,
        *,
        every_module: bool,
    ) -> BoardView | None:
        editions = {edition.module.id: edition for edition in self.editions.all_current()}
        module = module or next(iter(editions), "")
        table = board_figure
        months = tuple(
            connection.execute(
                select(table.c.month).distinct().order_by(table.c.month.desc())
            ).scalars()
        )
        if not months or not editions:
            return None
        chosen = _month(month) if month else months[0]
        if module not in editions:
            raise NotFound("There is no such questionnaire.")
        if chosen not in months:
            raise NotFound("There are no figures of that month.")
        query = select(table).where(table.c.month == chosen)
        if not every_module:
            always = table.c.kind.in_([STANDING, OBJECTIVE, CONFIRMED])
            query = query.where(or_(always, table.c.module == module))
        rows = connection.execute(query).all()
        past = connection.execute(
            select(table).where(
                table.c.kind == STANDING,
                table.c.month.in_([m for m in months if m <= chosen][:TREND]),
            )
        ).all()
        earlier = next((one for one in months if one < chosen), None)
        agencies = sorted({row.agency for row in rows})
        seen = tuple(a for a in agencies if tops is None or is_below(a, tops))
        if agency and agency not in seen:
            raise NotFound("There is no such agency among your units.")
        if not agency and len(seen) == 1 < len(agencies):
            agency = seen[0]
        told = self.beliefs.told(connection, month_end(chosen), None if every_module else [module])
        has_changes = any(row.kind == CONFIRMED for row in rows)
        labels = labels_of(connection) if has_changes else {}
        figures = [
            *_figures(rows, editions, seen, labels),
            *_believed(told, editions, agencies, seen),
        ]
        return BoardView(
            month=chosen,
            counted_on=rows[0].counted_on,
            months=months,
            agencies=seen,
            modules=tuple((name, found.module.title) for name, found in editions.items()),
            module=module,
            agency=agency,
            figures=tuple(figures),
            trend=tuple(_trend(past, editions, module, agency)),
            before=tuple(_figures((row for row in past if row.month == earlier), editions, (), {})),
            month_before=earlier,
        )


def _rights(connection: Connection, viewer_id: UUID, today: date) -> Rights:
    found = rights(connection, viewer_id, today)
    if not found.sees_board:
        raise NotAllowed("The board's figures are for safeguarding leads and auditors.")
    return found


def _tops(found: Rights) -> tuple[str, ...]:
    return (*found.lead_of, *found.auditor_of)


def _month(given: str) -> date:
    try:
        if len(given) != len("2026-10") or not given.replace("-", "").isdecimal():
            raise ValueError(given)
        return date.fromisoformat(f"{given}-01")
    except ValueError:
        raise NotFound("Give a month as in 2026-10.") from None


def _figures(
    rows: Iterable[Any],
    editions: Mapping[str, Edition],
    seen: tuple[str, ...],
    changes: Mapping[str, str],
) -> Iterator[Figure]:
    """In the order of the modules, and inside each of kinds and items as the module has them."""
    counts: dict[tuple[str, str, str], dict[str, Counted]] = {}
    agencies: set[str] = set()
    for row in rows:
        found = counts.setdefault((row.module, row.kind, row.item), {})
        found[row.agency] = Counted(row.people, row.of_people)
        if row.kind == STANDING:
            agencies.add(row.agency)
    order = sorted(agencies)
    for name, edition in editions.items():
        module = edition.module
        items = [(STANDING, "", "")]
        items += [(OBJECTIVE, item, title) for item, title in module.objectives.items()]
        items += [(LATER, one.item, one.label) for one in FIGURES]
        items += [(CONFIRMED, item, label) for item, label in changes.items()]
        for kind, item, label in items:
            known = counts.get((name, kind, item))
            if known is None:
                continue
            published = publish([known.get(agency, Counted(0, 0)) for agency in order])
            lines = {
                agency: Line(name_of(agency), line.people, line.of, line.step or "")
                for agency, line in zip(order, published.lines, strict=True)
            }
            yield Figure(
                module=name,
                title=module.title,
                kind=kind,
                item=item,
                label=label,
                lines=tuple(lines[agency] for agency in seen),
                total=Line(
                    WHOLE,
                    published.total.people,
                    published.total.of,
                    is_about=published.total.is_about,
                ),
            )


def _believed(
    told: Iterable[Told],
    editions: Mapping[str, Edition],
    agencies: Sequence[str],
    seen: tuple[str, ...],
) -> Iterator[Figure]:
    """Misconceptions in steps; the whole is told where the agencies agree, for it adds nothing."""
    steps: dict[tuple[str, str], dict[str, str]] = {}
    for one in told:
        found = steps.setdefault((one.module, one.misconception), {})
        found[one.agency] = COMMON if one.is_common else LESS
    for name, edition in editions.items():
        for item, says in edition.module.misconceptions.items():
            known = steps.get((name, item), {})
            alike = {known[agency] for agency in agencies if agency in known}
            if not alike:
                continue
            yield Figure(
                module=name,
                title=edition.module.title,
                kind=BELIEF,
                item=item,
                label=says,
                lines=tuple(
                    Line(name_of(agency), None, None, known.get(agency, TOO_FEW)) for agency in seen
                ),
                total=Line(WHOLE, None, None, alike.pop() if len(alike) == 1 else DIFFERS),
            )


def _trend(
    rows: Iterable[Any], editions: Mapping[str, Edition], module: str, agency: str
) -> Iterator[Month]:
    """Month by month, each suppressed just as on its own page."""
    by_month: dict[date, list[Any]] = {}
    for row in rows:
        by_month.setdefault(row.month, []).append(row)
    own = (agency,) if agency else ()
    for month in sorted(by_month):
        for figure in _figures(by_month[month], editions, own, {}):
            if (figure.module, figure.kind) == (module, STANDING):
                yield Month(month, figure.total, figure.lines[0] if figure.lines else None)
