"""Sign-in slips for people without an address, and guests who stay until a day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from quizbot.access import Role
from quizbot.errors import BadReply, Mend, NotAllowed, NotFound, SignInRefused
from quizbot.signin.slips import LETTERS, REFUSED, TRIES
from quizbot.store.tables import audit, person, sign_in
from tests.people.people_files import TEAM, Files, without_address

UNKNOWN = "BBBB-BBBB-BBBB-BBBB"
UNTIL = date(2026, 12, 20)


@pytest.fixture
def mel(service, people, tmp_path):
    """A volunteer without an address, in Carys's team."""
    Files(service, tmp_path).take(f"V1,Mel Ash,,{TEAM},Volunteer,2026-01-05,N3")
    return service.people.by_reference("V1")


def refused(service, code, place="one"):
    with pytest.raises(SignInRefused) as error:
        service.slips.enter(code, place)
    return str(error.value)


# ---- slips ---------------------------------------------------------------------------------


def test_a_slip_signs_in_once(service, mel):
    slip = service.slips.print_for(mel)

    assert service.slips.enter(slip.code, "one").person_id == mel
    assert refused(service, slip.code) == REFUSED


def test_a_code_has_four_groups_of_letters_that_look_like_no_other(service, mel):
    groups = service.slips.print_for(mel).code.split("-")

    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert set("".join(groups)) <= set(LETTERS)
    assert not set(LETTERS) & set("AEIOUL0125")


def test_a_code_may_be_typed_in_any_way(service, mel):
    slip = service.slips.print_for(mel)
    typed = slip.code.lower().replace("-", "  ") + "\n"

    assert service.slips.enter(typed, "one").person_id == mel


@pytest.mark.parametrize(
    "typed", ["", "BCDF", "BBBB-BBBB-BBBB-BBB1", "BBBBBBBBBBBBBBBBB", "İ" * 16]
)
def test_what_cannot_be_a_code_is_told_so(service, typed):
    with pytest.raises(BadReply, match="16 letters"):
        service.slips.enter(typed, "one")


def test_a_slip_is_good_for_fourteen_days(service, mel, clock):
    first = service.slips.print_for(mel)
    assert (first.until - clock.at.date()).days == 14
    clock.forward(days=13, hours=23)
    assert service.slips.enter(first.code, "one").person_id == mel

    second = service.slips.print_for(mel)
    clock.forward(days=14, seconds=1)

    assert refused(service, second.code) == REFUSED


def test_a_new_slip_makes_older_ones_worthless(service, mel):
    old, new = service.slips.print_for(mel), service.slips.print_for(mel)

    assert refused(service, old.code) == REFUSED
    assert service.slips.enter(new.code, "one").person_id == mel


def test_unknown_used_and_old_are_told_in_the_same_words(service, mel, clock):
    slip = service.slips.print_for(mel)
    service.slips.enter(slip.code, "one")

    assert refused(service, UNKNOWN) == refused(service, slip.code) == REFUSED


def test_wrong_codes_are_counted_by_where_they_come_from(service, mel, clock):
    slip = service.slips.print_for(mel)
    for _ in range(TRIES):
        assert refused(service, UNKNOWN) == REFUSED

    assert "Try again in an hour" in refused(service, UNKNOWN)
    with pytest.raises(SignInRefused, match=REFUSED):
        service.slips.enter(UNKNOWN, "two")
    clock.forward(hours=1, seconds=1)
    assert refused(service, UNKNOWN) == REFUSED
    assert service.slips.enter(slip.code, "one").person_id == mel


def test_a_right_slip_is_taken_whatever_was_tried_from_there(service, mel):
    slip, used = service.slips.print_for(mel), "BCDF-GHJK-MNPQ-RSTV"
    for _ in range(TRIES + 1):
        refused(service, used)

    assert service.slips.enter(slip.code, "one").person_id == mel
    assert "Try again in an hour" in refused(service, slip.code)


def test_who_has_left_neither_gets_nor_uses_a_slip(service, mel, people, clock):
    slip = service.slips.print_for(mel)
    service.staff.leave(people.efua, mel, date(2026, 11, 20))

    assert refused(service, slip.code) == REFUSED
    with pytest.raises(NotFound):
        service.slips.print_for(mel)


def test_only_a_keyed_hash_is_kept(service, mel):
    slip = service.slips.print_for(mel)

    with service.database.reading() as connection:
        rows = connection.execute(select(sign_in)).all()
        trail = connection.execute(select(audit.c.action, audit.c.details)).all()
    code = slip.code.replace("-", "")
    assert all(code not in str(value).upper() for row in (*rows, *trail) for value in row)
    assert ("sign-in.slip", "{}") in [tuple(row) for row in trail]


def test_a_mailed_code_and_a_slip_do_not_disturb_each_other(service, amina, mel):
    slip = service.slips.print_for(amina)
    service.sign_in.ask("amina@northmoor.example")

    assert service.slips.enter(slip.code, "one").person_id == amina


# ---- who prints them -----------------------------------------------------------------------


def test_leads_print_for_their_people_and_managers_for_theirs(service, mel, people):
    assert service.slips.print_for(mel, people.efua).name == "Mel Ash"
    assert service.slips.print_for(mel, people.carys).name == "Mel Ash"


@pytest.mark.parametrize("name", ["amina", "bashir", "dylan"])
def test_nobody_else_prints_them(service, mel, people, name):
    with pytest.raises((NotFound, NotAllowed)):
        service.slips.print_for(mel, getattr(people, name))


@pytest.mark.parametrize("role", list(Role))
def test_a_manager_prints_none_for_who_sees_the_records_of_others(service, people, role):
    service.people.grant("amina@northmoor.example", role, "Northmoor/Council")

    with pytest.raises(NotAllowed):
        service.slips.print_for(without_address(service, people.amina), people.carys)


@pytest.mark.parametrize("by", ["carys", "efua"])
def test_who_has_an_address_gets_no_slip_from_manager_or_lead(service, people, by):
    """A slip signs in as its person: whoever printed it could read all that they answered."""
    with pytest.raises(NotAllowed, match="signs in with a code that is mailed"):
        service.slips.print_for(people.amina, getattr(people, by))

    assert service.slips.print_for(people.amina).name == "Amina Rahman"  # the operator, on the host


# ---- guests --------------------------------------------------------------------------------


def invite(service, manager, email="idris@elsewhere.example", until=UNTIL, name="Idris Bello"):
    return service.people.invite_guest(manager, name, email, until)


def test_a_guest_is_here_until_a_day_and_in_the_managers_team(service, carys, clock):
    guest = invite(service, carys)

    assert "Idris Bello" in [line.name for line in service.reports.team(carys).lines]
    clock.forward(days=29)
    assert service.people.rights(guest).manages is False
    clock.forward(days=1)
    with pytest.raises(NotAllowed):
        service.people.rights(guest)
    assert "Idris Bello" not in [line.name for line in service.reports.team(carys).lines]


def test_a_guest_signs_in_by_mail_until_the_last_day_and_not_after(service, carys, clock):
    invite(service, carys)
    with service.database.reading() as connection:
        assert _asked_by(connection, service, "idris@elsewhere.example") is not None

    clock.forward(days=30)
    with service.database.reading() as connection:
        assert _asked_by(connection, service, "idris@elsewhere.example") is None


def _asked_by(connection, service, address):
    sign_in_id = service.sign_in.ask(address)
    return connection.execute(
        select(sign_in.c.person_id).where(sign_in.c.id == sign_in_id)
    ).scalar()


def test_an_invitation_may_be_made_longer_or_renewed_and_stays_one_person(service, carys, clock):
    first = invite(service, carys)
    assert invite(service, carys, until=UNTIL + timedelta(days=10)) == first
    clock.forward(days=60)

    again = invite(service, carys, until=UNTIL + timedelta(days=60), name="Another Name")

    assert again == first
    with service.database.reading() as connection:
        row = connection.execute(select(person).where(person.c.id == first)).one()
    assert (row.name, row.is_guest, str(row.left_on)) == ("Idris Bello", True, "2027-02-18")


@pytest.mark.parametrize("address", ["amina@northmoor.example", "BASHIR@northmoor.example"])
def test_an_address_of_somebody_here_is_refused_without_saying_whose(service, carys, address):
    with pytest.raises(Mend) as error:
        invite(service, carys, address)

    assert set(error.value.faults) == {"email"}
    assert "Amina" not in str(error.value)
    assert "Bashir" not in str(error.value)


def test_a_guest_of_another_manager_is_refused_in_the_same_words(service, people):
    invite(service, people.dylan)

    with pytest.raises(Mend) as of_another:
        invite(service, people.carys)
    with pytest.raises(Mend) as of_staff:
        invite(service, people.carys, "amina@northmoor.example")
    assert str(of_another.value) == str(of_staff.value)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"email": "idris"}, "email"),
        ({"until": date(2026, 11, 20)}, "until"),
        ({"until": date(2027, 2, 20)}, "until"),
    ],
)
def test_an_invitation_that_cannot_be_is_told_by_field(service, carys, given, field):
    with pytest.raises(Mend) as error:
        invite(service, carys, **given)

    assert set(error.value.faults) == {field}


def test_who_manages_nobody_invites_nobody(service, amina):
    with pytest.raises(NotAllowed):
        invite(service, amina)


def test_a_manager_by_grant_invites_into_that_unit(service, people):
    service.people.grant("bashir@northmoor.example", Role.MANAGER, "Northmoor/Council")

    guest = invite(service, people.bashir)

    assert guest in [line.person_id for line in service.reports.team(people.bashir).lines]
