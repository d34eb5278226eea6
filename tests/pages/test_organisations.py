"""Signing in with an organisation's account, as people do, and as somebody who means harm would."""

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc.jwk import ECKey

from quizbot.service import open_service
from tests.conftest import settings_for
from tests.pages.conftest import mails, newest_code
from tests.signin.provider import CLIENT, KEY, OTHER_KEY, SECRET, NoRedirect, rsa, running, table

COUNCIL = "Sign in with Northmoor Council"
AMINA = "amina@northmoor.example"
BACK = "http://127.0.0.1:8000/sign-in/council/back"
TENANTS = {
    "ours": "11111111-aaaa-bbbb-cccc-222222222222",
    "theirs": "33333333-aaaa-bbbb-cccc-444444444444",
}

# Rows are the same on both kinds; what waits for each other is tried in tests/signin.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def council():
    """The council's provider."""
    with running() as issuer:
        yield issuer


@pytest.fixture
def police():
    """Another organisation's."""
    with running(subject="sub-9") as issuer:
        yield issuer


@pytest.fixture
def tables(council, police):
    """The file of providers."""
    domains = ["northmoor.example"]
    return [
        table("council", "Northmoor Council", council, domains=domains, private=True),
        table("police", "Northmoor Police", police, domains=["police.example"], private=True),
    ]


@pytest.fixture
def service(database_url, tmp_path, clock, tables):
    clock.at = datetime.now(UTC)
    (tmp_path / "client-secret").write_text(SECRET + "\n")
    file = tmp_path / "providers.toml"
    file.write_text("\n".join(tables))
    opened = open_service(settings_for(database_url, tmp_path, oidc=file), clock)
    yield opened
    opened.close()


def goes_to(address):
    """Where a provider's page sends the browser."""
    try:
        urllib.request.build_opener(NoRedirect).open(address)
    except urllib.error.HTTPError as answer:
        return answer.headers["Location"]
    raise AssertionError("it sent nobody anywhere")


def away(visitor, button=COUNCIL):
    """To the provider; the address to which the browser is sent."""
    visitor.get("/sign-in")
    return visitor.get(visitor.page.links[button]).location


def returned(address):
    """The path on which the provider sends the browser back."""
    parts = urlsplit(goes_to(address))
    return f"{parts.path}?{parts.query}"


def sign_in(visitor, button=COUNCIL):
    """The whole way; the page on which it ends."""
    return visitor.get(returned(away(visitor, button)), follow=True)


def changed(path, **fields):
    """The same way back with other words in it."""
    parts = urlsplit(path)
    kept = {name: values[0] for name, values in parse_qs(parts.query).items()}
    kept = {name: value for name, value in {**kept, **fields}.items() if value is not None}
    return f"{parts.path}?{urlencode(kept)}"


def is_in(visitor):
    return visitor.get("/me").status == 200


def fault(service, name="council"):
    return service.connections.of(f"sign-in:{name}").fault


def test_the_account_of_a_known_address_signs_in(anyone, people, service):
    page = sign_in(anyone)

    assert page.heading == "My record"
    assert "Amina Rahman" in page.tree.all("header")[0].words
    assert service.connections.of("sign-in:council").used_at is not None
    assert [line.provider for line in service.accounts.of(people.amina)] == ["Northmoor Council"]


def test_after_signing_in_people_are_where_they_wanted_to_go(anyone, people):
    anyone.get("/me/transcript.csv", follow=True)

    page = sign_in(anyone)

    assert page.path == "/me/transcript.csv"


def test_the_page_for_a_code_stays_beside_the_buttons(anyone, people):
    page = anyone.get("/sign-in")

    assert page.links[COUNCIL] == "/sign-in/council"
    assert page.links["Sign in with Northmoor Police"] == "/sign-in/police"
    anyone.sign_in(AMINA)
    assert is_in(anyone)


def test_where_no_provider_is_named_nothing_speaks_of_one(
    anyone, people, app, database_url, tmp_path
):
    plain = open_service(settings_for(database_url, tmp_path))
    app.extensions["quizbot"] = plain

    page = anyone.get("/sign-in")

    assert not any(link.startswith("Sign in with N") for link in page.links)
    assert anyone.get("/sign-in/council").status == 404
    plain.close()


def test_the_account_is_known_again_by_what_it_is_and_not_by_its_address(
    anyone, fresh_browser, people, council
):
    sign_in(anyone)
    council.claims = {"email": "a.rahman-king@northmoor.example", "email_verified": True}

    page = sign_in(fresh_browser())

    assert "Amina Rahman" in page.tree.all("header")[0].words


def test_an_address_that_is_given_to_another_account_gains_nothing(
    anyone, fresh_browser, people, council
):
    sign_in(anyone)
    council.subject = "sub-2"

    other = fresh_browser()
    page = sign_in(other)

    assert page.status == 403
    assert page.heading == "Your account is not known here yet"
    assert "another account" in page.words
    assert not is_in(other)


def test_an_account_bound_by_an_address_ends_when_the_address_was_wrong(
    anyone, fresh_browser, people, service, council
):
    sign_in(anyone)
    details = ("Amina Rahman", "amina.rahman@northmoor.example", "N1")
    service.staff.edit(people.efua, people.amina, *details)
    service.staff.edit(people.efua, people.bashir, "Bashir Aziz", AMINA, "N2")

    page = sign_in(fresh_browser())

    assert "Bashir Aziz" in page.tree.all("header")[0].words
    assert service.accounts.of(people.amina) == []


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"email": AMINA},
        {"email": AMINA, "email_verified": False},
        {"email": AMINA, "email_verified": "false"},
        {"email": AMINA, "email_verified": [1]},
        {"email": ["amina@northmoor.example"], "email_verified": True},
    ],
)
def test_an_address_that_is_not_vouched_for_binds_nobody(anyone, people, council, claims):
    council.claims = claims

    page = sign_in(anyone)

    assert page.heading == "Your account is not known here yet"
    assert not is_in(anyone)


def test_a_provider_speaks_for_its_own_domains_alone(anyone, people, police):
    page = sign_in(anyone, "Sign in with Northmoor Police")

    assert page.heading == "Your account is not known here yet"
    assert not is_in(anyone)


def test_an_address_may_be_told_beside_the_token(anyone, people, council):
    council.userinfo, council.claims = council.claims, {}

    assert sign_in(anyone).heading == "My record"


def test_what_is_told_beside_the_token_of_somebody_else_does_not_count(anyone, people, council):
    council.userinfo, council.claims = {**council.claims, "sub": "sub-of-another"}, {}

    assert sign_in(anyone).heading == "Your account is not known here yet"


def test_a_lead_gives_an_account_by_the_number_that_was_read_out(
    anyone, fresh_browser, people, council, service
):
    council.claims = {"name": "Amina R."}
    number = sign_in(anyone).tree.all("p", class_="govuk-heading-l")[0].words
    lead = fresh_browser().sign_in("efua@northmoor.example")
    lead.get(f"/admin/people/{people.amina}")
    lead.follow("Which accounts sign them in")

    wrong = lead.press("Give them this account", number="ABCD-EFGH")
    given = lead.press("Give them this account", number=number.lower())

    assert "No account waits with this number" in wrong.words
    assert "Amina R. signs them in from now on." in given.words
    assert "Bound on" in given.words
    assert "Amina Rahman" in sign_in(fresh_browser()).tree.all("header")[0].words


def test_who_is_given_an_account_by_a_lead_is_told_by_mail(anyone, people, council, service):
    council.claims = {}
    number = sign_in(anyone).tree.all("p", class_="govuk-heading-l")[0].words
    service.accounts.give(people.efua, people.amina, number)

    anyone.get("/sign-in")
    anyone.press("Send me a code", email=AMINA)
    newest_code(service, AMINA)

    subjects = [subject for to, subject, _ in mails(service) if to == AMINA]
    assert "Another way to sign in to The Knowledge" in subjects


def test_a_lead_takes_an_account_off_and_its_sessions_end(anyone, fresh_browser, people, council):
    sign_in(anyone)
    lead = fresh_browser().sign_in("efua@northmoor.example")
    lead.get(f"/admin/people/{people.amina}/accounts")

    page = lead.press(next(one for one in buttons(lead.page) if one.startswith("Take it off")))

    assert "None yet." in page.words
    assert not is_in(anyone)


def buttons(page):
    return [button.words for button in page.tree.all("button")]


def test_who_has_left_is_signed_out_and_comes_in_no_more(
    anyone, fresh_browser, people, service, clock
):
    sign_in(anyone)
    yesterday = service.today() - timedelta(days=1)
    service.staff.leave(people.efua, people.amina, yesterday, confirm=True)

    page = sign_in(fresh_browser())

    assert not is_in(anyone)
    assert "Your time here has ended" in page.words


# What goes wrong


def test_a_provider_that_is_down_leaves_the_code(anyone, people, council, service):
    council.status = 503

    anyone.get("/sign-in")
    page = anyone.get("/sign-in/council")

    assert "does not answer at the moment. Sign in with a code" in page.words
    assert "answers with status 503" in fault(service)
    anyone.sign_in(AMINA)
    assert is_in(anyone)


def test_a_provider_that_goes_down_on_the_way_leaves_the_code(anyone, people, council):
    path = returned(away(anyone))
    council.status = 500

    page = anyone.get(path)

    assert "does not answer at the moment" in page.words
    assert not is_in(anyone)


def test_one_that_does_not_answer_is_left_alone_for_a_while(anyone, people, council):
    council.status = 503
    anyone.get("/sign-in/council")
    asked = len(council.asked)

    anyone.get("/sign-in/council")

    assert len(council.asked) == asked


def test_somebody_who_says_no_at_the_provider_is_told_what_to_do(anyone, people, council, service):
    council.refuses = "access_denied"

    page = sign_in(anyone)

    assert "did not sign you in. Try again, or use a code." in page.words
    assert fault(service) == ""


def test_a_refusal_by_the_provider_is_told_to_the_operator(anyone, people, council, service):
    council.refuses = "unauthorized_client"

    page = sign_in(anyone)

    assert "could not sign you in" in page.words
    assert "unauthorized_client" in fault(service)


def test_a_secret_that_ran_out_is_told_in_words(anyone, people, council, service):
    path = returned(away(anyone))
    council.codes.clear()
    council.public = False
    service.organisations.providers["council"].provider.__dict__["secret"] = "old"

    page = anyone.get(path)

    assert (
        "is not set up rightly, which is not your fault. Sign in with a code instead." in page.words
    )
    assert "the secret, which may have run out" in fault(service)


# Attacks


def test_keys_may_change_from_one_sign_in_to_the_next(
    anyone, fresh_browser, people, council, service
):
    sign_in(anyone)
    council.key = OTHER_KEY
    council.published = [OTHER_KEY.as_dict(private=False)]
    service.organisations.providers["council"].keys._keys_at -= 60

    assert sign_in(fresh_browser()).heading == "My record"


@pytest.mark.parametrize(
    ("crooked", "words"),
    [
        ({"more": {"nonce": "of another sign-in, taken along"}}, "nonce"),
        ({"more": {"nonce": None}}, "nonce"),
        ({"more": {"aud": "somebody-else"}}, "aud"),
        ({"more": {"aud": [CLIENT, "somebody-else"]}}, "azp"),
        ({"more": {"azp": "somebody-else"}}, "azp"),
        ({"more": {"iss": "https://login.example.org"}}, "names another issuer"),
        ({"more": {"exp": 1_700_000_000}}, "not of now"),
        ({"more": {"exp": None}}, "not for us, or not of now"),
        ({"more": {"iat": 4_000_000_000}}, "not of now"),
        ({"more": {"at_hash": "bm90IHRoaXMgb25l"}}, "at_hash"),
        ({"subject": ""}, "names nobody"),
        ({"subject": "x" * 256}, "names nobody"),
        ({"key": OTHER_KEY}, "cannot be trusted"),
        ({"key": rsa("first")}, "cannot be trusted"),
        ({"key": ECKey.generate_key("P-256", {"kid": "first"}, auto_kid=False),
          "algorithm": "ES256"}, "cannot be trusted"),
        ({"key": KEY.as_pem(private=False), "algorithm": "HS256"}, "cannot be trusted"),
        ({"key": SECRET.encode(), "algorithm": "HS256"}, "cannot be trusted"),
        ({"algorithm": "none"}, "cannot be trusted"),
    ],
    # Said in words: two workers of the tests must call a case alike, and keys are made anew.
    ids=[
        *("nonce of another", "no nonce", "for others", "for us and others", "azp of others"),
        *("issuer", "expired", "no end", "not begun", "at_hash", "no subject", "long subject"),
        *("another key", "another key of that name", "another kind of key"),
        *("public key as a secret", "the secret as a key", "unsigned"),
    ],
)  # fmt: skip
def test_a_token_that_is_not_right_signs_nobody_in(
    anyone, people, council, service, crooked, words
):
    for name, value in crooked.items():
        setattr(council, name, value)

    page = sign_in(anyone)

    assert "was not as it must be" in page.words
    assert words in fault(service)
    assert not is_in(anyone)


@pytest.mark.parametrize("more", [{"iat": 100}, {"iat": -100, "exp": -60}, {"nbf": 90}], ids=str)
def test_clocks_may_differ_by_two_minutes(anyone, people, council, clock, more):
    now = int(clock().timestamp())
    council.more = {name: now + by for name, by in more.items()}

    assert sign_in(anyone).heading == "My record"


def test_neighbours_of_the_key_do_not_matter(anyone, people, council):
    tls = {**OTHER_KEY.as_dict(private=False), "use": "enc"}
    unknown = {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "kid": "odd"}
    council.published = [tls, unknown, {"kty": "oct", "k": "AAAA"}, "nonsense", *council.published]

    assert sign_in(anyone).heading == "My record"


def test_an_answer_that_was_begun_in_another_browser_is_not_taken(
    anyone, fresh_browser, people, council
):
    path = returned(away(anyone))
    victim = fresh_browser()
    victim.get("/sign-in")

    page = victim.get(path)

    assert "begun too long ago, in another browser" in page.words
    assert not is_in(victim)


def test_an_answer_is_taken_once(anyone, people):
    path = returned(away(anyone))
    anyone.get(path)
    anyone.get("/")
    anyone.post("/sign-out")

    page = anyone.get(path)

    assert "is done already" in page.words


def test_a_state_of_ones_own_is_not_taken(anyone, people):
    path = returned(away(anyone))

    page = anyone.get(changed(path, state="chosen-by-somebody-else"))

    assert "begun too long ago" in page.words


def test_the_answer_of_one_provider_is_not_taken_for_another(anyone, people, council, police):
    path = returned(away(anyone))

    page = anyone.get(path.replace("/council/", "/police/"))

    assert "begun too long ago" in page.words
    assert "/token" not in police.asked


def test_an_answer_that_names_another_sender_gives_it_no_code(
    anyone, people, council, police, service
):
    path = returned(away(anyone))

    page = anyone.get(changed(path, iss=police.address))

    assert "was not as it must be" in page.words
    assert "An answer came from" in fault(service)
    assert "/token" not in council.asked


def test_a_provider_that_always_names_itself_is_not_believed_without(anyone, people, council):
    council.metadata = {"authorization_response_iss_parameter_supported": True}
    path = returned(away(anyone))

    page = anyone.get(changed(path, iss=None))

    assert "was not as it must be" in page.words


def test_twenty_five_sign_ins_that_were_given_up_leave_the_next_one_in_peace(anyone, people):
    for _ in range(25):
        away(anyone)

    assert len(anyone.cookie("knowledge")) < 1500
    assert sign_in(anyone).heading == "My record"


@pytest.mark.parametrize("wanted", ["//evil.example/me", "https://evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site_after_signing_in(anyone, people, wanted):
    anyone.get(f"/sign-in?next={wanted}")
    anyone.get(f"/me?next={wanted}")
    path = returned(away(anyone))

    page = anyone.get(changed(path, next=wanted, redirect_uri=wanted))

    assert urlsplit(page.location).netloc == ""
    assert urlsplit(page.location).path == "/me"


def test_the_way_back_is_our_own_address_whatever_host_was_asked(anyone, people):
    anyone.get("/sign-in")

    sent = anyone.client.get("/sign-in/council", headers={"X-Forwarded-Host": "evil.example"})

    (back,) = parse_qs(urlsplit(sent.headers["Location"]).query)["redirect_uri"]
    assert back.endswith("/sign-in/council/back")
    assert "evil" not in back


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"issuer": "https://login.example.org"}, "calls itself https://login.example.org"),
        ({"issuer": None}, "names no issuer"),
        ({"jwks_uri": None}, "has no jwks_uri"),
        ({"jwks_uri": "https://keys.example.org/"}, "keys.example.org is not among the machines"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "no address by https"),
        ({"issuer": "http://127.0.0.1:9/{tenantid}/v2.0"}, "any organisation"),
    ],
)
def test_what_a_provider_says_of_itself_is_checked(council, service, metadata, words):
    council.metadata = metadata

    told = service.organisations.check("council", BACK).words

    assert words in told


# Signing out


def test_signing_out_here_offers_to_sign_out_there(anyone, people, council):
    sign_in(anyone)

    page = anyone.send("/sign-out")

    assert page.heading == "You are signed out"
    address = urlsplit(page.links["Sign out of Northmoor Council"])
    assert f"http://{address.netloc}" == council.address
    assert parse_qs(address.query)["client_id"] == [CLIENT]
    assert not is_in(anyone)


def test_signing_out_there_signs_out_here(anyone, fresh_browser, people, council, service):
    council.more = {"sid": "session-7"}
    sign_in(anyone)
    council.more = {"sid": "session-8"}
    other = fresh_browser()
    sign_in(other)
    ended: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}
    events = {"events": ended}
    token = council.signed({**events, "sub": None, "exp": None, "sid": "session-7", "jti": "1"})

    answer = anyone.client.post("/sign-in/council/ended", data={"logout_token": token})

    assert answer.status_code == 200
    assert not is_in(anyone)
    assert is_in(other)


@pytest.mark.parametrize(
    "changes",
    [
        {"events": {}},
        {"nonce": "an ID token's"},
        {"sub": None},
        {"aud": "somebody-else"},
        {"iss": "https://login.example.org"},
        {"iat": 1_700_000_000, "exp": None},
    ],
    ids=str,
)
def test_word_of_signing_out_is_checked(anyone, people, council, changes):
    sign_in(anyone)
    events: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}
    token = council.signed({"events": events, "jti": "1", **changes})

    answer = anyone.client.post("/sign-in/council/ended", data={"logout_token": token})

    assert answer.status_code == 400
    assert is_in(anyone)


def test_what_strangers_send_as_word_of_signing_out_leaves_no_trace(anyone, people, service):
    for token in ("", "nonsense", "a.b.c"):
        answer = anyone.client.post("/sign-in/council/ended", data={"logout_token": token})
        assert answer.status_code == 400

    assert fault(service) == ""


def test_a_provider_that_is_down_is_noted_once_a_minute(anyone, council, service, clock):
    council.status = 503
    anyone.get("/sign-in/council")
    first = service.connections.of("sign-in:council").fault_at
    clock.forward(seconds=30)
    anyone.get("/sign-in/council")
    second = service.connections.of("sign-in:council").fault_at
    clock.forward(seconds=31)
    anyone.get("/sign-in/council")

    assert first == second
    assert service.connections.of("sign-in:council").fault_at == clock()


# Entra's provider for many organisations


@pytest.fixture
def entra():
    """A provider of many tenants, whose issuer has a gap."""
    with running() as issuer:
        issuer.issuer = f"{issuer.address}/{{tenantid}}/v2.0"
        yield issuer


@pytest.mark.usefixtures("people")
class TestManyTenants:
    @pytest.fixture
    def tables(self, entra):
        tenants = {TENANTS["ours"]: ["northmoor.example"], TENANTS["theirs"]: ["else.example"]}
        more = {"tenants": tenants, "private": True, "addresses_are_verified": True}
        return [table("entra", "Microsoft", entra, **more)]

    def claims(self, entra, tenant):
        issuer = entra.issuer.replace("{tenantid}", tenant)
        return {"tid": tenant, "iss": issuer, "email": AMINA}

    def come(self, visitor):
        path = returned(away(visitor, "Sign in with Microsoft"))
        return visitor.get(changed(path, iss=None), follow=True)

    def test_an_allowed_tenant_signs_its_own_people_in(self, anyone, entra):
        entra.claims = self.claims(entra, TENANTS["ours"])

        assert self.come(anyone).heading == "My record"

    def test_another_allowed_tenant_does_not_speak_for_them(self, anyone, entra):
        entra.claims = self.claims(entra, TENANTS["theirs"])

        assert self.come(anyone).heading == "Your account is not known here yet"

    @pytest.mark.parametrize(
        "tenant", ["55555555-aaaa-bbbb-cccc-666666666666", "", "{tenantid}", "../ours"]
    )
    def test_a_tenant_that_is_not_named_signs_nobody_in(self, anyone, entra, service, tenant):
        entra.claims = self.claims(entra, tenant)

        page = self.come(anyone)

        assert "was not as it must be" in page.words
        assert "not among the tenants" in fault(service, "entra")

    def test_a_tenant_does_not_sign_in_under_anothers_issuer(self, anyone, entra, service):
        entra.claims = {**self.claims(entra, TENANTS["theirs"]), "tid": TENANTS["ours"]}

        self.come(anyone)

        assert "names another issuer" in fault(service, "entra")

    def test_a_key_for_one_tenant_does_not_sign_for_another(self, anyone, entra, service):
        whose = entra.issuer.replace("{tenantid}", TENANTS["theirs"])
        entra.published = [{**KEY.as_dict(private=False), "issuer": whose}]
        entra.claims = self.claims(entra, TENANTS["ours"])

        self.come(anyone)

        assert "a key of another issuer" in fault(service, "entra")
