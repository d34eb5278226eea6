"""Whose account it is: bound once, on each kind of database, also when two come at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from quizbot.errors import Mend, NotFound, SignInRefused
from quizbot.signin.accounts import NobodysYet, ProvenAccount
from quizbot.store.tables import account, account_session, account_waiting, session_ended

AMINA = ProvenAccount(
    provider="council",
    issuer="https://login.example",
    subject="1",
    address="amina@northmoor.example",
    calls_itself="A. Rahman",
)


def count(service, table):
    with service.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def number_of(service, proven):
    found = service.accounts.come_in(replace(proven, address=""))
    assert isinstance(found, NobodysYet)
    return found.number


def test_the_first_use_binds_and_the_next_finds_it_again(service, people):
    first = service.accounts.come_in(AMINA)
    second = service.accounts.come_in(replace(AMINA, address=""))

    assert first.person_id == second.person_id == people.amina
    assert first.session_id != second.session_id
    assert count(service, account) == 1


def test_of_two_accounts_that_come_at_once_one_is_bound(service, people):
    several = [replace(AMINA, subject=str(number)) for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(service.accounts.come_in, several))

    assert sum(not isinstance(one, NobodysYet) for one in found) == 1
    assert count(service, account) == 1


def test_the_same_account_that_comes_at_once_is_bound_once(service, people):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(service.accounts.come_in, [AMINA] * 8))

    assert {one.person_id for one in found} == {people.amina}
    assert count(service, account) == 1


def test_the_same_subject_of_another_issuer_is_another_account(service, people):
    service.accounts.come_in(AMINA)

    other = service.accounts.come_in(replace(AMINA, issuer="https://other.example", address=""))

    assert isinstance(other, NobodysYet)


def test_a_new_try_makes_the_old_number_worthless(service, people):
    old = number_of(service, AMINA)
    number_of(service, AMINA)

    with pytest.raises(Mend, match="No account waits"):
        service.accounts.give(people.efua, people.amina, old)
    assert count(service, account_waiting) == 1


def test_a_number_stands_for_seven_days(service, people, clock):
    number = number_of(service, AMINA)
    clock.forward(days=7, seconds=1)

    with pytest.raises(Mend):
        service.accounts.give(people.efua, people.amina, number)


def test_an_account_that_a_lead_gave_stays_whatever_the_address(service, people):
    service.accounts.give(people.efua, people.amina, number_of(service, AMINA))
    service.staff.edit(people.efua, people.amina, "Amina Rahman", "ar@northmoor.example", "N1")

    found = service.accounts.come_in(replace(AMINA, address=""))

    assert found.person_id == people.amina


def test_what_a_lead_gives_takes_the_place_of_the_former_account(service, people):
    service.accounts.come_in(AMINA)
    new = replace(AMINA, subject="2")
    service.accounts.give(people.efua, people.amina, number_of(service, new))

    assert service.accounts.come_in(replace(new, address="")).person_id == people.amina
    assert isinstance(service.accounts.come_in(replace(AMINA, address="")), NobodysYet)


@pytest.mark.parametrize("who", ["carys", "bashir", "amina"])
def test_only_who_has_charge_of_somebody_gives_and_takes_accounts(service, people, who):
    number = number_of(service, replace(AMINA, subject="2"))
    service.accounts.come_in(AMINA)
    (line,) = service.accounts.of(people.amina)
    by = getattr(people, who)

    with pytest.raises(NotFound):
        service.accounts.give(by, people.amina, number)
    with pytest.raises(NotFound):
        service.accounts.end(by, people.amina, line.account_id)


def test_an_account_is_ended_only_where_it_belongs(service, people):
    service.accounts.come_in(AMINA)
    (line,) = service.accounts.of(people.amina)

    with pytest.raises(NotFound):
        service.accounts.end(people.efua, people.bashir, line.account_id)


def test_who_left_does_not_come_in_and_who_is_back_does(service, people, clock):
    service.accounts.come_in(AMINA)
    yesterday = service.today() - timedelta(days=1)
    service.staff.leave(people.efua, people.amina, yesterday, confirm=True)

    with pytest.raises(SignInRefused, match="has ended"):
        service.accounts.come_in(AMINA)


def test_word_of_signing_out_ends_what_it_names(service, people):
    first = service.accounts.come_in(replace(AMINA, sid="a"))
    service.accounts.come_in(replace(AMINA, sid="b"))

    assert service.accounts.ended_there(AMINA.issuer, "", "a") == 1
    assert service.accounts.ended_there(AMINA.issuer, "", "") == 0
    assert service.accounts.ended_there("https://other.example", "1", "") == 0
    with service.database.reading() as connection:
        ended = connection.execute(select(session_ended.c.id)).scalars().all()
    assert ended == [first.session_id]
    assert service.accounts.ended_there(AMINA.issuer, "1", "") == 2


def test_what_nobody_needs_any_more_goes(service, people, clock):
    service.accounts.come_in(AMINA)
    number_of(service, replace(AMINA, subject="2"))
    clock.forward(days=8)

    service.retention.run()

    assert count(service, account_session) == count(service, account_waiting) == 0
    assert count(service, account) == 1


def test_erasing_somebody_takes_their_accounts_along(service, people):
    service.accounts.come_in(AMINA)

    service.erasure.erase(people.amina, "they still work here")

    assert count(service, account) == 0
