"""Figures of an edition's questions: whose attempts are counted, when anew, and for whom."""

import csv

import pytest
from sqlalchemy import select

from quizbot.access import Role
from quizbot.errors import NotAllowed
from quizbot.rules.items import FEWEST
from quizbot.store.tables import attempt, item_figure
from tests.first_attempts import took
from tests.made import bank, place

RIGHT = {"water-boil-1": "b", "water-1": "b", "leaves-1": "b", "leaves-2": "b"}
WRONG = {"water-boil-1": "a", "water-1": "c", "leaves-1": "a", "leaves-2": "b"}


@pytest.fixture
def tea(service):
    """An edition of its own, which nobody has taken."""
    service.editions.publish([bank()], place())
    return service.editions.current("tea")


def figures(service, people, tea):
    return service.items.of(people.efua, tea.id)


def asked(service, people, tea, question_id="water-1"):
    (line,) = [
        line for line in figures(service, people, tea).lines if line.question.id == question_id
    ]
    return line.asked


def test_from_thirty_first_attempts_on_every_question_has_its_figures(service, people, tea):
    took(service, tea, [RIGHT] * 20)
    assert figures(service, people, tea).waits_for == FEWEST - 20

    took(service, tea, [WRONG] * 20)

    found = figures(service, people, tea)
    assert (found.waits_for, found.figures.attempts, found.figures.passed) == (0, 40, 20)
    lines = {line.question.id: line for line in found.lines}
    assert set(lines) == set(RIGHT)
    assert [(one.text, one.share) for one in lines["water-1"].options] == [
        *(("Leave it", 0), ("Boil it", 0.5), ("Forget it", 0.5))
    ]
    assert "about" in found.verdict


def test_the_first_attempt_of_each_person_counts_and_no_other(service, people, tea, clock):
    first = took(service, tea, [RIGHT] * 40)
    clock.forward(days=1)

    took(service, tea, [WRONG] * 40, whose=first)
    took(service, tea, [WRONG] * 40, is_guest=True)
    took(service, tea, [WRONG] * 40, mode="practice")

    assert asked(service, people, tea) == 40
    assert figures(service, people, tea).figures.passed == 40


def test_a_withdrawn_attempt_is_in_no_figure_that_is_counted_afterwards(service, people, tea):
    took(service, tea, [WRONG], whose=[people.amina])
    with service.database.reading() as connection:
        query = select(attempt.c.id).where(attempt.c.person_id == people.amina)
        attempt_id = connection.execute(query).scalar_one()
    service.withdrawals.withdraw(people.efua, people.amina, attempt_id, "Somebody else answered.")

    took(service, tea, [RIGHT] * 40)

    assert figures(service, people, tea).figures.attempts == 40


def test_of_who_was_erased_nothing_is_counted(service, people, tea, clock):
    took(service, tea, [RIGHT], whose=[people.amina])
    service.staff.leave(people.efua, people.amina, clock.at.date())
    clock.forward(days=1)
    service.erasure.erase(people.amina)

    took(service, tea, [RIGHT] * 40)

    assert figures(service, people, tea).figures.attempts == 40
    assert figures(service, people, tea).figures.passed == 40


def test_another_telephone_number_makes_no_other_figures(service, people):
    def published(number):
        asking = bank(instructions="Ring {tea_lady}.")
        service.editions.publish([asking], place(tea_lady=number))
        return service.editions.current("tea")

    before = published("01632 960001")
    took(service, before, [RIGHT] * 20)
    after = published("01632 960002")
    took(service, after, [RIGHT] * 20)

    assert before.fingerprint != after.fingerprint
    assert [asked(service, people, one) for one in (before, after)] == [40, 40]


def test_another_content_has_figures_of_its_own_and_of_who_is_new(service, people, tea):
    known = took(service, tea, [RIGHT] * 40)
    service.editions.publish([bank(summary="How tea is made now.")], place())
    later = service.editions.current("tea")

    took(service, later, [RIGHT] * 40, whose=known)

    assert figures(service, people, later).waits_for == FEWEST
    assert asked(service, people, tea) == 40


def test_figures_move_on_by_ten_people_and_never_by_one(service, people, tea):
    took(service, tea, [RIGHT] * 30)
    before = figures(service, people, tea).lines

    for _ in range(9):
        took(service, tea, [WRONG])
        assert figures(service, people, tea).lines == before
    took(service, tea, [WRONG])

    assert figures(service, people, tea).figures.attempts == 40


def test_withdrawing_one_attempt_does_not_tell_its_answers(service, people, tea):
    took(service, tea, [RIGHT] * 30)
    took(service, tea, [WRONG], whose=[people.amina])
    took(service, tea, [RIGHT] * 9)
    before = figures(service, people, tea).lines
    with service.database.reading() as connection:
        query = select(attempt.c.id).where(attempt.c.person_id == people.amina)
        attempt_id = connection.execute(query).scalar_one()

    service.withdrawals.withdraw(people.efua, people.amina, attempt_id, "Somebody else answered.")
    took(service, tea, [RIGHT] * 10)

    assert figures(service, people, tea).lines == before
    took(service, tea, [RIGHT])
    assert figures(service, people, tea).figures.attempts == 50


def test_where_very_many_were_counted_many_more_have_to_come(service, people, tea):
    took(service, tea, [RIGHT] * 300)
    figures(service, people, tea)

    took(service, tea, [RIGHT] * 14)
    assert figures(service, people, tea).figures.attempts == 300
    took(service, tea, [RIGHT])

    assert figures(service, people, tea).figures.attempts == 315


def test_what_was_counted_names_nobody(service, people, tea):
    who = took(service, tea, [RIGHT] * 30)
    figures(service, people, tea)

    with service.database.reading() as connection:
        (row,) = connection.execute(select(item_figure)).all()
    assert not any(str(one) in row.content or one.hex in row.content for one in who)


def test_the_figures_are_for_leads(service, people, tea):
    service.people.grant("bashir@northmoor.example", Role.AUDITOR, "Northmoor")
    for who in (people.amina, people.carys, people.bashir):
        with pytest.raises(NotAllowed):
            service.items.of(who, tea.id)


def test_the_file_has_a_line_an_option(service, people, tea):
    took(service, tea, [RIGHT] * 40)
    took(service, tea, [{**WRONG, "leaves-3": "b"}] * 20)

    head, *rows = figures(service, people, tea).rows()

    assert {len(row) for row in rows} == {len(head)}
    lines = [dict(zip(head, row, strict=True)) for row in rows]
    option = next(
        one for one in lines if (one["Question"], one["Option"]) == ("water-1", "Forget it")
    )
    assert (option["Asked"], option["Right"], option["Share right"]) == ("60", "40", "66.7%")
    assert (option["Taken by"], option["Share of all"], option["Is right"]) == ("20", "33.3%", "no")
    assert option["Share of who did not pass"] == ""  # of twenty who did not
    (few,) = [one for one in lines if one["Question"] == "leaves-3"]
    assert (few["Asked"], few["Right"]) == ("20", "under 30 answers")


def test_readers_margin_stands_beside(service, people, tea, tmp_path):
    from dataclasses import replace

    from questions.panel import Kind
    from tests.made import readings

    read = readings(
        tea.module, tmp_path / "panel", {Kind.OPTIONS: 4, Kind.RULE: 5, Kind.INFORMED: 9}
    )
    worth = replace(service.figures, folder=read)
    took(service, tea, [RIGHT] * 30)

    (line, *_) = replace(service.items, worth=worth).of(people.efua, tea.id).lines

    assert (line.margin.knowing, line.margin.guessing) == (0.9, 0.5)


def test_the_file_is_one_for_every_spreadsheet(service, people, tea):
    from quizbot.cells import csv_lines

    took(service, tea, [RIGHT] * 30)

    text = "".join(csv_lines(figures(service, people, tea).rows())).removeprefix("\ufeff")

    assert len({len(row) for row in csv.reader(text.splitlines())}) == 1
