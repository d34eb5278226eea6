"""What was given out before an epoch is worth nothing after it, and what was used stays used."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update

from quizbot.access import NO_SESSION, ChatKey, Role, Session
from quizbot.errors import Refused, SignedOut, SignInRefused
from quizbot.people.forms import NewPost
from quizbot.store.tables import chat_link, link_used, person
from tests.people.people_files import TEAM, Files, without_address

HERE, THERE = ("telegram", "4711"), ("telegram", "815")
ADDRESS = "amina@northmoor.example"
ROW = f"N1,Amina Rahman,{{}},{TEAM},Social worker,2026-01-05,N3"


# ---- ways in which an epoch ends, each with Amina here afterwards ---------------------------


def signs_out_everywhere(service, people, files):
    service.sign_in.end_everywhere(people.amina)


def has_another_address(service, people, files):
    service.staff.edit(people.efua, people.amina, "Amina Rahman", "a.rahman@x.example", "N1")


def has_another_address_by_file(service, people, files):
    files.take(ROW.format("a.rahman@x.example"))


def comes_back(service, people, files, last_day=date(2026, 11, 20)):
    service.staff.leave(people.efua, people.amina, last_day)
    service.staff.now.at += timedelta(minutes=1)
    units = {line.path: line.unit_id for line in service.people.units()}
    new = NewPost(units[TEAM], "Adviser", service.staff.today())
    service.staff.add_post(people.efua, people.amina, new)


def comes_back_by_file(service, people, files):
    rest = f"N3,Carys Evans,carys@northmoor.example,{TEAM},Team manager,2020-03-02,"
    files.take(rest, unit=TEAM, complete=True, confirm=True)
    files.take(ROW.format(ADDRESS))


def had_a_role(service, people, files):
    units = {line.path: line.unit_id for line in service.people.units()}
    service.roles.give(
        people.efua, people.amina, Role.AUDITOR, units["Northmoor"], service.staff.today(), None
    )
    (role,) = service.finder.card(people.efua, people.amina).roles
    service.roles.end(people.efua, role.grant_id)


def had_a_role_of_the_operators(service, people, files):
    service.people.grant(ADDRESS, Role.AUDITOR, "Northmoor")
    service.people.revoke(ADDRESS, Role.AUDITOR, "Northmoor")


WAYS = [
    signs_out_everywhere,
    has_another_address,
    has_another_address_by_file,
    comes_back,
    comes_back_by_file,
    had_a_role,
    had_a_role_of_the_operators,
]
every_way = pytest.mark.parametrize("ends", WAYS, ids=lambda way: way.__name__)


@pytest.fixture
def files(service, tmp_path):
    return Files(service, tmp_path)


# ---- what is given out ---------------------------------------------------------------------


def epoch_of(service, person_id):
    with service.database.reading() as connection:
        query = select(person.c.sign_in_epoch).where(person.c.id == person_id)
        return connection.execute(query).scalar()


def code_for(service, sign_in_id):
    mail = service.sign_in.mail({"sign_in": str(sign_in_id), "too_many": False})
    return mail and mail.subject[:6]


@every_way
def test_a_session_ends(service, people, files, ends):
    before = epoch_of(service, people.amina)
    ends(service, people, files)

    with pytest.raises(SignedOut):
        service.people.rights(people.amina, Session(NO_SESSION, before))


@every_way
def test_a_linked_chat_speaks_for_nobody(service, people, files, ends):
    service.links.accept(service.links.payload(people.amina), *HERE)
    ends(service, people, files)

    assert isinstance(service.links.who(*HERE), ChatKey)
    assert service.links.of(people.amina) == []


@every_way
def test_a_link_made_before_links_nothing(service, people, files, ends):
    payload = service.links.payload(people.amina)
    ends(service, people, files)

    with pytest.raises(Refused, match="run out or was used"):
        service.links.accept(payload, *HERE)
    assert service.links.of(people.amina) == []


@every_way
def test_a_session_of_before_neither_makes_a_link_nor_confirms_one(service, people, files, ends):
    before = epoch_of(service, people.amina)
    asked = service.links.ask(*HERE)
    ends(service, people, files)

    with pytest.raises(SignedOut):
        service.links.payload(people.amina, before)
    with pytest.raises(SignedOut):
        service.links.confirm(people.amina, asked.token, before)
    assert service.links.of(people.amina) == []


@every_way
def test_a_link_that_was_used_before_is_used_still(service, people, files, ends):
    payload, asked = service.links.payload(people.amina), service.links.ask(*THERE)
    service.links.accept(payload, *HERE)
    service.links.confirm(people.amina, asked.token)
    ends(service, people, files)

    with pytest.raises(Refused):
        service.links.accept(payload, *HERE)
    with pytest.raises(Refused):
        service.links.asked(asked.token)
    with pytest.raises(Refused):
        service.links.confirm(people.amina, asked.token)
    assert service.links.of(people.amina) == []


@every_way
def test_a_code_mailed_before_does_not_sign_in(service, people, files, ends):
    sign_in_id = service.sign_in.ask(ADDRESS)
    code = code_for(service, sign_in_id)
    ends(service, people, files)

    with pytest.raises(SignInRefused):
        service.sign_in.enter(sign_in_id, code)


@every_way
def test_a_code_asked_for_before_is_not_mailed_after(service, people, files, ends):
    sign_in_id = service.sign_in.ask(ADDRESS)
    ends(service, people, files)

    assert code_for(service, sign_in_id) is None


@every_way
def test_a_slip_printed_before_does_not_sign_in(service, people, files, ends):
    slip = service.slips.print_for(people.amina)
    ends(service, people, files)

    with pytest.raises(SignInRefused):
        service.slips.enter(slip.code, "one")


@every_way
def test_what_is_given_out_afterwards_works(service, people, files, ends):
    ends(service, people, files)

    with service.database.reading() as connection:
        row = connection.execute(select(person).where(person.c.id == people.amina)).one()
    sign_in_id = service.sign_in.ask(row.email)
    assert service.sign_in.enter(sign_in_id, code_for(service, sign_in_id)).epoch == (
        row.sign_in_epoch
    )
    slip = service.slips.print_for(people.amina)
    assert service.slips.enter(slip.code, "one").person_id == people.amina
    payload = service.links.payload(people.amina, row.sign_in_epoch)
    assert service.links.accept(payload, *HERE) == "Amina Rahman"


def test_who_comes_back_after_a_last_day_that_was_known_brings_nothing_back(
    service, people, files, clock
):
    before = epoch_of(service, people.amina)
    slip = service.slips.print_for(people.amina)
    service.links.accept(service.links.payload(people.amina), *HERE)
    service.staff.leave(people.efua, people.amina, service.staff.today())
    clock.forward(days=3)
    units = {line.path: line.unit_id for line in service.people.units()}
    new = NewPost(units[TEAM], "Adviser", service.staff.today())
    service.staff.add_post(people.efua, people.amina, new)

    with pytest.raises(SignedOut):
        service.people.rights(people.amina, Session(NO_SESSION, before))
    with pytest.raises(SignInRefused):
        service.slips.enter(slip.code, "one")
    assert isinstance(service.links.who(*HERE), ChatKey)


def test_a_guest_who_is_invited_again_brings_nothing_back(service, carys, clock):
    until = service.staff.today()
    guest = service.people.invite_guest(carys, "Hana Okafor", "hana@x.example", until)
    before = epoch_of(service, guest)
    clock.forward(days=2)
    service.people.invite_guest(carys, "Hana Okafor", "hana@x.example", service.staff.today())

    with pytest.raises(SignedOut):
        service.people.rights(guest, Session(NO_SESSION, before))


def test_another_name_ends_nothing(service, people, files):
    before = epoch_of(service, people.amina)
    payload = service.links.payload(people.amina)

    service.staff.edit(people.efua, people.amina, "Amina Bell", ADDRESS, "N1")
    files.take(ROW.format(ADDRESS).replace("Rahman", "Bell-Rahman"))

    assert service.people.rights(people.amina, Session(NO_SESSION, before))
    assert service.links.accept(payload, *HERE) == "Amina Bell-Rahman"


# ---- slips of those who may print them no more -----------------------------------------------


@pytest.fixture
def slip(service, people):
    """One for Amina, who has no address, that Carys printed."""
    without_address(service, people.amina)
    return service.slips.print_for(people.amina, people.carys)


def test_a_slip_ends_when_its_printer_leaves(service, people, slip):
    service.staff.leave(people.efua, people.carys, date(2026, 11, 20))

    with pytest.raises(SignInRefused):
        service.slips.enter(slip.code, "one")


def test_a_slip_ends_when_its_printers_last_day_is_over(service, people, slip, clock):
    service.staff.leave(people.efua, people.carys, service.staff.today())
    assert service.people.rights(people.carys)
    clock.forward(days=1)

    with pytest.raises(SignInRefused):
        service.slips.enter(slip.code, "one")


def test_a_slip_ends_with_the_role_by_which_it_was_printed(service, people):
    without_address(service, people.amina)
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor")
    slip = service.slips.print_for(people.amina, people.dylan)
    service.people.revoke("dylan@northmoor.example", Role.LEAD, "Northmoor")

    with pytest.raises(SignInRefused):
        service.slips.enter(slip.code, "one")


def test_a_slip_of_somebody_who_still_may_print_it_works(service, people, slip):
    assert service.slips.enter(slip.code, "one").person_id == people.amina


# ---- marks of use ------------------------------------------------------------------------------


def forgets_links(service, people):
    """Whatever becomes of the rows of links: here they are simply gone."""
    with service.database.writing() as connection:
        connection.execute(delete(chat_link))


def erases(service, people):
    service.staff.leave(people.efua, people.amina, date(2026, 11, 20))
    service.erasure.erase(people.amina, "yes")


def keeps_house(service, people):
    service.links.leave(*HERE)
    service.retention.run()


@pytest.mark.parametrize("deletes", [forgets_links, erases, keeps_house])
def test_a_mark_of_use_outlives_what_it_was_used_for(service, people, deletes):
    asked = service.links.ask(*HERE)
    service.links.confirm(people.amina, asked.token)
    deletes(service, people)

    with pytest.raises(Refused):
        service.links.confirm(people.bashir, asked.token)
    assert service.links.of(people.bashir) == []


def test_a_link_taken_by_a_chat_that_is_linked_already_is_used(service, amina):
    service.links.accept(service.links.payload(amina), *HERE)
    second = service.links.payload(amina)
    service.links.accept(second, *HERE)

    with pytest.raises(Refused):
        service.links.accept(second, *THERE)


def test_a_link_that_was_refused_to_a_chat_of_somebody_else_is_not_used_up(service, amina, bashir):
    service.links.accept(service.links.payload(amina), *HERE)
    payload = service.links.payload(bashir)
    with pytest.raises(Refused):
        service.links.accept(payload, *HERE)

    assert service.links.accept(payload, *THERE).startswith("Bashir")


def test_marks_of_use_go_when_what_they_mark_has_long_run_out(service, amina, clock):
    service.links.accept(service.links.payload(amina), *HERE)
    clock.forward(days=2, seconds=1)
    service.retention.run()

    with service.database.reading() as connection:
        assert connection.execute(select(link_used)).all() == []


def test_an_epoch_that_ends_while_a_link_is_taken_wins(service, amina):
    """As where both happen at the same moment: the seal is of the epoch before."""
    payload = service.links.payload(amina)
    with service.database.writing() as connection:
        connection.execute(update(person).values(sign_in_epoch=person.c.sign_in_epoch + 1))

    with pytest.raises(Refused):
        service.links.accept(payload, *HERE)
