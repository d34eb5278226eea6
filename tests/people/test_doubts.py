"""What in a people file may be a slip: told by line, and taken only when somebody has looked."""

import pytest
from sqlalchemy import select

from quizbot.access import Role
from quizbot.errors import Refused
from quizbot.outbox.notices import ADDRESS_CHANGED
from quizbot.people.file.doubts import name_key, number_key, rings
from quizbot.people.people import Options
from quizbot.store.tables import audit, notice
from tests.people.people_files import TEAM, Files

ANN = f"00123,Ann Lee,ann@northmoor.example,{TEAM},Social worker,2026-03-02,N3"


@pytest.fixture
def files(service, tmp_path):
    return Files(service, tmp_path)


def doubts(files: Files, *lines: str, **options) -> list[str]:
    with files.service.people.plan(files.write(*lines), Options(**options)) as plan:
        return [str(doubt) for doubt in plan.doubts if doubt.must_be_confirmed]


@pytest.mark.parametrize(
    "line",
    [
        f"123,Ann Lee,,{TEAM},Social worker,2026-03-02,N3",
        f"123,Ann Lee,ann.lee@northmoor.example,{TEAM},Family worker,2026-09-01,N3",
        f"00-123,Anna Leigh,,{TEAM},Social worker,2026-11-02,N3",
        f'A77,"LEE, Ann",,{TEAM},Social worker,2026-11-02,N3',
        f"A77,Ánn  Lee,,{TEAM},Family worker,2026-03-02,N3",
        ",Ann Lee,al@northmoor.example,Northmoor/Police/Child protection,Clerk,2026-11-02,N4",
    ],
)
def test_somebody_new_who_may_be_somebody_known_must_be_confirmed(files, line):
    files.take(ANN)

    assert doubts(files, line)[0].startswith("line 2, staff_ref: would be somebody new, and may be")
    with pytest.raises(Refused, match="1 line may be a slip"):
        files.take(line)
    assert files.take(line, confirm=True).joined == 1


def test_a_number_that_lost_its_zeros_is_told_as_whom_it_may_be(files):
    files.take(ANN)

    (words,) = doubts(files, f"123,Ann Lee,,{TEAM},Social worker,2026-03-02,N3")

    assert "Ann Lee (00123), who is here" in words


def test_a_joiner_named_as_a_leaver_of_the_same_file_must_be_confirmed(files):
    files.take(ANN)
    staff = [
        f"N1,Amina Rahman,amina@northmoor.example,{TEAM},Social worker,2026-01-05,N3",
        f"N3,Carys Evans,carys@northmoor.example,{TEAM},Team manager,2020-03-02,",
    ]
    line = f"B9,Ann Lee,,{TEAM},Senior social worker,2026-11-16,N3"

    words = doubts(files, *staff, line, unit=TEAM, complete=True)

    assert words[0].startswith("line 4")
    assert "who would leave by this file" in words[0]


def test_two_new_lines_that_may_be_one_person_must_be_confirmed(files):
    second = ANN.replace("00123", "123").replace("ann@", "a.lee@")

    (words,) = doubts(files, ANN, second)

    assert "as would Ann Lee (00123) on line 2" in words


@pytest.mark.parametrize(
    "line",
    [
        f"124,Bea Lee,,{TEAM},Social worker,2026-03-02,N3",
        "A9,Ann Lee,al@northmoor.example,Northmoor/Police/Child protection,Clerk,2026-10-05,N4",
        f"00123,Ann Lee-Shaw,ann@northmoor.example,{TEAM},Social worker,2026-03-02,N3",
        f"00123,Ann Lee,ann.lee@northmoor.example,{TEAM},Social worker,2026-03-02,N3",
    ],
)
def test_an_ordinary_line_needs_no_confirming(files, line):
    files.take(ANN)

    assert doubts(files, line) == []


@pytest.mark.parametrize(
    "line",
    [
        f"00123,Bob Kay,bob@northmoor.example,{TEAM},Social worker,2026-03-02,N3",
        f"00123,Bob Kay,,{TEAM},Social worker,2026-03-02,N3",
        f"00123,Bob Lee,bob@northmoor.example,{TEAM},Social worker,2026-03-02,N3",
    ],
)
def test_a_record_that_would_become_somebody_elses_must_be_confirmed(files, line):
    files.take(ANN)

    (words,) = doubts(files, line)

    assert words.startswith("line 2, name: 00123 is Ann Lee here, and Bob")
    with pytest.raises(Refused):
        files.take(line)
    assert files.people()["Ann Lee"]


def test_each_ring_of_managers_is_told_once_with_its_people(files):
    lines = [
        f"R1,Ada One,,{TEAM},Social worker,2026-03-02,R2",
        f"R2,Bea Two,,{TEAM},Social worker,2026-03-02,R3",
        f"R3,Cay Three,,{TEAM},Social worker,2026-03-02,R1",
        f"R4,Dee Four,,{TEAM},Social worker,2026-03-02,R5",
        f"R5,Eli Five,,{TEAM},Social worker,2026-03-02,R4",
        f"R6,Fay Six,,{TEAM},Social worker,2026-03-02,R1",
    ]

    with files.service.people.plan(files.write(*lines), Options()) as plan:
        told = [str(doubt) for doubt in plan.doubts]
        assert not plan.needs_confirming

    assert len(told) == 2
    assert all(name in told[0] for name in ("Ada One", "Bea Two", "Cay Three"))
    assert "Fay Six" not in told[0]
    assert all(name in told[1] for name in ("Dee Four", "Eli Five"))


def test_a_ring_with_somebody_whom_the_file_does_not_name_is_told(files):
    files.take(f"R1,Ada One,,{TEAM},Social worker,2026-03-02,N3")
    line = f"N3,Carys Evans,carys@northmoor.example,{TEAM},Team manager,2020-03-02,R1"

    with files.service.people.plan(files.write(line), Options()) as plan:
        (told,) = map(str, plan.doubts)

    assert "Ada One" in told
    assert "Carys Evans" in told


def test_rings_are_found_in_a_long_chain_too():
    chain = {
        bytes([n // 256, n % 256]): {bytes([(n + 1) // 256, (n + 1) % 256])} for n in range(5000)
    }
    assert rings(chain) == []

    chain[bytes([5000 // 256, 5000 % 256])] = {bytes([0, 0])}
    (ring,) = rings(chain)
    assert len(ring) == 5001


def test_mailto_in_front_of_an_address_is_taken_away_and_told(files):
    line = f"M1,Cy Moss,mailto:cy@northmoor.example,{TEAM},Social worker,2026-03-02,N3"

    with files.service.people.plan(files.write(line), Options()) as plan:
        (told,) = map(str, plan.doubts)
        assert not plan.needs_confirming
    files.take(line)

    assert told == "line 2, email: taken without the “mailto:” in front of it"
    assert files.people()["Cy Moss"][0] == "cy@northmoor.example"


def test_names_and_numbers_are_compared_as_people_would():
    assert name_key("O'Neill,  Zoë") == name_key("ZOE O’NEILL")
    assert name_key("Ann Lee") != name_key("Anne Lee")
    assert number_key("0-0123 ") == number_key("123")
    assert number_key("A0123") == "a0123"
    assert number_key("000") == ""


# ---- an address of somebody who has left ---------------------------------------------------

NEW = f"N9,Gwen Okafor,amina@northmoor.example,{TEAM},Social worker,2026-11-02,N3"


@pytest.fixture
def left(files):
    """Amina has left."""
    staff = f"N3,Carys Evans,carys@northmoor.example,{TEAM},Team manager,2020-03-02,"
    files.take(staff, unit=TEAM, complete=True, confirm=True)
    return files.people()["Amina Rahman"]


def test_a_leavers_address_is_given_to_somebody_new_only_when_that_is_confirmed(files, left):
    (words,) = doubts(files, NEW)
    assert words == (
        "line 2, email: is the address of Amina Rahman (N1), who left on 2026-11-20. If Gwen Okafor"
        " has it now, confirm: it goes from Amina Rahman’s record, which keeps all else. If this is"
        " Amina Rahman, who is back, write the number as it is there"
    )
    with pytest.raises(Refused, match="1 line may be a slip"):
        files.take(NEW)

    files.take(NEW, confirm=True)

    known = files.people()
    assert known["Gwen Okafor"] == ("amina@northmoor.example", "N9", None, False)
    assert known["Amina Rahman"] == (None, *left[1:])


def test_who_gave_an_address_up_is_in_the_trail_and_not_written_to_there(
    files, service, people, left
):
    files.take(NEW, confirm=True)

    with service.database.reading() as connection:
        row = connection.execute(
            select(audit).where(
                audit.c.action == "person.edit", audit.c.subject == str(people.amina)
            )
        ).one()
        owed = connection.execute(select(notice.c.kind)).scalars().all()
    assert row.details == '{"fields":["email"]}'
    assert ADDRESS_CHANGED not in owed


def test_a_second_time_nothing_is_to_be_confirmed(files, left):
    files.take(NEW, confirm=True)

    assert files.take(NEW).is_nothing


def test_somebody_known_is_given_a_leavers_address_too(files, left):
    line = f"N3,Carys Evans,amina@northmoor.example,{TEAM},Team manager,2020-03-02,"

    assert doubts(files, line)
    files.take(line, confirm=True)

    assert files.people()["Carys Evans"][0] == "amina@northmoor.example"
    assert files.people()["Amina Rahman"][0] is None


def test_who_comes_back_keeps_the_address(files, left):
    assert not doubts(files, NEW.replace("N9,Gwen Okafor", "N1,Amina Rahman"))


def test_a_lead_takes_no_address_from_somebody_of_other_units(files, service, people, left):
    service.people.grant("carys@northmoor.example", Role.LEAD, "Northmoor/Police")
    police = NEW.replace(TEAM, "Northmoor/Police").replace(",N3", ",")

    with service.people.plan(files.write(police), Options(), people.carys) as plan:
        (fault,) = plan.faults
        assert str(fault) == (
            "line 2, email: belongs to somebody else here, who has left: one address, one person."
            " So ask a lead of the units they were in to take it from their record"
        )
