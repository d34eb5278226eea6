"""Misconceptions are told of many together, and nothing an attacker does tells one person's."""

import shutil
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from quizbot.access import Role
from quizbot.figures.board_lines import COMMON, LESS
from quizbot.figures.board_view import TOO_FEW
from quizbot.figures.counting import BELIEF
from quizbot.service import Service, open_service
from quizbot.store.tables import belief_figure, person, post, unit
from tests.conftest import Clock, settings_for
from tests.evidence.conftest import import_team, take

MISSED = ("consent",)
COUNCIL = "Northmoor/Council"


def night(service):
    """What the worker counts in a night."""
    list(service.counting.night(service.today()))


def told(service, manager) -> list[tuple[str, str]]:
    return [(one.agency, one.says) for one in service.guides.of(manager, "referrals").beliefs]


def steps(service, lead, says) -> dict[str, str]:
    """What the board says of a misconception, agency by agency."""
    figures = service.board.view(lead).of_kind(BELIEF)
    return {
        line.agency: line.step
        for figure in figures
        if figure.label == says
        for line in figure.lines
    }


def test_a_belief_is_told_of_an_agency_once_five_people_have_missed_its_area(
    service, carys, team, took, says
):
    for person_id in team[:4]:
        took(person_id, missed=MISSED, met=True)
    night(service)
    assert told(service, carys) == []  # four are too few

    took(team[4], missed=MISSED)
    assert told(service, carys) == []  # and nothing is told before it is counted
    night(service)

    assert told(service, carys) == [("Council", says)]


def test_what_few_of_those_who_missed_an_area_believed_is_not_called_common(
    service, people, carys, team, took, says
):
    for number, person_id in enumerate(team[:5]):
        took(person_id, missed=MISSED, met=number < 2)
    night(service)

    assert told(service, carys) == []
    assert steps(service, people.efua, says) == {"Council": LESS, "Police": TOO_FEW}


def test_the_board_tells_a_step_and_no_number(service, people, team, took, says):
    for person_id in team[:6]:
        took(person_id, missed=MISSED, met=True)
    night(service)

    figures = service.board.view(people.efua).of_kind(BELIEF)

    assert steps(service, people.efua, says) == {"Council": COMMON, "Police": TOO_FEW}
    for figure in figures:
        for line in figure.all_lines:
            assert (line.people, line.of, line.share) == (None, None, None)
    rows = [row for row in service.board.export(people.efua).rows() if "Misconception" in row[4]]
    assert rows
    assert {row[7:] for row in rows} == {("", "", "", "")}


def test_guests_are_neither_counted_nor_do_they_make_others_enough(
    service, people, carys, team, took
):
    for person_id in team[:4]:
        took(person_id, missed=MISSED, met=True)
    for number in range(5):
        guest = service.people.invite_guest(
            carys, f"Guest {number}", f"g{number}@elsewhere.example", date(2026, 12, 20)
        )
        took(guest, missed=MISSED, met=True)

    night(service)

    assert told(service, carys) == []


def test_who_showed_an_area_does_not_make_others_enough(service, carys, team, took):
    for person_id in team[:4]:
        took(person_id, missed=MISSED, met=True)
    for person_id in team[4:]:
        took(person_id)

    night(service)

    assert told(service, carys) == []


def test_what_was_told_stays_until_five_new_attempts_came_in_and_a_new_month_has_begun(
    service, carys, team, took, says, clock
):
    def again(people, met):
        clock.forward(days=1)
        for person_id in people:
            took(person_id, missed=MISSED, met=met)
        night(service)

    again(team[:5], met=True)
    assert told(service, carys) == [("Council", says)]

    again(team, met=False)
    assert told(service, carys) == [("Council", says)]  # the month is not over

    clock.at = datetime(2026, 12, 2, 9, tzinfo=UTC)
    night(service)
    assert told(service, carys) == []  # eight new attempts, of which none met it

    again(team[:4], met=True)
    assert told(service, carys) == []
    clock.at = datetime(2027, 1, 4, 9, tzinfo=UTC)
    night(service)
    assert told(service, carys) == []  # four new ones are too few, in whatever month
    again(team[4:5], met=True)
    assert told(service, carys) == [("Council", says)]


def test_five_attempts_of_one_person_are_one(service, carys, team, took, clock):
    for _ in range(6):
        took(team[0], missed=MISSED, met=True)
        clock.forward(hours=1)

    night(service)

    assert told(service, carys) == []


def test_an_answer_is_told_of_in_one_agency_once_wherever_its_person_is_moved(
    service, people, team, took, clock
):
    for person_id in team[:5]:
        took(person_id, missed=MISSED, met=True)
    night(service)
    with service.database.writing() as connection:
        police = connection.execute(
            select(unit.c.id).where(unit.c.path == "Northmoor/Police/Child protection")
        ).scalar_one()
        connection.execute(update(post).where(post.c.person_id.in_(team)).values(unit_id=police))

    clock.at = datetime(2026, 12, 2, 9, tzinfo=UTC)
    night(service)

    with service.database.reading() as connection:
        agencies = set(connection.execute(select(belief_figure.c.agency)).scalars())
    assert agencies == {COUNCIL}


# ---- an attacker ---------------------------------------------------------------------------


@pytest.fixture
def northmoor(filled_sqlite, tmp_path):
    """Opens Northmoor with Carys's team in it, each time the same on its own."""
    before = tmp_path / "before.db"
    shutil.copy(filled_sqlite, before)
    service = open_service(settings_for(f"sqlite:///{before}", tmp_path), Clock())
    team = import_team(service, tmp_path)
    service.people.grant("carys@northmoor.example", Role.AUDITOR, "Northmoor")
    service.close()
    opened: list[Service] = []

    def northmoor():
        path = tmp_path / f"{len(opened)}.db"
        shutil.copy(before, path)
        clock = Clock()
        service = open_service(settings_for(f"sqlite:///{path}", tmp_path), clock)
        opened.append(service)
        return service, clock, team

    yield northmoor
    for service in opened:
        service.close()


def seen(service, carys, team):
    """All that a manager who is an auditor as well can open, without what a guide is called."""
    board = service.board
    months = [f"{month:%Y-%m}" for month in board.view(carys).months]
    guides = [service.guides.of(carys, "referrals")]
    for one in team:
        with service.database.reading() as connection:
            left = connection.execute(select(person.c.left_on).where(person.c.id == one)).scalar()
        if left is None or left >= service.today():
            guides.append(service.guides.of(carys, "referrals", one))
    views = [
        board.view(carys, month, "referrals", agency)
        for month in months
        for agency in ("", COUNCIL, "Northmoor/Police")
    ]
    return guides, views, [list(board.export(carys, month).rows()) for month in months]


def days_of_an_attack(northmoor, met):
    """What Carys sees night by night, of five people of whom some met a misconception.

    She knows who of her people took it when, and who missed the area: all but what they chose.
    """
    service, clock, team = northmoor()
    carys = service.people.whose("carys@northmoor.example")
    five, others = team[:5], team[5:]

    def nightfall():
        night(service)
        found = seen(service, carys, five)
        clock.forward(days=1)
        return found

    for number, person_id in enumerate(five[:4]):
        take(service, person_id, missed=MISSED, met=number in met)
    yield nightfall()
    for number in range(5):  # guests of her own, who answer as she tells them
        guest = service.people.invite_guest(
            carys, f"Guest {number}", f"g{number}@elsewhere.example", date(2027, 1, 20)
        )
        take(service, guest, missed=MISSED, met=True)
    yield nightfall()
    take(service, five[4], missed=MISSED, met=4 in met)
    yield nightfall()
    take(service, others[0], missed=MISSED, met=True)  # a colleague who told her
    yield nightfall()
    with service.database.writing() as connection:
        connection.execute(
            update(person).where(person.c.id == five[0]).values(left_on=service.today())
        )
        connection.execute(
            update(post).where(post.c.person_id == five[1]).values(job="Something else")
        )
        police = connection.execute(
            select(unit.c.id).where(unit.c.path == "Northmoor/Police/Child protection")
        ).scalar_one()
        connection.execute(update(post).where(post.c.person_id == others[1]).values(unit_id=police))
    yield nightfall()
    take(service, five[2])  # asked again, until it is shown
    yield nightfall()
    clock.at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    yield nightfall()
    for person_id in others[:3]:
        take(service, person_id, missed=MISSED, met=False)
    yield nightfall()
    clock.forward(days=40)
    yield nightfall()


@pytest.mark.parametrize(
    "possible",
    [
        pytest.param([{0, 1, 2}, {2, 3, 4}, {0, 1, 3, 4}], id="common"),
        pytest.param([{3, 4}, {0, 1}, {2}], id="not common"),
    ],
)
def test_an_attacker_who_compares_all_days_and_views_learns_nobodys_answer(northmoor, possible):
    """Of each of the five both is possible: that they met it, and that they did not."""
    for number in range(5):
        assert {number in met for met in possible} == {True, False}

    stories = [list(days_of_an_attack(northmoor, met)) for met in possible]

    assert stories[0] == stories[1] == stories[2]
    beliefs = [day[0][0].beliefs for day in stories[0]]
    assert beliefs[:2] == [(), ()]
    assert bool(beliefs[2]) == (len(possible[0]) > 2)
    assert set(beliefs[2:]) == {beliefs[2]}  # and nothing she did since changed it
