"""Who may post to `/teams/messages`: the Connector, for us, now, for this machine; nobody else."""

import base64
import hmac
import json

import pytest
from joserfc.jwk import RSAKey

from quizbot.chat.teams import tokens
from tests.chat.in_teams import open_teams, teams_service
from tools.connector import BotConnector
from tools.connector.wire import key

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def connector(clock):
    with BotConnector(lambda: clock().timestamp()) as running:
        yield running


@pytest.fixture
def service(database_url, tmp_path, clock, connector):
    opened = teams_service(database_url, tmp_path, clock, connector)
    yield opened
    opened.close()


@pytest.fixture
def knock(service, connector):
    """Post what somebody says, with a token of a test's own; the status."""
    client = open_teams(service, connector).test_client()
    person = connector.world.person()

    def post(token=None, scheme="Bearer ", **given):
        activity = person.activity("message", person.chat, text="/help", **given)
        token = connector.token() if token is None else token
        sent = client.post(
            "/teams/messages",
            data=json.dumps(activity),
            headers={"Authorization": f"{scheme}{token}"} if token else {},
        )
        assert (len(person.chat.screen) > 0) == (sent.status_code == 200)
        return sent.status_code

    return post


def test_what_the_connector_signs_for_us_is_taken(knock):
    assert knock() == 200
    assert knock(scheme="bearer ") == 200


def test_a_key_that_is_new_is_looked_for(knock, connector, monkeypatch):
    assert knock() == 200
    monkeypatch.setattr(tokens, "LOOK_AGAIN", -1.0)
    connector.keys = [key("two").as_dict(private=False) | {"endorsements": ["msteams"]}]

    assert knock(connector.token(key=key("two"))) == 200


def test_keys_are_not_asked_for_by_everybody_who_knocks(knock, connector):
    refused = [knock(connector.token(key=key("two"))) for _ in range(5)]

    assert refused == [401] * 5
    assert connector.called("GET") == [200, 200]


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "00000000-0000-0000-0000-000000000000"},
        {"aud": ["6f0b3c1e-2a44-4c5d-9e0f-7b1d2c3a4e5f"]},
        {"iss": "https://sts.windows.example/0c7a1d52/"},
        {"exp": 1},
        {"exp": "tomorrow"},
        {"exp": None},
        {"nbf": 4_000_000_000},
    ],
    ids=["other app", "list", "other issuer", "expired", "no time", "no end", "not yet"],
)
def test_a_token_for_others_or_another_time_is_refused_and_told_to_the_operator(
    knock, connector, service, claims
):
    assert knock(connector.token(**claims)) == 401
    assert service.connections.of("teams").fault.startswith("The token ")


def test_clocks_may_be_five_minutes_apart(knock, connector, clock):
    now = int(clock().timestamp())

    assert knock(connector.token(exp=now - 299)) == 200
    assert knock(connector.token(nbf=now + 299)) == 200


@pytest.mark.parametrize(
    "way",
    ["https://smba.attacker.example/uk/", "", None, 7],
    ids=["another", "empty", "none", "number"],
)
def test_a_token_for_another_service_address_is_refused(knock, connector, service, way):
    assert knock(connector.token(serviceurl=way)) == 403
    assert service.connections.of("teams").is_faulty


def test_an_activity_that_names_another_machine_is_refused_and_nothing_is_asked_of_it(
    knock, connector
):
    assert knock(serviceUrl="http://169.254.169.254/latest") == 403
    assert connector.called("POST") == []


def test_a_key_that_may_not_speak_for_teams_is_refused(knock, connector):
    connector.keys = [key().as_dict(private=False) | {"endorsements": ["webchat"]}]

    assert knock() == 403


def test_a_channel_for_which_the_key_may_not_speak_is_refused(knock):
    assert knock(channelId="emulator") == 403


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "a" * 20_000, "é"], ids=["none", "x", "dots", "long", "accent"]
)
def test_what_is_no_token_is_refused_and_noted_nowhere(knock, service, token):
    assert knock(token) == 401
    assert service.connections.of("teams").fault == ""


def test_another_key_under_the_same_name_is_refused(knock, connector):
    forged = RSAKey.generate_key(2048, {"kid": "one"})

    assert knock(connector.token(key=forged)) == 401


def test_the_public_key_used_as_a_secret_is_refused(knock, connector):
    _, claims, _ = connector.token().split(".")
    header = packed(b'{"alg":"HS256","kid":"one"}')
    signed = f"{header}.{claims}"
    seal = hmac.digest(key().as_pem(private=False), signed.encode(), "sha256")

    assert knock(f"{signed}.{packed(seal)}") == 401


def test_an_unsigned_token_is_refused(knock, connector):
    _, claims, _ = connector.token().split(".")
    header = packed(b'{"alg":"none","kid":"one"}')

    assert knock(f"{header}.{claims}.") == 401


def packed(content):
    """As a token holds it."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def test_while_the_keys_cannot_be_had_it_is_to_be_posted_again(knock, connector, service):
    connector.fail("GET", status=503)

    assert knock() == 503
    assert "answers with status 503" in service.connections.of("teams").fault


def test_what_is_too_large_is_refused_and_what_is_no_json_is_acknowledged(service, connector):
    client = open_teams(service, connector).test_client()
    headers = {"Authorization": f"Bearer {connector.token()}"}

    assert client.post("/teams/messages", data="x" * 300_000, headers=headers).status_code == 413
    for body in ("", "no json", "[]", "[" * 50_000, '"message"'):
        assert client.post("/teams/messages", data=body, headers=headers).status_code == 200
    assert client.get("/teams/messages", headers=headers).status_code == 405


def test_without_an_app_there_is_no_such_address(database_url, tmp_path, clock, connector):
    own = teams_service(database_url, tmp_path, clock, connector, teams_app="")

    client = open_teams(own, connector).test_client()

    assert client.post("/teams/messages").status_code in (400, 403, 404)
    assert client.get("/teams/messages").status_code == 404
    own.close()
