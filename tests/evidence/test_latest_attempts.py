"""The latest attempts, found by index: the same work however long the history is."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from quizbot.evidence.latest_attempts import latest
from quizbot.rules.pick import Mode
from quizbot.store.tables import attempt, new_id


@pytest.fixture
def took(service, clock):
    """Writes down submitted attempts of somebody, the oldest first: passed or not."""
    edition_id = service.editions.current("referrals").id

    def took(person_id, *passes, mode=Mode.ASSURED):
        rows = []
        for passed in passes:
            clock.forward(minutes=1)
            row = {"id": new_id(), "person_id": person_id, "module": "referrals"}
            row |= {"edition_id": edition_id, "mode": mode.value, "plan": "[]", "share": 0.9}
            rows.append(row | {"started_at": clock(), "submitted_at": clock(), "passed": passed})
        with service.database.writing() as connection:
            connection.execute(insert(attempt), rows)

    return took


def of(service, person_id):
    """What is known of somebody and Referrals."""
    with service.database.reading() as connection:
        return latest(connection, [person_id], ["referrals"]).get((person_id, "referrals"))


def test_who_has_begun_nothing_is_left_out(service, amina, took):
    took(amina, True, mode=Mode.PRACTICE)

    assert of(service, amina) is None


@pytest.mark.parametrize(
    ("passes", "passed", "failed_twice", "ever"),
    [
        ([True], True, False, True),
        ([False], False, False, False),
        ([False, False], False, True, False),
        ([False, False, True], True, False, True),
        ([True, False], False, False, True),
        ([True, False, False], False, True, True),
    ],
)
def test_the_latest_counts_and_the_one_before(
    service, amina, took, passes, passed, failed_twice, ever
):
    took(amina, *passes)

    known = of(service, amina)

    assert (known.passed, known.failed_twice) == (passed, failed_twice)
    assert (known.passed_on is not None) == ever


def test_an_open_attempt_is_one_that_was_begun(service, amina):
    service.attempts.start(amina, "referrals", Mode.ASSURED)

    known = of(service, amina)

    assert known.has_begun
    assert known.on is None


def test_ten_times_the_history_is_the_same_work(service, people, took, clock):
    if not service.database.is_sqlite:
        pytest.skip("steps can be counted on SQLite alone")
    took(people.amina, *[False, True] * 10)
    took(people.bashir, *[True, False] * 10, mode=Mode.PRACTICE)

    def work():
        steps = 0

        def count():
            nonlocal steps
            steps += 1

        with service.database.reading() as connection:
            driver = connection.connection.driver_connection
            driver.set_progress_handler(count, 1)
            latest(connection, [people.amina, people.bashir], ["referrals"])
            driver.set_progress_handler(None, 1)
        return steps

    before = work()
    clock.at -= timedelta(days=300)
    took(people.amina, *[False, True] * 90)
    took(people.bashir, *[True, False] * 90, mode=Mode.PRACTICE)

    assert work() < 1.2 * before
