"""How many codes are sent: enough for whom the address belongs to, whatever strangers ask for."""

import pytest

from quizbot.errors import SignInRefused
from quizbot.signin.codes import CODES_AN_HOUR, FROM_ANYWHERE, WAITING_AT_ONCE, SignedIn
from quizbot.work import Work

EFUA = "efua@northmoor.example"


def send(service):
    work = Work(service)
    assert work.lease.take()
    work.send_codes()
    work.lease.let_go()


def asked_until_refused(service, address, place, most=100):
    """How many codes are sent before one is refused."""
    for number in range(most):
        try:
            service.sign_in.ask(address, place)
        except SignInRefused:
            return number
    return most


def test_one_place_gets_five_codes_an_hour_to_one_address(service, clock):
    assert asked_until_refused(service, EFUA, "192.0.2.1") == CODES_AN_HOUR

    clock.forward(minutes=61)
    assert asked_until_refused(service, EFUA, "192.0.2.1") == CODES_AN_HOUR


def test_a_stranger_who_keeps_asking_does_not_keep_the_person_out(service, clock):
    for _ in range(60):  # every twelve minutes, for half a day
        asked_until_refused(service, EFUA, "198.51.100.7", most=3)
        clock.forward(minutes=12)

    assert service.sign_in.ask(EFUA, "192.0.2.1")


def test_what_was_refused_does_not_count(service, clock):
    asked_until_refused(service, EFUA, "192.0.2.1")
    for _ in range(5):
        clock.forward(minutes=11)
        with pytest.raises(SignInRefused):
            service.sign_in.ask(EFUA, "192.0.2.1")

    clock.forward(minutes=6)  # an hour after the five that were sent

    assert service.sign_in.ask(EFUA, "192.0.2.1")


def test_a_browser_that_is_known_is_let_ask_though_the_whole_world_asks(service, people):
    marks = service.sign_in.mark(SignedIn(people.efua, 0), "")
    sent = [asked_until_refused(service, EFUA, f"198.51.100.{n}") for n in range(10)]
    assert sum(sent) == FROM_ANYWHERE

    with pytest.raises(SignInRefused, match="from a browser where you signed in before"):
        service.sign_in.ask(EFUA, "192.0.2.1")
    assert service.sign_in.ask(EFUA, "192.0.2.1", marks)


def test_a_mark_is_worth_nothing_for_another_or_after_signing_out_everywhere(service, people):
    marks = service.sign_in.mark(SignedIn(people.amina, 0), "")
    mine = service.sign_in.mark(SignedIn(people.efua, 0), marks)
    for n in range(10):
        asked_until_refused(service, EFUA, f"198.51.100.{n}")

    service.sign_in.end_everywhere(people.efua)

    for worthless in (marks, mine, "", "x", "é.é", "." * 2000, mine[:-1]):
        with pytest.raises(SignInRefused):
            service.sign_in.ask(EFUA, "192.0.2.1", worthless)


def test_a_browser_is_known_for_several_people_but_not_for_ever_more(service, people):
    marks = ""
    for person_id in (people.amina, people.bashir, people.carys, people.dylan, people.efua):
        marks = service.sign_in.mark(SignedIn(person_id, 0), marks)
    again = service.sign_in.mark(SignedIn(people.amina, 0), marks)

    assert len(again.split(".")) == 5
    assert len(service.sign_in.mark(SignedIn(people.amina, 1), again).split(".")) == 5


def test_one_place_cannot_have_codes_sent_to_two_hundred_addresses(service, clock):
    sent = 0
    for number in range(200):
        try:
            service.sign_in.ask(f"p{number}@northmoor.example", "198.51.100.7")
        except SignInRefused:
            continue
        sent += 1
    assert sent == WAITING_AT_ONCE

    assert service.sign_in.ask(EFUA, "192.0.2.1")
    clock.forward(minutes=11)
    assert service.sign_in.ask(EFUA, "198.51.100.7")


def test_known_and_unknown_addresses_are_refused_alike(service):
    known = asked_until_refused(service, EFUA, "192.0.2.1")
    unknown = asked_until_refused(service, "nobody@northmoor.example", "192.0.2.2")

    assert known == unknown == CODES_AN_HOUR


def test_a_code_that_was_refused_is_not_mailed_and_opens_nothing(service, tmp_path):
    asked_until_refused(service, EFUA, "192.0.2.1")
    with pytest.raises(SignInRefused):
        service.sign_in.ask(EFUA, "192.0.2.1")

    send(service)

    from tests.pages.conftest import mails

    assert len(mails(service)) == CODES_AN_HOUR


def test_a_code_of_this_browser_stays_good_whatever_others_ask_for(service, people):
    from tests.pages.conftest import newest_code

    mine = service.sign_in.ask(EFUA, "192.0.2.1")
    code = newest_code(service, EFUA)
    for n in range(10):
        asked_until_refused(service, EFUA, f"198.51.100.{n}")

    assert service.sign_in.enter(mine, code).person_id == people.efua
