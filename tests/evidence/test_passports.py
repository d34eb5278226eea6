"""A certificate as a credential: what it says, that others can verify it, and its keys."""

import base64
import json
from datetime import UTC, date, datetime

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from openbadgeslib.ob3 import OB3Verifier
from openbadgeslib.ob3.verifier import OB3VerificationError
from sqlalchemy import select, update

from quizbot.errors import NotFound, NotOffered
from quizbot.privacy.erasure import SENTENCE
from quizbot.service import open_service
from quizbot.standing.requirements import Draft
from quizbot.store.tables import audit, passport_key, person
from tests.conftest import settings_for
from tests.evidence.passes import certified

HERE = "http://127.0.0.1:8000"


def unpacked(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parts(token):
    """Header, content and seal, read by hand."""
    header, content, seal = token.split(".")
    return json.loads(unpacked(header)), json.loads(unpacked(content)), unpacked(seal)


def key_of(service, token):
    """The key that a token names, out of what is published."""
    kid = parts(token)[0]["kid"]
    (found,) = [key for key in service.passports.key_set()["keys"] if key["kid"] == kid]
    return found


def by_library(key):
    """A verifier of Open Badges that is not ours, with this key."""
    return OB3Verifier(Ed25519PublicKey.from_public_bytes(unpacked(key["x"])))


@pytest.fixture
def issued(service, people):
    """Amina's certificate, which holds for a year."""
    draft = Draft(
        unit="Northmoor",
        modules=("referrals",),
        in_force_from=date(2026, 11, 21),
        within_months=1,
        every_months=12,
        reason="Induction.",
    )
    service.rules.save(draft, draft.fingerprint)
    return certified(service, people.amina)


# What it says


def test_it_says_what_the_paper_says_and_when_it_ends(service, issued):
    header, content, _ = parts(service.passports.credential(issued.code))

    assert header["alg"] == "EdDSA"
    assert header["typ"] == "JWT"
    assert header["kid"].startswith(f"{HERE}/.well-known/jwks.json#")
    assert set(header["jwk"]) == {"kty", "crv", "x"}
    assert content["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert content["id"] == content["jti"] == f"{HERE}/certificates/{issued.grouped}"
    assert content["issuer"] == {
        "id": HERE,
        "type": ["Profile"],
        "name": service.place.text("partnership_name"),
    }
    subject = content["credentialSubject"]
    assert subject["identifier"][0]["identityHash"] == "Amina Rahman"
    assert subject["achievement"]["name"] == "Referrals"
    assert subject["achievement"]["humanCode"] == "referrals"
    assert content["validFrom"] == "2026-11-21T00:00:00+00:00"
    last = issued.expires_on
    ends = datetime.fromisoformat(content["validUntil"])
    assert (ends.date() - last).days == 1
    assert content["exp"] == ends.timestamp()
    assert content["nbf"] == datetime(2026, 11, 21, tzinfo=UTC).timestamp()


def test_it_names_nothing_of_its_person_but_the_name(service, people, issued):
    token = service.passports.credential(issued.code)

    told = unpacked(token.split(".")[1]).decode()
    for words in ("amina@", "N1", str(people.amina)):
        assert words not in told


def test_one_without_an_end_has_none(service, people):
    found = certified(service, people.bashir)

    _, content, _ = parts(service.passports.credential(found.code))

    assert "exp" not in content
    assert "validUntil" not in content


def test_it_is_the_same_each_time(service, issued):
    assert service.passports.credential(issued.code) == service.passports.credential(issued.grouped)


def test_as_json_it_is_the_same_in_an_envelope(service, issued):
    made = service.passports.enveloped(issued.code)

    assert made["type"] == "EnvelopedVerifiableCredential"
    assert made["id"] == "data:application/vc+jwt," + service.passports.credential(issued.code)


# That others can verify it


def test_a_library_of_others_verifies_it_and_that_it_was_not_withdrawn(service, issued, clock):
    token = service.passports.credential(issued.code)
    asked = []

    def download(url, *_, **__):
        asked.append(url)
        return service.passports.status_list(issued.code).encode()

    with time_machine.travel(clock(), tick=False):
        read = by_library(key_of(service, token)).verify(
            token, check_status=True, download=download
        )

    assert read.issuer.id == HERE
    assert asked == [f"{HERE}/certificates/{issued.grouped}/status.jwt"]


def test_a_library_of_others_refuses_what_was_withdrawn(service, people, issued, clock):
    token = service.passports.credential(issued.code)
    key = key_of(service, token)
    service.certificates.withdraw(people.efua, issued.code, "Taken by another.")

    def download(*_, **__):
        return service.passports.status_list(issued.code).encode()

    with time_machine.travel(clock(), tick=False):
        by_library(key).verify(token)
        with pytest.raises(OB3VerificationError, match="revo"):
            by_library(key).verify(token, check_status=True, download=download)


def test_a_library_of_others_refuses_what_has_expired(service, issued, clock):
    token = service.passports.credential(issued.code)
    clock.forward(days=600)

    with (
        time_machine.travel(clock(), tick=False),
        pytest.raises(OB3VerificationError, match="expired"),
    ):
        by_library(key_of(service, token)).verify(token)


def test_it_is_verified_by_hand_with_the_published_key(service, issued):
    token = service.passports.credential(issued.code)
    _, _, seal = parts(token)

    raw = Ed25519PublicKey.from_public_bytes(unpacked(key_of(service, token)["x"]))

    raw.verify(seal, token.rpartition(".")[0].encode())


def test_another_library_finds_the_key_in_the_key_set(service, issued, clock):
    token = service.passports.credential(issued.code)
    keys = jwt.PyJWKSet.from_dict(service.passports.key_set())

    with time_machine.travel(clock(), tick=False):
        read = jwt.decode(token, keys[jwt.get_unverified_header(token)["kid"]], ["EdDSA"])
        changed = token.replace(token.split(".")[1][40:44], "AAAA")
        with pytest.raises(jwt.InvalidTokenError):
            jwt.decode(changed, keys[jwt.get_unverified_header(token)["kid"]], ["EdDSA"])

    assert read["iss"] == HERE


# What became of it


@pytest.mark.parametrize(
    ("days", "withdrawn", "state"),
    [(0, False, "valid"), (600, False, "expired"), (0, True, "withdrawn")],
    ids=["holds", "expired", "withdrawn"],
)
def test_its_state_is_told_at_an_address_of_ours(
    service, people, issued, clock, days, withdrawn, state
):
    if withdrawn:
        service.certificates.withdraw(people.efua, issued.code, "Taken by another.")
    clock.forward(days=days)

    told = service.passports.state(issued.code)

    assert told["state"] == state
    assert told["valid_until"] == issued.expires_on.isoformat()
    assert told["withdrawn_on"] == ("2026-11-21" if withdrawn else None)
    assert "another" not in str(told)  # the reason is for its person and leads


def test_one_that_was_withdrawn_is_given_out_no_more(service, people, issued):
    service.certificates.withdraw(people.efua, issued.code, "Taken by another.")

    with pytest.raises(NotOffered, match="withdrawn"):
        service.passports.own(people.amina, issued.code)


def test_one_of_somebody_who_was_erased_is_given_out_no_more(service, people, issued):
    service.erasure.erase(people.amina, SENTENCE)

    with pytest.raises(NotOffered, match="not on record"):
        service.passports.credential(issued.code)


def test_the_file_is_for_its_person_alone(service, people, issued):
    assert service.passports.own(people.amina, issued.code)

    with pytest.raises(NotFound):
        service.passports.own(people.bashir, issued.code)
    with pytest.raises(NotFound):
        service.passports.credential("AAAA")


def test_a_changed_name_is_not_on_a_certificate_that_was_issued(service, people, issued):
    with service.database.writing() as connection:
        connection.execute(
            update(person).where(person.c.id == people.amina).values(name="Amina Aziz")
        )

    _, content, _ = parts(service.passports.credential(issued.code))

    assert content["credentialSubject"]["identifier"][0]["identityHash"] == "Amina Rahman"


# Its keys


def public_parts(service):
    return [key["x"] for key in service.passports.key_set()["keys"]]


def test_no_private_half_is_kept_or_published(service, issued):
    service.passports.credential(issued.code)

    (key,) = service.passport_keys.all()
    assert set(service.passports.key_set()["keys"][0]) == {"kty", "crv", "x", "kid", "use", "alg"}
    with service.database.reading() as connection:
        row = connection.execute(select(passport_key)).one()
    seed = service.passport_keys._seed(key.key_id)
    assert base64.urlsafe_b64encode(seed).decode().rstrip("=") not in str(row)


def test_with_a_new_key_what_the_old_one_signed_still_verifies(service, issued):
    old = service.passports.credential(issued.code)
    service.passport_keys.rotate()

    new = service.passports.credential(issued.code)

    assert parts(new)[0]["kid"] != parts(old)[0]["kid"]
    assert key_of(service, old)
    assert key_of(service, new)
    assert [key.state for key in service.passport_keys.all()] == ["signs", "published"]


def test_a_key_that_was_given_away_is_published_no_more(service, issued):
    old = service.passports.credential(issued.code)
    service.passport_keys.rotate(withdraw=True)

    assert len(service.passports.key_set()["keys"]) == 1
    with pytest.raises(ValueError, match="not enough values"):
        key_of(service, old)
    assert [key.state for key in service.passport_keys.all()] == ["signs", "withdrawn"]


def test_with_another_secret_a_new_key_signs_and_the_old_stays_published(
    service, issued, database_url, tmp_path, clock
):
    old = service.passports.credential(issued.code)
    other = open_service(
        settings_for(database_url, tmp_path, secret_key="another secret " * 4), clock
    )

    new = other.passports.credential(issued.code)

    assert len(public_parts(other)) == 2
    assert key_of(other, old)
    assert key_of(other, new)
    other.close()


def test_a_key_is_made_once_and_noted(service, issued):
    service.passports.credential(issued.code)
    service.passports.credential(issued.code)

    with service.database.reading() as connection:
        query = select(audit.c.actor).where(audit.c.action == "passport.key")
        assert connection.execute(query).scalars().all() == ["service"]
