"""Bringing a certificate from elsewhere, deciding on it, and trusting issuers, in a browser."""

import io
import json

import pytest
from sqlalchemy import update

from quizbot.access import Role
from quizbot.store.tables import brought_certificate
from tests.evidence.elsewhere import Foreign, foreign

HOST = "https://southmere.example"


@pytest.fixture
def academy(clock):
    """An issuer whose key file was sent by post: nothing of it is asked."""
    return Foreign(clock, url=HOST)


@pytest.fixture
def trusted(service, people, academy):
    file = json.dumps(academy.key_set()).encode()
    return service.issuers.trust(people.efua, "", file, at_once=False)


def sent(visitor, path, content, name="certificate.jwt", **fields):
    """A form with a file."""
    data = {"csrf_token": visitor.token, "file": (io.BytesIO(content), name), **fields}
    return visitor._come(path, visitor.client.post(path, data=data), follow=False)


def brought(visitor, content):
    visitor.get("/me/bring")
    answer = sent(visitor, "/me/bring", content)
    return visitor.get(answer.location) if answer.location else answer


def test_a_certificate_is_brought_and_waits_for_a_lead(amina_page, academy, trusted):
    page = brought(amina_page, academy.token())

    assert "Taken: Making a referral, of Southmere Academy. A safeguarding lead" in page.words
    assert "Waits for a lead" in page.words
    assert "It holds until 3 May 2028" in page.words


def test_the_form_names_whose_certificates_are_taken(amina_page, academy, trusted):
    assert "Southmere Academy" in amina_page.get("/me/bring").words


def test_where_nobody_is_trusted_it_says_whom_to_ask(amina_page):
    assert "Ask a safeguarding lead" in amina_page.get("/me/bring").words


def test_what_is_refused_is_told_at_the_field(amina_page, academy, trusted):
    for content, words in (
        (b"%PDF-1.7", "This is the paper (PDF)"),
        (academy.token()[:-6] + b"AAAAAA", "it was changed afterwards"),
        (academy.token(academy.content(validUntil="2026-11-01T00:00:00Z")), "has expired"),
    ):
        page = brought(amina_page, content)
        assert page.status == 400
        assert words in page.errors[0]

    amina_page.get("/me/bring")
    page = amina_page.press("Bring it", address="https://elsewhere.example/x")
    assert "elsewhere.example is not the machine of an issuer" in page.errors[0]
    assert amina_page.press("Bring it", address="").errors == [
        "Choose the file, or write the certificate’s address"
    ]


def test_an_empty_file_is_told_as_that(amina_page, efua_page, trusted):
    page = brought(amina_page, b"")
    efua_page.get("/admin/issuers")
    issuers = sent(efua_page, "/admin/issuers", b"", name="keys.json", address=HOST)

    assert page.status == issuers.status == 400
    assert (
        page.errors
        == issuers.errors
        == ["This file is empty. Download it once more where you got it, and choose that"]
    )


def test_of_a_file_and_an_address_one_is_asked_for(amina_page, service, people, academy, trusted):
    amina_page.get("/me/bring")

    page = sent(amina_page, "/me/bring", academy.token(), address=f"{HOST}/certificates/1")

    assert page.status == 400
    assert page.errors[0].startswith("You chose a file and wrote an address.")
    assert f'value="{HOST}/certificates/1"' in page.body
    assert service.brought.of(people.amina) == []


def test_what_is_withdrawn_where_it_was_issued_is_told_to_both(
    amina_page, efua_page, clock, service, people, academy, trusted
):
    brought(amina_page, academy.token())
    (line,) = service.brought.waiting(people.efua)
    service.brought.recognise(people.efua, line.brought_id, "referrals")
    with service.database.writing() as connection:  # as the night does: test_asked_again.py
        connection.execute(update(brought_certificate).values(withdrawn_at=clock()))

    own = amina_page.get("/me").words
    listed = efua_page.get("/admin/brought").words
    person = efua_page.follow("Amina Rahman: Making a referral").words

    assert "Withdrawn there" in own
    assert "Its issuer has withdrawn it, so it does not count here." in own
    assert "Withdrawn by their issuers" in listed
    assert "Amina Rahman" in person


def test_a_lead_recognises_it_and_its_person_reads_so(
    amina_page, efua_page, academy, trusted, people
):
    brought(amina_page, academy.token(academy.named("Amina Aziz")))

    page = efua_page.get("/admin")
    assert "1 certificate from elsewhere to decide on" in page.words
    efua_page.get("/admin/brought")
    assert "Another name" in efua_page.page.words
    efua_page.follow("Amina Rahman: Making a referral")
    assert "It is in another name" in efua_page.page.words
    assert "Amina Aziz" in efua_page.page.words
    assert "4 May 2026" in efua_page.page.words
    page = efua_page.press("Recognise it", module="referrals")

    assert "Recognised: it counts from the day it was issued." in page.words
    assert "Recognised" in amina_page.get("/me").words
    granted = efua_page.get(f"/team/people/{people.amina}").words
    assert "Certificate of Southmere Academy: Making a referral, issued 4 May 2026." in granted


def test_a_lead_does_not_recognise_it_and_says_why(amina_page, efua_page, academy, trusted):
    brought(amina_page, academy.token())
    efua_page.get("/admin/brought")
    efua_page.follow("Amina Rahman: Making a referral")
    assert "Say why" in efua_page.press("Do not recognise it").errors[0]
    efua_page.press("Recognise it", module="")
    assert efua_page.page.errors == ["Choose the questionnaire for which it counts"]

    efua_page.press("Do not recognise it", reason="It is about another duty.")

    assert "Nothing waits." in efua_page.page.words
    assert "It is about another duty." in amina_page.get("/me").words


def test_its_person_takes_it_back(amina_page, academy, trusted):
    brought(amina_page, academy.token())

    (button,) = [one for one in amina_page.page.buttons if one.startswith("Take it back")]
    page = amina_page.press(button)

    assert "Taken back: nothing of it is kept." in page.words
    assert "Making a referral" not in page.words


def test_an_issuer_is_trusted_by_its_key_file_and_taken_back(efua_page, academy):
    efua_page.get("/admin/issuers")
    assert "Nobody is trusted yet" in efua_page.page.words
    answer = sent(
        efua_page,
        "/admin/issuers",
        json.dumps(academy.key_set()).encode(),
        "jwks.json",
        address="",
        at_once="yes",
    )
    page = efua_page.get(answer.location)

    assert "Southmere Academy" in page.words
    assert "Trusted by Efua Mensah" in page.words
    assert "recognised without a lead" in page.words
    page = efua_page.press("Take it back : Southmere Academy")
    assert "nothing more of this issuer is taken" in page.words


def test_what_is_wrong_with_an_issuer_is_told_at_the_field(efua_page):
    efua_page.get("/admin/issuers")

    page = efua_page.press("Trust it", address="southmere")
    assert page.errors[0].startswith("This must be an address")
    answer = sent(efua_page, "/admin/issuers", b'{"keys": []}', "jwks.json", address="")
    assert "no key of a kind" in answer.errors[0]


def test_an_issuer_in_the_house_is_not_asked_and_it_says_why(efua_page, clock):
    with foreign(clock) as inside:
        efua_page.get("/admin/issuers")
        page = efua_page.press("Trust it", address=inside.url)

    assert "by https alone" in page.errors[0]
    assert inside.asked == []


def test_a_lead_of_a_part_sees_who_is_trusted_and_decides_nothing(
    service, fresh_browser, people, academy, trusted, amina_page
):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")
    brought(amina_page, academy.token())
    dylan = fresh_browser().sign_in("dylan@northmoor.example")

    page = dylan.get("/admin/issuers")

    assert "Southmere Academy" in page.words
    assert "Trust it" not in page.buttons
    assert "Nothing waits." in dylan.get("/admin/brought").words


def test_connections_tell_of_issuers(efua_page, academy, trusted):
    page = efua_page.get("/admin/connections")

    assert "Certificates of 1 issuer are taken" in page.words
