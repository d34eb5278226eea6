"""Certificates from elsewhere: what is taken, what is refused in which words, who decides."""

import base64
import hmac
import json
from datetime import date

import jwt
import pytest
from sqlalchemy import update

from quizbot.access import Role
from quizbot.errors import Mend, NotAllowed, NotFound, Refused
from quizbot.rules.due import State
from quizbot.service import open_service
from quizbot.standing.requirements import Draft
from quizbot.store.tables import dispensation, person, trusted_issuer
from tests.conftest import settings_for
from tests.evidence.elsewhere import (
    EC,
    ED,
    OTHER_ED,
    RSA,
    WEAK_RSA,
    as_jwk,
    foreign,
    installation,
    pem,
)
from tests.evidence.passes import certified
from tests.stored import rows


@pytest.fixture
def service(database_url, tmp_path, clock):
    """One whose operator lets issuers be machines of its own house, as loopback is."""
    opened = open_service(settings_for(database_url, tmp_path, issuers_private=True), clock)
    yield opened
    opened.close()


@pytest.fixture
def other(filled_sqlite, tmp_path, clock):
    with installation(filled_sqlite, tmp_path / "other", clock) as found:
        yield found


@pytest.fixture
def academy(clock):
    with foreign(clock) as issuer:
        yield issuer


@pytest.fixture
def trusted(service, people, academy):
    """The academy, trusted by Efua."""
    return service.issuers.trust(people.efua, academy.url, at_once=False)


@pytest.fixture
def asked(service):
    """Everybody needs referrals."""
    draft = Draft(
        unit="Northmoor",
        modules=("referrals",),
        in_force_from=date(2026, 11, 21),
        within_months=1,
        reason="Induction.",
    )
    service.rules.save(draft, draft.fingerprint)


def standing(service, person_id):
    with service.database.reading() as connection:
        return service.standings.of(connection, [person_id], ["referrals"])[person_id, "referrals"]


def refused(service, person_id, content):
    """In which words; and nothing was taken."""
    with pytest.raises(Refused) as told:
        service.brought.bring(person_id, content)
    assert service.brought.of(person_id) == []
    return str(told.value)


# Two installations


def test_one_installation_gives_and_the_other_takes(service, people, other, asked):
    amina = other.person("amina")
    code = certified(other.service, amina).code
    service.issuers.trust(people.efua, other.url, at_once=False)

    line = service.brought.bring(people.amina, other.service.passports.own(amina, code).encode())

    assert (line.state, line.module, line.doubt) == ("waiting", "referrals", "")
    assert line.is_same_name
    assert line.issuer == other.service.place.text("partnership_name")
    (waiting,) = service.brought.waiting(people.efua)
    service.brought.recognise(people.efua, waiting.brought_id, "referrals")
    (granted,) = rows(service, dispensation)
    assert (granted.kind, granted.module) == ("learning", "referrals")
    assert granted.starts_on == date(2026, 11, 21)
    assert other.service.place.text("partnership_name") in granted.reason
    assert standing(service, people.amina).state is State.VALID


@pytest.mark.parametrize("ending", ["", ".json", ".jwt"])
def test_it_is_taken_by_its_address_too(service, people, other, ending):
    code = certified(other.service, other.person("amina")).grouped
    service.issuers.trust(people.efua, f"{other.url}/", at_once=False)

    line = service.brought.bring_from(people.amina, f"{other.url}/certificates/{code}{ending}")

    assert line.title == "Referrals"


def test_one_that_the_other_has_withdrawn_is_refused(service, people, other):
    amina, lead = other.person("amina"), other.person("efua")
    code = certified(other.service, amina).code
    file = other.service.passports.own(amina, code).encode()
    service.issuers.trust(people.efua, other.url, at_once=False)
    other.service.certificates.withdraw(lead, code, "Taken by another.")

    assert "Its issuer has withdrawn this certificate" in refused(service, people.amina, file)


def test_one_that_is_withdrawn_while_it_waits_is_not_recognised(service, people, other):
    amina, lead = other.person("amina"), other.person("efua")
    code = certified(other.service, amina).code
    file = other.service.passports.own(amina, code).encode()
    service.issuers.trust(people.efua, other.url, at_once=False)
    line = service.brought.bring(people.amina, file)
    other.service.certificates.withdraw(lead, code, "Taken by another.")

    with pytest.raises(Refused, match="has withdrawn"):
        service.brought.recognise(people.efua, line.brought_id, "referrals")
    assert rows(service, dispensation) == []


def test_with_a_new_key_of_the_other_new_certificates_are_taken(service, people, other, clock):
    amina, bashir = other.person("amina"), other.person("bashir")
    first = other.service.passports.own(amina, certified(other.service, amina).code)
    service.issuers.trust(people.efua, other.url, at_once=False)
    other.service.passport_keys.rotate()
    clock.forward(minutes=2)
    second = other.service.passports.own(bashir, certified(other.service, bashir).code)

    service.brought.bring(people.amina, first.encode())
    service.brought.bring(people.bashir, second.encode())

    assert len(service.brought.waiting(people.efua)) == 2


def test_a_key_that_the_other_lost_is_believed_for_a_day_at_most(service, people, other, clock):
    amina = other.person("amina")
    file = other.service.passports.own(amina, certified(other.service, amina).code)
    service.issuers.trust(people.efua, other.url, at_once=False)
    other.service.passport_keys.rotate(withdraw=True)
    clock.forward(hours=25)

    assert "did not sign this" in refused(service, people.amina, file.encode())


# Taken


def test_a_certificate_of_another_system_is_taken(service, people, academy, trusted):
    line = service.brought.bring(people.amina, academy.token())

    assert (line.title, line.issuer) == ("Making a referral", "Southmere Academy")
    assert line.issued_on == date(2026, 5, 4)
    assert line.expires_on == date(2028, 5, 3)
    assert line.name == "Amina Rahman"


@pytest.mark.parametrize(
    ("algorithm", "key"), [("ES256", EC), ("RS256", RSA)], ids=["P-256", "RSA"]
)
def test_other_usual_keys_are_taken(service, people, clock, algorithm, key):
    keys = [as_jwk(WEAK_RSA), as_jwk(OTHER_ED, use="enc"), as_jwk(key, kid="one", use="sig")]
    with foreign(clock, algorithm=algorithm, key=key, keys=keys) as academy:
        service.issuers.trust(people.efua, academy.url, at_once=False)

        line = service.brought.bring(people.amina, academy.token(jwk=as_jwk(key)))

    assert line.state == "waiting"


def test_an_older_form_with_the_credential_inside_is_taken(service, people, academy, trusted):
    inside = academy.content(
        validFrom=None,
        validUntil=None,
        issuanceDate="2026-05-04T09:00:00Z",
        expirationDate="2027-05-04T00:00:00Z",
    )
    said = {"iss": academy.url, "jti": inside["id"], "nbf": 1777885200, "vc": inside}
    token = jwt.encode(said, ED, "EdDSA", headers={"kid": "one"}).encode()

    line = service.brought.bring(people.amina, token)

    assert line.expires_on == date(2027, 5, 4)


@pytest.mark.parametrize("kind", ["envelope", "mark", "lines"])
def test_the_file_may_have_other_shapes(service, people, academy, trusted, kind):
    token = academy.token()
    shapes = {
        "envelope": json.dumps({"id": f"data:application/vc+jwt,{token.decode()}"}).encode(),
        "mark": b"\xef\xbb\xbf" + token,
        "lines": b"\r\n " + token + b"\n",
    }

    assert service.brought.bring(people.amina, shapes[kind]).state == "waiting"


def test_without_a_network_it_is_verified_by_the_key_that_is_known(service, people, clock, asked):
    with foreign(clock) as academy:
        service.issuers.trust(people.efua, academy.url, at_once=True)
        token = academy.token(academy.with_list())

    line = service.brought.bring(people.amina, token)

    assert line.state == "waiting"  # a lead decides: whether it was withdrawn is not known
    assert "could not be asked" in line.doubt
    service.brought.recognise(people.efua, line.brought_id, "referrals")
    assert standing(service, people.amina).state is State.VALID


def test_a_key_file_is_enough_and_nobody_is_asked(service, people, academy):
    file = json.dumps(academy.key_set()).encode()
    service.issuers.trust(people.efua, "", file, at_once=False)

    line = service.brought.bring(people.amina, academy.token())

    assert (line.state, line.doubt) == ("waiting", "")
    assert academy.asked == []


# Refused in words


def test_one_that_was_changed_is_refused(service, people, academy, trusted):
    header, content, seal = academy.token().decode().split(".")
    said = json.loads(base64.urlsafe_b64decode(content + "=="))
    said["validUntil"] = "2038-05-04T00:00:00Z"
    changed = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")

    words = refused(service, people.amina, f"{header}.{changed}.{seal}".encode())

    assert "Southmere Academy did not sign this certificate as it stands: it was changed" in words


def test_one_that_has_expired_is_refused(service, people, academy, trusted):
    token = academy.token(academy.content(validUntil="2026-11-01T00:00:00Z"))

    words = refused(service, people.amina, token)

    assert words == "This certificate has expired: it held until 31 October 2026."


def test_the_earlier_of_two_ends_counts(service, people, academy, trusted):
    token = academy.token(academy.content(exp=1777885200))

    # The library that signs knows `exp` as well, and verifiers of old look at it alone.
    assert "has expired" in refused(service, people.amina, token)


def test_one_that_does_not_hold_yet_is_refused(service, people, academy, trusted):
    token = academy.token(academy.content(validFrom="2027-02-01T00:00:00Z"))

    assert "does not hold before 1 February 2027" in refused(service, people.amina, token)


@pytest.mark.parametrize("way", ["a signed list", "a list of 1EdTech"])
def test_one_that_was_withdrawn_is_refused(service, people, academy, trusted, way):
    if way == "a signed list":
        content = academy.with_list()
        academy.publish_list(held=True)
    else:
        entry = {"id": f"{academy.url}/revoked", "type": "1EdTechRevocationList"}
        content = academy.content(credentialStatus=entry)
        listed = {"revokedCredential": [{"id": content["id"], "revoked": True}]}
        academy.answers["/revoked"] = (200, json.dumps(listed).encode(), {})

    words = refused(service, people.amina, academy.token(content))

    assert words == ("Its issuer has withdrawn this certificate: it does not count any more.")


def test_one_that_was_not_withdrawn_is_taken_without_a_doubt(service, people, academy, trusted):
    academy.publish_list(held=True, index=94566)  # the neighbour's bit

    line = service.brought.bring(people.amina, academy.token(academy.with_list()))

    assert line.doubt == ""


def test_one_of_an_unknown_issuer_is_refused(service, people, academy):
    words = refused(service, people.amina, academy.token())

    assert f"names {academy.url} as its issuer, who is not trusted here" in words
    assert academy.asked == []


def test_one_that_was_issued_here_counts_already(service, people):
    own = service.passports.own(people.amina, certified(service, people.amina).code)

    assert "issued here, so it counts already" in refused(service, people.amina, own.encode())


def test_one_of_an_issuer_who_is_trusted_no_longer_is_refused(service, people, academy, trusted):
    waiting = service.brought.bring(people.amina, academy.token())
    service.issuers.end(people.efua, trusted)

    assert "not trusted here" in refused(service, people.bashir, academy.token())
    with pytest.raises(Refused, match="not trusted here any more"):
        service.brought.recognise(people.efua, waiting.brought_id, "referrals")


def test_the_same_is_taken_once(service, people, academy, trusted, clock):
    service.brought.bring(people.amina, academy.token())
    clock.forward(days=1)

    with pytest.raises(Refused, match=r"You brought this certificate before, on 21 November 2026"):
        service.brought.bring(people.amina, academy.token())
    words = refused(service, people.bashir, academy.token())

    assert words.startswith("Somebody else has brought this certificate.")
    assert "Amina" not in words


def test_the_same_is_not_taken_again_after_it_was_refused(service, people, academy, trusted):
    line = service.brought.bring(people.amina, academy.token())
    service.brought.refuse(people.efua, line.brought_id, "Of another subject.")

    with pytest.raises(Refused, match="You brought this certificate before"):
        service.brought.bring(people.amina, academy.token())


def test_in_another_name_a_lead_decides(service, people, academy, trusted, asked):
    token = academy.token(academy.named("Amina Aziz"))

    service.brought.bring(people.amina, token)

    (line,) = service.brought.waiting(people.efua)
    assert not line.is_same_name
    assert (line.name, line.person_name) == ("Amina Aziz", "Amina Rahman")
    assert line.issued_on == date(2026, 5, 4)
    service.brought.recognise(people.efua, line.brought_id, "referrals")
    assert standing(service, people.amina).state is State.VALID


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 ...", "This is the paper (PDF)"),
        (b"", "no certificate that can be verified"),
        (b"\x89PNG\r\n\x1a\n", "no certificate that can be verified"),
        (b"<html>", "no certificate that can be verified"),
        (b'{"proof": {}}', "signed in a way that cannot be verified here"),
        (b'{"id": "data:application/vc+jwt,"}', "no certificate that can be verified"),
        (b"{" * 3000, "no certificate that can be verified"),
        (b"[" * 100_000, "no certificate that can be verified"),
        (b"a.b.c", "no certificate that can be verified"),
        (b"e30.W10.e30", "no certificate that can be verified"),
        (b"a" * 200_000, "too large"),
    ],
    ids=[
        *("paper", "nothing", "picture", "page", "proof", "empty", "braces", "deep", "letters"),
        *("list", "large"),
    ],
)
def test_what_is_no_certificate_is_told_as_that(service, people, content, words):
    assert words in refused(service, people.amina, content)


@pytest.mark.parametrize(
    "changes",
    [
        {"type": ["VerifiableCredential"]},
        {"type": "OpenBadgeCredential"},
        {"credentialSubject": None},
        {"credentialSubject": []},
        {"credentialSubject": {"achievement": {"name": 7}}},
        {"validFrom": None},
        {"validFrom": "yesterday"},
        {"validFrom": 7},
        {"validUntil": "9999-12-31T23:59:59Z"},
        {"validUntil": None, "exp": 10**30},
        {"credentialStatus": "none"},
        {"credentialStatus": [{}] * 6},
        {"id": ["a", "b"]},
        {"id": "a\u202eb"},
    ],
    ids=lambda changes: f"{next(iter(changes))}-{str(next(iter(changes.values())))[:12]}",
)
def test_a_line_that_makes_no_sense_is_told(service, people, academy, trusted, changes):
    content = academy.content(**changes)
    said = {"iss": academy.url, **content}
    token = jwt.api_jws.encode(json.dumps(said).encode(), ED, "EdDSA").encode()

    words = refused(service, people.amina, token)

    assert "lacks a line" in words or "no certificate" in words


# Attacks


def by_hand(header, said, seal=b""):
    def packed(content):
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    parts = [packed(json.dumps(part).encode()) for part in (header, said)]
    return ".".join([*parts, packed(seal)]).encode()


def test_no_token_chooses_how_it_is_looked_at(service, people, clock):
    """Unsigned, or with the public key taken for a shared secret."""
    with foreign(clock, key=RSA, algorithm="RS256", keys=[as_jwk(RSA, kid="one")]) as academy:
        service.issuers.trust(people.efua, academy.url, at_once=False)
        said = {"iss": academy.url, **academy.content()}
        for alg in ("none", "None", "HS256", "ES256", "EdDSA"):
            token = by_hand({"alg": alg, "kid": "one"}, said)
            parts = token.rpartition(b".")[0]
            sealed = (
                parts
                + b"."
                + base64.urlsafe_b64encode(hmac.digest(pem(RSA), parts, "sha256")).rstrip(b"=")
            )
            for one in (token, token + b"AA", sealed):
                words = refused(service, people.amina, one)
                assert "did not sign" in words or "no certificate" in words


def test_a_key_in_the_header_is_nobodys(service, people, academy, trusted):
    academy.key = OTHER_ED
    token = academy.token(jwk=as_jwk(OTHER_ED))

    assert "did not sign" in refused(service, people.amina, token)


def test_a_trusted_issuer_cannot_speak_for_another(service, people, academy, trusted, clock):
    with foreign(clock, key=OTHER_ED, keys=[as_jwk(OTHER_ED, kid="one")]) as crooked:
        service.issuers.trust(people.efua, crooked.url, at_once=False)

        forged = crooked.token(academy.content())
        assert "did not sign" in refused(service, people.amina, forged)
        two = crooked.content(issuer=academy.url)
        said = {**two, "iss": crooked.url}
        token = jwt.encode(said, OTHER_ED, "EdDSA").encode()
        assert "no certificate" in refused(service, people.amina, token)


def test_keys_that_call_themselves_another_issuers_change_nothing(
    service, people, academy, trusted, clock
):
    academy.keys = [as_jwk(OTHER_ED, kid="one")]
    academy.described = {"issuer": "https://elsewhere.example"}
    academy.key = OTHER_ED
    clock.forward(hours=25)

    assert "did not sign" in refused(service, people.amina, academy.token())


def test_new_keys_are_asked_for_once_a_minute(service, people, academy, trusted, clock):
    academy.key = OTHER_ED
    clock.forward(minutes=2)
    for _ in range(5):
        refused(service, people.amina, academy.token())

    assert academy.asked.count("/.well-known/jwks.json") == 2  # when it was trusted, and once


def test_an_issuer_that_was_silent_is_asked_again_soon(service, people, academy, trusted, clock):
    clock.forward(hours=25)
    academy.answers["/.well-known/jwks.json"] = (503, b"", {})
    service.brought.bring(people.amina, academy.token())
    del academy.answers["/.well-known/jwks.json"]
    academy.keys, academy.key = [as_jwk(OTHER_ED, kid="two")], OTHER_ED
    clock.forward(minutes=2)

    content = academy.content(id=f"{academy.url}/credentials/2")
    academy.key = ED

    with pytest.raises(Refused, match="did not sign"):  # its keys of today do not have this one
        service.brought.bring(people.amina, academy.token(content))


def test_only_the_machine_of_its_issuer_is_asked_for_its_status(
    service, people, academy, trusted, clock
):
    with foreign(clock) as inside:
        content = academy.with_list(statusListCredential=f"{inside.url}/status/3")

        line = service.brought.bring(people.amina, academy.token(content))

        assert "is not the machine of Southmere Academy" in line.doubt
        assert inside.asked == []


def test_only_machines_of_trusted_issuers_are_asked_for_certificates(
    service, people, academy, trusted, clock
):
    with foreign(clock) as inside:
        for address in (
            f"{inside.url}/x",
            f"http://{academy.url.partition('://')[2]}@{inside.url.partition('://')[2]}/x",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/hostname",
            "localhost",
            "",
        ):
            with pytest.raises(Refused):
                service.brought.bring_from(people.amina, address)
        academy.answers["/moved"] = (302, b"", {"Location": f"{inside.url}/x"})
        with pytest.raises(Refused, match="answers with status 302"):
            service.brought.bring_from(people.amina, f"{academy.url}/moved")

        assert inside.asked == []


def test_a_machine_of_ones_own_house_is_not_asked_unless_that_is_set(
    database_url, tmp_path, clock, people, academy
):
    shut = open_service(settings_for(database_url, tmp_path), clock)

    with pytest.raises(Mend, match=r"asked by https alone|private address"):
        shut.issuers.trust(people.efua, academy.url, at_once=False)

    assert academy.asked == []
    shut.close()


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"issuer": "https://elsewhere.example"}, "cannot be read, or believed"),
        ({"validUntil": "2026-11-01T00:00:00Z"}, "cannot be read, or believed"),
        ({"credentialSubject": {}}, "cannot be read, or believed"),
        ({"unsigned": True}, "cannot be read, or believed"),
        ({"missing": True}, "answers with status 404"),
        ({"large": True}, "said more than"),
        ({"short": True}, "cannot be read, or believed"),
    ],
    ids=["another issuer", "old", "empty", "unsigned", "missing", "large", "short"],
)
def test_a_status_that_cannot_be_believed_is_a_doubt(
    service, people, academy, trusted, change, doubt
):
    index = 94567
    academy.publish_list(held=False, **change)
    if "unsigned" in change:
        academy.answers["/status/3"] = (200, b'{"credentialSubject": {}}', {})
    if "missing" in change:
        academy.answers.pop("/status/3")
    if "large" in change:
        academy.answers["/status/3"] = (200, b" " * 300_000, {})
    if "short" in change:
        index = 10**7

    line = service.brought.bring(people.amina, academy.token(academy.with_list(index)))

    assert doubt in line.doubt
    assert line.state == "waiting"


def test_a_status_in_an_unknown_way_is_a_doubt(service, people, academy, trusted):
    content = academy.with_list(type="SomethingNew")

    line = service.brought.bring(people.amina, academy.token(content))

    assert "a way that is not known here" in line.doubt


# Who decides


def test_a_certificate_waits_for_the_leads_of_its_person(service, people, academy, trusted):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")
    line = service.brought.bring(people.amina, academy.token())

    assert service.brought.waiting(people.dylan) == []
    for act in (
        lambda: service.brought.recognise(people.dylan, line.brought_id, "referrals"),
        lambda: service.brought.refuse(people.dylan, line.brought_id, "No."),
    ):
        with pytest.raises(NotFound):
            act()
    for nobody in (people.amina, people.carys):
        with pytest.raises(NotAllowed):
            service.brought.waiting(nobody)
        with pytest.raises(NotAllowed):
            service.brought.recognise(nobody, line.brought_id, "referrals")


def test_nobody_recognises_their_own_where_another_can(service, people, academy, trusted):
    service.people.grant("amina@northmoor.example", Role.LEAD, "Northmoor")
    line = service.brought.bring(people.amina, academy.token())

    (mine,) = service.brought.waiting(people.amina)
    assert mine.is_mine
    with pytest.raises(NotAllowed, match="ask another lead"):
        service.brought.recognise(people.amina, line.brought_id, "referrals")


def test_it_is_decided_once_and_its_person_reads_why(service, people, academy, trusted):
    line = service.brought.bring(people.amina, academy.token())
    with pytest.raises(Mend, match="Say why"):
        service.brought.refuse(people.efua, line.brought_id, " ")
    service.brought.refuse(people.efua, line.brought_id, "It is about another duty.")

    (mine,) = service.brought.of(people.amina)
    assert (mine.state, mine.reason) == ("refused", "It is about another duty.")
    with pytest.raises(NotFound, match="decided on it already"):
        service.brought.recognise(people.efua, line.brought_id, "referrals")
    with pytest.raises(NotFound):
        service.brought.drop(people.amina, line.brought_id)
    assert rows(service, dispensation) == []


def test_it_counts_for_a_questionnaire_that_there_is(service, people, academy, trusted):
    line = service.brought.bring(people.amina, academy.token())

    with pytest.raises(Mend, match="Choose the questionnaire"):
        service.brought.recognise(people.efua, line.brought_id, "gardening")


def test_one_that_expires_while_it_waits_counts_for_nothing(
    service, people, academy, trusted, clock
):
    line = service.brought.bring(people.amina, academy.token())
    clock.forward(days=700)

    with pytest.raises(Refused, match="expired meanwhile"):
        service.brought.recognise(people.efua, line.brought_id, "referrals")


def test_its_person_may_take_it_back_while_it_waits(service, people, academy, trusted):
    line = service.brought.bring(people.amina, academy.token())
    with pytest.raises(NotFound):
        service.brought.drop(people.bashir, line.brought_id)

    service.brought.drop(people.amina, line.brought_id)

    assert service.brought.waiting(people.efua) == []
    assert service.brought.bring(people.amina, academy.token()).state == "waiting"


def test_somebody_without_a_post_has_no_lead_who_could_recognise_it(
    service, people, academy, trusted
):
    service.people.invite_guest(
        people.carys, "Gita Rao", "gita@elsewhere.example", date(2026, 12, 31)
    )
    guest_id = service.own_data.whose("gita@elsewhere.example")

    assert "You have no post here" in refused(service, guest_id, academy.token())


def test_only_so_many_wait_at_once(service, people, academy, trusted):
    for number in range(20):
        content = academy.content(id=f"{academy.url}/credentials/{number}")
        service.brought.bring(people.amina, academy.token(content))

    with pytest.raises(Refused, match="20 certificates of yours wait"):
        service.brought.bring(people.amina, academy.token())


# At once


@pytest.fixture
def at_once(service, people, academy):
    """The academy, whose certificates in one's own name need no lead."""
    return service.issuers.trust(people.efua, academy.url, at_once=True)


def test_in_ones_own_name_it_is_recognised_at_once_where_a_lead_said_so(
    service, people, academy, at_once, asked
):
    academy.publish_list(held=False)

    line = service.brought.bring(people.amina, academy.token(academy.with_list()))

    assert (line.state, line.decided_on) == ("recognised", date(2026, 11, 21))
    (granted,) = rows(service, dispensation)
    assert granted.made_by == people.efua
    assert (granted.starts_on, granted.ends_on) == (date(2026, 5, 4), date(2028, 5, 3))
    assert standing(service, people.amina).state is State.VALID


@pytest.mark.parametrize("why", ["another name", "no such questionnaire", "the lead's own", "left"])
def test_a_lead_looks_where_anything_is_not_plain(service, people, academy, at_once, why, clock):
    content, whose = academy.content(), people.amina
    if why == "another name":
        content = academy.named("Amina Aziz")
    elif why == "no such questionnaire":
        content["credentialSubject"]["achievement"]["humanCode"] = "gardening"
    elif why == "the lead's own":
        content, whose = academy.named("Efua Mensah"), people.efua
    else:
        with service.database.writing() as connection:
            connection.execute(
                update(person).where(person.c.id == people.efua).values(left_on=date(2026, 11, 20))
            )

    line = service.brought.bring(whose, academy.token(content))

    assert line.state == "waiting"
    assert rows(service, dispensation) == []


# Issuers


def test_issuers_are_trusted_by_leads_of_the_whole_partnership(service, people, academy):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")

    for who in (people.dylan, people.carys, people.amina):
        with pytest.raises(NotAllowed):
            service.issuers.trust(who, academy.url, at_once=True)
    assert academy.asked == []
    assert service.issuers.seen_by(people.dylan) == []
    with pytest.raises(NotAllowed):
        service.issuers.seen_by(people.carys)


def test_an_issuer_is_taken_back_by_them_alone(service, people, trusted):
    service.people.grant("dylan@northmoor.example", Role.LEAD, "Northmoor/Police")

    with pytest.raises(NotAllowed):
        service.issuers.end(people.dylan, trusted)
    service.issuers.end(people.efua, trusted)

    assert service.issuers.all() == []
    with pytest.raises(NotFound):
        service.issuers.end(people.efua, trusted)


def test_one_that_is_trusted_again_gets_its_new_keys_and_what_waited_goes_on(
    service, people, academy, trusted
):
    line = service.brought.bring(people.amina, academy.token())
    academy.keys, academy.key = [as_jwk(OTHER_ED, kid="two")], OTHER_ED
    service.issuers.trust(people.efua, academy.url, at_once=False)

    assert len(service.issuers.all()) == 1
    assert len(rows(service, trusted_issuer)) == 2
    service.brought.recognise(people.efua, line.brought_id, "referrals")


@pytest.mark.parametrize(
    ("address", "file", "words"),
    [
        ("", b"", "Write the issuer’s address"),
        ("southmere", b"", "must be an address"),
        ("https://a:b@southmere.example", b"", "without name and password"),
        ("", b"[]", "no key file"),
        ("", b"nonsense", "no key file"),
        ("", b'{"keys": "none"}', "no key file"),
        ("", b'{"keys": []}', "no key of a kind"),
        ("", b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', "private key"),
        ("", b'{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]}', "no key of a kind"),
        ("", b'{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}]}', "private key"),
        ("", json.dumps({"keys": [as_jwk(ED)]}).encode(), "does not say whose it is"),
        ("", json.dumps({"keys": [as_jwk(WEAK_RSA)]}).encode(), "no key of a kind"),
        (
            "https://southmere.example",
            json.dumps({"issuer": "https://elsewhere.example", "keys": [as_jwk(ED)]}).encode(),
            "of another issuer",
        ),
        ("", json.dumps({"issuer": "did:x", "keys": [as_jwk(ED)]}).encode(), "whose keys"),
    ],
    ids=[
        *("nothing", "no address", "password", "list", "nonsense", "no set", "empty", "secret"),
        *("broken", "private", "nobody's", "weak", "another's", "no web address"),
    ],
)
def test_an_issuer_that_cannot_be_trusted_is_told_why(service, people, address, file, words):
    with pytest.raises(Mend, match=words):
        service.issuers.trust(people.efua, address, file, at_once=False)

    assert service.issuers.all() == []


def test_keys_of_another_host_are_not_taken_for_an_address(service, people, academy):
    academy.described = {"issuer": "https://elsewhere.example"}

    with pytest.raises(Mend, match=r"of another issuer: https://elsewhere\.example"):
        service.issuers.trust(people.efua, academy.url, at_once=False)


def test_a_key_file_with_an_address_is_of_that_issuer(service, people):
    file = json.dumps(as_jwk(ED)).encode()

    service.issuers.trust(people.efua, "https://southmere.example/issuers/7", file, at_once=False)

    (known,) = service.issuers.all()
    assert known.issuer == "https://southmere.example/issuers/7"
    assert (known.name, known.keys_url, known.who) == ("southmere.example", "", "Efua Mensah")


def test_a_silent_issuer_is_told_with_what_to_do(service, people, clock):
    with foreign(clock) as academy:
        gone = academy.url

    with pytest.raises(Mend, match=r"does not answer.*ask the issuer for its key file"):
        service.issuers.trust(people.efua, gone, at_once=False)
    assert service.connections.of("passport").is_faulty


def test_what_was_recognised_stays_when_its_issuer_is_taken_back(
    service, people, academy, trusted, clock, asked
):
    line = service.brought.bring(people.amina, academy.token())
    service.brought.recognise(people.efua, line.brought_id, "referrals")
    service.issuers.end(people.efua, trusted)
    clock.forward(days=1)

    assert standing(service, people.amina).state is State.VALID
    assert [line.state for line in service.brought.of(people.amina)] == ["recognised"]
