"""Edits that end a duty which is overdue: told before they are made, and kept in the trail."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection, select

from quizbot.clock import has_ended
from quizbot.errors import MustConfirm
from quizbot.rules import due
from quizbot.standing.standings import Standings, chunks
from quizbot.store.audit import Audit
from quizbot.store.tables import person
from quizbot.words import how_many, long_date

ONE_DAY = timedelta(days=1)
A_ROW = 100  # duties that one row of the trail names
SHOWN = 20

Facts = Mapping[tuple[UUID, str], due.Facts]


@dataclass(frozen=True)
class Ended:
    """A duty that is overdue, and that an edit ends; `due_on` is when it is due then, if ever."""

    person_id: UUID
    name: str
    module: str
    title: str
    since: date
    due_on: date | None

    @property
    def words(self) -> str:
        """Whose it is, since when it waits, and what becomes of it."""
        then = f"then due on {long_date(self.due_on)}" if self.due_on else "then asked for no more"
        return f"{self.name}: {self.title}, overdue since {long_date(self.since)}, {then}"


@dataclass(frozen=True)
class Endings:
    """What edits end: by what was asked before, and what is asked after."""

    standings: Standings
    audit: Audit

    @contextmanager
    def watched(
        self,
        connection: Connection,
        people: Sequence[UUID],
        act: tuple[UUID | str, str, UUID],
        *,
        until: date | None = None,
        confirm: bool,
    ) -> Iterator[None]:
        """Make an edit in here; MustConfirm where it ends what is overdue and nobody said so.

        `act` is who does what to whom, as in the trail; `until` the last day before it tells.
        """
        before = self.facts(connection, self.late(connection, people))
        yield
        after = self.facts(connection, list({person_id for person_id, _ in before}))
        days = dict.fromkeys(people, until) if until else {}
        ended = self.between(connection, before, after, days)
        self.settle(connection, ended, act, confirm=confirm)

    def settle(
        self,
        connection: Connection,
        ended: Sequence[Ended],
        act: tuple[UUID | str, str, UUID | str],
        *,
        confirm: bool,
    ) -> None:
        """Refuse it until it is confirmed; then keep it in the trail."""
        if ended and not confirm:
            raise MustConfirm(question(ended), tuple(in_words(ended)))
        actor, action, subject = act
        for portion in chunks(ended, A_ROW):
            self.audit.add(
                connection, actor, "duty.end", subject, by=action,
                overdue=[[str(one.person_id), one.module, str(one.since)] for one in portion],
            )  # fmt: skip

    def late(self, connection: Connection, people: Sequence[UUID]) -> list[UUID]:
        """Of many people those who are late with something; one person in any case."""
        if len(people) < 2:
            return list(people)
        today = self.standings.today()
        dates = self.standings.cached(connection, people, self.standings.modules())
        late = {who for (who, _), d in dates.items() if due.state_from_dates(d, today) in due.LATE}
        return sorted(late)

    def facts(self, connection: Connection, people: Sequence[UUID]) -> Facts:
        """What standing rests on."""
        found = self.standings.facts(connection, people, self.standings.modules())
        return {(person_id, module): facts for person_id, module, facts in found}

    def between(
        self,
        connection: Connection,
        before: Facts,
        after: Facts,
        until: Mapping[UUID, date],
    ) -> list[Ended]:
        """What was overdue and is so no more, today or on the day after somebody's `until`.

        Whoever leaves owes nothing; whoever comes back after a gap is told of as well.
        """
        today = self.standings.today()
        people = {person_id for person_id, _ in before}
        named = connection.execute(
            select(person.c.id, person.c.name).where(person.c.id.in_(people))
        )
        names = {row.id: row.name for row in named}
        found = []
        for (person_id, module), was in before.items():
            now = after[person_id, module]
            day = max(today, until[person_id] + ONE_DAY) if person_id in until else today
            if has_ended(now.left_on, day):
                continue
            since = _ended_since(was, now, today, day)
            if since:
                title = self.standings.editions.current(module).module.title
                unmet = [duty.due_on for duty in due.standing(now, day).duties if duty.due_on]
                found.append(
                    Ended(
                        person_id, names[person_id], module, title, since, min(unmet, default=None)
                    )
                )
        return sorted(found, key=lambda one: (one.name.casefold(), one.title))


def _ended_since(was: due.Facts, now: due.Facts, today: date, day: date) -> date | None:
    """Since when something was overdue that an edit ended, or that it begins anew after a gap."""
    since = due.overdue_since(was, today)
    if since:
        ends = (
            due.overdue_since(was, on) and not due.overdue_since(now, on) for on in (today, day)
        )
        return since if any(ends) else None
    before, after = due.gap(was, day), due.gap(now, day)
    begins_anew = after and after.due_on and not (before and before.due_on)
    return after.overdue_since if after and begins_anew else None


def question(ended: Sequence[Ended]) -> str:
    """What to ask whoever makes such an edit."""
    what = (
        "a duty that is"
        if len(ended) == 1
        else how_many(len(ended), "duty that is", "duties that are")
    )
    return f"With this, {what} overdue would end or begin anew: say that it is meant, or leave it"


def in_words(ended: Sequence[Ended]) -> Iterator[str]:
    """The first of them in words, and how many more there are."""
    for one in ended[:SHOWN]:
        yield one.words
    if len(ended) > SHOWN:
        yield f"and {len(ended) - SHOWN} more"
