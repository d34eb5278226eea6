"""The board's share of those who have confirmed a change: counted, withheld, shown, taken away."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from quizbot.figures.counting import CONFIRMED
from quizbot.rules.due import DispensationKind
from quizbot.store.tables import board_figure, person, post, unit
from tests.changed import changed, take

COUNCIL, POLICE = "Northmoor/Council", "Northmoor/Police"
DECEMBER = date(2026, 12, 1)


def colleagues(service, count, path="Northmoor/Police/Child protection"):
    """More people of a unit."""
    found = []
    with service.database.writing() as connection:
        of = connection.execute(select(unit.c.id).where(unit.c.path == path)).scalar_one()
        for number in range(count):
            hired = date(2020, 1, 6)
            row = {"name": f"Person {number}", "started_on": hired, "staff_ref": f"P{number}"}
            who = connection.execute(
                insert(person).values(**row, is_guest=False, sign_in_epoch=0).returning(person.c.id)
            ).scalar_one()
            held = {"unit_id": of, "job": "Detective", "starts_on": hired, "recorded_on": hired}
            connection.execute(insert(post).values(person_id=who, **held))
            found.append(who)
    return found


def counts(service, month=DECEMBER):
    with service.database.reading() as connection:
        rows = connection.execute(
            select(board_figure).where(
                board_figure.c.month == month, board_figure.c.kind == CONFIRMED
            )
        ).all()
    return {(row.item, row.agency): (row.people, row.of_people) for row in rows}


@pytest.fixture
def known(service, clock, people):
    """Amina and Bashir passed on the old rule, and are asked to confirm the new one."""
    return changed(service, clock, people.amina, others=[people.bashir])


def test_those_who_have_confirmed_are_counted_of_those_who_were_asked(known, people, clock):
    take(known.service, people.amina)

    known.service.counting.month(clock.at.date())

    assert counts(known.service) == {("c1", COUNCIL): (1, 1), ("c1", POLICE): (0, 1)}


def test_asked_twice_they_are_counted_once(known, people, clock):
    known.service.changes.correct(known.action, date(2027, 3, 1), "More time.")

    known.service.counting.month(clock.at.date())

    assert counts(known.service)["c1", COUNCIL] == (0, 1)


def test_who_is_paused_or_has_left_is_in_no_denominator(known, people, clock):
    clock.forward(days=1)
    today, pause = clock.at.date(), DispensationKind.PAUSE
    known.service.dispensations.grant(
        people.efua, people.amina, pause, None, today, None, "Parental leave."
    )
    known.service.staff.leave(people.efua, people.bashir, today - timedelta(days=1))

    known.service.counting.month(today)

    assert counts(known.service) == {}


def test_what_was_taken_back_is_counted_no_more_and_stays_in_the_months_gone_by(
    known, people, clock
):
    clock.at = datetime(2026, 12, 31, 9, tzinfo=UTC)
    known.service.counting.month(clock.at.date())
    clock.at = datetime(2027, 1, 4, 9, tzinfo=UTC)
    known.service.changes.withdraw(known.action, "A mistake.")

    known.service.counting.month(clock.at.date())

    assert counts(known.service, date(2027, 1, 1)) == {}
    assert counts(known.service)["c1", COUNCIL] == (0, 1)


def test_a_day_gone_by_is_counted_as_it_was(known, people, clock):
    asked_on = clock.at.date()
    clock.forward(days=2)
    take(known.service, people.amina)

    known.service.counting.month(asked_on)
    assert counts(known.service)["c1", COUNCIL] == (0, 1)
    known.service.counting.month(clock.at.date())
    assert counts(known.service)["c1", COUNCIL] == (1, 1)


@pytest.fixture
def many(service, clock, people):
    """Twelve of the police are asked, and seven confirm it; of the council Amina alone."""
    others = colleagues(service, 12)
    found = changed(service, clock, people.amina, others=others)
    for who in others[:7]:
        take(found.service, who)
    found.service.counting.month(clock.at.date())
    return found


def test_small_numbers_are_withheld_as_elsewhere(many, people):
    (figure,) = many.service.board.view(people.efua).changes

    assert [line.words for line in figure.all_lines] == ["7 of 12", "Withheld", "7 of 12"]
    assert (figure.title, figure.label) == ("Tea making", "Do not wait for an answer.")


def test_the_figure_moves_with_the_next_count(many, people, clock):
    before = many.service.board.view(people.efua).changes[0].total.words
    with many.service.database.reading() as connection:
        left = [
            who
            for who, lines in many.service.confirmations.of(
                connection, connection.execute(select(person.c.id)).scalars().all()
            ).items()
            if lines[0].state
        ]
    take(many.service, next(who for who in left if who != people.amina))

    many.service.counting.month(clock.at.date())

    assert before == "7 of 12"
    assert many.service.board.view(people.efua).changes[0].total.words == "About 10 of 12"


def test_without_any_change_nothing_is_said_of_changes(service, people, clock):
    service.counting.month(clock.at.date())

    assert service.board.view(people.efua).changes == ()
