"""Coming in from a course, as people do, and as somebody who means harm would."""

import time
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry

from quizbot.service import open_service
from tests.conftest import settings_for
from tests.lti.conftest import (
    arrived,
    come_in,
    drafted,
    fault,
    launched,
    opened,
    sent_there,
)
from tests.lti.learning_system import (
    CLAIM,
    TEACHER,
    keys,
    private_key,
    running,
)
from tests.signin.provider import by_hand

IN_2100 = 4102444800  # long after every launch here
AMINA = "amina@northmoor.example"
REFERRALS = {"module": "referrals", "mode": "assured"}

# Rows are the same on both kinds; those that wait for each other are tried in test_scores.py.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def activity(connected):
    """An activity that is the questionnaire on referrals."""
    connected.custom = REFERRALS
    return connected


def is_in(visitor):
    return visitor.get("/me").status == 200


def words_of(found):
    """A refusal's page."""
    assert not isinstance(found, str), f"it went on to {found}"
    assert found.status in (400, 404)
    return found.words


def test_who_opens_an_activity_is_signed_in_and_at_its_questionnaire(anyone, people, activity):
    page = come_in(anyone, activity)

    assert page.path == "/modules/referrals"
    assert "Amina Rahman" in page.tree.all("header")[0].words
    assert "Northmoor Learning is told your score and whether you passed" in page.words


def test_an_activity_may_name_its_questionnaire_by_its_address_alone(anyone, people, connected):
    connected.target = f"{connected.tool}/lti/launch/referrals/practice"

    page = come_in(anyone, connected)

    assert page.path == "/modules/referrals"
    assert "asks you to practise" in page.words


def test_an_activity_that_names_none_leads_to_the_list(anyone, people, connected):
    connected.custom = {"module": "no-such-thing"}

    page = come_in(anyone, connected)

    assert page.path == "/"
    assert is_in(anyone)


def test_the_account_is_known_again_without_its_address(anyone, fresh_browser, people, activity):
    come_in(anyone, activity)
    activity.email = ""

    page = come_in(fresh_browser(), activity)

    assert "Amina Rahman" in page.tree.all("header")[0].words


def test_another_account_with_the_same_address_gains_nothing(
    anyone, fresh_browser, people, activity
):
    come_in(anyone, activity)
    activity.user = "18"

    other = fresh_browser()
    page = come_in(other, activity)

    assert page.heading == "You can practise"
    assert not is_in(other)


def test_the_same_account_of_another_deployment_is_another(
    anyone, fresh_browser, service, people, activity
):
    come_in(anyone, activity)
    (platform,) = service.platforms.all()
    service.platforms.change(
        people.efua, platform.platform_id, drafted(activity, deployments="3 4")
    )
    activity.deployment, activity.email = "4", ""

    page = come_in(fresh_browser(), activity)

    assert page.heading == "You can practise"


@pytest.mark.parametrize(
    ("given", "email"),
    [
        ({"are_verified": False}, AMINA),
        ({"domains": "police.example"}, AMINA),
        ({}, "amina@else.example"),
        ({}, ""),
    ],
    ids=["not verified", "another domain", "of nobody", "none"],
)
def test_an_address_that_is_not_vouched_for_binds_nobody(
    anyone, people, service, course, given, email
):
    service.platforms.add(people.efua, drafted(course, **given))
    course.custom, course.email = REFERRALS, email

    page = come_in(anyone, course)

    assert page.heading == "You can practise"
    assert "Practise Referrals" in page.buttons[0]
    assert not is_in(anyone)


def test_who_is_nobody_here_practises_and_a_lead_binds_them_by_the_number(
    anyone, fresh_browser, people, service, activity
):
    activity.email = "a.rahman@elsewhere.example"
    page = come_in(anyone, activity)
    number = next(p.words for p in page.tree.all("p") if "govuk-heading-l" in p["class"])

    tried = anyone.press(page.buttons[0])
    service.accounts.give(people.efua, people.amina, number)
    again = come_in(fresh_browser(), activity)

    assert tried.path == "/try/referrals/questions/1"
    assert "Amina Rahman" in again.tree.all("header")[0].words


def test_whoever_was_in_from_a_course_before_is_signed_out_when_somebody_unknown_comes(
    anyone, activity
):
    come_in(anyone, activity)
    activity.user, activity.email = "18", "somebody@else.example"

    page = come_in(anyone, activity)

    assert page.heading == "You can practise"
    assert "Amina" not in page.body
    assert not is_in(anyone)


def test_who_comes_without_any_name_practises(anyone, people, activity):
    activity.more = {"sub": None}

    page = come_in(anyone, activity)

    assert page.heading == "You can practise"
    assert "did not say who you are" in page.words


def test_who_has_left_is_not_let_in(anyone, fresh_browser, people, service, activity):
    come_in(anyone, activity)
    service.staff.leave(people.efua, people.amina, service.today() - timedelta(days=1))

    page = come_in(fresh_browser(), activity)

    assert "Your time here has ended" in page.words


class TestInAFrame:
    def test_a_tab_of_its_own_is_offered(self, anyone, activity):
        address = launched(anyone, activity)

        page = opened(anyone, address, "iframe")

        assert page.links == {"Open in a new tab": address}
        assert page.tree.all("a", href=address)[0]["target"] == "_blank"
        policy = page.headers["Content-Security-Policy"]
        assert policy.endswith(f"frame-ancestors {activity.address}")
        assert "script" not in policy
        assert not is_in(anyone)

    def test_in_that_tab_somebody_says_that_it_is_they(self, anyone, fresh_browser, activity):
        address = launched(anyone, activity)
        tab = fresh_browser()  # for the frame has kept nothing

        asked = opened(tab, address)
        page = tab.press("Yes, go on")

        assert asked.heading == "Are you Amina Rahman?"
        assert asked.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
        assert page.path == "/modules/referrals"
        assert is_in(tab)

    def test_a_link_sent_by_somebody_else_signs_nobody_in_by_itself(
        self, anyone, fresh_browser, activity
    ):
        address, other = launched(anyone, activity), fresh_browser()

        opened(other, address)

        assert not is_in(other)
        other.get("/sign-in")
        sent = other.client.post(address, data={"csrf_token": "of another page"})
        assert sent.status_code == 400
        assert not is_in(other)

    def test_the_link_opens_once_and_leads_back_whoever_is_in(
        self, anyone, fresh_browser, activity
    ):
        address, tab = launched(anyone, activity), fresh_browser()
        opened(tab, address)
        tab.press("Yes, go on")

        again = opened(tab, address)
        elsewhere = fresh_browser()
        other = opened(elsewhere, address)

        assert again.location == "/modules/referrals"
        assert other.heading == "This was opened before"
        assert not is_in(elsewhere)

    def test_the_link_runs_out_within_the_hour(self, anyone, clock, activity):
        address = launched(anyone, activity)
        clock.forward(minutes=61)

        page = opened(anyone, address)

        assert "has run out" in page.words
        assert page.status == 404


class TestWhatIsTheirOwn:
    @pytest.fixture
    def efua(self, anyone, activity):
        """The lead of all, come from a course."""
        activity.email, activity.name = "efua@northmoor.example", "Efua Mensah"
        activity.roles = [
            TEACHER,
            "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
        ]
        come_in(anyone, activity)
        return anyone

    @pytest.mark.parametrize("path", ["/me", "/", "/modules/referrals", "/me/transcript.csv"])
    def test_everybody_has_that(self, efua, path):
        assert efua.get(path).status == 200

    @pytest.mark.parametrize(
        "path",
        ["/admin", "/admin/people", "/admin/lti", "/team", "/board", "/board/export.csv",
         "/admin/place", "/me/chats/confirm"],
    )  # fmt: skip
    def test_nobody_leads_or_manages_by_a_course(self, efua, path):
        page = efua.get(path)

        assert page.status == 403
        assert page.heading == "Sign in for this page"

    def test_no_form_of_a_leads_is_taken(self, efua, people):
        efua.get("/me")

        sent = efua.post(f"/admin/people/{people.amina}/leave", [("last_day-day", "1")])

        assert sent.status == 403
        assert "Admin" not in efua.get("/me").links

    def test_signed_in_by_a_code_they_are_a_lead_again(self, efua):
        efua.get("/me")
        efua.press("Sign out")
        efua.sign_in("efua@northmoor.example")

        assert efua.get("/admin").status == 200


class TestRefused:
    def test_a_launch_that_is_posted_again(self, anyone, fresh_browser, service, activity):
        fields = activity.authorize(sent_there(anyone, activity))
        arrived(anyone, fields)

        again = arrived(fresh_browser(), fields)

        assert "This launch was used before" in words_of(again)
        assert fault(service) == "A launch came a second time."

    def test_a_token_of_another_launch(self, anyone, service, activity):
        first = activity.authorize(sent_there(anyone, activity))
        second = activity.authorize(sent_there(anyone, activity))

        page = arrived(anyone, {"state": second["state"], "id_token": first["id_token"]})

        assert "was not as it must be" in words_of(page)
        assert fault(service) == "Its token is of another launch."

    @pytest.mark.parametrize(
        "changed",
        [
            lambda _: "",
            lambda _: "x",
            lambda state: "é" + state,
            lambda state: state[:-1] + ("0" if state[-1] != "0" else "1"),
            lambda state: "another" + state,
            lambda _: "...",
        ],
        ids=["none", "short", "letters", "seal", "word", "dots"],
    )
    def test_a_state_that_is_not_ours(self, anyone, activity, changed):
        fields = activity.authorize(sent_there(anyone, activity))

        page = arrived(anyone, {**fields, "state": changed(fields["state"])})

        assert "was not as it must be" in words_of(page)

    def test_one_that_comes_back_too_late(self, anyone, clock, activity):
        fields = activity.authorize(sent_there(anyone, activity))
        clock.forward(minutes=11)

        assert "This launch has run out" in words_of(arrived(anyone, fields))

    @pytest.mark.parametrize(
        ("ago", "stands_for"), [(3600, 300), (400, 200), (7200, 9000)],
        ids=["long ago", "just now", "for too long"],
    )  # fmt: skip
    def test_a_token_that_has_run_out(self, anyone, service, activity, ago, stands_for):
        made = int(time.time()) - ago
        activity.more = {"iat": made, "exp": made + stands_for, "x": None}

        assert "This launch has run out" in words_of(launched(anyone, activity))
        assert "run out" in fault(service)

    @pytest.mark.parametrize(
        ("more", "told"),
        [
            ({"iss": "https://else.example"}, "names another issuer"),
            ({"aud": "another-tool"}, "for another client"),
            ({"aud": ["the-knowledge-7", "another-tool"]}, "for another client"),
            ({"aud": []}, "for another client"),
            ({"aud": None}, "for another client"),
            ({"azp": "another-tool"}, "asked for by another client"),
            ({"nonce": None}, "of another launch"),
            ({"nonce": ["x"]}, "of another launch"),
            ({"exp": None}, "does not say from when until when"),
            ({"iat": None}, "does not say from when until when"),
            ({"exp": "tomorrow"}, "does not say from when until when"),
            ({"exp": True}, "does not say from when until when"),
            ({"iat": IN_2100}, "of a time to come"),
            ({"nbf": IN_2100}, "of a time to come"),
            ({f"{CLAIM}version": "1.1"}, "another version"),
            ({f"{CLAIM}message_type": "LtiSubmissionReviewRequest"}, "message of another type"),
            ({f"{CLAIM}roles": None}, "no roles"),
            ({f"{CLAIM}resource_link": {}}, "from which activity"),
            ({f"{CLAIM}deployment_id": "9"}, "deployment that is not listed: '9'"),
            ({f"{CLAIM}deployment_id": None}, "deployment that is not listed: ''"),
            ({f"{CLAIM}deployment_id": ["3"]}, "deployment that is not listed"),
            ({"sub": 17}, "names nobody"),
            ({"sub": "x" * 256}, "names nobody"),
            ({f"{CLAIM}target_link_uri": "https://else.example/"}, "not of this service"),
            ({f"{CLAIM}target_link_uri": "//127.0.0.1:8000@else.example/"}, "not of this service"),
            ({f"{CLAIM}target_link_uri": None}, "not of this service"),
        ],
        ids=str,
    )  # fmt: skip
    def test_a_message_that_is_not_for_us_and_of_now(self, anyone, service, activity, more, told):
        activity.more = {**more, "x": None}

        page = launched(anyone, activity)

        assert words_of(page)
        assert told in fault(service)
        assert page.headers["Content-Security-Policy"].endswith("frame-ancestors *")

    def test_a_token_that_nobody_signed(self, anyone, service, activity):
        activity.signs = lambda claims: by_hand({"alg": "none", "typ": "JWT"}, claims, b"")

        assert "was not as it must be" in words_of(launched(anyone, activity))
        assert "cannot be trusted" in fault(service)

    def test_a_token_signed_with_the_public_key_as_a_password(self, anyone, service, activity):
        public = RSAKey.import_key(private_key()).as_pem(private=False)
        activity.signs = lambda claims: by_hand({"alg": "HS256", "typ": "JWT"}, claims, public)

        words_of(launched(anyone, activity))
        assert "cannot be trusted" in fault(service)

    def test_a_token_with_a_key_of_its_own_in_its_head(self, anyone, service, activity):
        own = RSAKey.generate_key(2048)
        head = {"alg": "RS256", "jwk": own.as_dict(private=False), "kid": "own"}
        registry = JWSRegistry(strict_check_header=False)
        activity.signs = lambda claims: jwt.encode(head, claims, own, registry=registry)

        words_of(launched(anyone, activity))
        assert "cannot be trusted" in fault(service)

    def test_another_algorithm_than_the_one(self, anyone, service, activity):
        activity.signs = lambda claims: jwt.encode(
            {"alg": "PS256"}, claims, RSAKey.import_key(private_key()), algorithms=["PS256"]
        )

        words_of(launched(anyone, activity))
        assert "cannot be trusted" in fault(service)

    def test_a_password_of_ours_is_none_of_theirs(self, anyone, service, activity):
        activity.published = [OctKey.import_key("a" * 40).as_dict(private=True)]

        words_of(launched(anyone, activity))
        assert "publishes no key" in fault(service)

    def test_another_learning_system_in_the_name_of_the_first(
        self, anyone, service, people, activity
    ):
        with running(client_id="another", key=2) as other:
            service.platforms.add(people.efua, drafted(other, title="Another"))
            other.custom = REFERRALS
            begun = sent_there(anyone, activity)
            other.user, other.client_id = activity.user, activity.client_id
            other.issuer, other.tool_keys = activity.address, service.own_keys.published

            page = arrived(anyone, other.authorize(begun))

        assert "was not as it must be" in words_of(page)

    def test_a_launch_begun_at_one_and_ended_by_another(self, anyone, service, people, activity):
        with running(client_id="another", key=2, tool_keys=service.own_keys.published) as other:
            service.platforms.add(people.efua, drafted(other, title="Another"))
            theirs = other.authorize(sent_there(anyone, other))
            ours = activity.authorize(sent_there(anyone, activity))

            page = arrived(anyone, {"state": ours["state"], "id_token": theirs["id_token"]})

        assert "was not as it must be" in words_of(page)

    @pytest.mark.parametrize(
        "more",
        [
            {"iss": "https://else.example"},
            {"client_id": "another"},
            {"target_link_uri": "https://else.example/lti/launch"},
            {"target_link_uri": "http://127.0.0.1:8000.else.example/"},
            {"target_link_uri": ""},
            {"login_hint": ""},
            {"lti_deployment_id": "9"},
        ],
        ids=str,
    )
    def test_a_launch_begun_by_somebody_else_or_for_elsewhere(self, anyone, activity, more):
        sent = anyone.client.post("/lti/login", data={**activity.login(), **more})

        assert sent.status_code == 400
        assert "Location" not in sent.headers

    def test_who_is_not_let_through_there_is_told(self, anyone, activity):
        state = sent_there(anyone, activity)["state"]

        page = arrived(anyone, {"state": state, "error": "login_required"})

        assert "Sign in there" in words_of(page)

    def test_nobody_comes_once_the_connection_is_ended(self, anyone, service, people, activity):
        address = launched(anyone, activity)
        (platform,) = service.platforms.all()
        service.platforms.end(people.efua, platform.platform_id)

        assert opened(anyone, address).status == 404
        assert anyone.client.post("/lti/login", data=activity.login()).status_code == 400


class TestKeys:
    def test_they_are_fetched_once_and_again_when_they_change(
        self, anyone, fresh_browser, service, activity
    ):
        come_in(anyone, activity)
        come_in(fresh_browser(), activity)
        activity.key = 2
        for known in service.launches._keys.values():
            known._keys_at -= 60

        page = come_in(fresh_browser(), activity)

        assert page.path == "/modules/referrals"
        assert activity.asked.count("/keys") == 2

    def test_a_stranger_cannot_have_them_fetched_at_will(self, anyone, activity):
        come_in(anyone, activity)
        activity.key = 2

        for _ in range(5):
            words_of(launched(anyone, activity))

        assert activity.asked.count("/keys") == 1

    def test_a_neighbour_of_another_use_does_no_harm(self, anyone, activity):
        other = {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "use": "enc"}
        activity.published = [other, *keys(1)["keys"]]

        assert come_in(anyone, activity).path == "/modules/referrals"

    def test_while_they_cannot_be_had_people_are_told_what_to_do(
        self, anyone, service, people, course
    ):
        gone = drafted(course, keys_url="http://127.0.0.1:9/keys")
        service.platforms.add(people.efua, gone)
        course.custom = REFERRALS

        page = launched(anyone, course)

        assert "could not be asked" in words_of(page)
        assert "sign in with a code" in page.words


def test_who_teaches_is_told_of_no_score(anyone, people, activity):
    activity.roles = [TEACHER]

    page = come_in(anyone, activity)

    assert page.path == "/modules/referrals"
    assert "is told your score" not in page.words


def test_off_nothing_is_there(anyone, people, database_url, tmp_path, app, clock):
    plain = open_service(settings_for(database_url, tmp_path), clock)
    app.extensions["quizbot"] = plain

    statuses = {
        path: anyone.client.get(path).status_code
        for path in ("/lti/login", "/lti/keys", "/lti/open/x", "/lti/choose/x", "/lti/register/x")
    }

    assert set(statuses.values()) == {404}
    plain.close()
