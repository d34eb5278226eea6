"""Certificates as credentials: the addresses by which machines ask, and the file for its person."""

import json

import pytest

from tests.evidence.passes import certified


@pytest.fixture
def code(service, people):
    return certified(service, people.amina).grouped


def body(visitor, path):
    return json.loads(visitor.get(path).body)


def test_anyone_with_the_code_gets_the_credential(anyone, code, service):
    page = anyone.get(f"/certificates/{code}.json")

    assert page.status == 200
    assert page.headers["Content-Type"].startswith("application/json")
    token = json.loads(page.body)["id"].removeprefix("data:application/vc+jwt,")
    assert anyone.get(f"/certificates/{code.lower()}.jwt").body == token
    assert page.headers["Access-Control-Allow-Origin"] == "*"
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_a_code_that_nobody_has_is_told_to_machines_too(anyone):
    for path in (".json", ".jwt", "/status.json", "/status.jwt"):
        page = anyone.get(f"/certificates/AAAA{path}")
        assert page.status == 404
        assert "No certificate has this code" in json.loads(page.body)["error"]


def test_what_was_withdrawn_is_told_and_given_out_no_more(anyone, code, service, people):
    service.certificates.withdraw(people.efua, code, "Taken by another.")

    gone = anyone.get(f"/certificates/{code}.json")

    assert gone.status == 410
    assert "withdrawn" in json.loads(gone.body)["error"]
    assert body(anyone, f"/certificates/{code}/status.json")["state"] == "withdrawn"
    assert anyone.get(f"/certificates/{code}/status.jwt").status == 200


def test_the_keys_and_whose_they_are_stand_at_a_known_address(anyone, service):
    found = body(anyone, "/.well-known/jwks.json")

    assert found["issuer"] == service.settings.public_url
    assert found["name"] == service.place.text("partnership_name")
    assert len(found["keys"]) == 1


def test_a_person_takes_the_file_beside_the_paper(amina_page, code):
    amina_page.get("/me")
    (path,) = [
        href for words, href in amina_page.page.links.items() if "Take it elsewhere" in words
    ]

    file = amina_page.get(path)

    name = f"certificate-{path.rpartition('/')[2]}"
    assert file.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert file.body.count(".") == 2


def test_nobody_takes_the_file_of_another(bashir_page, code):
    assert bashir_page.get(f"/me/certificates/{code}.jwt").status == 404


def test_the_page_of_a_certificate_leads_to_it(anyone, code):
    anyone.get(f"/certificates/{code}")

    assert anyone.page.links["signed credential (Open Badges 3.0)"].endswith(f"{code}.json")
