"""Units, people and posts as a people file leaves them: what access and reports rest on."""

import pytest
from sqlalchemy import select

from quizbot.access import Role
from quizbot.errors import BadFile
from quizbot.store.tables import person, post, unit

HEAD = "staff_ref,name,email,unit,job,started_on,manager\n"


@pytest.fixture
def take_in(service, tmp_path):
    """Imports a file of these lines."""

    def take_in(lines, head=HEAD):
        file = tmp_path / "people.csv"
        file.write_text(head + lines, encoding="utf-8")
        return service.people.import_file(file, make_units=True)

    return take_in


def everything(service):
    with service.database.reading() as connection:
        return [connection.execute(select(t).order_by(t.c.id)).all() for t in (unit, person, post)]


def test_the_tree_is_made_from_the_top(service):
    lines = [(line.path, line.kind, line.people) for line in service.people.units()]

    assert lines == [
        ("Northmoor", "partnership", 1),
        ("Northmoor/Council", "agency", 0),
        ("Northmoor/Council/Assessment", "team", 2),
        ("Northmoor/Police", "agency", 0),
        ("Northmoor/Police/Child protection", "team", 2),
    ]


def test_a_unit_below_another_is_below_it_however_it_is_written(service, take_in, people):
    take_in("N9,Femi Cole,,northmoor/COUNCIL/Early help,Worker,2026-01-05,\n")

    paths = {line.path for line in service.people.units()}
    assert "Northmoor/Council/Early help" in paths
    service.people.grant("efua@northmoor.example", Role.MANAGER, "Northmoor/Council")
    names = [line.name for line in service.reports.team(people.efua).lines]
    assert "Femi Cole" in names


def test_one_fault_and_nothing_is_taken_in(service, take_in):
    before = everything(service)

    with pytest.raises(BadFile) as refused:
        take_in(
            "N8,Gita Rao,gita@northmoor.example,Northmoor/Health,Nurse,2026-01-05,\n"
            "N9,,femi@northmoor.example,Northmoor/Health,Nurse,2026-01-05,\n"
        )

    assert any("line 3" in fault for fault in refused.value.faults)
    assert everything(service) == before


def test_the_same_file_again_changes_nothing(service, take_in):
    lines = "N8,Gita Rao,gita@northmoor.example,Northmoor/Health,Nurse,2026-01-05,N5\n"
    take_in(lines)
    before = everything(service)

    take_in(lines)

    assert everything(service) == before


def test_who_is_told_by_address_keeps_their_staff_number(service, take_in, people):
    post_ = "Northmoor/Council/Assessment,Social worker,2026-01-05"
    take_in(
        f"Amina Rahman,amina@northmoor.example,{post_}\n",
        head="name,email,unit,job,started_on\n",
    )

    with service.database.reading() as connection:
        row = connection.execute(select(person).where(person.c.id == people.amina)).one()
    assert row.staff_ref == "N1"


def test_another_unit_is_a_second_post(service, take_in, people):
    take_in(
        "N1,Amina Rahman,amina@northmoor.example,Northmoor/Police/Child protection,Adviser,"
        "2026-06-01,N4\n"
    )

    for manager in (people.carys, people.dylan):
        assert "Amina Rahman" in [line.name for line in service.reports.team(manager).lines]
