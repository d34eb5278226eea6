"""Nobody is judge in their own cause; where there is nobody else, it is marked for all to see."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from quizbot.access import Role
from quizbot.errors import NotAllowed
from quizbot.rules.due import DispensationKind as Kind
from quizbot.store.tables import audit

TODAY = date(2026, 11, 21)
GRANTS = [
    (Kind.EXTENSION, TODAY, TODAY + timedelta(days=60)),
    (Kind.PAUSE, TODAY, TODAY + timedelta(days=60)),
    (Kind.EXEMPTION, TODAY, None),
    (Kind.LEARNING, TODAY - timedelta(days=9), None),
]


def grant(service, by, person_id, kind, starts_on, ends_on):
    return service.dispensations.grant(
        by, person_id, kind, "referrals", starts_on, ends_on, "Long enough."
    )


def marks(service):
    with service.database.reading() as connection:
        rows = connection.execute(
            select(audit.c.details)
            .where(audit.c.action.like("dispensation.%"))
            .order_by(audit.c.number)
        ).scalars()
        return [json.loads(details).get("to_themself", False) for details in rows]


@pytest.mark.parametrize(("kind", "starts_on", "ends_on"), GRANTS)
def test_a_lead_grants_themself_nothing_where_another_could(
    service, people, kind, starts_on, ends_on
):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor")

    with pytest.raises(NotAllowed, match="Nobody grants anything to themself: ask another lead"):
        grant(service, people.efua, people.efua, kind, starts_on, ends_on)

    assert grant(service, people.dylan, people.efua, kind, starts_on, ends_on)
    assert marks(service) == [False]


@pytest.mark.parametrize(("kind", "starts_on", "ends_on"), GRANTS)
def test_where_there_is_no_other_lead_it_is_marked(service, people, kind, starts_on, ends_on):
    granted = grant(service, people.efua, people.efua, kind, starts_on, ends_on)
    service.dispensations.end(people.efua, granted)

    assert marks(service) == [True, True]
    (line,) = service.reports.person(people.efua, people.efua).granted
    assert line.is_own_cause


def test_nor_does_a_lead_take_back_what_binds_them_where_another_could(service, people):
    granted = grant(service, people.efua, people.efua, Kind.PAUSE, TODAY, None)
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor")

    with pytest.raises(NotAllowed):
        service.dispensations.end(people.efua, granted)


@pytest.mark.parametrize(
    ("email", "unit", "is_another"),
    [
        ("dylan@northmoor.example", "Northmoor", True),
        ("dylan@northmoor.example", "Northmoor/Police", False),
    ],
)
def test_only_a_lead_over_them_is_another(service, people, email, unit, is_another):
    service.people.grant(email, Role.LEAD, unit)
    kind, starts_on, ends_on = GRANTS[0]

    if is_another:
        with pytest.raises(NotAllowed):
            grant(service, people.efua, people.efua, kind, starts_on, ends_on)
    else:
        assert grant(service, people.efua, people.efua, kind, starts_on, ends_on)


def test_a_lead_who_has_left_is_no_other(service, people, clock):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor")
    service.staff.leave(people.efua, people.dylan, TODAY - timedelta(days=1))

    assert grant(service, people.efua, people.efua, *GRANTS[0])


def test_the_page_names_who_granted_what(service, people):
    grant(service, people.carys, people.amina, *GRANTS[0])

    (line,) = service.reports.person(people.carys, people.amina).granted

    assert (line.by, line.is_own_cause) == ("Carys Evans", False)
