"""The demonstration: every page has something to show, and it never touches a real database."""

import io
import shutil
import zipfile
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from quizbot.demo.fill import fill
from quizbot.demo.roles import ROLES, is_demo
from quizbot.errors import Misconfigured
from quizbot.rules.due import State, state_from_dates
from quizbot.rules.updates import Whom
from quizbot.service import open_service
from quizbot.standing.change_drafts import ChangeDraft
from quizbot.store.database import open_database
from quizbot.store.migrate import upgrade
from quizbot.store.tables import audit
from tests.conftest import Clock, settings_for


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """A database of tables without a row."""
    file = tmp_path_factory.mktemp("tables") / "demo.db"
    database = open_database(f"sqlite:///{file}")
    upgrade(database)
    database.dispose()
    return file


@pytest.fixture(scope="module")
def filled(tmp_path_factory, tables):
    """The same, filled when every test begins; filling it takes seconds."""
    folder = tmp_path_factory.mktemp("filled")
    with opened(tables, folder, Clock()) as service:
        fill(service)
    return folder / "demo.db"


@contextmanager
def opened(database, folder, clock):
    """A service on a copy of a database."""
    shutil.copy(database, folder / "demo.db")
    service = open_service(settings_for(f"sqlite:///{folder}/demo.db", folder), clock)
    yield service
    service.close()


@pytest.fixture
def empty(tmp_path, tables, clock):
    """A service on tables without a row."""
    with opened(tables, tmp_path, clock) as service:
        yield service


@pytest.fixture
def full(tmp_path, filled, clock):
    """A service on a demonstration."""
    with opened(filled, tmp_path, clock) as service:
        yield service


def states(service):
    """How many people stand how, over all modules."""
    today, modules = service.standings.today(), service.standings.modules()
    with service.database.reading() as connection:
        everybody = service.standings.everybody(connection)
        dates = service.standings.cached(connection, everybody, modules)
    return Counter(state_from_dates(found, today) for found in dates.values())


def test_a_whole_partnership_is_made_up_with_every_standing_there_is(full):
    with full.database.reading() as connection:
        acts = connection.execute(select(audit.c.action, audit.c.actor)).all()
    assert ("demo.fill", "demo") in acts

    people = [line.people for line in full.people.units() if line.kind == "team"]
    assert (len(people), sum(people)) == (12, 199)  # and a lead above them
    assert sum(line.kind == "agency" for line in full.people.units()) == 3
    assert set(states(full)) == set(State)
    assert is_demo(full.database)


def test_the_three_people_of_the_buttons_have_something_to_see_years_from_now_too(empty, clock):
    clock.at = datetime(2028, 2, 29, 9, tzinfo=UTC)  # when many questions await their review
    fill(empty)
    ids = {role: empty.people.whose(email) for role, email in ROLES.items()}

    assert any(duty.is_asked for duty in empty.duties.mine(ids["practitioner"]))
    assert len(empty.reports.team(ids["manager"]).lines) > 10
    assert len(empty.rules.all(ids["lead"])) == 4
    assert empty.requests.by(ids["manager"])
    assert set(states(empty)) == set(State)


def test_nothing_of_it_has_happened_after_now_however_early_it_is(empty, clock):
    clock.at = datetime(2026, 11, 30, 0, 10, tzinfo=UTC)
    fill(empty)

    with empty.database.reading() as connection:
        latest = {
            (table.name, column.name): connection.execute(select(func.max(column))).scalar()
            for table in SQLModel.metadata.sorted_tables
            for column in table.columns
            if column.name.endswith("_at") and column.name not in ("next_try_at", "ends_at")
        }

    assert latest["attempt", "submitted_at"] is not None
    assert [where for where, at in latest.items() if at is not None and at > clock.at] == []


def test_a_database_with_people_is_never_filled(service):
    with pytest.raises(Misconfigured, match="never"):
        fill(service)

    assert not is_demo(service.database)


def test_a_change_is_half_confirmed_one_was_just_told_and_one_taken_back(full):
    ids = {role: full.people.whose(email) for role, email in ROLES.items()}

    told, back, asked = full.changes.all()

    assert told.due_on is None
    assert told.made_on == full.today()
    assert back.withdrawn_on is not None
    assert asked.asked > 40
    assert 0.3 < asked.confirmed / asked.asked < 0.7
    (offer,) = full.updates.offers(ids["practitioner"])
    assert not offer.cannot
    assert [one.change for one in full.tellings.of(ids["practitioner"])] == [told.change]
    (change,) = full.reports.team(ids["manager"]).changes
    assert 0 < len(change.left) < len(change.people)
    (figure,) = full.board.view(ids["lead"]).changes
    assert figure.total.of == pytest.approx(asked.asked, abs=5)


def test_the_example_of_the_readme_asks_somebody_there(full):
    words = (
        "quizbot changes apply k01-consent --unit Northmoor --ask-by 2027-01-29 --whom everybody"
    )
    assert words in Path("README.md").read_text()
    draft = ChangeDraft(
        change="k01-consent", unit="Northmoor", due_on=date(2027, 1, 29), whom=Whom.EVERYBODY
    )

    action = full.changes.apply(draft, draft.fingerprint)

    (made,) = [one for one in full.changes.all() if one.action_id == action]
    assert made.asked > 5


def test_an_inspection_pack_can_be_made_of_it(full):
    out = io.BytesIO()

    full.packs.make_now(out, "2026-10", "2026-11")

    with zipfile.ZipFile(out) as pack:
        assert "confirmed.csv" in {name.rpartition("/")[2] for name in pack.namelist()}
