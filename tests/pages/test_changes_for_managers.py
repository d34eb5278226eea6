"""What managers see of changes of guidance: who is to confirm, by when, who has; never a reply."""

from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from quizbot.rules.due import DispensationKind
from quizbot.store.tables import answer, attempt
from tests.changed import answer_all, changed
from tests.pages.conftest import Visitor
from tests.pages.test_what_managers_see import all_seen

CHANGE = "Do not wait for an answer."


@pytest.fixture
def there(service, clock, people, app):
    """Amina and Carys are to confirm a change by 29 January; the pages know it."""
    found = changed(service, clock, people.amina, others=[people.carys])
    app.extensions["quizbot"] = found.service
    return found


@pytest.fixture
def carys(app, there):
    return Visitor(app, there.service).sign_in("carys@northmoor.example")


def confirm(there, who, wrong=()):
    """Take the update of the change."""
    attempt_id = there.service.updates.start(who, "tea")
    answer_all(there.service, who, attempt_id, wrong)
    return attempt_id


def test_the_team_page_says_who_is_to_confirm_and_by_when(carys):
    page = carys.get("/team")

    assert "Changes of guidance to confirm" in page.words
    assert f"{CHANGE} Was: Ask first. Now: Tell at once. 0 of 1 have confirmed it" in page.words
    assert "Amina Rahman To confirm due 29 Jan" in page.words


def test_late_ones_are_told_as_late(carys, clock, there):
    clock.forward(days=60)

    page = carys.get("/team")

    assert "0 of 1 have confirmed it, 1 late" in page.words
    assert "Amina Rahman Late due 29 Jan" in page.words


def test_who_has_confirmed_it_is_seen_with_the_day(carys, there, people):
    confirm(there, people.amina)

    page = carys.get("/team")
    assert "Changes of guidance to confirm" not in page.words
    assert "Changes that everybody has confirmed: 1" in page.words
    assert "1 of 1 has confirmed it" in page.words
    page = carys.get(f"/team/people/{people.amina}")
    assert "Changes of guidance" in page.words
    assert "Confirmed 11 December 2026" in page.words


def test_the_person_page_has_its_state(carys, people):
    page = carys.get(f"/team/people/{people.amina}")

    assert f"{CHANGE} Was: Ask first. Now: Tell at once." in page.words
    assert "To confirm due 29 January 2027" in page.words


def test_a_pause_is_told_as_one(carys, clock, there, people):
    clock.forward(days=1)
    pause, first, last = DispensationKind.PAUSE, date(2026, 12, 12), date(2027, 3, 1)
    there.service.dispensations.grant(people.efua, people.amina, pause, None, first, last, "Leave.")

    assert "Amina Rahman Paused" in carys.get("/team").words


def test_what_was_taken_back_is_seen_no_more(carys, there):
    there.service.changes.withdraw(there.action, "The wrong day.")

    assert "Changes of guidance" not in carys.get("/team").words


def test_files_have_a_row_for_it(carys, there, people, tmp_path):
    csv = carys.client.get("/team/export.csv").get_data(as_text=True)
    assert f"Amina Rahman,Change: {CHANGE},To confirm,2027-01-29,,,,," in csv

    confirm(there, people.amina)
    csv = carys.client.get("/team/export.csv").get_data(as_text=True)
    assert f"Amina Rahman,Change: {CHANGE},Confirmed,,,,2026-12-11,," in csv
    assert CHANGE not in carys.client.get("/team/export.csv?module=referrals").get_data(True)
    book = tmp_path / "team.xlsx"
    book.write_bytes(carys.client.get("/team/export.xlsx").get_data())
    rows = [[cell.value for cell in row] for row in load_workbook(book).worksheets[0].rows]
    assert f"Change: {CHANGE}" in [row[1] for row in rows]


def test_none_of_it_hangs_on_what_was_answered(carys, there, people):
    taken = confirm(there, people.amina, wrong=(1,))
    before = all_seen(carys)

    with there.service.database.writing() as connection:
        mine = select(attempt.c.id).where(attempt.c.id == taken)
        connection.execute(
            update(answer).where(answer.c.attempt_id.in_(mine)).values(reply="c", flagged=True)
        )

    assert all_seen(carys) == before


def test_who_was_asked_nothing_has_no_such_part(service, carys_page, people):
    assert "Changes of guidance" not in carys_page.get("/team").words
    assert "Changes of guidance" not in carys_page.get(f"/team/people/{people.amina}").words
