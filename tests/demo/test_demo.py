"""The demonstration: every page has something to show, and it never touches a real database."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from quizbot.demo.fill import fill
from quizbot.demo.roles import ROLES, is_demo
from quizbot.errors import Misconfigured
from quizbot.rules.due import State, state_from_dates
from quizbot.service import open_service
from quizbot.store.database import open_database
from quizbot.store.migrate import upgrade
from quizbot.store.tables import audit
from tests.conftest import settings_for


@pytest.fixture
def empty(tmp_path, clock):
    """A service on tables without a row."""
    url = f"sqlite:///{tmp_path}/demo.db"
    database = open_database(url)
    upgrade(database)
    database.dispose()
    service = open_service(settings_for(url, tmp_path), clock)
    yield service
    service.close()


def states(service):
    """How many people stand how, over all modules."""
    today, modules = service.standings.today(), service.standings.modules()
    with service.database.reading() as connection:
        everybody = service.standings.everybody(connection)
        dates = service.standings.cached(connection, everybody, modules)
    return Counter(state_from_dates(found, today) for found in dates.values())


def test_a_whole_partnership_is_made_up_with_every_standing_there_is(empty):
    fill(empty)
    with empty.database.reading() as connection:
        acts = connection.execute(select(audit.c.action, audit.c.actor)).all()
    assert ("demo.fill", "demo") in acts

    people = [line.people for line in empty.people.units() if line.kind == "team"]
    assert (len(people), sum(people)) == (12, 199)  # and a lead above them
    assert sum(line.kind == "agency" for line in empty.people.units()) == 3
    assert set(states(empty)) == set(State)
    assert is_demo(empty.database)


def test_the_three_people_of_the_buttons_have_something_to_see_years_from_now_too(empty, clock):
    clock.at = datetime(2028, 2, 29, 9, tzinfo=UTC)  # when many questions await their review
    fill(empty)
    ids = {role: empty.people.whose(email) for role, email in ROLES.items()}

    assert any(duty.is_asked for duty in empty.duties.mine(ids["practitioner"]))
    assert len(empty.reports.team(ids["manager"]).lines) > 10
    assert len(empty.rules.all(ids["lead"])) == 4
    assert empty.requests.by(ids["manager"])
    assert set(states(empty)) == set(State)


def test_a_database_with_people_is_never_filled(service):
    with pytest.raises(Misconfigured, match="never"):
        fill(service)

    assert not is_demo(service.database)
