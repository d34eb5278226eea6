"""A year of 500 people: nobody is missed, nobody hears twice a day, nothing leaves at night."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import event, select

from quizbot.clock import LONDON
from quizbot.reminders.quiet import read_quiet
from quizbot.rules.due import Facts, State, segments
from quizbot.service import open_service
from quizbot.store.tables import notice
from tests.conftest import settings_for
from tests.reminders.simulated import (
    MODULE,
    ONE_DAY,
    DeadlyClock,
    Deliveries,
    Partnership,
    at,
)

FIRST = date(2026, 1, 5)
QUIET = read_quiet("19:00-08:00", "weekends, holidays")
UNMET = (State.ASSIGNED, State.DUE_SOON, State.OVERDUE, State.LAPSED)
SEED = 20261121


@dataclass(frozen=True)
class Term:
    """Days in a row on which one duty was not met, with one due day."""

    duty: UUID
    first: date
    last: date
    due_on: date | None
    is_renewal: bool


@pytest.fixture
def partnership(database_url, tmp_path):
    """Everybody joins later; trouble is for the test to choose."""
    clock = DeadlyClock(at(FIRST, 7, 30))
    chance = Random(SEED)
    service = open_service(settings_for(database_url, tmp_path), clock)
    if service.database.is_sqlite:  # nothing here is about what a flush costs

        @event.listens_for(service.database.writer, "connect")
        def hurry(connection, _record):
            connection.execute("PRAGMA synchronous = OFF")

    yield Partnership(service, clock, chance, Deliveries(clock, chance), teams=20)
    service.close()


def rows(partnership):
    """Every notice, in the order in which they were made."""
    with partnership.service.database.reading() as connection:
        return connection.execute(select(notice).order_by(notice.c.id)).all()


def open_days(partnership):
    """The days on which something could leave."""
    found = {one.astimezone(LONDON).date() for one in partnership.rounds if QUIET.allows(one)}
    return sorted(found)


def terms_of(facts: Facts) -> Iterator[Term]:
    """Every stretch of days on which one of a person's duties was open, each duty by itself."""
    for rule in facts.requirements:
        yield from _terms(replace(facts, requirements=(rule,), requests=()), rule.id)
    for asked in facts.requests:
        yield from _terms(replace(facts, requirements=(), requests=(asked,)), asked.id)


def _terms(facts: Facts, duty: UUID) -> Iterator[Term]:
    valid_until, term = None, None
    for part in segments(facts):
        if part.state in (State.VALID, State.RENEW_SOON):
            valid_until = part.valid_until
        goes_on = term is not None and part.state in UNMET and part.due_on == term.due_on
        if term is not None and not goes_on:
            yield term
            term = None
        if part.state in UNMET:
            first = term.first if term else part.first
            term = Term(duty, first, part.last, part.due_on, valid_until == part.due_on)
    if term is not None:
        yield term


def steps_of(term: Term, manager: UUID | None):
    """What must be told of a term, from which day on, until which, and to whom."""
    assert term.due_on is not None
    if not term.is_renewal:
        yield "invitation", term.first, term.last, None
        on = max(term.first, QUIET.last_open_day(term.due_on))
        yield "due", on, min(term.last, term.due_on), None
    day_after = max(term.first, term.due_on + ONE_DAY)
    yield "1-after", day_after, term.last, None
    if manager is not None:
        yield "1-after", day_after, term.last, manager
    yield "28-after", max(term.first, term.due_on + timedelta(days=28)), term.last, "lead"


def told(partnership):
    """The days on which each step of each duty was told, by step, duty, person, day and whom."""
    found = defaultdict(set)
    for row in rows(partnership):
        if row.state in ("sent", "uncertain") and not row.goes_alone and row.kind != "met":
            step, duty, about, _, due_on, *to = row.key.split(":")
            whom = None if not to else "lead" if row.kind == "to-lead" else UUID(hex=to[0])
            key = (step, UUID(hex=duty), UUID(hex=about), date.fromisoformat(due_on), whom)
            found[key].add(row.done_at.astimezone(LONDON).date())
    return found


def missed(partnership, until):
    """Whatever was not told on the first day on which it could be, told by dates alone."""
    found, days, checked = told(partnership), open_days(partnership), 0
    service = partnership.service
    with service.database.reading() as connection:
        everybody = list(service.standings.facts(connection, partnership.people, [MODULE]))
    for person_id, _, facts in everybody:
        if person_id in partnership.put_off:
            continue  # what is put off later moves days that were told of before
        for term in terms_of(facts):
            for step, first, last, whom in steps_of(term, partnership.manager_of(person_id)):
                day, then = ([day for day in days if day >= first] + [until] * 2)[:2]
                in_time = {day}
                if term.duty in partnership.afternoon and step == "invitation":
                    in_time.add(then)  # they may have had their message of the day
                if max(in_time) <= min(last, until - ONE_DAY):
                    checked += 1
                    if not in_time & found[step, term.duty, person_id, term.due_on, whom]:
                        yield f"{person_id}: {step} to {whom or 'them'} of {term} on {day}"
    print(f"{checked} things to tell, {len(partnership.wire.all)} messages")
    assert checked > 50


def faults(partnership):
    """Messages at the wrong time, or twice."""
    for address, key, when in partnership.wire.all:
        if not QUIET.allows(when):
            yield f"{key} left for {address} at {when}"
    a_day = Counter((to, when.astimezone(LONDON).date()) for to, _, when in partnership.wire.all)
    yield from (f"{who} had {count}" for who, count in a_day.items() if count > 1)
    keys = Counter(key for _, key, _ in partnership.wire.all)
    yield from (f"{key} left {count} times" for key, count in keys.items() if count > 1)


def digests(partnership):
    """The state of each digest, as text of its id."""
    return {str(row.id): row.state for row in rows(partnership) if row.kind == "digest"}


def test_nobody_is_missed_and_nobody_hears_twice_a_day(partnership):
    on_sqlite = partnership.service.database.is_sqlite
    people, days = (500, 365) if on_sqlite else (120, 90)
    partnership.begin(people)

    partnership.live(FIRST + timedelta(days=days))

    assert list(faults(partnership)) == []
    assert list(missed(partnership, partnership.today)) == []
    assert digests(partnership) == {key: "sent" for _, key, _ in partnership.wire.all}
    assert {row.kind for row in rows(partnership)} == {
        *("invitation", "renewal", "halfway", "before", "due", "after"),
        *("to-manager", "to-lead", "met", "digest"),
    }


# Who is killed closes nothing, so a cursor on the server may be left to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_worker_killed_anywhere_sends_nothing_twice_and_misses_nobody(partnership):
    partnership.hours = (8, 9, 12, 16)
    partnership.begin(160)
    partnership.wire.trouble = 0.03

    partnership.live(FIRST + timedelta(days=60), deadly=True)
    while partnership.deaths <= 10:  # where a kill falls is chance: go on until there were enough
        partnership.live(partnership.today + timedelta(days=14), deadly=True)

    assert list(faults(partnership)) == []
    assert list(missed(partnership, partnership.today)) == []
    states, delivered = digests(partnership), {key for _, key, _ in partnership.wire.all}
    assert {key for key, state in states.items() if state == "sent"} <= delivered
    # Whether a kill falls between a message and its note is chance: the next test has each.
    assert {states[key] for key in delivered} <= {"sent", "uncertain"}
    assert sum(state == "uncertain" for state in states.values()) <= partnership.deaths


# Who is killed closes nothing, so a cursor on the server may be left to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_worker_killed_at_every_point_in_turn_sends_nothing_twice(partnership):
    partnership.begin(40)
    died_at: set[int] = set()
    for lives in range(1, 80):
        partnership.clock.at = at(partnership.today + ONE_DAY, 9)
        while not QUIET.allows(partnership.clock.at):  # something is to be told on each of the days
            partnership.clock.at = at(partnership.today + ONE_DAY, 9)
        due_on = partnership.today + timedelta(days=300)
        for asked in partnership.people[20:]:
            manager = partnership.manager_of(asked)
            partnership.service.requests.ask(manager, [asked], [MODULE], due_on)
        partnership.rounds.append(partnership.clock.at)
        before = partnership.deaths
        partnership.work(lives)
        died_at.update({lives} if partnership.deaths > before else ())
    partnership.clock.at += timedelta(days=1)
    partnership.work()

    assert died_at == set(range(1, len(died_at) + 1))
    assert len(died_at) > 10
    assert list(faults(partnership)) == []
    states = digests(partnership)
    assert set(states.values()) <= {"sent", "uncertain"}
    assert {key for _, key, _ in partnership.wire.all} >= {
        key for key, state in states.items() if state == "sent"
    }
    invited = [row.state for row in rows(partnership) if row.kind == "invitation"]
    assert set(invited) <= {"sent", "uncertain"}
